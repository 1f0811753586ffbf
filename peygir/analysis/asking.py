"""What is asked of the rows. One statement each; whole numbers; no clock but that of `asof`.

`opened` are cases opened in the span, `closed` those closed in it whenever they were opened; `late`
and `again` (a second cycle) speak of the cases opened in the span, as they stand today. A sealed
case is in nothing. Sums over one dimension are the sums over any other.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from peygir.analysis.counts import counted, week_of
from peygir.analysis.filters import CLOSED, OPENED, Filter, ask, narrowed, values, which
from peygir.analysis.models import Mark
from peygir.analysis.places import Cell, Place, hot_spots, recurring
from peygir.analysis.rows import Rows, cases
from peygir.analysis.waiting import Stay, Wait, longest, waits
from peygir.calendars.jalali import from_jalali, to_jalali

__all__ = [
    "Again", "Cell", "Filter", "Flow", "Moment", "Place", "Rows", "Stay", "Sum", "Wait", "asof",
    "by", "cases", "flows", "hot_spots", "longest", "narrowed", "recurring", "rhythm",
    "second_cycles", "trend", "waits",
]  # fmt: skip

Step = Literal["day", "week", "month"]
Dimension = Literal["category", "district", "unit", "channel", "kind", "ending"]
DIMENSIONS: Final = ("category", "district", "unit", "channel", "kind", "ending")
WEEK_H: Final = 168
Z: Final = 1.959964  # of Wilson's interval: 95 %


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A day, or the week or Jalali month that begins with it (cut at the ends of the filter)."""

    day: date
    opened: int
    closed: int
    late: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """Cases of one `code` (a district's is its number; "": none was given yet).

    `waited_median_s`: from opening to closing, of those closed in the span; at most 1/32 too low,
    as in the public figures. None where none was closed.
    """

    code: str
    opened: int
    closed: int
    late: int
    again: int
    waited_median_s: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """How often a case went from one unit to another."""

    from_unit: str
    to_unit: str
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """Of `n` cases opened, those that had a second cycle: the share with its 95 % interval."""

    code: str
    n: int
    again: int
    share: float
    low: float
    high: float


def asof() -> datetime | None:
    """Up to when the rows are kept; None before the first filling is done."""
    mark = Mark.objects.filter(filling=None).first()
    return mark.at if mark is not None else None


DAYS: Final = """
with pairs as materialized (
 select b.day, b.closed_day, count(*) as n, count(*) filter (where b.late) as late
 from analysis_brief b where (({opened}) or ({closed})) and {which} group by 1, 2)
select day, sum(opened)::bigint, sum(closed)::bigint, sum(late)::bigint from (
 select day, n as opened, 0 as closed, late from pairs b where {opened}
 union all select closed_day, 0, n, 0 from pairs b where {closed}) each group by day
"""
DAYS_SUMMED: Final = """
select t.code::date, t.opened, t.closed, t.late from analysis_tally t
where t.dimension = 'day' and t.week >= %(week)s and t.week < %(until)s
 and t.code >= %(since)s::date::text and t.code < %(until)s::date::text
"""


def trend(asked: Filter, step: Step = "day") -> list[Moment]:
    """Every step of the filter's days in order, those without a case too."""
    where, given = which(asked)
    query = DAYS.format(opened=OPENED, closed=CLOSED, which=where)
    if not asked.narrows:
        query, given = DAYS_SUMMED, given | {"week": week_of(asked.since)}
    found: dict[date, list[int]] = {}
    begins = STEPS[step]
    for n in range(asked.days):
        found.setdefault(_begin(begins, asked.since + timedelta(n), asked.since), [0, 0, 0])
    for day, *counts in ask(query, given):
        sums = found[_begin(begins, day, asked.since)]
        sums[:] = [a + b for a, b in zip(sums, counts, strict=True)]
    return [
        Moment(day=day, opened=opened, closed=closed, late=late)
        for day, (opened, closed, late) in found.items()
    ]


def _begin(begins: Callable[[date], date], day: date, since: date) -> date:
    return max(begins(day), since)


def _month(day: date) -> date:
    year, month, _ = to_jalali(day)
    return from_jalali(year, month, 1)


STEPS: Final[dict[str, Callable[[date], date]]] = {
    "day": lambda day: day,
    "week": week_of,
    "month": _month,
}


def rhythm(asked: Filter) -> list[list[int]]:
    """Cases opened by weekday (from Saturday) and hour (0 to 23)."""
    inner, given = counted(asked, "hour")
    query = f"select code::int, sum(opened)::bigint from ({inner}) c group by 1"  # noqa: S608 - constants
    hours = dict(ask(query, given))
    return [[hours.get(day * 24 + hour, 0) for hour in range(24)] for day in range(7)]


BY: Final = """
with counts as (
 select code, step, sum(opened) as opened, sum(closed) as closed, sum(late) as late,
  sum(again) as again
 from ({counted}) c group by 1, 2),
ranked as (
 select *, sum(closed) over (partition by code order by step nulls last) as upto,
  sum(closed) over (partition by code) as all_closed from counts)
select code, sum(opened)::bigint, sum(closed)::bigint, sum(late)::bigint,
 sum(again)::bigint, min(step) filter (where closed > 0 and 2 * upto >= all_closed)
from ranked group by code having sum(opened) + sum(closed) > 0 order by 2 desc, 1
"""


def by(asked: Filter, dimension: Dimension) -> list[Sum]:
    """Sums of each code that has any case, most opened first."""
    assert dimension in DIMENSIONS
    query, given = counted(asked, dimension)
    return [
        Sum(
            code=code,
            opened=opened,
            closed=closed,
            late=late,
            again=again,
            waited_median_s=median,
        )
        for code, opened, closed, late, again, median in ask(BY.format(counted=query), given)
    ]


def flows(asked: Filter) -> list[Flow]:
    """Hand-overs of the filter's days between different units, most frequent first.

    Of the filter, days, district, category and group count; a unit limits to hand-overs that it or
    one below it gave or took. Channel and kind are not kept of a hand-over.
    """
    parts = ["h.day >= %(since)s and h.day < %(until)s"]
    parts += ["h.district = %(district)s"] * (asked.district is not None)
    parts += ["h.category = %(category)s"] * bool(asked.category)
    parts += ["h.category = any(%(categories)s)"] * bool(asked.group)
    if asked.unit:
        parts.append("(h.from_unit = any(%(units)s) or h.to_unit = any(%(units)s))")
    query = (
        "select h.from_unit, h.to_unit, sum(h.n)::bigint from analysis_hop h "  # noqa: S608 - constants
        f"where {' and '.join(parts)} group by 1, 2 having sum(h.n) > 0 order by 3 desc, 1, 2"
    )
    rows = ask(query, values(asked))
    return [Flow(from_unit=giver, to_unit=taker, n=n) for giver, taker, n in rows]


def second_cycles(asked: Filter, by: Literal["unit", "category"] = "unit") -> list[Again]:
    """Of cases opened, how many went round again; most of them first."""
    assert by in ("unit", "category")
    inner, given = counted(asked, by)
    query = (
        "select code, sum(opened)::bigint, sum(again)::bigint "  # noqa: S608 - constants
        f"from ({inner}) c group by 1 having sum(opened) > 0 order by 3 desc, 2 desc, 1"
    )
    return [_again(code, n, again) for code, n, again in ask(query, given)]


def _again(code: str, n: int, again: int) -> Again:
    """With Wilson's interval."""
    share, z2 = again / n, Z * Z
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    low, high = max(0.0, centre - half), min(1.0, centre + half)
    return Again(code=code, n=n, again=again, share=share, low=low, high=high)
