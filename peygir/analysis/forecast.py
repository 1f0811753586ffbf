"""What the next seven days will bring, each with an interval that holds four days in five (S26).

A day is expected to bring level x weekday x holiday. The *level* is what a day brings lately, the
newest days counting most; a *weekday* and a *holiday* factor say how much more or less such days
brought in the past. The interval is no formula's promise: it is as wide as the errors that this
same method made at earlier weeks. Whether it kept its word is counted anew each time (`Proof`).
Plain Python; equal numbers in, equal numbers out.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from peygir.analysis.factors import (
    LEVEL_DAYS,
    Factors,
    Past,
    factor_on,
    factors_of,
    is_holiday,
    level_of,
)
from peygir.calendars.working import WEEKDAYS, WorkingCalendar

AHEAD: Final = 7  # days
LEAST_WEEKS: Final = 4  # of history; less is too little to tell
HISTORY_DAYS: Final = 371  # a year and its edge: each holiday was seen once
PROOF_WEEKS: Final = 8
ERROR_WEEKS: Final = 24  # before a week, whose errors make that week's interval
ERRORS_LEAST: Final = 21  # fewer say nothing about one in ten
TAIL: Final = 0.1  # below, and above
Z_TAIL: Final = 1.2816  # standard normal, one in ten beyond


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What one day is expected to bring, in whole cases; `holiday`: closed beside the week's own
    day off."""

    day: date
    expected: int
    low: int
    high: int
    holiday: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What the method would have said in the last weeks, each told only what was known before it.

    `inside`: days within their interval. `error`, `naive`: mean distance in cases of the expected
    number, and of "as on the same day last week".
    """

    days: int
    inside: int
    error: float
    naive: float

    @property
    def share(self) -> float:
        return self.inside / self.days


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Seven days from today on. `weeks`: whole weeks of history; `level`: a usual day of late."""

    days: tuple[Day, ...]
    factors: Factors
    level: float
    weeks: int
    proof: Proof | None

    @property
    def total(self) -> int:
        return sum(one.expected for one in self.days)


def forecast(opened: Mapping[date, int], calendar: WorkingCalendar, today: date) -> Forecast | None:
    """The seven days from `today` on, of which nothing is known yet; None: too little to tell.

    `opened`: cases opened on each of the city's days; a day left out after the first brought none,
    and what it says of `today` and later is not looked at.
    """
    past = _past(opened, calendar, today)
    if len(past.counts) < LEAST_WEEKS * WEEKDAYS or not any(past.counts):
        return None
    plain = _plain(past, calendar)
    known = _known(past, calendar)
    low, high = _bounds([error for week in known for error in week.errors], past, plain)
    factors, level, means = plain
    days = [past.first + timedelta(days=len(past.counts) + ahead) for ahead in range(AHEAD)]
    return Forecast(
        days=tuple(
            _day(day, mean, low, high, is_holiday(calendar, day))
            for day, mean in zip(days, means, strict=True)
        ),
        factors=factors,
        level=level,
        weeks=len(past.counts) // WEEKDAYS,
        proof=_proof(past, calendar, known),
    )


def shares(total: int, recent: Mapping[str, int]) -> dict[str, int]:
    """`total` expected cases by part (district, unit), as the parts' counts of late divide it.

    Whole numbers that sum up to `total`; {} when nothing was counted.
    """
    whole = sum(recent.values())
    if whole == 0:
        return {}
    exact = {code: total * n / whole for code, n in recent.items()}
    given = {code: math.floor(part) for code, part in exact.items()}
    left = total - sum(given.values())
    for code in sorted(exact, key=lambda code: (given[code] - exact[code], code))[:left]:
        given[code] += 1
    return given


@dataclass(frozen=True, slots=True)
class _Week:
    """An earlier week: what was expected of it, and how far off that was in units of the root of
    the expectation, by which counts vary."""

    at: int  # index of its first day
    means: Sequence[float]
    errors: Sequence[float]


_Plain = tuple[Factors, float, list[float]]


