"""The public entries behind a figure: a filterable list, read from the published tiles.

Newest first, a page at a time, and each page looks at a bounded stretch of the log only: what it
looked at is said, and the next page goes on from there. A leaf says codes, never a person.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from peygir.ledger.log import files
from peygir.look.numbers import fa
from peygir.look.terms import terms_of
from peygir.observatory import reading, stats
from peygir.observatory.behind import AT_FIRST, Figure, InTerm
from peygir.observatory.common import base, nothing
from peygir.observatory.figures import instant, measure_name, name_of
from peygir.observatory.frame import public, show
from peygir.observatory.reading import Asked, Entry
from peygir.observatory.stats import Stats
from peygir.observatory.telling import details, named, type_words
from peygir.verify.measures import MEASURES
from peygir.verify.months import LIVE
from peygir.verify.rules import Rules
from peygir.verify.terms import Term

#: Dimension -> field of a leaf, for a list of all entries. Other things stand in a registration
#: only: a list of what is behind a figure knows them all the same.
ENDLESS: Final = 1 << 53  # beyond any entry and any time
FIELDS: Final[Mapping[str, str]] = {
    "unit": "unit",
    "post": "post",
    "district": "dist",
    "group": "grp",
    "kind": "kind",
    "class": "cls",
}
#: Figures offered in the select box; an address may name any.
OFFERED: Final = (
    "registered", "open", "overdue", "closed", "closed_on_time", "closed_late", "answered",
    "answered_late", "yes", "partly", "no", "reopened", "second_cycles", "inspected",
    "inspected_false", "lot_checked", "lot_false", "risk_checked", "risk_false", "promised",
    "objections", "merged", "handed_over", "points", "corrected_for", "corrected_against", "calls",
)  # fmt: skip

FILTERED: Final = ("unit", "district", "group")  # by select boxes
ASKED: Final = (*FIELDS, "term")  # what an address may name besides a figure and a period


@public
def entries(request: HttpRequest) -> HttpResponse:
    """Entries of a period, a unit, a subject, a case; filtered by the address."""
    found = stats.find(request.GET.get("period", "") or LIVE)
    if found is None:
        if request.GET.get("period"):
            raise Http404
        return nothing(request, "rows")
    case = _case(request)
    if case:
        return _one_case(request, found, case)
    data = stats.rules(found)
    asked = _asked(request, found, data)
    year = _year(found)
    most = int(found.data["basis"]["size"]) if year == found.year else ENDLESS
    page = reading.page(year, asked, Rules(dict(data)) if data else None, most)
    chosen = [(name, request.GET[name]) for name in ASKED if request.GET.get(name)]
    of = request.GET.get("of", "")
    context = base(found) | {
        "here_part": "rows",
        "of": of,
        "of_words": measure_name(of) if of else "",
        "is_standing": asked.figure is not None and asked.figure.is_standing,
        "chosen": [
            (_dimension_words(name), _code_words(found, name, code)) for name, code in chosen
        ],
        "entries": [_line(each, data) for each in page.entries],
        "looked": page.looked,
        "older": _older(request, page.older),
        "filters": _filters(found),
        "given": {name: request.GET.get(name, "") for name in ("of", *FIELDS)},
        "hidden_filters": [pair for pair in chosen if pair[0] not in FILTERED],
        "measures": [(code, measure_name(code)) for code in OFFERED],
        "year": year,
    }
    return show(request, "entries.html", context)


def _one_case(request: HttpRequest, found: Stats, case: str) -> HttpResponse:
    """All that the log tells of one case, from its beginning."""
    data = stats.rules(found)
    listed = reading.of_case(case)
    context = base(found) | {
        "here_part": "rows",
        "case": case,
        "entries": [_line(each, data) for each in listed],
        "first": _line(listed[0], data) if listed else None,
    }
    return show(request, "case.html", context)


def _case(request: HttpRequest) -> str:
    case = request.GET.get("case", "")
    if len(case) > 22 or not case.isascii():
        raise Http404
    if not all(each.isalnum() or each in "-_" for each in case):
        raise Http404
    return case


def _asked(request: HttpRequest, found: Stats, rules: Mapping[str, Any]) -> Asked:
    of, below = request.GET.get("of", ""), request.GET.get("below", "")
    if of and of not in MEASURES:
        raise Http404
    if below and not (below.isascii() and below.isdigit() and len(below) < 16):
        raise Http404
    codes = {}
    for name in FIELDS:
        code = request.GET.get(name, "")
        if code:
            codes[name] = _below(rules, name, code)
    since, until = int(found.data["from"]), int(found.data["until"])
    within = _within(request, found)
    if within is not None:
        codes.pop("post")
        until = within.term.start if of in AT_FIRST else until
    figure = None
    if of:
        figure = Figure(measure=of, of=codes, since=since, until=until, within=within)
    return Asked(
        figure=figure,
        codes={FIELDS[name]: each for name, each in codes.items()},
        since=0 if figure is not None and figure.is_standing else since,
        # Leaves of one batch lie in any order: the last may be of an earlier time than another.
        until=ENDLESS if figure is None and found.period == LIVE else until,
        below=int(below) if below else None,
    )


def _below(rules: Mapping[str, Any], name: str, code: str) -> frozenset[str]:
    """A unit or a post, and those that it answers for: figures of both are added up."""
    below: set[str] = set()
    if name == "unit":
        units = rules.get("units", {})
        below = {each for each, one in units.items() if one.get("scored") == code}
    elif name == "post" and rules:
        known = Rules(dict(rules))
        below = {each for each in rules["posts"] if known.head_over(each) == code}
    return frozenset({code} | below)


def _within(request: HttpRequest, found: Stats) -> InTerm | None:
    """The term of an office that the address names. Raises Http404 for one that the file does
    not."""
    key, office = request.GET.get("term", ""), request.GET.get("post", "")
    if not key:
        return None
    at = found.row("post", office)
    lines = [] if at is None else terms_of(at[1])
    if key not in {line.key for line in lines} or not request.GET.get("of"):
        raise Http404
    terms = [
        Term(
            line.row["term"],
            line.row["since"],
            line.row["from"],
            line.row["since"] if line.at == 0 else line.row["from"],
            line.row["leaf"],
            line.key.endswith("v"),
        )
        for line in reversed(lines)
    ]
    return InTerm(office=office, key=key, terms=tuple(terms))


def _year(found: Stats) -> int:
    """Whose log holds the entries of a period; its figures may stand in the year after."""
    year = found.year if found.period == LIVE else int(found.period[:4])
    return year if year in files.years() else found.year


def _older(request: HttpRequest, below: int | None) -> str | None:
    if below is None:
        return None
    words = {name: request.GET[name] for name in ("period", "of", *ASKED) if request.GET.get(name)}
    return f"{request.path}?{urlencode(words | {'below': below})}"


def _line(entry: Entry, rules: Mapping[str, Any]) -> dict[str, Any]:
    """An entry in a line: when, what, where, and its own bytes."""
    leaf, case = entry.leaf, entry.leaf.get("case", "")
    places = [
        named(rules, table, leaf.get(field))
        for table, field in (("groups", "grp"), ("districts", "dist"), ("units", "unit"))
    ]
    return {
        "year": entry.year,
        "index": entry.number,
        "at": instant(leaf["et"]) if "et" in leaf else None,
        "words": type_words(str(leaf["t"])),
        "details": details(leaf, rules),
        "where": [place for place in places if place],
        "case": case,
        "path": f"{reverse('observatory:entries')}?{urlencode({'case': case})}" if case else "",
        "body": json.dumps(leaf, ensure_ascii=False, sort_keys=True),
    }


def _code_words(found: Stats, dimension: str, code: str) -> str:
    if dimension == "term":
        return fa(code)
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
        "term": gettext("Term"),
    }[name]


def _filters(found: Stats) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    """Select boxes: dimension, its name, codes with their names."""
    for name in FILTERED:
        rows = found.data["by"].get(name, ())
        yield name, _dimension_words(name), [(row["code"], name_of(row)) for row in rows]
