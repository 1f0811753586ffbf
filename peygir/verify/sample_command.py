"""`verify sample DIR [LEAF]`: the lots of an audit, drawn again; `--at`: the tree of an instant."""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from peygir.verify.canonical import parse
from peygir.verify.errors import OK, Fault, Incomplete, Tampered
from peygir.verify.folding import Shard
from peygir.verify.log_command import add_log, asked_of
from peygir.verify.logcheck import check_log, read_checkpoint, read_leaves
from peygir.verify.lots import Lot, drawn_leaves, lots_in, seed_of, tree_at
from peygir.verify.merkle import leaf_hash
from peygir.verify.receipts import receipt_code
from peygir.verify.shell import Command, Output, need_witnesses, utc
from peygir.verify.stretch import ANCHORED
from peygir.verify.tiles import Reader, Tree


def add_sample(parser: argparse.ArgumentParser) -> None:
    add_log(parser)
    parser.add_argument("leaf", type=int, nargs="?", help="of the seed; without it, all draws")
    parser.add_argument("--at", type=_instant, help="2026-11-22T00:00+03:30: tree of an instant")
    parser.add_argument("--of", help="with --at: the day or list whose seed it is")


def run_sample(options: argparse.Namespace, output: Output) -> int:
    """The whole log, then the draws whose seeds it holds: which cases had to be called again."""
    asked = asked_of(options, output)
    checked = check_log(options.directory, asked, options.before)
    output.say("Log: {origin}", origin=checked.checkpoint.origin)
    if options.at is not None:
        _tell_tree(options, checked.checkpoint.size, output)
    else:
        _tell_lots(options, checked.checkpoint.size, output)
    size = checked.seen[-1].size if checked.seen else 0
    need_witnesses(asked.policy, checked.checkpoint.note, size)
    return OK


def _tell_lots(options: argparse.Namespace, size: int, output: Output) -> None:
    lots = lots_in(options.directory, size)
    if options.leaf is not None:
        lots = [each for each in lots if each.leaf == options.leaf]
        if not lots:
            raise Fault(f"leaf {options.leaf}", "it draws no lots")
    for lot in lots:
        _draw_again(lot, options.directory, options.before, output)
    if not lots:
        output.say("No lots were drawn.")


SAMPLE = Command("sample", "draw the lots of an audit again", add_sample, run_sample)


def _tell_tree(options: argparse.Namespace, size: int, output: Output) -> None:
    """The tree from which the lots of an instant had to be drawn, and the seed that it gives."""
    trees = [Shard(each, read_checkpoint(Reader(each)).size) for each in options.before]
    for tree in (*trees, Shard(options.directory, size)):
        found = tree_at(tree, options.at)
        if found is not None:
            break
    else:
        raise Incomplete("--at", "no leaf of a case is so late yet: nothing can have been drawn")
    output.say(
        "Leaf {leaf:,} is the first of a case at {at} or later; the tree has {size:,} leaves.",
        leaf=found.leaf,
        at=utc(options.at),
        size=found.size,
    )
    output.say("Root: {root}", root=found.root.hex())
    if options.of is not None:
        seed = seed_of(found.root, options.of)
        output.say("Seed of {words}: {seed}", words=options.of, seed=seed)


def _instant(text: str) -> int:
    """An epoch second by an ISO time with its offset. Raises ValueError."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(text)
    return math.ceil(at.timestamp())


def _draw_again(lot: Lot, directory: Path, before: Sequence[Path], output: Output) -> None:
    home, within = _home(lot, directory, before)
    found = drawn_leaves(home, within, lot)
    output.say(
        "Leaf {leaf:,}: dice {dice} draw {count:,} of {wanted:,} cases from {size:,} leaves.",
        leaf=lot.leaf,
        dice=lot.dice,
        count=len(found),
        wanted=lot.wanted,
        size=lot.size,
    )
    for number, entry in found:
        output.row(f"  {number}  {receipt_code(leaf_hash(entry))}")


def _home(lot: Lot, directory: Path, before: Sequence[Path]) -> tuple[Path, int]:
    """The log that a seed draws from, and its size: this one, or one of a year before."""
    for each in (directory, *reversed(before)):
        reader = Reader(each)
        within = read_checkpoint(reader).size
        most = lot.leaf if each is directory else within
        if lot.size <= most and Tree(reader, within).root(lot.size) == lot.root:
            return each, within
    if not before and _goes_on(directory):
        raise Incomplete("--before", "the lots may be drawn from the log of the year before")
    raise Tampered(f"leaf {lot.leaf}", "it draws from a tree that this log never was")


def _goes_on(directory: Path) -> bool:
    """Whether a log follows another one: then its first leaf holds where that ended."""
    reader = Reader(directory)
    ((_, entry),) = read_leaves(reader, read_checkpoint(reader).size, 0, 1)
    return bool(parse(entry)["t"] == ANCHORED)
