"""Sums by two dimensions over eight weeks: a filter on one thing is served by them as well.

A filter takes one of FILTERS; whatever else a case is summed by stands beside it.
"""

from itertools import combinations
from typing import Final

FILTERS: Final = ("channel", "kind", "district", "unit", "category")
#: Numbers of pairs are kept in the database: further ones come at the end.
PAIRS: Final = (
    *combinations(FILTERS, 2),
    *((name, beside) for name in FILTERS for beside in ("ending", "hour", "day", "stay")),
)
#: The code of a row in each dimension; a day's is written by what counts it.
CODES: Final = {
    "category": "k.category",
    "district": "coalesce(k.district::text, '')",
    "unit": "k.unit",
    "channel": "k.channel",
    "kind": "k.kind",
    "ending": "k.ending",
    "hour": "k.hour::text",
    "day": "null",
    "stay": "k.longest_stage || ' ' || k.longest_unit",
}
#: What each row of `kept` adds to the sums of `pairs`, with the day that it counts by.
PAIRED: Final = """
select p.pair, c.day - (c.day - date '2000-01-01') %% 56 as week, p.one,
 coalesce(p.other, c.day::text) as other,
 case when p.beside = 'day' then -1 else c.step end as step,
 {sign} * c.opened as opened, {sign} * c.closed as closed, {sign} * c.late as late,
 {sign} * c.again as again,
 case when p.beside = 'stay' then {sign} * k.longest_s::bigint else 0 end as seconds
from {kept} k
cross join lateral (values {pairs}) p(pair, beside, one, other)
cross join lateral (values (k.day, -1, 1, 0, k.late::int, (k.cycle > 1)::int),
 (k.closed_day, k.waited_step, 0, 1, 0, 0)) c(day, step, opened, closed, late, again)
where c.day is not null and (p.beside not in ('hour', 'stay') or c.opened = 1)
 and (p.beside <> 'stay' or k.held_since is null and k.longest_stage <> '')
"""
PAIR: Final = "pair, week, one, other, step"


def paired(kept: str, sign: int = 1, pairs: range = range(len(PAIRS))) -> str:
    """SQL of the sums that the rows `kept` add to `pairs`, or (`sign` -1) take away."""
    values = (
        f"({number}::smallint, '{beside}', {CODES[one]}, {CODES[beside]})"
        for number, (one, beside) in enumerate(PAIRS)
        if number in pairs
    )
    return PAIRED.format(kept=kept, sign=sign, pairs=", ".join(values))


def place(narrowed: str, dimension: str) -> tuple[int, str, str]:
    """Where sums of `dimension` stand for a filter on `narrowed`: number of the pair, column of the
    filter's codes, column of the dimension's."""
    if (narrowed, dimension) in PAIRS:
        return PAIRS.index((narrowed, dimension)), "one", "other"
    return PAIRS.index((dimension, narrowed)), "other", "one"
