"""Appending to the ledger, for the few modules that may (tests/house names them)."""

from collections.abc import Sequence
from typing import Any

import orjson
from django.db import connection

from peygir.ledger.entry import Entry, Recorded, recorded

COLUMNS = (
    "subject, subject_id, kind, stage, step, cycle, unit, actor_kind, actor_post, staff_id, "
    "happened_at, policy, facts, papers, clock, generation, rung"
)
SHAPE = (
    "subject text, subject_id bigint, kind text, stage text, step text, cycle smallint, unit text, "
    "actor_kind text, actor_post text, staff_id bigint, happened_at timestamptz, policy text, "
    "facts jsonb, papers bytea, clock smallint, generation smallint, rung smallint"
)


def append(entries: Sequence[Entry]) -> list[Recorded]:
    """Write `entries` in order, in one statement, and give them their numbers."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"insert into ledger_event ({COLUMNS}) select {COLUMNS} "  # noqa: S608 - constants only
            f"from jsonb_to_recordset(%s) as x({SHAPE}) returning id",
            [as_json(entries)],
        )
        numbers = [row[0] for row in cursor.fetchall()]
    return [recorded(e, n) for e, n in zip(entries, numbers, strict=True)]


def as_json(entries: Sequence[Entry]) -> str:
    return orjson.dumps([row(e) for e in entries]).decode()


def row(entry: Entry) -> dict[str, Any]:
    return {
        "subject": entry.subject,
        "subject_id": entry.subject_id,
        "kind": entry.kind,
        "stage": entry.stage,
        "step": entry.step,
        "cycle": entry.cycle,
        "unit": entry.unit,
        "actor_kind": entry.actor.kind,
        "actor_post": entry.actor.post,
        "staff_id": entry.actor.staff_id,
        "happened_at": entry.happened_at.isoformat(),
        "policy": entry.policy,
        "facts": dict(entry.facts),
        "papers": None if entry.papers is None else f"\\x{entry.papers.hex()}",
        "clock": entry.clock,
        "generation": entry.generation,
        "rung": entry.rung,
    }
