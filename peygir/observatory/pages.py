"""The pages of figures: at a glance, rows of a dimension, one row, ranking, trends."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from peygir.look.charts import Chart
from peygir.look.terms import FIGURES as TERM_FIGURES
from peygir.look.terms import INHERITED, terms_of
from peygir.look.told import show_number, tell
from peygir.observatory import draw, stats
from peygir.observatory.about import coverage
from peygir.observatory.common import address_of, base, link, nothing, of_length, titles
from peygir.observatory.figures import (
    MAIN,
    Scope,
    instant,
    measure_name,
    name_of,
    scopes,
    whole,
)
from peygir.observatory.frame import asked_stats, name_of_period, period_words, public, show
from peygir.observatory.stats import Stats
from peygir.observatory.why import costs_of, line_of, place_of, score_of
from peygir.verify.measures import MEASURES
from peygir.verify.months import LIVE

#: Part of an address -> dimension of the file.
DIMENSIONS: Final[Mapping[str, str]] = {
    "units": "unit",
    "managers": "post",
    "districts": "district",
    "subjects": "group",
    "kinds": "kind",
    "classes": "class",
}

#: Dimension -> table of a rule set with the names of its codes.
TABLES: Final[Mapping[str, str]] = {
    "unit": "units",
    "post": "posts",
    "district": "districts",
    "group": "groups",
    "kind": "kinds",
    "class": "classes",
}

#: The columns of a page with all rows of a dimension.
COLUMNS: Final = ("registered", "open", "overdue", "answered_on_time_bp", "satisfied_bp")
SORTS: Final = ("name", *COLUMNS)
TRENDS: Final = (*COLUMNS, "closed")
WAITING: Final = ("registered", "closed", "closed_on_time", "answered", "answered_late")
MONTHS_SHOWN: Final = 36
ROWS_SHOWN: Final = 30
PAGES_MAX: Final = 1000


@public
def front(request: HttpRequest) -> HttpResponse:
    """A sentence, four tiles, the days, and the ways in."""
    found = asked_stats(request)
    if found is None:
        return nothing(request, "front")
    city = whole(found)
    context = base(found) | {
        "here_part": "front",
        "city": city,
        "groups": draw.counts(
            gettext("What the reports are about"), scopes(found, "group"), "registered"
        ),
        "days": draw.days(found),
        "hours": draw.hours(found),
        "map": draw.district_map(scopes(found, "district"), "open"),
        "shares": _shares(found),
        "contacts": [
            (code, measure_name(code), city.linked(code))
            for code in ("calls", "messages", "follow_ups")
        ],
        "coverage": coverage(found),
        "has_contacts": any(city.measures.get(code) for code in ("calls", "messages")),
        "cities_table": figure_rows(city, MAIN),
    }
    return show(request, "front.html", context)


@public
def rows(request: HttpRequest, what: str) -> HttpResponse:
    """All units, posts, districts, subjects."""
    dimension = DIMENSIONS.get(what)
    if dimension is None:
        raise Http404
    found = asked_stats(request)
    if found is None:
        return nothing(request, what)
    sort = request.GET.get("sort", "registered")
    if sort not in SORTS:
        raise Http404
    listed = _sorted(scopes(found, dimension), sort)
    shown, newer, older = _cut(request, listed)
    context = base(found) | {
        "here_part": what,
        "name": what,
        "title": titles()[what],
        "columns": [(code, measure_name(code), link(request, sort=code)) for code in COLUMNS],
        "by_name": link(request, sort="name"),
        "scopes": shown,
        "newer": newer,
        "older": older,
        "units": {row["code"]: name_of(row) for row in found.data["by"].get("unit", ())},
        "drawing_words": (
            gettext("Open cases by district")
            if dimension == "district"
            else f"{titles()[what]} · {measure_name('registered')}"
        ),
        "drawing": (
            draw.district_map(listed, "open")
            if dimension == "district"
            else draw.counts(titles()[what], listed, "registered")
        ),
    }
    return show(request, "rows.html", context)


@public
def row(request: HttpRequest, what: str, code: str) -> HttpResponse:
    """One unit, post, district or subject; for a district, what was reported and what became."""
    dimension = DIMENSIONS.get(what)
    found = asked_stats(request)
    if dimension is None or found is None:
        raise Http404
    mine = next((each for each in scopes(found, dimension) if each.code == code), None)
    rules = stats.rules(found)
    if mine is None:
        return _idle(request, found, what, rules.get(TABLES[dimension], {}).get(code))
    context = base(found) | {
        "here_part": what,
        "name": what,
        "title": titles()[what],
        "scope": mine,
        "table": figure_rows(mine, MAIN),
        "score": score_of(mine),
        "costs": costs_of(mine),
        "terms": _terms(mine),
        "unit": _unit(found, rules, mine),
        "units": _units(found, rules, mine),
        "posts": _posts(found, rules, mine),
        "mirror": mirror(found, code) if dimension == "district" else [],
        "hidden_figure": tell("hidden", found.data["hidden"], "cases"),
        "ranked_from": tell("ranked_from", found.data["ranked_from"], "cases"),
        "before": _before(found, dimension, code),
    }
    return show(request, "row.html", context)


def _idle(
    request: HttpRequest, found: Stats, what: str, named: Mapping[str, Any] | None
) -> HttpResponse:
    """One of which nothing happened in the period. Raises Http404 where the rules know none."""
    if named is None:
        raise Http404
    context = base(found) | {"here_part": what, "name": what, "title": titles()[what]}
    return show(request, "idle.html", context | {"words": name_of({"code": what} | dict(named))})


@public
def ranking(request: HttpRequest) -> HttpResponse:
    """Units, or posts, in the order that the policy wants or in the other one; those of too few
    answers stand below, without a place."""
    found = asked_stats(request)
    if found is None:
        return nothing(request, "ranking")
    name = request.GET.get("of", "units")
    chosen = found.data["weights"].get("rank_by", "score")
    by = request.GET.get("by", chosen)
    if name not in ("units", "managers") or by not in ("score", "satisfaction"):
        raise Http404
    listed = [each for each in scopes(found, DIMENSIONS[name]) if "score" in each.row]
    listed.sort(
        key=lambda each: (
            place_of(each, by) or 1 << 30,
            -each.row["parts"]["satisfied"]["n"],
            each.code,
        )
    )
    shown, newer, older = _cut(request, listed)
    context = base(found) | {
        "here_part": "ranking",
        "of": name,
        "by": by,
        "is_chosen": by == chosen,
        "ways": [
            (gettext("Units"), link(request, of="units"), name == "units"),
            (gettext("Managers"), link(request, of="managers"), name == "managers"),
        ],
        "orders": [
            (gettext("by score"), link(request, by="score"), by == "score"),
            (gettext("by satisfaction"), link(request, by="satisfaction"), by == "satisfaction"),
        ],
        "lines": [line_of(each, place_of(each, by), by) for each in shown],
        "newer": newer,
        "older": older,
        "ranked_figure": tell("ranked_from", found.data["ranked_from"], "cases"),
    }
    return show(request, "ranking.html", context)


@public
def trends(request: HttpRequest) -> HttpResponse:
    """Months and years that are over, each from its own file."""
    found = asked_stats(request)
    if found is None:
        return nothing(request, "trends")
    names = [*stats.periods(), *(each.period for each in stats.months()[:1])]
    monthly = stats.months()[:MONTHS_SHOWN]
    yearly = [each for each in map(stats.find, of_length(names, 4)) if each]
    context = base(found) | {
        "here_part": "trends",
        "waiting": _waiting(found, names),
        "waiting_columns": [(code, measure_name(code)) for code in WAITING],
        "waits_until": _waits_until(found, names),
        "months": [(period_words(each), each.period, whole(each)) for each in monthly],
        "years": [(period_words(each), each.period, whole(each)) for each in yearly],
        "columns": [(code, measure_name(code)) for code in TRENDS],
        "month_chart": _over(monthly),
        "year_chart": _over(yearly),
        "hours": draw.hours(found),
        "days": draw.days(found),
    }
    return show(request, "trends.html", context)


def _terms(scope: Scope) -> list[dict[str, Any]]:
    """The terms of an office, newest first, with what the file tells of each."""
    found = []
    for line in filter(attrgetter("is_shown"), terms_of(scope.row)):
        place = f"{scope.place.removesuffix('/m')}/terms/{line.at}/m"
        row = {**line.row, "code": scope.code}
        one = replace(scope, place=place, row=row, term=line.key)
        told: dict[str, Any] = {"line": line}
        if line.is_told:
            told["score"] = score_of(one)
            told["table"] = figure_rows(one, TERM_FIGURES)
            told["inherited"] = figure_rows(one, line.inherited)
        found.append(told)
    return found


def figure_rows(scope: Scope, codes: Sequence[str]) -> list[dict[str, Any]]:
    """A table of measures: words, figure, n, and where the rows behind it are."""
    return [
        {
            "code": code,
            "words": measure_name(code),
            "value": scope.value(code),
            "n": scope.n_words(code),
            "rows": scope.rows(code),
            "attested": MEASURES[code].source != "log",
        }
        for code in codes
        if code in scope.measures or code in (*MAIN[:8], *INHERITED) or scope.is_hidden(code)
    ]


def mirror(found: Stats, district: str) -> list[dict[str, Any]]:
    """What was reported in a district, and how much of it was closed with all deadlines kept."""
    names = {each["code"]: name_of(each) for each in found.data["by"].get("group", ())}
    period = {} if found.period == LIVE else {"period": found.period}
    asked = f"?{words}" if (words := urlencode(address_of(found))) else ""
    return [
        {
            "code": group,
            "words": names.get(group, group),
            "registered": tell(f"cross/{at}/2", registered, "cases"),
            "kept": tell(f"cross/{at}/3", kept, "cases"),
            "path": reverse("observatory:row", args=["subjects", group]) + asked,
            "rows": f"{reverse('observatory:entries')}?"
            + urlencode(period | {"district": district, "group": group}),
        }
        for at, (where, group, registered, kept) in enumerate(found.data["cross"])
        if where == district
    ]


def _cut(request: HttpRequest, listed: list[Scope]) -> tuple[list[Scope], str | None, str | None]:
    """The rows of one page, and the addresses of the pages before and after it."""
    number = request.GET.get("page", "1")
    if not (number.isascii() and number.isdigit() and 0 < int(number[:6]) <= PAGES_MAX):
        raise Http404
    page = int(number)
    first, end = (page - 1) * ROWS_SHOWN, page * ROWS_SHOWN
    newer = link(request, page=str(page - 1)) if page > 1 else None
    return (
        listed[first:end],
        newer,
        link(request, page=str(page + 1)) if end < len(listed) else None,
    )


def _sorted(listed: list[Scope], sort: str) -> list[Scope]:
    if sort == "name":
        return sorted(listed, key=lambda each: (each.name, each.code))
    return sorted(
        listed,
        key=lambda each: (
            each.is_hidden(sort) or sort not in each.measures,
            -each.measures.get(sort, 0),
            each.code,
        ),
    )


def _shares(found: Stats) -> list[tuple[Scope, Any, Any]]:
    """Subjects with their share of all that was registered."""
    total = found.data["totals"].get("registered", 0)
    listed = sorted(scopes(found, "group"), key=lambda each: -each.measures.get("registered", 0))
    if total < found.small:
        return []
    return [
        (
            each,
            each.linked("registered"),
            show_number(10_000 * each.measures["registered"] // total, "bp"),
        )
        for each in listed
        if each.measures.get("registered", 0) >= found.small
    ]


def _unit(found: Stats, rules: Mapping[str, Any], scope: Scope) -> Mapping[str, Any] | None:
    """The unit of a post, the bearer of a unit; None where the file has none."""
    code = scope.row.get("unit", "")
    if scope.dimension == "unit":
        code = rules.get("units", {}).get(scope.code, {}).get("scored", "")
    if code in ("", scope.code):
        return None
    at = found.row("unit", code)
    return None if at is None else {"code": code, "words": name_of(at[1])}


def _units(found: Stats, rules: Mapping[str, Any], scope: Scope) -> list[Mapping[str, str]]:
    """The units that a district or an organisation answers for, where they have figures."""
    if scope.dimension != "unit":
        return []
    units = rules.get("units", {})
    return [
        {"code": row["code"], "words": name_of(row)}
        for row in found.data["by"].get("unit", ())
        if row["code"] != scope.code and units.get(row["code"], {}).get("scored") == scope.code
    ]


def _posts(found: Stats, rules: Mapping[str, Any], scope: Scope) -> list[Mapping[str, str]]:
    """The posts of a unit that have figures."""
    if scope.dimension != "unit":
        return []
    posts = rules.get("posts", {})
    return [
        {"code": row["code"], "words": name_of(row)}
        for row in found.data["by"].get("post", ())
        if posts.get(row["code"], {}).get("unit", row.get("unit")) == scope.code
    ]


def _before(found: Stats, dimension: str, code: str) -> list[tuple[str, str, Scope]]:
    """The same row in the months before, newest first."""
    listed = []
    for other in stats.months()[:6]:
        if other.period == found.period:
            continue
        listed += [
            (period_words(other), other.period, scope)
            for scope in scopes(other, dimension)
            if scope.code == code
        ]
    return listed


def _over(listed: Sequence[Stats]) -> Chart | None:
    """What was counted otherwise than today is left out: a gap, no change."""
    rows: list[tuple[str, Mapping[str, int | None]]] = []
    for each in reversed(listed):
        city = whole(each)
        known = {
            code: None if city.other_version(code) else city.measures.get(code, 0)
            for code in draw.OVER_TIME
        }
        rows.append((name_of_period(each.period), known))
    return draw.months(rows)


def _waits_until(found: Stats, published: Sequence[str]) -> datetime | None:
    """When the month before the running one is published for good; None when it is, or never."""
    months = [month["period"] for month in found.data["months"]]
    if found.period != LIVE or not months or months[-1] in published:
        return None
    window = stats.rules(found).get("late_window_s")
    return None if window is None else instant(int(found.data["from"]) + window)


def _waiting(found: Stats, published: Sequence[str]) -> list[tuple[str, list[SafeString | str]]]:
    """Months that are over and not published yet, by what the live figures say of them."""
    if found.period != LIVE:
        return []
    rows = []
    for at, month in enumerate(found.data["months"]):
        if month["period"] not in published:
            told = [
                tell(f"months/{at}/m/{code}", month["m"][code], MEASURES[code].unit)
                if code in month["m"]
                else "—"
                for code in WAITING
            ]
            rows.append((name_of_period(month["period"]), told))
    return rows[::-1]
