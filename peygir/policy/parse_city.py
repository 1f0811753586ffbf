"""Reads city.toml (names, telephone, map, languages, limits) and the two files of texts."""

import re
from collections.abc import Mapping

from peygir.policy.errors import PolicyError
from peygir.policy.model import Words
from peygir.policy.reading import TEXT_MAX, Table

LANGUAGES = ("fa", "en")
LIMITS = ("photos", "text", "reports_per_day", "codes_per_hour")
KEEP_MONTHS_MAX = 600
TEXT_FILES = {language: f"texts.{language}.toml" for language in LANGUAGES}


def read_city(top: Table) -> Words:
    """The city's name. The table itself, once it has been found right, is `CityPolicy.city`."""
    name = top.words()
    top.inner_words("municipality")
    top.inner_words("centre")
    _match(top, "phone", r"[0-9]{3,15}", "must be a telephone number in digits 0-9")
    _match(top, "url", r"https?://[a-z0-9.-]+(:[0-9]+)?(/[^\s]*)?", "must be an address of the web")
    _match(top, "timezone", r"[A-Za-z_]+/[A-Za-z_/]+", "must be a time zone such as Asia/Tehran")
    top.word("language", LANGUAGES)
    if not top.words_of("languages", LANGUAGES):
        top.refuse("languages", "names no language")
    _map(top.table("map"))
    _limits(top.table("limits"))
    if top.has("office"):
        _office(top.table("office"))
    for label in (labels := top.table("labels")).each():
        labels.inner_words(label)
    top.done()
    return name


def read_texts(tables: Mapping[str, Table]) -> dict[str, Words]:
    """The texts of both languages by dotted key; each key must be in both files."""
    found = {language: flat(tables[language]) for language in LANGUAGES}
    for language, other in (("fa", "en"), ("en", "fa")):
        for key in found[language]:
            if key not in found[other]:
                reason = f"is missing; {TEXT_FILES[language]} has it"
                raise PolicyError(TEXT_FILES[other], key, reason)
    return {key: Words(fa=fa, en=found["en"][key]) for key, fa in found["fa"].items()}


def flat(table: Table, prefix: str = "") -> dict[str, str]:
    """Texts in tables inside tables, by dotted key."""
    found: dict[str, str] = {}
    for name in table.names():
        if table.holds_table(name):
            found |= flat(table.table(name), f"{prefix}{name}.")
        else:
            found[prefix + name] = table.text(name)
    return found


def _match(top: Table, name: str, pattern: str, reason: str) -> None:
    if not re.fullmatch(pattern, top.text(name), re.ASCII):
        top.refuse(name, reason)


def _map(table: Table) -> None:
    latitude, longitude = table.numbers("centre", 2)
    south, west, north, east = table.numbers("bbox", 4)
    if not (-90 <= south < north <= 90 and west < east):
        table.refuse("bbox", "must be south, west, north, east")
    if not (south <= latitude <= north and west <= longitude <= east):
        table.refuse("centre", "lies outside “bbox”")
    table.whole("zoom", low=1, high=22)
    table.done()


def _office(table: Table) -> None:
    """The units that the office automation serves; those below them go along."""
    if not table.texts("units"):
        table.refuse("units", "names no unit; leave the table out where there is no such system")
    table.done()


def _limits(table: Table) -> None:
    for name, high in zip(LIMITS, (20, TEXT_MAX, 10_000, 100), strict=True):
        table.whole(name, low=1, high=high)
    table.maybe_whole("keep_months", low=1, high=KEEP_MONTHS_MAX)
    table.done()
