"""Doing what was planned: each function is one real act by the person whose work it is."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from peygir.boards.suggest import suggest
from peygir.cases import acts, store
from peygir.cases.refusals import NotAllowed
from peygir.cases.state import CaseState
from peygir.demo.moves import Move
from peygir.demo.town import Town, id_at
from peygir.ledger.entry import CITIZEN, Actor
from peygir.people import papers
from peygir.people.models import Call, Inspection, Paper

Deed = Callable[[Town, CaseState, datetime], CaseState]

FINDINGS: Final = {"done": 40, "partly": 30, "not_done": 30}
CALL_S: Final = (25, 190)


@transaction.atomic
def do(town: Town, move: Move, state: CaseState) -> CaseState:
    """Do `move` at its instant to the case, which stood as `state` when it was planned.

    Gives the case after it. Raises Refused when somebody changed it meanwhile, or when the policy
    does not allow it; nothing is written then.
    """
    return _DEEDS[move.verb](town, state, move.at)


def stand(case_id: int) -> CaseState:
    """The case as it stands."""
    with transaction.atomic():
        return store.lock(case_id)


def _refer(town: Town, state: CaseState, at: datetime) -> CaseState:
    """Reception sorts what came without a subject, or what was returned."""
    found: dict[str, Any] = {"category": state.category, "district": state.district}
    if not state.category:
        found["category"] = _subject(town, state)
    if state.district is None:
        found["district"] = town.rng.choice(list(town.texts.places))
    return _step(town, state, "refer", at, evidence=found)


def _subject(town: Town, state: CaseState) -> str:
    """What the citizen's words speak of; a likely subject where they say too little."""
    said = " ".join(paper.text for paper in papers.of(state.id, "words"))
    weights = town.texts.weights
    return next(
        (code for code in suggest(town.policy, said) if code in weights),
        town.rng.choices(list(weights), list(weights.values()))[0],
    )


def _report(town: Town, state: CaseState, at: datetime) -> CaseState:
    actor = _holder(town, state)
    said = town.texts.result(town.rng, town.policy, state.category)
    evidence: dict[str, Any] = {}
    if town.share(0.4):
        group = town.policy.categories[state.category].group
        for kind in ("before", "after"):
            evidence[f"photo_{kind}"] = [town.picture(state.id, group, kind, actor, at)]
    texts = {"result_text": said, "report_to_citizen": said}
    return _step(town, state, "report", at, actor=actor, evidence=evidence, texts=texts)


def _promise(town: Town, state: CaseState, at: datetime) -> CaseState:
    by = at + timedelta(days=town.rng.uniform(3, 35))
    return _step(
        town,
        state,
        "promise",
        at,
        evidence={"promised_for": int(by.timestamp())},
        texts={"report_to_citizen": town.texts.pick(town.rng, "promise")},
    )


def _infeasible(town: Town, state: CaseState, at: datetime) -> CaseState:
    said = town.texts.pick(town.rng, "infeasible")
    return _step(
        town, state, "infeasible", at, texts={"answer_text": said, "report_to_citizen": said}
    )


def _approve(town: Town, state: CaseState, at: datetime) -> CaseState:
    head = town.cast.head(state.unit)
    return acts.approve(policy=town.policy, case_id=state.id, actor=head, at=at).case


def _refuse(town: Town, state: CaseState, at: datetime) -> CaseState:
    head, reason = town.cast.head(state.unit), town.texts.pick(town.rng, "refused")
    done = acts.refuse(policy=town.policy, case_id=state.id, actor=head, at=at, reason=reason)
    return done.case


def _return(town: Town, state: CaseState, at: datetime) -> CaseState:
    texts = {"return_reason": town.texts.pick(town.rng, "returned")}
    return _step(town, state, "return", at, texts=texts)


def _hand_over(town: Town, state: CaseState, at: datetime) -> CaseState:
    body = town.rng.choice(list(town.policy.organisation.outside_bodies))
    said = town.texts.result(town.rng, town.policy, state.category)
    found = {"outside_body": body}
    return _step(town, state, "hand_over", at, evidence=found, texts={"report_to_citizen": said})


