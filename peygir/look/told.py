"""A number of a figures file as a page shows it: with its unit, and where the file has it.

Every such number is a `<data>` with the exact value and its place in the file, so that any program
can compare a page with the file, and the pages inside with those outside.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.utils.safestring import SafeString, mark_safe

from peygir.look import dates
from peygir.look.numbers import fa, isolate, percent

HUNDRED: Final = 10_000  # basis points
FIRST_DAYS: Final = timedelta(days=7)  # of a month: too little has happened in it to begin with


def is_young(live: Mapping[str, Any]) -> bool:
    """Whether figures of the running month are of its first days: then pages, inside and outside,
    begin with the month before."""
    return bool(live["until"] - live["from"] < FIRST_DAYS.total_seconds())


def tell(place: str, number: int, unit: str) -> SafeString:
    """A number of a figures file. `place`: where it stands; several are added up."""
    words = show_number(number, unit)
    # Hundreds on a page: places are made of codes of the file, words of digits and translations.
    return mark_safe(f'<data value="{number}" data-at="{place}">{words}</data>')  # noqa: S308 - a number and codes of ours


def show_number(number: int, unit: str) -> SafeString | str:
    """A number with its unit: "bp" as percent, "s" as a length of time, "centi" as a score."""
    if unit == "bp":
        return percent(number / HUNDRED, 1)
    if unit == "s":
        return dates.duration(timedelta(seconds=number)) if number else fa(0)
    if unit == "centi":
        return fa(number / 100, 1)
    return isolate(number) if number < 0 else fa(number)
