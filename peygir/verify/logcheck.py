"""The whole log: entries against tiles against root, signatures, and what every leaf promises.

Order matters for the verdict. A file that does not hash into the signed root is a bad copy
(Incomplete); a leaf that does, and breaks the rules, was signed like that (Tampered).
"""

from __future__ import annotations

import gc
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from peygir.verify.chains import Broken, Chains
from peygir.verify.errors import Fault, Incomplete, Tampered
from peygir.verify.keyring import Keyring
from peygir.verify.merkle import HASH_BYTES
from peygir.verify.notes import BadNote, Checkpoint, Vkey, parse_checkpoint
from peygir.verify.quorum import Anchor, Policy, witnessed_at
from peygir.verify.stretch import REVOKED, ROTATED, Mark, StretchPart, read_part
from peygir.verify.tiles import TILE_BITS, TILE_WIDTH, Edge, Reader, Tree

FOUND_MAX = 1000  # more are not told

Progress = Callable[[int, int], None]  # leaves checked, leaves in all


class Seen(NamedTuple):
    """A tree that a quorum had seen: its size, and by which epoch second."""

    size: int
    at: int


class Checked(NamedTuple):
    """What was found of a log that holds.

    `seen`: trees with a quorum of witnesses, by size; the log's own checkpoint last if it has one.
    `carried`: cases that began in an earlier log which was not looked at. `anchors`: by directory
    of each year, what `folding.anchors_in` finds there.
    """

    checkpoint: Checkpoint
    seen: tuple[Seen, ...]
    kinds: dict[str, int]
    cases: int
    carried: int
    anchors: Mapping[Path, tuple[Anchor, ...]]

    @property
    def witnessed_at(self) -> int | None:
        """When a quorum had seen all of it, or None."""
        last = self.seen[-1] if self.seen else None
        return last.at if last and last.size == self.checkpoint.size else None


class Asked(NamedTuple):
    """How to check: the log keys trusted from outside, the policy, and what was seen before.

    `since`: checkpoints kept from earlier days, which must be consistent with the log.
    `bundles`: how many are checked at a time, by each of `jobs` processes.
    """

    keys: tuple[Vkey, ...]
    policy: Policy | None = None
    since: tuple[Checkpoint, ...] = ()
    jobs: int = 1
    bundles: int = 256  # 65,536 leaves
    progress: Progress | None = None


def check_log(directory: Path, asked: Asked, before: Sequence[Path] = ()) -> Checked:
    """Check a log, and the logs of the years `before` it, oldest first.

    Raises Incomplete or Tampered. Whether witnesses suffice is told by `Checked.seen`.
    """
    chains, keys = Chains(), list(asked.keys)
    older: Tree | None = None
    ended: frozenset[bytes] = frozenset()
    anchors: dict[Path, tuple[Anchor, ...]] = {}
    for each in (*before, directory):
        since = asked.since if each is directory else ()
        check = _Check(each, asked._replace(keys=tuple(keys), since=since), chains, older)
        check.keyring = Keyring(keys, ended)
        checked, keys, older = check.run(), check.keyring.trusted, check.tree
        ended = check.keyring.ended
        anchors |= checked.anchors
    return checked._replace(anchors=anchors)


def read_checkpoint(reader: Reader) -> Checkpoint:
    """The checkpoint of a directory, signatures not looked at. Raises Incomplete."""
    try:
        return parse_checkpoint(reader.checkpoint())
    except BadNote as error:
        raise Incomplete("checkpoint", "it is no checkpoint: {why}", why=error) from None


def read_leaves(
    reader: Reader, size: int, first: int = 0, end: int | None = None
) -> Iterator[tuple[int, bytes]]:
    """(index, entry) of the leaves from `first` to before `end`, in the log of `size` leaves.

    As they stand in the directory: nothing is checked but what `Reader` does.
    """
    end = size if end is None else min(end, size)
    for number in range(first >> TILE_BITS, (end + TILE_WIDTH - 1) >> TILE_BITS):
        start = number << TILE_BITS
        entries = reader.entries(number, min(TILE_WIDTH, size - start))
        yield from list(enumerate(entries, start))[max(0, first - start) : end - start]


