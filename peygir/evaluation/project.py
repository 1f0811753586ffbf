"""From deadlines missed to negative points, in the transaction that records the miss (Q10)."""

from collections.abc import Sequence
from typing import Any, Final

import orjson
from django.db import connection

from peygir.cases.policies import by_digest
from peygir.evaluation.models import BREACH, PENDING, RUNG, Appeal, Point
from peygir.ledger.entry import Recorded
from peygir.people.erasing import ERASED
from peygir.policy import lateness

WRITTEN: Final = (
    "event_id", "case_id", "scored", "unit", "reason", "level", "levels", "points", "rule_version",
    "at",
)  # fmt: skip

# As JSON, because a sweep after a long stop brings tens of thousands: five times faster than the
# ORM.
# A referral that names a post: the delay is also that post's, and of whoever answered for it then,
# a substitute before the one who fills it.
INSERT: Final = f"""
insert into evaluation_point ({", ".join(WRITTEN)}, post, staff_id)
select {", ".join(f"x.{name}" for name in WRITTEN)}, coalesce(r.post, ''),
 case when r.post <> '' then coalesce(
  (select d.staff_id from people_delegation d where d.post_id = r.post and d.since <= x.at
    and d.until > x.at order by d.id limit 1),
  (select t.staff_id from people_tenure t where t.post_id = r.post and t.since <= x.at
    and (t.until is null or t.until > x.at) order by t.id limit 1)) end
from jsonb_to_recordset(%s::jsonb) as x(event_id bigint, case_id bigint,
 scored text, unit text, reason text, level smallint, levels smallint, points smallint,
 rule_version int, at timestamptz, clock smallint)
left join cases_referral r on r.case_id = x.case_id and r.number = x.clock
"""  # noqa: S608 - constants only


def project(batch: Sequence[Recorded]) -> None:
    """One point row per fired threshold of a unit's clock, all of a batch in one statement.

    Warnings cost nothing. The citizen clock (number 0) tells how long somebody waited; what a unit
    did about it is counted by the unit's own clocks, so nothing is counted twice.
    """
    rows = [_row(event) for event in batch if counts(event)]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(INSERT, [orjson.dumps(rows).decode()])
    erased = [event.subject_id for event in batch if event.kind == ERASED]
    if erased:  # what was written about a point may tell of whoever reported
        decided = Appeal.objects.filter(point__case_id__in=erased).exclude(state=PENDING)
        decided.update(reason="", answer="")


def _row(event: Recorded) -> dict[str, Any]:
    point = point_of(event)
    return {name: getattr(point, name) for name in WRITTEN} | {"clock": event.clock}


def point_of(event: Recorded) -> Point:
    """The point that a fired threshold costs, without its post, which the referral knows.

    `facts.collapsed`: thresholds passed over unfired.
    """
    policy = by_digest(event.policy)
    level = int(event.facts["level"])
    missed = lateness.missed(policy, event.stage, level, int(event.facts.get("collapsed", 0)))
    return Point(
        event_id=event.id,
        case_id=event.subject_id,
        scored=policy.organisation.scored(event.unit),
        unit=event.unit,
        reason=BREACH if missed.breached else RUNG,
        level=level,
        levels=missed.levels,
        points=-missed.cost,
        rule_version=policy.points.version,
        at=event.happened_at,
    )


def counts(event: Recorded) -> bool:
    """Whether this event costs its unit anything: a unit's clock passed its deadline or a rung."""
    if event.kind != "clock.fired" or not event.clock or int(event.facts["level"]) < 1:
        return False
    return lateness.costs(by_digest(event.policy), event.stage)
