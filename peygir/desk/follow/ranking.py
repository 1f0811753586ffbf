"""The ranking of districts and organisations as it was published, on a page and as a file (Q11).

The numbers are those that citizens see in the observatory, from the same file of the public log.
"""

from typing import Final

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from peygir.desk import nav
from peygir.desk.access import StaffRequest, page
from peygir.desk.follow import published
from peygir.desk.follow.common import language
from peygir.desk.table import csv_file
from peygir.evaluation import scores
from peygir.evaluation.scores import FULL, Data

COLUMNS: Final = (
    "period", "by", "rank", "unit", "name", "value", "low", "high", "score", "satisfied", "answers",
    "asked", "response", "registered", "points",
)  # fmt: skip
RANK, RESPONSE, POINTS = "rank", "response", "points"
SORTS: Final = (RANK, RESPONSE, POINTS)


@page("ranking")
@require_GET
def ranking(request: StaffRequest) -> HttpResponse:
    """The table; `period` (1405-08, live), `by` (score, satisfaction), `sort` in the address."""
    period, data = published.asked(request)
    context = published.head(request, period, data) | {"here_part": "ranking"}
    if data is not None:
        by, sort = published.order(request, data), request.GET.get("sort", RANK)
        old = published.before(request, data)
        context |= published.orders(data, period, by, of="units") | {
            "rows": [
                published.line(request, data, "unit", row, by, old)
                for row in _sorted(data, by, sort)
            ],
            "podium": scores.podium(data),
            "language": language(),
            "least": data["ranked_from"],
            "sorts": {
                key: f"?{urlencode({'period': period, 'by': by} | {'sort': key})}" for key in SORTS
            },
            "csv_path": f"{reverse('desk:ranking_csv')}?{urlencode({'period': period, 'by': by})}",
        }
    return nav.show(request, "desk/follow/ranking.html", context, here="ranking")


@page("ranking")
@require_GET
def ranking_csv(request: StaffRequest) -> HttpResponse:
    """The same numbers for a spreadsheet: UTF-8 with a mark, Latin digits, codes beside names."""
    period, data = published.asked(request)
    rows: list[list[object]] = []
    if data is not None:
        by = published.order(request, data)
        rows = [_cells(data, period, by, row) for row in scores.judged(data, by=by)]
    return csv_file(f"ranking-{period}", [COLUMNS, *rows])


def _sorted(data: Data, by: str, sort: str) -> list[Data]:
    rows = scores.judged(data, by=by)
    if sort == POINTS:
        return sorted(rows, key=lambda row: row["m"].get("points", 0) / max(1, row["n"]))
    if sort == RESPONSE:
        return sorted(rows, key=lambda row: -row["m"].get("response_bp", 0))
    return rows


def _cells(data: Data, period: str, by: str, row: Data) -> list[object]:
    measures = row["m"]
    _at, value, low, high = published.value_of(row, by)
    return [
        period,
        by,
        scores.place_of(row, by) or "",
        row["code"],
        row[language()],
        *(f"{each / 100:.2f}" for each in (value, low, high, row["score"])),
        _share(data, row, "satisfied_bp"),
        row["parts"]["satisfied"]["n"],
        measures.get("asked", 0),
        _share(data, row, "response_bp"),
        measures.get("registered", 0),
        measures.get("points", 0),
    ]


def _share(data: Data, row: Data, what: str) -> str:
    if what not in row["m"] or published.is_of_few(data, row, what):
        return ""
    return f"{row['m'][what] / FULL:.4f}"
