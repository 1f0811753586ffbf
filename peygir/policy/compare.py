"""What a new version changes, in sentences: every value that differs is told, none is left out."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from peygir.policy.compare_words import Names, sentence
from peygir.policy.model import Words

Files = Mapping[str, str]
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One change: the file, the dotted place in it, and what it means."""

    file: str
    key: str
    words: Words


def compare(old: Files, new: Files) -> tuple[Difference, ...]:
    """The changes from `old` to `new`, in the order of the files. Comments are no change.

    `old` must be readable; a new file that is not is told as one.
    """
    before, after = _tables(old), _tables(new)
    names = Names(before, {file: table or {} for file, table in after.items()})
    found: list[Difference] = []
    for file in sorted({*old, *new}):  # a file that came or went is an empty one on that side
        table = after.get(file, {})
        if table is None:
            found.append(_unreadable(file))
            continue
        for path, a, b in _changes(before.get(file) or {}, table, ()):
            found.append(Difference(file, ".".join(path), sentence(names, file, path, a, b)))
    return tuple(found)


def _tables(files: Files) -> dict[str, dict[str, Any] | None]:
    return {file: _table(text) for file, text in files.items()}


def _table(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError):
        return None


def _changes(
    old: Mapping[str, Any], new: Mapping[str, Any], path: Path
) -> Iterator[tuple[Path, Any, Any]]:
    """Place, old and new value; a table that came or went is one change."""
    for name in dict.fromkeys([*old, *new]):
        a, b = old.get(name), new.get(name)
        if isinstance(a, dict) and isinstance(b, dict):
            yield from _changes(a, b, (*path, name))
        elif a != b:
            yield (*path, name), a, b


def _unreadable(file: str) -> Difference:
    words = Words(fa=f"پروندهٔ {file} خوانده نمی‌شود", en=f"{file} cannot be read")
    return Difference(file, "", words)
