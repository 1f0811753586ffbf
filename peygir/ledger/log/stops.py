"""Why sealing stands still. Cases go on meanwhile; what happens is sealed when it goes on again."""

import logging
from datetime import datetime
from typing import Final

from peygir.ledger.models import Stop

log = logging.getLogger("peygir.ledger")

GUARD: Final = "guard"  # the database is behind, or beside, what was signed before
NO_GUARD: Final = "no_guard"  # something was signed before, but what is not remembered
KEYS: Final = "keys"  # the keys that signed before are gone
FORK: Final = "fork"  # outside witnesses have seen another log
FILES: Final = "files"  # a published file says something else than the database
DISK: Final = "disk"  # a file could not be written or read
LEAVES: Final = "leaves"  # an event could not be told as a leaf
POLICY: Final = "policy"  # the file that names the witnesses cannot be understood
HARD: Final = frozenset({GUARD, NO_GUARD, KEYS, FORK, FILES})  # somebody must look: `log recover`


def stop(reason: str, *, at: datetime) -> None:
    """Remember that sealing stands still; once while it lasts."""
    _, is_new = Stop.objects.get_or_create(reason=reason, cleared_at=None, defaults={"at": at})
    if is_new:
        log.error("Sealing of the public log has stopped: %s.", reason)


def clear(*, at: datetime, hard: bool = False) -> None:
    """It goes on. What somebody must look at stays, unless `hard`."""
    found = Stop.objects.filter(cleared_at=None)
    if not hard:
        found = found.exclude(reason__in=HARD)
    if found.update(cleared_at=at):
        log.warning("Sealing of the public log goes on.")


def is_hard() -> bool:
    """Whether sealing waits for somebody."""
    return Stop.objects.filter(cleared_at=None, reason__in=HARD).exists()


def is_open(reason: str) -> bool:
    return Stop.objects.filter(cleared_at=None, reason=reason).exists()


def current() -> Stop | None:
    """The oldest stop that lasts."""
    return Stop.objects.filter(cleared_at=None).order_by("id").first()
