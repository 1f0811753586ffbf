"""Every hour the cosigned checkpoint becomes a leaf itself, so that its times stay in the log.

A published folder keeps only the latest checkpoint. The anchored ones are what bounds the times of
events by clocks that the city does not control.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction

from peygir.ledger.log import queue, tidy
from peygir.ledger.models import Checkpoint

EVERY: Final = timedelta(hours=1)
KEPT: Final = timedelta(days=7)  # rows of checkpoints that were not anchored

Refresh = Callable[[Checkpoint, datetime], Checkpoint]


def anchor(last: Checkpoint, refresh: Refresh, *, at: datetime) -> bool:
    """Queue the checkpoint as a leaf if it is time; whether it was.

    `refresh` asks the witnesses for the time of now; without enough of them nothing is anchored.
    """
    mine = Checkpoint.objects.filter(origin=last.origin)
    before = mine.exclude(anchored_at=None).order_by("id").last()
    begun = mine.order_by("id")[0].signed_at
    if abs(at - ((before and before.anchored_at) or begun)) < EVERY:
        return False
    point = refresh(last, at)
    if point.anchored_at is not None or (settings.PEYGIR_LOG_POLICY and not point.witnessed_at):
        return False
    with transaction.atomic():
        queue.propose(leaf(point))
        Checkpoint.objects.filter(pk=point.pk).update(anchored_at=at)
    tidy.tidy(at=at)
    mine.filter(anchored_at=None, signed_at__lt=at - KEPT, size__lt=last.size).delete()
    return True


def leaf(point: Checkpoint) -> dict[str, str | int]:
    """The note as it was published, with all its signatures."""
    return {"t": "cp.anchored", "v": 1, "note": point.note}
