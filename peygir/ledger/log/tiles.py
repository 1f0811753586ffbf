"""Tiles and bundles of what has got its place, written once, before anything is signed."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from peygir.ledger.log import files
from peygir.ledger.models import Head
from peygir.ledger.statement import run
from peygir.verify.errors import Incomplete
from peygir.verify.merkle import leaf_hash
from peygir.verify.notes import BadNote, Checkpoint, parse_checkpoint
from peygir.verify.tiles import (
    TILE_BITS,
    TILE_WIDTH,
    Edge,
    Reader,
    edge_of,
    entries_path,
    pack,
    tile_path,
)

CHUNK: Final = 64 * TILE_WIDTH  # leaves in memory at a time
WRITERS: Final = 8  # a disk gathers what several of them wait for

BODIES: Final = """
select body from ledger_leaf where "index" >= %s and "index" < %s order by "index"
"""


def published(folder: Path) -> Checkpoint | None:
    """The checkpoint in the folder of a log, or None when there is none that can be read."""
    try:
        return parse_checkpoint(Reader(folder).checkpoint())
    except (Incomplete, BadNote):
        return None


def extend(folder: Path, head: Head) -> bytes:
    """Write every file that the tree of `head` needs and the published one did not; its root.

    Whatever of it is there already is compared, so that it may be called again after a crash.
    Raises `files.Differs` and OSError; what is published stays whole then.
    """
    before = published(folder)
    old = min(before.size, head.size) if before is not None else 0
    try:
        edge = edge_of(Reader(folder), old)
    except Incomplete:  # somebody lost files: from the beginning
        edge = Edge()
    written = []
    with ThreadPoolExecutor(WRITERS) as pool:
        for part in _parts(edge, head):
            paths = [folder / path for path, _ in part]
            list(pool.map(files.write_once, paths, [data for _, data in part]))
            written += paths
    files.settle(written)
    return edge.root()


def bodies(first: int, end: int) -> list[bytes]:
    """The leaves from place `first` until before `end`, over all years."""
    return [bytes(body) for (body,) in run(BODIES, [first, end])]


def _parts(edge: Edge, head: Head) -> Iterator[list[tuple[str, bytes]]]:
    """The files as (path, content), lower tiles before those above them; moves `edge` on."""
    start = edge.size - edge.size % TILE_WIDTH
    for low in range(start, head.size, CHUNK):
        high = min(low + CHUNK, head.size)
        entries = bodies(head.base + low, head.base + high)
        part = []
        for at in range(0, len(entries), TILE_WIDTH):
            bundle = entries[at : at + TILE_WIDTH]
            part.append((entries_path((low + at) >> TILE_BITS, len(bundle)), pack(bundle)))
        for body in entries[edge.size - low :]:
            part += [(tile_path(*place), data) for *place, data in edge.push(leaf_hash(body))]
        yield part
    yield [
        (tile_path(level, number, len(data) // 32), data) for level, number, data in edge.partial()
    ]
