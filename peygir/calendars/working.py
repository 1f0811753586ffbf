"""Working time of an office: weekly hours, seasons, closures and exceptional openings.

A question about an instant is answered from open intervals compiled once per year around it
(`compiled.py`), so that 300,000 deadlines can be recomputed at once when a holiday is declared.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from peygir.calendars.compiled import (
    MICROSECOND,
    Compiled,
    compile_intervals,
    instant,
    ticks,
    to_utc,
)
from peygir.calendars.errors import CalendarError

LOOKAHEAD_DAYS_MAX = 800  # a deadline further away is a policy error, not a long wait
YEAR_MIN, YEAR_MAX = 1900, 2200
WINDOWS_MAX = 16  # compiled years kept per calendar
DAY_MINUTES = 24 * 60
WEEKDAYS = 7

Hours = tuple[tuple[int, int], ...]
"""Open intervals of one day as (start, end) minutes after local midnight, end at most 1440."""

Weekly = Mapping[int, Hours]
"""Hours by weekday, 0 = Saturday to 6 = Friday; a weekday left out is closed."""

LateStart = Literal["next_opening", "keep_time"]
"""How spans in working *days* treat a start outside hours (`days.py`)."""


@dataclass(frozen=True)
class Season:
    """Other weekly hours from `first` to `last`, both included (summer, Ramadan)."""

    first: date
    last: date
    weekly: Weekly


@dataclass(frozen=True)
class WorkingCalendar:
    """When an office works. Raises CalendarError when the hours make no sense.

    For one day the first that speaks wins: `opens`, `closures`, a season, the week.
    All instants given must be aware; all returned are UTC. A closing instant is no longer open
    (`is_open`), yet a deadline may fall on it. A calendar is a value: to declare a holiday make
    another with `dataclasses.replace` and another `version`.
    """

    zone: str
    weekly: Weekly
    closures: frozenset[date] = frozenset()
    opens: Mapping[date, Hours] = field(default_factory=dict)
    version: str = ""
    seasons: tuple[Season, ...] = ()
    late_start: LateStart = "next_opening"
    _windows: dict[int, Compiled] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        _check_zone(self.zone)
        _check_week(self.weekly, "hours")
        for day, hours in self.opens.items():
            _check_hours(hours, f"openings.{day}")
        _check_seasons(self.seasons)
        weeks = [self.weekly, *(season.weekly for season in self.seasons)]
        if not any(any(week.values()) for week in weeks) and not any(self.opens.values()):
            raise CalendarError("the calendar has no open interval", key="hours")

    @cached_property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def hours_on(self, day: date) -> Hours:
        """The open intervals of a local day, in minutes after midnight; () when closed."""
        if day in self.opens:
            return self.opens[day]
        if day in self.closures:
            return ()
        weekly = self.weekly
        for season in self.seasons:
            if season.first <= day <= season.last:
                weekly = season.weekly
        return weekly.get(weekday(day), ())

    def add_working(self, start: datetime, amount: timedelta) -> datetime:
        """The instant in hours that is `amount` of working time after `start`.

        Negative amounts go back: the latest instant with that much working time until `start`.
        Zero gives `start` itself if in hours, else the next opening. Raises CalendarError when
        the answer lies more than LOOKAHEAD_DAYS_MAX days away.
        """
        at, steps = _ticks(start), amount // MICROSECOND
        window = self._window(at)
        found = window.forward(at, steps) if steps >= 0 else window.backward(at, -steps)
        return self._near(at, found, f"{amount} of working time")

    def subtract_working(self, start: datetime, amount: timedelta) -> datetime:
        """`add_working` with the opposite sign: "two working hours before the deadline"."""
        return self.add_working(start, -amount)

    def working_between(self, start: datetime, end: datetime) -> timedelta:
        """Open time from `start` to `end`; negative when `end` comes first."""
        if end < start:
            return -self.working_between(end, start)
        at, last, total = _ticks(start), _ticks(end), 0
        while True:
            window = self._window(at)
            stop = min(last, window.last)
            total += window.worked(stop) - window.worked(at)
            if stop == last:
                return timedelta(microseconds=total)
            at = stop

    def is_open(self, at: datetime) -> bool:
        return self._window(_ticks(at)).is_open(_ticks(at))

    def next_open(self, at: datetime) -> datetime:
        """`at` (in UTC) if open, else the next opening. Raises CalendarError as add_working."""
        found = self._window(_ticks(at)).next_open(_ticks(at))
        return self._near(_ticks(at), found, "open time")

    def _near(self, at: int, found: int | None, wanted: str) -> datetime:
        limit = timedelta(days=LOOKAHEAD_DAYS_MAX)
        if found is None or abs(instant(found) - instant(at)) > limit:
            raise CalendarError(
                f"no {wanted} within {LOOKAHEAD_DAYS_MAX} days of {instant(at):%Y-%m-%d}"
                f" in calendar {self.version or self.zone}"
            )
        return instant(found)

    def _window(self, at: int) -> Compiled:
        """The open intervals of the instant's year and LOOKAHEAD_DAYS_MAX days on both sides."""
        year = instant(at).year
        window = self._windows.get(year)
        if window is None:
            if len(self._windows) >= WINDOWS_MAX:
                self._windows.clear()
            window = self._windows[year] = self._compile(year)
        return window

    def _compile(self, year: int) -> Compiled:
        if not YEAR_MIN <= year <= YEAR_MAX:
            raise CalendarError(f"year {year} is outside {YEAR_MIN} to {YEAR_MAX}")
        margin = timedelta(days=LOOKAHEAD_DAYS_MAX + 2)  # +2: local days begin off UTC midnight
        first, last = date(year, 1, 1) - margin, date(year + 1, 1, 1) + margin
        ends = [ticks(to_utc(datetime.combine(day, _MIDNIGHT), self.tz)) for day in (first, last)]
        return compile_intervals(ends[0], ends[1], self._intervals(first, last))

    def _intervals(self, first: date, last: date) -> Iterator[tuple[int, int]]:
        for number in range((last - first).days):
            day = first + timedelta(days=number)
            for start, end in self.hours_on(day):
                yield ticks(self.at_minute(day, start)), ticks(self.at_minute(day, end))

    def at_minute(self, day: date, minute: int) -> datetime:
        """The instant of a minute after local midnight, by the clock on the wall."""
        local = datetime.combine(day, _MIDNIGHT) + timedelta(minutes=minute)
        return to_utc(local, self.tz)


