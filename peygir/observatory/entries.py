"""The public entries behind a figure: a filterable list, read from the published tiles.

Newest first, a page at a time, and each page looks at a bounded stretch of the log only: what it
looked at is said, and the next page goes on from there. A leaf says codes, never a person.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from peygir.ledger.log import files
from peygir.ledger.log.tiles import published
from peygir.observatory import stats
from peygir.observatory.common import base, nothing
from peygir.observatory.figures import instant, measure_name, name_of
from peygir.observatory.frame import public, show
from peygir.observatory.stats import Stats
from peygir.verify.canonical import parse
from peygir.verify.errors import Incomplete, NotCanonical
from peygir.verify.measures import MEASURES
from peygir.verify.months import LIVE
from peygir.verify.tiles import Reader

SHOWN_MAX: Final = 50
WIDTH: Final = 256  # entries of a bundle
BUNDLES_MAX: Final = 120  # looked at for one page: some 30,000 entries
SLACK: Final = 2 * 86400  # seconds by which an entry may be written after it happened

#: Dimension -> field of a leaf. District, subject, kind and class stand in the registration only.
FIELDS: Final[Mapping[str, str]] = {
    "unit": "unit",
    "post": "post",
    "district": "dist",
    "group": "grp",
    "kind": "kind",
    "class": "cls",
}
AT_START: Final = frozenset({"district", "group", "kind", "class"})
#: Measure -> the leaves that it counts: their types, or a field that they have.
TYPES: Final[Mapping[str, tuple[str, ...]]] = {
    "registered": ("case.registered",),
    "open": ("case.registered",),
    "overdue": ("case.overdue",),
    "overdue_seconds_total": ("case.overdue",),
    "points": ("case.overdue", "points.reversed"),
    "inspected": ("case.inspected",),
    "inspected_false": ("case.inspected",),
    "reopened": ("case.reopened",),
    "merged": ("case.merged",),
    "promised": ("case.promised",),
    "paused_seconds": ("case.paused", "case.resumed"),
    "recategorised": ("case.recategorised",),
    "objections": ("case.objected",),
    "calls": ("intake.daily",),
    "messages": ("intake.daily",),
    "follow_ups": ("intake.daily",),
}
WITH_FIELD: Final[Mapping[str, str]] = {
    **dict.fromkeys(("closed", "closed_on_time", "closed_late", "handed_over"), "ending"),
    **dict.fromkeys(("median_seconds", "p90_seconds", "asked"), "ending"),
    **dict.fromkeys(("yes", "partly", "no", "satisfied_bp"), "word"),
    **dict.fromkeys(("answered", "answered_late", "answered_on_time_bp"), "work"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a page of entries is asked for. `below`: only entries with a lower index."""

    of: str
    case: str
    codes: Mapping[str, frozenset[str]]  # field -> values, any of them
    since: int
    until: int
    below: int | None

    def takes(self, leaf: Mapping[str, Any]) -> bool:
        if self.case and leaf.get("case") != self.case:
            return False
        if any(str(leaf.get(name)) not in values for name, values in self.codes.items()):
            return False
        if self.of in TYPES and leaf["t"] not in TYPES[self.of]:
            return False
        if self.of in WITH_FIELD and WITH_FIELD[self.of] not in leaf:
            return False
        at = leaf.get("et")
        return bool(self.case) or at is None or self.since <= at < self.until

    def marks(self) -> list[bytes]:
        """Bytes that every wanted entry has: most others are left out unread."""
        found = [f'"case":"{self.case}"'.encode()] if self.case else []
        if self.of in WITH_FIELD:
            found.append(f'"{WITH_FIELD[self.of]}":'.encode())
        if len(TYPES.get(self.of, ())) == 1:
            found.append(f'"t":"{TYPES[self.of][0]}"'.encode())
        return found


