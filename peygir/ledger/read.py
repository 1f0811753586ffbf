"""Reading the ledger back as plain values."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Max, Min

from peygir.ledger.entry import Actor, Recorded
from peygir.ledger.models import Event

SLOW: Final = timedelta(hours=1)  # longer than any transaction


def of(subject: str, subject_id: int) -> list[Recorded]:
    """Every event of one subject, oldest first."""
    rows = Event.objects.filter(subject=subject, subject_id=subject_id).order_by("id")
    return [value(event) for event in rows]


def values(events: Iterable[Event]) -> Iterator[Recorded]:
    return (value(event) for event in events)


def value(event: Event) -> Recorded:
    return Recorded(
        id=event.id,
        subject=event.subject,
        subject_id=event.subject_id,
        kind=event.kind,
        stage=event.stage,
        step=event.step,
        cycle=event.cycle,
        unit=event.unit,
        actor=Actor(kind=event.actor_kind, post=event.actor_post, staff_id=event.staff_id),
        happened_at=event.happened_at,
        policy=event.policy,
        facts=event.facts,
        papers=None if event.papers is None else bytes(event.papers),
        clock=event.clock,
        generation=event.generation,
        rung=event.rung,
    )


def floor(since: datetime) -> int:
    """The number of an event before which nothing happened at `since` or later.

    Events are numbered as they are recorded, a transaction's time being that of its beginning.
    """
    ends = Event.objects.aggregate(low=Min("pk"), high=Max("pk"))
    low, high = ends["low"] or 0, (ends["high"] or 0) + 1
    while low < high:
        middle = (low + high) // 2
        later = Event.objects.filter(pk__gte=middle).order_by("pk").values_list("pk", "recorded_at")
        number, recorded_at = later[0]
        if recorded_at < since - SLOW:
            low = number + 1
        else:
            high = middle
    return low
