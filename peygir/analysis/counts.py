"""Counts by one dimension: over the whole city from the weekly sums, else from the rows.

Both give the same; a year of the whole city is counted in a tenth of the time. Eight weeks are
summed up once more, because a code has hardly more spans until closing in them than in one.
"""

from datetime import date, timedelta
from typing import Any, Final

from peygir.analysis.filters import CLOSED, OPENED, Filter, Where, values, which

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
t.dimension = %(dimension)s and (
 t.weeks = 1 and t.week >= %(first)s and t.week < %(first_season)s
 or t.weeks = 8 and t.week >= %(first_season)s and t.week < %(last_season)s
 or t.weeks = 1 and t.week >= %(last_season)s and t.week < %(last)s)
"""
#: Whole weeks, and the days before and after them.
SUMMED: Final = f"""
select t.code, t.step, t.opened, t.closed, t.late, t.again from analysis_tally t where {IN_WEEKS}
union all {SCANNED}"""  # noqa: S608 - constants only
EDGE: Final = (
    "({day} >= %(since)s and {day} < %(first)s or {day} >= %(last)s and {day} < %(until)s)"
)


def counted(asked: Filter, dimension: str) -> Where:
    """SQL of rows (code, step, opened, closed, late, again), and its values; several rows may speak
    of one code and step. `dimension`: one of `asking.DIMENSIONS`, or "hour"."""
    if not is_summed(asked):
        where, given = which(asked)
        opened, closed = f"({OPENED})", f"({CLOSED})"
        query = SCANNED.format(column=dimension, opened=opened, closed=closed, which=where)
        return query, given
    opened, closed = EDGE.format(day="b.day"), EDGE.format(day="b.closed_day")
    query = SUMMED.format(column=dimension, opened=opened, closed=closed, which="true")
    return query, values(asked) | weeks_of(asked, dimension)


def is_summed(asked: Filter) -> bool:
    """Whether weekly sums serve the filter."""
    first, last = whole_weeks(asked)
    return not asked.narrows and first < last


def weeks_of(asked: Filter, dimension: str) -> dict[str, Any]:
    """What `IN_WEEKS` and `EDGE` name, for a filter that `is_summed`."""
    first, last = whole_weeks(asked)
    begins = first + (EPOCH - first) % SEASON
    ends = last - (last - EPOCH) % SEASON
    if begins >= ends:  # no whole season
        begins = ends = last
    seasons = {"first_season": begins, "last_season": ends}
    return {"dimension": dimension, "first": first, "last": last, **seasons}


def whole_weeks(asked: Filter) -> tuple[date, date]:
    """The first Saturday in the span, and the last one up to its end."""
    first = week_of(asked.since + WEEK - timedelta(days=1))
    return first, week_of(asked.until)


def week_of(day: date) -> date:
    """The Saturday that begins the week of `day`."""
    return day - timedelta((day.weekday() + 2) % 7)
