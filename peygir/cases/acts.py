"""The one way to change a case.

Each act: lock, decide, one event, the rows that follow, one transaction.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from peygir.cases import checking, clocks, decide, may, overlays, store
from peygir.cases.evidence import check, finding, supplied
from peygir.cases.fold import apply
from peygir.cases.policies import for_case
from peygir.cases.refusals import NotAllowed, Stale, WrongEvidence, WrongStage
from peygir.cases.state import CaseState, ReferralState
from peygir.ledger.entry import SYSTEM, Actor, Entry, Recorded
from peygir.ledger.projectors import project
from peygir.people import erasing, papers
from peygir.policy.asking import merges
from peygir.policy.model import CityPolicy, Step
from peygir.policy.vocabulary import COUNCIL, SUPERIOR

__all__ = [
    "Done",
    "act",
    "approve",
    "check_claim",
    "fall_due",
    "inspect",
    "invite",
    "join",
    "merge",
    "note",
    "pause",
    "refuse",
    "resume",
    "tell",
    "uninvite",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What an act did: the event, and the case after it. `proposed`: it now waits for the head."""

    event: Recorded
    case: CaseState
    proposed: bool = False


@transaction.atomic
def act(
    *,
    policy: CityPolicy,
    case_id: int,
    step: str,
    actor: Actor,
    at: datetime,
    evidence: Mapping[str, Any] | None = None,
    texts: Mapping[str, str] | None = None,
    version: int | None = None,
    referral: int | None = None,
) -> Done:
    """Take `step` on a case.

    `evidence`: codes, numbers and ids as `policy.vocabulary.EVIDENCE` shapes them; `texts`:
    evidence that is a paper, in words (it is stored here). `version`: of the form, to refuse a
    stale one. `referral`: number of the track that the step belongs to, where several offer it.
    Raises a `Refused`; nothing is written then. A step that needs the head's approval
    becomes a proposal unless a head takes it.
    """
    policy, state = _locked(policy, case_id, version)
    found_step, own = decide.find(policy, state, step, actor.units, referral)
    if "merged_into" in found_step.needs:
        return merge_locked(policy, state, found_step, actor, at, dict(evidence or {}))
    taken = Taken(step=found_step, own=own, actor=actor, at=at)
    return _take(policy, state, taken, dict(evidence or {}), dict(texts or {}))


@transaction.atomic
def approve(*, policy: CityPolicy, case_id: int, actor: Actor, at: datetime) -> Done:
    """The head approves what the unit proposed; the step is taken as it was proposed."""
    policy, state = _locked(policy, case_id)
    lead = state.lead
    if lead is None or lead.proposal is None:
        raise WrongStage("approve", state.stage)
    if not may.approve(policy, lead, actor):
        raise NotAllowed("approve")
    proposal = lead.proposal
    step, own = decide.find(policy, state, proposal["step"], frozenset())
    taken = Taken(step=step, own=own, actor=actor, at=at, drafted_by=proposal["post"])
    return _take(policy, state, taken, proposal["evidence"], {}, approved=True)


@transaction.atomic
def refuse(*, policy: CityPolicy, case_id: int, actor: Actor, at: datetime, reason: str) -> Done:
    """The head refuses a proposal with a reason; the unit's clock went on all the while."""
    policy, state = _locked(policy, case_id)
    lead = state.lead
    if lead is None or lead.proposal is None:
        raise WrongStage("refuse", state.stage)
    if not may.approve(policy, lead, actor):
        raise NotAllowed("refuse")
    if not reason.strip():
        raise WrongEvidence({"refusal_reason": "missing"})
    ids = papers.write(case_id, {"refusal_reason": reason}, actor=actor, at=at)
    facts = {"evidence": ids, "referral": {"number": lead.number, "proposal": None}}
    return _record(policy, state, actor, at, "case.proposal_refused", facts, texts=[reason])


@transaction.atomic
def inspect(
    *,
    policy: CityPolicy,
    case_id: int,
    actor: Actor,
    at: datetime,
    inspection: int,
    found: str,
) -> Done:
    """A field visit was made (already stored as `people.Inspection`); the case remembers the last
    one."""
    policy, state = _locked(policy, case_id)
    visited = [r for r in state.referrals if r.is_open and _is_inspected(policy, r.stage)]
    if not visited:
        raise WrongStage("inspect", state.stage)
    if not any(r.unit in actor.units for r in visited):
        raise NotAllowed("inspect")
    sets = {"inspection": inspection, "finding": finding(found)}
    facts = {"evidence": {"inspection": inspection}, "sets": sets}
    return _record(policy, state, actor, at, "case.inspected", facts)


