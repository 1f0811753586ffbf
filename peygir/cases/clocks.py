"""When a clock's thresholds fall: arithmetic over the policy, no database."""

import math
from datetime import datetime, timedelta
from typing import Any

from peygir.calendars.durations import Span, due
from peygir.cases.fold import instant
from peygir.cases.state import ClockState
from peygir.policy.model import CityPolicy, Ladder


def seconds(at: datetime) -> int:
    """Epoch seconds, rounded up, so that no threshold comes early."""
    return math.ceil(at.timestamp())


def allowed(policy: CityPolicy, stage: str, class_code: str, post: str = "") -> Span:
    """The time that `stage` allows for a case of this class, and the post that holds it (M4)."""
    given = policy.stages[stage]
    if given.by_post and post in policy.organisation.posts:
        holder = policy.organisation.posts[post]
        own = holder.due_by_class.get(class_code) or holder.due
        if own is not None:
            return own
    return policy.classes[class_code].due if given.due == "class" else given.due


def unit_clock(
    policy: CityPolicy,
    *,
    stage: str,
    class_code: str,
    at: datetime,
    until: datetime | None = None,
    started: datetime | None = None,
    paused_s: int = 0,
    post: str = "",
) -> dict[str, Any]:
    """Facts of a new unit clock: due by the stage's time allowed, or at `until` (a promised date).

    `started` and `paused_s`: the time allowed counts from an earlier start, less the pauses since.
    """
    start = started or at
    if until is None:
        until = due(start, allowed(policy, stage, class_code, post), policy.calendar)
        until += timedelta(seconds=paused_s)
    if policy.stages[stage].waits_for_citizen:  # nobody is late there: one instant, no ladder
        repeat = int(policy.ladder.repeat.total_seconds())
        return {"due": seconds(until), "due_ats": [seconds(until)], "repeat": repeat, "warnings": 0}
    facts: dict[str, Any] = {
        "due": seconds(until),
        "due_ats": _instants(policy.ladder, start, until),
        "repeat": int(policy.ladder.repeat.total_seconds()),
        "warnings": sum(t.kind == "warning" for t in policy.ladder.thresholds),
    }
    if started is not None:
        facts |= {"started": int(started.timestamp()), "paused": paused_s}
    return facts


def citizen_clock(policy: CityPolicy, *, at: datetime) -> dict[str, Any]:
    """Facts of the clock of what the citizen lives through."""
    ladder = policy.citizen_ladder
    due_ats = _instants(ladder, at, at)
    return {
        "due": due_ats[0],
        "due_ats": due_ats,
        "repeat": int(ladder.repeat.total_seconds()),
    }


def resumed(policy: CityPolicy, clock: ClockState, span: Span, *, at: datetime) -> dict[str, Any]:
    """Facts of `clock` going on at `at`: every instant still ahead moves by the pause, the past
    stays.

    A clock that counts working time keeps the working time that was left, so that the pause of a
    working day adds a working day and the deadline never falls outside hours.
    """
    assert clock.paused_at is not None
    shift = at - clock.paused_at
    if span.mode != "wall" and clock.due_at > clock.paused_at:
        left = policy.calendar.working_between(clock.paused_at, clock.due_at)
        shift = policy.calendar.add_working(at, left) - clock.due_at
    moved = [d if d <= clock.paused_at else d + shift for d in clock.due_ats]
    return {
        "number": clock.number,
        "due": seconds(clock.due_at if clock.due_at <= clock.paused_at else clock.due_at + shift),
        "due_ats": [seconds(d) for d in moved],
    }


def _instants(ladder: Ladder, start: datetime, until: datetime) -> list[int]:
    """One instant per threshold, never falling back in time."""
    found: list[int] = []
    for threshold in ladder.thresholds:
        if threshold.kind == "warning":
            assert threshold.percent is not None
            when = start + (until - start) * threshold.percent / 100
        elif threshold.kind == "breach":
            when = until
        else:
            assert threshold.after is not None
            when = until + threshold.after
        found.append(max([seconds(when), *found[-1:]]))
    return found


def reached(facts: dict[str, Any], rung: int, at: datetime) -> dict[str, Any]:
    """`facts` of a clock that already fired `rung` thresholds: its next repeat lies after `at`."""
    due_ats, repeat = list(facts["due_ats"]), facts["repeat"]
    while len(due_ats) <= rung:
        behind = max(0, math.floor((at.timestamp() - due_ats[-1]) / repeat))
        due_ats.append(due_ats[-1] + repeat * (behind + 1))
    return facts | {"due_ats": due_ats}


__all__ = ["allowed", "citizen_clock", "instant", "reached", "resumed", "seconds", "unit_clock"]
