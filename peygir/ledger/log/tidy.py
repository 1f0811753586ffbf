"""Partial tiles go when the full one has been there for an hour: nobody reads them any more.

C2SP tlog-tiles allows it; a client that asks for a partial tile falls back to the full one.
"""

import shutil
from datetime import datetime, timedelta
from typing import Final

from peygir.ledger.log import files
from peygir.ledger.models import Checkpoint, Head
from peygir.verify.tiles import TILE_BITS, entries_path, tile_path

GRACE: Final = timedelta(hours=1)


def tidy(*, at: datetime) -> int:
    """Remove the partial tiles of those that were full an hour ago; how many folders went."""
    head = Head.objects.get()
    older = Checkpoint.objects.filter(origin=head.origin, signed_at__lte=at - GRACE)
    point = older.order_by("size").last()
    if point is None or point.size <= head.tidied:
        return 0
    folder, gone = files.year_folder(head.year), 0
    for path in superseded(head.tidied, point.size):
        partial = folder / f"{path}.p"
        if partial.is_dir() and (folder / path).exists():
            shutil.rmtree(partial)
            gone += 1
    Head.objects.filter(pk=head.pk).update(tidied=point.size)
    return gone


def superseded(old: int, new: int) -> list[str]:
    """The tiles and bundles that became full while the tree grew from `old` to `new`."""
    found = [entries_path(number) for number in range(old >> TILE_BITS, new >> TILE_BITS)]
    level = 0
    while new >> TILE_BITS * (level + 1):
        shift = TILE_BITS * (level + 1)
        found += [tile_path(level, number) for number in range(old >> shift, new >> shift)]
        level += 1
    return found