@transaction.atomic
def check_claim(
    *,
    policy: CityPolicy,
    case_id: int,
    cycle: int,
    found: str,
    way: str,
    actor: Actor,
    at: datetime,
    inspection: int | None = None,
) -> Done:
    """The claim that the work of `cycle` is done was looked at, because a list drew it.

    `found`, `way`: of `checking.FOUND` and `WAYS`; `inspection`: the visit by which it was found. A
    further finding puts the one before right. It moves nothing: what a false claim leads to is a
    step of the policy. The case may be closed, or in a later cycle.
    """
    policy, state = _locked(policy, case_id)
    claim = checking.claim_of(policy, state, cycle)
    if not may.check_claim(claim.unit, actor):
        raise NotAllowed("check")
    facts = checking.facts(claim, case_id=case_id, found=found, way=way, inspection=inspection)
    return _record(policy, state, actor, at, checking.KIND, facts)


@transaction.atomic
def join(*, policy: CityPolicy, case_id: int, actor: Actor, at: datetime, channel: str) -> Done:
    """One more citizen reports the same event. Open cases only, and none that was erased: what a
    leaf hides of it has to stay closed, so the report becomes a case of its own.

    The door stores who before (`people.contacts.meet`): the newest reporter is the one who is told.
    """
    policy, state = _locked(policy, case_id)
    if not state.is_open or state.sealed or erasing.is_erased(case_id):
        raise WrongStage("join", state.stage)
    facts = {"sets": {"reporters": state.reporters + 1}, "channel": channel, "tells": "joined"}
    return _record(policy, state, actor, at, "case.joined", facts)


@transaction.atomic
def note(*, policy: CityPolicy, case_id: int, actor: Actor, at: datetime, text: str) -> Done:
    """A remark for colleagues; no clock moves."""
    policy, state = _locked(policy, case_id)
    if not text.strip():
        raise WrongEvidence({"note": "missing"})
    ids = papers.write(case_id, {"note": text}, actor=actor, at=at)
    return _record(policy, state, actor, at, "case.noted", {"evidence": ids}, texts=[text])


@transaction.atomic
def pause(
    *,
    policy: CityPolicy,
    case_id: int,
    actor: Actor,
    at: datetime,
    reason: str,
    until: datetime,
    overlay: int | None = None,
) -> Done:
    """Stop the holder's clock for a whitelisted reason, within its cap.

    The citizen clock goes on. `overlay`: the run for which many clocks stand still (I13).
    """
    policy, state = _locked(policy, case_id)
    rule, lead = policy.pauses.get(reason), state.lead
    if rule is None:
        raise WrongEvidence({"reason": "unknown"})
    if rule.approval not in actor.roles:
        raise NotAllowed("pause")
    if lead is None or state.clock(lead.number).paused_at is not None:
        raise WrongStage("pause", state.stage)
    if not at < until <= at + rule.longest:
        raise WrongEvidence({"until": "too_far"})
    stops = {"number": lead.number, "until": clocks.seconds(until), "reason": reason}
    facts: dict[str, Any] = {"clock": stops}
    if overlay is not None:
        facts["overlay"] = {"run": overlay}
    return _record(policy, state, actor, at, "case.paused", facts)


@transaction.atomic
def tell(
    *, policy: CityPolicy, case_id: int, tells: str, overlay: int, actor: Actor, at: datetime
) -> Done:
    """One message to everybody who reported this case or one merged into it; nothing else."""
    policy, state = _locked(policy, case_id)
    facts = {"tells": tells, "overlay": {"run": overlay}}
    return _record(policy, state, actor, at, "case.told", facts)


@transaction.atomic
def resume(*, policy: CityPolicy, case_id: int, at: datetime, actor: Actor = SYSTEM) -> Done:
    """Let a paused clock go on; the sweep does it when the pause expires."""
    policy, state = _locked(policy, case_id)
    lead = state.lead
    if lead is None or state.clock(lead.number).paused_at is None:
        raise WrongStage("resume", state.stage)
    span = clocks.allowed(policy, lead.stage, state.class_code, lead.post)
    facts = {"clock": clocks.resumed(policy, state.clock(lead.number), span, at=at)}
    return _record(policy, state, actor, at, "case.resumed", facts)


