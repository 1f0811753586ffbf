"""Sums of each code of one or more dimensions, counted together where no weekly sum serves them.

Reading a million rows takes longer than grouping them: dimensions with few codes are grouped as one
first, and told apart afterwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from peygir.analysis.counts import counted, is_summed
from peygir.analysis.filters import CLOSED, OPENED, Filter, Where, ask, which

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


def _statements(asked: Filter, dimensions: Sequence[Dimension]) -> list[tuple[str, dict[str, Any]]]:
    """With weekly sums one for each dimension, else one for each reading of the rows."""
    if is_summed(asked):
        return [_by(*_named(name, *counted(asked, name))) for name in dimensions]
    few = [name for name in dimensions if name in FEW]
    groups = [[name] for name in dimensions if name not in FEW] + [few] * bool(few)
    where, given = which(asked)
    found = []
    for group in groups:
        joint = JOINT.format(
            columns=", ".join(f"b.{name}" for name in group),
            opened=f"({OPENED})",
            closed=f"({CLOSED})",
            which=where,
        )
        each = " union all ".join(ONE.format(name=name) for name in group)
        found.append(_by(each, given, before=f"{joint},"))
    return found


def _named(name: str, inner: str, given: dict[str, Any]) -> Where:
    return f"select '{name}' as dimension, c.* from ({inner}) c", given  # noqa: S608 - constants


def _by(inner: str, given: dict[str, Any], *, before: str = "") -> Where:
    return f"with {before} {BY.format(counted=inner)}", given
