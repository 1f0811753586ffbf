"""Where it happens: hot cells, and one subject at one place again and again (S17).

Further reports of an event that another case follows are left out: one event is one problem.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from peygir.analysis.cells import around, parent_sql, written
from peygir.analysis.filters import OPENED, Filter, ask, which

NEWEST: Final = 20  # cases of a place that are named
PLACES_MAX: Final = 1000
YEAR: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """`n` cases opened in one cell. `before`: in the span of equal length a year earlier, or just
    before where the filter spans more than half a year. `z`: Getis-Ord Gi*."""

    cell: str
    n: int
    before: int
    z: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One subject at one place (a cell of the finest resolution)."""

    cell: str
    category: str
    n: int
    open: int
    first: date
    last: date
    reporters: int
    again: int  # cases with a second cycle
    case_ids: tuple[int, ...]  # the newest


def before(asked: Filter) -> Filter:
    """The span that `Cell.before` counts."""
    back = YEAR if asked.days * 2 <= YEAR.days else timedelta(days=asked.days)
    return replace(asked, since=asked.since - back, until=asked.until - back)


CELLS: Final = """
select {cell} as cell, count(*) filter (where {opened}), count(*) filter (where {earlier})
from analysis_brief b
where b.cell is not null and not b.merged and (({opened}) or ({earlier})) and {which} group by 1
"""
EARLIER: Final = "b.day >= %(before_since)s and b.day < %(before_until)s"


def hot_spots(asked: Filter, resolution: int = 9) -> list[Cell]:
    """Every cell with a case now or before, hottest first.

    Gi* compares a cell and its neighbours with the mean of the cells that had any case in either
    span: above 1.96 it is hotter than chance explains (95 %), below -1.96 colder.
    """
    where, given = which(asked)
    earlier = before(asked)
    given |= {"before_since": earlier.since, "before_until": earlier.until}
    query = CELLS.format(
        cell=parent_sql("b.cell", resolution), opened=OPENED, earlier=EARLIER, which=where
    )
    rows = ask(query, given)
    z = scores({cell: n for cell, n, _ in rows})
    found = [Cell(cell=written(cell), n=n, before=was, z=z[cell]) for cell, n, was in rows]
    return sorted(found, key=lambda each: (-each.z, -each.n, each.cell))


def scores(counts: Mapping[int, int]) -> dict[int, float]:
    """Gi* of each cell, by Getis and Ord: weight 1 for the cell itself and each neighbour that is
    among `counts`. 0 where all cells are alike, or all are neighbours."""
    total = len(counts)
    if total < 2:
        return dict.fromkeys(counts, 0.0)
    mean = sum(counts.values()) / total
    deviation = math.sqrt(max(0.0, sum(n * n for n in counts.values()) / total - mean * mean))
    found = {}
    for cell in counts:
        near = [counts[each] for each in around(cell) if each in counts]
        spread = deviation * math.sqrt(len(near) * (total - len(near)) / (total - 1))
        found[cell] = round((sum(near) - mean * len(near)) / spread, 2) if spread else 0.0
    return found


# Asked for in their order, groups come out of the index of places one after another, without a
# table of hundreds of thousands of them; only those that are named are looked at.
RECURRING: Final = """
with place as materialized (
 select cell, category, count(*) as n, max(day) as last from (
  select b.cell, b.category, b.day from analysis_brief b
  where b.cell is not null and not b.merged and b.category <> '' and {opened} and {which}
  order by b.cell, b.category) ordered
 group by cell, category having count(*) >= %(least)s
 order by n desc, last desc, cell, category limit %(limit)s)
select p.cell, p.category, p.n, x.open, x.first, p.last, x.reporters, x.again, x.ids
from place p, lateral (
 select count(*) filter (where b.closed_day is null) as open, min(b.day) as first,
  sum(b.reporters) as reporters, count(*) filter (where b.cycle > 1) as again,
  (array_agg(b.case_id order by b.day desc, b.case_id desc))[1:%(newest)s] as ids
 from analysis_brief b
 where b.cell = p.cell and b.category = p.category and not b.merged and {opened} and {which}) x
order by p.n desc, p.last desc, p.cell, p.category
"""


def recurring(asked: Filter, least: int = 3, limit: int = 100) -> list[Place]:
    """Places with at least `least` cases of one subject in the span, most first."""
    where, given = which(asked)
    given |= {"least": least, "limit": min(limit, PLACES_MAX), "newest": NEWEST}
    return [
        Place(
            cell=written(cell),
            category=category,
            n=n,
            open=still_open,
            first=first,
            last=last,
            reporters=reporters,
            again=again,
            case_ids=tuple(ids),
        )
        for cell, category, n, still_open, first, last, reporters, again, ids in ask(
            RECURRING.format(opened=OPENED, which=where), given
        )
    ]
