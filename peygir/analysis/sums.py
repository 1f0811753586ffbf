"""Sums of each code of one or more dimensions: from the sums that are kept, and rows beside them.

Reading a million rows takes longer than grouping them: dimensions with few codes are grouped as one
first, and told apart afterwards.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from peygir.analysis.counts import is_summed, spans, summed, weeks_of
from peygir.analysis.filters import Filter, Where, ask, which

Dimension = Literal["category", "district", "unit", "channel", "kind", "ending"]
DIMENSIONS: Final = ("category", "district", "unit", "channel", "kind", "ending")
FEW: Final = ("district", "channel", "kind", "ending")  # of these a city has some ten codes each


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


#: `{counted}`: rows (dimension, code, step, opened, closed, late, again).
BY: Final = """
counts as (
 select dimension, code, step, sum(opened) as opened, sum(closed) as closed, sum(late) as late,
  sum(again) as again
 from ({counted}) c group by 1, 2, 3),
ranked as (
 select *, sum(closed) over (partition by dimension, code order by step nulls last) as upto,
  sum(closed) over (partition by dimension, code) as all_closed from counts)
select dimension, code, sum(opened)::bigint, sum(closed)::bigint, sum(late)::bigint,
 sum(again)::bigint, min(step) filter (where closed > 0 and 2 * upto >= all_closed)
from ranked group by dimension, code having sum(opened) + sum(closed) > 0
order by 1, 3 desc, 2
"""
JOINT: Final = """
joint as materialized (
 select {columns}, b.waited_step as step, count(*) filter (where {opened}) as opened,
  count(*) filter (where {closed}) as closed, count(*) filter (where b.late and {opened}) as late,
  count(*) filter (where b.cycle > 1 and {opened}) as again
 from analysis_brief b where ({opened} or {closed}) and {which}
 group by {columns}, b.waited_step)
"""
ONE: Final = """
select '{name}' as dimension, coalesce({name}::text, '') as code, step, opened, closed, late, again
from joint
"""
SUMS: Final = """
 union all select '{name}', kept.code, kept.step, kept.opened, kept.closed, kept.late, kept.again
 from ({summed}) kept
"""


def sums(asked: Filter, dimensions: Sequence[Dimension]) -> dict[Dimension, list[Sum]]:
    """Of each dimension its codes that have any case, most opened first."""
    found: dict[Dimension, list[Sum]] = {name: [] for name in dimensions}
    for query, given in _statements(asked, dimensions):
        for name, code, opened, closed, late, again, median in ask(query, given):
            one = Sum(
                code=code,
                opened=opened,
                closed=closed,
                late=late,
                again=again,
                waited_median_s=median,
            )
            found[name].append(one)
    return found


def _statements(asked: Filter, dimensions: Sequence[Dimension]) -> Iterator[Where]:
    """One for each reading of the rows; where sums serve the filter, only its edges are read."""
    few = [name for name in dimensions if name in FEW]
    groups = [[name] for name in dimensions if name not in FEW] + [few] * bool(few)
    where, given = which(asked)
    opened, closed = spans(asked)
    for group in groups:
        columns = ", ".join(f"b.{name}" for name in group)
        joint = JOINT.format(columns=columns, opened=opened, closed=closed, which=where)
        each = " union all ".join(ONE.format(name=name) for name in group)
        if is_summed(asked):
            each += "".join(SUMS.format(name=name, summed=summed(asked, name)) for name in group)
        yield f"with {joint}, {BY.format(counted=each)}", given | weeks_of(asked)
