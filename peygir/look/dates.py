"""Instants as people in the city read them: the Jalali calendar, the display zone, plain words.

Instants come in as aware datetimes; a naive one is a bug and raises ValueError.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from peygir.calendars.jalali import MONTHS, WEEKDAYS, Language, numeric, to_jalali
from peygir.look.numbers import fa, is_persian

RELATIVE_HOURS_MAX = 48  # beyond two days a date says more than "50 hours ago"

_GREGORIAN_EN = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@cache
def zone() -> ZoneInfo:
    """The zone in which the city's people live; storage stays in UTC."""
    return ZoneInfo(settings.TIME_ZONE)


def local(value: datetime) -> datetime:
    """The same instant on the city's clock. Raises ValueError for a naive datetime."""
    if value.tzinfo is None:
        raise ValueError("an instant without a zone cannot be shown")
    return value.astimezone(zone())


def weekdays() -> tuple[str, ...]:
    """Names of the days in the active language; the week starts on Saturday."""
    return WEEKDAYS[_language()]


def month_name(month: int) -> str:
    """Name of the Jalali month 1..12 in the active language."""
    return MONTHS[_language()][month - 1]


def jalali_words(value: datetime | date) -> str:
    """Long form without markup: «شنبه ۳۰ آبان ۱۴۰۵، ۱۳:۳۰»; a plain date has no clock.

    English keeps the Jalali day, which is what letters and deadlines quote, and adds the
    Gregorian one.
    """
    day, clock = _parts(value)
    year, month, number = to_jalali(day)
    name = weekdays()[(day.weekday() + 2) % 7]
    words = f"{name} {number} {month_name(month)} {year}"
    if is_persian():
        return fa(f"{words}، {clock}" if clock else words)
    words += f" ({day.day} {_GREGORIAN_EN[day.month - 1]} {day.year})"
    return f"{words}, {clock}" if clock else words


def jalali(value: datetime | date | None) -> SafeString | str:
    """Long form in `<time>`, with the ISO instant for machines."""
    return "—" if value is None else _time(value, jalali_words(value))


def jalali_day(value: datetime | None) -> SafeString | str:
    """The day of an instant without its clock: «شنبه ۳۰ آبان ۱۴۰۵»."""
    return jalali(local(value).date()) if value else "—"


def jalali_short(value: datetime | date | None, clock: bool = False) -> SafeString | str:
    """Short form with slashes only, «۱۴۰۵/۰۸/۳۰», and the clock when asked for."""
    if value is None:
        return "—"
    day, at = _parts(value)
    text = numeric(day)
    return _time(value, fa(f"{text} {at}" if clock and at else text))


def clock(value: datetime | None) -> SafeString | str:
    """Only the time of day, «۱۴:۰۷»."""
    return "—" if value is None else _time(value, fa(f"{local(value):%H:%M}"))


def ago(value: datetime | None, now: datetime) -> SafeString | str:
    """How long ago (or how far ahead), under 48 hours; the long date beyond.

    The absolute time is always in the title. `now` is the door's time.
    """
    if value is None:
        return "—"
    gap = now - value
    if abs(gap) >= timedelta(hours=RELATIVE_HOURS_MAX):
        return jalali(value)
    if abs(gap) < timedelta(minutes=1):
        words = gettext("just now")
    elif gap > timedelta(0):
        words = gettext("%(time)s ago") % {"time": duration(gap)}
    else:
        words = gettext("in %(time)s") % {"time": duration(-gap)}
    return _time(value, words, title=jalali_words(value))


def duration(value: timedelta | float | None) -> str:
    """A length of time in at most two units: «۵ ساعت», «۲ روز و ۳ ساعت».

    A bare number counts minutes. Less than a minute reads as «۱ دقیقه», never as nothing.
    """
    if value is None:
        return "—"
    if isinstance(value, timedelta):
        value = value.total_seconds() / 60
    days, rest = divmod(max(1, round(abs(value))), 24 * 60)
    hours, minutes = divmod(rest, 60)
    if days >= 7 or (days and not hours):
        return _days(days)
    if days:
        return gettext("%(big)s and %(small)s") % {"big": _days(days), "small": _hours(hours)}
    if hours and minutes and hours < 6:
        return gettext("%(big)s and %(small)s") % {
            "big": _hours(hours),
            "small": _minutes(minutes),
        }
    return _hours(hours) if hours else _minutes(minutes)


def _language() -> Language:
    return "fa" if is_persian() else "en"


def _days(count: int) -> str:
    return ngettext("%(n)s day", "%(n)s days", count) % {"n": fa(count)}


def _hours(count: int) -> str:
    return ngettext("%(n)s hour", "%(n)s hours", count) % {"n": fa(count)}


def _minutes(count: int) -> str:
    return ngettext("%(n)s minute", "%(n)s minutes", count) % {"n": fa(count)}


def _parts(value: datetime | date) -> tuple[date, str]:
    """The city's day and its clock, "" when only a day was given."""
    if isinstance(value, datetime):
        here = local(value)
        return here.date(), f"{here:%H:%M}"
    return value, ""


def _time(value: datetime | date, words: str, title: str = "") -> SafeString:
    iso = local(value).isoformat(timespec="minutes") if isinstance(value, datetime) else value
    if not title:
        return format_html('<time datetime="{}">{}</time>', iso, words)
    return format_html('<time datetime="{}" title="{}">{}</time>', iso, title, words)
