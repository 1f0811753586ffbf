"""Are the points what the events say? Each made anew from its event, and compared."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from django.db.models import QuerySet

from peygir.cases.models import Referral
from peygir.evaluation.models import REVERSAL, Point
from peygir.evaluation.project import counts, point_of
from peygir.ledger import read
from peygir.ledger.models import Event
from peygir.ledger.scope import Part, Scope

BATCH: Final = 2_000  # events compared at once
COMPARED: Final = ("case_id", "scored", "unit", "post", "reason", "level", "levels", "points", "at")


def check(scope: Scope) -> Iterator[str]:
    """One line for each point that is missing, differs, or that no event made."""
    done = 0
    for batch, span in _batches(scope.part):
        wanted = {e.id: point_of(e) for e in read.values(batch) if counts(e)}
        found = {p.event_id: p for p in span.exclude(reason=REVERSAL)}
        _name_posts(batch, wanted)
        for event_id in sorted(wanted.keys() | found.keys()):
            yield from _compare(event_id, wanted.get(event_id), found.get(event_id))
        done += len(wanted)
    scope.counted["points"] = done


def _name_posts(batch: Sequence[Event], wanted: Mapping[int, Point]) -> None:
    """The post of each point, from the referral whose clock fired."""
    posted = Referral.objects.filter(case_id__in={p.case_id for p in wanted.values()})
    rows = posted.exclude(post="").values_list("case_id", "number", "post")
    posts: dict[tuple[int, int | None], str] = {(c, number): post for c, number, post in rows}
    for event in batch:
        if event.id in wanted:
            wanted[event.id].post = posts.get((event.subject_id, event.clock), "")


def _batches(part: Part | None) -> Iterator[tuple[list[Event], QuerySet[Point]]]:
    """Events, and the points that may be theirs; a part is one batch."""
    fired = Event.objects.filter(kind="clock.fired")
    if part is not None:
        mine = Point.objects.filter(part.of_events("case_id", "event_id"))
        # Sorted here: with an order, the planner might walk over all that ever fired.
        yield sorted(fired.filter(part.of_events()), key=lambda event: event.id), mine
        return
    last = 0
    while batch := list(fired.filter(id__gt=last).order_by("id")[:BATCH]):
        last = batch[-1].id
        yield batch, Point.objects.filter(event_id__gte=batch[0].id, event_id__lte=last)


def _compare(event_id: int, wanted: Point | None, found: Point | None) -> Iterator[str]:
    if wanted is None or found is None:
        yield f"point of event {event_id}: {'no event costs it' if found else 'is missing'}"
        return
    for name in COMPARED:
        if getattr(wanted, name) != getattr(found, name):
            yield f"point of event {event_id}: {name} is {getattr(found, name)!r}"
