"""From events to notices, in the event's own transaction and in one statement per kind of batch.

Citizens learn what a step tells (`facts.tells`), whoever reported the case or one that was merged
into it. Staff learn of deadlines: the post that the ladder names, or the unit at a warning; all but
the most urgent waits for an hourly digest: a flood of deadlines is one message to each person.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
from django.db import models

from peygir.calendars.durations import Span
from peygir.cases import policies
from peygir.ledger.entry import Recorded
from peygir.ledger.statement import run
from peygir.notices import quiet
from peygir.notices.models import CANCELLED, QUEUED, DevMessage, Notice
from peygir.people.erasing import ERASED
from peygir.policy.asking import REASON, asks_citizen
from peygir.policy.model import CityPolicy

UNDO: Final = timedelta(seconds=10)  # a step undone or overtaken within this time tells nobody
QUESTION_AFTER: Final = timedelta(minutes=2)  # the result is read first
URGENT_WITHIN: Final = timedelta(hours=4)  # a deadline this short is told at once, at any hour
#: Said to somebody who is on the line or has just written: no reason to wait for the morning.
ANSWERS: Final = frozenset({"registered", "joined"})
#: A citizen joins a case that exists: the words are those of a report that was registered.
TEMPLATES: Final = {"joined": "sms.registered"}

COLUMNS: Final = (
    "dedupe_key, audience, citizen_id, post, unit, channel, template, params, paper_id, case_id, "
    "clock, level, stage, language, urgent, digest, simulated, made_at, not_before, "
    "attempts, state, provider_id, failure"
)

# A reporter of a case that was merged into this one hears of it under the code that they know.
# The question goes to whoever reported first: theirs is the word that closes.
TELL: Final = f"""
with recursive given as (
  select * from jsonb_to_recordset(%s::jsonb) as x(key text, case_id bigint, template text,
   params jsonb, paper_id bigint, stage text, newest boolean, asks boolean, urgent boolean,
   at timestamptz, not_before timestamptz) /* few */),
 family as (
  select distinct case_id as root, case_id from given
  union
  select f.root, c.id from family f join cases_case c on c.lead_id = f.case_id),
 told as (
  select distinct on (g.key, r.citizen_id) g.*, r.citizen_id, r.language, c.code, c.simulated
  from given g
  join family f on f.root = g.case_id
  join cases_case c on c.id = f.case_id
  join people_reporter r on r.case_id = f.case_id
  join people_citizen p on p.id = r.citizen_id and p.phone is not null and p.wants_sms
  where (not g.newest
    or r.id = (select max(l.id) from people_reporter l where l.case_id = g.case_id))
   and (not g.asks or (r.case_id = g.case_id and (r.is_first or exists (
    select 1 from people_reporter a
    where a.case_id = g.case_id and a.is_first and a.citizen_id is null))))
  order by g.key, r.citizen_id, (f.case_id = g.case_id) desc, r.id)
insert into notices_notice ({COLUMNS})
select t.key || ':' || t.citizen_id, 'citizen', t.citizen_id, '', '', 'sms', t.template,
 t.params || jsonb_build_object('code', t.code), t.paper_id, t.case_id, null, null, t.stage,
 t.language, t.urgent, false, t.simulated, t.at, t.not_before, 0, 'queued', '', ''
from told t
on conflict (dedupe_key) do nothing
"""  # noqa: S608 - constants only

# The planner takes any JSON for a hundred rows and would read whole tables for one act's single
# row.
FEW: Final = 3
TELL_FEW: Final = TELL.replace("/* few */", f"limit {FEW}")

# Nothing is merged into a case that has just been registered, and one person reported it: the
# statement that every registration pays for needs no family.
TELL_NEW: Final = f"""
insert into notices_notice ({COLUMNS})
select t.key || ':' || p.id, 'citizen', p.id, '', '', 'sms', t.template,
 t.params || jsonb_build_object('code', c.code), null, t.case_id, null, null, t.stage,
 r.language, t.urgent, false, c.simulated, t.at, t.not_before, 0, 'queued', '', ''