@public
def entries(request: HttpRequest) -> HttpResponse:
    """Entries of a period, a unit, a subject, a case; filtered by the address."""
    found = stats.find(request.GET.get("period", "") or LIVE)
    if found is None:
        if request.GET.get("period"):
            raise Http404
        return nothing(request, "rows")
    asked = _asked(request, found)
    listed, looked, older = _page(found.year, asked)
    rules = stats.rules(found)
    chosen = [(name, request.GET[name]) for name in FIELDS if request.GET.get(name)]
    context = base(found) | {
        "here_part": "rows",
        "of": asked.of,
        "of_words": measure_name(asked.of) if asked.of else "",
        "case": asked.case,
        "chosen": [
            (_dimension_words(name), _code_words(found, name, code)) for name, code in chosen
        ],
        "at_start": any(name in AT_START for name, _ in chosen),
        "entries": [_line(index, leaf, rules) for index, leaf in listed],
        "looked": looked,
        "older": _older(request, older),
        "filters": _filters(found),
        "given": {name: request.GET.get(name, "") for name in ("of", *FIELDS)},
        "measures": [(code, measure_name(code)) for code in (*TYPES, *WITH_FIELD)],
        "year": found.year,
    }
    return show(request, "entries.html", context)


def _asked(request: HttpRequest, found: Stats) -> Asked:
    of, case = request.GET.get("of", ""), request.GET.get("case", "")
    below = request.GET.get("below", "")
    if (of and of not in MEASURES) or len(case) > 22 or not case.isascii():
        raise Http404
    if below and not (below.isascii() and below.isdigit() and len(below) < 16):
        raise Http404
    if not all(each.isalnum() or each in "-_" for each in case):
        raise Http404
    codes = {}
    for name, field in FIELDS.items():
        code = request.GET.get(name, "")
        if code:
            codes[field] = _below(found, code) if name == "unit" else frozenset({code})
    return Asked(
        of=of,
        case=case,
        codes=codes,
        since=int(found.data["from"]) if of != "open" else 0,
        until=int(found.data["until"]),
        below=int(below) if below else None,
    )


def _below(found: Stats, unit: str) -> frozenset[str]:
    """A unit, and those that it answers for: figures of both are added up."""
    units = stats.rules(found).get("units", {})
    return frozenset({unit} | {code for code, one in units.items() if one.get("scored") == unit})


def _page(
    year: int, asked: Asked
) -> tuple[list[tuple[int, Mapping[str, Any]]], tuple[int, int] | None, int | None]:
    """Entries newest first, the stretch [first, last] looked at, and where to go on (or None)."""
    point = published(files.year_folder(year))
    if point is None or point.size == 0:
        return [], None, None
    reader = Reader(files.year_folder(year))
    end = point.size if asked.below is None else min(asked.below, point.size)
    if asked.below is None and not asked.case:
        end = _end(reader, point.size, asked.until + SLACK)
    listed: list[tuple[int, Mapping[str, Any]]] = []
    marks, last = asked.marks(), end - 1
    first = end
    bundles = 0
    while first > 0 and bundles < BUNDLES_MAX and len(listed) < SHOWN_MAX:
        number = (first - 1) // WIDTH
        bundle = _bundle(reader, number, point.size)[: first - number * WIDTH]
        bundles += 1
        for at in range(len(bundle) - 1, -1, -1):
            first = number * WIDTH + at
            leaf = _leaf(bundle[at], marks)
            if leaf is not None and asked.takes(leaf):
                listed.append((first, leaf))
                if len(listed) == SHOWN_MAX:
                    break
        if not asked.case and bundle and _time(bundle) + SLACK < asked.since:
            return listed, (first, last), None  # all older than the period
    return listed, (first, last) if last >= first else None, first or None


def _end(reader: Reader, size: int, until: int) -> int:
    """An index at or after which nothing of the period stands: found by halving."""
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
            leaf = _leaf(entry, [])
            if leaf is not None and type(leaf.get("et")) is int:
                return int(leaf["et"])
    return 0


