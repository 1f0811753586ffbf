"""Counts by one dimension: from the sums that are kept where they serve the filter, else from rows.

Both give the same; a year of the whole city is counted in a tenth of the time. Eight weeks are
summed up once more, because a code has hardly more spans until closing in them than in one; what
one thing narrows is kept over eight weeks alone.
"""

from datetime import date, timedelta
from typing import Any, Final

from peygir.analysis.filters import CLOSED, OPENED, Filter, Where, which
from peygir.analysis.pairs import place

WEEK: Final = timedelta(days=7)
SEASON: Final = 8 * WEEK
EPOCH: Final = date(2000, 1, 1)  # a Saturday, from which seasons are counted

#: Cases of each code and step, grouped by plain columns: the planner knows how many groups to
#: expect.
SCANNED: Final = """
select coalesce(code::text, '') as code, step, opened, closed, late, again from (
 select b.{column} as code, b.waited_step as step, count(*) filter (where {opened}) as opened,
  count(*) filter (where {closed}) as closed, count(*) filter (where b.late and {opened}) as late,
  count(*) filter (where b.cycle > 1 and {opened}) as again
 from analysis_brief b where ({opened} or {closed}) and {which} group by 1, 2) b
"""
#: Whole weeks, those of a whole season by its one sum.
IN_WEEKS: Final = """
t.dimension = '{dimension}' and (
 t.weeks = 1 and t.week >= %(first)s and t.week < %(first_season)s
 or t.weeks = 8 and t.week >= %(first_season)s and t.week < %(last_season)s
 or t.weeks = 1 and t.week >= %(last_season)s and t.week < %(last)s)
"""
IN_PAIRS: Final = """
t.pair = {number} and t.week >= %(first_season)s and t.week < %(last_season)s
 and t.{narrowed} = any({codes})
"""
#: Codes of a dimension that are none of the filter's; every case has a sum by when it was opened.
OTHERS: Final = """
array(select distinct o.code from analysis_tally o
 where o.dimension = '{narrowed}' and o.weeks = 8 and o.step = -1 and o.code <> all(%(codes)s))
"""
KEPT: Final = """
select t.{code} as code, t.step, {sign}t.opened as opened, {sign}t.closed as closed,
 {sign}t.late as late, {sign}t.again as again, {sign}t.seconds as seconds
from {table} t where {within}
"""
EDGE: Final = (
    "({day} >= %(since)s and {day} < %(first)s or {day} >= %(last)s and {day} < %(until)s)"
)


def counted(asked: Filter, dimension: str) -> Where:
    """SQL of rows (code, step, opened, closed, late, again), and its values; several rows may speak
    of one code and step. `dimension`: one of `asking.DIMENSIONS`, or "hour"."""
    where, given = which(asked)
    opened, closed = spans(asked)
    query = SCANNED.format(column=dimension, opened=opened, closed=closed, which=where)
    if is_summed(asked):
        query = (
            "select code, step, opened, closed, late, again "  # noqa: S608 - constants
            f"from ({summed(asked, dimension)}) kept union all {query}"
        )
    return query, given | weeks_of(asked)


def spans(asked: Filter) -> tuple[str, str]:
    """Which rows count as opened and as closed: where sums serve the filter, those at its edges."""
    if not is_summed(asked):
        return f"({OPENED})", f"({CLOSED})"
    return EDGE.format(day="b.day"), EDGE.format(day="b.closed_day")


def summed(asked: Filter, dimension: str) -> str:
    """SQL of the sums (code, step, opened, closed, late, again, seconds) within a filter that
    `is_summed`; "stay" is a dimension here too. Of a filter that leaves most, what it leaves out is
    taken from the whole city."""
    whole = IN_WEEKS.format(dimension=dimension)
    table, codes = "analysis_tally", "%(codes)s"
    if asked.only is None:
        return KEPT.format(table=table, code="code", within=whole, sign="")
    narrowed, _ = asked.only
    if narrowed == dimension:
        within = f"{whole} and t.code = any({codes})"
        return KEPT.format(table=table, code="code", within=within, sign="")
    before, sign = "", ""
    if asked.most:
        before = KEPT.format(table=table, code="code", within=whole, sign="") + " union all "
        codes, sign = OTHERS.format(narrowed=narrowed), "-"
    number, column, code = place(narrowed, dimension)
    within = IN_PAIRS.format(number=number, narrowed=column, codes=codes)
    return before + KEPT.format(table="analysis_pair", code=code, within=within, sign=sign)


def is_summed(asked: Filter) -> bool:
    """Whether sums serve the filter: of whole weeks the whole city, of whole seasons what one thing
    narrows."""
    found = weeks_of(asked)
    return bool(found) and found["first"] < found["last"]


def weeks_of(asked: Filter) -> dict[str, Any]:
    """What `IN_WEEKS`, `IN_PAIRS` and `EDGE` name; nothing for a filter that no sums serve."""
    only = asked.only
    if asked.narrows and only is None:
        return {}
    first, last = whole_weeks(asked)
    begins = first + (EPOCH - first) % SEASON
    ends = last - (last - EPOCH) % SEASON
    if begins >= ends:  # no whole season
        begins = ends = last
    seasons = {"first_season": begins, "last_season": ends}
    if only is None:
        return {"first": first, "last": last, **seasons}
    return {"first": begins, "last": ends, "codes": [*only[1]], **seasons}


def whole_weeks(asked: Filter) -> tuple[date, date]:
    """The first Saturday in the span, and the last one up to its end."""
    first = week_of(asked.since + WEEK - timedelta(days=1))
    return first, week_of(asked.until)


def week_of(day: date) -> date:
    """The Saturday that begins the week of `day`."""
    return day - timedelta((day.weekday() + 2) % 7)


def season_of(day: date) -> date:
    """The Saturday that begins the eight weeks of `day`."""
    return day - (day - EPOCH) % SEASON