from (
  select * from jsonb_to_recordset(%s::jsonb) as x(key text, case_id bigint, template text,
   params jsonb, stage text, urgent boolean, at timestamptz, not_before timestamptz)
  limit {FEW}) t
join cases_case c on c.id = t.case_id
join people_reporter r on r.case_id = t.case_id
join people_citizen p on p.id = r.citizen_id and p.phone is not null and p.wants_sms
on conflict (dedupe_key) do nothing
"""  # noqa: S608 - constants only

FIRE: Final = f"""
with given as (
  select * from jsonb_to_recordset(%s::jsonb) as x(key text, case_id bigint, template text,
   params jsonb, post text, unit text, stage text, clock smallint, level smallint, at timestamptz,
   digest_at timestamptz, urgent_classes jsonb)),
 told as (
  select g.*, c.simulated, g.urgent_classes ? c.class_code as urgent
  from given g join cases_case c on c.id = g.case_id)
insert into notices_notice ({COLUMNS})
select t.key, 'staff', null, t.post, t.unit, 'email', t.template, t.params, null, t.case_id,
 t.clock, t.level, t.stage, 'fa', t.urgent, not t.urgent, t.simulated, t.at,
 case when t.urgent then t.at else t.digest_at end, 0, 'queued', '', ''
from told t order by (t.params->>'due')::bigint nulls first, t.case_id
on conflict (dedupe_key) do nothing
"""  # noqa: S608 - constants only


def project(batch: Sequence[Recorded]) -> None:
    """Queue what follows from `batch`; see the module."""
    cases = [event for event in batch if event.subject == "case"]
    told = [row for event in cases for row in _tellings(event)]
    if len(told) > FEW:
        _insert(TELL, told)
    else:
        is_new = all(event.kind == "case.registered" for event in cases)
        _insert(TELL_NEW if is_new else TELL_FEW, told)
    _insert(FIRE, [row for event in cases for row in _alarms(event)])
    forgotten = [event.subject_id for event in batch if event.kind == ERASED]
    if forgotten:
        forget(forgotten)


def forget(case_ids: Sequence[int]) -> None:
    """Nobody can tell any more whom these cases were about; what still waits is not sent."""
    found = Notice.objects.filter(case_id__in=case_ids)
    shown = models.Q(case_id__in=case_ids) | models.Q(notice_id__in=found.values("pk"))
    DevMessage.objects.filter(shown).delete()
    found.filter(state=QUEUED).update(state=CANCELLED, failure="erased", lease_until=None)
    found.update(citizen_id=None, params={}, provider_id="")


def _insert(statement: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        run(statement, [orjson.dumps(rows).decode()])


def _tellings(event: Recorded) -> Iterator[dict[str, Any]]:
    tells = event.facts.get("tells")
    if not tells:
        return
    policy = policies.by_digest(event.policy)
    evidence, sets = event.facts.get("evidence", {}), event.facts.get("sets", {})
    spoke = event.actor.kind == "citizen" or REASON in evidence
    urgent = tells in ANSWERS or spoke or _is_in_urgent_lane(policy, event)
    at = event.happened_at
    first = at + UNDO if urgent else quiet.citizen_time(at + UNDO, policy.calendar)
    told: dict[str, Any] = {
        "key": f"e{event.id}",
        "case_id": event.subject_id,
        "template": TEMPLATES.get(tells, f"sms.{tells}"),
        "params": _params(evidence, sets),
        "paper_id": evidence.get("report_to_citizen"),
        "stage": "",
        "newest": tells == "joined",
        "asks": False,
        "urgent": urgent,
        "at": at,
        "not_before": first,
    }
    yield told
    stage = sets.get("stage", "")
    if stage != event.stage and asks(event.policy, stage):
        asked = quiet.citizen_time(first + QUESTION_AFTER, policy.calendar)
        yield told | {
            "key": f"q{event.id}",
            "template": "sms.feedback_question",
            "params": {},
            "paper_id": None,
            "stage": stage,
            "asks": True,
            "not_before": asked,
        }


def _is_in_urgent_lane(policy: CityPolicy, event: Recorded) -> bool:
    """Whether the case waits, after the event, in a stage of the operations wall: the danger goes
    on at night too, and whoever reported it hears at once what is done about it."""
    stage = policy.stages.get(event.facts.get("sets", {}).get("stage", event.stage))
    return stage is not None and stage.desk == "operations"


def asks(digest: str, stage: str) -> bool:
    """Whether a case that comes to this stage waits for a yes or no that somebody calls for.

    Where nobody calls, the text of the step that leads there says what the citizen may answer.
    """
    found = policies.by_digest(digest).stages.get(stage)
    return found is not None and found.desk == "calls" and asks_citizen(found)


def _params(evidence: dict[str, Any], sets: dict[str, Any]) -> dict[str, Any]:
    """Codes and numbers that the texts of the city may name."""
    found: dict[str, Any] = {}
    if sets.get("promised_for"):
        found["date"] = sets["promised_for"]
    if evidence.get("outside_body"):
        found["body"] = evidence["outside_body"]
    return found


def _alarms(event: Recorded) -> Iterator[dict[str, Any]]:
    if event.kind == "clock.fired" and not _is_citizens(event):
        yield _deadline(event)
    elif event.kind == "case.proposed":
        policy = policies.by_digest(event.policy)
        post = policy.organisation.head_of(event.unit)
        if post:
            yield _alarm(event, policy, post=post, template="mail.approval", key=f"e{event.id}")


def _is_citizens(event: Recorded) -> bool:
    """Whether the time that passed was the citizen's to answer in: nobody is late then."""
    stage = policies.by_digest(event.policy).stages.get(event.stage)
    return bool(event.clock) and stage is not None and stage.waits_for_citizen


