"""The leaves of a copy of the log, folded: by one process, or by several that share the cases.

Cases do not touch each other, so each process takes those whose public name falls to it, and what
is about no case falls to the first. Sums of parts are the sums of all.
"""

from __future__ import annotations

import gc
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

from peygir.verify.canonical import read
from peygir.verify.clamp import Clamp, Window
from peygir.verify.errors import UNFIT, Incomplete, unfit
from peygir.verify.fold import Fold, Leaf
from peygir.verify.logcheck import Progress
from peygir.verify.notes import BadNote, parse_checkpoint
from peygir.verify.quorum import POLICY_BYTES_MAX, Anchor, Policy, parse_policy, witnessed_at
from peygir.verify.rules import Rules, read_rules, rules_path
from peygir.verify.tiles import TILE_BITS, Reader, widths

_CASE = b'"case":"'
_TIME = re.compile(rb'"et":(-?[0-9]+)')
_ANCHOR = b'"t":"cp.anchored"'
_RULES = b'"t":"ruleset.published"'
_OFFICE = b'"t":"office.'
_STATES = b'"t":"stats.published"'
_STRIDE = 4096  # leaves between words of progress


class Shard(NamedTuple):
    """One year's log: its directory, how many leaves of it count, and how many it has (0: no
    more)."""

    directory: Path
    size: int
    within: int = 0


class RuleBook:
    """Rule sets by digest, each read once from the first directory that has it."""

    def __init__(self, directories: Sequence[Path]) -> None:
        self.directories = list(directories)
        self._read: dict[tuple[str, str], Rules] = {}

    def __call__(self, leaf: Leaf) -> Rules:
        key = (str(leaf.get("digest")), str(leaf.get("file")))
        if key not in self._read:
            self._read[key] = self._find(leaf)
        return self._read[key]

    def _find(self, leaf: Leaf) -> Rules:
        path, last = rules_path(leaf), self.directories[-1]
        for directory in self.directories:
            if (directory / path).exists():
                last = directory
        return read_rules(Reader(last), leaf)


def fold_logs(
    trees: Sequence[Shard],
    policy: Policy | None,
    *,
    jobs: int = 1,
    watch: tuple[int, int, int] | None = None,
    progress: Progress | None = None,
    known: Mapping[Path, Sequence[Anchor]] | None = None,
) -> Fold:
    """The leaves of all `trees`, oldest first, as one fold. Raises Incomplete or Tampered.

    Only what was anchored in the log bounds times; `policy` says whose word that takes. `known`:
    what `anchors_in` finds by that policy, where somebody looked already.
    """
    seen = anchored(trees, policy, known) if policy else []
    if jobs == 1:
        return fold_share(trees, seen, watch, 1, 0, progress)
    take = partial(fold_share, trees, seen, watch, jobs)
    with ProcessPoolExecutor(jobs - 1, get_context("spawn"), gc.disable) as pool:
        others = [pool.submit(take, share) for share in range(1, jobs)]
        mine = take(0, progress)
        for other in others:
            merge_folds(mine, other.result())
    return mine


def anchored(
    trees: Sequence[Shard], policy: Policy, known: Mapping[Path, Sequence[Anchor]] | None = None
) -> list[tuple[int, int]]:
    """(leaves over all years, epoch second) of the anchored trees that a quorum had seen."""
    found = []
    base = 0
    for tree in trees:
        anchors = anchors_in(tree, policy) if known is None else known[tree.directory]
        found += [(base + each.size, each.at) for each in anchors if each.leaf < tree.size]
        base += tree.size
    return found


def anchors_in(tree: Shard, policy: Policy) -> list[Anchor]:
    """The leaves that hold trees which a quorum had seen."""
    found = [seen_in(entry, index, policy) for index, entry in entries_with(tree, _ANCHOR)]
    return [each for each in found if each is not None]


