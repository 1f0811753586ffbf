"""What the loops do in one turn. Each turn is short, so that nothing waits long behind another.

The time of a turn is the database's: the hosts of several workers need not agree on theirs.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.db import connection

from peygir.cases import erasing, overlay_tasks, policies, sweep, switching
from peygir.ledger.log import seal
from peygir.notices import deliver, dev, digest, letters, relevance
from peygir.notices.models import Heartbeat
from peygir.people import throttle

SWEEPS_A_TURN: Final = 4  # of `sweep.BATCH` clocks each
DELIVERIES_A_TURN: Final = 5  # of `deliver.BATCH` notices each


def now() -> datetime:
    """The instant by the clock of the database, which all workers share."""
    with connection.cursor() as cursor:
        cursor.execute("select clock_timestamp()")
        found: datetime = cursor.fetchone()[0]
    return found


def clocks() -> bool:
    """Resume expired pauses and fire what is due; True when more waits."""
    if not is_adopted():
        return False
    at = now()
    resumed = sweep.resume_expired(at=at)
    for _ in range(SWEEPS_A_TURN):
        if sweep.sweep(at=at) < sweep.BATCH:
            return resumed >= sweep.BATCH
    return True


def versions() -> bool:
    """Take policies into force whose day has come."""
    if is_adopted():
        policies.settle(at=now())
    return False


def overlays() -> bool:
    """End overlays whose time is over, and go on with what they do to many cases."""
    if not is_adopted():
        return False
    at = now()
    switching.settle(at=at)
    return overlay_tasks.turn(at=at)


def notices() -> bool:
    """Send what is due, urgent ones first; True when more waits."""
    if not is_adopted():
        return False
    return all(deliver.deliver(at=now()) == deliver.BATCH for _ in range(DELIVERIES_A_TURN))


def digests() -> bool:
    """Gather what waits for an hourly message to each person."""
    if is_adopted():
        digest.digest(at=now())
    return False


def reminders() -> bool:
    """Tell whoever waits for the answer to an official letter that it is overdue."""
    if is_adopted():
        letters.remind(at=now())
    return False


def sealing() -> bool:
    """Give events their places in the public log, and publish it; True when more waits."""
    return is_adopted() and seal.seal(at=now())


def cleaning() -> bool:
    """Drop what nobody needs any more: old notices, shown messages, windows of throttles, and what
    was said in cases that are older than the city keeps words."""
    at = now()
    dev.forget(at=at)
    throttle.sweep(at=at)
    is_more = relevance.cancel_old(at=at) > 0
    is_whole = is_adopted() and erasing.by_age(at=at) == erasing.BATCH  # last: a disk may refuse
    return is_more or is_whole


def beat(name: str) -> Callable[[], bool]:
    """A turn that notes that the loop `name` is alive."""

    def turn() -> bool:
        Heartbeat.objects.update_or_create(name=name, defaults={"at": now()})
        return False

    return turn


def is_adopted() -> bool:
    """Whether a city has been loaded; before that there is nothing to do."""
    try:
        policies.current()
    except policies.NoPolicy:
        return False
    return True
