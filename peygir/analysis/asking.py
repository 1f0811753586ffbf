"""What is asked of the rows. One statement each; whole numbers; no clock but that of `asof`.

`opened` are cases opened in the span, `closed` those closed in it whenever they were opened; `late`
and `again` (a second cycle) speak of the cases opened in the span, as they stand today. A sealed
case is in nothing. Sums over one dimension are the sums over any other.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from peygir.analysis.counts import counted
from peygir.analysis.filters import Filter, ask, narrowed, values
from peygir.analysis.models import Mark
from peygir.analysis.moments import Moment, Step, both, rhythm, trend
from peygir.analysis.places import Cell, Place, hot_spots, recurring
from peygir.analysis.rows import Rows, cases
from peygir.analysis.sums import DIMENSIONS, Dimension, Sum, sums
from peygir.analysis.waiting import Stay, Wait, longest, waits

__all__ = [
    "Again", "Cell", "Dimension", "Filter", "Flow", "Moment", "Overview", "Place", "Rows", "Stay",
    "Step", "Sum", "Wait", "again_of", "asof", "by", "cases", "flows", "hot_spots", "longest",
    "narrowed", "overview", "recurring", "rhythm", "second_cycles", "trend", "waits",
]  # fmt: skip

Z: Final = 1.959964  # of Wilson's interval: 95 %


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """All that the first page shows, each as its own question gives it."""

    moments: list[Moment]
    rhythm: list[list[int]]
    sums: Mapping[Dimension, list[Sum]]


def overview(asked: Filter, step: Step, dimensions: Sequence[Dimension]) -> Overview:
    """`trend`, `rhythm` and `by` of these dimensions, reading the rows as seldom as will do."""
    moments, hours = both(asked, step)
    return Overview(moments=moments, rhythm=hours, sums=sums(asked, dimensions))


def by(asked: Filter, dimension: Dimension) -> list[Sum]:
    """Sums of each code that has any case, most opened first."""
    assert dimension in DIMENSIONS
    return sums(asked, (dimension,))[dimension]


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


def again_of(found: Sequence[Sum]) -> list[Again]:
    """What `second_cycles` gives, where the sums of its dimension are known."""
    mine = [each for each in found if each.opened]
    mine.sort(key=lambda each: (-each.again, -each.opened, each.code))
    return [_again(each.code, each.opened, each.again) for each in mine]


def _again(code: str, n: int, again: int) -> Again:
    """With Wilson's interval."""
    share, z2 = again / n, Z * Z
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    low, high = max(0.0, centre - half), min(1.0, centre + half)
    return Again(code=code, n=n, again=again, share=share, low=low, high=high)
