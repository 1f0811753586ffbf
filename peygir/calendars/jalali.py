"""Jalali (Solar Hijri) days and how dates are written. Digits are ASCII; `look` makes them Persian.

Instants are aware; `zone` is an IANA name or a ZoneInfo. Storage never holds a Jalali date.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

import jdatetime

from peygir.calendars.errors import JalaliError
from peygir.calendars.persian import clean, to_latin_digits

Language = Literal["fa", "en"]

YEAR_MIN, YEAR_MAX = 1300, 1499  # a typed year outside is a slip, often a Gregorian one
TEXT_MAX = 40
WEEKDAYS: dict[Language, tuple[str, ...]] = {  # from Saturday
    "fa": ("شنبه", "یکشنبه", "دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه"),
    "en": ("Saturday", "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
}
MONTHS: dict[Language, tuple[str, ...]] = {
    "fa": (
        "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور",
        "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند",
    ),
    "en": (
        "Farvardin", "Ordibehesht", "Khordad", "Tir", "Mordad", "Shahrivar",
        "Mehr", "Aban", "Azar", "Dey", "Bahman", "Esfand",
    ),
}  # fmt: skip
_COMMA: dict[Language, str] = {"fa": "،", "en": ","}
_TYPED = re.compile(r"([0-9]{4})\s*[/-]\s*([0-9]{1,2})\s*[/-]\s*([0-9]{1,2})")


@dataclass(frozen=True)
class Pieces:
    """The parts of a written date; `time` is "13:30" in local time."""

    weekday: str
    day: int
    month: int
    month_name: str
    year: int
    time: str


def to_jalali(day: date) -> tuple[int, int, int]:
    """(year, month, day) of a Gregorian day."""
    jalali = jdatetime.date.fromgregorian(year=day.year, month=day.month, day=day.day)
    return jalali.year, jalali.month, jalali.day


def from_jalali(year: int, month: int, day: int) -> date:
    """The Gregorian day. Raises JalaliError with reason "no_such_day"."""
    try:
        gregorian: date = jdatetime.date(year, month, day).togregorian()
    except (ValueError, OverflowError) as error:
        text = f"{year}/{month:02}/{day:02}"
        raise JalaliError(f"{text} is not a day", reason="no_such_day") from error
    return gregorian


def parse_jalali(text: str) -> date:
    """The Gregorian day of a typed "۱۴۰۵/۰۸/۳۰": three digit sets, `/` or `-`.

    Raises JalaliError with reason "format", "range" or "no_such_day".
    """
    typed = _TYPED.fullmatch(to_latin_digits(clean(text[:TEXT_MAX])))
    if typed is None or len(text) > TEXT_MAX:
        raise JalaliError(f"{text[:TEXT_MAX]!r} is not year/month/day", reason="format")
    year, month, day = (int(part) for part in typed.groups())
    if not YEAR_MIN <= year <= YEAR_MAX:
        raise JalaliError(f"year {year} is outside {YEAR_MIN} to {YEAR_MAX}", reason="range")
    return from_jalali(year, month, day)


def numeric(day: date) -> str:
    """1405/08/30, as `parse_jalali` reads it."""
    year, month, number = to_jalali(day)
    return f"{year:04}/{month:02}/{number:02}"


def pieces(at: datetime, zone: str | ZoneInfo, language: Language = "fa") -> Pieces:
    """What an instant's local date and time are called in one of the two languages."""
    local = at.astimezone(ZoneInfo(zone) if isinstance(zone, str) else zone)
    year, month, day = to_jalali(local.date())
    return Pieces(
        weekday=WEEKDAYS[language][(local.weekday() + 2) % 7],
        day=day,
        month=month,
        month_name=MONTHS[language][month - 1],
        year=year,
        time=f"{local:%H:%M}",
    )


def format_short(at: datetime, zone: str | ZoneInfo) -> str:
    """1405/08/30"""
    return numeric(at.astimezone(ZoneInfo(zone) if isinstance(zone, str) else zone).date())


def format_long(at: datetime, zone: str | ZoneInfo, language: Language = "fa") -> str:
    """شنبه 30 آبان 1405، 13:30"""
    part = pieces(at, zone, language)
    written = f"{part.weekday} {part.day} {part.month_name} {part.year}"
    return f"{written}{_COMMA[language]} {part.time}"


def yymmdd(at: datetime, zone: str | ZoneInfo) -> str:
    """050830: the head of a tracking code."""
    part = pieces(at, zone)
    return f"{part.year % 100:02}{part.month:02}{part.day:02}"