@transaction.atomic
def invite(*, policy: CityPolicy, case_id: int, actor: Actor, at: datetime, post: str) -> Done:
    """Bring the member of the council who fills `post` into this one case (I12)."""
    policy, state = _locked(policy, case_id)
    if not may.invite(policy, state, actor):
        raise NotAllowed("invite")
    named = policy.organisation.posts.get(post)
    if named is None or COUNCIL not in named.roles:
        raise WrongEvidence({"post": "unknown"})
    if post in state.council:
        raise WrongEvidence({"post": "already_invited"})
    facts = {"invited": post, "sets": {"council": [*state.council, post]}}
    return _record(policy, state, actor, at, "case.invited", facts)


@transaction.atomic
def uninvite(*, policy: CityPolicy, case_id: int, actor: Actor, at: datetime, post: str) -> Done:
    """Withdraw an invitation: from here on that member sees the case no more."""
    policy, state = _locked(policy, case_id)
    if not may.leads_in(policy, state, actor):
        raise NotAllowed("uninvite")
    if post not in state.council:
        raise WrongEvidence({"post": "unknown"})
    facts = {"uninvited": post, "sets": {"council": [p for p in state.council if p != post]}}
    return _record(policy, state, actor, at, "case.uninvited", facts)


def fall_due(*, policy: CityPolicy, case_id: int, number: int, at: datetime) -> Done | None:
    """What its policy says happens when the deadline of referral `number` passes; None: nothing.

    The case climbs to the superior of the post that let it pass, or the system takes the step that
    the stage names. Only the sweep calls this, in the transaction that fires the deadline.
    """
    policy, state = _locked(policy, case_id)
    lead = state.lead
    if lead is None or lead.number != number:
        return None
    rule = policy.stages[lead.stage].on_breach
    if rule is None:
        return None
    if rule == SUPERIOR:
        facts = decide.climb(policy, state, at)
        return None if facts is None else _record(policy, state, SYSTEM, at, "case.climbed", facts)
    step, own = decide.find(policy, state, rule, frozenset())
    return _take(policy, state, Taken(step=step, own=own, actor=SYSTEM, at=at), {}, {})


@transaction.atomic
def merge(
    *,
    policy: CityPolicy,
    case_id: int,
    into: int,
    actor: Actor,
    at: datetime,
    quiet: bool = False,
) -> Done:
    """Close a report of an event that another case already follows; its reporters go along.

    `quiet`: they are told with all others of the incident, not each by itself (`tell`).
    """
    found, step = {"merged_into": into}, merges(policy)
    code = step.code if step is not None else ""
    if quiet:
        policy, state = _locked(policy, case_id)
        own_step, _ = decide.find(policy, state, code, actor.units)
        own_step = replace(own_step, tells=None)
        return merge_locked(policy, state, own_step, actor, at, dict(found))
    return act(policy=policy, case_id=case_id, step=code, actor=actor, at=at, evidence=found)


