"""Does a text give away who reported? Looks for what the case's own papers know and for patterns.

It helps whoever writes and stops whoever approves; a careful reader is still needed.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from peygir.calendars.persian import search_key, to_latin_digits

HIDDEN: Final = "•••"
NAME_MIN: Final = 3  # letters of a single name that is looked for
TOLD_WORDS: Final = 3  # words in a row that an address and a text may not share
_GAP = r"[\s\-\u200c.()/_]{0,2}"
_MOBILE = re.compile(rf"(?<!\d)(?:(?:\+|00)?{_GAP}98|0)?{_GAP}9(?:{_GAP}\d){{9}}(?!\d)")
_LANDLINE = re.compile(rf"(?<!\d)0{_GAP}[1-8](?:{_GAP}\d){{9}}(?!-?\d)")
_TEN = re.compile(r"(?<!\d)\d(?:[\-\s]?\d){9}(?!\d)")
_PLATE = re.compile(
    r"(?<!\d)\d{2}\s*(?:الف|[ا-ی])\s*\d{3}\s*[-–/\s]*(?:ایران)?\s*[-–/\s]*\d{2}(?!\d)"
)
_HOUSE = re.compile(r"(?:پلاک|واحد|کد\s*پستی|زنگ)\s*:?\s*\d+")
_CALLED = re.compile(r"(?<!\w)(?:آقای|خانم|جناب|سرکار)\s+[^\W\d_]+(?:\s+[^\W\d_]+)?")
_WORD = re.compile(r"[^\W\d_\u200c](?:[^\W\d_]|\u200c)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """Something found, as it stands in the text. `kind`: name, phone, national_id, plate, address.

    With `stops` the text is not approved while this stands in it.
    """

    kind: str
    text: str
    stops: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the case's papers know of those who reported it."""

    names: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()  # E.164
    addresses: tuple[str, ...] = ()


def look(text: str, known: Known) -> list[Flag]:
    """Everything that gives somebody away, in no text twice."""
    latin = to_latin_digits(text)
    found = [*_phones(text, latin, known.phones), *_names(text, known.names)]
    found += _national_ids(text, latin)
    found += [_flag("plate", text, hit) for hit in _PLATE.finditer(latin)]
    found += [_flag("name", text, hit, stops=False) for hit in _CALLED.finditer(text)]
    found += [_flag("address", text, hit, stops=False) for hit in _HOUSE.finditer(latin)]
    found += [
        Flag(kind="address", text=shared, stops=False) for shared in _shared(text, known.addresses)
    ]
    return list(dict.fromkeys(found))


def hidden(text: str, known: Known) -> str:
    """`text` with dots where a name or a number that gives somebody away stood."""
    for flag in look(text, known):
        if flag.stops:
            text = text.replace(flag.text, HIDDEN)
    return text


def is_national_id(digits: str) -> bool:
    """Ten digits with the check digit of an Iranian national code."""
    if len(digits) != 10 or len(set(digits)) == 1:
        return False
    rest = sum(int(d) * (10 - at) for at, d in enumerate(digits[:9])) % 11
    return int(digits[9]) == (rest if rest < 2 else 11 - rest)


def _phones(text: str, latin: str, known: Iterable[str]) -> Iterator[Flag]:
    for pattern in (_MOBILE, _LANDLINE):
        for hit in pattern.finditer(latin):
            yield _flag("phone", text, hit)
    for phone in known:  # however it is cut up
        tail = "".join(filter(str.isdigit, phone))[-8:]
        if len(tail) == 8:
            pattern = re.compile(_GAP.join(tail))
            for hit in pattern.finditer(latin):
                yield _flag("phone", text, hit)


def _national_ids(text: str, latin: str) -> Iterator[Flag]:
    for hit in _TEN.finditer(latin):
        if is_national_id("".join(filter(str.isdigit, hit[0]))):
            yield _flag("national_id", text, hit)


def _names(text: str, names: Iterable[str]) -> Iterator[Flag]:
    """The reporter's names; a first name alone is only pointed at, for half a city bears it."""
    words = [(hit[0], search_key(hit[0])) for hit in _WORD.finditer(text)]
    keys = [key for _word, key in words]
    for name in names:
        parts = [key for key in (search_key(part) for part in name.split()) if key]
        for at in range(len(keys) - len(parts) + 1):
            if len(parts) > 1 and keys[at : at + len(parts)] == parts:
                whole = " ".join(word for word, _ in words[at : at + len(parts)])
                yield Flag(kind="name", text=whole, stops=True)
        for position, part in enumerate(parts):
            if len(part) < NAME_MIN:
                continue
            is_family = position == len(parts) - 1
            for word, key in words:
                if key == part:
                    yield Flag(kind="name", text=word, stops=is_family)


def _shared(text: str, addresses: Iterable[str]) -> Iterator[str]:
    """Runs of words that stand in an address of the case as well."""
    keys = search_key(text).split()
    for address in addresses:
        place = f" {search_key(address)} "
        for at in range(len(keys) - TOLD_WORDS + 1):
            run = " ".join(keys[at : at + TOLD_WORDS])
            if f" {run} " in place:
                yield run


def _flag(kind: str, text: str, hit: "re.Match[str]", *, stops: bool = True) -> Flag:
    return Flag(kind=kind, text=text[hit.start() : hit.end()].strip(), stops=stops)
