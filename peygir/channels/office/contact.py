"""How the connection to the office automation is, in one row that all workers share."""

import random
from datetime import datetime, timedelta
from typing import Final

from django.db.models import F, Q

from peygir.channels.office.models import Contact, Handed

ONLY: Final = 1
FIRST: Final = timedelta(seconds=5)
LONGEST: Final = timedelta(minutes=5)
NOTED_EVERY: Final = timedelta(seconds=10)


def current() -> Contact:
    """The row; made on first use."""
    return Contact.objects.get_or_create(pk=ONLY)[0]


def is_ready(at: datetime) -> bool:
    """Whether they may be tried at `at`; after a failure there is a pause."""
    return not Contact.objects.filter(pk=ONLY, not_before__gt=at).exists()


def worked(at: datetime) -> None:
    """They answered. Noted at most every few seconds."""
    current()
    stale = Q(ok_at=None) | Q(ok_at__lt=at - NOTED_EVERY) | ~Q(failure="")
    found = Contact.objects.filter(stale, pk=ONLY)
    found.update(ok_at=at, tried_at=at, failures=0, failure="", not_before=None)


def failed(code: str, at: datetime) -> None:
    """They could not be reached, or are not themselves: everybody waits, longer each time."""
    failures = current().failures + 1
    wait = min(FIRST * 2 ** min(failures - 1, 10), LONGEST) * random.uniform(0.5, 1.5)  # noqa: S311 - spreads load, guards nothing
    Contact.objects.filter(pk=ONLY).update(
        tried_at=at, failures=F("failures") + 1, failure=code, not_before=at + wait
    )


def heard(at: datetime) -> None:
    """A message of theirs came in, rightly signed."""
    current()
    Contact.objects.filter(pk=ONLY).update(heard_at=at)


def try_again(at: datetime) -> None:
    """Somebody asks: everything that waits may go now, and both sides are compared anew."""
    current()
    Contact.objects.filter(pk=ONLY).update(not_before=None, is_wanted=True)
    waiting = Handed.objects.filter(version__gt=F("delivered"), not_before__gt=at)
    waiting.update(not_before=at)
