"""That one leaf is in the log, provable offline (C2SP tlog-proof): a path and a checkpoint."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from peygir.verify.keyring import Keyring
from peygir.verify.merkle import HASH_BYTES, root_by_inclusion
from peygir.verify.notes import (
    NOTE_BYTES_MAX,
    BadNote,
    Checkpoint,
    Vkey,
    from_base64,
    parse_checkpoint,
    to_base64,
)
from peygir.verify.tiles import Tree

PROOF_HEADER = "c2sp.org/tlog-proof@v1"
PATH_MAX = 63
PROOF_BYTES_MAX = 2 * NOTE_BYTES_MAX
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")


class Proof(NamedTuple):
    """Leaf number `leaf`, its path upwards, the checkpoint as signed, and what is carried along.

    Nothing vouches for `extra`.
    """

    leaf: int
    path: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None


def make_proof(tree: Tree, leaf: int, checkpoint: bytes) -> Proof:
    """The proof for a leaf of the tree that `checkpoint` (as signed) stands for."""
    return Proof(leaf, tuple(tree.inclusion(leaf)), checkpoint)


def format_proof(proof: Proof) -> bytes:
    lines = [PROOF_HEADER]
    if proof.extra is not None:
        lines.append(f"extra {to_base64(proof.extra)}")
    lines += [f"index {proof.leaf}", *map(to_base64, proof.path), "", ""]
    return "\n".join(lines).encode() + proof.checkpoint


def parse_proof(data: bytes) -> Proof:
    """Raises BadNote for anything that is not a proof. Nothing is checked yet."""
    head, blank, checkpoint = data.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise BadNote("not a proof") from None
    extra = None
    if len(lines) > 1 and lines[1].startswith("extra "):
        extra = from_base64(lines.pop(1)[len("extra ") :])
    found = _INDEX.fullmatch(lines[1]) if len(lines) > 1 else None
    if lines[0] != PROOF_HEADER or not blank or found is None or len(lines) > 2 + PATH_MAX:
        raise BadNote("not a proof")
    path = tuple(map(from_base64, lines[2:]))
    if any(len(each) != HASH_BYTES for each in path):
        raise BadNote("a hash of the proof has another length")
    parse_checkpoint(checkpoint)
    return Proof(int(found[1]), path, checkpoint, extra)


def check_proof(proof: Proof, leaf_hash: bytes, keys: Iterable[Vkey]) -> Checkpoint:
    """The checkpoint whose tree holds the leaf. Raises BadNote when that is not shown."""
    point = parse_checkpoint(proof.checkpoint)
    if Keyring(key for key in keys if key.name == point.origin).signer(point) is None:
        raise BadNote("the checkpoint of the proof is signed by no key that is trusted")
    if root_by_inclusion(proof.leaf, point.size, leaf_hash, proof.path) != point.root:
        raise BadNote("the leaf is not in the tree of the proof")
    return point
