"""From cases to their rows: one statement for many cases, the same whoever calls it.

What a case adds to the sums is written anew with its row: what the row says that it added before is
taken away, what it adds now is added. Referrals are never changed but for their end, so the row
needs to name only the last one whose hand-over was counted.
"""

from collections.abc import Mapping
from typing import Any, Final

from django.db import connection

from peygir.analysis.cells import cell_of
from peygir.analysis.models import Brief
from peygir.analysis.pairs import CODES, PAIR, paired
from peygir.cases import policies
from peygir.cases.models import Case, PolicyVersion

COLUMNS: Final = tuple(field.column for field in Brief._meta.concrete_fields)
DERIVED: Final = tuple(name for name in COLUMNS if name != "event")

# A span in seconds, cut as the public figures cut it: six leading bits are kept.
CUT: Final = "(s >> greatest(0, bits - 6) << greatest(0, bits - 6))"
#: Rows as the cases in `wanted` (case_id, cell, event) give them. `citizens`: "policy:stage" where
#: a deadline is the citizen's, so that nobody is late there.
FRESH: Final = f"""
select c.id as case_id, c.opened_at, r.held_since, w.event, w.cell, here.at::date as day,
 (c.closed_at at time zone %(zone)s)::date as closed_day,
 (select {CUT} from (select s, length(ltrim(s::bit(32)::text, '0')) as bits from (
   select greatest(0, extract(epoch from c.closed_at - c.opened_at))::int as s
   where c.closed_at is not null) span) long) as waited_step,
 coalesce(r.longest_s, 0) as longest_s, c.reporters,
 ((extract(dow from here.at)::int + 1) %% 7 * 24 + extract(hour from here.at)::int)::smallint
  as hour,
 c.district, c.cycle, c.returns, coalesce(r.last, 0)::smallint as referral,
 c.urgent <> '' as urgent, coalesce(r.is_late, false) as late, c.lead_id is not null as merged,
 c.kind, c.category, c.executive_unit as unit, c.channel, c.ending,
 coalesce(r.longest_at[1][1], '') as longest_stage,
 coalesce(r.longest_at[1][2], '') as longest_unit,
 coalesce(r.held_stage, '') as held_stage, coalesce(r.held_unit, '') as held_unit
from wanted w join cases_case c on c.id = w.case_id
cross join lateral (select c.opened_at at time zone %(zone)s as at) here
cross join lateral (
 select max(r.number) filter (where lead) as last,
  max(r.opened_at) filter (where lead and r.closed_at is null) as held_since,
  max(r.stage) filter (where lead and r.closed_at is null) as held_stage,
  max(r.unit) filter (where lead and r.closed_at is null) as held_unit,
  max(s) filter (where lead) as longest_s,
  (array_agg(array[r.stage, r.unit] order by s desc, r.number) filter (where lead and s is not null)
   )[1:1] as longest_at,
  bool_or(k.rung > k.warnings and not (c.policy || ':' || r.stage = any(%(citizens)s))) as is_late
 from cases_referral r join cases_clock k on k.case_id = r.case_id and k.number = r.number
 cross join lateral (select r.role = 'lead' as lead,
  case when r.closed_at is not null
   then greatest(0, extract(epoch from r.closed_at - r.opened_at))::int end as s) x
 where r.case_id = c.id) r
where not c.sealed
"""  # noqa: S608 - constants only
WANTED: Final = """
select * from unnest(%(ids)s::bigint[], %(cells)s::bigint[], %(events)s::bigint[])
 as w(case_id, cell, event)"""
#: Hand-overs between different units of the cases in `kept`, each looked up by itself: the time
#: does not grow with all the referrals there are.
HANDED: Final = """
select (r.opened_at at time zone %(zone)s)::date as day, r.giver as from_unit, r.unit as to_unit,
 k.category, coalesce(k.district, -1)::smallint as district, {sign} as n
from {kept} k cross join lateral (
 select r.number, r.opened_at, r.unit, lag(r.unit) over (order by r.number) as giver
 from cases_referral r where r.case_id = k.case_id and r.role = 'lead') r
where r.giver <> r.unit and r.number <= k.referral
"""
#: What each row of `kept` adds to `Tally`, with the day that it counts by.
ADDED: Final = f"""
select d.dimension, w.weeks, c.day - (c.day - date '2000-01-01') %% (7 * w.weeks) as week, c.day,
 coalesce(d.code, c.day::text) as code, case when d.code is null then -1 else c.step end as step,
 {{sign}} * c.opened as opened, {{sign}} * c.closed as closed, {{sign}} * c.late as late,
 {{sign}} * c.again as again,
 case when d.dimension = 'stay' then {{sign}} * k.longest_s::bigint else 0 end as seconds
from {{kept}} k
cross join lateral (values {", ".join(f"('{name}', {code})" for name, code in CODES.items())})
 d(dimension, code)
cross join (values (1::smallint), (8)) w(weeks)
cross join lateral (values (k.day, -1, 1, 0, k.late::int, (k.cycle > 1)::int),
 (k.closed_day, k.waited_step, 0, 1, 0, 0)) c(day, step, opened, closed, late, again)
where c.day is not null and (d.dimension not in ('hour', 'stay') or c.opened = 1)
 and (d.dimension <> 'day' or w.weeks = 1)
 and (d.dimension <> 'stay' or k.held_since is null and k.longest_stage <> '')
"""  # noqa: S608 - constants only
COUNTS: Final = "opened, closed, late, again, seconds"
SUMMED: Final = """
sum(opened)::int, sum(closed)::int, sum(late)::int, sum(again)::int, sum(seconds)::bigint"""
WEEK: Final = "dimension, weeks, week, code, step"
PLACE: Final = "day, from_unit, to_unit, category, district"
#: A row that says what it said adds to no sum.
IS_SAME: Final = f"""
({", ".join(f"f.{name}" for name in DERIVED)}) is not distinct from
 ({", ".join(f"b.{name}" for name in DERIVED)})"""
