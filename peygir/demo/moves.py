"""What happens next to a simulated case, and when. Chances only: `deeds` does it by real acts.

The steps that are open are asked of the policy, so that any city can be played.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from peygir.cases import decide
from peygir.cases.models.clock import PAUSED
from peygir.cases.refusals import Refused
from peygir.cases.state import CaseState, ReferralState
from peygir.demo import brings, chances
from peygir.demo.town import Town, minutes
from peygir.policy.asking import asks_citizen
from peygir.policy.model import Stage, Step
from peygir.policy.vocabulary import CO, SYSTEM

ARRIVAL: Final = "arrive"  # the verb of a new report
STEP: Final = "step"
OFFICE: Final = (7, 15)  # local hours in which units file results
DESK: Final = (8, 20)  # in which the centre calls and visits
#: Desks other than the inbox: when they work, and in what share of the time allowed.
PACE: Final[dict[str, tuple[tuple[int, int] | None, float, float]]] = {
    "calls": (DESK, 0.02, 0.25),
    "field": (DESK, 0.1, 0.92),
    "operations": (None, 0.04, 0.7),
    "letters": (OFFICE, 0.1, 0.8),
    "social": (OFFICE, 0.1, 0.8),
}
SORTED_WITHIN: Final = timedelta(hours=4)  # a stage this short is work of minutes, at any hour
FORGOTTEN: Final = 0.025
OBJECTS: Final = 0.035  # citizens who object to a closing


@dataclass(frozen=True, kw_only=True, order=True)
class Move:
    """`verb` names a function of `deeds`, `step` the step of STEP and `number` its referral; it is
    dropped when the case has changed since."""

    at: datetime
    case_id: int
    version: int
    verb: str
    step: str = ""
    number: int | None = None


def next_move(town: Town, state: CaseState, now: datetime) -> Move | None:
    """What somebody will do about this case first; None when nobody will."""
    if state.lead is None:
        return _after_closing(town, state, now)
    found = [m for r in state.referrals if r.is_open for m in _moves(town, state, r, now)]
    return min(found, key=lambda move: move.at, default=None)


def _moves(town: Town, state: CaseState, referral: ReferralState, now: datetime) -> Iterator[Move]:
    """At most one move on this referral."""
    if referral.proposal is not None:
        verb = "refuse" if town.share(0.12) else "approve"
        yield _at(state, _open(town, now + _hours(town.rng, 1, 9), OFFICE), verb, now)
        return
    stage = town.policy.stages[referral.stage]
    if _wants_visit(state, stage, referral):
        yield _at(state, _when(town, state, referral, now), "inspect", now, number=referral.number)
        return
    chosen = _choose(town, state, referral, stage)
    if chosen is None:
        return
    at = _when(town, state, referral, now)
    if chosen in ("note", "pause"):
        yield _at(state, now + (at - now) * 0.3, chosen, now, number=referral.number)
        return
    assert isinstance(chosen, Step)
    if "inspection" in chosen.needs:  # the visit was just made
        at = now + minutes(3, 40, town.rng)
    elif _is_early(chosen, stage):  # such things come to light early
        at = now + (at - now) * 0.3
    elif chosen.determines and not chosen.rearm and state.promised_for:
        at = max(now + minutes(60, 300, town.rng), state.promised_for - _hours(town.rng, 2, 60))
    yield _at(state, at, STEP, now, step=chosen.code, number=referral.number)


def _at(
    state: CaseState,
    at: datetime,
    verb: str,
    now: datetime,
    *,
    step: str = "",
    number: int | None = None,
) -> Move:
    at = max(at, now + timedelta(seconds=20))
    return Move(at=at, case_id=state.id, version=state.version, verb=verb, step=step, number=number)


def _wants_visit(state: CaseState, stage: Stage, referral: ReferralState) -> bool:
    """Whether this referral waits for a visit that was not made yet."""
    asked = any("inspection" in step.needs for step in stage.steps.values())
    beside = any(r.is_open and r.number != referral.number for r in state.referrals if r.role == CO)
    return asked and state.inspection is None and (stage.track or not (stage.tracks and beside))


def _choose(
    town: Town, state: CaseState, referral: ReferralState, stage: Stage
) -> Step | str | None:
    """A step of those that are open, by chance; None: nobody does anything."""
    options: dict[Step | str, float] = {}
    for code, number in _codes(town, referral, stage):
        step = _open_step(town, state, code, referral, number)
        if step is not None:
            options[step.code] = chances.weight(town, state, referral, step)
    if not any(options.values()):
        return None
    if referral.role != CO and stage.desk == "inbox":
        options |= _asides(town, state, referral)
    if stage.waits_for_citizen and asks_citizen(stage):
        options[""] = chances.SILENT
    chosen = town.rng.choices(list(options), list(options.values()))[0]
    if chosen in ("", "note", "pause"):
        return chosen or None
    return stage.steps.get(str(chosen)) or town.policy.anywhere[str(chosen)]


def _asides(town: Town, state: CaseState, referral: ReferralState) -> dict[Step | str, float]:
    clock = state.clock(referral.number)
    may_pause = bool(town.policy.pauses) and not clock.paused_s and clock.state != PAUSED
    return {"note": 2.0, "pause": 1.0 if may_pause else 0.0}


def _codes(town: Town, referral: ReferralState, stage: Stage) -> list[tuple[str, int | None]]:
    if stage.track:
        return [(code, referral.number) for code in stage.steps]
    if referral.role == CO:
        return [(s.code, None) for s in stage.steps.values() if s.role == CO]
    own = [(s.code, None) for s in stage.steps.values() if s.role != CO]
    return [*own, *((code, None) for code in town.policy.anywhere)]


def _open_step(
    town: Town, state: CaseState, code: str, referral: ReferralState, number: int | None
) -> Step | None:
    """The step, if the policy lets it be taken now and simulated people can bring what it needs."""
    units = frozenset({referral.unit})
    try:
        step, own = decide.find(town.policy, state, code, units, number)
        decide.check_limits(town.policy, state, step, own, referral.opened_at)
    except Refused:
        return None
    if set(step.by) == {SYSTEM} or (own is not None and own.number != referral.number):
        return None
    return step if brings.able(town, state, step) else None


def _is_early(step: Step, stage: Stage) -> bool:
    return step.code not in stage.steps or bool(
        {"return_reason", "target_post"} & {*step.needs} or step.opens_co
    )


def _when(town: Town, state: CaseState, referral: ReferralState, now: datetime) -> datetime:
    """When whoever holds the referral comes round to it."""
    rng, stage, clock = town.rng, town.policy.stages[referral.stage], state.clock(referral.number)
    allowed = clock.due_at - clock.started_at
    if stage.waits_for_citizen:
        return _open(town, now + allowed * rng.uniform(0.01, 0.5), DESK)
    if stage.desk in PACE:
        hours, low, high = PACE[stage.desk]
        share = rng.uniform(low, high) * (0.5 if state.counts else 1.0)
        at = max(now + minutes(2, 30, rng), referral.opened_at + allowed * share)
        at = max(at, referral.not_before or at)
        return at if hours is None else _open(town, at, hours)
    if allowed <= SORTED_WITHIN:
        return now + allowed * rng.uniform(0.07, 0.83)
    slowness = town.mood(referral.unit) * rng.lognormvariate(-0.85, 0.6)
    if town.share(FORGOTTEN):  # the ladder does its work
        slowness = rng.uniform(2, 6)
    return _open(town, now + allowed * slowness, OFFICE)


def _after_closing(town: Town, state: CaseState, now: datetime) -> Move | None:
    if state.lead_id is not None or state.objections or not town.share(OBJECTS):
        return None
    steps = [s for s in town.policy.after_closing.values() if brings.able(town, state, s)]
    if not steps:
        return None
    at = now + _hours(town.rng, 10, 120)
    return _at(state, at, STEP, now, step=town.rng.choice(steps).code)


def _open(town: Town, at: datetime, hours: tuple[int, int]) -> datetime:
    """`at`, or within the first hours of the next time when somebody is there."""
    local = town.local(at)
    if local.weekday() == 4 and hours is OFFICE and town.share(0.8):  # Friday
        local = local.replace(hour=hours[0]) + timedelta(days=1, minutes=town.rng.uniform(0, 180))
    elif local.hour >= hours[1]:
        local = local.replace(hour=hours[0]) + timedelta(days=1, minutes=town.rng.uniform(0, 150))
    elif local.hour < hours[0]:
        local = local.replace(hour=hours[0]) + timedelta(minutes=town.rng.uniform(0, 150))
    return local.astimezone(at.tzinfo)


def _hours(rng: Random, low: float, high: float) -> timedelta:
    return timedelta(hours=rng.uniform(low, high))
