"""Before and after a version took force at a unit (M3, M11): how fast, and how satisfied.

Both spans are equally long, and each is looked at as if on its last day: what was answered later
does not count in either, so that the younger span is not flattered or punished for being young.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from peygir.evaluation import satisfaction
from peygir.evaluation.satisfaction import Satisfaction
from peygir.policy.model import CityPolicy
from peygir.policy.vocabulary import SCORED_KINDS

SPAN_MAX: Final = timedelta(days=90)

SPEED: Final = """
select w.root, w.side, count(*),
 percentile_disc(0.5) within group (order by coalesce(extract(epoch from
  case when c.determined_at < w.until then c.determined_at - c.opened_at end), 'infinity'::float8)),
 percentile_disc(0.5) within group (order by coalesce(extract(epoch from
  case when c.closed_at < w.until then c.closed_at - c.opened_at end), 'infinity'::float8))
from unnest(%(roots)s::text[], %(sides)s::int[], %(units)s::text[], %(since)s::timestamptz[],
 %(until)s::timestamptz[]) as w(root, side, unit, since, until)
join cases_case c on c.executive_unit = w.unit and c.opened_at >= w.since and c.opened_at < w.until
 and c.lead_id is null
group by 1, 2
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One side. Medians are None when half of the cases had not come so far."""

    since: datetime
    until: datetime
    n: int = 0
    determined: timedelta | None = None
    closed: timedelta | None = None
    satisfied: Satisfaction = field(default_factory=Satisfaction)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One unit of a rollout; spans are None while its day lies ahead."""

    unit: str
    since: datetime
    before: Span | None = None
    after: Span | None = None


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


def compare(
    policies: Iterable[CityPolicy], dates: Mapping[str, datetime], *, at: datetime
) -> list[Row]:
    """The rows of a rollout, in the order of their dates. `policies`: both versions."""
    known = list(policies)
    spans = {unit: _spans(since, at) for unit, since in dates.items() if since < at}
    below = {unit: _below(known, unit) for unit in spans}
    spans = _with_speed(spans, below)
    rows = []
    for unit, since in sorted(dates.items(), key=lambda row: (row[1], row[0])):
        sides = spans.get(unit)
        if sides is None:
            rows.append(Row(unit=unit, since=since))
            continue
        before, after = (_with_satisfaction(known, side, below[unit]) for side in sides)
        rows.append(Row(unit=unit, since=since, before=before, after=after))
    return rows


def open_by_version() -> dict[str, int]:
    """Digest -> open cases that live under it: both flows, side by side."""
    with connection.cursor() as cursor:
        cursor.execute("select policy, count(*) from cases_case where closed_at is null group by 1")
        return dict(cursor.fetchall())


def _spans(since: datetime, at: datetime) -> tuple[Span, Span]:
    length = min(at - since, SPAN_MAX)
    return Span(since=since - length, until=since), Span(since=since, until=since + length)


def _below(policies: Iterable[CityPolicy], unit: str) -> list[str]:
    """The unit and every unit under it ("": every unit), in any of the versions."""
    found = {
        code
        for policy in policies
        for code in policy.organisation.units
        if not unit or unit in policy.organisation.ancestors(code)
    }
    return sorted(found)


def _with_speed(
    spans: Mapping[str, tuple[Span, Span]], below: Mapping[str, list[str]]
) -> dict[str, tuple[Span, Span]]:
    given: dict[str, list[object]] = defaultdict(list)
    for root, sides in spans.items():
        for side, span in enumerate(sides):
            for unit in below[root]:
                row = (root, side, unit, span.since, span.until)
                for name, value in zip(
                    ("roots", "sides", "units", "since", "until"), row, strict=True
                ):
                    given[name].append(value)
    if not given:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(SPEED, given)
        rows = {(root, side): rest for root, side, *rest in cursor.fetchall()}
    return {
        root: (_timed(before, rows.get((root, 0))), _timed(after, rows.get((root, 1))))
        for root, (before, after) in spans.items()
    }


def _timed(span: Span, row: list[float] | None) -> Span:
    if row is None:
        return span
    n, determined, closed = row
    return replace(span, n=int(n), determined=_time(determined), closed=_time(closed))


def _time(seconds: float) -> timedelta | None:
    return None if seconds == float("inf") else timedelta(seconds=seconds)


def _with_satisfaction(policies: list[CityPolicy], span: Span, units: list[str]) -> Span:
    found = satisfaction.by_unit(policies[0], units, since=span.since, until=span.until)
    return replace(span, satisfied=satisfaction.total(found.values()))