def _ask_co_unit(town: Town, state: CaseState, at: datetime) -> CaseState:
    near = [
        unit.code
        for unit in town.policy.organisation.units.values()
        if unit.function and unit.district == state.district and unit.code != state.unit
    ]
    if not near:
        return _report(town, state, at)
    found = {"target_unit": town.rng.choice(near)}
    return _step(
        town,
        state,
        "ask_co_unit",
        at,
        evidence=found,
        texts={"note": town.texts.pick(town.rng, "joint")},
    )


def _co_result(town: Town, state: CaseState, at: datetime) -> CaseState:
    actor = town.cast.member(state.open_co[0].unit, town.rng)
    texts = {"result_text": town.texts.pick(town.rng, "joint_done")}
    return _step(town, state, "co_result", at, actor=actor, texts=texts)


def _reclassify(town: Town, state: CaseState, at: datetime) -> CaseState:
    group = town.policy.categories[state.category].group
    near = [c.code for c in town.policy.categories.values() if c.group == group]
    actor = _role(town, "reception")
    found = {"category": town.rng.choice(near)}
    return _step(town, state, "reclassify", at, actor=actor, evidence=found)


def _note(town: Town, state: CaseState, at: datetime) -> CaseState:
    words = town.texts.pick(town.rng, "note")
    actor = _holder(town, state)
    return acts.note(policy=town.policy, case_id=state.id, actor=actor, at=at, text=words).case


def _pause(town: Town, state: CaseState, at: datetime) -> CaseState:
    reason = town.rng.choice(list(town.policy.pauses))
    until = at + town.policy.pauses[reason].longest * town.rng.uniform(0.2, 0.8)
    actor = _role(town, town.policy.pauses[reason].approval)
    done = acts.pause(
        policy=town.policy, case_id=state.id, actor=actor, at=at, reason=reason, until=until
    )
    return done.case


def _merge(town: Town, state: CaseState, at: datetime) -> CaseState:
    """Reception sees that it is the same event as an older case of the same place and subject."""
    older = [c for c in town.recent.get((state.district, state.category), []) if c < state.id]
    if not older:
        return _note(town, state, at)
    actor = _role(town, "reception")
    done = acts.merge(policy=town.policy, case_id=state.id, into=older[-1], actor=actor, at=at)
    return done.case


def _object(town: Town, state: CaseState, at: datetime) -> CaseState:
    """The citizen complains that nobody follows up, or objects to the closing."""
    texts = {"objection_reason": town.texts.pick(town.rng, "objection")}
    return _step(town, state, "objection", at, actor=CITIZEN, texts=texts)


def _satisfied(town: Town, state: CaseState, at: datetime) -> CaseState:
    found = {"citizen_word": {"via": "call", "at": int(at.timestamp())}}
    return _called(town, state, "satisfied", "reached", at, found)


def _satisfied_by_sms(town: Town, state: CaseState, at: datetime) -> CaseState:
    found = {"citizen_word": {"via": "sms", "at": int(at.timestamp())}}
    return _step(town, state, "satisfied", at, actor=CITIZEN, evidence=found)


def _dissatisfied(town: Town, state: CaseState, at: datetime) -> CaseState:
    found = {"citizen_word": {"via": "call", "at": int(at.timestamp())}}
    texts = {"objection_reason": town.texts.pick(town.rng, "objection")}
    return _called(town, state, "dissatisfied", "reached", at, found, texts)


def _unreached(town: Town, state: CaseState, at: datetime) -> CaseState:
    outcome = town.rng.choices(["no_answer", "busy", "off"], [6, 2, 3])[0]
    return _called(town, state, "unreached", outcome, at, {})


def _call_back(town: Town, state: CaseState, at: datetime) -> CaseState:
    later = int((at + timedelta(hours=town.rng.uniform(2, 20))).timestamp())
    return _called(town, state, "call_back", "reached", at, {"callback_at": later})