class _Check:
    """One run over one log."""

    def __init__(self, directory: Path, asked: Asked, chains: Chains, older: Tree | None) -> None:
        self.asked, self.chains, self.older = asked, chains, older
        self.reader = Reader(directory)
        self.point = read_checkpoint(self.reader)
        self.tree = Tree(self.reader, self.point.size)
        self.keyring = Keyring(asked.keys)
        self.is_first = True  # whether no log of an earlier year came before
        self.edge = Edge()
        self.broken: list[Broken] = []
        self.kinds: Counter[str] = Counter()
        self.marks: list[Mark] = []
        self.seen: list[Seen] = []

    def run(self) -> Checked:
        if self.point.origin not in {key.name for key in self.keyring.trusted}:
            raise Incomplete(
                "checkpoint", "no key is known for the log {origin}", origin=self.point.origin
            )
        for part in self._parts():
            self._take(part)
        self._tiles([(level, n, data) for level, n, data in self.edge.partial() if level])
        if self.edge.root() != self.point.root:
            raise Incomplete(
                "checkpoint", "the entries of this copy are not the ones it stands for"
            )
        self._marks()
        if self.keyring.signer(self.point) is None:
            raise Incomplete("checkpoint", "it carries no valid signature of a key that is trusted")
        self._since()
        self._verdict()
        at = witnessed_at(self.asked.policy, self.point.note) if self.asked.policy else None
        if at is not None:
            self.seen.append(Seen(self.point.size, at))
        return Checked(
            self.point,
            tuple(sorted(self.seen)),
            dict(self.kinds),
            len(self.chains),
            self.chains.carried,
            {self.reader.directory: self._anchors()},
        )

    def _anchors(self) -> tuple[Anchor, ...]:
        points = ((mark.leaf, mark.point, mark.at) for mark in self.marks)
        return tuple(
            Anchor(leaf, point.size, at)
            for leaf, point, at in points
            if point is not None and at is not None and point.size <= leaf
        )

    def _parts(self) -> Iterator[StretchPart]:
        asked, count = self.asked, (self.point.size + TILE_WIDTH - 1) >> TILE_BITS
        if count:  # the last one first: without it, the size may be anything
            self.reader.entries(count - 1, self.point.size - (count - 1 << TILE_BITS))
        starts = range(0, count, asked.bundles)
        read = partial(read_part, self.reader.directory, self.point, asked.policy, asked.bundles)
        jobs = min(asked.jobs, len(starts))
        if jobs < 2:
            yield from map(read, starts)
        else:
            with ProcessPoolExecutor(jobs, get_context("spawn"), gc.disable) as pool:
                waiting: deque[Future[StretchPart]] = deque()
                for start in starts:  # not all at once: a checkpoint may claim any number
                    waiting.append(pool.submit(read, start))
                    if len(waiting) > 2 * jobs:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()

    def _take(self, part: StretchPart) -> None:
        if not part.first:
            opening = part.marks[0] if part.marks else None
            self.is_first = not (
                opening
                and opening.leaf == 0
                and opening.point
                and opening.point.origin != self.point.origin
            )
        for value in part.subtrees:
            self._tiles(self.edge.push(value, 1))
        for value in part.loose:
            self.edge.push(value)
        is_whole = self.is_first or self.older is not None
        self.broken += part.broken
        self.broken += self.chains.take(part.chains, is_whole=is_whole)
        del self.broken[FOUND_MAX:]
        self.kinds += part.kinds
        self.marks += part.marks
        if self.asked.progress:
            self.asked.progress(self.edge.size, self.point.size)

    def _tiles(self, made: Iterable[tuple[int, int, bytes]]) -> None:
        """Raise Incomplete unless the directory holds these tiles."""
        for level, number, data in made:
            width = len(data) // HASH_BYTES
            if self.reader.tile(level, number, width) != data:
                raise Incomplete(f"tile/{level}", "tile {number} is damaged", number=number)

    def _marks(self) -> None:
        for mark in self.marks:
            try:
                self._mark(mark)
            except BadNote as error:
                sentence = "it is not what it says: {why}"
                self.broken.append(Broken(mark.leaf, sentence, {"why": str(error)}))

    def _mark(self, mark: Mark) -> None:
        if mark.kind == ROTATED:
            self.keyring.name(mark.leaf, mark.vkey)
        elif mark.kind == REVOKED:
            self.keyring.revoke(mark.leaf, mark.vkey)
        else:
            assert mark.point is not None
            self._anchor(mark.leaf, mark.point, mark.at)

    def _anchor(self, index: int, point: Checkpoint, at: int | None) -> None:
        if point.origin != self.point.origin:
            self._handed_over(index, point)
        else:
            if self.keyring.is_waiting:  # else the witnesses' word for it is enough, and quicker
                self.keyring.signer(point)
            if at is not None:
                self.seen.append(Seen(point.size, at))

    def _handed_over(self, index: int, point: Checkpoint) -> None:
        """The first leaf holds where the log of the year before ended."""
        if index:
            self.broken.append(Broken(index, "it holds the checkpoint of another log", {}))
        elif self.older is not None and not (
            self.older.size >= point.size and self.older.root(point.size) == point.root
        ):
            self.broken.append(Broken(index, "the log before this one is not the one it names", {}))

    def _since(self) -> None:
        for point in self.asked.since:
            if point.origin != self.point.origin or self.keyring.signer(point) is None:
                raise Fault("--since", "it is not a signed checkpoint of this log")
            if point.size > self.point.size:
                raise Incomplete(
                    "checkpoint",
                    "this copy is older than the one of {size} leaves",
                    size=point.size,
                )
            if self.tree.root(point.size) != point.root:
                raise Tampered(
                    "checkpoint",
                    "the log is not the one that its checkpoint of {size} leaves stood for",
                    size=point.size,
                )

    def _verdict(self) -> None:
        if not self.broken:
            return
        faults = [
            Tampered(f"leaf {each.leaf}", each.sentence, **each.values)
            for each in sorted(self.broken, key=lambda each: each.leaf)[:FOUND_MAX]
        ]
        faults[0].others = tuple(faults[1:])
        raise faults[0]
