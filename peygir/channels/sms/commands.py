"""What a citizen means by an SMS: an answer, a tracking code, a wish to hear no more."""

import re
from dataclasses import dataclass
from typing import Final, Literal

from peygir.calendars import codes
from peygir.calendars.persian import clean, to_latin_digits

Kind = Literal["yes", "no", "status", "stop", "start", "other"]

TEXT_MAX: Final = 1_000
YES: Final = frozenset({"31", "بله", "بلی", "yes"})
NO: Final = frozenset({"33", "خیر", "نه", "no"})
STOP: Final = frozenset({"لغو", "لغو11", "stop", "off"})
START: Final = frozenset({"شروع", "start", "on"})
_CODE: Final = re.compile(r"(?<![0-9])[0-9][0-9 \-–.]{10,20}[0-9](?![0-9])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """`code`: 12 digits, when there is a valid one. `rest`: the words after 31 or 33."""

    kind: Kind
    code: str = ""
    rest: str = ""


def parse(text: str) -> Command:
    """Read an SMS in any of the three digit sets. Never raises."""
    plain = to_latin_digits(clean(text[:TEXT_MAX])).strip()
    first, _, rest = plain.partition(" ")
    code = _code(rest) or _code(plain)
    if first in ("31", "33"):  # digits may be followed by a code or by a reason
        said = "" if _code(rest) else rest.strip()
        return Command(kind="yes" if first == "31" else "no", code=_code(rest), rest=said)
    word = plain.casefold().strip(" .!؟?،")
    if word in YES:
        return Command(kind="yes")
    if word in NO:
        return Command(kind="no")
    if word in STOP:
        return Command(kind="stop")
    if word in START:
        return Command(kind="start")
    return Command(kind="status", code=code) if code else Command(kind="other")


def _code(text: str) -> str:
    found = _CODE.search(text)
    if found is None:
        return ""
    try:
        return codes.check(found[0])
    except codes.CodeError:
        return ""
