"""Numbers, codes and phone numbers as the reader of the active language writes them.

What is stored stays Latin; Persian digits exist on the screen only.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from peygir.calendars.persian import to_persian_digits


def is_persian() -> bool:
    """Whether the active language is Persian; the product's default when none is active."""
    return (get_language() or "fa").startswith("fa")


def fa(value: object, places: int | None = None) -> str:
    """Show a number, or the digits inside a text, in the active language's digits.

    Numbers are grouped by thousands («۱۲٬۳۴۵» / "12,345"), `places` fixes the digits after the
    decimal mark. In a text only the digits change. None is shown as a dash.
    """
    if value is None:
        return "—"
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return _digits(str(value))
    plain = f"{value:,}" if places is None else f"{value:,.{places}f}"
    if not is_persian():
        return plain
    return to_persian_digits(plain.replace(",", "٬").replace(".", "٫").replace("-", "−"))


def listed(words: Iterable[str]) -> str:
    """Words in a row, with the comma of the active language; empty ones are left out."""
    return ("، " if is_persian() else ", ").join(word for word in words if word)


def isolate(value: object) -> SafeString:
    """A left-to-right island: codes, plates, IBANs, URLs, signed numbers and ranges."""
    return format_html('<bdi dir="ltr">{}</bdi>', fa(value) if _is_number(value) else value)


def signed(value: float, places: int | None = None) -> SafeString:
    """A change with its sign, so that it can be read without its colour: «+۳», «−۲»."""
    sign = "+" if value > 0 else ("−" if value < 0 else "")
    return format_html('<bdi dir="ltr">{}{}</bdi>', sign, fa(abs(value), places))


def percent(value: float | Decimal | None, places: int = 0) -> SafeString | str:
    """A share of one (0.88) as an isolated «۸۸٪» / "88%"; None as a dash."""
    if value is None:
        return "—"
    mark = "٪" if is_persian() else "%"
    return format_html('<bdi dir="ltr">{}{}</bdi>', fa(value * 100, places), mark)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _digits(text: str) -> str:
    return to_persian_digits(text) if is_persian() else text
