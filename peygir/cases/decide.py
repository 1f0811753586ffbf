"""What a step does to a case, as the facts of one event. Pure: reads the policy, writes nothing."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from peygir.cases import clocks
from peygir.cases.evidence import Evidence
from peygir.cases.holding import holder
from peygir.cases.refusals import LimitReached, TooLate, WaitsForCoUnits, WrongStage
from peygir.cases.state import CaseState, ReferralState
from peygir.policy.model import CityPolicy, Step
from peygir.policy.vocabulary import CLOSED, CO, DONE, LEAD, ROUTED, SAME, START

Facts = dict[str, Any]

#: Evidence that becomes a field of the case as it is.
TAKEN_OVER = {
    "promised_for": "promised_for",
    "district": "district",
    "kind": "kind",
    "urgent_ground": "urgent",
}


def find(
    policy: CityPolicy,
    state: CaseState,
    code: str,
    units: frozenset[str],
    number: int | None = None,
) -> tuple[Step, ReferralState | None]:
    """The step as it is open to this case now, and the referral that it acts upon.

    `number`: of the referral, where a track has a step of the same name; else the stage's own step
    goes first, then a track's. The referral is None on a closed case. Raises WrongStage.
    """
    own = _track_with(policy, state, code, units, number)
    if own is not None:
        return policy.stages[own.stage].steps[code], own
    lead = state.lead
    step = policy.step(lead.stage if lead else None, code)
    if step is None or (state.sealed and not _of_its_own(policy, state, step)):
        raise WrongStage(code, state.stage)
    _check_subject(policy, state, step)
    if step.role == LEAD:
        return step, lead
    asked = [r for r in state.open_co if r.unit in units and r.stage == state.stage]
    if not asked:
        raise WrongStage(step.code, "no_co_referral")
    return step, asked[0]


def _track_with(
    policy: CityPolicy, state: CaseState, code: str, units: frozenset[str], number: int | None
) -> ReferralState | None:
    """The open track that offers this step: the one asked for, else one of `units`, else any."""
    if number is None and state.lead and policy.step(state.lead.stage, code) is not None:
        return None
    found = [
        r
        for r in state.open_co
        if policy.stages[r.stage].track
        and code in policy.stages[r.stage].steps
        and number in (None, r.number)
    ]
    return min(found, key=lambda r: r.unit not in units, default=None)


def _of_its_own(policy: CityPolicy, state: CaseState, step: Step) -> bool:
    """Whether a sealed case may take the step: none that would bring it before other eyes."""
    lead = state.lead
    if lead is None:
        return True  # an objection leads back to where the complaint began
    own = policy.stages[lead.stage].steps
    return not step.opens_co and (step.code in own or step.to == SAME)


def _check_subject(policy: CityPolicy, state: CaseState, step: Step) -> None:
    if step.only_for == "long_running" and not _long_running(policy, state):
        raise WrongStage(step.code, "not_long_running")
    if step.only_for == "nonmunicipal" and not _outside(policy, state):
        raise WrongStage(step.code, "municipal")
    if step.only_for == "urgent" and not state.urgent:
        raise WrongStage(step.code, "not_urgent")
    if step.only_for == "not_urgent" and state.urgent:
        raise WrongStage(step.code, "urgent")


def check_limits(
    policy: CityPolicy, state: CaseState, step: Step, own: ReferralState | None, at: datetime
) -> None:
    """Raises LimitReached, TooLate, WaitsForCoUnits, or WrongStage for a step out of turn."""
    number = own.number if own else None
    times = _times(policy, state, step, number)
    if step.limit is not None and step.then is None and times >= step.limit:
        raise LimitReached(step.code, step.limit)
    if any(f"{number}.{before}" not in state.counts for before in step.after):
        raise WrongStage(step.code, "out_of_turn")
    if step.within is not None and state.closed_at and at > state.closed_at + step.within:
        raise TooLate(step.code, step.within.days)
    if step.waits_for_co:
        owing = [r.unit for r in state.open_co if not policy.stages[r.stage].lasting]
        if owing:
            raise WaitsForCoUnits(owing)


def facts_of(
    policy: CityPolicy, state: CaseState, step: Step, found: Evidence, own: int | None, at: datetime
) -> Facts:
    """The facts of taking `step`. `own`: number of the referral acted upon (None: closed case)."""
    facts: Facts = {"evidence": dict(found), "sets": _sets(policy, state, step, found, at)}
    if step.tells:
        facts["tells"] = step.tells
    to = _destination(policy, state, step, found, at)
    if to == SAME:
        counted = counter(policy, state, step, own)
        facts["sets"]["counts"] = state.counts | {counted: state.counts.get(counted, 0) + 1}
    if to == DONE:
        assert own is not None
        _track_done(policy, state, step, found, own, at, facts)
    elif to == CLOSED:
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
    if to != CLOSED:
        _end_tracks(policy, state, found, facts)
    return facts


def climb(policy: CityPolicy, state: CaseState, at: datetime) -> Facts | None:
    """The facts of a silent case going to the superior of the post that holds it (M8).

    None at the top: there it stays, red, and its clock repeats.
    """
    lead = state.lead
    assert lead is not None
    superior = policy.organisation.posts[lead.post].superior if lead.post else None
    if superior is None:
        return None
    unit = policy.organisation.posts[superior].unit
    clock = clocks.unit_clock(
        policy, stage=lead.stage, class_code=state.class_code, at=at, post=superior
    )
    number = _next(state)
    facts: Facts = {
        "closes": [lead.number],
        "opens": [
            {"number": number, "role": LEAD, "stage": lead.stage, "unit": unit, "post": superior}
            | {"clock": clock}
        ],
        "sets": {"unit": unit, "post": superior},
        "climbs": {"from": lead.post, "to": superior},
    }
    if "sms.climbed" in policy.texts:
        facts["tells"] = "climbed"
    return facts


def opening(
    policy: CityPolicy,
    *,
    stage: str,
    holder: tuple[str, str],
    class_code: str,
    first: int,
    at: datetime,
    route_unit: str = "",
    running: Collection[str] = (),
) -> list[Facts]:
    """The referrals of entering `stage`: the lead's, and one for each of its tracks.

    `holder`: unit and post ("": anybody of the unit); `first`: number of the lead referral;
    `route_unit`: the unit that category × district lead to, for tracks that it holds; `running`:
    tracks that go on from before.
    """
    unit, post = holder
    lead: Facts = {"number": first, "role": LEAD, "stage": stage, "unit": unit}
    if post:
        lead["post"] = post
    lead["clock"] = clocks.unit_clock(policy, stage=stage, class_code=class_code, at=at, post=post)
    found = [lead]
    for code in policy.stages[stage].tracks:
        if code in running:
            continue
        track = policy.stages[code]
        held = (route_unit or unit) if track.holder in ROUTED else track.holder
        clock = clocks.unit_clock(policy, stage=code, class_code=class_code, at=at)
        number = first + len(found)
        found.append({"number": number, "role": CO, "stage": code, "unit": held, "clock": clock})
    return found


def _outside(policy: CityPolicy, state: CaseState) -> bool:
    given = policy.classes.get(state.class_code)
    return given is not None and given.outside


def _long_running(policy: CityPolicy, state: CaseState) -> bool:
    category = policy.categories.get(state.category)
    return category is not None and category.long_running


def counter(policy: CityPolicy, state: CaseState, step: Step, own: int | None) -> str:
    """The name under which a step that moves nothing is counted: a track has counts of its own."""
    is_track = own is not None and policy.stages[state.referral(own).stage].track
    return f"{own}.{step.code}" if is_track else step.code


def _times(policy: CityPolicy, state: CaseState, step: Step, own: int | None) -> int:
    if step.opens_co:
        return sum(r.role == CO and r.cycle == state.cycle for r in state.referrals)
    if step.to == SAME:
        told = state.objections if "objection_reason" in step.needs else 0
        return max(told, state.counts.get(counter(policy, state, step, own), 0))
    return len(state.taken(step.code, state.cycle))


def _destination(
    policy: CityPolicy, state: CaseState, step: Step, found: Evidence, at: datetime
) -> str:
    """Where the step leads, now that it may have been taken before."""
    if step.to == START or (state.sealed and not state.is_open):
        return policy.begins(found.get("kind", state.kind), urgent=bool(state.urgent))
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
    sets |= {field: found[name] for name, field in TAKEN_OVER.items() if name in found}
    if "citizen_word" in found:
        sets["satisfied"] = step.to == CLOSED
    if "category" in found:
        category = policy.categories[found["category"]]
        sets |= {"category": category.code, "class_code": category.class_code}
    if step.calms:
        sets["urgent"] = ""
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
    unit, post = holder(policy, state, found, to, sets)
    leaving = [
        r.number
        for r in state.referrals
        if r.is_open
        and (r.role == LEAD or (to != state.stage and not policy.stages[r.stage].lasting))
    ]
    if lead is None:
        facts["reopens"] = True
    else:
        facts["closes"] = leaving
    class_code = sets.get("class_code", state.class_code)
    staying = {r.stage for r in state.open_co if r.number not in leaving}
    opened = opening(
        policy,
        stage=to,
        holder=(unit, post),
        class_code=class_code,
        first=_next(state),
        at=at,
        route_unit=unit if stage.holder in ROUTED else state.executive_unit,
        running=staying,
    )
    opened[0]["clock"] = _clock(policy, state, step, found, to, class_code, post, at)
    if to == state.stage and "call" in found:
        opened[0] |= _not_before(policy, found, at)
    facts["opens"] = opened
    status = "long_running" if step.rearm else "reopened" if step.new_cycle else stage.status
    sets |= {"stage": to, "status": status, "unit": unit}
    if post != state.post:
        sets["post"] = post
    if stage.holder in ROUTED:
        sets["executive_unit"] = unit


def _track_done(
    policy: CityPolicy,
    state: CaseState,
    step: Step,
    found: Evidence,
    own: int,
    at: datetime,
    facts: Facts,
) -> None:
    """One track ends; with the last one the case moves on, where its stage says so."""
    then = policy.stages[state.stage].then
    running = [
        r for r in state.open_co if r.number != own and r.stage in policy.stages[state.stage].tracks
    ]
    lasts = policy.stages[state.referral(own).stage].lasting
    waits = [r for r in running if not policy.stages[r.stage].lasting]
    if then is None or waits or lasts:
        facts["closes"] = [own]
    else:
        if policy.stages[state.stage].tells:
            facts["tells"] = policy.stages[state.stage].tells
        _move(policy, state, step, found, then, at, facts)
        facts["closes"] = [*dict.fromkeys([own, *facts.get("closes", [])])]


def _end_tracks(policy: CityPolicy, state: CaseState, found: Evidence, facts: Facts) -> None:
    """Whoever brings what a track waited for ends it."""
    closes = list(facts.get("closes", []))
    for running in state.open_co:
        if running.number not in closes and set(policy.stages[running.stage].closes_when) & {
            *found
        }:
            closes.append(running.number)
    if closes:
        facts["closes"] = closes


def _clock(
    policy: CityPolicy,
    state: CaseState,
    step: Step,
    found: Evidence,
    to: str,
    class_code: str,
    post: str,
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
    return clocks.unit_clock(policy, stage=to, class_code=class_code, at=at, post=post)


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
