"""Lists of receipt codes, so that a look-up tells nobody which case is meant.

`receipts/<first two letters>.txt`, one line for each case: its code and the number of its leaf.
Everything here can be made again from the leaves; a line that a crash tore is written anew.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.db import transaction

from peygir.ledger.log import files, tiles
from peygir.ledger.models import Head, Leaf
from peygir.publication.models import Listed
from peygir.verify.merkle import leaf_hash
from peygir.verify.receipts import lookup_line, lookup_path

BATCH: Final = 5000  # leaves at a time
REGISTERS: Final = b'"t":"case.registered"'  # canonical spelling: no spaces


@transaction.atomic
def list_new() -> bool:
    """List the cases of leaves that are signed and not listed yet; whether more wait.

    One worker at a time: the others find the rows locked and pass them over.
    """
    head = Head.objects.first()
    if head is None:
        return False
    Listed.objects.get_or_create(year=head.year, defaults={"base": head.base})
    rows = Listed.objects.select_for_update(skip_locked=True).order_by("year")
    advanced = [_advance(row, _end(row, head)) for row in rows]
    return any(advanced)


def _end(row: Listed, head: Head) -> int:
    """How many leaves of that year are signed."""
    if row.year != head.year:
        following = Listed.objects.filter(year__gt=row.year).order_by("year").first()
        return following.base - row.base if following is not None else row.size
    point = tiles.published(files.year_folder(row.year))
    return 0 if point is None else point.size


def _advance(row: Listed, end: int) -> bool:
    until = min(end, row.size + BATCH)
    if until <= row.size:
        return False
    lines: dict[Path, list[tuple[int, str]]] = {}
    for number, body in _bodies(row, until):
        if REGISTERS in body:
            value = leaf_hash(body)
            path = files.year_folder(row.year) / lookup_path(value)
            lines.setdefault(path, []).append((number, lookup_line(value, number)))
    for path, found in lines.items():
        _append(path, found)
    row.size = until
    row.save(update_fields=["size"])
    return until < end


def _bodies(row: Listed, until: int) -> Iterator[tuple[int, bytes]]:
    places = {"index__gte": row.base + row.size, "index__lt": row.base + until}
    for index, body in Leaf.objects.filter(**places).order_by("index").values_list("index", "body"):
        yield index - row.base, bytes(body)


def _append(path: Path, lines: list[tuple[int, str]]) -> None:
    """Add the lines whose numbers are not there yet, behind the last whole line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = path.read_bytes() if path.exists() else b""
    whole = data[: data.rfind(b"\n") + 1]
    last = int(whole.split()[-1]) if whole else -1
    added = "".join(line for number, line in lines if number > last).encode("ascii")
    handle = os.open(path, os.O_WRONLY | os.O_CREAT, files.MODE)
    try:
        if len(whole) < len(data):
            os.ftruncate(handle, len(whole))
        os.pwrite(handle, added, len(whole))
    finally:
        os.close(handle)
