"""Telling the office automation: claim under a lease, commit, send. At least once, for days.

A referral is told as it stands (PUT), under a key made of its id and version: however often it is
sent, over there it is one referral. What fails waits longer each time, never for ever.
"""

import logging
import random
from datetime import datetime, timedelta
from typing import Final

from django.db.models import F

from peygir.cases import policies
from peygir.channels.office import compose, contact, link
from peygir.channels.office.models import Handed

log = logging.getLogger("peygir.office")

BATCH: Final = 20
LEASE: Final = timedelta(minutes=15)  # longer than a batch whose every request runs into its limit
FIRST: Final = timedelta(seconds=15)
LONGEST: Final = timedelta(hours=1)
REFUSED_WAIT: Final = timedelta(
    hours=6
)  # what they call wrong may be right after their next update
TAKEN: Final = frozenset({200, 201, 204})

CLAIM: Final = """
with due as (
  select id from channel_office_handed
  where version > delivered and not_before <= %(at)s
   and (lease_until is null or lease_until <= %(at)s)
  order by not_before limit %(batch)s for update skip locked)
update channel_office_handed h set lease_until = %(lease)s, attempts = h.attempts + 1
from due where h.id = due.id returning h.*
"""


def push(*, at: datetime, batch: int = BATCH) -> int:
    """Tell what waits at `at`, at most `batch` referrals; gives how many were taken."""
    if not contact.is_ready(at):
        return 0
    values = {"at": at, "batch": batch, "lease": at + LEASE}
    claimed = sorted(Handed.objects.raw(CLAIM, values), key=lambda h: (h.not_before, h.opened_at))
    if not claimed:
        return 0
    taken = 0
    try:
        with link.opened() as way:
            for handed in claimed:
                taken += _tell(handed, way, at)
    except link.Trouble as trouble:
        contact.failed(trouble.code, at)
        rest = [h.pk for h in claimed]
        Handed.objects.filter(pk__in=rest, lease_until=at + LEASE).update(
            lease_until=None, attempts=F("attempts") - 1
        )
    return taken


def later(attempts: int, at: datetime) -> datetime:
    """When to try again: twice as long each time, up to an hour, and never all at once."""
    wait: timedelta = min(FIRST * 2 ** min(attempts, 10), LONGEST)
    return at + wait * random.uniform(0.5, 1.5)  # noqa: S311 - spreads load, guards nothing


def _tell(handed: Handed, way: link.Link, at: datetime) -> bool:
    """Tell one; False when it must wait. Raises Trouble when all the others must wait too."""
    mine = Handed.objects.filter(pk=handed.pk)
    try:
        body = compose.referral(handed, policies.current(), at=at)
        answer = way.put(f"/referrals/{handed.pk}", body, key=f"{handed.pk}:{handed.version}")
    except link.Trouble as trouble:
        waits = later(handed.attempts, at)
        mine.update(lease_until=None, not_before=waits, failure=trouble.code)
        raise
    except Exception:  # a fault in one must not stop the others; the log withholds its text
        log.exception("Referral %s could not be told.", handed.pk)
        mine.update(lease_until=None, not_before=later(handed.attempts, at), failure="fault")
        return False
    contact.worked(at)
    if answer.status not in TAKEN:
        waits = at + REFUSED_WAIT
        mine.update(lease_until=None, not_before=waits, failure=f"refused_{answer.status}")
        return False
    mine.update(delivered=handed.version, delivered_at=at, lease_until=None, attempts=0, failure="")
    return True
