"""Spans as a policy writes them ("24h", "8wh", "2wd") and the deadline that they set."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from peygir.calendars.days import add_working_days
from peygir.calendars.errors import CalendarError
from peygir.calendars.working import LOOKAHEAD_DAYS_MAX, WorkingCalendar

Mode = Literal["wall", "working_hours", "working_days"]

WALL_DAYS_MAX = 3660  # ten years; more is a slip of the pen
WALL_UNITS = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(hours=24),
    "w": timedelta(weeks=1),
}
_FORM = re.compile(r"([0-9]{1,6})(m|h|d|w|wh|wd)")


@dataclass(frozen=True)
class Span:
    """A length of time and how it is counted.

    `wall` and `working_hours` use `amount`; `working_days` uses `days` and leaves `amount` 0.
    `text` is the span as written ("24h").
    """

    mode: Mode
    amount: timedelta
    days: int
    text: str

    def __str__(self) -> str:
        return self.text


def parse(text: str) -> Span:
    """Read "90m", "24h", "3d", "2w" (wall clock; a day is 24 hours), "8wh" or "2wd".

    `wh` are working hours and `wd` working days of the city's calendar. Zero is refused. Raises
    CalendarError naming the text.
    """
    form = _FORM.fullmatch(text.strip())
    if form is None:
        raise CalendarError(f"{text!r} is not a span such as 24h, 90m, 3d, 2w, 8wh or 2wd")
    number, unit = int(form[1]), form[2]
    if number == 0:
        raise CalendarError(f"{text!r} is no time at all")
    if unit == "wd":
        return _limited(Span("working_days", timedelta(), number, form[0]), LOOKAHEAD_DAYS_MAX)
    if unit == "wh":
        span = Span("working_hours", timedelta(hours=number), 0, form[0])
        return _limited(span, LOOKAHEAD_DAYS_MAX)
    return _limited(Span("wall", number * WALL_UNITS[unit], 0, form[0]), WALL_DAYS_MAX)


def due(start: datetime, span: Span, calendar: WorkingCalendar) -> datetime:
    """The deadline in UTC of a span that starts at the aware instant `start`.

    Wall spans run day and night; the other two count the calendar's hours. Raises CalendarError
    when `start` has no zone or the calendar has not enough open time.
    """
    if start.tzinfo is None:
        raise CalendarError(f"{start} has no time zone")
    if span.mode == "wall":
        return start.astimezone(UTC) + span.amount
    if span.mode == "working_hours":
        return calendar.add_working(start, span.amount)
    return add_working_days(start.astimezone(UTC), span.days, calendar)


def _limited(span: Span, days_max: int) -> Span:
    if span.amount > timedelta(days=days_max) or span.days > days_max:
        raise CalendarError(f"{span.text!r} is longer than {days_max} days")
    return span
