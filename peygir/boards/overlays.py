"""What an overlay did: cases while it held, pauses, deadlines moved, and what it cost (I13, S9)."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, QuerySet

from peygir.cases import overlays, switching
from peygir.cases.fold import instant
from peygir.cases.models import Case, OverlayRun, Referral
from peygir.cases.models.overlay import ON, PROPOSED
from peygir.ledger import read
from peygir.ledger.models import Event
from peygir.ledger.scope import Scope

PAUSES_MAX: Final = 5_000  # of one list


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """One clock that stood still: `until` when it went on, or is to go on at the latest."""

    code: str
    number: int
    since: datetime
    until: datetime
    went_on: bool
    reason: str
    post: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Deadlines that an overlay moved. `late_without`: what would have been late by the plain ones;
    `late_with`: what was late all the same."""

    moved: int = 0
    longer: timedelta = timedelta()
    late_without: int = 0
    late_with: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """The after-action report of one run."""

    run: OverlayRun
    events: Sequence[Any]  # who did what when, oldest first
    until: datetime
    cases: int
    merged: int
    told: int  # incidents whose reporters got the one message
    reporters: int
    paused: Sequence[Paused]
    cost: Cost


def live() -> QuerySet[OverlayRun]:
    return OverlayRun.objects.filter(state__in=[PROPOSED, ON]).order_by("-proposed_at")


def cases(run: OverlayRun, at: datetime) -> QuerySet[Case]:
    """Cases in scope that were registered while the run held; never a sealed one (T7)."""
    if run.on_at is None:
        return Case.objects.none()
    found = Case.objects.filter(overlays.within(run), sealed=False)
    return found.filter(opened_at__gte=run.on_at, opened_at__lt=ended(run, at))


def ended(run: OverlayRun, at: datetime) -> datetime:
    """When it ended; `at` while it holds."""
    return min(run.ended_at or at, run.expires_at, max(at, run.proposed_at))


def pauses(run: OverlayRun) -> list[Paused]:
    """Every clock that stood still for this run, for the council (I13)."""
    rows = Event.objects.filter(kind="case.paused", facts__overlay__run=run.pk)
    events = list(rows.order_by("id")[:PAUSES_MAX])
    ids = {event.subject_id for event in events}
    codes = dict(Case.objects.filter(pk__in=ids).values_list("pk", "code"))
    ends = _ends(ids)
    found = []
    for event in events:
        clock = event.facts["clock"]
        planned = instant(clock["until"])
        later = (when for number, when in ends.get(event.subject_id, ()) if number > event.pk)
        went_on = next(later, None)
        found.append(
            Paused(
                code=codes.get(event.subject_id, ""),
                number=clock["number"],
                since=event.happened_at,
                until=went_on or planned,
                went_on=went_on is not None,
                reason=clock["reason"],
                post=event.actor_post,
            )
        )
    return found


def cost(run: OverlayRun, at: datetime) -> Cost:
    """What the deadlines of the overlay changed, by the clocks that it gave another one."""
    rows = Event.objects.filter(subject="case", facts__overlay__run=run.pk)
    marked = rows.filter(kind__in=["case.registered", "case.stepped"]).only("subject_id", "facts")
    moved: dict[tuple[int, int], tuple[datetime, datetime]] = {}
    for event in marked.iterator(chunk_size=1000):
        given = {one["number"]: one["clock"]["due"] for one in event.facts["opens"]}
        for one in event.facts["overlay"]["dues"]:
            dues = (instant(one["plain"]), instant(given[one["number"]]))
            moved[event.subject_id, one["number"]] = dues
    closed = _closed({case_id for case_id, _ in moved})
    without = late = 0
    longer = timedelta()
    for key, (plain, due) in moved.items():
        done = closed.get(key) or at
        without += done > plain
        late += done > due
        longer += due - plain
    return Cost(moved=len(moved), longer=longer, late_without=without, late_with=late)


def after(run: OverlayRun, at: datetime) -> After:
    """Everything of one run, for the report after it."""
    told = Event.objects.filter(kind="case.told", facts__overlay__run=run.pk)
    leads = set(told.values_list("subject_id", flat=True))
    return After(
        run=run,
        events=list(read.of(switching.SUBJECT, run.pk)),
        until=ended(run, at),
        cases=cases(run, at).count(),
        merged=Case.objects.filter(lead_id__in=leads).count(),
        told=len(leads),
        reporters=sum(Case.objects.filter(pk__in=leads).values_list("reporters", flat=True)),
        paused=pauses(run),
        cost=cost(run, at),
    )


def figures(runs: Sequence[OverlayRun], at: datetime) -> Mapping[str, Counter[Any]]:
    """Cases registered while any of `runs` held: by kind, district, status and category."""
    found = {name: Counter[Any]() for name in ("kind", "district", "status", "category")}
    for run in runs:
        for name, counter in found.items():
            rows = cases(run, at).values(name).annotate(n=Count("id"))
            for row in rows:
                counter[row[name]] += row["n"]
    return found


def _ends(ids: set[int]) -> dict[int, list[tuple[int, datetime]]]:
    """When clocks of these cases went on, or their stage was over."""
    rows = Event.objects.filter(
        subject="case", subject_id__in=ids, kind__in=["case.resumed", "case.stepped"]
    )
    found: dict[int, list[tuple[int, datetime]]] = {}
    for case_id, number, when in rows.order_by("id").values_list("subject_id", "id", "happened_at"):
        found.setdefault(case_id, []).append((number, when))
    return found


def _closed(ids: set[int]) -> dict[tuple[int, int], datetime | None]:
    rows = Referral.objects.filter(case_id__in=ids)
    return {
        (case_id, number): closed
        for case_id, number, closed in rows.values_list("case_id", "number", "closed_at")
    }


def check(scope: Scope) -> Iterator[str]:
    """Are the runs what the events make of them? One line for each difference."""
    if not scope.has_rules:
        return
    ids = Event.objects.filter(kind="overlay.proposed").values_list("subject_id", flat=True)
    rows = OverlayRun.objects.in_bulk()
    wanted = set(ids)
    scope.counted["overlays"] = len(wanted)
    for run_id in sorted(wanted | rows.keys()):
        made: dict[str, Any] = {}
        for event in read.of(switching.SUBJECT, run_id):
            made = switching.applied(made, event)
        row = rows.get(run_id)
        if row is None or not made:
            yield f"overlay {run_id}: {'is missing' if row is None else 'no event made it'}"
            continue
        for name, value in made.items():
            if getattr(row, name) != value:
                yield f"overlay {run_id}: {name} is {getattr(row, name)!r}"
