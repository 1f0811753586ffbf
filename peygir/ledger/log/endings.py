"""The end of a key as a leaf: from there on nobody believes its signatures.

Whoever knows only this key must have learnt of its successor before. So the last checkpoint that
it signed, whose tree names the successor, becomes a leaf right in front of the one that ends it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from peygir.ledger.log import keys, queue
from peygir.ledger.log.anchors import leaf
from peygir.ledger.models import Checkpoint

EXPIRED: Final = "expired"  # its overlap with the key that follows it is over
REVOKED: Final = "revoked"  # somebody else may have it


def expire(last: Checkpoint, *, at: datetime) -> bool:
    """Queue the end of keys whose overlap is over; whether there were any. `last`: the checkpoint
    published last."""
    over = keys.over(last.origin, at=at)
    if over:
        announce(last, over, why=EXPIRED, at=at)
    return bool(over)


def announce(
    last: Checkpoint, ended: Sequence[tuple[str, keys.Signer]], *, why: str, at: datetime
) -> None:
    """Queue the leaves that end these keys (with their roles), which sign nothing from now on.

    After a crash in the middle the same may be told twice; the first time counts.
    """
    with transaction.atomic():
        if Checkpoint.objects.filter(pk=last.pk, anchored_at=None).update(anchored_at=at):
            queue.propose(leaf(last))
        for role, signer in ended:
            queue.propose(keys.ending(role, signer, why=why, at=at))
    for role, signer in ended:
        keys.end(role, signer.vkey, at=at)
