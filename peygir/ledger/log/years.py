"""A log for each Jalali year: its first leaf is the last cosigned checkpoint of the one before.

The old log names the keys of the new one in its last leaves, so that who trusts a key of last year
finds this year's. Chains of cases go on over the years.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from peygir.ledger.log import head as heads
from peygir.ledger.log import keys, queue, sequence
from peygir.ledger.log.draft import Draft
from peygir.ledger.log.witnesses import quorum
from peygir.ledger.models import Checkpoint, Head
from peygir.verify.merkle import Frontier

WAITS: Final = timedelta(days=7)  # for cosignatures of the old log's end


@transaction.atomic
def begin(*, at: datetime) -> Head:
    """The first log of this city; it begins with the key that signs promises."""
    year = heads.year_of(at)
    origin = heads.origin_of(year)
    for role in keys.ROLES:  # made before there is a log that would have to name them
        keys.signers(role, origin, at=at)
    head = Head.objects.create(origin=origin, year=year, frontier=Frontier().dump())
    _delegate(head.origin, at)
    return head


def turn(head: Head, last: Checkpoint | None, *, at: datetime) -> tuple[Head, bool]:
    """A step from one year to the next: the head then, and whether it has to be published.

    First the old log names the keys of the new one; when that is cosigned, the new one begins. It
    does so after a week without witnesses too; until then the old one goes on.
    """
    year = heads.year_of(at)
    if not head.is_handed_over:
        _hand_over(heads.origin_of(year), at)
        return Head.objects.get(), True
    assert last is not None, "it was published when it was handed over"
    if last.size < head.size:
        return head, True
    is_patient = heads.year_of(at - WAITS) <= head.year
    if quorum() is not None and last.witnessed_at is None and is_patient:
        return head, False
    return _open(year, last, at), True


@transaction.atomic
def _hand_over(origin: str, at: datetime) -> None:
    head = heads.locked()
    for signer in keys.checkpoint_signers(origin, at=at):
        queue.propose(keys.naming(keys.CHECKPOINT, signer))
    head.is_handed_over = True
    head.save(update_fields=["is_handed_over"])


@transaction.atomic
def _open(year: int, last: Checkpoint, at: datetime) -> Head:
    head = heads.locked()
    head.base += head.size
    head.origin, head.year = heads.origin_of(year), year
    head.size, head.tidied, head.is_handed_over = 0, 0, False
    head.frontier = Frontier().dump()
    head.save()
    body = {"t": "cp.anchored", "v": 1, "note": last.note, "base": head.base}
    sequence.place(head, [Draft(event_id=None, subject_id=None, body=body)], {})
    _delegate(head.origin, at)
    return head


def _delegate(origin: str, at: datetime) -> None:
    for signer in keys.receipt_signers(origin, at=at):
        queue.propose(keys.naming(keys.RECEIPT, signer))
