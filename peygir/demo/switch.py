"""The pause switch of the simulator, and its heartbeat."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

from peygir.demo.models import THE_ONE, Simulator

BEAT_EVERY: Final = timedelta(seconds=10)
SILENT_AFTER: Final = timedelta(minutes=1)


def state() -> Simulator | None:
    """The switch; None when this database has no simulated city."""
    return Simulator.objects.filter(pk=THE_ONE).first()


def turn(*, paused: bool, staff_id: int | None, at: datetime) -> bool:
    """Pause the simulator or let it go on; False when there is none."""
    changed = Simulator.objects.filter(pk=THE_ONE).update(
        is_paused=paused, changed_at=at, changed_by=staff_id
    )
    return bool(changed)


def beat(at: datetime) -> bool:
    """Leave a sign of life; gives whether the simulator may go on."""
    one = Simulator.objects.filter(pk=THE_ONE)
    one.filter(Q(beat_at=None) | Q(beat_at__lt=at - BEAT_EVERY)).update(beat_at=at)
    return one.filter(is_paused=False).exists()


def is_alive(simulator: Simulator, at: datetime) -> bool:
    """Whether the simulator came round lately."""
    return simulator.beat_at is not None and at - simulator.beat_at < SILENT_AFTER
