"""Scores of units and posts as they were published: the desk shows the very file that outsiders do.

Made by `publication` with the functions of `verify`; read here from the published folder.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from peygir.ledger.log import files
from peygir.ledger.models import Event, Head, Leaf
from peygir.verify.canonical import parse
from peygir.verify.errors import NotCanonical
from peygir.verify.months import LAST
from peygir.verify.months import LIVE as LIVE

REVISIONS_MAX: Final = 20
FULL: Final = 10_000
CORRECTED: Final = ("corrected_for", "corrected_against")
PODIUM: Final = 3
SCORE, SATISFACTION = "score", "satisfaction"
ORDERS: Final = (SCORE, SATISFACTION)

#: What audits look at: a measure, what it is a share of, and how many in ten thousand are odd.
ODD: Final = (
    ("last_hour", "answered", 2000),
    ("relaxed", "registered", 300),
    ("merged_at_end", "merged", 3000),
    ("inspected_false", "sampled", 2500),
    ("unconfirmed", "asked", 1500),
)
ODD_FROM: Final = 30  # cases of which the share is taken
JUMP: Final = 2000  # basis points of satisfaction more than in the figures before

Data = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """A case that cost points: how many hundredths of its part, since when, and its leaf."""

    part: str
    cost: int
    leaf: int
    public: str
    at: int
    case_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Oddity:
    """What an audit should look at. Shares in basis points."""

    unit: str
    what: str
    share: int
    n: int


def read(period: str) -> Data | None:
    """The figures of a period as published last, or the provisional ones of a month; None while
    there are none."""
    found = _placed(period)
    if found is None:
        last = provisional()
        return last if last is not None and last["month"] == period else None
    return found


def provisional() -> Data | None:
    """The figures of the month before the running one, while they are not published for good."""
    last = _placed(LAST)
    return None if last is None or _is_placed(last["month"]) else last


def _placed(period: str) -> Data | None:
    for year in _years():
        for revision in range(REVISIONS_MAX, -1, -1):
            name = f"{period}.r{revision}" if revision else period
            path = files.stats_file(year, name)
            if path.is_file():
                return _read(path, path.stat().st_mtime_ns)
    return None


def row_of(data: Data, dimension: str, code: str) -> Data | None:
    """The row of a unit or post."""
    return next((row for row in data["by"][dimension] if row["code"] == code), None)


def there(periods: Iterable[str]) -> list[str]:
    """Those of some periods whose figures are published, for good or provisional."""
    last = provisional()
    month = "" if last is None else last["month"]
    return [period for period in periods if period == month or _is_placed(period)]


def _is_placed(period: str) -> bool:
    return any(files.stats_file(year, period).is_file() for year in _years())


def _years() -> tuple[int, ...]:
    head = Head.objects.first()
    return (head.year, head.year - 1) if head else ()


def ranked_by(data: Data) -> str:
    """The order by which the policy under the figures ranks."""
    found: str = data["weights"].get("rank_by", SCORE)
    return found


def judged(data: Data, dimension: str = "unit", *, by: str = "") -> list[Data]:
    """Scored rows in an order ("": the policy's), ranked ones first, then by how many answered."""
    order = by or ranked_by(data)
    rows = [row for row in data["by"][dimension] if "score" in row]
    rows.sort(
        key=lambda row: (
            place_of(row, order) or 1 << 30,
            -row["parts"]["satisfied"]["n"],
            row["code"],
        )
    )
    return rows


def place_of(row: Data, by: str) -> int | None:
    """The rank of a row in an order; None for too few answers."""
    found: int | None = row.get("ranks", {}).get(by)
    return found


def podium(data: Data) -> list[Data]:
    """The first of the period, districts and organisations in one row (S3, S29)."""
    return [row for row in judged(data) if row.get("rank", 1 << 30) <= PODIUM]


def corrected(data: Data) -> list[Data]:
    """Scored units of which something was corrected, most in their favour first."""
    rows = [row for row in judged(data) if any(row["m"].get(what) for what in CORRECTED)]
    return sorted(rows, key=lambda row: (-row["m"].get("corrected_for", 0), row["code"]))


def costs(row: Data) -> list[Cost]:
    """The cases that cost a unit most, by the parts of its score."""
    rows = [(part, *each) for part, found in row.get("costs", {}).items() for each in found]
    indexes = {index for _, _, index, _, _ in rows if index}
    events = dict(
        Leaf.objects.filter(index__in=indexes, event_id__isnull=False).values_list(
            "index", "event_id"
        )
    )
    cases = dict(Event.objects.filter(pk__in=events.values()).values_list("pk", "subject_id"))
    return [
        Cost(
            part=part,
            cost=cost,
            leaf=index,
            public=public,
            at=at,
            case_id=cases.get(events.get(index) or 0),
        )
        for part, cost, index, public, at in rows
    ]


def oddities(data: Data, before: Data | None = None) -> list[Oddity]:
    """What looks like gaming in the scored units' figures; the odder, the earlier."""
    found = []
    for row in judged(data):
        measures = row["m"]
        for what, of, odd in ODD:
            n = measures.get(of, 0)
            share = FULL * _many(measures, what) // n if n else 0
            if n >= ODD_FROM and share >= odd:
                found.append(Oddity(unit=row["code"], what=what, share=share, n=n))
        found += _jump(row, before)
    return sorted(found, key=lambda each: (-each.share, each.unit, each.what))


def _many(measures: Data, what: str) -> int:
    """How many; of false claims only those that nobody chose for being doubtful."""
    found: int = measures.get(what, 0)
    return found - (measures.get("risk_false", 0) if what == "inspected_false" else 0)


def _jump(row: Data, before: Data | None) -> list[Oddity]:
    """Sudden satisfaction."""
    old = row_of(before, "unit", row["code"]) if before else None
    if old is None or "parts" not in old:
        return []
    now, then = row["parts"]["satisfied"], old["parts"]["satisfied"]
    if min(now["n"], then["n"]) < ODD_FROM or now["raw"] - then["raw"] < JUMP:
        return []
    return [
        Oddity(unit=row["code"], what="satisfied_bp", share=now["raw"] - then["raw"], n=now["n"])
    ]


@lru_cache(maxsize=8)
def _read(path: Path, _changed: int) -> Data | None:
    try:
        return parse(path.read_bytes())
    except NotCanonical:
        return None
