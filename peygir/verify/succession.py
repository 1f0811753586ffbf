"""What the leaves of a log say about its keys: which follow, which may promise, which have ended.

`logcheck` learns it on its way; whoever looks for one leaf only reads the whole log for it here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from peygir.verify.canonical import parse
from peygir.verify.errors import Incomplete, NotCanonical, Tampered
from peygir.verify.keyring import Keyring
from peygir.verify.logcheck import Progress
from peygir.verify.merkle import leaf_hash, root_by_inclusion
from peygir.verify.notes import BadNote, Checkpoint, Vkey, parse_checkpoint, parse_vkey
from peygir.verify.quorum import Policy, witnessed_at
from peygir.verify.receipts import Promise, parse_promise
from peygir.verify.stretch import REVOKED, ROTATED
from peygir.verify.tiles import TILE_BITS, Reader, Tree, widths

DELEGATED = "key.delegated"
_KEY_LEAF, _ANCHOR_LEAF = b'"t":"key.', b'"t":"cp.anchored"'  # canonical spelling: no spaces


class Succession:
    """The keys of one log, after all its leaves about keys were read and found in its root."""

    def __init__(
        self, reader: Reader, point: Checkpoint, keys: Sequence[Vkey], policy: Policy | None
    ) -> None:
        self.reader, self.point, self.policy = reader, point, policy
        self.tree = Tree(reader, point.size)
        self.keyring = Keyring(key for key in keys if key.name == point.origin)
        self.promising = list(keys)
        self.ended: dict[bytes, int] = {}  # public key: since which epoch second
        self._anchor: tuple[int, bytes] | None = None  # the last one before what is read now,
        self._unread: tuple[int, int] | None = None  # unless this bundle, passed over, has one

    def read(self, progress: Progress) -> None:
        """Read every leaf about a key. Raises Incomplete, or Tampered for one that is none."""
        for number, width in widths(self.point.size):
            _path, data = self.reader.bundle(number, width)
            if _KEY_LEAF in data or (self.keyring.is_waiting and _ANCHOR_LEAF in data):
                self._entries(number, width)
            elif _ANCHOR_LEAF in data:
                self._unread = number, width
            progress((number << TILE_BITS) + width, self.point.size)

    def is_signed(self) -> bool:
        """Whether a key that is trusted, or one that follows it, signed the checkpoint."""
        return self.keyring.signer(self.point) is not None

    def promise(self, text: str) -> Promise:
        """A promise that a receipt key could give when it did. Raises BadCode."""
        return parse_promise(text, self.promising, self.ended)

    def _entries(self, number: int, width: int) -> None:
        for index, entry in enumerate(self.reader.entries(number, width), number << TILE_BITS):
            if _KEY_LEAF in entry:
                self._key_leaf(index, self._fields(index, entry))
            elif _ANCHOR_LEAF in entry:
                self._anchor, self._unread = (index, entry), None
                if self.keyring.is_waiting:
                    self._anchored()

    def _key_leaf(self, index: int, leaf: dict[str, Any]) -> None:
        kind, vkey = leaf.get("t"), leaf.get("vkey")
        try:
            if kind == ROTATED:
                self.keyring.name(index, vkey)
            elif kind == REVOKED:
                self.keyring.revoke(index, vkey)
                self._end(parse_vkey(str(vkey)), leaf.get("et"))
            elif kind == DELEGATED:
                self.promising.append(parse_vkey(str(vkey)))
        except BadNote as error:
            raise Tampered(f"leaf {index}", "it is not what it says: {why}", why=error) from None

    def _end(self, key: Vkey, at: object) -> None:
        """A key ends when its leaf says, but not before the log that lacks the leaf was seen: a
        city cannot take back what it promised until then."""
        if type(at) is int:
            point = self._anchored()
            seen = witnessed_at(self.policy, point.note) if point and self.policy else None
            self.ended.setdefault(key.public, max(at, seen or 0))

    def _anchored(self) -> Checkpoint | None:
        """The checkpoint in the last leaf that holds one; its signer vouches for successors."""
        if self._unread is not None:
            self._entries(*self._unread)
        if self._anchor is None:
            return None
        try:
            note = str(self._fields(*self._anchor).get("note"))
            point = parse_checkpoint(note.encode())
        except BadNote:
            return None
        if point.origin != self.point.origin or self.tree.root(point.size) != point.root:
            return None
        self.keyring.signer(point)
        return point

    def _fields(self, index: int, entry: bytes) -> dict[str, Any]:
        """A leaf that the signed root holds. Raises Incomplete."""
        path = self.tree.inclusion(index)
        if root_by_inclusion(index, self.point.size, leaf_hash(entry), path) != self.point.root:
            raise Incomplete(f"leaf {index}", "this copy is not the one that was signed")
        try:
            return parse(entry)
        except NotCanonical as error:
            raise Tampered(f"leaf {index}", "it is not canonical: {why}", why=error) from None
