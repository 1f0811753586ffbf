"""Reading points: sums of a period, and the rows behind them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet, Sum

from peygir.evaluation.models import PENDING, Appeal, Point

ROWS_MAX: Final = 100


def of_units(
    units: Iterable[str], *, since: datetime, until: datetime, limit: int = ROWS_MAX
) -> list[Point]:
    """Points that `units` bear or caused in the period, newest first, each with its objection."""
    found = _in(units, since, until).select_related("appeal", "reverses__appeal")
    return list(found.order_by("-at", "-id")[:limit])


def sums(units: Iterable[str], *, since: datetime, until: datetime) -> dict[str, int]:
    """Unit that held the case -> sum of its points in the period."""
    rows = _in(units, since, until).values_list("unit").annotate(sum=Sum("points")).order_by()
    return dict(rows)


def pending() -> QuerySet[Appeal]:
    """Objections that wait for the centre's head, oldest first."""
    found = Appeal.objects.filter(state=PENDING).select_related("point")
    return found.order_by("filed_at", "id")


def _in(units: Iterable[str], since: datetime, until: datetime) -> QuerySet[Point]:
    wanted = sorted(units)
    return Point.objects.filter(
        Q(unit__in=wanted) | Q(scored__in=wanted), at__gte=since, at__lt=until
    )
