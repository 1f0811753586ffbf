"""A Jalali month as two instants, and how it is written in an address: "1405-08"."""

import re
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from peygir.calendars.jalali import YEAR_MAX, YEAR_MIN, from_jalali, to_jalali
from peygir.calendars.persian import to_latin_digits

_WRITTEN = re.compile(r"([0-9]{4})-([0-9]{1,2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A Jalali month in the city's zone: from `since` up to, not including, `until`."""

    year: int
    month: int
    since: datetime
    until: datetime

    @property
    def key(self) -> str:
        return f"{self.year:04}-{self.month:02}"


def month_of(at: datetime, zone: str) -> Month:
    """The month in which an instant lies."""
    year, month, _ = to_jalali(at.astimezone(ZoneInfo(zone)).date())
    return _month(year, month, zone)


def parse(text: str, zone: str) -> Month | None:
    """The month that "1405-08" names, in any digits; None when it names none."""
    found = _WRITTEN.fullmatch(to_latin_digits(text.strip())[:12])
    if found is None:
        return None
    year, month = int(found[1]), int(found[2])
    if not (YEAR_MIN <= year < YEAR_MAX and 1 <= month <= 12):
        return None
    return _month(year, month, zone)


def before(month: Month, zone: str) -> Month:
    """The month before."""
    year, number = (month.year, month.month - 1) if month.month > 1 else (month.year - 1, 12)
    return _month(year, number, zone)


def last(at: datetime, zone: str, count: int) -> list[Month]:
    """The month of `at` and those before it, newest first."""
    found = [month_of(at, zone)]
    while len(found) < count:
        found.append(before(found[-1], zone))
    return found


def _month(year: int, month: int, zone: str) -> Month:
    following = (year, month + 1) if month < 12 else (year + 1, 1)
    return Month(
        year=year, month=month, since=_start(year, month, zone), until=_start(*following, zone)
    )


def _start(year: int, month: int, zone: str) -> datetime:
    return datetime.combine(from_jalali(year, month, 1), time(), ZoneInfo(zone))
