"""Is what we show what happened? Every derived row made anew from the events, and compared.

A room with derived tables of its own adds one function to `REPLAY_CHECKS` in conf/wiring.py:
`check(scope: Scope) -> Iterator[str]`, yielding one line per difference.
Memory stays bounded: cases are read in batches, each batch in one snapshot.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import orjson
from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string

from peygir.cases.fold import fold, instant
from peygir.cases.models import Ending, InForce, PolicyVersion, Rollout
from peygir.cases.policies import KINDS, takes_force
from peygir.cases.state import (
    CASE_FIELDS,
    CLOCK_FIELDS,
    REFERRAL_FIELDS,
    CaseState,
    ClockState,
    ReferralState,
)
from peygir.ledger import read
from peygir.ledger.entry import Entry, Recorded
from peygir.ledger.models import Event
from peygir.ledger.scope import Part, Scope
from peygir.people import organisation
from peygir.people.models import Post, Unit
from peygir.policy.load import load_files

__all__ = ["Part", "Scope", "cases", "differences", "policies"]

BATCH = 400  # cases folded at once

EVENTS: Final = """
select subject_id, kind, stage, step, cycle, unit, happened_at, policy, facts,
 clock, generation, rung from ledger_event
where subject = 'case' and subject_id = any(%s) order by subject_id, id
"""
EVENT_FIELDS: Final = (
    "subject_id", "kind", "stage", "step", "cycle", "unit", "happened_at", "policy", "facts",
    "clock", "generation", "rung",
)  # fmt: skip
WITHOUT_ROWS: Final = """
select e.subject_id from ledger_event e where e.kind = 'case.registered' {within}
and not exists (select 1 from cases_case c where c.id = e.subject_id)
limit %(shown)s
"""
WITHIN: Final = "and e.id > %(after)s and e.id <= %(upto)s"
SHOWN_MAX = 50  # cases without rows named one by one


Check = Callable[[Scope], Iterator[str]]


def differences(scope: Scope) -> Iterator[str]:
    """Every difference that the wired checks find, one line each."""
    for path in settings.REPLAY_CHECKS:
        check: Check = import_string(path)
        yield from check(scope)


def cases(scope: Scope) -> Iterator[str]:
    """Case, Referral and Clock rows against `cases.fold.fold` over each case's events."""
    if scope.sample is None:
        orphans = _without_rows(scope.part)
        yield from (f"case {case_id}: was registered but has no row" for case_id in orphans)
    total = len(scope.part.cases) if scope.part else scope.sample or _count()
    done = 0
    for ids in _ids(scope):
        with snapshot():
            rows, events = _rows(ids), _events(ids)
        for case_id in ids:
            yield from _compare(case_id, events.get(case_id, []), rows.get(case_id))
        done += len(ids)
        scope.advance(done, max(total, done))
    scope.counted["cases"] = done


def _without_rows(part: Part | None) -> list[int]:
    """Cases that were registered, in the events of a part, and have no row."""
    within, given = "", {"shown": SHOWN_MAX}
    if part is not None:
        if part.events is None:
            return []
        after, upto = part.events
        within, given = WITHIN, given | {"after": after, "upto": upto}
    with connection.cursor() as cursor:
        cursor.execute(WITHOUT_ROWS.format(within=within), given)
        return [row[0] for row in cursor.fetchall()]


def policies(scope: Scope) -> Iterator[str]:
    """Versions, their endings, where and when they took force, and the organisation."""
    if not scope.has_rules:
        return
    # By kind, for which there is an index, and sorted here: in the order of ids it would be a walk.
    events = sorted(read.values(Event.objects.filter(kind__in=KINDS)), key=lambda each: each.id)
    adopted = [event for event in events if event.kind == "policy.adopted"]
    known = {version.digest: version for version in PolicyVersion.objects.all()}
    for event in adopted:
        version = known.pop(event.policy, None)
        if version is None:
            yield f"policy {event.policy[:12]}: was adopted but has no row"
            continue
        yield from _version(event, version, [e for e in events if e.policy == event.policy])
    yield from (f"policy {digest[:12]}: has a row but was never adopted" for digest in known)
    yield from _organisation(events)
    scope.counted["policies"] = len(adopted)


def _version(event: Recorded, version: PolicyVersion, events: Sequence[Recorded]) -> Iterator[str]:
    """One version against its adoption and what followed it."""
    name, facts = f"policy {event.policy[:12]}", event.facts
    begins = facts.get("valid_from")
    wanted = {
        "number": facts["number"],
        "city": facts["city"],
        "files": facts["files"],
        "adopted_at": event.happened_at,
        "valid_from": event.happened_at if begins is None else instant(begins),
        "staged": "rollout" in facts,
    }
    yield from _fields(name, wanted, vars(version))
    policy = load_files(facts["city"], facts["files"])
    endings = {ending.code: list(ending.needs) for ending in policy.endings.values()}
    found = dict(Ending.objects.filter(policy=version).values_list("code", "needs"))
    yield from _fields(f"endings of {name}", endings, found)
    stages = {
        each["unit"]: instant(each["since"])
        for one in events
        for each in one.facts.get("rollout", ())
    }
    dated = dict(Rollout.objects.filter(version=version).values_list("unit", "since"))
    yield from _fields(f"rollout of {name}", stages | dict.fromkeys(dated.keys() - stages), dated)
    since = next((e.happened_at for e in events if takes_force(e)), None)
    force = InForce.objects.filter(version=version).values_list("since", flat=True).first()
    yield from _field(name, "in force since", since, force)


@contextmanager
def snapshot() -> Iterator[None]:
    """One consistent look at the database: acts that go on meanwhile are no differences."""
    if connection.in_atomic_block:  # somebody else's transaction decides
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("set transaction isolation level repeatable read, read only")
        yield


