"""What happens next to a simulated case, and when. Chances only: `deeds` does it by real acts.

The stages and steps are asked of the policy; a city whose policy lacks one simply never takes it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from peygir.cases.state import CaseState
from peygir.demo.town import Town, minutes

ARRIVAL: Final = "arrive"  # the verb of a new report
OFFICE: Final = (7, 15)  # local hours in which units file results
DESK: Final = (8, 20)  # in which the centre calls and visits


@dataclass(frozen=True, kw_only=True, order=True)
class Move:
    """`verb` names a function of `deeds`; it is dropped when the case has changed since."""

    at: datetime
    case_id: int
    version: int
    verb: str


def next_move(town: Town, state: CaseState, now: datetime) -> Move | None:
    """What somebody will do about this case; None when nobody will."""
    found = _planned(town, state, now)
    if found is None:
        return None
    at, verb = found
    return Move(
        at=max(at, now + timedelta(seconds=20)), case_id=state.id, version=state.version, verb=verb
    )


def _planned(town: Town, state: CaseState, now: datetime) -> tuple[datetime, str] | None:
    rng, lead = town.rng, state.lead
    if lead is None:
        return _after_closing(town, state, now)
    if lead.proposal is not None:
        verb = "refuse" if town.share(0.12) else "approve"
        return _open(town, now + _hours(rng, 1, 9), OFFICE), verb
    if state.open_co:
        return _open(town, now + _hours(rng, 3, 30), OFFICE), "co_result"
    match lead.stage:
        case "reception":
            return now + minutes(8, 100, rng), "refer"
        case "execution":
            return _execution(town, state, now)
        case "feedback":
            before = max(now + minutes(20, 300, rng), lead.not_before or now)
            return _open(town, before + minutes(1, 30, rng), DESK), _answer(town, state)
        case "special_follow_up":
            if state.inspection is None:
                return _open(town, now + _hours(rng, 5, 44), DESK), "inspect"
            return now + minutes(3, 40, rng), "conclude"
        case _:
            return None


def _execution(town: Town, state: CaseState, now: datetime) -> tuple[datetime, str]:
    rng, lead = town.rng, state.lead
    assert lead is not None
    clock = state.clock(lead.number)
    allowed = (clock.due_at - clock.started_at) / timedelta(hours=1)
    slowness = town.mood(lead.unit) * rng.lognormvariate(-0.85, 0.6)
    if town.share(0.025):  # forgotten: the ladder does its work
        slowness = rng.uniform(2, 6)
    at = _open(town, now + timedelta(hours=allowed * slowness), OFFICE)
    promised = state.promised_for is not None
    verbs = {
        "report": 74.0,
        "promise": 0.0 if promised else 45.0,
        "infeasible": 3.0,
        "return_": 0.0 if state.returns else 4.0,
        "ask_co_unit": 4.0,
        "reclassify": 1.0,
        "note": 2.0,
        "pause": 0.0 if clock.paused_s else 1.0,
        "merge": 2.0,
        "object": 1.5,
    }
    if not town.policy.categories[state.category].long_running:
        verbs["promise"] = 0.0
    if state.class_code == "nonmunicipal":
        verbs = {"hand_over": 1.0}
    verb = rng.choices(list(verbs), list(verbs.values()))[0]
    if verb in ("return_", "ask_co_unit", "reclassify", "note", "merge", "pause"):
        at = now + (at - now) * 0.3  # such things come to light early
    if verb == "report" and promised and state.promised_for:
        at = max(now + minutes(60, 300, rng), state.promised_for - _hours(rng, 2, 60))
    return at, verb


def _answer(town: Town, state: CaseState) -> str:
    if state.reporters == 0:
        return "satisfied"
    calls = len(state.taken("unreached", state.cycle))
    if calls and town.share(0.6):  # who did not answer once often does not answer again
        return "unreached"
    content = 70 if town.mood(state.executive_unit or state.unit) < 1.1 else 58
    verbs = {
        "satisfied": content,
        "satisfied_by_sms": 9,
        "dissatisfied": 13,
        "unreached": 11,
        "call_back": 3,
    }
    return town.rng.choices(list(verbs), list(verbs.values()))[0]


def _after_closing(town: Town, state: CaseState, now: datetime) -> tuple[datetime, str] | None:
    if state.ending == "merged" or state.objections or not town.share(0.035):
        return None
    return now + _hours(town.rng, 10, 120), "object_to_closing"


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
