"""`verify sample DIR [LEAF]`: the lots of an audit, drawn again."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from peygir.verify.canonical import parse
from peygir.verify.errors import OK, Fault, Incomplete, Tampered
from peygir.verify.log_command import add_log, asked_of
from peygir.verify.logcheck import check_log, read_checkpoint, read_leaves
from peygir.verify.lots import Lot, drawn_leaves, lots_in
from peygir.verify.merkle import leaf_hash
from peygir.verify.receipts import receipt_code
from peygir.verify.shell import Command, Output, need_witnesses
from peygir.verify.stretch import ANCHORED
from peygir.verify.tiles import Reader, Tree


def add_sample(parser: argparse.ArgumentParser) -> None:
    add_log(parser)
    parser.add_argument("leaf", type=int, nargs="?", help="of the seed; without it, all draws")


def run_sample(options: argparse.Namespace, output: Output) -> int:
    """The whole log, then the draws whose seeds it holds: which cases had to be called again."""
    asked = asked_of(options, output)
    checked = check_log(options.directory, asked, options.before)
    output.say("Log: {origin}", origin=checked.checkpoint.origin)
    lots = lots_in(options.directory, checked.checkpoint.size)
    if options.leaf is not None:
        lots = [each for each in lots if each.leaf == options.leaf]
        if not lots:
            raise Fault(f"leaf {options.leaf}", "it draws no lots")
    for lot in lots:
        _draw_again(lot, options.directory, options.before, output)
    if not lots:
        output.say("No lots were drawn.")
    size = checked.seen[-1].size if checked.seen else 0
    need_witnesses(asked.policy, checked.checkpoint.note, size)
    return OK


SAMPLE = Command("sample", "draw the lots of an audit again", add_sample, run_sample)


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
