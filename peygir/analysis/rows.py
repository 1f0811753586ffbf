"""The cases behind a number: ids only, which pages then open through what their reader may see."""

from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from peygir.analysis.cells import parent_sql, read
from peygir.analysis.filters import CLOSED, OPENED, Filter, ask, which
from peygir.cases import policies

CASES_MAX: Final = 1000
HOP_DAYS_MAX: Final = 1000  # days and subjects of a hand-over that are looked through, newest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Which of a filter's cases a number counted; empty parts are no limit.

    `counted`: those opened in the span, or those closed in it. `hour`: 0 to 167, from Saturday
    midnight. `cell`: as H3 writes it, of any resolution that is drawn; with `problems` further
    reports of one event are left out, as the counts of places do. `stage`, `holder`: where the
    longest stay was. `giver`, `taker`: units of a hand-over in the span.
    """

    counted: Literal["opened", "closed"] = "opened"
    hour: int | None = None
    cell: str = ""
    ending: str | None = None
    late: bool = False
    again: bool = False
    still_open: bool = False
    problems: bool = False
    unsorted: bool = False  # those without a category
    nowhere: bool = False  # those without a district
    nobodys: bool = False  # those that no unit answers for yet
    giver: str = ""
    taker: str = ""


def cases(asked: Filter, limit: int = 50, *, rows: Rows | None = None) -> list[int]:
    """Ids, newest first, at most `limit`. Raises ValueError for a cell that is none."""
    rows = rows or Rows()
    handed_over = bool(rows.giver or rows.taker)
    if handed_over:  # what is not kept of a hand-over limits no count of them either
        asked = replace(asked, unit="", channel="", kind="")
    where, given = which(asked)
    parts = [where, *_parts(rows, given)]
    given["limit"] = min(limit, CASES_MAX)
    if handed_over:
        return _handed_over(rows, parts, given)
    parts.append(CLOSED if rows.counted == "closed" else OPENED)
    query = (
        f"select b.case_id from analysis_brief b where {' and '.join(parts)} "  # noqa: S608 - constants
        "order by b.day desc, b.case_id desc limit %(limit)s"
    )
    return [case_id for (case_id,) in ask(query, given)]


def _parts(rows: Rows, given: dict[str, Any]) -> list[str]:
    """Conditions; their values enter `given`."""
    flags = {
        "b.late": rows.late,
        "b.cycle > 1": rows.again,
        "b.closed_day is null": rows.still_open,
        "not b.merged": rows.problems,
        "b.category = ''": rows.unsorted,
        "b.district is null": rows.nowhere,
        "b.unit = ''": rows.nobodys,
    }
    parts = [condition for condition, wanted in flags.items() if wanted]
    if rows.hour is not None:
        given["hour"] = rows.hour
        parts.append("b.hour = %(hour)s")
    if rows.ending is not None:
        given["ending"] = rows.ending
        parts.append("b.ending = %(ending)s")
    if rows.cell:
        given["cell"], resolution = read(rows.cell)
        parts.append(f"{parent_sql('b.cell', resolution)} = %(cell)s")
    return parts


# The sums of hand-overs tell on which days, of which subjects, in which districts to look.
HANDED_OVER: Final = """
with days as (
 select h.day, h.category, h.district from analysis_hop h
 where h.day >= %(since)s and h.day < %(until)s and h.n > 0
  and %(giver)s in ('', h.from_unit) and %(taker)s in ('', h.to_unit)
 order by h.day desc, h.category, h.district, h.from_unit, h.to_unit limit %(hop_days)s),
found as (
 select distinct b.case_id from days d
 join analysis_brief b on b.category = d.category and coalesce(b.district, -1) = d.district
  and b.day <= d.day and (b.closed_day is null or b.closed_day >= d.day) and {which}
 where exists (
  select from cases_referral r join lateral (
    select f.unit from cases_referral f where f.case_id = r.case_id and f.role = 'lead'
     and f.number < r.number order by f.number desc limit 1) giver on giver.unit <> r.unit
  where r.case_id = b.case_id and r.role = 'lead'
   and %(giver)s in ('', giver.unit) and %(taker)s in ('', r.unit)
   and (r.opened_at at time zone %(zone)s)::date = d.day))
select case_id from found order by case_id desc limit %(limit)s
"""


def _handed_over(rows: Rows, where: list[str], given: dict[str, Any]) -> list[int]:
    """Cases that went from one unit to another in the span, whenever they were opened."""
    given |= {"giver": rows.giver, "taker": rows.taker, "hop_days": HOP_DAYS_MAX}
    given["zone"] = policies.current().calendar.zone
    query = HANDED_OVER.format(which=" and ".join(where))
    return [case_id for (case_id,) in ask(query, given)]
