"""Doing what was planned: each function is one real act by the person whose work it is."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from peygir.cases import acts, store
from peygir.cases.refusals import NotAllowed, WrongStage
from peygir.cases.state import CaseState
from peygir.demo import brings, who
from peygir.demo.moves import STEP, Move
from peygir.demo.town import Town, id_at
from peygir.ledger.entry import Actor
from peygir.people import papers
from peygir.people.models import Call, Inspection, Paper

Deed = Callable[[Town, CaseState, Move], CaseState]

FINDINGS: Final = {"done": 40, "partly": 30, "not_done": 30}


@transaction.atomic
def do(town: Town, move: Move, state: CaseState) -> CaseState:
    """Do `move` at its instant to the case, which stood as `state` when it was planned.

    Gives the case after it. Raises Refused when somebody changed it meanwhile, or when the policy
    does not allow it; nothing is written then.
    """
    return _DEEDS[move.verb](town, state, move)


def stand(case_id: int) -> CaseState:
    """The case as it stands."""
    with transaction.atomic():
        return store.lock(case_id)


def _step(town: Town, state: CaseState, move: Move) -> CaseState:
    """Take a step of the policy with whatever it needs."""
    referral = brings.owner(state, move.number)
    step = town.policy.step(referral.stage if referral else None, move.step)
    if step is None or (move.number is not None and referral is None):
        raise WrongStage(move.step, state.stage)
    actor = who.takes(town, state, referral, step)
    if actor is None:
        raise NotAllowed(move.step)
    evidence, texts = brings.evidence_of(town, state, step, actor, move.at)
    is_track = referral is not None and town.policy.stages[referral.stage].track
    done = acts.act(
        policy=town.policy,
        case_id=state.id,
        step=move.step,
        actor=actor,
        at=move.at,
        evidence=evidence,
        texts=texts,
        version=state.version,
        referral=move.number if is_track else None,
    )
    if "call" in evidence:
        _book(town, state, evidence["call"], move.at)
    return done.case


def _book(town: Town, state: CaseState, call: Mapping[str, Any], at: datetime) -> None:
    """The row of the call book that a call leaves."""
    Call.objects.create(
        id=id_at(at, town.rng),
        direction="out",
        staff_id=call["staff"],
        case_id=state.id,
        rang_at=at,
        answered_at=at if call["outcome"] == "reached" else None,
        ended_at=datetime.fromtimestamp(call["ended"], UTC),
        outcome=call["outcome"],
    )


def _approve(town: Town, state: CaseState, move: Move) -> CaseState:
    head = _head(town, state)
    return acts.approve(policy=town.policy, case_id=state.id, actor=head, at=move.at).case


def _refuse(town: Town, state: CaseState, move: Move) -> CaseState:
    head, reason = _head(town, state), town.texts.pick(town.rng, "refused")
    done = acts.refuse(policy=town.policy, case_id=state.id, actor=head, at=move.at, reason=reason)
    return done.case


def _head(town: Town, state: CaseState) -> Actor:
    """Who decides about what the lead referral proposes."""
    lead = state.lead
    if lead is None:
        raise WrongStage("approve", state.stage)
    if lead.post and town.cast.post(lead.post).heads:
        return town.cast.post(lead.post)
    return town.cast.head(lead.unit)


def _note(town: Town, state: CaseState, move: Move) -> CaseState:
    words = town.texts.pick(town.rng, "note")
    actor = _holder(town, state, move)
    return acts.note(policy=town.policy, case_id=state.id, actor=actor, at=move.at, text=words).case


def _pause(town: Town, state: CaseState, move: Move) -> CaseState:
    reason = town.rng.choice(list(town.policy.pauses))
    until = move.at + town.policy.pauses[reason].longest * town.rng.uniform(0.2, 0.8)
    role = town.policy.pauses[reason].approval
    actor = town.cast.role(role, town.rng)
    if actor is None:
        raise NotAllowed(role)
    done = acts.pause(
        policy=town.policy, case_id=state.id, actor=actor, at=move.at, reason=reason, until=until
    )
    return done.case


def _inspect(town: Town, state: CaseState, move: Move) -> CaseState:
    """A field visit with pictures, what was found, and the citizen's own account (Q8)."""
    rng, at = town.rng, move.at
    found = rng.choices(list(FINDINGS), list(FINDINGS.values()))[0]
    actor = _holder(town, state, move)
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


def _holder(town: Town, state: CaseState, move: Move) -> Actor:
    referral = brings.owner(state, move.number)
    if referral is None:
        raise WrongStage(move.verb, state.stage)
    return who.holder(town, referral)


_DEEDS: dict[str, Deed] = {
    STEP: _step,
    "approve": _approve,
    "refuse": _refuse,
    "note": _note,
    "pause": _pause,
    "inspect": _inspect,
}
