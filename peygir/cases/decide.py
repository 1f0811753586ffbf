"""What a step does to a case, as the facts of one event. Pure: reads the policy, writes nothing."""

from datetime import datetime, timedelta
from typing import Any

from peygir.cases import clocks
from peygir.cases.evidence import Evidence
from peygir.cases.refusals import LimitReached, TooLate, WaitsForCoUnits, WrongEvidence, WrongStage
from peygir.cases.state import CaseState, ReferralState
from peygir.policy.model import CityPolicy, Step
from peygir.policy.vocabulary import CLOSED, CO, LEAD, ROUTING, SAME

Facts = dict[str, Any]


def find_step(policy: CityPolicy, state: CaseState, code: str) -> Step:
    """The step as it is open to this case now. Raises WrongStage."""
    lead = state.lead
    step = policy.step(lead.stage if lead else None, code)
    if step is None:
        raise WrongStage(code, state.stage)
    if step.only_for == "long_running" and not _long_running(policy, state):
        raise WrongStage(code, "not_long_running")
    if step.only_for == "nonmunicipal" and state.class_code != "nonmunicipal":
        raise WrongStage(code, "municipal")
    return step


def referral_for(state: CaseState, step: Step, units: frozenset[str]) -> ReferralState | None:
    """The referral that the step acts upon; None on a closed case. Raises WrongStage."""
    if step.role == LEAD:
        return state.lead
    own = [r for r in state.open_co if r.unit in units]
    if not own:
        raise WrongStage(step.code, "no_co_referral")
    return own[0]


def check_limits(state: CaseState, step: Step, at: datetime) -> None:
    """Raises LimitReached, TooLate or WaitsForCoUnits."""
    if step.limit is not None and step.then is None and _times(state, step) >= step.limit:
        raise LimitReached(step.code, step.limit)
    if step.within is not None and state.closed_at and at > state.closed_at + step.within:
        raise TooLate(step.code, step.within.days)
    if step.waits_for_co and state.open_co:
        raise WaitsForCoUnits([r.unit for r in state.open_co])


def facts_of(
    policy: CityPolicy, state: CaseState, step: Step, found: Evidence, own: int | None, at: datetime
) -> Facts:
    """The facts of taking `step`. `own`: number of the referral acted upon (None: closed case)."""
    facts: Facts = {"evidence": dict(found), "sets": _sets(policy, state, step, found, at)}
    if step.tells:
        facts["tells"] = step.tells
    to = _destination(state, step, at)
    if to == CLOSED:
        facts["ends"] = facts["ending"] = step.ending
        facts["sets"] |= {"stage": CLOSED, "status": "closed"}
        if "merged_into" in found:
            facts["sets"]["lead_id"] = found["merged_into"]
    elif step.role == CO:
        facts["closes"] = [own]
    elif step.opens_co:
        facts["opens"] = [_co_referral(policy, state, found["target_unit"], at)]
    elif to != SAME:
        _move(policy, state, step, found, to, at, facts)
    return facts


def route(policy: CityPolicy, category: str, district: int | None) -> str | None:
    """The unit that answers for this subject in this place; None when somebody must sort it."""
    found = policy.categories.get(category)
    if found is None:
        return None
    return policy.organisation.route(found.function, district)


def _long_running(policy: CityPolicy, state: CaseState) -> bool:
    category = policy.categories.get(state.category)
    return category is not None and category.long_running


def _times(state: CaseState, step: Step) -> int:
    if step.opens_co:
        return sum(r.role == CO and r.cycle == state.cycle for r in state.referrals)
    if step.to == SAME:
        return state.objections
    return len(state.taken(step.code, state.cycle))


def _destination(state: CaseState, step: Step, at: datetime) -> str:
    """Where the step leads, now that it may have been taken before."""
    if step.then is None or step.limit is None:
        return step.to
    before = state.taken(step.code, state.cycle)
    if len(before) + 1 < step.limit:
        return step.to
    first = min((r.closed_at for r in before if r.closed_at), default=at)
    return step.then if at - first >= (step.over or timedelta()) else step.to


