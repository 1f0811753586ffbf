"""The published figures: which periods there are, and one file as a value.

Files are read anew when they change and kept otherwise; nothing is computed from a database.
"""

import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import orjson

from peygir.ledger.log import files
from peygir.verify.months import LAST, LIVE, REPLACED

KEPT_MAX: Final = 64  # files held in memory
MONTH_LENGTH: Final = len("1405-07")
_STEM: Final = re.compile(
    r"(live|last|1[34]\d\d(?:-\d\d(?:-\d\d)?)?)(?:\.r(\d{1,4}))?\.json", re.ASCII
)
_kept: "OrderedDict[Path, tuple[int, tuple[str, Mapping[str, Any]]]]" = OrderedDict()
_lock = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """One figures file. `year`: folder of the log it lies in; `digest`: SHA-256 of its bytes."""

    year: int
    stem: str
    revision: int
    digest: str
    data: Mapping[str, Any]

    @property
    def period(self) -> str:
        """What an address calls it: a provisional month has the name that it will have for good."""
        return str(self.data["month"] if self.final_at else self.data["period"])

    @property
    def final_at(self) -> int | None:
        """The epoch second from which a provisional month is published for good; None: another."""
        return int(self.data["final_at"]) if self.data["period"] == LAST else None

    @property
    def small(self) -> int:
        """Rates of fewer than so many are not shown."""
        return int(self.data["small"])

    def version(self, measure: str) -> int:
        """By which version of its definition a measure was counted."""
        return int(self.data["measures"].get(measure, {}).get("version", 1))

    def path(self, suffix: str = "json") -> str:
        """Where it lies on the public site."""
        return f"/log/{self.year}/stats/{self.stem}.{suffix}"

    def row(self, dimension: str, code: str) -> tuple[int, Mapping[str, Any]] | None:
        """A row of `by` with its place there."""
        for at, row in enumerate(self.data["by"].get(dimension, ())):
            if row["code"] == code:
                return at, row
        return None


def stamp() -> tuple[int, ...]:
    """Changes whenever a figures file is published or replaced."""
    return tuple(_changed(files.stats_file(year, LIVE).parent) for year in files.years())


def periods() -> list[str]:
    """Days, months and years that are published for good, newest first."""
    return sorted((name for name in _placed() if name not in REPLACED), key=_order, reverse=True)


def place(period: str) -> tuple[int, str] | None:
    """Year and stem of the newest revision of a period; no file is read for it."""
    found = _placed().get(period)
    return None if found is None else (found[0], _stem(found[1], found[2]))


def find(period: str) -> Stats | None:
    """The newest revision of a period's figures, or the provisional ones of a month; None when
    there are none that can be read."""
    place = _placed().get(period)
    if place is not None and period != LAST:
        return _read(*place)
    last = provisional()
    return last if last is not None and period in (LAST, last.period) else None


def provisional() -> Stats | None:
    """The month before the running one, while it is not published for good."""
    placed = _placed()
    last = _read(*placed[LAST]) if LAST in placed else None
    return None if last is None or last.period in placed else last


def months() -> list[Stats]:
    """Months that are over, newest first; the provisional one is the first of them."""
    found = map(find, (name for name in periods() if len(name) == MONTH_LENGTH))
    return [each for each in (provisional(), *found) if each is not None]


def revisions(period: str) -> list[Stats]:
    """All that was ever published of a period, oldest first; after Nowruz beside the next log."""
    place = _placed().get(period)
    if place is None:
        return []
    found = [
        next(filter(None, (_read(year, period, number) for year in files.years())), None)
        for number in range(place[2] + 1)
    ]
    return [each for each in found if each is not None]


def rules(stats: Stats) -> Mapping[str, Any]:
    """The rule set that figures name; empty when its file cannot be read."""
    digest = str(stats.data["rules"])
    for year in (stats.year, *files.years()):
        path = files.rules_file(year, digest)
        if digest.isalnum() and path.exists():
            try:
                return _parsed(path, _changed(path))[1]
            except (OSError, ValueError):
                return {}
    return {}


def digest_of(name: str) -> str:
    """SHA-256 in hex of a file beside the years; "" without one."""
    try:
        return hashlib.sha256((files.root() / name).read_bytes()).hexdigest()
    except OSError:
        return ""


def _placed() -> dict[str, tuple[int, str, int]]:
    """Period -> year, period and newest revision."""
    found: dict[str, tuple[int, str, int]] = {}
    for year in reversed(files.years()):
        folder = files.stats_file(year, LIVE).parent
        for period, revision in _listed(folder, _changed(folder)):
            if (year, revision) >= (found.get(period, (0, "", 0))[0], 0):
                found[period] = (year, period, revision)
    return found


@lru_cache(maxsize=16)
def _listed(folder: Path, _changed_at: int) -> tuple[tuple[str, int], ...]:
    try:
        names = [each.name for each in folder.iterdir()]
    except OSError:
        return ()
    matches = [match for name in names if (match := _STEM.fullmatch(name))]
    return tuple(sorted((match[1], int(match[2] or 0)) for match in matches))


def _stem(period: str, revision: int) -> str:
    return f"{period}.r{revision}" if revision else period


def _read(year: int, period: str, revision: int) -> Stats | None:
    stem = _stem(period, revision)
    path = files.stats_file(year, stem)
    try:
        digest, data = _parsed(path, _changed(path))
    except (OSError, ValueError):
        return None
    return Stats(year=year, stem=stem, revision=revision, digest=digest, data=data)


def _parsed(path: Path, changed_at: int) -> tuple[str, Mapping[str, Any]]:
    """Digest and content of a file; only as it is now is it kept."""
    with _lock:
        kept = _kept.get(path)
        if kept is not None and kept[0] == changed_at:
            _kept.move_to_end(path)
            return kept[1]
    raw = path.read_bytes()
    found = hashlib.sha256(raw).hexdigest(), orjson.loads(raw)
    with _lock:
        _kept[path] = (changed_at, found)
        while len(_kept) > KEPT_MAX:
            _kept.popitem(last=False)
    return found


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _order(period: str) -> tuple[str, int]:
    """By time; a year after its months, a month after its days."""
    return period + "~" * (10 - len(period)), len(period)
