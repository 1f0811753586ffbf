"""From events to what became of each urgent case (I1 to I5), and back again for the replay.

A city without an urgent lane pays nothing here; another one statement per act.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from django.db import connection

from peygir.boards.models import Urgency
from peygir.cases.models import Case
from peygir.cases.policies import by_digest
from peygir.ledger import read
from peygir.ledger.entry import Recorded
from peygir.ledger.models import Event
from peygir.ledger.scope import Scope
from peygir.look.live import announce
from peygir.policy.model import CityPolicy

TOPIC: Final = "urgent"  # what open walls listen to
DESK: Final = "operations"
BATCH: Final = 500  # cases folded at once by the replay
FIELDS: Final = tuple(f.attname for f in Urgency._meta.concrete_fields if not f.primary_key)

EVER_URGENT: Final = """
select distinct subject_id from ledger_event where subject = 'case' and (
 (kind = 'case.registered' and facts->'case' ? 'urgent')
 or (kind = 'case.stepped' and coalesce(facts->'sets'->>'urgent', '') <> ''))
"""


def project(batch: Sequence[Recorded]) -> None:
    """Bring the rows of urgent cases up to date, and wake the walls that show them."""
    ours = [event for event in batch if event.subject == "case" and _has_lane(event)]
    if not ours:
        return
    known = _known(ours)
    touched = follow(known, ours)
    if not touched:
        return
    rows = [known[case_id] for case_id in sorted(touched)]
    Urgency.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["case"], update_fields=list(FIELDS)
    )
    announce([TOPIC], sorted(touched))


def follow(rows: dict[int, Urgency], events: Iterable[Recorded]) -> set[int]:
    """Fold `events` (oldest first) into `rows`, by case id; gives the cases that they touched."""
    touched = set()
    for event in events:
        row = after(rows.get(event.subject_id), event)
        if row is not None:
            rows[event.subject_id] = row
            touched.add(event.subject_id)
    return touched


def after(row: Urgency | None, event: Recorded) -> Urgency | None:
    """The row after one event; None while the case was never urgent."""
    policy, facts = by_digest(event.policy), event.facts
    sets = facts["case"] if event.kind == "case.registered" else facts.get("sets", {})
    ground = sets.get("urgent")
    if ground and (row is None or row.ended_at is not None):
        row = Urgency(case_id=event.subject_id, ground=ground, since=event.happened_at)
    if row is None:
        return None
    row.event_id = event.id
    if ground:
        row.ground = ground
    row.due_at = row.due_at or _first_due(policy, facts)
    if "ends" in facts or ground == "":
        row.ended_at = event.happened_at
    elif facts.get("reopens"):
        row.ended_at = None
    if event.kind == "case.stepped" and event.actor.kind == "post":
        _worked_on(policy, row, event)
    return row


def _worked_on(policy: CityPolicy, row: Urgency, event: Recorded) -> None:
    """Somebody took a step: was the message seen with it, a crew sent, the first action taken?"""
    evidence = event.facts.get("evidence", {})
    stages = (policy.stages[code] for code in policy.served_by(DESK))
    if row.seen_at is None and any(event.step in stage.steps for stage in stages):
        row.seen_at, row.seen_by = event.happened_at, event.actor.post
    row.crew = evidence.get("crew", row.crew)
    if row.acted_at is None and "action_text" in evidence:
        row.acted_at, row.acted_by = event.happened_at, event.actor.post
        row.action = evidence["action_text"]


def _first_due(policy: CityPolicy, facts: Mapping[str, Any]) -> datetime | None:
    """When the first action is due, if this event opens the track that asks for one."""
    for opened in facts.get("opens", ()):
        steps = policy.stages[opened["stage"]].steps.values()
        if any("action_text" in step.needs for step in steps):
            return datetime.fromtimestamp(opened["clock"]["due"], UTC)
    return None


def _has_lane(event: Recorded) -> bool:
    return by_digest(event.policy).urgent is not None


def _known(events: Iterable[Recorded]) -> dict[int, Urgency]:
    """Rows of these events' cases; a registration has none yet, so that it asks nothing."""
    ids = {event.subject_id for event in events if event.kind != "case.registered"}
    return Urgency.objects.in_bulk(ids) if ids else {}


def check(scope: Scope) -> Iterator[str]:
    """One line for each row that is missing, differs, or that no event made."""
    ids = sorted(_ever_urgent(scope))
    for start in range(0, len(ids), BATCH):
        chosen = ids[start : start + BATCH]
        events = Event.objects.filter(subject="case", subject_id__in=chosen).order_by("id")
        wanted: dict[int, Urgency] = {}
        follow(wanted, read.values(events))
        found = Urgency.objects.in_bulk(chosen)
        for case_id in chosen:
            yield from _compare(case_id, wanted.get(case_id), found.get(case_id))
    scope.counted["urgent cases"] = len(ids)


def _ever_urgent(scope: Scope) -> set[int]:
    """Cases with a row, cases that are urgent and, unless only a sample is asked for, all that
    ever were."""
    rows, cases = Urgency.objects.all(), Case.objects.exclude(urgent="")
    query, given = EVER_URGENT, {}
    if scope.part is not None:
        ids = [*scope.part.cases]
        rows, cases = rows.filter(pk__in=ids), cases.filter(pk__in=ids)
        query, given = f"{EVER_URGENT} and subject_id = any(%(ids)s)", {"ids": ids}
    found = {*rows.values_list("case_id", flat=True), *cases.values_list("pk", flat=True)}
    if scope.sample is None:
        with connection.cursor() as cursor:
            cursor.execute(query, given or None)
            found |= {row[0] for row in cursor.fetchall()}
    return found


def _compare(case_id: int, wanted: Urgency | None, found: Urgency | None) -> Iterator[str]:
    if wanted is None or found is None:
        yield f"urgent case {case_id}: {'no event made it' if found else 'is missing'}"
        return
    for name in FIELDS:
        if getattr(wanted, name) != getattr(found, name):
            yield f"urgent case {case_id}: {name} is {getattr(found, name)!r}"
