"""Is what a step brings along really what the policy asks for?"""

from collections.abc import Container, Mapping
from datetime import datetime
from typing import Any

from peygir.cases.clocks import seconds
from peygir.cases.refusals import WrongEvidence
from peygir.cases.state import CaseState
from peygir.policy.model import CityPolicy, Step
from peygir.policy.vocabulary import FINDINGS, UNREACHED, UNREACHED_STEP, WORD_VIA

Evidence = Mapping[str, Any]

RATINGS = range(1, 6)  # stars
CALLBACK_AHEAD_MAX_S = 3 * 86_400  # a citizen may be called later, not put off


def supplied(policy: CityPolicy, state: CaseState, given: Evidence) -> dict[str, Any]:
    """`given` and what the case itself can show: its last inspection, the calls that reached
    nobody."""
    found = {name: value for name, value in given.items() if value not in (None, "", [], {})}
    if state.inspection is not None:
        found.setdefault("inspection", state.inspection)
    calls = state.taken(UNREACHED_STEP, state.cycle)
    if len(calls) >= policy.redial.attempts:
        ends = [c.closed_at for c in calls if c.closed_at]
        if max(ends) - min(ends) >= policy.redial.over:
            span = {"first": seconds(min(ends)), "last": seconds(max(ends))}
            found["attempts"] = {"count": len(calls), **span}
    return found


def check(policy: CityPolicy, state: CaseState, step: Step, found: Evidence, at: datetime) -> None:
    """Raises WrongEvidence naming everything that is missing or wrong, all at once."""
    faults = {name: "missing" for name in step.needs if name not in found}
    allowed = {*step.needs, *step.may_have, "inspection", "attempts", "head_approval"}
    faults |= dict.fromkeys(set(found) - allowed, "not_asked_for")
    for name, value in found.items():
        fault = _fault(policy, state, step, name, value, at)
        if fault and name not in faults:
            faults[name] = fault
    if faults:
        raise WrongEvidence(faults)


def _fault(
    policy: CityPolicy, state: CaseState, step: Step, name: str, value: Any, at: datetime
) -> str | None:
    match name:
        case "citizen_word":
            return _word_fault(step, value)
        case "promised_for":
            return _promise_fault(step, value, at)
        case "callback_at":
            return None if _ahead(value, at, CALLBACK_AHEAD_MAX_S) else "not_ahead"
        case "call":
            return _call_fault(step, value)
        case "target_unit":
            return _unit_fault(policy, state, step, value)
        case "inspection":
            return None if step.finding in (None, state.finding) else "finding"
        case "merged_into":
            return "itself" if value == state.id else None
        case _:
            known = _known(policy, name)
            return None if known is None or value in known else "unknown"


def _known(policy: CityPolicy, name: str) -> Container[Any] | None:
    """The values that this evidence may have; None: no list of them."""
    org = policy.organisation
    lists: Mapping[str, Container[Any]] = {
        "category": policy.categories,
        "district": org.districts,
        "outside_body": org.outside_bodies,
        "target_post": org.posts,
        "kind": [code for code, kind in policy.kinds.items() if not (kind.sealed or kind.about)],
        "urgent_ground": policy.urgent.grounds if policy.urgent else (),
        "rating": RATINGS,
    }
    return lists.get(name)


def _word_fault(step: Step, value: Any) -> str | None:
    via = value.get("via") if isinstance(value, Mapping) else None
    if via not in WORD_VIA:
        return "unknown"
    return None if not step.word_via or via in step.word_via else "not_citizens_own"


def _promise_fault(step: Step, value: Any, at: datetime) -> str | None:
    if not _ahead(value, at, None):
        return "not_ahead"
    longest_s = None if step.longest is None else int(step.longest.total_seconds())
    return None if _ahead(value, at, longest_s) else "too_far"


def _ahead(value: Any, at: datetime, most_s: int | None) -> bool:
    if not isinstance(value, int):
        return False
    ahead = value - at.timestamp()
    return ahead > 0 and (most_s is None or ahead <= most_s)


def _call_fault(step: Step, value: Any) -> str | None:
    """A call that reached nobody is an attempt, and carries no word or wish of a citizen."""
    outcome = value.get("outcome") if isinstance(value, Mapping) else None
    if step.code == UNREACHED_STEP:
        return None if outcome in UNREACHED else "unknown_outcome"
    if outcome in UNREACHED:
        return "not_reached"
    return None if outcome == "reached" else "unknown_outcome"


def _unit_fault(policy: CityPolicy, state: CaseState, step: Step, value: Any) -> str | None:
    unit = policy.organisation.units.get(value)
    if unit is None:
        return "unknown"
    if step.opens_co and value in {r.unit for r in state.referrals if r.is_open}:
        return "already_holds"
    return None


def finding(value: str) -> str:
    if value not in FINDINGS:
        raise WrongEvidence({"finding": "unknown"})
    return value
