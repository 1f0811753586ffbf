"""Bodies outside the municipality: the directory, and what was handed over to each (S8, S18)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from peygir.boards import outside as board
from peygir.boards.outside import Figures, Line
from peygir.calendars.jalali import numeric
from peygir.desk import nav
from peygir.desk.access import StaffRequest, page
from peygir.desk.follow.common import day_of, instant_of, language, unit_name
from peygir.desk.table import csv_file
from peygir.look import charts
from peygir.look.dates import jalali_words, local
from peygir.people.models import Reporter
from peygir.policy.model import OutsideBody

PERIOD: Final = timedelta(days=30)
BARS_MAX: Final = 12
COLUMNS: Final = ("code", "handed_over", "words", "address", "district", "answered", "closed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From `since` up to, not including, `until`; `query` says it in an address."""

    since: datetime
    until: datetime
    query: str
    typed: tuple[str, str]


@page("outside")
@never_cache
@require_GET
def directory(request: StaffRequest) -> HttpResponse:
    """Every body, how to reach it, and its figures of the period."""
    period, bodies = _period(request), request.policy.organisation.outside_bodies
    found = board.figures(since=period.since, until=period.until, at=request.at)
    rows = [(code, body, found.get(code, Figures(body=code))) for code, body in bodies.items()]
    rows.sort(key=lambda row: (-row[2].waiting, -row[2].total))
    context = {
        "rows": rows,
        "total": sum(one.total for one in found.values()),
        "waiting": sum(one.waiting for one in found.values()),
        "late": sum(one.late for one in found.values()),
        "answered": sum(one.answered for one in found.values()),
        "drawing": _drawing(rows),
        "period": period,
        "how": _how,
    }
    return nav.show(request, "desk/follow/outside.html", context, here="outside")


@page("outside")
@never_cache
@require_GET
def body(request: StaffRequest, code: str) -> HttpResponse:
    """The hand-over list of one body and period: on the screen, and printed as a letter's list."""
    named, period = _body(request, code), _period(request)
    waiting = "waiting" in request.GET
    lines = _lines(request, code, period, waiting=waiting)
    phones = _phones(request, lines)
    context = {
        "body": named,
        "code": code,
        "how": _how(named),
        "period": period,
        "waiting": waiting,
        "lines": [(line, _district(request, line), phones.get(line.case.pk, "")) for line in lines],
        "shows_phones": _gives_phones(request),
        "late": sum(
            line.waits and bool(line.due_at and line.due_at <= request.at) for line in lines
        ),
        "most": board.LIST_MAX if len(lines) == board.LIST_MAX else None,
        "csv_path": f"csv/?{period.query}{'&waiting=1' if waiting else ''}",
        "unit": unit_name(
            request.policy, request.policy.organisation.posts[request.actor.post].unit
        )
        if request.actor.post in request.policy.organisation.posts
        else "",
    }
    return nav.show(request, "desk/follow/outside_body.html", context, here="outside")


@page("outside")
@never_cache
@require_GET
def body_csv(request: StaffRequest, code: str) -> HttpResponse:
    """The same list as a file for the body. No caller's number, unless the city says so."""
    _body(request, code)
    lines = _lines(request, code, _period(request), waiting="waiting" in request.GET)
    phones = _phones(request, lines)
    gives = _gives_phones(request)
    rows = [
        [*_cells(request, line), *([phones.get(line.case.pk, "")] if gives else [])]
        for line in lines
    ]
    return csv_file(f"outside-{code}", [[*COLUMNS, *(["phone"] if gives else [])], *rows])


def _body(request: StaffRequest, code: str) -> OutsideBody:
    found = request.policy.organisation.outside_bodies.get(code)
    if found is None:
        raise Http404
    return found


def _period(request: StaffRequest) -> Period:
    """As typed (Jalali days), else the last thirty days. The last day counts."""
    first, last = day_of(request.GET.get("from", "")), day_of(request.GET.get("to", ""))
    until = instant_of(request.policy, last) + timedelta(days=1) if last else request.at
    since = instant_of(request.policy, first) if first else until - PERIOD
    ends = until - timedelta(seconds=1)
    typed = (numeric(local(since).date()), numeric(local(ends).date()))
    return Period(since=since, until=until, typed=typed, query=f"from={typed[0]}&to={typed[1]}")


def _lines(request: StaffRequest, code: str, period: Period, *, waiting: bool) -> Sequence[Line]:
    return board.lines(request.actor, code, since=period.since, until=period.until, waiting=waiting)


def _how(body: OutsideBody) -> str:
    return _("by letter") if body.by == "letter" else _("by list")


def _gives_phones(request: StaffRequest) -> bool:
    """Whether the city hands a caller's number over (city.toml: outside_phones = true)."""
    return request.policy.city.get("outside_phones") is True


def _phones(request: StaffRequest, lines: Sequence[Line]) -> dict[int, str]:
    """The first reporter's number of each case, where the city gives it."""
    if not _gives_phones(request):
        return {}
    ids = [line.case.pk for line in lines]
    first = Reporter.objects.filter(case_id__in=ids, citizen__phone__isnull=False)
    rows = first.order_by("-id").values_list("case_id", "citizen__phone")
    return {case_id: phone or "" for case_id, phone in rows}


def _district(request: StaffRequest, line: Line) -> str:
    names = request.policy.organisation.districts.get(line.case.district or 0)
    return names.in_(language()) if names else ""


def _cells(request: StaffRequest, line: Line) -> list[str]:
    answered, closed = line.handed.answered_at, line.case.closed_at
    return [
        line.case.code,
        jalali_words(line.handed.at),
        line.said.words,
        line.said.address,
        _district(request, line),
        jalali_words(answered) if answered else "",
        jalali_words(closed) if closed else "",
    ]


def _drawing(rows: Sequence[tuple[str, OutsideBody, Figures]]) -> charts.Chart | None:
    most = [row for row in sorted(rows, key=lambda row: -row[2].total) if row[2].total][:BARS_MAX]
    if not most:
        return None
    return charts.bars(
        _("Handed over by body"),
        [body.in_(language()) for _code, body, _figures in most],
        [
            charts.Series(_("Handed over"), [float(one.total) for *_rest, one in most]),
            charts.Series(_("Waiting for an answer"), [float(one.waiting) for *_rest, one in most]),
        ],
    )
