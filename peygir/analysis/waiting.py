"""Where the long waits arose: of each case its longest stay with one unit in one stage.

A stay that lasts counts up to when the rows were kept (`asof`), not to when the page is drawn.
"""

from dataclasses import dataclass
from typing import Final

from peygir.analysis.counts import is_summed, spans, summed, weeks_of
from peygir.analysis.filters import OPENED, Filter, ask, which

CASES_MAX: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Cases whose longest stay was in this stage with this unit; `share` of all their seconds."""

    stage: str
    unit: str
    cases: int
    seconds: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """The longest stay of one case. `lasts`: the case is still there."""

    case_id: int
    stage: str
    unit: str
    seconds: int
    lasts: bool


#: Cases with their longest stay; one that lasts is counted up to the mark.
CLOSED: Final = """
select b.case_id, b.longest_stage as stage, b.longest_unit as unit, b.longest_s as seconds,
 false as lasts
from analysis_brief b where b.held_since is null and {closed} and {which}
"""
OPEN: Final = """
select b.case_id, case when x.lasts then b.held_stage else b.longest_stage end as stage,
 case when x.lasts then b.held_unit else b.longest_unit end as unit,
 greatest(h.held_s, b.longest_s) as seconds, x.lasts
from analysis_brief b,
 lateral (select greatest(0, date_part(
   'epoch', (select m.at from analysis_mark m) - b.held_since))::int as held_s) h,
 lateral (select h.held_s >= b.longest_s as lasts) x
where b.held_since is not null and {opened} and {which}
"""
# Closed cases, which are nearly all, are summed by plain columns, several processes at a time.
WAITS: Final = f"""
select stage, unit, sum(n)::bigint, sum(seconds)::bigint from (
 select stage, unit, count(*) as n, sum(seconds) as seconds from ({CLOSED}) x group by stage, unit
 union all
 select stage, unit, count(*), sum(seconds) from ({OPEN}) x group by stage, unit
 {{summed}}) parts
where stage <> '' group by stage, unit having sum(n) > 0 order by 4 desc, 1, 2
"""  # noqa: S608 - constants only
WAITS_SUMMED: Final = """
 union all select split_part(t.code, ' ', 1), split_part(t.code, ' ', 2), sum(t.opened),
  sum(t.seconds) from ({summed}) t group by t.code
"""
# Each part by itself, so that closed cases come out of the index of long stays.
PART: Final = """
(select * from ({stays}) stay
 where stage <> '' and %(at_stage)s in ('', stage) and %(at_unit)s in ('', unit)
 order by seconds desc, case_id limit %(limit)s)
"""
LONGEST: Final = f"""
{PART.replace("{stays}", CLOSED)} union all {PART.replace("{stays}", OPEN)}
order by seconds desc, case_id limit %(limit)s
"""


def waits(asked: Filter) -> list[Wait]:
    """By stage and unit, most seconds first."""
    where, given = which(asked)
    kept = WAITS_SUMMED.format(summed=summed(asked, "stay")) if is_summed(asked) else ""
    query = WAITS.format(closed=spans(asked)[0], opened=OPENED, which=where, summed=kept)
    rows = ask(query, given | weeks_of(asked))
    total = sum(row[3] for row in rows) or 1
    return [
        Wait(stage=stage, unit=unit, cases=n, seconds=seconds, share=seconds / total)
        for stage, unit, n, seconds in rows
    ]


def longest(asked: Filter, limit: int = 50, *, stage: str = "", unit: str = "") -> list[Stay]:
    """The cases with the longest stays, of one stage and unit where these are given."""
    where, given = which(asked)
    given |= {"limit": min(limit, CASES_MAX), "at_stage": stage, "at_unit": unit}
    rows = ask(LONGEST.format(closed=OPENED, opened=OPENED, which=where), given)
    return [
        Stay(case_id=case_id, stage=at, unit=holder, seconds=seconds, lasts=lasts)
        for case_id, at, holder, seconds, lasts in rows
    ]
