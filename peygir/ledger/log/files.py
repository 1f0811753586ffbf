"""The published folder: files that are written once, and few that are replaced whole.

`<root>/<year>/` is one log (C2SP tlog-tiles) with its rule sets, figures and receipts; beside the
years lie what outsiders need to check them. Web servers and mirrors read it as it is.
"""

import fcntl
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.conf import settings

MODE = 0o644  # everybody may read what is published
_YEAR: Final = re.compile(r"1[34]\d\d", re.ASCII)


class Differs(Exception):
    """A published file holds other bytes than the ones to be written; it was left alone."""


def root() -> Path:
    """The folder that is published."""
    return Path(settings.PEYGIR_LOG_DIR)


def years() -> list[int]:
    """The years that have a folder, newest first."""
    try:
        names = [each.name for each in root().iterdir()]
    except OSError:
        return []
    return sorted((int(name) for name in names if _YEAR.fullmatch(name)), reverse=True)


def year_folder(year: int) -> Path:
    return root() / str(year)


def rules_file(year: int, digest: str) -> Path:
    return year_folder(year) / "rules" / f"{digest}.json"


def stats_file(year: int, period: str, suffix: str = "json") -> Path:
    return year_folder(year) / "stats" / f"{period}.{suffix}"


def archive_file(year: int) -> Path:
    """The whole log of a year to download at once."""
    return root() / "archives" / f"log-{year}.tar"


def receipts_file(year: int, code: str) -> Path:
    """Where the receipts with this beginning of their code are listed."""
    return year_folder(year) / "receipts" / f"{code[:2]}.txt"


def write_once(path: Path, data: bytes) -> bool:
    """Make `path` hold `data` for good; whether it was not there before.

    It appears whole or not at all, and stays after a power cut once `settle` was called for it.
    Raises Differs when other bytes are there, OSError when the disk refuses.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = _draft(path, data)
    try:
        os.link(draft, path)
    except FileExistsError:
        if path.read_bytes() != data:
            raise Differs(path.name) from None
        return False
    finally:
        draft.unlink()
    return True


def replace(path: Path, data: bytes, mode: int = MODE) -> None:
    """Put `data` in the place of what `path` holds, at once and for good. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = _draft(path, data, mode)
    try:
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    settle([path])


def settle(paths: Iterable[Path]) -> None:
    """Return when the names of these files are on the disk."""
    folders = set()
    for path in paths:
        folders.add(path.parent)
        folders.update(each for each in path.parents if each.is_relative_to(root()))
    for folder in folders:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Nobody else on this machine holds the lock file `path` until the block ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _draft(path: Path, data: bytes, mode: int = MODE) -> Path:
    """A finished file beside `path` under a name of its own; none is left when the disk is full."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(mode)  # whatever mask this process has
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    return draft
