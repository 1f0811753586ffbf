"""When people may be disturbed. What is urgent or answers somebody at once never waits."""

from datetime import datetime, time, timedelta
from typing import Final

from peygir.calendars.working import WorkingCalendar

QUIET_FROM: Final = 22  # local hours: nothing that can wait goes between 22:00 and 07:00
QUIET_UNTIL: Final = 7
LOOKAHEAD_DAYS_MAX: Final = 60  # more holidays in a row than this is a calendar's mistake


def citizen_time(at: datetime, calendar: WorkingCalendar) -> datetime:
    """The first instant from `at` on at which a citizen may get a message, holidays or not."""
    here = at.astimezone(calendar.tz)
    if here.hour < QUIET_UNTIL:
        return _on(here, QUIET_UNTIL, 0, at)
    if here.hour >= QUIET_FROM:
        return _on(here, QUIET_UNTIL, 1, at)
    return at


def staff_time(at: datetime, calendar: WorkingCalendar) -> datetime:
    """The first instant from `at` on in the daytime of a working day."""
    found = citizen_time(at, calendar)
    for _ in range(LOOKAHEAD_DAYS_MAX):
        here = found.astimezone(calendar.tz)
        if calendar.hours_on(here.date()):
            return found
        found = _on(here, QUIET_UNTIL, 1, at)
    return at  # late is worse than at a bad time


def digest_time(at: datetime, calendar: WorkingCalendar) -> datetime:
    """The hour at which what is noted at `at` is told, in the daytime of a working day."""
    here = at.astimezone(calendar.tz)
    hour = here.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return staff_time(hour.astimezone(at.tzinfo), calendar)


def _on(here: datetime, hour: int, days: int, at: datetime) -> datetime:
    day = here.date() + timedelta(days=days)
    return datetime.combine(day, time(hour), here.tzinfo).astimezone(at.tzinfo)
