"""The log as files (C2SP tlog-tiles): paths, bundles of entries, the growing edge, reading.

A tile holds up to 256 hashes of one level, 8 tree levels above the one below; a bundle holds the
entries of one lowest tile.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from peygir.verify.errors import Incomplete
from peygir.verify.merkle import (
    EMPTY,
    HASH_BYTES,
    complete_root,
    consistency_path,
    inclusion_path,
    node_hash,
    tree_root,
)

TILE_BITS = 8
TILE_WIDTH = 1 << TILE_BITS
ENTRY_BYTES_MAX = 0xFFFF
CHECKPOINT_BYTES_MAX = 1 << 20
BUNDLE_BYTES_MAX = TILE_WIDTH * (2 + ENTRY_BYTES_MAX)
TILES_KEPT = 256  # 2 MB
HASHES_KEPT = 64  # of larger subtrees, which one root after the other needs


def tile_path(level: int, number: int, width: int = TILE_WIDTH) -> str:
    """Below the directory of a log: the tile of `width` hashes at tile level `level`."""
    return f"tile/{level}/{_number_path(number, width)}"


def entries_path(number: int, width: int = TILE_WIDTH) -> str:
    """Below the directory of a log: the bundle of `width` entries."""
    return f"tile/entries/{_number_path(number, width)}"


def pack(entries: Sequence[bytes]) -> bytes:
    """A bundle: each entry behind its length in two bytes. Raises ValueError for one too long."""
    if any(len(each) > ENTRY_BYTES_MAX for each in entries):
        raise ValueError(f"an entry has at most {ENTRY_BYTES_MAX} bytes")
    return b"".join([len(each).to_bytes(2, "big") + each for each in entries])


def unpack(data: bytes) -> list[bytes]:
    """The entries of a bundle. Raises ValueError when it ends inside one."""
    entries, at, end = [], 0, len(data)
    while at < end:
        start = at + 2
        at = start + (data[at] << 8) + data[at + 1] if start <= end else end + 1
        if at > end:
            raise ValueError("a bundle ends inside an entry")
        entries.append(data[start:at])
    return entries


def widths(size: int, level: int = 0) -> Iterator[tuple[int, int]]:
    """(number, width) of each tile of a level in a tree of `size`; of bundles, with level 0."""
    count = size >> TILE_BITS * level
    for number in range(count >> TILE_BITS):
        yield number, TILE_WIDTH
    if count % TILE_WIDTH:
        yield count >> TILE_BITS, count % TILE_WIDTH


class Edge:
    """The right edge of a growing log: enough to make every further tile and the root."""

    def __init__(self, size: int = 0, levels: Sequence[Sequence[bytes]] = ()) -> None:
        """`levels`: the hashes in the last, partial tile of each tile level, lowest first."""
        self.size, self.levels = size, [list(each) for each in levels]
        assert all(
            len(row) == (size >> TILE_BITS * level) % TILE_WIDTH
            for level, row in enumerate(self.levels)
        )

    def push(self, value: bytes, level: int = 0) -> list[tuple[int, int, bytes]]:
        """Add a leaf hash; the tiles that it fills, as (level, number, content).

        With a tile `level`: the hash of a full tile below that level, where the edge is even there.
        """
        assert self.size % (1 << TILE_BITS * level) == 0
        full = []
        self.size += 1 << TILE_BITS * level
        while True:
            while len(self.levels) <= level:
                self.levels.append([])
            row = self.levels[level]
            row.append(value)
            if len(row) < TILE_WIDTH:
                break
            level += 1
            full.append((level - 1, (self.size >> TILE_BITS * level) - 1, b"".join(row)))
            value = complete_root(row)
            row.clear()
        return full

    def partial(self) -> list[tuple[int, int, bytes]]:
        """The unfilled tiles as (level, number, content); empty ones are left out."""
        return [
            (level, self.size >> TILE_BITS * (level + 1), b"".join(row))
            for level, row in enumerate(self.levels)
            if row
        ]

    def root(self) -> bytes:
        value = None
        for row in self.levels:
            left = list(row)
            while left:
                # The complete subtrees of a tile lie in the order of the bits of its width.
                count = len(left) & -len(left)
                part = complete_root(left[-count:])
                value = part if value is None else node_hash(part, value)
                del left[-count:]
        return EMPTY if value is None else value


class Reader:
    """Reads the directory of one log. Raises Incomplete, with the file, for all that is amiss."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._kept = lru_cache(TILES_KEPT)(self._tile)

    def checkpoint(self) -> bytes:
        return self.file("checkpoint", CHECKPOINT_BYTES_MAX)

    def tile(self, level: int, number: int, width: int = TILE_WIDTH) -> bytes:
        """The first `width` hashes of a tile, joined."""
        return self._kept(level, number, width)

    def entries(self, number: int, width: int = TILE_WIDTH) -> list[bytes]:
        """The first `width` entries of a bundle."""
        path, data = self.bundle(number, width)
        try:
            entries = unpack(data)
        except ValueError:
            raise Incomplete(path, "the file ends inside an entry") from None
        if len(entries) < width or (len(entries) != width and path == entries_path(number, width)):
            raise Incomplete(
                path, "{found} entries instead of {wanted}", found=len(entries), wanted=width
            )
        return entries[:width]

    def bundle(self, number: int, width: int = TILE_WIDTH) -> tuple[str, bytes]:
        """The file that holds the first `width` entries of a bundle, maybe more of them."""
        path = self._existing(entries_path(number, width), entries_path(number))
        return path, self.file(path, BUNDLE_BYTES_MAX)

    def file(self, path: str, bytes_max: int) -> bytes:
        """The content of a file of the log, at most `bytes_max` long."""
        try:
            with (self.directory / path).open("rb") as file:
                data = file.read(bytes_max + 1)
        except (OSError, ValueError) as error:  # the latter: a name that no file can have
            why = getattr(error, "strerror", error)
            raise Incomplete(path, "the file cannot be read ({why})", why=why) from None
        if len(data) > bytes_max:
            raise Incomplete(path, "the file is larger than {limit} bytes", limit=bytes_max)
        return data

    def _tile(self, level: int, number: int, width: int) -> bytes:
        path = self._existing(tile_path(level, number, width), tile_path(level, number))
        data = self.file(path, TILE_WIDTH * HASH_BYTES)
        wanted = HASH_BYTES * (width if path == tile_path(level, number, width) else TILE_WIDTH)
        if len(data) != wanted:
            raise Incomplete(
                path, "{found} bytes instead of {wanted}", found=len(data), wanted=wanted
            )
        return data[: HASH_BYTES * width]

    def _existing(self, path: str, full: str) -> str:
        """`path`, or `full` where the partial file has been cleared away for the full one."""
        return full if path != full and not (self.directory / path).exists() else path


