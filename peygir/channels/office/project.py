"""From events to what the office automation must be told, in the event's own transaction."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

import orjson

from peygir.cases import policies
from peygir.channels.office import served
from peygir.ledger.entry import Recorded
from peygir.ledger.statement import run
from peygir.policy.model import CityPolicy

#: How a referral ended, for the office automation.
OUTCOMES: Final = ("answered", "forwarded", "climbed", "withdrawn")

# The case is looked up by key: a sealed or simulated one is nobody's business over there.
OPEN: Final = """
insert into channel_office_handed (id, case_id, number, role, stage, unit, post, opened_at, due_at,
 outcome, version, changed_at, delivered, attempts, not_before, failure, there)
select x.id, x.case_id, x.number, x.role, x.stage, x.unit, x.post, x.at, to_timestamp(x.due), '',
 1, x.at, 0, 0, x.at, '', ''
from jsonb_to_recordset(%s::jsonb) as x(id uuid, case_id bigint, number smallint, role text,
 stage text, unit text, post text, at timestamptz, due bigint)
where (select not (c.sealed or c.simulated) from cases_case c where c.id = x.case_id)
on conflict (case_id, number) do nothing
"""

# A push that is under way sends the version that it read; the row goes on waiting for this one.
# What was over before they could have heard of it is not told: nobody there would know what for.
CHANGE: Final = """
update channel_office_handed h set
 closed_at = case when x.outcome is null then h.closed_at else x.at end,
 outcome = coalesce(x.outcome, h.outcome),
 due_at = coalesce(to_timestamp(x.due), h.due_at),
 version = h.version + 1, changed_at = x.at, not_before = x.at,
 delivered = case when x.outcome is not null and h.delivered = 0 and h.attempts = 0
  then h.version + 1 else h.delivered end
from jsonb_to_recordset(%s::jsonb) as x(case_id bigint, number smallint, outcome text, due bigint,
 at timestamptz)
where h.case_id = x.case_id and (x.number is null or h.number = x.number) and h.closed_at is null
"""

# Who answers for a post is put together when it is sent: another version is enough.
ANEW: Final = """
update channel_office_handed set version = version + 1, changed_at = %s, not_before = %s
where closed_at is null and post = any(%s)
"""


def project(batch: Sequence[Recorded]) -> None:
    """Note what follows from `batch`; nothing where the city has no office automation."""
    posts = {str(e.facts["post"]) for e in batch if e.subject == "staff" and "post" in e.facts}
    if posts:
        tell_anew(posts, at=batch[-1].happened_at)
    cases = [e for e in batch if e.subject == "case" and e.kind != "clock.fired"]
    if not cases:
        return
    now = policies.current()
    theirs = [e for e in cases if served.units(policies.by_digest(e.policy), now)]
    _run(CHANGE, [row for event in theirs for row in _changes(event)])
    _run(OPEN, [row for event in theirs for row in _opened(event, now)])


def tell_anew(posts: Iterable[str], *, at: datetime) -> None:
    """Let the open referrals of these posts be told again: somebody else answers for them now."""
    run(ANEW, [at, at, sorted(posts)])


def _run(statement: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        run(statement, [orjson.dumps(rows).decode()])


def _opened(event: Recorded, now: CityPolicy) -> Iterator[dict[str, Any]]:
    own = policies.by_digest(event.policy)
    stages, units = served.stages(own), served.units(own, now)
    for opened in event.facts.get("opens", ()):
        if opened["stage"] in stages and opened["unit"] in units:
            yield {
                "id": str(uuid4()),
                "case_id": event.subject_id,
                "number": opened["number"],
                "role": opened["role"],
                "stage": opened["stage"],
                "unit": opened["unit"],
                "post": opened.get("post", ""),
                "at": event.happened_at,
                "due": opened["clock"]["due"],
            }


def _changes(event: Recorded) -> Iterator[dict[str, Any]]:
    facts = event.facts
    row = {"case_id": event.subject_id, "at": event.happened_at, "number": None, "due": None}
    outcome = outcome_of(event, policies.by_digest(event.policy))
    for number in facts.get("closes", ()):
        yield row | {"number": number, "outcome": outcome}
    if "ends" in facts:
        yield row | {"outcome": outcome}
    clock = facts.get("clock", {})
    if clock.get("number") and "due" in clock:
        yield row | {"number": clock["number"], "due": clock["due"], "outcome": None}


def outcome_of(event: Recorded, policy: CityPolicy) -> str:
    """The word of OUTCOMES for a referral that this event closes."""
    if event.kind == "case.climbed":
        return "climbed"
    stage = None if event.stage == "closed" else event.stage
    step = policy.step(stage, event.step) or policy.track_step(event.step)
    if "target_post" in event.facts.get("evidence", {}):
        return "forwarded"
    if step is not None and (step.determines or step.role == "co"):
        return "answered"
    return "withdrawn"