def _inspect(town: Town, state: CaseState, at: datetime) -> CaseState:
    """A field visit with pictures, what was found, and the citizen's own account (Q8)."""
    rng = town.rng
    found = rng.choices(list(FINDINGS), list(FINDINGS.values()))[0]
    actor = _holder(town, state)
    group = town.policy.categories[state.category].group if state.category else ""
    kind = "after" if found == "done" else "visit"
    words = {
        "finding": town.texts.pick(rng, f"finding_{found}"),
        "statement": town.texts.pick(rng, "statement"),
    }
    ids = papers.write(state.id, words, actor=actor, at=at)
    visit = Inspection.objects.create(
        id=id_at(at, rng),
        visit=UUID(int=rng.getrandbits(128), version=4),
        case_id=state.id,
        staff_id=actor.staff_id or 0,
        started_at=at - timedelta(minutes=rng.uniform(5, 25)),
        saved_at=at,
        received_at=at,
        finding=found,
        lat_e6=state.lat_e6,
        lon_e6=state.lon_e6,
        accuracy_m=rng.randint(4, 30) if state.lat_e6 else None,
        findings=Paper.objects.get(pk=ids["finding"]),
        statement=Paper.objects.get(pk=ids["statement"]),
        photos=[town.picture(state.id, group, kind, actor, at)],
    )
    done = acts.inspect(
        policy=town.policy,
        case_id=state.id,
        actor=actor,
        at=at,
        inspection=visit.id,
        found=found,
    )
    return done.case


def _conclude(town: Town, state: CaseState, at: datetime) -> CaseState:
    """After the visit: the citizen confirms with a code, or it goes back to the executive unit."""
    unreached = len(state.taken("unreached", state.cycle)) >= town.policy.redial.attempts
    if state.finding == "done" and unreached:
        return _step(town, state, "done_unreachable", at)
    if state.finding == "done" or (state.finding == "partly" and town.share(0.2)):
        found = {"citizen_word": {"via": "code", "at": int(at.timestamp())}}
        return _step(town, state, "confirmed", at, evidence=found)
    return _step(town, state, "not_confirmed", at)


def _called(
    town: Town,
    state: CaseState,
    step: str,
    outcome: str,
    at: datetime,
    found: Mapping[str, Any],
    texts: Mapping[str, str] | None = None,
) -> CaseState:
    """A step of the feedback desk, with the call that it rests on."""
    actor = _holder(town, state)
    ended = at + timedelta(seconds=town.rng.uniform(*CALL_S))
    span = {"started": int(at.timestamp()), "ended": int(ended.timestamp())}
    call = {"outcome": outcome, "staff": actor.staff_id, **span}
    after = _step(
        town, state, step, at, actor=actor, evidence={**found, "call": call}, texts=texts or {}
    )
    Call.objects.create(
        id=id_at(at, town.rng),
        direction="out",
        staff_id=actor.staff_id,
        case_id=state.id,
        rang_at=at,
        answered_at=at if outcome == "reached" else None,
        ended_at=ended,
        outcome=outcome,
    )
    return after


def _step(
    town: Town,
    state: CaseState,
    step: str,
    at: datetime,
    *,
    actor: Actor | None = None,
    evidence: Mapping[str, Any] | None = None,
    texts: Mapping[str, str] | None = None,
) -> CaseState:
    done = acts.act(
        policy=town.policy,
        case_id=state.id,
        step=step,
        actor=actor or _holder(town, state),
        at=at,
        evidence=evidence,
        texts=texts,
        version=state.version,
    )
    return done.case


def _holder(town: Town, state: CaseState) -> Actor:
    return town.cast.member(state.unit, town.rng)


def _role(town: Town, role: str) -> Actor:
    """Somebody with `role`. Raises NotAllowed when this city has nobody."""
    found = town.cast.role(role, town.rng)
    if found is None:
        raise NotAllowed(role)
    return found


_DEEDS: dict[str, Deed] = {
    "refer": _refer,
    "report": _report,
    "promise": _promise,
    "infeasible": _infeasible,
    "approve": _approve,
    "refuse": _refuse,
    "return_": _return,
    "hand_over": _hand_over,
    "ask_co_unit": _ask_co_unit,
    "co_result": _co_result,
    "reclassify": _reclassify,
    "note": _note,
    "pause": _pause,
    "merge": _merge,
    "object": _object,
    "object_to_closing": _object,
    "satisfied": _satisfied,
    "satisfied_by_sms": _satisfied_by_sms,
    "dissatisfied": _dissatisfied,
    "unreached": _unreached,
    "call_back": _call_back,
    "inspect": _inspect,
    "conclude": _conclude,
}