def _deadline(event: Recorded) -> dict[str, Any]:
    """A warning goes to the unit that holds the case, all else to the ladder's post."""
    policy = policies.by_digest(event.policy)
    level = int(event.facts.get("level", 1))
    post = event.facts.get("told") or ""
    citizens = event.clock == 0  # what the citizen lived through has rungs only
    level = level + 1 if citizens else level
    name = "warning" if level < 1 else "breach" if level == 1 else "rung"
    warns = name == "warning"
    target = event.unit if warns or not post else post
    row = _alarm(
        event,
        policy,
        post="" if target == event.unit else post,
        template=f"mail.{name}",
        key=f"c{event.subject_id}:{event.clock}:{event.generation}:{event.rung}:{target}",
    )
    row |= {"clock": event.clock, "level": level, "params": {"due": event.facts["due"]}}
    if not warns and not citizens:
        row["urgent_classes"] = _urgent_classes(policy, event.stage)
    return row


def _alarm(
    event: Recorded, policy: CityPolicy, *, post: str, template: str, key: str
) -> dict[str, Any]:
    return {
        "key": key,
        "case_id": event.subject_id,
        "template": template,
        "params": {},
        "post": post,
        "unit": "" if post else event.unit,
        "stage": "",
        "clock": None,
        "level": None,
        "at": event.happened_at,
        "digest_at": _digest_at(event.happened_at, policy),
        "urgent_classes": [],
    }


def _digest_at(at: datetime, policy: CityPolicy) -> datetime:
    return quiet.digest_time(at, policy.calendar)


def _urgent_classes(policy: CityPolicy, stage: str) -> list[str]:
    """Classes of work whose deadline here is too short to wait for a digest ("": unsorted)."""
    found = policy.stages.get(stage)
    if found is None:
        return []
    if found.due == "class":
        return [code for code, each in policy.classes.items() if _is_short(each.due)]
    return ["", *policy.classes] if _is_short(found.due) else []


def _is_short(span: Span) -> bool:
    return span.mode == "wall" and span.amount <= URGENT_WITHIN
