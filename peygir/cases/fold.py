"""From events to a case. The live path and the replay use this one function, so they cannot differ.

Everything that a change does to a case stands in the event's facts, so that folding needs no
policy: `sets` (plain fields), `closes` (referral numbers), `opens` (referrals, each with its
clock), `ends` (how the case closed), `reopens`, `clock` (what happened to one clock). Instants are
epoch seconds.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from peygir.cases.models.clock import CANCELLED, PAUSED, RUNNING, STOPPED
from peygir.cases.state import CaseState, ClockState, ReferralState
from peygir.ledger.entry import Entry

INSTANTS = frozenset({"determined_at", "informed_at", "promised_for"})


def fold(events: Iterable[Entry]) -> CaseState:
    """The case that `events` (all of one case, oldest first) make.

    Raises ValueError without any.
    """
    state: CaseState | None = None
    for event in events:
        state = apply(state, event)
    if state is None:
        raise ValueError("no events: no case")
    return state


def apply(state: CaseState | None, event: Entry) -> CaseState:
    """`state` after `event`; changes and returns `state` itself."""
    facts = event.facts
    if state is None:
        state = _registered(event)
    elif event.kind == "clock.fired":
        _fired(state, event)
        return state
    else:
        state.version += 1
    _set(state, facts.get("sets", {}))
    for number in facts.get("closes", ()):
        _close(state, number, event)
    for opened in facts.get("opens", ()):
        _open(state, opened, event.happened_at)
    if "referral" in facts:
        state.referral(facts["referral"]["number"]).proposal = facts["referral"]["proposal"]
    if "clock" in facts:
        _clock(state, facts["clock"], event.happened_at)
    if "ends" in facts:
        _end(state, facts["ends"], event)
    if facts.get("reopens"):
        _reopen(state)
    state.policy = event.policy
    return state


def instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _registered(event: Entry) -> CaseState:
    given = event.facts["case"]
    state = CaseState(id=event.subject_id, opened_at=event.happened_at, **given)
    clock = event.facts["citizen_clock"]
    state.clocks.append(clock_from(clock, number=0, unit=state.unit, at=event.happened_at))
    return state


def _set(state: CaseState, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        moment = name in INSTANTS and value is not None
        setattr(state, name, instant(value) if moment else value)
    if "executive_unit" in values:  # whoever answers for the work answers for the citizen's time
        state.clock(0).unit = state.executive_unit


def _close(state: CaseState, number: int, event: Entry) -> None:
    referral = state.referral(number)
    referral.closed_at = event.happened_at
    referral.outcome = event.step or event.kind.removeprefix("case.")
    referral.proposal = None
    _stop(state.clock(number), event.happened_at, STOPPED)


def _open(state: CaseState, facts: Mapping[str, Any], at: datetime) -> None:
    before = facts.get("not_before")
    state.referrals.append(
        ReferralState(
            number=facts["number"],
            role=facts["role"],
            stage=facts["stage"],
            unit=facts["unit"],
            post=facts.get("post", ""),
            cycle=state.cycle,
            opened_at=at,
            not_before=None if before is None else instant(before),
        )
    )
    state.clocks.append(
        clock_from(facts["clock"], number=facts["number"], unit=facts["unit"], at=at)
    )


def clock_from(facts: Mapping[str, Any], *, number: int, unit: str, at: datetime) -> ClockState:
    """A running clock from an event's facts: `due`, `due_ats`, `repeat`, and `started`, `paused`
    if given."""
    due_ats = [instant(s) for s in facts["due_ats"]]
    return ClockState(
        number=number,
        unit=unit,
        state=RUNNING,
        generation=1,
        rung=facts.get("rung", 0),
        started_at=instant(facts["started"]) if "started" in facts else at,
        due_at=instant(facts["due"]),
        due_ats=due_ats,
        next_due_at=due_ats[facts.get("rung", 0)],
        repeat_s=facts["repeat"],
        warnings=facts.get("warnings", 0),
        paused_s=facts.get("paused", 0),
    )


def _fired(state: CaseState, event: Entry) -> None:
    """A threshold was reached: remember which, and when the next one comes."""
    assert event.clock is not None
    assert event.rung is not None
    clock = state.clock(event.clock)
    clock.rung = event.rung
    if "append" in event.facts:
        clock.due_ats.append(instant(event.facts["append"]))
    clock.next_due_at = clock.due_ats[event.rung]


def _clock(state: CaseState, facts: Mapping[str, Any], at: datetime) -> None:
    """Pause, resume, or re-arm one clock."""
    clock = state.clock(facts["number"])
    if "until" in facts:
        clock.state, clock.next_due_at = PAUSED, None
        clock.paused_at, clock.paused_until = at, instant(facts["until"])
        clock.pause_reason = facts["reason"]
        return
    if clock.paused_at is not None:
        clock.paused_s += int((at - clock.paused_at) / timedelta(seconds=1))
    clock.state, clock.paused_at, clock.paused_until, clock.pause_reason = RUNNING, None, None, ""
    if "started" in facts:
        clock.started_at = instant(facts["started"])
    clock.due_ats = [instant(s) for s in facts["due_ats"]]
    clock.due_at = instant(facts["due"])
    clock.next_due_at = clock.due_ats[clock.rung]


def _end(state: CaseState, ending: str, event: Entry) -> None:
    state.closed_at, state.ending = event.happened_at, ending
    for referral in state.referrals:
        if referral.is_open:
            referral.closed_at, referral.outcome, referral.proposal = (
                event.happened_at,
                event.step,
                None,
            )
    merged = ending == "merged"
    for clock in state.clocks:
        if clock.is_live:
            _stop(clock, event.happened_at, CANCELLED if merged else STOPPED)


def _reopen(state: CaseState) -> None:
    """The citizen clock goes on from where it first started: the citizen lived through the gap
    too."""
    state.closed_at, state.ending, state.lead_id = None, "", None
    clock = state.clock(0)
    clock.state, clock.stopped_at = RUNNING, None
    clock.next_due_at = clock.due_ats[clock.rung]


def _stop(clock: ClockState, at: datetime, how: int) -> None:
    if clock.paused_at is not None:  # paused and resolved in one go: the last pause counts
        clock.paused_s += int((at - clock.paused_at) / timedelta(seconds=1))
    clock.state, clock.stopped_at, clock.next_due_at = how, at, None
    clock.paused_at, clock.paused_until = None, None
