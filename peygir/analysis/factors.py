"""How days differ: what a weekday and a holiday bring beside an ordinary day, and how much that is.

Plain Python; equal numbers in, equal numbers out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from peygir.calendars.working import WEEKDAYS, WorkingCalendar, weekday

HALF_LIFE_DAYS: Final = 10.0  # of the level
LEVEL_DAYS: Final = 56
SEASON_DAYS: Final = 182  # weekday factors: of half a year
WEEKDAY_PRIOR: Final = 1.0  # imaginary usual weeks
HOLIDAY_PRIOR: Final = 3.0  # imaginary holidays that went as the weekly day off
ROUNDS: Final = 3  # factors and what is usual around a day settle quickly


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """How days differ: `weekdays` from Saturday, 1 being usual; `holiday` beside the weekday."""

    weekdays: tuple[float, ...]
    holiday: float


@dataclass(frozen=True, slots=True)
class Past:
    """Whole days in order, the last one being yesterday; what each brought, and its holiday."""

    first: date
    counts: Sequence[int]
    off: Sequence[bool]

    def until(self, end: int) -> "Past":
        return replace(self, counts=self.counts[:end], off=self.off[:end])


def is_holiday(calendar: WorkingCalendar, day: date) -> bool:
    """Whether the office is closed on a day of the week on which it works otherwise."""
    return (
        day in calendar.closures
        and day not in calendar.opens
        and bool(calendar.weekly.get(weekday(day)))
    )


def factor_on(factors: Factors, day: date, off: bool) -> float:
    """What a day brings beside an ordinary one; `off`: it is a holiday."""
    return factors.weekdays[weekday(day)] * (factors.holiday if off else 1.0)


def factors_of(past: Past, calendar: WorkingCalendar) -> Factors:
    """Sums of what days brought over sums of what was usual around them, drawn to the prior."""
    found = Factors(weekdays=(1.0,) * WEEKDAYS, holiday=1.0)
    days = [past.first + timedelta(days=at) for at in range(len(past.counts))]
    names = [weekday(day) for day in days]
    recent = max(0, len(days) - SEASON_DAYS)
    for _ in range(ROUNDS):
        usual = _usual(
            past, [factor_on(found, d, off) for d, off in zip(days, past.off, strict=True)]
        )
        weekdays = _weekdays(past, names, usual, recent)
        found = Factors(weekdays=weekdays, holiday=_holiday(past, names, usual, weekdays, calendar))
    return found


def _usual(past: Past, factors: Sequence[float]) -> list[float]:
    """Around each day, three days on both sides: cases per unit of factor."""
    counts, weights = _sums(past.counts), _sums(factors)
    usual = []
    for at in range(len(past.counts)):
        low, high = max(0, at - 3), min(len(past.counts), at + 4)
        weight = weights[high] - weights[low]
        usual.append((counts[high] - counts[low]) / weight if weight > 0 else 0.0)
    return usual


def _sums(values: Iterable[float]) -> list[float]:
    total, sums = 0.0, [0.0]
    for value in values:
        total += value
        sums.append(total)
    return sums


def _weekdays(
    past: Past, names: Sequence[int], usual: Sequence[float], recent: int
) -> tuple[float, ...]:
    brought, expected = [0.0] * WEEKDAYS, [0.0] * WEEKDAYS
    for at in range(recent, len(names)):
        if not past.off[at]:
            brought[names[at]] += past.counts[at]
            expected[names[at]] += usual[at]
    prior = WEEKDAY_PRIOR * sum(expected) / max(1, len(names) - recent)
    raw = [
        (b + prior) / (e + prior) if e + prior > 0 else 1.0
        for b, e in zip(brought, expected, strict=True)
    ]
    mean = sum(raw) / WEEKDAYS
    return tuple(one / mean for one in raw) if mean > 0 else (1.0,) * WEEKDAYS


def _holiday(
    past: Past,
    names: Sequence[int],
    usual: Sequence[float],
    weekdays: Sequence[float],
    calendar: WorkingCalendar,
) -> float:
    """A holiday nobody has seen yet goes as the day of the week on which the office is closed."""
    closed = [weekdays[n] for n in range(WEEKDAYS) if not calendar.weekly.get(n)]
    working = [weekdays[n] for n in range(WEEKDAYS) if calendar.weekly.get(n)]
    as_closed = 1.0
    if closed and working and sum(working) > 0:
        as_closed = (sum(closed) / len(closed)) / (sum(working) / len(working))
    brought = expected = 0.0
    days = 0
    for at, off in enumerate(past.off):
        if off:
            days += 1
            brought += past.counts[at]
            expected += usual[at] * weekdays[names[at]]
    mean = expected / days if days and expected > 0 else 1.0
    prior = HOLIDAY_PRIOR * mean
    return (brought + prior * as_closed) / (expected + prior)


def level_of(past: Past, factors: Factors) -> float:
    """Cases per unit of factor, a day counting half as much as one HALF_LIFE_DAYS after it."""
    brought = expected = 0.0
    end = len(past.counts)
    for at in range(max(0, end - LEVEL_DAYS), end):
        weight = 0.5 ** ((end - 1 - at) / HALF_LIFE_DAYS)
        day = past.first + timedelta(days=at)
        brought += weight * past.counts[at]
        expected += weight * factor_on(factors, day, past.off[at])
    return brought / expected if expected > 0 else 0.0
