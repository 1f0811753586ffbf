"""Who is at the telephone when, and whether they are enough (24 hours; seats: S10).

Seats needed in an hour, by Erlang C: calls per hour λ and their mean length T give the load
A = λ·T; the smallest n for which at least TARGET of callers wait at most WAIT:
1 − C(n, A)·exp(−(n − A)·WAIT / T) ≥ TARGET, C being the chance that a caller waits at all.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from peygir.boards.contacts import TALK
from peygir.boards.models import HandOverNote, Shift
from peygir.ledger.entry import Actor
from peygir.policy.model import CityPolicy

TARGET: Final = 0.8
WAIT: Final = timedelta(seconds=20)
LENGTH: Final = timedelta(minutes=3)  # of a call, while too few are timed
TIMED_FROM: Final = 30  # calls of known length from which their mean counts
WEEKS: Final = 4  # of the same hour, whose mean is the load
LONGEST: Final = timedelta(hours=12)  # of one shift
SEATS_MAX: Final = 500
NOTE_MAX: Final = 2_000
NOTES_SHOWN: Final = 5


class WrongShift(ValueError):
    """What is wrong: post, order, long, overlap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """One hour of a week: seats filled, seats needed, and calls per hour on which that rests."""

    filled: int
    needed: int
    calls: float

    @property
    def gap(self) -> int:
        return max(0, self.needed - self.filled)


def saturday(day: date) -> date:
    """The first day of the week of `day`."""
    return day - timedelta(days=(day.weekday() + 2) % 7)


def span(policy: CityPolicy, week: date) -> tuple[datetime, datetime]:
    """From the first instant of a week to the first of the next."""
    zone = ZoneInfo(policy.calendar.zone)
    return (
        datetime.combine(week, time(), zone),
        datetime.combine(week + timedelta(days=7), time(), zone),
    )


def of_week(policy: CityPolicy, week: date) -> list[Shift]:
    since, until = span(policy, week)
    return list(Shift.objects.filter(starts_at__lt=until, ends_at__gt=since).order_by("starts_at"))


def on(at: datetime) -> list[Shift]:
    """Who is at the telephone at this instant."""
    return list(Shift.objects.filter(starts_at__lte=at, ends_at__gt=at).order_by("post"))


@transaction.atomic
def add(
    policy: CityPolicy, post: str, start: datetime, end: datetime, *, actor: Actor, at: datetime
) -> Shift:
    """Enter a shift. Raises WrongShift."""
    if not answers_calls(policy, post):
        raise WrongShift("post")
    if end <= start:
        raise WrongShift("order")
    if end - start > LONGEST:
        raise WrongShift("long")
    with connection.cursor() as cursor:  # two people who enter the same shift at once
        cursor.execute("select pg_advisory_xact_lock(hashtext(%s))", [f"peygir.shift.{post}"])
    if Shift.objects.filter(post=post, starts_at__lt=end, ends_at__gt=start).exists():
        raise WrongShift("overlap")
    return Shift.objects.create(
        post=post, starts_at=start, ends_at=end, made_by=actor.staff_id, made_at=at
    )


def copy_last(policy: CityPolicy, week: date, *, actor: Actor, at: datetime) -> int:
    """Enter the shifts of the week before into this one, at the same local hours; how many fit."""
    zone, copied = ZoneInfo(policy.calendar.zone), 0
    since, until = span(policy, week - timedelta(days=7))
    for one in Shift.objects.filter(starts_at__gte=since, starts_at__lt=until):
        # Wall clock plus seven days: an hour stays the same hour when clocks are set.
        start = one.starts_at.astimezone(zone) + timedelta(days=7)
        end = one.ends_at.astimezone(zone) + timedelta(days=7)
        try:
            add(policy, one.post, start, end, actor=actor, at=at)
        except WrongShift:
            continue
        copied += 1
    return copied


def posts(policy: CityPolicy) -> list[str]:
    """Posts that answer the telephone."""
    return [code for code in policy.organisation.posts if answers_calls(policy, code)]


def answers_calls(policy: CityPolicy, post: str) -> bool:
    found = policy.organisation.posts.get(post)
    return found is not None and "reception" in found.roles


def leave(text: str, *, actor: Actor, at: datetime) -> HandOverNote:
    """Leave a note to the next shift."""
    return HandOverNote.objects.create(
        at=at, post=actor.post, staff_id=actor.staff_id, text=text[:NOTE_MAX]
    )


def notes() -> list[HandOverNote]:
    return list(HandOverNote.objects.order_by("-at", "-pk")[:NOTES_SHOWN])


LOAD: Final = """
select (extract(isodow from at at time zone %(zone)s)::int + 1) %% 7 as day,
 extract(hour from at at time zone %(zone)s)::int as hour, count(*)
from boards_contact
where channel = 'phone' and at >= %(since)s and at < %(until)s group by 1, 2
"""


def coverage(policy: CityPolicy, week: date, *, at: datetime) -> list[list[Hour]]:
    """Seven rows from Saturday of twenty-four hours; the load is that of the weeks before `at`."""
    calls, length = _load(policy, at)
    shifts = of_week(policy, week)
    start, zone = span(policy, week)[0], ZoneInfo(policy.calendar.zone)
    return [
        [
            Hour(
                filled=_filled(shifts, _hour(start, zone, day, hour)),
                needed=seats(calls[day][hour], length),
                calls=calls[day][hour],
            )
            for hour in range(24)
        ]
        for day in range(7)
    ]


def _hour(start: datetime, zone: ZoneInfo, day: int, hour: int) -> datetime:
    return datetime.combine(start.date() + timedelta(days=day), time(hour), zone)


def _filled(shifts: Sequence[Shift], hour: datetime) -> int:
    """Seats filled throughout the hour: somebody who leaves at half past does not cover it."""
    end = hour + timedelta(hours=1)
    return len({s.post for s in shifts if s.starts_at <= hour and s.ends_at >= end})


def _load(policy: CityPolicy, at: datetime) -> tuple[list[list[float]], timedelta]:
    given: dict[str, Any] = {
        "zone": policy.calendar.zone,
        "since": at - timedelta(weeks=WEEKS),
        "until": at,
    }
    calls = [[0.0] * 24 for _day in range(7)]
    with connection.cursor() as cursor:
        cursor.execute(LOAD, given)
        for day, hour, n in cursor.fetchall():
            calls[day][hour] = n / WEEKS
        cursor.execute(TALK, given)
        mean, timed = cursor.fetchone()
    return calls, mean if timed >= TIMED_FROM and mean else LENGTH


def seats(calls_per_hour: float, length: timedelta) -> int:
    """Seats needed (see above); somebody must sit there at every hour, so at least one."""
    load = calls_per_hour * length.total_seconds() / 3600
    n = max(1, math.floor(load) + 1)
    while n < SEATS_MAX and _answered_in_time(n, load, length) < TARGET:
        n += 1
    return n


def _answered_in_time(n: int, load: float, length: timedelta) -> float:
    """The share of callers who wait at most WAIT; `load` is below n."""
    return 1 - _waits(n, load) * math.exp(-(n - load) * (WAIT / length))


def _waits(n: int, load: float) -> float:
    """Erlang C by the recursion of Erlang B, which does not overflow."""
    lost = 1.0
    for k in range(1, n + 1):
        lost = load * lost / (k + load * lost)
    return n * lost / (n - load * (1 - lost))
