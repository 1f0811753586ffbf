"""Every night: do the rows that people see say what the events say? (`boards.replay`, in parts.)

Whoever changes a row in the database and writes no event changes no public figure, for those come
from the log; and a morning later this says so. What it finds is kept, so that nobody mends the rows
and denies it.

A night's work does not grow with the years: the rules, all that is open or was open the night
before, all that had an event since then, what differed, and so many of all cases and events that a
round over them takes a known number of nights. It goes on in slices, where the last one ended.
"""

import math
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Max, QuerySet

from peygir.boards.models import Comparison
from peygir.boards.replay import Part, Scope, differences
from peygir.cases.models import Case, InForce
from peygir.ledger.models import Event
from peygir.ledger.statement import run
from peygir.policy.model import CityPolicy

NIGHT: Final = range(1, 5)  # hours of the city's clock
LATE: Final = timedelta(hours=50)  # without a comparison: a night was missed, and the next one
FOUND_MAX: Final = 5000  # differences counted
LINES_MAX: Final = 50  # of them kept
WRONG_MAX: Final = 20_000  # cases looked at again because they, or some beside them, differed
RANGES_MAX: Final = 100  # parts of the events, likewise
SLICE_S: Final = 1.0  # of a turn: others wait behind it
SETTLED: Final = timedelta(hours=1)  # the longest that a transaction may take
CASES: Final = 200  # compared at once
EVENTS: Final = 5_000
CASES_A_NIGHT: Final = 50_000  # of the round
EVENTS_A_NIGHT: Final = 400_000
LOCK: Final = 0x636F6D70617265  # one worker at a time
CHANGING: Final = (
    "is_done", "cases", "found", "lines", "walk", "after", "taken", "cases_upto", "events_upto",
    "round_day", "whole_since", "wrong", "wrong_events",
)  # fmt: skip

Advance = Callable[[int, int], None]  # told: cases done, cases in all


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What is compared next, and where the walk stands afterwards."""

    part: Part
    after: int


def is_due(policy: CityPolicy, *, at: datetime) -> bool:
    """Whether today's comparison is not done, and it is night, it has begun or nights were
    missed."""
    local = at.astimezone(ZoneInfo(policy.calendar.zone))
    begun = Comparison.objects.filter(day=local.date()).first()
    if begun is not None:
        return not begun.is_done
    return local.hour in NIGHT or is_late(at)


def is_late(at: datetime) -> bool:
    """Whether nobody has compared for so long; counted from the first event at the earliest."""
    newest = last()
    if newest is not None:
        return newest.started_at < at - LATE
    first = Event.objects.order_by("id").values_list("happened_at", flat=True).first()
    return first is not None and first < at - LATE


def turn(policy: CityPolicy, *, at: datetime) -> bool:
    """Go on with today's comparison for about a second; True when more of it waits. While another
    worker does, nothing is to be done."""
    [(ours,)] = run("select pg_try_advisory_lock(%s::bigint)", (LOCK,))
    if not ours:
        return False
    try:
        began = time.monotonic()
        row = _today(policy, at)
        while not row.is_done:
            _go_on(row)
            row.save(update_fields=CHANGING)
            if time.monotonic() - began >= SLICE_S:
                break
        return not row.is_done
    finally:
        run("select pg_advisory_unlock(%s::bigint)", (LOCK,))


def whole(policy: CityPolicy, *, at: datetime, advance: Advance) -> tuple[Comparison, Scope]:
    """Compare everything at once, and keep it as today's; what today has found already stays."""
    run("select pg_advisory_lock(%s::bigint)", (LOCK,))
    try:
        row, scope = _today(policy, at), Scope(advance=advance)
        _compare(row, scope)
        row.cases, row.is_done, row.walk = scope.counted["cases"], True, ""
        row.round_day, row.whole_since = row.day, row.day
        row.cases_upto = row.events_upto = None
        row.save(update_fields=CHANGING)
    finally:
        run("select pg_advisory_unlock(%s::bigint)", (LOCK,))
    return row, scope


