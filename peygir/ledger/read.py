"""Reading the ledger back as plain values."""

from collections.abc import Iterable, Iterator

from peygir.ledger.entry import Actor, Recorded
from peygir.ledger.models import Event


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
