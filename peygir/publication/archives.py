"""The log of a year as one file to download: made by the worker, served as it lies.

It holds one signed state with all that is needed to check it, so that a copy fits together. It is
made again when there is something new, but not so often that a large one keeps the disk busy.
"""

import hashlib
import io
import os
import secrets
import tarfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from peygir.ledger.log import files, places
from peygir.ledger.models import Leaf
from peygir.verify.canonical import parse
from peygir.verify.months import REPLACED
from peygir.verify.notes import BadNote, parse_checkpoint
from peygir.verify.tiles import TILE_BITS, entries_path, tile_path, widths

PAUSE_S: Final = 60  # at least, between two archives of a year
BYTES_A_SECOND: Final = 1 << 20  # written on average, at most
BESIDE: Final = ("README.txt", "verify.py", "vkeys.txt", "policy.txt")
GROWING: Final = ("stats", "rules", "policies", "receipts")  # folders of a year, taken whole
NOTES_MAX: Final = 100  # leaves about no case among which the last announcement is looked for

Held = dict[str, bytes | Path]  # name in the archive -> its content, or the file that has it


def make_due(*, at: datetime) -> list[int]:
    """Make the archives that are due, one worker at a time; of which years.

    Raises OSError when the disk refuses; the archive of before stays then.
    """
    with files.held(files.root() / ".archives.lock"):
        return [year for year, first, _end in places.stretches() if _make(year, first, at)]


def _make(year: int, first: int, at: datetime) -> bool:
    """Make the archive of a year whose log begins at place `first`, if it is due."""
    target, point = files.archive_file(year), files.year_folder(year) / "checkpoint"
    signed_ns = point.stat().st_mtime_ns
    if target.exists():
        last = target.stat()
        pause = PAUSE_S + last.st_size // BYTES_A_SECOND
        if last.st_mtime_ns == signed_ns or at.timestamp() - last.st_mtime < pause:
            return False
    held = _held(year, first)
    if held is None:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    for left in target.parent.glob(f".{target.name}.*"):  # by a worker that was killed
        left.unlink()
    draft = target.with_name(f".{target.name}.{secrets.token_hex(6)}")
    try:
        _write(draft, held, signed_ns)
        draft.replace(target)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    files.settle([target])
    return True


def _held(year: int, first: int) -> Held | None:
    """What goes into an archive; None while the figures of now are not announced in what is signed:
    they would look like a copy that does not fit together."""
    folder = files.year_folder(year)
    note = (folder / "checkpoint").read_bytes()
    try:
        size = parse_checkpoint(note).size
    except BadNote:
        return None
    held: Held = {name: files.root() / name for name in BESIDE if (files.root() / name).exists()}
    for path in sorted((files.root() / "verifiers").glob("*.py")):  # older figures name theirs
        held[f"verifiers/{path.name}"] = path
    held[f"{year}/checkpoint"] = note
    for period in REPLACED:
        path = files.stats_file(year, period)
        if path.exists():
            held[f"{year}/stats/{period}.json"] = spelled = path.read_bytes()
            if hashlib.sha256(spelled).hexdigest() != _announced(period, first + size):
                return None
    for part in GROWING:
        for path in sorted((folder / part).glob("[!.]*")):
            held.setdefault(f"{year}/{part}/{path.name}", path)
    for name in _tiles(size):
        path = folder / name
        held[f"{year}/{name}"] = path if path.exists() else folder / name.partition(".p/")[0]
    return held


def _announced(period: str, end: int) -> str:
    """The digest of the figures that the newest announcement before place `end` names."""
    rows = Leaf.objects.filter(index__lt=end, event_id=None).order_by("-index")
    for body in rows.values_list("body", flat=True)[:NOTES_MAX]:
        leaf = parse(bytes(body))
        if leaf["t"] == "stats.published" and leaf["period"] == period:
            return str(leaf["file"])
    return ""


def _tiles(size: int) -> Iterator[str]:
    """The files that a tree of `size` leaves needs, below the folder of its log."""
    for number, width in widths(size):
        yield entries_path(number, width)
    level = 0
    while size >> TILE_BITS * level:
        for number, width in widths(size, level):
            yield tile_path(level, number, width)
        level += 1


def _write(draft: Path, held: Held, time_ns: int) -> None:
    with draft.open("xb") as file:
        with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
            for name, content in held.items():
                _add(archive, name, content, time_ns // 10**9)
        file.flush()
        os.fsync(file.fileno())
    draft.chmod(files.MODE)
    os.utime(draft, ns=(time_ns, time_ns))


def _add(archive: tarfile.TarFile, name: str, content: bytes | Path, time_s: int) -> None:
    data = content if isinstance(content, bytes) else content.read_bytes()  # a few MB at most
    about = tarfile.TarInfo(name)
    about.size, about.mode, about.mtime = len(data), files.MODE, time_s
    archive.addfile(about, io.BytesIO(data))
