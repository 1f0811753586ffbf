"""What was handed over to bodies outside the municipality, and what became of it (S8, S18).

One row for each hand-over, projected from its event: lists and figures look at no other case.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Max, Q, QuerySet

from peygir.boards.cases import Said, said
from peygir.boards.models import HandOver
from peygir.cases.models import Case, Clock
from peygir.cases.models.clock import PAUSED, RUNNING
from peygir.ledger import read
from peygir.ledger.entry import Actor, Recorded
from peygir.ledger.models import Event
from peygir.ledger.scope import Scope

LIST_MAX: Final = 500  # lines of one list; a longer period is asked for in parts
BODY: Final = "outside_body"
ANSWER: Final = "body_answer"


def project(batch: Sequence[Recorded]) -> None:
    """Note what was handed over, and which of it the bodies answered."""
    for event in batch:
        if event.subject != "case" or event.kind != "case.stepped":
            continue
        evidence = event.facts.get("evidence", {})
        if BODY in evidence:
            HandOver.objects.get_or_create(event_id=event.id, defaults=_row(event))
        if ANSWER in evidence:
            waiting = HandOver.objects.filter(case=event.subject_id, answered_at=None)
            waiting.update(answered_at=event.happened_at)


def _row(event: Recorded) -> dict[str, Any]:
    return {
        "case_id": event.subject_id,
        "body": event.facts["evidence"][BODY],
        "at": event.happened_at,
        "post": event.actor.post,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of one body: hand-overs that wait, that wait too long, that were answered, and all."""

    body: str
    waiting: int = 0
    late: int = 0
    answered: int = 0
    total: int = 0
    last: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One hand-over as a list shows it. `due_at`: of the follow-up; None when nothing is timed."""

    handed: HandOver
    case: Case
    said: Said
    due_at: datetime | None

    @property
    def waits(self) -> bool:
        return self.handed.answered_at is None and self.case.closed_at is None


def figures(*, since: datetime, until: datetime, at: datetime) -> dict[str, Figures]:
    """By body, over the hand-overs of a period; a citizen's word about the municipality is counted
    elsewhere, these apart."""
    rows = _in(since, until)
    waits = Q(answered_at=None, case__closed_at=None)
    overdue = Clock.objects.filter(state=RUNNING, due_at__lte=at, number__gt=0)
    found = rows.values("body").annotate(
        waiting=Count("pk", waits),
        late=Count("pk", waits & Q(case__in=overdue.values("case"))),
        answered=Count("pk", Q(answered_at__isnull=False)),
        total=Count("pk"),
        last=Max("at"),
    )
    return {row["body"]: Figures(**row) for row in found}


def lines(
    actor: Actor, body: str, *, since: datetime, until: datetime, waiting: bool = False
) -> list[Line]:
    """Hand-overs to one body, oldest first; only of cases that `actor` may see."""
    rows = _in(since, until).filter(body=body, case__in=Case.objects.visible_to(actor))
    if waiting:
        rows = rows.filter(answered_at=None, case__closed_at=None)
    found = list(rows.select_related("case").order_by("at", "pk")[:LIST_MAX])
    ids = [row.case_id for row in found]
    words = said(ids)
    live = Clock.objects.filter(case__in=ids, number__gt=0, state__in=(RUNNING, PAUSED))
    due = dict(live.order_by("-number").values_list("case_id", "due_at"))
    return [
        Line(
            handed=row,
            case=row.case,
            said=words.get(row.case_id, Said()),
            due_at=due.get(row.case_id),
        )
        for row in found
    ]


def body_of(case_id: int) -> str | None:
    """The body that a case was handed to last; None when it was to none."""
    found = HandOver.objects.filter(case=case_id).order_by("-at", "-pk")
    return found.values_list("body", flat=True).first()


def _in(since: datetime, until: datetime) -> QuerySet[HandOver]:
    return HandOver.objects.filter(at__gte=since, at__lt=until, case__sealed=False)


def check(scope: Scope) -> Iterator[str]:
    """One line for each hand-over that is missing or that no event made."""
    events = Event.objects.filter(
        subject="case", kind="case.stepped", facts__evidence__has_key=BODY
    )
    kept = HandOver.objects.all()
    if scope.part is not None:
        events = events.filter(scope.part.of_events())
        kept = kept.filter(scope.part.of_events("case_id", "event_id"))
    wanted = {event.id: _row(event) for event in read.values(events)}
    names = ("case_id", "body", "at", "post")
    rows = kept.values_list("event_id", *names)
    found = {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}
    yield from _differences(wanted.keys() | found.keys(), wanted, found)
    scope.counted["hand-overs"] = len(wanted)


def _differences(
    events: Iterable[int], wanted: dict[int, dict[str, Any]], found: dict[int, dict[str, Any]]
) -> Iterator[str]:
    for event_id in sorted(events):
        if wanted.get(event_id) != found.get(event_id):
            yield f"hand-over of event {event_id}: is {found.get(event_id)!r}"
