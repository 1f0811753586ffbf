"""What the worker does for this channel; listed in TURNS of peygir/conf/wiring.py."""

from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from peygir.cases import policies
from peygir.channels.office import contact, served
from peygir.channels.office import push as pushing
from peygir.channels.office.reconcile import forget, reconcile

EVERY: Final = timedelta(minutes=10)
_NOW: Final = "select clock_timestamp()"


def push() -> bool:
    """Tell what waits; True when more does."""
    return _is_there() and pushing.push(at=now()) == pushing.BATCH


def compare() -> bool:
    """Compare both sides every ten minutes, or when somebody asked for it."""
    if not _is_there():
        return False
    at, state = now(), contact.current()
    is_time = state.compared_at is None or at - state.compared_at >= EVERY
    if contact.is_ready(at) and (is_time or state.is_wanted):
        reconcile(at=at, whole=state.is_wanted)
        forget(at=at)
    return False


def _is_there() -> bool:
    try:
        return bool(served.versions())
    except policies.NoPolicy:
        return False


def now() -> datetime:
    """The instant by the clock of the database, which all workers share."""
    with connection.cursor() as cursor:
        cursor.execute(_NOW)
        found: datetime = cursor.fetchone()[0]
    return found
