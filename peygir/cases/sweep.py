"""Deadlines fire here: one statement claims what is due, oldest first, and writes its events.

However many workers run or die, a threshold fires once: the claim, the event and the clock's next
instant are one transaction, and the ledger refuses a second event for the same rung.
"""

import logging
from datetime import datetime
from typing import Any, Final

import orjson
from django.db import OperationalError, connection, transaction

from peygir.cases import acts
from peygir.cases.models import Case
from peygir.cases.policies import by_digest, current
from peygir.cases.refusals import Refused
from peygir.ledger.entry import SYSTEM, Recorded
from peygir.ledger.projectors import project

log = logging.getLogger("peygir.cases")

BATCH = 500

# Of a complaint about an official neither that post nor one below it is told: the unit is (T7).
# Clock and case are locked together or passed over, so an act that closes the case either came
# first (nothing fires) or waits for us; neither waits for the other while holding what it needs.
SWEEP: Final = """
with due as (
 select k.*, t.hit, %(at)s::timestamptz as at from (
  select k.id, k.case_id, k.number, k.unit, k.generation, k.rung, k.due_ats, k.repeat_s,
         k.warnings, coalesce(r.stage, c.stage) as stage, c.cycle, c.policy,
         case when c.sealed then c.about_post end as accused
  from cases_clock k join cases_case c on c.id = k.case_id
  left join cases_referral r on r.case_id = k.case_id and r.number = k.number
  where k.state = 1 and k.next_due_at <= %(at)s
   and (%(only)s::bigint is null or k.id = %(only)s)
  order by k.next_due_at limit %(batch)s for update of k, c skip locked) k
 cross join lateral (
  select max(i)::smallint as hit from generate_subscripts(k.due_ats, 1) i
  where k.due_ats[i] <= %(at)s) t),
grown as (
 select d.*, case when d.hit = cardinality(d.due_ats) then
   d.due_ats[d.hit] + make_interval(secs => d.repeat_s * (1 + floor(
     extract(epoch from d.at - d.due_ats[d.hit]) / d.repeat_s))) end as appended
 from due d),
fired as (
 insert into ledger_event (subject, subject_id, kind, stage, step, cycle, unit, actor_kind,
   actor_post, happened_at, policy, facts, clock, generation, rung)
 select 'case', g.case_id, 'clock.fired', g.stage, '', g.cycle, g.unit, 'system', '', g.at,
   g.policy,
   jsonb_strip_nulls(jsonb_build_object(
     'due', extract(epoch from g.due_ats[g.hit])::bigint,
     'level', g.hit - g.warnings,
     'collapsed', g.hit - g.rung - 1,
     'told', case when g.accused is null or not exists (
       with recursive up as (
        select said.told as code
        union select p.superior_id from up join people_post p on p.code = up.code)
       select from up where up.code = g.accused) then said.told end,
     'append', extract(epoch from g.appended)::bigint)),
   g.number, g.generation, g.hit
 from grown g left join people_unit u on u.code = g.unit
 left join cases_told t on t.policy = g.policy and t.unit = g.unit
 cross join lateral (
  select case when g.number = 0
   then coalesce(t.citizen_ladder[least(g.hit, cardinality(t.citizen_ladder))],
     u.citizen_ladder[least(g.hit, cardinality(u.citizen_ladder))])
   else coalesce(t.ladder[least(g.hit, cardinality(t.ladder))],
     u.ladder[least(g.hit, cardinality(u.ladder))]) end as told) said
 order by g.due_ats[g.hit], g.case_id, g.number
 returning id, subject_id, kind, stage, cycle, unit, happened_at, policy, facts, clock,
   generation, rung),
moved as (
 update cases_clock k set rung = g.hit,
   due_ats = case when g.appended is null then k.due_ats else k.due_ats || g.appended end,
   next_due_at = coalesce(g.appended, g.due_ats[g.hit + 1])
 from grown g where k.id = g.id returning 1)
select fired.*, (select count(*) from moved) as moved from fired order by id
"""

DUE: Final = """
select id from cases_clock where state = 1 and next_due_at <= %s order by next_due_at limit %s
"""

PAUSES: Final = """
select case_id from cases_clock where state = 2 and paused_until <= %s
order by paused_until limit %s
"""


def sweep(*, at: datetime, batch: int = BATCH) -> int:
    """Fire what is due at `at`, at most `batch` clocks; gives how many fired.

    Call until it gives 0. One clock that cannot be fired does not hold up the others: after an
    error they go one by one, and only the one that fails stays (the audit shows it).
    """
    try:
        return _fire(at, batch)
    except OperationalError:  # the database is away: alone nothing would go better
        raise
    except Exception as error:
        fired = sum(_alone(at, clock_id) for clock_id in _due(at, batch))
        if not fired:
            raise
        log.error("a deadline could not fire: %s", type(error).__name__)
        return fired


def resume_expired(*, at: datetime, batch: int = BATCH) -> int:
    """Let clocks go on whose pause is over; gives how many."""
    with connection.cursor() as cursor:
        cursor.execute(PAUSES, [at, batch])
        waiting = [row[0] for row in cursor.fetchall()]
    resumed = 0
    for case_id in waiting:
        resumed += _resume(case_id, at)
    return resumed


def drain(*, at: datetime, batch: int = BATCH) -> int:
    """Resume and fire until nothing is due at `at`; gives how many fired."""
    while resume_expired(at=at, batch=batch) == batch:
        continue
    fired, total = batch, 0
    while fired == batch:
        fired = sweep(at=at, batch=batch)
        total += fired
    return total


@transaction.atomic
def _fire(at: datetime, batch: int, only: int | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(SWEEP, {"at": at, "batch": batch, "only": only})
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    fired = [_recorded(row) for row in rows]
    project(fired)
    for event in fired:
        _lead_on(event, at)
    return len(fired)


def _lead_on(event: Recorded, at: datetime) -> None:
    """A deadline that passed may move its case: to the superior, or by a step of the system's."""
    if not event.clock or event.facts["level"] < 1:
        return
    policy = by_digest(event.policy)
    if policy.stages[event.stage].on_breach is not None:
        acts.fall_due(policy=current(), case_id=event.subject_id, number=event.clock, at=at)


def _due(at: datetime, batch: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(DUE, [at, batch])
        return [row[0] for row in cursor.fetchall()]


def _alone(at: datetime, clock_id: int) -> int:
    try:
        return _fire(at, 1, clock_id)
    except OperationalError:
        raise
    except Exception as error:
        log.error("clock %d could not fire: %s", clock_id, type(error).__name__)
        return 0


def _resume(case_id: int, at: datetime) -> int:
    digest = Case.objects.values_list("policy", flat=True).get(pk=case_id)
    try:
        acts.resume(policy=by_digest(digest), case_id=case_id, at=at)
    except Refused:  # somebody else resumed or closed it meanwhile
        return 0
    return 1


def _recorded(row: dict[str, Any]) -> Recorded:
    facts = row["facts"]
    return Recorded(
        id=row["id"],
        subject="case",
        subject_id=row["subject_id"],
        kind=row["kind"],
        stage=row["stage"],
        cycle=row["cycle"],
        unit=row["unit"],
        actor=SYSTEM,
        happened_at=row["happened_at"],
        policy=row["policy"],
        facts=orjson.loads(facts) if isinstance(facts, str) else facts,
        clock=row["clock"],
        generation=row["generation"],
        rung=row["rung"],
    )
