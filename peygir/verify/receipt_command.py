"""`verify receipt CODE DIR` and `verify proof FILE LEAF`: one leaf, with the log or without."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from peygir.verify.canonical import encode, parse
from peygir.verify.errors import OK, Fault, Incomplete, NotCanonical, Tampered
from peygir.verify.logcheck import read_checkpoint, read_leaves
from peygir.verify.merkle import leaf_hash, root_by_inclusion
from peygir.verify.notes import BadNote, Checkpoint
from peygir.verify.proofs import PROOF_BYTES_MAX, check_proof, parse_proof
from peygir.verify.quorum import Policy, witnessed_at
from peygir.verify.receipts import (
    LOOKUP_BYTES_MAX,
    BadCode,
    find_leaf,
    lookup_path,
    parse_code,
    receipt_code,
)
from peygir.verify.shell import (
    Command,
    Output,
    add_keys,
    given_file,
    keys_of,
    need_witnesses,
    utc,
)
from peygir.verify.succession import Succession
from peygir.verify.tiles import ENTRY_BYTES_MAX, Reader, Tree, lowest_root

PROMISE_LETTERS_MIN = 100  # a code is far shorter
_INDEX_TEXT = re.compile(r"[0-9]{1,19}")


def add_receipt(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", help="code of the receipt, or the long word of a signed promise")
    parser.add_argument("directory", type=Path, help="copy of the log of one year")
    add_keys(parser)


def run_receipt(options: argparse.Namespace, output: Output) -> int:
    """`verify receipt CODE DIR`: the leaf of a receipt, and that the signed root holds it."""
    keys, policy = keys_of(options)
    reader = Reader(options.directory)
    point = read_checkpoint(reader)
    followed = Succession(reader, point, keys, policy)
    followed.read(output.progress())
    if not followed.is_signed():
        raise Incomplete("checkpoint", "it carries no valid signature of a key that is trusted")
    start, promised = _receipt(options.code, followed)
    leaf = _listed(reader, point.size, start)
    if leaf is None:
        leaf = find_leaf(reader, point.size, start)
    if leaf is None:
        raise _absent(reader, point, policy, promised)
    _tell_leaf(Tree(reader, point.size), point, leaf, start, output)
    need_witnesses(policy, point.note)
    return OK


def add_proof(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("proof", type=Path, help="file that ends in .tlog-proof")
    parser.add_argument("leaf", type=Path, help="file with the leaf")
    add_keys(parser)


def run_proof(options: argparse.Namespace, output: Output) -> int:
    """`verify proof FILE LEAF`: that a leaf is in a log, without the log."""
    keys, policy = keys_of(options)
    leaf = given_file(options.leaf, ENTRY_BYTES_MAX + 1).rstrip(b"\n")
    try:
        proof = parse_proof(given_file(options.proof, PROOF_BYTES_MAX))
        point = check_proof(proof, leaf_hash(leaf), keys)
    except BadNote as error:
        raise Incomplete(str(options.proof), "it proves nothing: {why}", why=error) from None
    output.say("Log: {origin}", origin=point.origin)
    output.say("Leaf {leaf:,} of {size:,}.", leaf=proof.leaf, size=point.size)
    need_witnesses(policy, point.note)
    return OK


RECEIPT = Command("receipt", "find the leaf of a receipt", add_receipt, run_receipt)
PROOF = Command("proof", "check a leaf without the log", add_proof, run_proof)


def _absent(reader: Reader, point: Checkpoint, policy: Policy | None, by: int | None) -> Fault:
    """What it means that the leaf is not there: a broken promise only if witnesses saw it so."""
    seen = witnessed_at(policy, point.note) if policy else None
    if by is None or seen is None or seen <= by:
        sentence = "no leaf of this copy has this code; new ones take some minutes"
        return Incomplete("receipt", sentence)
    if lowest_root(reader, point.size) != point.root:
        return Incomplete("receipt", "this copy is not the one that was signed")
    return Tampered("receipt", "its leaf was promised by {at} and is not there", at=utc(by))


def _receipt(text: str, followed: Succession) -> tuple[bytes, int | None]:
    """How the leaf's hash begins, and by when it was promised, if the city signed that."""
    try:
        try:
            return parse_code(text), None
        except BadCode:
            if len(text) < PROMISE_LETTERS_MIN:
                raise
            promise = followed.promise(text)
            return promise.leaf_hash, promise.by
    except BadCode as error:
        raise Fault("receipt", "it cannot be read: {why}", why=error) from None


def _listed(reader: Reader, size: int, start: bytes) -> int | None:
    """The leaf that the list of receipts names, if it is the right one: the list proves nothing."""
    try:
        text = reader.file(lookup_path(start), LOOKUP_BYTES_MAX).decode("ascii", "replace")
    except Incomplete:
        return None
    code = receipt_code(start)
    for line in text.splitlines():
        words = line.split()
        if len(words) == 2 and words[0] == code and _INDEX_TEXT.fullmatch(words[1]):
            leaf = int(words[1])
            if leaf < size and Tree(reader, size).hash_at(0, leaf).startswith(start):
                return leaf
    return None


def _tell_leaf(tree: Tree, point: Checkpoint, leaf: int, start: bytes, output: Output) -> None:
    """Show a leaf, once it is shown to be the one and in the signed tree. Raises Incomplete."""
    ((_, entry),) = read_leaves(tree.reader, tree.size, leaf, leaf + 1)
    value = leaf_hash(entry)
    if not value.startswith(start) or (
        root_by_inclusion(leaf, point.size, value, tree.inclusion(leaf)) != point.root
    ):
        raise Incomplete(f"leaf {leaf}", "this copy is not the one that was signed")
    output.say("Log: {origin}", origin=point.origin)
    output.say("Leaf {leaf:,} of {size:,}.", leaf=leaf, size=point.size)
    try:
        fields = parse(entry)
    except NotCanonical as error:
        raise Tampered(f"leaf {leaf}", "it is not canonical: {why}", why=error) from None
    for name, field in fields.items():
        output.row(f"  {name}: {encode(field).decode()}")
