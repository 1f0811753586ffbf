"""Reading a city's `calendar.toml` (Jalali dates, weekdays named sat to fri) into a calendar.

    zone = "Asia/Tehran"
    late_start = "next_opening"          # or "keep_time"; optional
    [hours]
    sat = ["07:30-14:30"]                # a weekday left out is closed
    [[closures]]
    date = "1405/01/01"
    fa = "نوروز"
    en = "Nowruz"
    provisional = true                   # optional: the date may still move by a day
    [[openings]]                         # open in spite of a closure or the week
    date = "1405/01/05"
    hours = ["08:00-12:00"]
    fa = "…"
    en = "…"
    [[seasons]]
    from = "1405/03/15"
    to = "1405/06/15"
    hours = { sat = ["06:00-13:00"] }

Every error is a CalendarError whose `key` names the place. The `version` is a digest of the
content, so that a changed file cannot pass for the old one.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from peygir.calendars.errors import CalendarError, JalaliError
from peygir.calendars.jalali import parse_jalali
from peygir.calendars.working import Hours, LateStart, Season, Weekly, WorkingCalendar

Table = Mapping[str, object]

DAYS = ("sat", "sun", "mon", "tue", "wed", "thu", "fri")
ENTRIES_MAX = 2000  # closures, openings or seasons in one file
LATE_STARTS = ("next_opening", "keep_time")
_INTERVAL = re.compile(r"([0-2][0-9]):([0-5][0-9])-([0-2][0-9]):([0-5][0-9])")


@dataclass(frozen=True)
class NamedDay:
    """A closure (`hours` empty) or exceptional opening, for showing."""

    day: date
    hours: Hours
    fa: str
    en: str
    provisional: bool


def load_calendar(data: Table) -> WorkingCalendar:
    """The calendar of a parsed `calendar.toml`. Raises CalendarError naming the key."""
    _only(data, ("zone", "late_start", "hours", "closures", "openings", "seasons"), "")
    late_start = _text(data, "late_start", "") if "late_start" in data else "next_opening"
    if late_start not in LATE_STARTS:
        raise CalendarError(f"{late_start!r} is not one of {LATE_STARTS}", key="late_start")
    days = named_days(data)
    return WorkingCalendar(
        zone=_text(data, "zone", ""),
        weekly=_week(data.get("hours"), "hours"),
        closures=frozenset(one.day for one in days if not one.hours),
        opens={one.day: one.hours for one in days if one.hours},
        version=_digest(data),
        seasons=tuple(_season(row, f"seasons.{number}") for number, row in _rows(data, "seasons")),
        late_start=cast("LateStart", late_start),
    )


def named_days(data: Table) -> tuple[NamedDay, ...]:
    """Closures and openings with their names, by date. Raises CalendarError naming the key."""
    found = [_closure(row, f"closures.{number}") for number, row in _rows(data, "closures")]
    found += [_opening(row, f"openings.{number}") for number, row in _rows(data, "openings")]
    seen: set[tuple[date, bool]] = set()
    for one in found:
        kind = "openings" if one.hours else "closures"
        if (one.day, bool(one.hours)) in seen:
            raise CalendarError(f"{one.en!r}: its date stands here twice", key=kind)
        seen.add((one.day, bool(one.hours)))
    return tuple(sorted(found, key=lambda one: one.day))


def _closure(row: Table, key: str) -> NamedDay:
    _only(row, ("date", "fa", "en", "provisional"), key)
    return NamedDay(
        day=_date(row, "date", key),
        hours=(),
        fa=_text(row, "fa", key),
        en=_text(row, "en", key),
        provisional=_flag(row, "provisional", key),
    )


def _opening(row: Table, key: str) -> NamedDay:
    _only(row, ("date", "hours", "fa", "en"), key)
    hours = _hours(row.get("hours"), f"{key}.hours")
    if not hours:
        raise CalendarError("an opening needs at least one interval", key=f"{key}.hours")
    return NamedDay(
        day=_date(row, "date", key),
        hours=hours,
        fa=_text(row, "fa", key),
        en=_text(row, "en", key),
        provisional=False,
    )


def _season(row: Table, key: str) -> Season:
    _only(row, ("from", "to", "hours", "fa", "en"), key)
    first, last = _date(row, "from", key), _date(row, "to", key)
    return Season(first, last, _week(row.get("hours"), f"{key}.hours"))


def _week(value: object, key: str) -> Weekly:
    if not isinstance(value, Mapping):
        raise CalendarError("a table of hours by weekday is missing", key=key)
    _only(value, DAYS, key)
    return {DAYS.index(day): _hours(value[day], f"{key}.{day}") for day in value}


def _hours(value: object, key: str) -> Hours:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise CalendarError('a list such as ["07:30-14:30"] is needed', key=key)
    return tuple(_interval(text, key) for text in value)


def _interval(text: object, key: str) -> tuple[int, int]:
    form = _INTERVAL.fullmatch(text) if isinstance(text, str) else None
    if form is None:
        raise CalendarError(f"{text!r} is not an interval such as 07:30-14:30", key=key)
    start_hour, start_minute, end_hour, end_minute = map(int, form.groups())
    start, end = start_hour * 60 + start_minute, end_hour * 60 + end_minute
    if not start < end <= 24 * 60:
        raise CalendarError(f"{text!r} must end later that day, 24:00 at most", key=key)
    return start, end


def _rows(data: Table, name: str) -> list[tuple[int, Table]]:
    """The tables of a list, numbered from 1 as a reader counts them."""
    rows = data.get(name, [])
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        raise CalendarError(f"must be a list of [[{name}]]", key=name)
    if len(rows) > ENTRIES_MAX:
        raise CalendarError(f"more than {ENTRIES_MAX} entries", key=name)
    for number, row in enumerate(rows, 1):
        if not isinstance(row, Mapping):
            raise CalendarError(f"must be a table [[{name}]]", key=f"{name}.{number}")
    return list(enumerate(rows, 1))


def _date(row: Table, name: str, key: str) -> date:
    try:
        return parse_jalali(_text(row, name, key))
    except JalaliError as error:
        raise CalendarError(str(error), key=f"{key}.{name}") from error


def _text(row: Table, name: str, key: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value.strip():
        raise CalendarError("a text is missing", key=f"{key}.{name}".lstrip("."))
    return value.strip()


def _flag(row: Table, name: str, key: str) -> bool:
    value = row.get(name, False)
    if not isinstance(value, bool):
        raise CalendarError("must be true or false", key=f"{key}.{name}")
    return value


def _only(row: Table, names: Sequence[str], key: str) -> None:
    for name in row:
        if name not in names:
            raise CalendarError(
                f"unknown; known are {', '.join(names)}", key=f"{key}.{name}".lstrip(".")
            )


def _digest(data: Table) -> str:
    canonical = json.dumps(data, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]