def _past(opened: Mapping[date, int], calendar: WorkingCalendar, today: date) -> Past:
    earliest = min((day for day in opened if day < today), default=today)
    length = min((today - earliest).days, HISTORY_DAYS)
    first = today - timedelta(days=length)
    days = [first + timedelta(days=at) for at in range(length)]
    return Past(
        first=first,
        counts=[opened.get(day, 0) for day in days],
        off=[is_holiday(calendar, day) for day in days],
    )


def _plain(past: Past, calendar: WorkingCalendar) -> _Plain:
    """Factors, level and the expected numbers of the seven days after `past`."""
    factors = factors_of(past, calendar)
    level = level_of(past, factors)
    after = [past.first + timedelta(days=len(past.counts) + ahead) for ahead in range(AHEAD)]
    means = [level * factor_on(factors, day, is_holiday(calendar, day)) for day in after]
    return factors, level, means


def _known(past: Past, calendar: WorkingCalendar) -> list[_Week]:
    """The earlier weeks back from yesterday, as the method saw them before they began; oldest
    first."""
    weeks = []
    for back in range(1, PROOF_WEEKS + ERROR_WEEKS + 1):
        at = len(past.counts) - back * AHEAD
        if at < LEAST_WEEKS * WEEKDAYS:
            break
        _factors_then, _level_then, means = _plain(past.until(at), calendar)
        found = past.counts[at : at + AHEAD]
        errors = [(y - m) / _spread(m) for y, m in zip(found, means, strict=True)]
        weeks.append(_Week(at, means, errors))
    return weeks[::-1]


def _spread(mean: float) -> float:
    return math.sqrt(max(mean, 1.0))


def _bounds(errors: Sequence[float], past: Past, plain: _Plain) -> tuple[float, float]:
    """The errors that one in ten lies below and one in ten above, always around nothing."""
    recent = sorted(errors[-ERROR_WEEKS * AHEAD :])
    if len(recent) < ERRORS_LEAST:
        wide = Z_TAIL * _scatter(past, plain)
        return -wide, wide
    at = max(0, math.floor(TAIL * (len(recent) + 1)) - 1)  # one short: what comes is not among them
    return min(recent[at], 0.0), max(recent[-1 - at], 0.0)


def _scatter(past: Past, plain: _Plain) -> float:
    """How much more than pure chance the days of late vary around the method; 1: as chance does."""
    factors, level, _means = plain
    first = max(0, len(past.counts) - LEVEL_DAYS)
    squares = []
    for at in range(first, len(past.counts)):
        day = past.first + timedelta(days=at)
        mean = level * factor_on(factors, day, past.off[at])
        squares.append((past.counts[at] - mean) ** 2 / max(mean, 1.0))
    return math.sqrt(max(1.0, sum(squares) / len(squares)))


def _day(day: date, mean: float, low: float, high: float, off: bool) -> Day:
    """Whole cases, the interval rounded outwards."""
    spread = _spread(mean)
    return Day(
        day=day,
        expected=round(mean),
        low=max(0, math.floor(mean + low * spread)),
        high=math.ceil(mean + high * spread),
        holiday=off,
    )


def _proof(past: Past, calendar: WorkingCalendar, known: Sequence[_Week]) -> Proof | None:
    """The last PROOF_WEEKS, each with the interval that the errors before it made; None where no
    week can be looked at."""
    proved = known[-PROOF_WEEKS:]
    if not proved:
        return None
    inside = 0
    error = naive = 0.0
    for week in proved:
        before = [e for other in known if other.at < week.at for e in other.errors]
        then = past.until(week.at)
        low, high = _bounds(before, then, _plain(then, calendar))
        for ahead, mean in enumerate(week.means):
            at = week.at + ahead
            found = past.counts[at]
            told = _day(past.first + timedelta(days=at), mean, low, high, past.off[at])
            inside += told.low <= found <= told.high
            error += abs(found - told.expected)
            naive += abs(found - past.counts[at - WEEKDAYS])
    days = len(proved) * AHEAD
    return Proof(days=days, inside=inside, error=error / days, naive=naive / days)
