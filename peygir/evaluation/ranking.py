"""The league table of districts and organisations over a Jalali month (Q11).

Satisfaction ranks; negative points and the response rate stand beside it. Few answers are drawn to
the city's average and are not ranked at all below RANKED_FROM, because one angry caller of seven
would otherwise decide a month.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from django.db import connection
from django.db.models import Sum

from peygir.evaluation import satisfaction
from peygir.evaluation.models import Point
from peygir.evaluation.periods import Month
from peygir.evaluation.satisfaction import Satisfaction
from peygir.policy.model import CityPolicy
from peygir.policy.vocabulary import SCORED_KINDS

RANKED_FROM: Final = 30  # answers; below, the interval is wider than the differences

OPENED: Final = """
select executive_unit, count(*) from cases_case
where opened_at >= %s and opened_at < %s and executive_unit <> '' group by executive_unit
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One scored unit. `score`, `low`, `high` and `response` are shares; `points` is 0 or less."""

    unit: str
    rank: int | None  # None: too few answers
    score: float
    low: float
    high: float
    counted: Satisfaction
    opened: int
    points: int
    change: int | None = None  # places gained since the month before

    @property
    def per_hundred(self) -> float | None:
        """Points per 100 cases registered in the month; None without cases."""
        return self.points * 100 / self.opened if self.opened else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """All scored units, ranked ones first, and the average that the shrinking draws to."""

    month: Month
    average: float | None  # None: nobody answered
    rows: list[Row] = field(default_factory=list)


def table(policy: CityPolicy, month: Month, previous: Month | None = None) -> Table:
    """The league table of `month`; with `previous`, how far each has moved since."""
    made = _table(policy, month)
    if previous is None:
        return made
    earlier = {row.unit: row.rank for row in _table(policy, previous).rows}
    rows = [_moved(row, earlier.get(row.unit)) for row in made.rows]
    return Table(month=month, average=made.average, rows=rows)


def scored_units(policy: CityPolicy) -> list[str]:
    """Districts and organisations that answer for some subject, in the order of the chart."""
    units = policy.organisation.units
    bearing = {policy.organisation.scored(code) for code, unit in units.items() if unit.function}
    bearing |= {
        policy.organisation.scored(unit)
        for unit in policy.organisation.functions.values()
        if unit in units
    }
    return [code for code, unit in units.items() if unit.kind in SCORED_KINDS and code in bearing]


def _table(policy: CityPolicy, month: Month) -> Table:
    ranked = scored_units(policy)
    bearer = {u: policy.organisation.scored(u) for u in policy.organisation.units}
    below = [u for u, scored in bearer.items() if scored in set(ranked)]
    found = satisfaction.by_unit(policy, below, since=month.since, until=month.until)
    sums = {unit: Satisfaction() for unit in ranked}
    for unit, counted in found.items():
        sums[bearer[unit]] += counted
    whole = satisfaction.total(sums.values())
    prior = whole.rate if whole.rate is not None else 0.5
    opened, points = _opened(month, bearer), _points(month)
    rows = [
        _row(unit, counted, prior, opened.get(unit, 0), points.get(unit, 0))
        for unit, counted in sums.items()
    ]
    return Table(month=month, average=whole.rate, rows=_in_order(rows))


def _row(unit: str, counted: Satisfaction, prior: float, opened: int, points: int) -> Row:
    low, high = counted.interval
    score = counted.shrunk(prior)
    return Row(
        unit=unit,
        rank=None,
        score=score,
        low=min(low, score),  # a shrunk score may leave the raw interval; the drawing holds both
        high=max(high, score),
        counted=counted,
        opened=opened,
        points=points,
    )


def _in_order(rows: list[Row]) -> list[Row]:
    """Ranked ones by score, then fewer points per case; the others below, by how many answered."""
    ranked = [r for r in rows if r.counted.answered >= RANKED_FROM]
    ranked.sort(key=lambda r: (-r.score, -(r.per_hundred or 0), r.unit))
    placed = [_with(row, rank=place) for place, row in enumerate(ranked, start=1)]
    others = [r for r in rows if r.counted.answered < RANKED_FROM]
    return placed + sorted(others, key=lambda r: (-r.counted.answered, r.unit))


def _moved(row: Row, earlier: int | None) -> Row:
    if row.rank is None or earlier is None:
        return row
    return _with(row, rank=row.rank, change=earlier - row.rank)


def _with(row: Row, *, rank: int, change: int | None = None) -> Row:
    fields = {name: getattr(row, name) for name in Row.__dataclass_fields__}
    return Row(**(fields | {"rank": rank, "change": change}))


def _opened(month: Month, bearer: Mapping[str, str]) -> dict[str, int]:
    sums: dict[str, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(OPENED, [month.since, month.until])
        for unit, count in cursor.fetchall():
            scored = bearer.get(unit, unit)
            sums[scored] = sums.get(scored, 0) + count
    return sums


def _points(month: Month) -> dict[str, int]:
    found = Point.objects.filter(at__gte=month.since, at__lt=month.until)
    return dict(found.values_list("scored").annotate(sum=Sum("points")).order_by())
