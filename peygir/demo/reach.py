"""How far back the past of a demo reaches, and how many reports come on one of its days."""

from datetime import datetime, timedelta
from typing import Final

from peygir.evaluation import periods

#: At least so long: a forecast asks for four whole weeks.
WEEKS: Final = timedelta(weeks=5)
#: Cases of a past of any length: enough that units are ranked, few enough that nobody waits long.
CASES: Final = 1300


def beginning(at: datetime, zone: str) -> datetime:
    """When the past of a demo begins that is looked at from `at` on: with a Jalali month, so that
    months are compared with whole ones. It holds all of the month before that of `at`, by which
    rankings begin in the first days."""
    return periods.month_of(at - WEEKS, zone).since.astimezone(at.tzinfo)


def per_day(start: datetime, end: datetime) -> float:
    """How many reports a day make `CASES` from `start` to `end`."""
    return CASES / max(1.0, (end - start) / timedelta(days=1))
