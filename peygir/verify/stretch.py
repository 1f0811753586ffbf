"""One stretch of the log: its bundles against their tiles, and every leaf in them.

Stretches do not need each other, so each may be read in a process of its own; how they join is
`logcheck`'s.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from peygir.verify.canonical import parse
from peygir.verify.chains import Broken, Span
from peygir.verify.errors import Incomplete, NotCanonical
from peygir.verify.merkle import HASH_BYTES, complete_root
from peygir.verify.notes import BadNote, Checkpoint, parse_checkpoint
from peygir.verify.quorum import Policy, witnessed_at
from peygir.verify.tiles import TILE_BITS, TILE_WIDTH, Reader, Tree, entries_path

LEAF_VERSION = 1
ANCHORED, ROTATED, REVOKED = "cp.anchored", "key.rotated", "key.revoked"
_KIND = re.compile(r"[a-z0-9_.]{1,40}")


class Mark(NamedTuple):
    """A leaf about a key, or one that holds a checkpoint, seen by a quorum `at` an epoch second."""

    leaf: int
    kind: str
    vkey: object = None
    point: Checkpoint | None = None
    at: int | None = None


class StretchPart(NamedTuple):
    """What one stretch of bundles holds."""

    first: int  # leaf index
    subtrees: list[bytes]  # hashes of its full bundles
    loose: list[bytes]  # leaf hashes of the last, partial one
    chains: bytes
    broken: list[Broken]
    kinds: Counter[str]
    marks: list[Mark]


def read_part(
    directory: Path, point: Checkpoint, policy: Policy | None, bundles: int, first: int
) -> StretchPart:
    """Check up to `bundles` bundles from bundle `first` on. Raises Incomplete."""
    stretch = _Stretch(Tree(Reader(directory), point.size), point.origin, policy, first)
    end = min(point.size, (first + bundles) << TILE_BITS)
    for start in range(first << TILE_BITS, end, TILE_WIDTH):
        stretch.bundle(start, min(TILE_WIDTH, end - start))
    part = stretch.part
    return part._replace(chains=stretch.span.dump(), broken=part.broken + stretch.span.broken)


class _Stretch:
    """Some bundles while they are read, maybe in a process of their own."""

    def __init__(self, tree: Tree, origin: str, policy: Policy | None, first: int) -> None:
        self.tree, self.origin, self.policy = tree, origin, policy
        self.span = Span()
        self.part = StretchPart(first << TILE_BITS, [], [], b"", [], Counter(), [])

    def bundle(self, start: int, width: int) -> None:
        """Take the bundle that begins with leaf `start`."""
        entries, hashes = _read_bundle(self.tree.reader, start >> TILE_BITS, width)
        for index, (entry, value) in enumerate(zip(entries, hashes), start):
            try:
                self._leaf(index, parse(entry), value)
            except NotCanonical as error:
                self._broken(index, "it is not canonical: {why}", why=str(error))
        if width == TILE_WIDTH:
            self.part.subtrees.append(complete_root(hashes))
        else:
            self.part.loose.extend(hashes)

    def _leaf(self, index: int, leaf: dict[str, Any], value: bytes) -> None:
        kind, version, kinds = leaf.get("t"), leaf.get("v"), self.part.kinds
        if type(kind) is not str or (kind not in kinds and not _KIND.fullmatch(kind)):
            self._broken(index, "it has no kind")
        elif type(version) is not int or version < LEAF_VERSION:
            self._broken(index, "it has no version")
        elif version > LEAF_VERSION:
            raise Incomplete(f"leaf {index}", "this program is too old to check it")
        else:
            kinds[kind] += 1
            if "case" in leaf:
                self.span.add(index, leaf, value)
            elif kind == ANCHORED:
                self._anchor(index, leaf.get("note"))
            elif kind in (ROTATED, REVOKED):
                self.part.marks.append(Mark(index, kind, leaf.get("vkey")))

    def _anchor(self, index: int, note: object) -> None:
        try:
            point = parse_checkpoint(note.encode() if isinstance(note, str) else b"")
        except BadNote as error:
            self._broken(index, "it is not what it says: {why}", why=str(error))
            return
        at = witnessed_at(self.policy, point.note) if self.policy else None
        if point.origin == self.origin:
            if point.size > index:
                self._broken(index, "it holds a checkpoint of leaves after it")
                return
            if self.tree.root(point.size) != point.root:
                sentence = "the log is not the one that its checkpoint of {size} leaves stood for"
                self._broken(index, sentence, size=point.size)
                return
        self.part.marks.append(Mark(index, ANCHORED, None, point, at))

    def _broken(self, index: int, sentence: str, **values: object) -> None:
        self.part.broken.append(Broken(index, sentence, values))


def _read_bundle(reader: Reader, number: int, width: int) -> tuple[list[bytes], list[bytes]]:
    """The entries of a bundle and their hashes, which are those of its tile."""
    entries, sha256 = reader.entries(number, width), hashlib.sha256
    hashes = [sha256(b"\x00" + entry).digest() for entry in entries]
    tile = reader.tile(0, number, width)
    if b"".join(hashes) != tile:
        wrong = next(
            at
            for at, value in enumerate(hashes)
            if value != tile[HASH_BYTES * at : HASH_BYTES * (at + 1)]
        )
        raise Incomplete(
            entries_path(number, width),
            "entry {index} is not the one that its tile stands for",
            index=(number << TILE_BITS) + wrong,
        )
    return entries, hashes