def last() -> Comparison | None:
    """The last comparison that came to its end."""
    return Comparison.objects.filter(is_done=True).order_by("-day").first()


def nights() -> int:
    """How many nights a round over everything takes, about."""
    with connection.cursor() as cursor:
        cursor.execute(SIZES)
        [(cases, events)] = cursor.fetchall()
    rounds: tuple[int, ...] = (
        1,
        math.ceil(cases / CASES_A_NIGHT),
        math.ceil(events / EVENTS_A_NIGHT),
    )
    return max(rounds)


def forgotten(at: datetime) -> Iterator[tuple[str, str, QuerySet[Any]]]:
    """For the worker's audit: a night that found something, or nights without a comparison."""
    newest = last()
    days = [newest.day] if newest else []
    wrong = Comparison.objects.filter(day__in=days, found__gt=0)
    yield "rows_differ", "comparisons that found rows without their events", wrong
    ruling = InForce.objects.all()
    words = "versions in force whose rows nobody has compared for two nights"
    yield "rows_uncompared", words, ruling if is_late(at) else ruling.none()


# As the database estimates it: counting would take longer every year.
SIZES: Final = """
select max(reltuples) filter (where relname = 'cases_case')::bigint,
 max(reltuples) filter (where relname = 'ledger_event')::bigint
from pg_class where relname in ('cases_case', 'ledger_event') and relkind = 'r'
"""


def _day(policy: CityPolicy, at: datetime) -> date:
    return at.astimezone(ZoneInfo(policy.calendar.zone)).date()


def _today(policy: CityPolicy, at: datetime) -> Comparison:
    """Today's row: begun now, or where it was left."""
    day = _day(policy, at)
    begun = Comparison.objects.filter(day=day).first()
    if begun is not None:
        return begun
    before = last() or Comparison(cases_upto=None, events_upto=None)
    older = Event.objects.filter(recorded_at__lt=at - SETTLED).order_by("-id")
    settled = older.values_list("id", flat=True).first() or 0
    newest = Event.objects.aggregate(newest=Max("id"))["newest"] or 0
    row = Comparison(
        day=day,
        started_at=at,
        walk=next(iter(WALKS)),
        since=before.settled or settled,  # on the first night the round does the rest
        upto=newest,
        settled=settled,
        cases_upto=before.cases_upto,
        events_upto=before.events_upto,
        round_day=before.round_day or day,
        whole_since=before.whole_since,
        held=_open(),
    )
    if _is_through(row):
        first = Event.objects.order_by("id").values_list("id", flat=True).first() or 1
        row.cases_upto, row.events_upto, row.round_day = 0, first - 1, day
    row.save(force_insert=True)
    return row


def _is_through(row: Comparison) -> bool:
    return row.cases_upto is None and row.events_upto is None


def _go_on(row: Comparison) -> None:
    """One step of its walk, or on to the next walk."""
    step = WALKS[row.walk](row)
    if step is not None:
        _compare(row, Scope(part=step.part))
        row.after = step.after
        return
    names = [*WALKS]
    rest = names[names.index(row.walk) + 1 :]
    row.walk, row.after, row.taken = (rest[0] if rest else ""), 0, 0
    if not rest:
        row.is_done = True
        row.whole_since = row.round_day if _is_through(row) else row.whole_since
        older = Comparison.objects.filter(day__lt=row.day)
        kept = older.exclude(held=[], wrong=[], wrong_events=[])
        kept.update(held=[], wrong=[], wrong_events=[])


