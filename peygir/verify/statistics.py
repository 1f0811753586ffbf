"""Published figures against the log: is this the file announced, and do the leaves give it?

A leaf `stats.published` announces each file. A file that is not the announced one is a bad copy
(Incomplete); an announced one that the leaves do not give was made up (Tampered).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from peygir.verify.canonical import encode, parse
from peygir.verify.device import STRANGE
from peygir.verify.errors import UNFIT, Fault, Incomplete, NotCanonical, Tampered, unfit
from peygir.verify.figures import FIGURES_VERSION, Basis, figures
from peygir.verify.folding import Shard, entries_with, fold_logs, named_policy
from peygir.verify.logcheck import Progress, read_checkpoint, read_leaves
from peygir.verify.months import (
    REPLACED,
    BadPeriod,
    Period,
    parse_period,
    replaced_period,
)
from peygir.verify.quorum import Anchor, Policy
from peygir.verify.tiles import Reader, Tree

STATED_KIND = "stats.published"
FIGURES_BYTES_MAX = 1 << 27
_STATED = b'"t":"stats.published"'
SHOWN_MAX = 1000  # differences


class Stated(NamedTuple):
    """A leaf that announces figures; `path` of the file below the log's directory."""

    leaf: int
    period: str
    size: int
    root: str
    file: str
    revises: str
    path: str


class Change(NamedTuple):
    """One place where two files differ; None: it is not there."""

    path: str
    old: Any
    new: Any


class AskedFigures(NamedTuple):
    """`before`: directories of earlier years. `policy`: bytes of the witnesses' policy, or None.
    `seen`: the policy by which the logs were checked, and what anchors were found by it."""

    directory: Path
    period: str
    before: tuple[Path, ...] = ()
    policy: bytes | None = None
    jobs: int = 1
    progress: Progress | None = None
    seen: tuple[Policy | None, Mapping[Path, Sequence[Anchor]]] = (None, {})


class Agreed(NamedTuple):
    """Figures that the leaves give: which announcement, and the file."""

    stated: Stated
    data: dict[str, Any]


def stats_path(period: str, revision: int = 0) -> str:
    """Where the figures of a period lie below the directory of a log."""
    return f"stats/{period}.r{revision}.json" if revision else f"stats/{period}.json"


def announced(directory: Path, size: int, before: Sequence[Path] = ()) -> list[Stated]:
    """All announcements of a log, oldest first; `before`: the logs of earlier years, in which the
    first file of a period may have been announced. Raises Tampered for one that is none."""
    revisions: dict[str, int] = {}
    for earlier in before:
        _announced(Shard(earlier, read_checkpoint(Reader(earlier)).size), revisions)
    return _announced(Shard(directory, size), revisions)


def check_figures(asked: AskedFigures, size: int) -> Agreed:
    """Recompute the figures of a period in a log of `size` leaves, which was checked before.

    Raises Incomplete or Tampered, with the first place where they differ.
    """
    period = period_of(asked.period)
    stated, data, path = _published(asked, size, period)
    _version(data, path)
    basis = _basis(asked, stated, data, path, size)
    shards = _shards(asked, basis, size)
    watch = None
    revises = str(data.get("revises", ""))
    if revises != stated.revises:
        raise Tampered(path, "it revises another file than the log says")
    if revises:
        whole = replaced_period(asked.period, 0) if period is None else period
        watch = (whole.first, whole.end, _revised(shards, stated))
    policy = named_policy(asked.directory, str(data.get("policy", "")), asked.policy)
    fold = fold_logs(
        shards,
        policy,
        jobs=asked.jobs,
        watch=watch,
        progress=asked.progress,
        known=asked.seen[1] if policy == asked.seen[0] else None,
    )
    _reversals(fold.reversals, shards)
    for index in fold.strange:
        raise Tampered(f"leaf {index}", STRANGE)
    try:
        wanted = figures(
            fold,
            period or replaced_period(asked.period, fold.tallies.day_of(fold.newest)),
            basis,
            policy=str(data.get("policy", "")),
            verifier=str(data.get("verifier", "")),
            revises=revises,
        )
        spelled = encode(wanted)
    except UNFIT as error:
        raise unfit(path, error) from None
    for change in changes(wanted, data, 1):
        raise Tampered(
            path,
            "{place} is {found} there; the leaves give {wanted}",
            place=change.path,
            found=_said(change.new),
            wanted=_said(change.old),
        )
    if hashlib.sha256(spelled).hexdigest() != stated.file:
        raise Tampered(path, "its rows are not in their order, or not each of them once")
    return Agreed(stated, data)


