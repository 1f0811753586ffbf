"""Lots that nobody can choose: which leaves a seed in the log draws.

The seed is the hash of a signed root and of dice thrown in public: the city knows the root and not
the dice, whoever throws knows the dice and not the root.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from peygir.verify.canonical import from_base64url, parse
from peygir.verify.errors import NotCanonical, Tampered
from peygir.verify.folding import Shard, entries_of, entries_with
from peygir.verify.logcheck import read_leaves
from peygir.verify.merkle import HASH_BYTES
from peygir.verify.tiles import Reader, Tree

SEED_KIND, DRAWN_KIND = "audit.seed", "case.registered"
LOT_TRIES = 200  # of leaves for each case that is wanted: most leaves begin no case
LOT_MAX = 1000  # cases of one draw
DICE_MAX = 64
_SEED = b'"t":"audit.seed"'
_OF_CASE, _WITH_TIME = b'"case":"', b'"et":'


class Lot(NamedTuple):
    """A seed: the leaf that tells of it, the tree that it draws from, the dice, how many cases."""

    leaf: int
    size: int
    root: bytes
    dice: str
    wanted: int


class TreeAt(NamedTuple):
    """The tree of an instant: it ends with the first leaf of a case that is not earlier."""

    leaf: int
    size: int
    root: bytes


def lot_numbers(root: bytes, dice: str, size: int, tries: int) -> Iterator[int]:
    """The leaves that a seed tries: SHA-256(seed || i as 8 bytes) mod size, each once; the seed is
    SHA-256(root || dice)."""
    seed = hashlib.sha256(root + dice.encode("ascii")).digest()
    seen: set[int] = set()
    for i in range(tries):
        digest = hashlib.sha256(seed + i.to_bytes(8, "big")).digest()
        number = int.from_bytes(digest, "big") % size
        if number not in seen:
            seen.add(number)
            yield number


def lots_in(directory: Path, size: int) -> list[Lot]:
    """The seeds in a log of `size` leaves, which was checked before. Raises Tampered."""
    found = []
    for index, entry in entries_with(Shard(directory, size), _SEED):
        leaf = parse(entry)
        if leaf["t"] == SEED_KIND:
            found.append(_lot(index, leaf))
    return found


def tree_at(shard: Shard, at: int) -> TreeAt | None:
    """The tree that belongs to an epoch second, in a log that was checked before; None where all
    its leaves are earlier."""
    for index, entry in entries_of(shard):
        if _OF_CASE in entry and _WITH_TIME in entry:
            leaf = parse(entry)
            if "case" in leaf and type(leaf.get("et")) is int and leaf["et"] >= at:
                root = Tree(Reader(shard.directory), shard.within or shard.size).root(index + 1)
                return TreeAt(index, index + 1, root)
    return None


def seed_of(root: bytes, words: str) -> str:
    """The seed that a root gives for a day (`2026-11-21`) or a list (`2026-11-21 1`)."""
    return hashlib.sha256(root + words.encode()).hexdigest()


def drawn_leaves(directory: Path, within: int, lot: Lot) -> list[tuple[int, bytes]]:
    """(number, leaf) of the cases that a seed draws from the log in a directory of `within`
    leaves: those of the numbers tried that begin a case, in the order of the draw."""
    reader, found = Reader(directory), list[tuple[int, bytes]]()
    for number in lot_numbers(lot.root, lot.dice, lot.size, lot.wanted * LOT_TRIES):
        ((_, entry),) = read_leaves(reader, within, number, number + 1)
        if parse(entry)["t"] == DRAWN_KIND:
            found.append((number, entry))
            if len(found) == lot.wanted:
                break
    return found


def _lot(index: int, leaf: dict[str, Any]) -> Lot:
    size, dice, wanted = leaf.get("size"), leaf.get("dice"), leaf.get("sample")
    try:
        root = from_base64url(str(leaf.get("root")), HASH_BYTES)
    except NotCanonical:
        root = b""
    if (
        not root
        or type(size) is not int
        or size < 1
        or type(wanted) is not int
        or not 1 <= wanted <= LOT_MAX
        or type(dice) is not str
        or not (dice.isascii() and dice.isdigit() and len(dice) <= DICE_MAX)
    ):
        raise Tampered(f"leaf {index}", "it draws no lots")
    return Lot(index, size, root, dice, wanted)
