"""What was signed last, remembered away from the database: no second history under our own key.

A database that comes back from a backup knows less than it has told the world. The guard's file is
on another path, better on another machine, and is never restored together with the database.
"""

import json
from pathlib import Path
from typing import Any

from django.conf import settings

from peygir.ledger.log import files
from peygir.verify.errors import Incomplete
from peygir.verify.merkle import is_consistent
from peygir.verify.notes import from_base64, to_base64
from peygir.verify.tiles import Tree


class Refused(Exception):
    """To sign this would be a fork of what was signed before."""


class Forgotten(Exception):
    """Something was published, but the guard's file says nothing about it, or nothing at all."""


def known(origin: str) -> tuple[int, bytes] | None:
    """Size and root of what was last let through for this log."""
    found = _read().get(origin)
    return None if found is None else (int(found["size"]), from_base64(found["root"]))


def compare(origin: str, size: int, root: bytes, *, is_new: bool) -> None:
    """Raises Refused when the guard knows more than a head says, Forgotten when it knows nothing
    of a log that is not new."""
    before = known(origin)
    if before is None:
        if not is_new:
            raise Forgotten
        return
    if before[0] > size or (before[0] == size and before[1] != root):
        raise Refused


def admit(origin: str, root: bytes, tree: Tree) -> None:
    """Let a tree be signed, and remember it first. Raises Refused, nothing is remembered then.

    `tree`: as its published tiles give it, with its size.
    """
    with files.held(_path().with_name(f"{_path().name}.lock")):
        before = known(origin)
        if before is not None and not _only_adds(before, root, tree):
            raise Refused
        remember(origin, tree.size, root)


def remember(origin: str, size: int, root: bytes) -> None:
    """Write down what counts from now on; `admit` and `recover` know that it may."""
    state = _read() | {origin: {"size": size, "root": to_base64(root)}}
    files.replace(_path(), (json.dumps(state, indent=1) + "\n").encode(), 0o600)


def _only_adds(before: tuple[int, bytes], root: bytes, tree: Tree) -> bool:
    size, old_root = before
    if size > tree.size:
        return False
    try:
        path = tree.consistency(size)
    except Incomplete:
        return False
    return is_consistent(size, old_root, tree.size, root, path)


def _path() -> Path:
    return Path(settings.PEYGIR_LOG_GUARD)


def _read() -> dict[str, Any]:
    """Everything remembered. Raises Forgotten for a file that cannot be understood."""
    try:
        state: dict[str, Any] = json.loads(_path().read_bytes())
    except FileNotFoundError:
        return {}
    except ValueError:
        raise Forgotten from None
    return state