ADDS: Final = """opened = t.opened + excluded.opened,
  closed = t.closed + excluded.closed, late = t.late + excluded.late,
  again = t.again + excluded.again, seconds = t.seconds + excluded.seconds"""
NOTHING: Final = """
(sum(opened), sum(closed), sum(late), sum(again), sum(seconds)) = (0, 0, 0, 0, 0)"""
WRITE: Final = f"""
with wanted as ({WANTED}), fresh as materialized ({FRESH}),
was as materialized (select b.* from analysis_brief b where b.case_id = any(%(ids)s)),
same as materialized (select f.case_id from fresh f join was b using (case_id) where {IS_SAME}),
new as materialized (select f.* from fresh f where f.case_id not in (select case_id from same)),
old as materialized (select b.* from was b where b.case_id not in (select case_id from same)),
gone as (delete from analysis_brief b where b.case_id = any(%(ids)s)
 and not exists (select from fresh f where f.case_id = b.case_id) returning 1),
written as (
 insert into analysis_brief as b ({", ".join(COLUMNS)}) select {", ".join(COLUMNS)} from fresh
 on conflict (case_id) do update set
  ({", ".join(DERIVED)}, event)
  = ({", ".join(f"excluded.{name}" for name in DERIVED)}, greatest(b.event, excluded.event))
 where b.event < excluded.event or ({", ".join(f"b.{name}" for name in DERIVED)})
  is distinct from ({", ".join(f"excluded.{name}" for name in DERIVED)}) returning 1),
hops as (
 insert into analysis_hop as h ({PLACE}, n)
 select {PLACE}, sum(n) from ({HANDED.format(kept="new", sign="1")}
  union all {HANDED.format(kept="old", sign="-1")}) moved
 group by {PLACE} having sum(n) <> 0
 on conflict ({PLACE}) do update set n = h.n + excluded.n returning 1),
tallies as (
 insert into analysis_tally as t ({WEEK}, {COUNTS})
 select {WEEK}, {SUMMED} from ({ADDED.format(kept="new", sign=1)}
  union all {ADDED.format(kept="old", sign=-1)}) moved
 group by {WEEK} having not {NOTHING}
 on conflict ({WEEK}) do update set {ADDS} returning 1),
pairs as (
 insert into analysis_pair as t ({PAIR}, {COUNTS})
 select {PAIR}, {SUMMED} from ({paired("new")} union all {paired("old", -1)}) moved
 group by {PAIR} having not {NOTHING}
 on conflict ({PAIR}) do update set {ADDS} returning 1)
select (select count(*) from written) + (select count(*) from gone)
"""  # noqa: S608 - constants only


def write(cases: Mapping[int, int]) -> int:
    """Bring the rows of these cases up to date, and the sums with them; how many rows changed.

    `cases`: id -> an event of the case that the rows will contain, 0 where none is known. Whoever
    calls it holds the mark: the sums bear one writer at a time.
    """
    with connection.cursor() as cursor:
        cursor.execute(WRITE, given_for(cases))
        [(changed,)] = cursor.fetchall()
    return int(changed)


def given_for(cases: Mapping[int, int]) -> dict[str, Any]:
    """The values that `WANTED` and `FRESH` name."""
    points = Case.objects.filter(pk__in=[*cases]).values_list("id", "lat_e6", "lon_e6")
    cells = {case_id: cell_of(lat, lon) for case_id, lat, lon in points}
    return {
        "ids": [*cells],
        "cells": [*cells.values()],
        "events": [cases[case_id] for case_id in cells],
        "zone": policies.current().calendar.zone,
        "citizens": citizens_stages(),
    }


def citizens_stages() -> list[str]:
    """ "policy:stage" of every adopted version where a deadline is the citizen's."""
    digests = PolicyVersion.objects.values_list("digest", flat=True)
    return [
        f"{digest}:{stage.code}"
        for digest in digests
        for stage in policies.by_digest(digest).stages.values()
        if stage.waits_for_citizen
    ]
