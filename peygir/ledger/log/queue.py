"""What waits for its place in the public log.

The database queues every event itself. Rows are taken out, never read past a remembered number:
events become visible in another order than they are numbered, and a cursor would lose some.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from django.db import connection

from peygir.ledger.entry import Actor, Recorded
from peygir.ledger.models import Note
from peygir.ledger.statement import run

BATCH: Final = 5000  # events that get their places in one transaction

COLUMNS: Final = (
    "e.id, e.subject, e.subject_id, e.kind, e.stage, e.step, e.cycle, e.unit, e.actor_kind, "
    "e.actor_post, e.staff_id, e.happened_at, e.policy, e.facts, e.papers, e.clock, "
    "e.generation, e.rung"
)
TAKE: Final = f"""
with taken as (
 delete from ledger_unsealed where event_id in (
  select event_id from ledger_unsealed order by event_id limit %s) returning event_id)
select {COLUMNS} from taken t join ledger_event e on e.id = t.event_id order by e.id
"""  # noqa: S608 - constants only
EVENTS: Final = f"select {COLUMNS} from ledger_event e where e.id = any(%s) order by e.id"  # noqa: S608 - constants only
TAKE_NOTES: Final = """
with taken as (delete from ledger_note where id in (
 select id from ledger_note order by id limit %s) returning id, body)
select body from taken order by id
"""
WAITING: Final = """
select (select count(*) from (select from ledger_unsealed limit %s) u),
 exists (select from ledger_note),
 (select recorded_at from ledger_event
  where id = (select min(event_id) from ledger_unsealed))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """`events`: how many wait, counted up to `BATCH`; `since`: when the oldest was written."""

    events: int
    notes: bool
    since: Any  # datetime or None

    @property
    def is_empty(self) -> bool:
        return not self.events and not self.notes


def propose(body: Mapping[str, Any]) -> None:
    """Queue a leaf that is about no event, inside the caller's transaction if there is one."""
    Note.objects.create(body=dict(body))


def waiting() -> Waiting:
    [(events, notes, since)] = run(WAITING, [BATCH])
    return Waiting(events=events, notes=notes, since=since)


def take(limit: int = BATCH) -> list[Recorded]:
    """The next events, out of the queue, by number; theirs again if the transaction fails."""
    assert connection.in_atomic_block, "what is taken and its place are one change"
    return [_recorded(row) for row in run(TAKE, [limit])]


def events(numbers: Sequence[int]) -> list[Recorded]:
    """Events by number, which stay in the queue."""
    return [_recorded(row) for row in run(EVENTS, [list(numbers)])]


def take_notes(limit: int = BATCH) -> list[dict[str, Any]]:
    """The next leaves that are about no event, out of the queue, oldest first."""
    assert connection.in_atomic_block
    return [_json(body) for (body,) in run(TAKE_NOTES, [limit])]


def _json(value: Any) -> Any:
    """JSON as Django's connection leaves it, or as psycopg reads it."""
    return orjson.loads(value) if isinstance(value, str | bytes) else value


def _recorded(row: tuple[Any, ...]) -> Recorded:
    return Recorded(
        id=row[0],
        subject=row[1],
        subject_id=row[2],
        kind=row[3],
        stage=row[4],
        step=row[5],
        cycle=row[6],
        unit=row[7],
        actor=Actor(kind=row[8], post=row[9], staff_id=row[10]),
        happened_at=row[11],
        policy=row[12],
        facts=_json(row[13]),
        papers=None if row[14] is None else bytes(row[14]),
        clock=row[15],
        generation=row[16],
        rung=row[17],
    )
