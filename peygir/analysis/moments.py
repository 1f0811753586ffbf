"""When cases came and went: over time, and by weekday and hour."""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from peygir.analysis.counts import counted, season_of, week_of
from peygir.analysis.filters import CLOSED, OPENED, Filter, Where, ask, which
from peygir.analysis.pairs import place
from peygir.calendars.jalali import from_jalali, to_jalali

Step = Literal["day", "week", "month"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A day, or the week or Jalali month that begins with it (cut at the ends of the filter)."""

    day: date
    opened: int
    closed: int
    late: int


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
DAYS_PAIRED: Final = """
select t.other::date, sum(t.opened)::bigint, sum(t.closed)::bigint, sum(t.late)::bigint
from analysis_pair t where t.pair = %(pair)s and t.week >= %(season)s and t.week < %(until)s
 and t.one = any(%(codes)s)
 and t.other >= %(since)s::date::text and t.other < %(until)s::date::text
group by t.other
"""


def trend(asked: Filter, step: Step = "day") -> list[Moment]:
    """Every step of the filter's days in order, those without a case too."""
    days = begins(asked, step)
    found = [[0, 0, 0] for _ in days]
    for day, *counts in ask(*_days(asked)):
        sums = found[bisect_right(days, day) - 1]
        sums[:] = [a + b for a, b in zip(sums, counts, strict=True)]
    return _moments(days, found)


def _days(asked: Filter) -> Where:
    """From the sums of days, whatever the span, where one thing at most is narrowed."""
    where, given = which(asked)
    if not asked.narrows:
        return DAYS_SUMMED, given | {"week": week_of(asked.since)}
    if asked.only is None:
        return DAYS.format(opened=OPENED, closed=CLOSED, which=where), given
    name, codes = asked.only
    pair, _, _ = place(name, "day")
    return DAYS_PAIRED, given | {
        "pair": pair,
        "codes": [*codes],
        "season": season_of(asked.since),
    }


def rhythm(asked: Filter) -> list[list[int]]:
    """Cases opened by weekday (from Saturday) and hour (0 to 23)."""
    inner, given = counted(asked, "hour")
    query = f"select code::int, sum(opened)::bigint from ({inner}) c group by 1"  # noqa: S608 - constants
    return _week(dict(ask(query, given)))


# Steps are numbered from 1; 0 and one more than there are lie before and behind the span.
BOTH: Final = """
with joint as materialized (
 select b.hour, width_bucket(b.day, %(begins)s::date[]) as began,
  width_bucket(b.closed_day, %(begins)s::date[]) as ended, count(*) as n,
  count(*) filter (where b.late) as late
 from analysis_brief b where (({opened}) or ({closed})) and {which} group by 1, 2, 3)
select 'opened', began, sum(n)::bigint, sum(late)::bigint from joint group by began
union all select 'closed', ended, sum(n)::bigint, 0 from joint
 where ended is not null group by ended
union all select 'hour', hour, sum(n)::bigint, 0 from joint
 where began between 1 and %(steps)s group by hour
"""


def both(asked: Filter, step: Step) -> tuple[list[Moment], list[list[int]]]:
    """`trend` and `rhythm`, in one reading of the rows where no sums serve the filter."""
    if asked.only is not None or not asked.narrows:
        return trend(asked, step), rhythm(asked)
    where, given = which(asked)
    days = begins(asked, step)
    given |= {"begins": [*days, asked.until], "steps": len(days)}
    found = [[0, 0, 0] for _ in days]
    hours: dict[int, int] = {}
    query = BOTH.format(opened=OPENED, closed=CLOSED, which=where)
    for what, number, n, late in ask(query, given):
        if what == "hour":
            hours[number] = n
        elif 1 <= number <= len(days):
            place = found[number - 1]
            place[0 if what == "opened" else 1] = n
            place[2] += late
    return _moments(days, found), _week(hours)


def begins(asked: Filter, step: Step) -> list[date]:
    """The first days of all steps; the first one where the span begins."""
    every = (asked.since + timedelta(n) for n in range(asked.days))
    return sorted({max(STEPS[step](day), asked.since) for day in every})


def _moments(days: list[date], found: list[list[int]]) -> list[Moment]:
    return [
        Moment(day=day, opened=opened, closed=closed, late=late)
        for day, (opened, closed, late) in zip(days, found, strict=True)
    ]


def _week(hours: dict[int, int]) -> list[list[int]]:
    return [[hours.get(day * 24 + hour, 0) for hour in range(24)] for day in range(7)]


def _month(day: date) -> date:
    year, month, _ = to_jalali(day)
    return from_jalali(year, month, 1)


STEPS: Final[dict[str, Callable[[date], date]]] = {
    "day": lambda day: day,
    "week": week_of,
    "month": _month,
}
