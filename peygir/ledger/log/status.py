"""How the public log stands, in a few values: for pages, the audit and `manage.py log status`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import Max, QuerySet

from peygir.ledger.log import head as heads
from peygir.ledger.log import queue, stops
from peygir.ledger.models import Asked, Checkpoint, Event, Stop, Unsealed

LATE: Final = timedelta(minutes=15)  # then an unsealed event or a lonely checkpoint is an alarm


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """`size`: leaves of this year's log, `signed` of them in the last checkpoint.

    `witnessed_at`: when a quorum had seen that one, None while it has not; `stop`: why sealing
    stands still (a code of `stops`), "" while it goes on; `since`: when the oldest event that waits
    was written.
    """

    origin: str
    size: int
    signed: int
    signed_at: datetime | None
    witnessed_at: datetime | None
    waiting: int
    since: datetime | None
    stop: str
    stopped_at: datetime | None
    witnesses: tuple[Asked, ...]


def status() -> Status:
    """As the database has it. Before the log begins everything is empty."""
    head = heads.current()
    origin = head.origin if head else ""
    last = Checkpoint.objects.filter(origin=origin).order_by("size").last()
    waits, stopped = queue.waiting(), stops.current()
    return Status(
        origin=origin,
        size=head.size if head else 0,
        signed=last.size if last else 0,
        signed_at=last.signed_at if last else None,
        witnessed_at=last.witnessed_at if last else None,
        waiting=waits.events,
        since=waits.since,
        stop=stopped.reason if stopped else "",
        stopped_at=stopped.at if stopped else None,
        witnesses=tuple(Asked.objects.filter(origin=origin).order_by("name")),
    )


def forgotten(at: datetime) -> Iterator[tuple[str, str, QuerySet[Any]]]:
    """What the worker's audit asks of the public log; any row at all is an alarm."""
    yield (
        "log_stopped",
        "reasons why the public log stands still",
        Stop.objects.filter(cleared_at=None),
    )
    late = Event.objects.filter(
        pk__in=Unsealed.objects.values("event_id"), recorded_at__lt=at - LATE
    )
    yield "log_late", "events that wait for the public log", late
    yield "log_unwitnessed", "checkpoints that too few witnesses have seen", unwitnessed(at)


def unwitnessed(at: datetime) -> QuerySet[Checkpoint]:
    """The first checkpoint, if any, that witnesses owe their word for longer than `LATE`: neither
    it nor a later one has enough of them. None is owed where the city names no witness."""
    head = heads.current()
    if not settings.PEYGIR_LOG_POLICY or head is None:
        return Checkpoint.objects.none()
    mine = Checkpoint.objects.filter(origin=head.origin)
    seen = mine.exclude(witnessed_at=None).aggregate(size=Max("size"))["size"] or 0
    first = mine.filter(size__gt=seen).order_by("size")[:1]
    return mine.filter(pk__in=first.values("pk"), signed_at__lt=at - LATE)