def changes(old: Any, new: Any, most: int = SHOWN_MAX, path: str = "") -> list[Change]:
    """Where two files differ, in the order of their keys, at most `most` places."""
    if type(old) is not type(new):
        return [Change(path or "all of it", old, new)]
    found: list[Change] = []
    if isinstance(old, dict):
        for key in sorted(old.keys() | new.keys()):
            where = f"{path}.{key}" if path else key
            if key not in old or key not in new:
                found.append(Change(where, old.get(key), new.get(key)))
            else:
                found += changes(old[key], new[key], most - len(found), where)
            if len(found) >= most:
                break
    elif isinstance(old, list):
        found = _list_changes(old, new, most, path)
    elif old != new:
        found.append(Change(path, old, new))
    return found[:most]


def read_figures(path: Path) -> dict[str, Any]:
    """A figures file. Raises Incomplete."""
    data = Reader(path.parent).file(path.name, FIGURES_BYTES_MAX)
    try:
        return parse(data)
    except NotCanonical as error:
        raise Incomplete(str(path), "it is not canonical: {why}", why=error) from None


def _announced(tree: Shard, revisions: dict[str, int]) -> list[Stated]:
    """Those of one log; `revisions`: how many of each period there were before, and are now."""
    found: list[Stated] = []
    for index, entry in entries_with(tree, _STATED):
        try:
            leaf = parse(entry)
        except NotCanonical as error:
            sentence = "it is not canonical: {why}"  # of a log that was not checked
            raise Incomplete(f"leaf {index}", sentence, why=error) from None
        if leaf.get("t") == STATED_KIND:
            period = str(leaf.get("period"))
            revision = 0 if period in REPLACED else revisions.get(period, 0)
            revisions[period] = revision + 1
            found.append(_stated(index, leaf, stats_path(period, revision)))
    return found


def _list_changes(old: list[Any], new: list[Any], most: int, path: str) -> list[Change]:
    """Rows with a code are compared by it, others by their place."""
    left, right = _by_code(old), _by_code(new)
    found: list[Change] = []
    for key in [*left, *(key for key in right if key not in left)]:
        where = f"{path}[{key}]"
        if key not in left or key not in right:
            found.append(Change(where, left.get(key), right.get(key)))
        else:
            found += changes(left[key], right[key], most - len(found), where)
        if len(found) >= most:
            break
    return found


def _by_code(rows: Sequence[Any]) -> dict[str, Any]:
    return {
        str(row["code"]) if isinstance(row, dict) and "code" in row else str(at): row
        for at, row in enumerate(rows)
    }


def _said(value: Any) -> str:
    """A value as a message shows it; never a whole table."""
    if value is None:
        return "-"
    return str(value) if isinstance(value, (int, str, bool)) else "…"


def _stated(index: int, leaf: dict[str, Any], path: str) -> Stated:
    size, root, file = leaf.get("size"), leaf.get("root"), leaf.get("file")
    revises = leaf.get("revises", "")
    period = leaf.get("period")
    texts = (period, root, file, revises)
    if type(size) is not int or size < 0 or not all(isinstance(each, str) for each in texts):
        raise Tampered(f"leaf {index}", "it announces no figures")
    return Stated(index, str(period), size, str(root), str(file), str(revises), path)


def period_of(text: str) -> Period | None:
    """None: one of `REPLACED`. Raises Fault for a text that names no period."""
    try:
        return None if text in REPLACED else parse_period(text)
    except BadPeriod as error:
        raise Fault("period", "it cannot be read: {why}", why=error) from None