def _compare(row: Comparison, scope: Scope) -> None:
    """Note what differs at two looks; what an act was changing just then is no difference."""
    first = set(islice(differences(scope), FOUND_MAX))
    row.cases += scope.counted.get("cases", 0)
    if not first:
        return
    lines = [line for line in differences(Scope(part=scope.part)) if line in first]
    new = [line for line in lines if line not in row.lines]
    row.found = min(FOUND_MAX, row.found + len(new))
    row.lines = [*row.lines, *new][:LINES_MAX]
    if lines and scope.part is not None:
        row.wrong = sorted({*row.wrong, *scope.part.cases})[:WRONG_MAX]
        if scope.part.events is not None:
            row.wrong_events = [*row.wrong_events, [*scope.part.events]][:RANGES_MAX]


def _open() -> list[int]:
    """Cases that are open. In no order: with one, the planner might walk over those closed."""
    return sorted(Case.objects.filter(closed_at=None).values_list("pk", flat=True))


def _before(row: Comparison) -> Comparison:
    """The last one that was done, in an earlier night."""
    done = Comparison.objects.filter(is_done=True, day__lt=row.day).order_by("-day")
    return done.first() or Comparison()


def _rules(row: Comparison) -> Step | None:
    return Step(part=Part(rules=True), after=1) if not row.after else None


def _wrong(row: Comparison) -> Step | None:
    """What differed the night before, until it is mended."""
    return _next(_before(row).wrong, row.after)


def _ranges(row: Comparison) -> Step | None:
    before = _before(row).wrong_events
    if row.after >= len(before):
        return None
    after, upto = before[row.after]
    return Step(part=Part(events=(after, upto)), after=row.after + 1)


def _held(row: Comparison) -> Step | None:
    """What is open, and what was the night before: a closing without an event is found."""
    return _next({*row.held, *_before(row).held} - {*row.wrong}, row.after)


def _recent(row: Comparison) -> Step | None:
    """What had an event since the last night."""
    after = row.after or row.since
    if after >= row.upto:
        return None
    upto = _behind(after, row.upto)
    span = Event.objects.filter(subject="case", id__gt=after, id__lte=upto)
    ids = {*span.values_list("subject_id", flat=True)} - {*row.held} - {*row.wrong}
    return Step(part=Part(cases=sorted(ids), events=(after, upto)), after=upto)


def _cases(row: Comparison) -> Step | None:
    """So many cases of the round."""
    if row.cases_upto is None or row.taken >= CASES_A_NIGHT:
        return None
    known = Case.objects.filter(pk__gt=row.cases_upto).order_by("pk")
    ids = [*known.values_list("pk", flat=True)[: min(CASES, CASES_A_NIGHT - row.taken)]]
    if not ids:
        row.cases_upto = None
        return None
    row.taken += len(ids)
    row.cases_upto = ids[-1]
    return Step(part=Part(cases=sorted({*ids} - {*row.wrong} - {*row.held})), after=0)


def _events(row: Comparison) -> Step | None:
    """So many events of the round."""
    if row.events_upto is None or row.taken >= EVENTS_A_NIGHT:
        return None
    if row.events_upto >= row.upto:
        row.events_upto = None
        return None
    after = row.events_upto
    row.events_upto = _behind(after, row.upto)
    row.taken += EVENTS
    return Step(part=Part(events=(after, row.events_upto)), after=0)


def _behind(after: int, upto: int) -> int:
    """The last of the next so many events; ids have gaps."""
    ahead = Event.objects.filter(pk__gt=after, pk__lte=upto).order_by("pk")
    return next(iter(ahead.values_list("pk", flat=True)[EVENTS - 1 : EVENTS]), upto)


def _next(ids: Collection[int], after: int) -> Step | None:
    chosen = sorted(each for each in ids if each > after)[:CASES]
    return Step(part=Part(cases=chosen), after=chosen[-1]) if chosen else None


#: In this order; `Comparison.walk` names the one under way.
WALKS: Final[dict[str, Callable[[Comparison], Step | None]]] = {
    "rules": _rules,
    "wrong": _wrong,
    "ranges": _ranges,
    "held": _held,
    "recent": _recent,
    "cases": _cases,
    "events": _events,
}