def merge_locked(
    policy: CityPolicy,
    state: CaseState,
    step: Step,
    actor: Actor,
    at: datetime,
    found: dict[str, Any],
) -> Done:
    """Both cases change: the lead gains the reporters and the earlier start of the citizen
    clock."""
    try:
        lead = store.lock(int(found.get("merged_into", 0)))
    except store.NoSuchCase:
        raise WrongEvidence({"merged_into": "unknown"}) from None
    if lead.sealed:  # as if there were none: that there is one is nobody's business
        raise WrongEvidence({"merged_into": "unknown"})
    if not lead.is_open and lead.id != state.id:
        raise WrongEvidence({"merged_into": "closed"})
    done = _take(policy, state, Taken(step=step, own=state.lead, actor=actor, at=at), found, {})
    facts: dict[str, Any] = {
        "absorbed": state.id,
        "sets": {"reporters": lead.reporters + state.reporters},
    }
    if state.opened_at < lead.opened_at:
        earlier = clocks.citizen_clock(policy, at=state.clock(0).started_at)
        started = int(state.clock(0).started_at.timestamp())
        moved = clocks.reached(earlier, lead.clock(0).rung, at)
        facts["clock"] = {"number": 0, "started": started, **moved}
    _record(_own(policy, lead), lead, actor, at, "case.absorbed", facts)
    return done


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A step that somebody takes on a referral. `drafted_by`: the post that proposed it."""

    step: Step
    own: ReferralState | None
    actor: Actor
    at: datetime
    drafted_by: str = ""


def _take(
    policy: CityPolicy,
    state: CaseState,
    taken: Taken,
    given: dict[str, Any],
    texts: dict[str, str],
    *,
    approved: bool = False,
) -> Done:
    step, own, at = taken.step, taken.own, taken.at
    actor = _as_holder(taken.actor, own)
    if not approved and not may.take_step(policy, state, step, own, actor):
        raise NotAllowed(step.code)
    decide.check_limits(policy, state, step, own, at)
    proposes = step.approval is not None and not (own and may.approve(policy, own, actor))
    given |= dict.fromkeys(
        (n for n, t in texts.items() if t.strip()), -1
    )  # papers are written last
    found = supplied(policy, state, given)
    if step.approval is not None and not proposes:
        found["head_approval"] = actor.post
    check(policy, state, step, found, at)
    found |= papers.write(
        state.id, {n: t for n, t in texts.items() if n in found}, actor=actor, at=at
    )
    found = {n: v for n, v in found.items() if n in {*step.needs, *step.may_have, "head_approval"}}
    if proposes:
        assert own is not None
        proposal = {"step": step.code, "evidence": found, "post": actor.post}
        asked = {"referral": {"number": own.number, "proposal": proposal}, "evidence": found}
        done = _record(policy, state, actor, at, "case.proposed", asked, step, list(texts.values()))
        return Done(event=done.event, case=done.case, proposed=True)
    facts = _facts(policy, state, step, found, own.number if own else None, at)
    if taken.drafted_by and taken.drafted_by != actor.post:
        facts["drafted_by"] = taken.drafted_by
    return _record(policy, state, actor, at, "case.stepped", facts, step, list(texts.values()))


def _facts(
    policy: CityPolicy,
    state: CaseState,
    step: Step,
    found: dict[str, Any],
    own: int | None,
    at: datetime,
) -> dict[str, Any]:
    """The facts of the step, with the times allowed of an overlay that holds for the case."""
    plain = decide.facts_of(policy, state, step, found, own, at)
    if not plain.get("opens"):
        return plain
    sets = plain["sets"]
    subject = overlays.Subject(
        district=sets.get("district", state.district),
        class_code=sets.get("class_code", state.class_code),
        category=sets.get("category", state.category),
        sealed=state.sealed,
    )
    eased, run = overlays.eased(policy, subject, at)
    if run is None:
        return plain
    facts = decide.facts_of(eased, state, step, found, own, at)
    return facts | overlays.mark(run, plain["opens"], facts["opens"])


def _as_holder(actor: Actor, own: ReferralState | None) -> Actor:
    """Who fills the post that holds the case acts as that post, whatever else they fill."""
    if own is None or not own.post or own.post not in actor.posts:
        return actor
    return replace(actor, post=own.post)


def _is_inspected(policy: CityPolicy, stage: str) -> bool:
    """Whether a case that waits in `stage` is looked at on site: some step there asks for it."""
    return any("inspection" in step.needs for step in policy.stages[stage].steps.values())


def _locked(
    policy: CityPolicy, case_id: int, version: int | None = None
) -> tuple[CityPolicy, CaseState]:
    """The case under its lock, and the policy that it lives under."""
    state = store.lock(case_id)
    if version is not None and version != state.version:
        raise Stale(state.version)
    return _own(policy, state), state


def _own(policy: CityPolicy, state: CaseState) -> CityPolicy:
    """`policy` as far as this case goes: the flow that it was registered under stays."""
    if state.policy == policy.digest:
        return policy
    return for_case(state.policy, policy.digest)


def _record(
    policy: CityPolicy,
    state: CaseState,
    actor: Actor,
    at: datetime,
    kind: str,
    facts: Mapping[str, Any],
    step: Step | None = None,
    texts: Sequence[str] = (),
) -> Done:
    """Append the event, write the case that it makes, and let every projector follow.

    Raises NotAllowed for whoever a sealed case is about, and for all below them, whatever the act.
    """
    if may.barred(state, actor):
        raise NotAllowed(step.code if step else kind)
    entry = Entry(
        subject="case",
        subject_id=state.id,
        kind=kind,
        stage=state.stage,
        step=step.code if step else "",
        cycle=state.cycle,
        unit=state.unit,
        actor=actor,
        happened_at=at,
        policy=policy.digest,
        facts=facts,
        papers=papers.blinded(state.id, texts),
    )
    before = deepcopy(state)
    after = apply(state, entry)
    recorded = store.write(after, [entry], before=before)
    project(recorded)
    return Done(event=recorded[0], case=after)
