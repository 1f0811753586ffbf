"""Calendars that the tests of this room share."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from peygir.calendars.working import Hours, WorkingCalendar


def hours(*texts: str) -> Hours:
    """("07:30-14:30",) as minutes."""
    return tuple((int(t[0:2]) * 60 + int(t[3:5]), int(t[6:8]) * 60 + int(t[9:11])) for t in texts)


FULL_DAY, HALF_DAY, SPLIT = (
    hours("07:00-14:30"),
    hours("07:00-13:00"),
    hours("08:00-12:00", "13:00-17:00"),
)
EIGHT_TO_FIVE = hours("08:30-17:00")
ROUND_THE_CLOCK = hours("00:00-24:00")

OFFICE = WorkingCalendar("Asia/Tehran", {**dict.fromkeys(range(5), FULL_DAY), 5: HALF_DAY})
"""Saturday to Wednesday 07:00-14:30, half-day Thursday, Friday closed."""

SPLIT_OFFICE = WorkingCalendar("Asia/Tehran", dict.fromkeys(range(6), SPLIT))
NEW_YORK = WorkingCalendar("America/New_York", dict.fromkeys(range(7), ROUND_THE_CLOCK))
MONDAY_TO_FRIDAY = WorkingCalendar(
    "America/New_York", dict.fromkeys(range(2, 7), EIGHT_TO_FIVE), late_start="keep_time"
)


def tehran(text: str) -> datetime:
    """The UTC instant of a local time. (Two zones never compare equal where a time is doubled.)"""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Tehran")).astimezone(UTC)


def new_york(text: str, fold: int = 0) -> datetime:
    """The UTC instant of a local time; `fold` 1 means its second showing."""
    local = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("America/New_York"), fold=fold)
    return local.astimezone(UTC)


SATURDAY, WEDNESDAY, THURSDAY, FRIDAY = (date(2026, 11, day) for day in (21, 25, 26, 27))

INSTANTS = st.integers(0, 18 * 30 * 24 * 3600 * 1000).map(
    lambda millis: datetime(2025, 10, 1, tzinfo=UTC) + timedelta(milliseconds=millis)
)
"""Eighteen months that hold three clock changes of New York."""