def _published(
    asked: AskedFigures, size: int, period: Period | None
) -> tuple[Stated, dict[str, Any], str]:
    """The newest announcement of a period whose file is here."""
    found = announced(asked.directory, size, asked.before)
    mine = [each for each in found if each.period == asked.period]
    if not mine:
        raise Incomplete(asked.period, "the log announces no figures of this period")
    reader = Reader(asked.directory)
    stated = mine[-1]
    data = reader.file(stated.path, FIGURES_BYTES_MAX)
    digest = hashlib.sha256(data).hexdigest()
    if period is None:  # replaced again and again; any that was announced will do
        stated = next((each for each in reversed(mine) if each.file == digest), stated)
    if digest != stated.file:
        raise Incomplete(stated.path, "it is not the file that the log announced")
    try:
        return stated, parse(data), stated.path
    except NotCanonical as error:
        raise Tampered(stated.path, "it is not canonical: {why}", why=error) from None


def _version(data: dict[str, Any], path: str) -> None:
    """Raise Incomplete for figures that another version of this program counted."""
    version = data.get("v")
    if type(version) is int and version != FIGURES_VERSION:
        digest = data.get("verifier", "-")
        sentence = "another version of this program counted it; check it with verifiers/{digest}.py"
        raise Incomplete(path, sentence, digest=digest)


def _basis(
    asked: AskedFigures, stated: Stated, data: dict[str, Any], path: str, size: int
) -> Basis:
    """The tree that figures rest on, which the log must have been."""
    try:
        given = data["basis"]
        before = tuple((str(b["origin"]), int(b["size"]), str(b["root"])) for b in _before(data))
        basis = Basis(str(given["origin"]), int(given["size"]), str(given["root"]), before)
    except (KeyError, TypeError, ValueError):
        raise Tampered(path, "it does not say what it rests on") from None
    where = f"leaf {stated.leaf}"
    if (basis.size, basis.root) != (stated.size, stated.root) or basis.size > size:
        raise Tampered(where, "the figures rest on another tree than the log says")
    tree = Tree(Reader(asked.directory), size)
    if basis.size > stated.leaf or tree.root(basis.size).hex() != basis.root:
        raise Tampered(where, "the figures rest on a tree that this log never was")
    return basis


def _before(data: dict[str, Any]) -> list[Any]:
    found = data.get("before", [])
    return found if isinstance(found, list) else []


def _shards(asked: AskedFigures, basis: Basis, size: int) -> list[Shard]:
    """The directories of the years that figures rest on. Raises Incomplete."""
    if len(asked.before) < len(basis.before):
        raise Incomplete("--before", "the figures rest on logs of earlier years too")
    used = asked.before[len(asked.before) - len(basis.before) :]
    shards = []
    for directory, (_origin, count, root) in zip(used, basis.before):
        reader = Reader(directory)
        within = read_checkpoint(reader).size
        if not 0 <= count <= within or Tree(reader, within).root(count).hex() != root:
            raise Incomplete(str(directory), "it is not the log that the figures rest on")
        shards.append(Shard(directory, count, within))
    return [*shards, Shard(asked.directory, basis.size, size)]


def _revised(shards: Sequence[Shard], stated: Stated) -> int:
    """How many leaves over all years the file had that this one revises."""
    base = 0
    for shard in shards:
        for each in announced(shard.directory, shard.within or shard.size):
            if each.file == stated.revises and each.period == stated.period:
                return base + each.size
        base += shard.size
    raise Tampered(f"leaf {stated.leaf}", "it revises a file that the log never announced")


def _reversals(rows: Sequence[tuple[int, int, int, str]], shards: Sequence[Shard]) -> None:
    """Points are given back once at most, and only those that were lost."""
    done: set[int] = set()
    for index, about, points, unit in rows:
        leaf, base = None, 0
        for shard in shards:
            if type(about) is int and base <= about < base + shard.size:
                reader = Reader(shard.directory)
                ((_, entry),) = read_leaves(
                    reader, shard.within or shard.size, about - base, about - base + 1
                )
                leaf = parse(entry)
            base += shard.size
        lost = leaf is not None and leaf.get("t") == "case.overdue"
        if (
            leaf is None
            or not lost
            or about in done
            or leaf.get("pts") != -points
            or leaf.get("unit") != unit
        ):
            raise Tampered(f"leaf {index}", "it gives back points that were not lost")
        done.add(about)
