"""Scores of posts, "why am I ninth?", and what audits should look at (S3, S27, S29)."""

from datetime import UTC, datetime
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from peygir.cases.models import Case
from peygir.desk import nav
from peygir.desk.access import StaffRequest, page
from peygir.desk.follow import published, second, terms
from peygir.desk.follow.common import language
from peygir.evaluation import scores
from peygir.evaluation.scores import Cost, Data
from peygir.look.told import show_number

PARTS: Final = {
    "timely": _("Timely"),
    "resolved": _("Resolved at the first attempt"),
    "satisfied": _("Satisfied"),
    "quality": _("Right when inspected"),
    "points": _("Negative points"),
}


@page("ranking")
@require_GET
def table(request: StaffRequest) -> HttpResponse:
    """Posts (managers); `period` (1405-07, live) stands in the address."""
    period, data = published.asked(request)
    context = published.head(request, period, data) | {"here_part": "scores", "sorts": None}
    if data is not None:
        by = published.order(request, data)
        rows = scores.judged(data, "post", by=by)
        context |= published.orders(data, period, by, of="managers")
        context["rows"] = [published.line(request, data, "post", row, by) for row in rows]
    return nav.show(request, "desk/follow/scores.html", context, here="ranking")


@page("ranking")
@require_GET
def why(request: StaffRequest, unit: str) -> HttpResponse:
    """What a unit's or a post's place is made of, and the cases that cost it most."""
    period, data = published.asked(request)
    dimension, row = _found(data, unit)
    if data is None or row is None or "parts" not in row:
        raise Http404
    costs = scores.costs(row)
    seen = _seen(request, costs)
    weights = data["weights"]["parts"]
    context = published.head(request, period, data) | {
        "here_part": "ranking" if dimension == "unit" else "scores",
        "row": published.line(request, data, dimension, row, scores.SCORE),
        "place": row.get("rank"),
        "terms": terms.told(data, dimension, row),
        "outside": _outside(period, row["code"]) if dimension == "post" else "",
        "peer_place": row.get("peer_rank"),
        "ranked_by": scores.ranked_by(data),
        "least": data["ranked_from"],
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
            (
                data["measures"][what][language()],
                show_number(number, data["measures"][what]["unit"]),
            )
            for what, number in sorted(row["m"].items())
            if what in data["measures"]
        ],
    }
    return nav.show(request, "desk/follow/why.html", context, here="ranking")


@page("ranking")
@require_GET
def audits(request: StaffRequest) -> HttpResponse:
    """Figures that look like gaming: each a reason to look, not a verdict."""
    period, data = published.asked(request)
    context = published.head(request, period, data) | {"here_part": "score_audits"}
    context |= second.counted(request)
    if data is not None:
        context["corrected"] = scores.corrected(data)
        context["language"] = language()
        context["odd"] = [
            {
                "code": each.unit,
                "unit": _name(data, each.unit),
                "what": data["measures"][each.what][language()],
                "how": data["measures"][each.what][f"how_{language()}"],
                "share": each.share / scores.FULL,
                "n": each.n,
            }
            for each in scores.oddities(data, published.before(request, data))
        ]
    return nav.show(request, "desk/follow/audits.html", context, here="ranking")


def _found(data: Data | None, code: str) -> tuple[str, Data | None]:
    """The dimension and the row of a unit or a post."""
    for dimension in ("unit", "post"):
        row = scores.row_of(data, dimension, code) if data else None
        if row is not None:
            return dimension, row
    return "", None


def _outside(period: str, post: str) -> str:
    """The public page of a post, where every number leads to its entries."""
    asked = "" if period == scores.LIVE else f"?{urlencode({'period': period})}"
    return reverse("observatory:row", args=["managers", post]) + asked


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