class Tree:
    """The tree of `size` leaves in a directory: hashes, its root and proofs, from tiles alone."""

    def __init__(self, reader: Reader, size: int) -> None:
        self.reader, self.size = reader, size
        self._kept = lru_cache(HASHES_KEPT)(self._hash_at)

    def hash_at(self, level: int, index: int) -> bytes:
        """The hash of a complete subtree over 2^level leaves."""
        return self._kept(level, index)

    def _hash_at(self, level: int, index: int) -> bytes:
        tile_level, within = divmod(level, TILE_BITS)
        first = index << within
        number = first >> TILE_BITS
        width = min(TILE_WIDTH, (self.size >> TILE_BITS * tile_level) - (number << TILE_BITS))
        data = self.reader.tile(tile_level, number, width)
        at = (first % TILE_WIDTH) * HASH_BYTES
        end = at + (HASH_BYTES << within)
        return complete_root([data[i : i + HASH_BYTES] for i in range(at, end, HASH_BYTES)])

    def root(self, size: int | None = None) -> bytes:
        """The root, or that of the tree when it had `size` leaves."""
        return tree_root(self.size if size is None else size, self.hash_at)

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """The path from leaf `index` to `root(size)`."""
        return inclusion_path(index, self.size if size is None else size, self.hash_at)

    def consistency(self, old: int, size: int | None = None) -> list[bytes]:
        """The proof from the tree of `old` leaves to that of `size`."""
        return consistency_path(old, self.size if size is None else size, self.hash_at)


def edge_of(reader: Reader, size: int) -> Edge:
    """The edge of the first `size` leaves in a directory, to continue from."""
    levels = []
    for level in range((size.bit_length() + TILE_BITS - 1) // TILE_BITS):
        count = size >> TILE_BITS * level
        width = count % TILE_WIDTH
        data = reader.tile(level, count >> TILE_BITS, width) if width else b""
        levels.append([data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)])
    return Edge(size, levels)


def lowest_root(reader: Reader, size: int) -> bytes:
    """The root as the lowest tiles give it, each leaf hash read; the tiles above are not needed."""
    edge = Edge()
    for number, width in widths(size):
        tile = reader.tile(0, number, width)
        hashes = [tile[at : at + HASH_BYTES] for at in range(0, len(tile), HASH_BYTES)]
        if width == TILE_WIDTH:
            edge.push(complete_root(hashes), 1)
        else:
            for each in hashes:
                edge.push(each)
    return edge.root()


def _number_path(number: int, width: int) -> str:
    assert 1 <= width <= TILE_WIDTH
    parts = [f"{number % 1000:03}"]
    while number := number // 1000:
        parts.append(f"x{number % 1000:03}")
    path = "/".join(reversed(parts))
    return path if width == TILE_WIDTH else f"{path}.p/{width}"
