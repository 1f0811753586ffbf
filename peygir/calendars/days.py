"""Spans counted in working days: "answer within three working days".

A working day is a day with any open interval. Where the start lies outside hours, the
calendar's `late_start` says which of two known customs holds:

- "next_opening": the start is the next opening, and a time of day that is closed on the day
  reached moves to that day's next opening. The deadline always lies in hours.
- "keep_time": a start on a day off moves to the next working day and keeps its time of day;
  one at or after closing time becomes the opening of the working day after; an early one stays.
  The deadline keeps the time of day, which may be before opening.
"""

from datetime import date, datetime, time, timedelta

from peygir.calendars.compiled import to_utc
from peygir.calendars.errors import CalendarError
from peygir.calendars.working import LOOKAHEAD_DAYS_MAX, WorkingCalendar

ONE_DAY = timedelta(days=1)


def add_working_days(start: datetime, days: int, calendar: WorkingCalendar) -> datetime:
    """The deadline `days` (0 or more) working days after the aware instant `start`, in UTC.

    Raises CalendarError when no working day is found within LOOKAHEAD_DAYS_MAX days.
    """
    keeps_time = calendar.late_start == "keep_time"
    day, clock = _begin_keeping_time(start, calendar) if keeps_time else _begin(start, calendar)
    for _ in range(days):
        day = _working_day(day + ONE_DAY, calendar)
    # A time that the clocks show twice would fall back to its first showing, before the start.
    due = max(start, to_utc(datetime.combine(day, clock), calendar.tz))
    return due if keeps_time else calendar.add_working(due, timedelta())


def _begin(start: datetime, calendar: WorkingCalendar) -> tuple[date, time]:
    local = calendar.next_open(start).astimezone(calendar.tz)
    return local.date(), local.time()


def _begin_keeping_time(start: datetime, calendar: WorkingCalendar) -> tuple[date, time]:
    local = start.astimezone(calendar.tz)
    day, clock = _working_day(local.date(), calendar), local.time()
    _, closing = calendar.hours_on(day)[-1]
    if clock.hour * 60 + clock.minute < closing:
        return day, clock
    day = _working_day(day + ONE_DAY, calendar)
    opening, _ = calendar.hours_on(day)[0]
    return day, time(*divmod(opening, 60))


def _working_day(day: date, calendar: WorkingCalendar) -> date:
    """`day` itself or the first working day after it."""
    for offset in range(LOOKAHEAD_DAYS_MAX):
        if calendar.hours_on(day + timedelta(days=offset)):
            return day + timedelta(days=offset)
    raise CalendarError(f"no working day within {LOOKAHEAD_DAYS_MAX} days of {day}")
