"""Published scores, "why am I ninth?", and what audits should look at (S3, S27, S29)."""

from datetime import UTC, datetime
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from peygir.cases.models import Case
from peygir.desk import nav
from peygir.desk.access import StaffRequest, page
from peygir.desk.follow.common import language
from peygir.evaluation import periods, scores
from peygir.evaluation.scores import LIVE, Cost, Data

PARTS: Final = {
    "timely": _("Timely"),
    "resolved": _("Resolved at the first attempt"),
    "satisfied": _("Satisfied"),
    "quality": _("Right when inspected"),
    "points": _("Negative points"),
}
MONTHS: Final = 12


@page("ranking")
@require_GET
def table(request: StaffRequest) -> HttpResponse:
    """Units and posts by score; `period` (1405-07, live) stands in the address."""
    period, data = _asked(request)
    context = _common(request, period, data)
    if data is not None:
        context |= {
            "units": [_row(request, row) for row in scores.judged(data)],
            "posts": [_row(request, row) for row in scores.judged(data, "post")],
            "podium": [_row(request, row) for row in scores.podium(data)],
            "totals": data["totals"],
        }
    return nav.show(request, "desk/follow/scores.html", context, here="ranking")


@page("ranking")
@require_GET
def why(request: StaffRequest, unit: str) -> HttpResponse:
    """What a unit's or a post's place is made of, and the cases that cost it most."""
    period, data = _asked(request)
    row = data and (scores.row_of(data, "unit", unit) or scores.row_of(data, "post", unit))
    if data is None or not row or "parts" not in row:
        raise Http404
    costs = scores.costs(row)
    seen = _seen(request, costs)
    weights = data["weights"]["parts"]
    context = _common(request, period, data) | {
        "row": _row(request, row),
        "parts": [
            (
                PARTS[name],
                weights[name],
                part,
                [_cost(each, seen) for each in costs if each.part == name],
            )
            for name, part in sorted(row["parts"].items(), key=lambda pair: -weights[pair[0]])
        ],
        "pointed": [_cost(each, seen) for each in costs if each.part == "points"],
        "lost": row["penalty"],
        "measures": [
            (data["measures"][what][language()], number, data["measures"][what]["unit"])
            for what, number in sorted(row["m"].items())
            if what in data["measures"]
        ],
    }
    return nav.show(request, "desk/follow/why.html", context, here="ranking")


@page("ranking")
@require_GET
def audits(request: StaffRequest) -> HttpResponse:
    """Figures that look like gaming: each a reason to look, not a verdict."""
    period, data = _asked(request)
    context = _common(request, period, data)
    if data is not None:
        months = data["months"]
        before = scores.read(months[-1]["period"]) if months else None
        context["odd"] = [
            {
                "unit": _name(data, each.unit),
                "what": data["measures"][each.what][language()],
                "how": data["measures"][each.what][f"how_{language()}"],
                "share": each.share / scores.FULL,
                "n": each.n,
            }
            for each in scores.oddities(data, before)
        ]
    return nav.show(request, "desk/follow/audits.html", context, here="ranking")


def _asked(request: StaffRequest) -> tuple[str, Data | None]:
    """The period in the address, else the running month."""
    asked = request.GET.get("period", "")
    month = periods.parse(asked, request.policy.calendar.zone)
    period = LIVE if month is None else month.key
    return period, scores.read(period)


def _common(request: StaffRequest, period: str, data: Data | None) -> dict[str, Any]:
    months = periods.last(request.at, request.policy.calendar.zone, MONTHS)
    return {
        "period": period,
        "periods": [LIVE, *(each.key for each in months)],
        "data": data,
        "made": datetime.fromtimestamp(data["until"], UTC) if data else None,
        "basis": data["basis"] if data else None,
        "weights": data["weights"] if data else None,
    }


def _row(request: StaffRequest, row: Data) -> dict[str, Any]:
    return {
        "code": row["code"],
        "name": row[language()],
        "rank": row.get("rank"),
        "peer_rank": row.get("peer_rank"),
        "score": row["score"] / 100,
        "low": row["low"] / 100,
        "high": row["high"] / 100,
        "n": row["n"],
        "answers": row["parts"]["satisfied"]["n"],
        "points": row["m"].get("points", 0),
        "own": row["code"] in request.actor.sees,
    }


def _cost(cost: Cost, seen: dict[int, str]) -> dict[str, Any]:
    return {
        "cost": cost.cost / 100,
        "at": datetime.fromtimestamp(cost.at, UTC),
        "leaf": cost.leaf,
        "public": cost.public,
        "code": seen.get(cost.case_id or 0, ""),
    }


def _seen(request: StaffRequest, costs: list[Cost]) -> dict[int, str]:
    """Tracking codes of those cases that this person may see."""
    wanted = [each.case_id for each in costs if each.case_id is not None]
    mine = Case.objects.visible_to(request.actor).filter(pk__in=wanted)
    return dict(mine.values_list("pk", "code"))


def _name(data: Data, code: str) -> str:
    row = scores.row_of(data, "unit", code)
    return str(row[language()]) if row else code