def weekday(day: date) -> int:
    """0 = Saturday to 6 = Friday."""
    return (day.weekday() + 2) % WEEKDAYS


_MIDNIGHT = datetime.min.time()


def _ticks(at: datetime) -> int:
    if at.tzinfo is None:
        raise CalendarError(f"{at} has no time zone")
    return ticks(at)


def _check_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise CalendarError(f"{zone!r} is not a time zone", key="zone") from error


def _check_week(weekly: Weekly, key: str) -> None:
    for number, hours in weekly.items():
        if not 0 <= number < WEEKDAYS:
            raise CalendarError(f"{number} is not a weekday from 0 to 6", key=key)
        _check_hours(hours, f"{key}.{number}")


def _check_hours(hours: Hours, key: str) -> None:
    previous = 0
    for start, end in hours:
        if not previous <= start < end <= DAY_MINUTES:
            raise CalendarError(
                f"{start}-{end} minutes: intervals must be in order, apart and within one day",
                key=key,
            )
        previous = end


def _check_seasons(seasons: tuple[Season, ...]) -> None:
    last: date | None = None
    for season in sorted(seasons, key=lambda one: one.first):
        if season.last < season.first:
            raise CalendarError(f"{season.first} comes after {season.last}", key="seasons")
        if last is not None and season.first <= last:
            raise CalendarError(f"two seasons hold {season.first}", key="seasons")
        _check_week(season.weekly, f"seasons.{season.first}")
        last = season.last