def _organisation(events: Sequence[Recorded]) -> Iterator[str]:
    """Take every organisation over once more, in the order of the ledger, compare, and undo it."""
    files = {e.policy: e.facts for e in events if e.kind == "policy.adopted"}
    if not files:
        return
    ruling = 0
    with transaction.atomic():
        before, staged = _units_and_posts(), {}
        for event in events:
            policy = load_files(files[event.policy]["city"], files[event.policy]["files"])
            if event.kind == "policy.adopted" and "rollout" in event.facts:
                staged[event.facts["number"]] = policy
            if takes_force(event) and event.facts["number"] > ruling:
                ruling = event.facts["number"]
                organisation.take_over(policy)
            for number, newer in staged.items():
                if number > ruling:
                    organisation.add(newer)
        after = _units_and_posts()
        transaction.set_rollback(True)
    for name, wanted in after.items():
        yield from _fields(name, wanted, before.get(name, {}))


def _units_and_posts() -> dict[str, Mapping[str, Any]]:
    units: dict[str, Mapping[str, Any]] = {
        f"unit {row['code']}": row for row in Unit.objects.values()
    }
    return units | {f"post {row['code']}": row for row in Post.objects.values()}


def _ids(scope: Scope) -> Iterator[list[int]]:
    """Case ids in batches: a keyset walk over all of them, a random choice, or those of a part."""
    if scope.part is not None or scope.sample is not None:
        chosen = sorted(scope.part.cases if scope.part else _chosen(scope.sample))
        for start in range(0, len(chosen), BATCH):
            yield chosen[start : start + BATCH]
        return
    last = 0
    while True:
        with connection.cursor() as cursor:
            sql = "select id from cases_case where id > %s order by id limit %s"
            cursor.execute(sql, [last, BATCH])
            ids = [row[0] for row in cursor.fetchall()]
        if not ids:
            return
        yield ids
        last = ids[-1]


def _chosen(sample: int | None) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("select id from cases_case order by random() limit %s", [sample])
        return [row[0] for row in cursor.fetchall()]


def _count() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from cases_case")
        return int(cursor.fetchone()[0])


def _rows(ids: Sequence[int]) -> dict[int, CaseState]:
    """The derived rows of these cases as they stand."""
    found: dict[int, CaseState] = {}
    for row in _select("cases_case", "id", CASE_FIELDS, ids, "id"):
        named = dict(zip(CASE_FIELDS, row[1:], strict=True))
        named["counts"] = _json(named["counts"])
        found[named["id"]] = CaseState(**named)
    for row in _select("cases_referral", "case_id", REFERRAL_FIELDS, ids, "case_id, number"):
        named = dict(zip(REFERRAL_FIELDS, row[1:], strict=True))
        named["proposal"] = _json(named["proposal"])
        found[row[0]].referrals.append(ReferralState(**named))
    for row in _select("cases_clock", "case_id", CLOCK_FIELDS, ids, "case_id, number"):
        found[row[0]].clocks.append(ClockState(**dict(zip(CLOCK_FIELDS, row[1:], strict=True))))
    return found


def _select(
    table: str, key: str, names: Sequence[str], ids: Sequence[int], order: str
) -> list[tuple[Any, ...]]:
    # Table and columns are constants of the code; ids travel as a parameter.
    sql = f"select {key}, {', '.join(names)} from {table} where {key} = any(%s) order by {order}"  # noqa: S608 - constants only
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(ids)])
        return list(cursor.fetchall())


def _events(ids: Sequence[int]) -> dict[int, list[Entry]]:
    found: dict[int, list[Entry]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(EVENTS, [list(ids)])
        for row in cursor.fetchall():
            named = dict(zip(EVENT_FIELDS, row, strict=True))
            named["facts"] = _json(named["facts"])
            found[named["subject_id"]].append(Entry(subject="case", **named))
    return found


def _json(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, str) else value


def _compare(case_id: int, events: Iterable[Entry], row: CaseState | None) -> Iterator[str]:
    name = f"case {case_id}"
    try:
        wanted = fold(events)
    except (ValueError, KeyError, StopIteration, AttributeError, IndexError) as error:
        yield f"{name}: its events make no case ({type(error).__name__}: {error})"
        return
    if row is None:  # it was closed to us between two statements; the next batch is a new snapshot
        yield f"{name}: has events but no row"
        return
    if wanted == row:
        return
    for field in CASE_FIELDS:
        yield from _field(name, field, getattr(wanted, field), getattr(row, field))
    yield from _numbered(f"{name} referral", REFERRAL_FIELDS, wanted.referrals, row.referrals)
    yield from _numbered(f"{name} clock", CLOCK_FIELDS, wanted.clocks, row.clocks)


def _numbered(
    name: str, names: Sequence[str], wanted: Sequence[Any], found: Sequence[Any]
) -> Iterator[str]:
    """Compare referrals or clocks by their number."""
    have = {each.number: each for each in found}
    for want in wanted:
        row = have.pop(want.number, None)
        if row is None:
            yield f"{name} {want.number}: missing"
            continue
        for field in names:
            yield from _field(
                f"{name} {want.number}", field, getattr(want, field), getattr(row, field)
            )
    yield from (f"{name} {number}: no event made it" for number in have)


def _fields(name: str, wanted: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    for field in wanted:
        yield from _field(name, field, wanted[field], found.get(field))


def _field(name: str, field: str, wanted: Any, found: Any) -> Iterator[str]:
    if wanted != found:
        yield f"{name}: {field} is {_short(found)}, events say {_short(wanted)}"


def _short(value: Any) -> str:
    words = str(value)
    return words if len(words) <= 80 else f"{words[:77]}…"
