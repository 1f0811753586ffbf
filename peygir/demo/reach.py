"""How far back the past of a demo reaches, and how many reports come on one of its days."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from peygir.evaluation import periods

Pace = Callable[[datetime], float]  # reports a day, at an instant

#: At least so long: a forecast asks for four whole weeks.
WEEKS: Final = timedelta(weeks=5)
#: Cases of a past of any length: enough that units are ranked, few enough that nobody waits long.
CASES: Final = 1400


def beginning(at: datetime, zone: str) -> datetime:
    """When the past of a demo begins that is looked at from `at` on: with a Jalali month, so that
    months are compared with whole ones. It holds all of the month before that of `at`, by which
    rankings begin in the first days."""
    return periods.month_of(at - WEEKS, zone).since.astimezone(at.tzinfo)


def growing(start: datetime, end: datetime) -> Pace:
    """A pace that makes `CASES` from `start` to `end`: a centre that becomes known has three times
    as many reports a day at the end as at the beginning, so that desks are busy today."""
    mean = CASES / max(1.0, (end - start) / timedelta(days=1))
    return lambda at: mean * (0.5 + (at - start) / (end - start))


def steady(per_day: float) -> Pace:
    return lambda _at: per_day