def entries_of(tree: Shard, mark: bytes = b"") -> Iterable[tuple[int, bytes]]:
    """(number, leaf) of all that count, as they stand in the directory; bundles without `mark` may
    be left out."""
    reader, all_of_it = Reader(tree.directory), tree.within or tree.size
    for number, width in widths(all_of_it):
        start = number << TILE_BITS
        if start >= tree.size:
            break
        if not mark or mark in reader.bundle(number, width)[1]:
            yield from enumerate(reader.entries(number, width)[: tree.size - start], start)


def entries_with(tree: Shard, mark: bytes) -> Iterable[tuple[int, bytes]]:
    """(number, leaf) of those with these bytes in them: few, of many."""
    return ((index, entry) for index, entry in entries_of(tree, mark) if mark in entry)


def named_policy(directory: Path, digest: str, given: bytes | None) -> Policy | None:
    """The policy of witnesses that figures name; "" is none. Raises Incomplete."""
    if not digest:
        return None
    for data in (given, _kept_policy(directory, digest), _kept_policy(directory.parent)):
        if data is not None and hashlib.sha256(data).hexdigest() == digest:
            try:
                return parse_policy(data)
            except BadNote as error:
                raise Incomplete("policy", "it cannot be read: {why}", why=error) from None
    raise Incomplete("policy", "the policy of witnesses that the figures name is not here")


def _kept_policy(directory: Path, digest: str = "") -> bytes | None:
    """What was the policy of witnesses when it had this digest, or what it is now."""
    path = f"policies/{digest}.txt" if digest else "policy.txt"
    try:
        return Reader(directory).file(path, POLICY_BYTES_MAX)
    except Incomplete:
        return None


def seen_in(entry: bytes, index: int, policy: Policy) -> Anchor | None:
    """The tree that leaf `index` of a log anchors, if a quorum had seen it. The end of the year
    before, which a log begins with, says nothing of its own leaves."""
    try:
        point = parse_checkpoint(json.loads(entry)["note"].encode())
    except (ValueError, KeyError, AttributeError):
        return None
    at = witnessed_at(policy, point.note) if point.size <= index else None
    return None if at is None else Anchor(index, point.size, at)


def fold_share(
    trees: Sequence[Shard],
    seen: Sequence[tuple[int, int]],
    watch: tuple[int, int, int] | None,
    shares: int,
    share: int,
    progress: Progress | None = None,
) -> Fold:
    """What falls to process `share` of `shares`."""
    fold, clamp = Fold(RuleBook([tree.directory for tree in trees])), Clamp(seen)
    fold.watch = watch
    total, base = sum(tree.size for tree in trees), 0
    for tree in trees:
        for index, entry in entries_of(tree):
            if progress is not None and index % _STRIDE == 0:
                progress(base + index, total)
            _take(fold, clamp, base + index, entry, shares, share)
        base += tree.size
    if progress is not None:
        progress(total, total)
    if share:
        fold.matters.forget_closed()  # they do not go to another process
    return fold


def _take(fold: Fold, clamp: Clamp, index: int, entry: bytes, shares: int, share: int) -> None:
    at = entry.find(_CASE)
    if at >= 0:
        is_mine = entry[at + len(_CASE)] % shares == share
    else:
        is_mine = not share or _RULES in entry or _OFFICE in entry
    try:
        if not is_mine:
            said_in(fold, entry, clamp.window(index))
        elif at >= 0 or (_ANCHOR not in entry and _STATES not in entry):
            leaf: dict[str, Any] = read(entry)
            fold.take(index, leaf, clamp.window(index))
    except UNFIT as error:
        raise unfit(f"leaf {index}", error) from None


def said_in(fold: Fold, entry: bytes, window: Window) -> None:
    """Note what a leaf says of the time, without looking at it any closer."""
    found = _TIME.search(entry)
    if found is not None:
        fold.said = int(found[1])
        fold.offices.see(fold.said, window)


def merge_folds(fold: Fold, other: Fold) -> None:
    """Add what another process found of its share."""
    fold.tallies.merge(other.tallies)
    fold.matters.open.update(other.matters.open)
    fold.offices.merge(other.offices)
    fold.changed.update(other.changed)
    fold.strange = sorted(fold.strange + other.strange)
