"""Everything that must know of an event in the same transaction, as the settings list it."""

from collections.abc import Callable, Sequence
from functools import cache

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from peygir.ledger.entry import Recorded

Projector = Callable[[Sequence[Recorded]], None]


def project(batch: Sequence[Recorded]) -> None:
    """Bring every table that anyone looks at up to date from `batch`, inside the caller's
    transaction."""
    assert connection.in_atomic_block, "an event and what follows from it are one change"
    for each in _projectors():
        each(batch)


@cache
def _projectors() -> tuple[Projector, ...]:
    return tuple(import_string(path) for path in settings.PROJECTORS)
