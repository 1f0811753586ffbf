"""Sealing: places, files, guard, signature, cosignatures, and last the checkpoint.

Each step can be taken again after a crash and then gives the same bytes. What is published is
whole at every moment: a checkpoint appears only when every file that it stands for is there.
"""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from peygir.ledger.log import (
    endings,
    files,
    guard,
    keys,
    queue,
    readme,
    sequence,
    stops,
    tiles,
    years,
)
from peygir.ledger.log import head as heads
from peygir.ledger.log.anchors import anchor
from peygir.ledger.log.witnesses import Quorum, cosign, policy_text, quorum
from peygir.ledger.models import Checkpoint, Head
from peygir.verify.errors import Incomplete
from peygir.verify.notes import BadNote, Vkey, checkpoint_text, is_signed_by
from peygir.verify.tiles import Reader, Tree

log = logging.getLogger("peygir.ledger")


class Forked(Exception):
    """Too many witnesses have seen another log."""


CADENCE: Final = timedelta(seconds=5)  # between checkpoints, unless a whole batch waits
ASK_AGAIN: Final = timedelta(seconds=30)  # for cosignatures that are missing

# What stands still when a step fails; the first kind that fits.
REASONS: Final[tuple[tuple[type[Exception], str], ...]] = (
    (guard.Refused, stops.GUARD),
    (guard.Forgotten, stops.NO_GUARD),
    (keys.Lost, stops.KEYS),
    (files.Differs, stops.FILES),
    (sequence.BadLeaf, stops.LEAVES),
    (BadNote, stops.POLICY),
    (Incomplete, stops.DISK),
    (OSError, stops.DISK),
    (Forked, stops.FORK),
)


def seal(*, at: datetime, at_once: bool = False, limit: int | None = None) -> bool:
    """One turn: publish what waits, if it is time or `at_once`; True when more waits.

    `limit`: events of one turn, whose leaves lie in any order (None: a whole batch).

    Whatever fails is told by a stop and tried again at the next turn, unless somebody must look
    first. Never raises for what a disk, a witness or an old database can bring about.
    """
    if not settings.LEAVES or stops.is_hard():
        return False
    with heads.alone() as ours:
        if not ours:
            return False
        try:
            more = _turn(at, at_once, limit or queue.BATCH)
        except tuple(kind for kind, _ in REASONS) as error:
            stops.stop(next(why for kind, why in REASONS if isinstance(error, kind)), at=at)
            return False
    stops.clear(at=at)
    return more


def publish(head: Head, *, at: datetime) -> Checkpoint:
    """Files, guard, signature, cosignatures and checkpoint of what has its place.

    Raises what `REASONS` lists, and Forked; the checkpoint before stays in its place then.
    """
    folder = files.year_folder(head.year)
    root = tiles.extend(folder, head)
    if root != heads.frontier(head).root():
        raise files.Differs("tile")
    tree = Tree(Reader(folder), head.size)
    signers = keys.checkpoint_signers(head.origin, at=at)
    asked = quorum()
    guard.admit(head.origin, root, tree)
    note = keys.sign(checkpoint_text(head.origin, head.size, root), signers)
    tell_outsiders(head.origin, at=at)
    return _publish(head, note, tree, asked, at)


def tell_outsiders(origin: str, *, at: datetime) -> None:
    """The keys and the policy that outsiders check with, and how, when they have changed."""
    signers = keys.checkpoint_signers(origin, at=at)
    promising = keys.receipt_signers(origin, at=at)
    vkeys = [f"checkpoint {each}" for each in _earlier(origin)]
    vkeys += [f"checkpoint {each.vkey}" for each in signers]
    vkeys += [f"receipt {each.vkey}" for each in promising]
    year = int(origin.rpartition("/")[2])
    wanted = {
        "README.txt": readme.text(origin, year, witnessed=bool(settings.PEYGIR_LOG_POLICY)),
        "vkeys.txt": ("\n".join(vkeys) + "\n").encode(),
        "policy.txt": policy_text([each.vkey for each in signers]),
    }
    for name, data in wanted.items():
        path = files.root() / name
        if not path.exists() or path.read_bytes() != data:
            files.replace(path, data)


def _earlier(origin: str) -> Iterator[Vkey]:
    """The keys that signed the ends of the logs of earlier years."""
    for year in reversed(files.years()):
        point = tiles.published(files.year_folder(year))
        if point is not None and point.origin != origin:
            signed = keys.checkpoint_vkeys(point.origin)
            yield from (each for each in signed if is_signed_by(point.note, each))


def _turn(at: datetime, at_once: bool, limit: int) -> bool:
    if not keys.has(keys.CHECKPOINT) and Checkpoint.objects.exists():
        raise keys.Lost
    head = heads.current() or years.begin(at=at)
    last = Checkpoint.objects.filter(origin=head.origin).order_by("size").last()
    waits = queue.waiting()
    is_next_year = heads.year_of(at) > head.year
    is_due = at_once or last is None or last.size < head.size or waits.events >= limit
    if last is not None and not waits.is_empty:
        is_due = is_due or is_over(last.signed_at, CADENCE, at)
    if is_next_year:
        head, must = years.turn(head, last, at=at)
        is_due = is_due or must
    elif last is not None and (endings.expire(last, at=at) or anchor(last, _refreshed, at=at)):
        is_due = True
    if not is_due:
        assert last is not None, "what was never signed is due"
        _cosign_again(head, last, at)
        return False
    _compare(head)
    taken = sequence.drain(limit)
    publish(Head.objects.get(), at=at)
    return taken == limit


def _compare(head: Head) -> None:
    """Before anything gets a place: is this database the one that was published from?"""
    is_signed = Checkpoint.objects.filter(origin=head.origin).exists()
    is_new = not is_signed and tiles.published(files.year_folder(head.year)) is None
    guard.compare(head.origin, head.size, heads.frontier(head).root(), is_new=is_new)


def _cosign_again(head: Head, last: Checkpoint, at: datetime) -> None:
    """Ask again for the cosignatures that the last checkpoint lacks."""
    if last.witnessed_at is None and is_over(last.signed_at, ASK_AGAIN, at):
        _refreshed(last, at)


def _refreshed(last: Checkpoint, at: datetime) -> Checkpoint:
    """The last checkpoint with the cosignatures that can be had now."""
    head, asked = Head.objects.get(), quorum()
    if asked is None or last.size != head.size:
        return last
    tree = Tree(Reader(files.year_folder(head.year)), last.size)
    return _publish(head, last.note.encode(), tree, asked, at, signed_at=last.signed_at)


def _publish(
    head: Head,
    note: bytes,
    tree: Tree,
    asked: Quorum | None,
    at: datetime,
    signed_at: datetime | None = None,
) -> Checkpoint:
    """Cosign and put the checkpoint in its place. Raises Forked."""
    witnessed = None
    if asked is not None:
        note, forked = cosign(note, tree, asked.outsiders, at=at)
        if asked.is_lost_to(forked):
            raise Forked
        witnessed = asked.witnessed_at(note)
    files.replace(files.year_folder(head.year) / "checkpoint", note)
    given = {"note": note.decode(), "signed_at": signed_at or at, "witnessed_at": witnessed}
    point, _ = Checkpoint.objects.update_or_create(
        origin=head.origin, size=tree.size, defaults=given
    )
    return point


def is_over(since: datetime, span: timedelta, at: datetime) -> bool:
    """Whether so much time has passed; or the clock was put back, and nobody knows."""
    return abs(at - since) >= span