def _sets(policy: CityPolicy, state: CaseState, step: Step, found: Evidence, at: datetime) -> Facts:
    sets: Facts = {}
    if step.determines:
        sets |= {"informed_at": clocks.seconds(at)}
        if state.determined_at is None:
            sets["determined_at"] = clocks.seconds(at)
    if "promised_for" in found:
        sets["promised_for"] = found["promised_for"]
    if "citizen_word" in found:
        sets["satisfied"] = step.to == CLOSED
    if "category" in found:
        category = policy.categories[found["category"]]
        sets |= {"category": category.code, "class_code": category.class_code}
    if "district" in found:
        sets["district"] = found["district"]
    if "objection_reason" in step.needs:
        sets["objections"] = state.objections + 1
    if "return_reason" in found:
        sets["returns"] = state.returns + 1
    if step.new_cycle:
        sets |= {"cycle": state.cycle + 1, "determined_at": None, "promised_for": None}
        sets |= {"inspection": None, "finding": ""}
    return sets


def _move(
    policy: CityPolicy,
    state: CaseState,
    step: Step,
    found: Evidence,
    to: str,
    at: datetime,
    facts: Facts,
) -> None:
    """Close what is open at the old stage and open the new one, with its holder and its clock."""
    stage, sets, lead = policy.stages[to], facts["sets"], state.lead
    unit = _holder(policy, state, step, found, to, sets)
    leaving = [
        r.number for r in state.referrals if r.is_open and (r.role == LEAD or to != state.stage)
    ]
    if lead is None:
        facts["reopens"] = True
    else:
        facts["closes"] = leaving
    class_code = sets.get("class_code", state.class_code)
    opened: Facts = {"number": _next(state), "role": LEAD, "stage": to, "unit": unit}
    opened["clock"] = _clock(policy, state, step, found, to, class_code, at)
    if to == state.stage and "call" in found:
        opened |= _not_before(policy, found, at)
    facts["opens"] = [opened]
    status = "long_running" if step.rearm else "reopened" if step.new_cycle else stage.status
    sets |= {"stage": to, "status": status, "unit": unit}
    if stage.holder == ROUTING:
        sets["executive_unit"] = unit


def _holder(
    policy: CityPolicy, state: CaseState, step: Step, found: Evidence, to: str, sets: Facts
) -> str:
    holder = policy.stages[to].holder
    if holder != ROUTING:
        return holder
    if "target_unit" in found:
        return str(found["target_unit"])
    sorted_anew = "category" in found or "district" in found
    if state.executive_unit and not sorted_anew:
        return state.executive_unit
    category = sets.get("category", state.category)
    unit = route(policy, category, sets.get("district", state.district))
    if unit is None:
        raise WrongEvidence({"district": "missing"})
    return unit


def _clock(
    policy: CityPolicy,
    state: CaseState,
    step: Step,
    found: Evidence,
    to: str,
    class_code: str,
    at: datetime,
) -> Facts:
    lead = state.lead
    if step.rearm:
        until = clocks.instant(found["promised_for"])
        return clocks.unit_clock(policy, stage=to, class_code=class_code, at=at, until=until)
    if step.keeps_start and lead is not None and lead.stage == to:
        old = state.clock(lead.number)
        return clocks.unit_clock(
            policy,
            stage=to,
            class_code=class_code,
            at=at,
            started=old.started_at,
            paused_s=old.paused_s,
        )
    if "callback_at" in found:  # the unit's time starts when the citizen asked to be called
        at = clocks.instant(found["callback_at"])
    return clocks.unit_clock(policy, stage=to, class_code=class_code, at=at)


def _not_before(policy: CityPolicy, found: Evidence, at: datetime) -> Facts:
    """When the next call may be tried: the slot that the citizen asked for, or after the redial
    wait."""
    if "callback_at" in found:
        return {"not_before": found["callback_at"]}
    wait = policy.redial.waits.get(found.get("call", {}).get("outcome", ""))
    return {} if wait is None else {"not_before": clocks.seconds(at + wait)}


def _co_referral(policy: CityPolicy, state: CaseState, unit: str, at: datetime) -> Facts:
    clock = clocks.unit_clock(policy, stage=state.stage, class_code=state.class_code, at=at)
    return {"number": _next(state), "role": CO, "stage": state.stage, "unit": unit, "clock": clock}


def _next(state: CaseState) -> int:
    return max((r.number for r in state.referrals), default=0) + 1
