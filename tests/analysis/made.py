"""A city's days made up from a truth that the tests know."""

import math
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from peygir.calendars.working import WorkingCalendar, weekday

TODAY = date(2026, 11, 21)  # Saturday 30 Aban 1405
#: How much more or less each day of the week brings, from Saturday; a year's mean is 1.
WEEK = (1.24, 1.14, 1.09, 1.04, 1.04, 0.93, 0.52)
HOLIDAY = 0.55
EVERY = 17  # days between holidays


@dataclass(frozen=True)
class Made:
    """`days` with today and the six days after it; `truth`: what each brings in the mean."""

    days: dict[date, int]
    truth: dict[date, float]
    calendar: WorkingCalendar

    @property
    def known(self) -> dict[date, int]:
        return {day: n for day, n in self.days.items() if day < TODAY}


def made(seed: int, *, level: float = 200, length: int = 371, noise: float = 0.0) -> Made:
    """`length` days before today; `noise`: what moves whole days beyond chance, as rain does."""
    rng = Random(seed)
    first = TODAY - timedelta(days=length)
    span = [first + timedelta(days=at) for at in range(length + 7)]
    off = frozenset(span[3::EVERY])
    calendar = office(off)
    truth = {day: level * WEEK[weekday(day)] * _holiday(calendar, day) for day in span}
    days = {day: chance(rng, mean * math.exp(rng.gauss(0, noise))) for day, mean in truth.items()}
    return Made(days, truth, calendar)


def office(closures: frozenset[date] = frozenset()) -> WorkingCalendar:
    """Saturday to Thursday from 7:00 to 14:30."""
    weekly = dict.fromkeys(range(6), ((420, 870),))
    return WorkingCalendar(zone="Asia/Tehran", weekly=weekly, closures=closures)


def chance(rng: Random, mean: float) -> int:
    """A count that varies as counts do (Poisson)."""
    left, count = mean, 0
    while left > 0:
        left -= rng.expovariate(1.0)
        count += left > 0
    return count


def _holiday(calendar: WorkingCalendar, day: date) -> float:
    return HOLIDAY if day in calendar.closures and weekday(day) != 6 else 1.0
