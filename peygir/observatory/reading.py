"""Entries of the public log, read from the published tiles: newest first, a bounded stretch.

The database tells where the entries of a case lie, and nothing of what they say.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from peygir.ledger.log import files, places
from peygir.observatory.behind import Figure, Leaf, counted
from peygir.verify.canonical import from_base64url, parse
from peygir.verify.errors import Incomplete, NotCanonical
from peygir.verify.rules import Rules
from peygir.verify.tiles import Reader

SHOWN_MAX: Final = 50
OF_CASE_MAX: Final = 200
WIDTH: Final = 256  # entries of a bundle
BUNDLES_MAX: Final = 120  # looked at for one page: some 30,000 entries
FOLDED_MAX: Final = 4000  # entries folded again for one page
SLACK: Final = 2 * 86400  # seconds by which an entry may be written after it happened
PUBLIC_BYTES: Final = 16  # of a case's name in the log


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A leaf, the year of its log and its number there."""

    year: int
    number: int
    leaf: Leaf


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a page of entries is asked for: those behind a figure, or (None) all of some days.

    `below`: only entries with a lower number.
    """

    figure: Figure | None
    codes: Mapping[str, frozenset[str]]  # of all entries: field -> values, any of them
    since: int
    until: int
    below: int | None

    def may_take(self, entry: bytes) -> bool:
        return self.figure is None or self.figure.may_count(entry)

    def takes(self, leaf: Mapping[str, Any]) -> bool:
        if any(str(leaf.get(name)) not in values for name, values in self.codes.items()):
            return False
        at = leaf.get("et")
        return at is None or self.since <= at < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Entries newest first, the stretch [first, last] looked at, and where to go on (or None)."""

    entries: list[Entry]
    looked: tuple[int, int] | None
    older: int | None


def page(year: int, asked: Asked, rules: Rules | None, most: int) -> Page:
    """What the first `most` entries of a year's log have of `asked`, as far as one page looks."""
    stretch = next((each for each in places.stretches() if each[0] == year), None)
    if stretch is None or stretch[1] == stretch[2] or not most:
        return Page(entries=[], looked=None, older=None)
    base, size = stretch[1], min(most, stretch[2] - stretch[1])
    reader = Reader(files.year_folder(year))
    end = _end(reader, size, asked.until + SLACK)
    if asked.below is not None:
        end = min(asked.below, end)
    listed: list[Entry] = []
    first, bundles, folded = end, 0, 0
    while first > 0 and bundles < BUNDLES_MAX and folded < FOLDED_MAX:
        number = (first - 1) // WIDTH
        bundle = _bundle(reader, number, size)[: first - number * WIDTH]
        bundles, first = bundles + 1, number * WIDTH
        found = {
            at: leaf
            for at, entry in enumerate(bundle, start=first)
            if asked.may_take(entry) and (leaf := _leaf(entry)) is not None
        }
        if asked.figure is None:
            chosen = {at for at, leaf in found.items() if asked.takes(leaf)}
        else:
            behind, count = _behind(asked.figure, rules, found, base, base + size)
            chosen, folded = behind & found.keys(), folded + count
        for at in sorted(chosen, reverse=True):
            listed.append(Entry(year=year, number=at, leaf=found[at]))
            if len(listed) == SHOWN_MAX:
                return Page(entries=listed, looked=(at, end - 1), older=at or None)
        if bundle and 0 < _time(bundle) < asked.since - SLACK:
            return Page(entries=listed, looked=(first, end - 1), older=None)
    looked = (first, end - 1) if first < end else None
    return Page(entries=listed, looked=looked, older=first or None)


def _behind(
    figure: Figure, rules: Rules | None, found: Mapping[int, Leaf], base: int, end: int
) -> tuple[set[int], int]:
    """Which of these entries count for a figure, and how many had to be folded to know."""
    if rules is None:
        return set(), 0
    names = {leaf["case"]: base + at for at, leaf in found.items() if "case" in leaf}
    leaves = [(base + at, leaf) for at, leaf in found.items() if "case" not in leaf]
    for place, body in places.leaves_of([_public(name) for name in names], end):
        leaf = _leaf(body)
        if leaf is not None and leaf.get("case") in names:
            leaves.append((place, leaf))
    leaves.sort(key=lambda row: row[0])
    chosen = counted(figure, rules, leaves, names)
    return {place - base for place in chosen}, len(leaves)


def of_case(case: str) -> list[Entry]:
    """All published entries of a case, the oldest first; [] for one that the log does not know."""
    public = _public(case)
    stretches = list(places.stretches())
    found = []
    for place in reversed(places.of_case(public, OF_CASE_MAX)):
        for year, first, end in stretches:
            if first <= place < end:
                reader = Reader(files.year_folder(year))
                number = place - first
                bundle = _bundle(reader, number // WIDTH, end - first)
                leaf = _leaf(bundle[number % WIDTH]) if bundle else None
                if leaf is not None and leaf.get("case") == case:
                    found.append(Entry(year=year, number=number, leaf=leaf))
    return found


def _end(reader: Reader, size: int, until: int) -> int:
    """A number at or after which nothing of the period stands: found by halving."""
    low, high = 0, -(-size // WIDTH)  # bundles
    while low < high:
        middle = (low + high) // 2
        if _time(_bundle(reader, middle, size)) <= until:
            low = middle + 1
        else:
            high = middle
    return min(size, low * WIDTH)


def _time(bundle: list[bytes]) -> int:
    """When the first entry of a bundle that says so happened, in epoch seconds; 0 if none does."""
    for entry in bundle:
        if b'"et":' in entry:
            leaf = _leaf(entry)
            if leaf is not None and type(leaf.get("et")) is int:
                return int(leaf["et"])
    return 0


def _bundle(reader: Reader, number: int, size: int) -> list[bytes]:
    try:
        return reader.entries(number, min(WIDTH, size - number * WIDTH))
    except Incomplete:
        return []


def _leaf(entry: bytes) -> Leaf | None:
    try:
        return parse(entry)
    except NotCanonical:
        return None


def _public(case: str) -> bytes:
    """The bytes of a case's name in the log; none for what is no such name."""
    try:
        return from_base64url(case, PUBLIC_BYTES)
    except NotCanonical:
        return b""