def _bundle(reader: Reader, number: int, size: int) -> list[bytes]:
    try:
        return reader.entries(number, min(WIDTH, size - number * WIDTH))
    except Incomplete:
        return []


def _leaf(entry: bytes, marks: list[bytes]) -> Mapping[str, Any] | None:
    if not all(mark in entry for mark in marks):
        return None
    try:
        return parse(entry)
    except NotCanonical:
        return None


def _older(request: HttpRequest, below: int | None) -> str | None:
    if below is None:
        return None
    kept = ("period", "of", "case", *FIELDS)
    words = {name: request.GET[name] for name in kept if request.GET.get(name)}
    return f"{request.path}?{urlencode(words | {'below': below})}"


def _line(index: int, leaf: Mapping[str, Any], rules: Mapping[str, Any]) -> dict[str, Any]:
    """An entry in a line: when, what, where, and its own bytes."""
    case = leaf.get("case", "")
    places = [
        _named(rules, table, leaf.get(field))
        for table, field in (("units", "unit"), ("groups", "grp"), ("districts", "dist"))
    ]
    return {
        "index": index,
        "at": instant(leaf["et"]) if "et" in leaf else None,
        "words": type_words(str(leaf["t"])),
        "type": leaf["t"],
        "where": [place for place in places if place],
        "case": case,
        "path": f"{reverse('observatory:entries')}?{urlencode({'case': case})}" if case else "",
        "body": json.dumps(leaf, ensure_ascii=False, sort_keys=True),
    }


def _named(rules: Mapping[str, Any], table: str, code: object) -> str:
    if code is None:
        return ""
    row = rules.get(table, {}).get(str(code))
    return name_of({"code": code} | row) if row else str(code)


def _code_words(found: Stats, dimension: str, code: str) -> str:
    at = found.row(dimension, code)
    return code if at is None else name_of(at[1])


def _dimension_words(name: str) -> str:
    return {
        "unit": gettext("Unit"),
        "post": gettext("Manager"),
        "district": gettext("District"),
        "group": gettext("Subject"),
        "kind": gettext("Kind of message"),
        "class": gettext("Class"),
    }[name]


def _filters(found: Stats) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    """Select boxes: dimension, its name, codes with their names."""
    for name in ("unit", "district", "group"):
        rows = found.data["by"].get(name, ())
        yield name, _dimension_words(name), [(row["code"], name_of(row)) for row in rows]


def type_words(kind: str) -> str:
    """What an entry tells."""
    known = {
        "case.registered": gettext("registered"),
        "case.stepped": gettext("went a step on"),
        "case.routed": gettext("sent to a unit"),
        "case.recategorised": gettext("given another subject"),
        "case.work_done": gettext("work reported done"),
        "case.promised": gettext("promised until a day"),
        "case.confirmed": gettext("answered by the citizen"),
        "case.disputed": gettext("the citizen disagrees"),
        "case.inspected": gettext("inspected on site"),
        "case.reopened": gettext("opened again"),
        "case.merged": gettext("joined with another"),
        "case.closed": gettext("closed"),
        "case.objected": gettext("the citizen objected"),
        "case.overdue": gettext("a deadline passed"),
        "case.paused": gettext("waits"),
        "case.resumed": gettext("goes on"),
        "points.reversed": gettext("points given back"),
        "ruleset.published": gettext("rules published"),
        "stats.published": gettext("figures published"),
        "intake.daily": gettext("contacts of a day"),
        "erasure.done": gettext("words erased"),
        "cp.anchored": gettext("signed state kept"),
        "audit.seed": gettext("lots drawn"),
        "audit.result": gettext("audit signed"),
        "key.rotated": gettext("key followed by another"),
        "key.delegated": gettext("key of receipts named"),
        "key.revoked": gettext("key revoked"),
    }
    return known.get(kind, kind)
