"""Ending a key by hand, because somebody else may have it: its successor is named, sealed under
both, and then the key is revoked, in the log and for every client that follows it.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from peygir.ledger.log import endings, keys, seal, stops
from peygir.ledger.log import head as heads
from peygir.ledger.models import Checkpoint, Head

TRIES_MAX: Final = 120
PAUSE_S: Final = 0.5  # a worker's turn takes far less


class CannotRevoke(Exception):
    """The key stays as it was, or is not yet ended in the log; the words say why."""


def revoke(role: str, number: str, *, at: datetime) -> keys.Signer:
    """End the key of a role whose id (8 hex digits, as its vkey spells it) is `number`.

    Gives the key that signs from now on: a new one, if no other stays. Raises CannotRevoke;
    it may be called again then.
    """
    with _alone():
        head = _head(at)
        signer = _find(role, head.origin, number, at)
        living = keys.signers(role, head.origin, at=at)
        if not any(each.until is None and each.vkey != signer.vkey for each in living):
            keys.rotate(role, head.origin, at=at)
        point = _published(at)
        endings.announce(point, [(role, signer)], why=endings.REVOKED, at=at)
        _published(at)
        return keys.signers(role, head.origin, at=at)[-1]


@contextmanager
def _alone() -> Iterator[None]:
    """No worker seals meanwhile; waits for the turn of one that does."""
    for _ in range(TRIES_MAX):
        with heads.alone() as ours:
            if ours:
                yield
                return
        time.sleep(PAUSE_S)
    raise CannotRevoke("a worker is sealing all the time: stop the workers first")


def _head(at: datetime) -> Head:
    head = heads.current()
    if head is None:
        raise CannotRevoke("the log has not begun")
    if stops.is_hard() or not keys.has(keys.CHECKPOINT):
        raise CannotRevoke("sealing stands still: look at it first")
    if heads.year_of(at) != head.year:
        raise CannotRevoke("the log of the next year is about to begin: wait for it")
    return head


def _find(role: str, origin: str, number: str, at: datetime) -> keys.Signer:
    for each in keys.signers(role, origin, at=at):
        if each.vkey.id.hex() == number.lower():
            return each
    raise CannotRevoke(f"no {role} key with the id {number} signs now")


def _published(at: datetime) -> Checkpoint:
    """The checkpoint after everything that waits was sealed, whatever the time."""
    while seal.seal(at=at, at_once=True):
        pass
    stopped = stops.current()
    if stopped is not None:
        raise CannotRevoke(f"sealing stands still ({stopped.reason}): look at it first")
    return Checkpoint.objects.filter(origin=Head.objects.get().origin).latest("size")
