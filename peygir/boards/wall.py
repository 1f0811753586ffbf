"""The operations wall: open urgent cases with their clocks, and how quickly they were taken up.

The first question (`open_now`) costs the same however many cases are closed: a partial index holds
the open urgent ones. What stands behind a case is read only when its last event is a new one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from math import inf
from typing import Final

from django.db import connection
from django.db.models import F

from peygir.boards.cases import Said, said
from peygir.boards.models import Urgency
from peygir.cases.models import Case, Clock, Referral
from peygir.cases.models.clock import RUNNING
from peygir.cases.state import CASE_FIELDS, CaseState, ClockState, ReferralState
from peygir.ledger.entry import Actor
from peygir.people.models import Paper

SHOWN_MAX: Final = 100  # rows on a wall; the rest is counted

_REFERRAL = [f.name for f in fields(ReferralState)]
_CLOCK = [f.name for f in fields(ClockState)]

# How quickly messages that became urgent since %(since)s were taken up. In time: of those whose
# first action was taken or is overdue.
FIGURES: Final = """
select count(*), count(u.seen_at), count(u.acted_at),
 percentile_cont(0.5) within group (order by extract(epoch from u.seen_at - u.since)),
 percentile_cont(0.5) within group (order by extract(epoch from u.acted_at - u.since)),
 count(*) filter (where u.acted_at <= u.due_at),
 count(*) filter (where u.acted_at is not null or u.due_at <= %(at)s)
from boards_urgency u join cases_case c on c.id = u.case_id
where u.since >= %(since)s and not c.sealed
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One open urgent case, and the event after which it was last as it is now."""

    case_id: int
    code: str
    event_id: int
    seen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One case on the wall. `crew`, `action`: what was written about them, "" before that."""

    case: Case
    urgency: Urgency
    state: CaseState
    said: Said
    crew: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Today's urgent messages. Seconds are medians, None without any; `in_time` of `judged`."""

    today: int = 0
    seen: int = 0
    acted: int = 0
    seen_s: float | None = None
    acted_s: float | None = None
    in_time: int = 0
    judged: int = 0


def open_now(actor: Actor) -> tuple[Sequence[Key], int]:
    """Open urgent cases that `actor` may see, in the order of the wall, and how many more there
    are.

    Nobody's yet first, the newest on top; then by the deadline that passes, or passed, first. A
    sealed case is never shown on a screen that hangs on a wall.
    """
    visible = Case.objects.visible_to(actor).filter(closed_at=None, sealed=False).exclude(urgent="")
    rows = visible.filter(urgency__isnull=False).values_list(
        "pk", "urgency__event_id", "urgency__seen_at", "code"
    )
    found = list(
        rows.order_by(F("urgency__seen_at").asc(nulls_first=True), "-urgency__since", "pk")
    )
    next_due = _next_due([row[0] for row in found if row[2] is not None])
    order = sorted(found, key=lambda row: next_due.get(row[0], inf) if row[2] else -inf)
    keys = [
        Key(case_id=row[0], code=row[3], event_id=row[1], seen=row[2] is not None)
        for row in order[:SHOWN_MAX]
    ]
    return keys, len(order) - len(keys)


def items(case_ids: Iterable[int]) -> Mapping[int, Item]:
    """Everything that a row of the wall shows, by case id: six queries for any number of them.

    The ids come from `open_now`, which has asked what the reader may see.
    """
    cases = Case.objects.in_bulk(case_ids)
    fared = Urgency.objects.in_bulk(cases)
    states = {pk: _state(case) for pk, case in cases.items()}
    for row in Referral.objects.filter(case__in=cases).order_by("number"):
        values = {name: getattr(row, name) for name in _REFERRAL}
        states[row.case_id].referrals.append(ReferralState(**values))
    for clock in Clock.objects.filter(case__in=cases).order_by("number"):
        values = {name: getattr(clock, name) for name in _CLOCK}
        states[clock.case_id].clocks.append(ClockState(**values))
    words = said(cases)
    papers = [paper for one in fared.values() for paper in (one.crew, one.action) if paper]
    texts: dict[int | None, str] = dict(
        Paper.objects.filter(pk__in=papers).values_list("pk", "text")
    )
    return {
        pk: Item(
            case=case,
            urgency=fared[pk],
            state=states[pk],
            said=words.get(pk, Said()),
            crew=texts.get(fared[pk].crew, ""),
            action=texts.get(fared[pk].action, ""),
        )
        for pk, case in cases.items()
    }


def figures(*, since: datetime, at: datetime) -> Figures:
    """How quickly what became urgent since `since` was seen and acted upon, as of `at`."""
    with connection.cursor() as cursor:
        cursor.execute(FIGURES, {"since": since, "at": at})
        row = cursor.fetchone()
    return Figures(
        today=row[0],
        seen=row[1],
        acted=row[2],
        seen_s=None if row[3] is None else float(row[3]),
        acted_s=None if row[4] is None else float(row[4]),
        in_time=row[5],
        judged=row[6],
    )


def urgency_of(case: Case) -> Urgency | None:
    """How an urgent case fared, for its own page; None for one that never was urgent."""
    return Urgency.objects.filter(case=case).first()


def _state(case: Case) -> CaseState:
    return CaseState(**{name: getattr(case, name) for name in CASE_FIELDS})


def _next_due(case_ids: Sequence[int]) -> Mapping[int, float]:
    """The earliest deadline that still runs for each case, in epoch seconds (not the citizen's)."""
    running = Clock.objects.filter(case__in=case_ids, state=RUNNING, number__gt=0)
    found: dict[int, float] = {}
    for case_id, due in running.values_list("case_id", "due_at"):
        found[case_id] = min(due.timestamp(), found.get(case_id, due.timestamp()))
    return found
