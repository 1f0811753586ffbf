"""The Merkle tree of RFC 6962 (SHA-256): hashes, growing roots, proofs and their checks.

A proof is made from any `hash_at(level, index)` that gives the hash of the complete subtree over
the 2^level leaves from index * 2^level on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

HashAt = Callable[[int, int], bytes]

HASH_BYTES = 32
EMPTY = hashlib.sha256(b"").digest()  # the root of no leaves

_sha256 = hashlib.sha256


def leaf_hash(data: bytes) -> bytes:
    return _sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return _sha256(b"\x01" + left + right).digest()


def complete_root(hashes: Sequence[bytes]) -> bytes:
    """The root over 2^k hashes of one level."""
    assert len(hashes) & (len(hashes) - 1) == 0
    row = list(hashes)
    while len(row) > 1:
        pairs = iter(row)
        row = [_sha256(b"\x01" + left + next(pairs)).digest() for left in pairs]
    return row[0]


class Frontier:
    """A growing tree that keeps only the hashes its root needs: one for each bit of its size."""

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        self.size, self.hashes = size, list(hashes)
        assert len(self.hashes) == bin(size).count("1")

    def push(self, value: bytes, level: int = 0) -> None:
        """Add a leaf hash, or the hash over 2^level leaves where the size is a multiple of that."""
        assert self.size & ((1 << level) - 1) == 0
        size = self.size >> level
        while size & 1:
            value = node_hash(self.hashes.pop(), value)
            size >>= 1
        self.hashes.append(value)
        self.size += 1 << level

    def root(self) -> bytes:
        if not self.hashes:
            return EMPTY
        value = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            value = node_hash(left, value)
        return value

    def dump(self) -> bytes:
        """Eight bytes of size, then the hashes, larger subtrees first."""
        return self.size.to_bytes(8, "big") + b"".join(self.hashes)

    @classmethod
    def load(cls, data: bytes) -> Frontier:
        """Raises ValueError when `data` is no dump."""
        size, rest = int.from_bytes(data[:8], "big"), data[8:]
        if len(data) < 8 or len(rest) != HASH_BYTES * bin(size).count("1"):
            raise ValueError("not a frontier")
        return cls(size, [rest[at : at + HASH_BYTES] for at in range(0, len(rest), HASH_BYTES)])


def tree_root(size: int, hash_at: HashAt) -> bytes:
    """The root over the first `size` leaves."""
    return _root(0, size, hash_at) if size else EMPTY


def inclusion_path(index: int, size: int, hash_at: HashAt) -> list[bytes]:
    """The proof that leaf `index` is in the tree of `size` leaves, from the leaf upwards."""
    assert 0 <= index < size
    low, high, path = 0, size, []
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(_root(middle, high, hash_at))
            high = middle
        else:
            path.append(_root(low, middle, hash_at))
            low = middle
    return path[::-1]


def consistency_path(old: int, new: int, hash_at: HashAt) -> list[bytes]:
    """The proof that the first `old` of `new` leaves are the tree of size `old`; empty for 0."""
    assert 0 <= old <= new
    if old in (0, new):
        return []
    low, high, path, whole = 0, new, [], True
    while high != old:
        middle = low + _split(high - low)
        if old <= middle:
            path.append(_root(middle, high, hash_at))
            high = middle
        else:
            path.append(_root(low, middle, hash_at))
            low, whole = middle, False
    if not whole:
        path.append(_root(low, high, hash_at))
    return path[::-1]


def root_by_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes]) -> bytes | None:
    """The root that `path` gives, or None when it is no path of this leaf (RFC 9162 2.1.3)."""
    if not 0 <= index < size:
        return None
    place, last, value = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            value = node_hash(sibling, value)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            value = node_hash(value, sibling)
        place, last = place >> 1, last >> 1
    return value if last == 0 else None


def is_consistent(
    old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]
) -> bool:
    """Whether `path` proves that the new tree only adds to the old one (RFC 9162 2.1.4)."""
    if not 0 <= old <= new:
        return False
    if old in (0, new):
        return not path and (old_root == new_root if old == new else old_root == EMPTY)
    hashes = list(path)
    if old & (old - 1) == 0:
        hashes.insert(0, old_root)
    if not hashes:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    first = second = hashes[0]
    for each in hashes[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            first, second = node_hash(each, first), node_hash(each, second)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            second = node_hash(second, each)
        place, last = place >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


def _split(count: int) -> int:
    """The largest power of two below `count`, at least 2."""
    return 1 << (count - 1).bit_length() - 1


def _root(low: int, high: int, hash_at: HashAt) -> bytes:
    """The hash over leaves low to high, where low stands on a subtree of the whole tree."""
    count = high - low
    level = count.bit_length() - 1
    if count == 1 << level:
        return hash_at(level, low >> level)
    middle = low + (1 << level)
    return node_hash(hash_at(level, low >> level), _root(middle, high, hash_at))
