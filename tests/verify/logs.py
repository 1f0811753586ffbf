"""Small logs in a directory, honest or signed with something wrong in them. Keys never change."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from peygir.verify.canonical import encode, to_base64url
from peygir.verify.logcheck import Asked
from peygir.verify.merkle import leaf_hash
from peygir.verify.notes import (
    LOG_KEY,
    WITNESS_KEY,
    Note,
    Signature,
    Vkey,
    checkpoint_text,
    cosignature,
    cosigned_message,
    format_note,
)
from peygir.verify.quorum import Policy, parse_policy
from peygir.verify.tiles import TILE_WIDTH, Edge, entries_path, pack, tile_path, widths

ORIGIN = "ledger.example/137/1405"
AT = 1_790_000_000  # epoch second of the last checkpoint


class Key:
    """The signing key of a name; the same one in every run."""

    def __init__(self, name: str, kind: int = LOG_KEY, seed: str = "") -> None:
        secret = hashlib.sha256(f"{seed or name}".encode()).digest()
        self.private = Ed25519PrivateKey.from_private_bytes(secret)
        self.vkey = Vkey(name, kind, self.private.public_key().public_bytes_raw())

    def sign(self, text: str, at: int = AT) -> Signature:
        content = self.private.sign(text.encode())
        if self.vkey.kind == WITNESS_KEY:
            content = cosignature(at, self.private.sign(cosigned_message(text, at)))
        return Signature(self.vkey.name, self.vkey.id, content)


LOG = Key(ORIGIN)
WITNESSES = [Key(f"{name}.example", WITNESS_KEY) for name in ("council", "newspaper", "university")]
POLICY_TEXT = "\n".join(
    [
        "# who must have seen it",
        f"log {LOG.vkey}",
        *[f"witness w{i} {each.vkey}" for i, each in enumerate(WITNESSES)],
        "group civic 2 w0 w1 w2",
        "quorum civic",
        "",
    ]
)


def policy() -> Policy:
    return parse_policy(POLICY_TEXT.encode())


def asked(**others: Any) -> Asked:
    return Asked(**{"keys": (LOG.vkey,), "policy": policy()} | others)


class Log:
    """Entries in memory; `write` makes the directory anew from them, whatever they are."""

    def __init__(self, directory: Path, origin: str = ORIGIN) -> None:
        self.directory, self.origin = directory, origin
        self.entries: list[bytes] = []
        self.ends: dict[str, tuple[int, str]] = {}  # case: its next n and prev

    def raw(self, entry: bytes) -> int:
        self.entries.append(entry)
        return len(self.entries) - 1

    def add(self, kind: str, **fields: Any) -> int:
        """Append a leaf; its number."""
        return self.raw(encode({"t": kind, "v": 1} | fields))

    def case(self, name: str, kind: str = "case.work_done", **fields: Any) -> int:
        """Append the next leaf of the case of that name."""
        public = to_base64url(hashlib.sha256(name.encode()).digest()[:16])
        number, before = self.ends.get(name, (0, ""))
        kind = kind if number else "case.registered"
        at = self.add(kind, **{"case": public, "n": number, "prev": before} | fields)
        self.ends[name] = (number + 1, to_base64url(self.hash(at)[:16]))
        return at

    def hash(self, index: int) -> bytes:
        return leaf_hash(self.entries[index])

    def edge(self, size: int | None = None) -> Edge:
        edge = Edge()
        for entry in self.entries[:size]:
            edge.push(leaf_hash(entry))
        return edge

    def checkpoint(
        self,
        size: int | None = None,
        *,
        signers: Sequence[Key] = (LOG,),
        times: Sequence[int] = (AT, AT + 1, AT + 2),
    ) -> bytes:
        """The signed tree of the first `size` leaves; `times`: of each witness that cosigns."""
        edge = self.edge(size)
        text = checkpoint_text(self.origin, edge.size, edge.root())
        lines = [each.sign(text) for each in signers]
        lines += [key.sign(text, at) for key, at in zip(WITNESSES, times, strict=False)]
        return format_note(Note(text, tuple(lines)))

    def anchor(self, note: bytes | None = None, **how: Any) -> int:
        """Append a checkpoint of all so far, or `note`, as a leaf."""
        return self.add("cp.anchored", note=(note or self.checkpoint(**how)).decode())

    def write(self, **how: Any) -> Path:
        """Bundles, tiles and the checkpoint; `how`: of the checkpoint."""
        edge, tiles = Edge(), []
        for entry in self.entries:
            tiles += edge.push(leaf_hash(entry))
        for level, number, data in tiles + edge.partial():
            self._file(tile_path(level, number, len(data) // 32), data)
        for number, width in widths(len(self.entries)):
            start = number * TILE_WIDTH
            self._file(entries_path(number, width), pack(self.entries[start : start + width]))
        self._file("checkpoint", self.checkpoint(**how))
        return self.directory

    def _file(self, path: str, data: bytes) -> None:
        file = self.directory / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)


def city(directory: Path, cases: int = 200) -> Log:
    """An honest log of `cases` cases with two checkpoints in it, not yet written."""
    log = Log(directory)
    for step in range(4):
        for each in range(cases):
            log.case(f"case {each}", "case.closed" if step == 3 else "case.work_done", et=AT - each)
        if step in (0, 2):
            log.anchor(times=[AT - 7200 + 600 * step] * 3)
    return log
