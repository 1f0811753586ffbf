"""Days, Jalali months and years as whole numbers, and periods by the names that figures carry.

A day is counted from 1 January 1970 in the city's own time; a month is year * 12 + month - 1.
Leap years follow the cycle of 33 years, which is the calendar of Iran from 1244 to 1472.
"""

from __future__ import annotations

import re
from typing import NamedTuple

DAY_SECONDS = 86400
LIVE = "live"  # the running month
LAST = "last"  # the month before it, until it is published for good
REPLACED = (LIVE, LAST)  # files that the next one takes the place of
_NEW_YEAR_1405 = 20533  # 21 March 2026
_FIRST_HALF = 186  # days of the six months of 31
_YEARS = range(1300, 1500)  # of which periods and days can be told
_PERIOD = re.compile(r"(1[34][0-9]{2})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12][0-9]|3[01]))?)?")


class BadPeriod(ValueError):
    """A text that names no period."""


class Period(NamedTuple):
    """From day `first` up to, not including, day `end`; `name` as it is written."""

    name: str
    first: int
    end: int

    @property
    def is_day(self) -> bool:
        """Whether it is one day for itself: the first day of a running month is none."""
        return self.name != LIVE and self.end == self.first + 1

    def months(self) -> range:
        """The months that it is made of."""
        return range(month_of_day(self.first), month_of_day(self.end - 1) + 1)


def new_year(year: int) -> int:
    """The day on which a Jalali year begins."""
    return _NEW_YEAR_1405 + 365 * (year - 1405) + (8 * year + 21) // 33 - (8 * 1405 + 21) // 33


def month_start(month: int) -> int:
    """The day on which a month begins."""
    year, within = divmod(month, 12)
    return new_year(year) + 31 * within - max(0, within - 6)


def jalali_of(day: int) -> tuple[int, int, int]:
    """(year, month, day) of a day. Raises BadPeriod for one that no log can speak of."""
    if not new_year(_YEARS.start) <= day < new_year(_YEARS.stop):
        raise BadPeriod("a day outside the calendar")
    year = 1405 + (day - _NEW_YEAR_1405) // 365
    while day < new_year(year):
        year -= 1
    while day >= new_year(year + 1):
        year += 1
    rest = day - new_year(year)
    if rest < _FIRST_HALF:
        return year, rest // 31 + 1, rest % 31 + 1
    return year, (rest - _FIRST_HALF) // 30 + 7, (rest - _FIRST_HALF) % 30 + 1


def month_of_day(day: int) -> int:
    year, month, _ = jalali_of(day)
    return year * 12 + month - 1


def month_name_of(month: int) -> str:
    """ "1405-07" """
    return f"{month // 12:04}-{month % 12 + 1:02}"


def day_name_of(day: int) -> str:
    """ "1405-07-12" """
    year, month, within = jalali_of(day)
    return f"{year:04}-{month:02}-{within:02}"


def weekday_of(day: int) -> int:
    """0 is Saturday."""
    return (day + 5) % 7


def parse_period(text: str) -> Period:
    """A year, a month or a day: "1405", "1405-07", "1405-07-12". Raises BadPeriod."""
    found = _PERIOD.fullmatch(text)
    if found is None:
        raise BadPeriod("a period is written 1405, 1405-07 or 1405-07-12")
    year = int(found[1])
    if found[2] is None:
        return Period(text, new_year(year), new_year(year + 1))
    month = year * 12 + int(found[2]) - 1
    if found[3] is None:
        return Period(text, month_start(month), month_start(month + 1))
    day = month_start(month) + int(found[3]) - 1
    if day >= month_start(month + 1):
        raise BadPeriod("the month has no such day")
    return Period(text, day, day + 1)


def live_period(day: int) -> Period:
    """The month of `day`, as far as it has come."""
    return Period(LIVE, month_start(month_of_day(day)), day + 1)


def last_period(day: int) -> Period:
    """The whole month before that of `day`."""
    month = month_of_day(day)
    return Period(LAST, month_start(month - 1), month_start(month))


def replaced_period(name: str, day: int) -> Period:
    """What a name of `REPLACED` stands for in a log whose last leaf is of `day`."""
    return last_period(day) if name == LAST else live_period(day)
