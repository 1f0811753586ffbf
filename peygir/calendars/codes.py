"""Tracking codes (کد رهگیری): 12 digits that can be read out, typed on a keypad and sent by SMS.

Jalali YYMMDD, a five-digit serial and a Damm check digit, shown 050830-04217-4. The check digit
finds every single wrong digit and every swap of two neighbours.
"""

import re
from datetime import date
from typing import Literal

from peygir.calendars.jalali import to_jalali
from peygir.calendars.persian import DASHES, clean, to_latin_digits

SERIALS = 100_000  # codes per day
FACTOR, SHIFT = 61_803, 17  # FACTOR shares no divisor with SERIALS, so no two serials meet
LENGTH = 12
TEXT_MAX = 60
_SEPARATORS = re.compile(rf"[\s\u200c._/{DASHES}]+".replace("-", r"\-"))

# The quasigroup of order 10 from H. M. Damm's thesis (2004).
DAMM = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip

Reason = Literal["length", "check_digit", "characters"]


class CodeError(ValueError):
    """Text that is no tracking code; `reason` says what to look at again."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"not a tracking code: {reason}")
        self.reason: Reason = reason


def make(day: date, serial: int) -> str:
    """The code of the day's `serial`-th case, 0 to 99,999 (`day` is Gregorian, local).

    The serial is scrambled by (serial * 61803 + 17) mod 100000, a bijection, so that the next
    case's code is not this one plus one. That is a courtesy, not a secret: whoever knows a code
    sees a status, and details need the reporter's phone. Raises ValueError outside the range.
    """
    if not 0 <= serial < SERIALS:
        raise ValueError(f"serial {serial} is outside 0 to {SERIALS - 1}")
    year, month, day_of_month = to_jalali(day)
    scrambled = (serial * FACTOR + SHIFT) % SERIALS
    body = f"{year % 100:02}{month:02}{day_of_month:02}{scrambled:05}"
    return body + str(_damm(body))


def check(text: str) -> str:
    """The 12 ASCII digits of a code as typed: three digit sets, any separators.

    Raises CodeError: "characters" for anything but digits, "length", or "check_digit".
    """
    if len(text) > TEXT_MAX:
        raise CodeError("length")
    digits = _SEPARATORS.sub("", to_latin_digits(clean(text)))
    if not re.fullmatch(r"[0-9]*", digits):
        raise CodeError("characters")
    if len(digits) != LENGTH:
        raise CodeError("length")
    if _damm(digits) != 0:
        raise CodeError("check_digit")
    return digits


def show(code: str) -> str:
    """050830042174 as 050830-04217-4."""
    return f"{code[:6]}-{code[6:11]}-{code[11:]}"


def _damm(digits: str) -> int:
    """0 for digits that end in their own check digit; otherwise the digit to append."""
    interim = 0
    for digit in digits:
        interim = int(DAMM[interim][int(digit)])
    return interim
