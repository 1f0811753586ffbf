"""The league table of districts and organisations, month by month, and as a file (Q11)."""

from datetime import timedelta
from typing import Any, Final

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from peygir.desk import nav
from peygir.desk.access import StaffRequest, page
from peygir.desk.follow.common import language, unit_name
from peygir.desk.table import csv_file
from peygir.evaluation import periods
from peygir.evaluation import ranking as league
from peygir.evaluation.periods import Month
from peygir.evaluation.ranking import Row, Table
from peygir.evaluation.satisfaction import SHRINK_K
from peygir.look import charts
from peygir.look.dates import month_name
from peygir.look.numbers import fa

MONTHS: Final = 13  # the same month of last year is among them
FRESH: Final = timedelta(days=7)  # so long a new month says nothing yet
COLUMNS: Final = (
    "month", "rank", "unit", "name", "score", "low", "high", "satisfied", "answered", "closed",
    "response", "opened", "points", "points_per_100",
)  # fmt: skip
SORTS: Final = ("rank", "response", "points")


@page("ranking")
@require_GET
def ranking(request: StaffRequest) -> HttpResponse:
    """The table; `month` (1405-08) and `sort` stand in the address."""
    zone = request.policy.calendar.zone
    month = _month(request)
    table = league.table(request.policy, month, periods.before(month, zone))
    sort = request.GET.get("sort", "")
    context = {
        "month": month,
        "month_words": _words(month),
        "months": [(one.key, _words(one)) for one in periods.last(request.at, zone, MONTHS)],
        "known": request.GET.get("month", "") in ("", month.key),
        "rows": [_row(request, row) for row in _sorted(table, sort)],
        "average": table.average,
        "k": SHRINK_K,
        "least": league.RANKED_FROM,
        "sorts": {key: f"?month={month.key}&sort={key}" for key in SORTS},
        "csv_path": f"{reverse('desk:ranking_csv')}?month={month.key}",
    }
    return nav.show(request, "desk/follow/ranking.html", context, here="ranking")


@page("ranking")
@require_GET
def ranking_csv(request: StaffRequest) -> HttpResponse:
    """The same numbers for a spreadsheet: UTF-8 with a mark, Latin digits, codes beside names."""
    month = _month(request)
    table = league.table(request.policy, month)
    rows = (_cells(request, month, row) for row in table.rows)
    return csv_file(f"ranking-{month.key}", [COLUMNS, *rows])


def _month(request: StaffRequest) -> Month:
    """The month in the address; else the present one, or in its first week the one before."""
    zone = request.policy.calendar.zone
    asked = periods.parse(request.GET.get("month", ""), zone)
    return asked or periods.month_of(request.at - FRESH, zone)


def _words(month: Month) -> str:
    return f"{month_name(month.month)} {fa(str(month.year))}"


def _sorted(table: Table, sort: str) -> list[Row]:
    if sort == "points":
        return sorted(table.rows, key=lambda row: row.per_hundred or 0)
    if sort == "response":
        return sorted(table.rows, key=lambda row: -(row.counted.response or 0))
    return table.rows


def _row(request: StaffRequest, row: Row) -> dict[str, Any]:
    low, high = round(row.low * 100), round(row.high * 100)
    return {
        "row": row,
        "name": unit_name(request.policy, row.unit),
        "own": row.unit in request.actor.sees,
        "interval": charts.interval(round(row.score * 100), low, high).svg
        if row.counted.answered
        else "",
        "low": low,
        "high": high,
        "note": "" if row.rank else _("too few answers to rank"),
    }


def _cells(request: StaffRequest, month: Month, row: Row) -> list[object]:
    counted = row.counted
    return [
        month.key,
        row.rank or "",
        row.unit,
        request.policy.organisation.units[row.unit].words.in_(language()),
        f"{row.score:.4f}",
        f"{row.low:.4f}",
        f"{row.high:.4f}",
        counted.satisfied,
        counted.answered,
        counted.closed,
        "" if counted.response is None else f"{counted.response:.4f}",
        row.opened,
        row.points,
        "" if row.per_hundred is None else f"{row.per_hundred:.2f}",
    ]
