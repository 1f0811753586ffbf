"""Counts of what came in on a finished day, so that nobody can leave calls out afterwards.

One leaf for each day of the city: contacts, calls, messages, follow-ups, and how contacts ended.
What counts as what: `boards.contacts`; the worker brings the numbers.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from django.db import transaction

from peygir.ledger.log import queue
from peygir.publication.models import ToldDay
from peygir.publication.shape import VERSION, check

EPOCH: Final = date(1970, 1, 1)
CATCH_UP: Final = 31  # days that are told after a stop; older ones stay untold, which is visible


def untold(yesterday: date) -> list[date]:
    """Finished days that the log has not been told, oldest first."""
    last = ToldDay.objects.order_by("-day").values_list("day", flat=True).first()
    if last is None:
        return [yesterday]
    first = max(last + timedelta(days=1), yesterday - timedelta(days=CATCH_UP - 1))
    return [first + timedelta(days=n) for n in range((yesterday - first).days + 1)]


@transaction.atomic
def tell(
    day: date, *, calls: int, messages: int, follow_ups: int, outcomes: Mapping[str, int]
) -> bool:
    """Queue the leaf of a day, once; False: it was told before."""
    _row, is_new = ToldDay.objects.get_or_create(day=day)
    if not is_new:
        return False
    body = {
        "t": "intake.daily",
        "v": VERSION,
        "day": (day - EPOCH).days,
        "contacts": sum(outcomes.values()),
        "calls": calls,
        "messages": messages,
        "follow_ups": follow_ups,
        "by": dict(sorted(outcomes.items())),
    }
    check(body)
    queue.propose(body)
    return True
