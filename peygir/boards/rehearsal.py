"""What a draft would have changed: the referrals of the last days, timed once more.

Every referral keeps what people did: when it came, when it was answered, how long it was paused. It
is held against the time allowed by the version in force and by the draft. Nobody is assumed to work
faster or slower because of another deadline. A promised date stays what it was.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db import connection

from peygir.calendars.durations import Span, due
from peygir.cases import clocks
from peygir.policy.model import CityPolicy
from peygir.policy.vocabulary import CLIMBED, ROUTED, SCORED_KINDS

PERIOD: Final = timedelta(days=30)
BATCH: Final = 5_000  # referrals read at once
RANKED_FROM: Final = 30  # referrals; below, a rank says nothing

READ: Final = """
select r.stage, r.unit, r.post, r.outcome = %(climbed)s, coalesce(p.outcome, ''),
 c.category, c.class_code, c.district,
 extract(epoch from k.started_at)::bigint, extract(epoch from k.due_at)::bigint,
 extract(epoch from coalesce(
  case when r.outcome = %(climbed)s then coalesce(c.determined_at, c.closed_at) end,
  case when r.outcome <> %(climbed)s then r.closed_at end, %(at)s))::bigint,
 k.paused_s, c.id, extract(epoch from r.opened_at)::bigint
from cases_referral r
join cases_case c on c.id = r.case_id
join cases_clock k on k.case_id = r.case_id and k.number = r.number
left join cases_referral p on p.case_id = r.case_id and p.number = r.number - 1
where r.opened_at >= %(since)s and r.opened_at < %(at)s
order by r.opened_at
"""

Advance = Callable[[float], None]


@dataclass(slots=True)
class Unit:
    """Counts of one unit that bears what is late: [under the version in force, under the draft]."""

    n: list[int] = field(default_factory=lambda: [0, 0])
    late: list[int] = field(default_factory=lambda: [0, 0])
    points: list[int] = field(default_factory=lambda: [0, 0])


@dataclass(slots=True, kw_only=True)
class _Row:
    """One referral; instants in epoch seconds."""

    stage: str
    unit: str
    post: str
    climbed: bool
    before: str  # the step that led here within the case
    category: str
    class_code: str
    district: int | None
    started: int
    due: int
    ended: int
    paused: int
    case: int
    opened: int


class _Side:
    """One policy's answer to: how late was this referral, whose was it, what did it cost?"""

    def __init__(self, policy: CityPolicy, base: CityPolicy) -> None:
        self.policy, self.base = policy, base
        self._spans: dict[tuple[str, str, str], Span | None] = {}
        self._scored: dict[str, str] = {}
        self._routes: dict[tuple[str, int | None], tuple[str | None, str | None]] = {}
        self.promises = frozenset(
            step.code for stage in policy.stages.values() for step in stage.steps.values()
            if step.rearm
        )  # fmt: skip

    def late_s(self, row: _Row) -> int | None:
        """Seconds beyond the deadline, negative before it; None where nobody answers for it."""
        stage = self.policy.stages.get(row.stage)
        if stage is None or stage.waits_for_citizen:
            return None
        if row.before in self.promises:
            return row.ended - row.due
        span = self._span(row)
        if span is None:
            return None
        if span.mode == "wall":
            until = row.started + int(span.amount.total_seconds())
        else:
            start = datetime.fromtimestamp(row.started, UTC)
            until = int(due(start, span, self.policy.calendar).timestamp())
        return row.ended - until - row.paused

    def bears(self, row: _Row) -> str:
        """The district or organisation that bears it, after the draft's routes."""
        unit = self._unit(row)
        if unit not in self._scored:
            known = self.policy if unit in self.policy.organisation.units else self.base
            inside = unit in known.organisation.units
            self._scored[unit] = known.organisation.scored(unit) if inside else unit
        return self._scored[unit]

    def cost(self, late_s: int) -> int:
        """Points of a referral that is so late, with every rung and repeat that it passed."""
        if late_s <= 0:
            return 0
        rungs = [t.after.total_seconds() for t in self.policy.ladder.thresholds if t.after]
        passed = sum(after <= late_s for after in rungs)
        if rungs and late_s >= rungs[-1]:
            passed += int((late_s - rungs[-1]) / self.policy.ladder.repeat.total_seconds())
        return self.policy.points.breach + self.policy.points.rung * passed

    def elsewhere(self, row: _Row) -> bool:
        return self._unit(row) != row.unit

    def _unit(self, row: _Row) -> str:
        """The unit that held it; another where the draft leads subject and district elsewhere."""
        stage = self.policy.stages.get(row.stage)
        if self.policy is self.base or stage is None or stage.holder not in ROUTED:
            return row.unit
        key = (row.category, row.district)
        if key not in self._routes:
            self._routes[key] = _route(self.base, *key), _route(self.policy, *key)
        was, now = self._routes[key]
        return now if now is not None and was == row.unit else row.unit

    def _span(self, row: _Row) -> Span | None:
        class_code = self._class(row)
        key = (row.stage, class_code, row.post)
        if key not in self._spans:
            known = class_code in self.policy.classes
            by_class = self.policy.stages[row.stage].due == "class"
            self._spans[key] = clocks.allowed(self.policy, *key) if known or not by_class else None
        return self._spans[key]

    def _class(self, row: _Row) -> str:
        """The class of the case; the draft's where it classifies the subject anew."""
        now, was = (p.categories.get(row.category) for p in (self.policy, self.base))
        if now is not None and was is not None and was.class_code == row.class_code:
            return now.class_code
        return row.class_code


def rehearse(
    base: CityPolicy,
    draft: CityPolicy,
    *,
    at: datetime,
    since: datetime | None = None,
    advance: Advance | None = None,
) -> dict[str, Any]:
    """Time the referrals from `since` (PERIOD before) up to `at` under both policies.

    `advance` is told how far it is (0 to 1). Gives JSON: counts, and one row for each unit.
    """
    began = since or at - PERIOD
    sides = _Side(base, base), _Side(draft, base)
    units: dict[str, Unit] = {}
    found = {"referrals": 0, "newly_late": 0, "no_longer": 0, "elsewhere": 0, "untimed": 0}
    cases: set[int] = set()
    told, whole = advance or (lambda share: None), at.timestamp() - began.timestamp()
    for batch in _batches(began, at):
        for row in batch:
            cases.add(row.case)
            _count(row, sides, units, found)
        told(min(1.0, (batch[-1].opened - began.timestamp()) / whole))
    rows = _rows(units, draft, base)
    return {
        "since": int(began.timestamp()),
        "until": int(at.timestamp()),
        "cases": len(cases),
        **found,
        "late": [sum(row["late"][side] for row in rows) for side in (0, 1)],
        "points": [sum(row["points"][side] for row in rows) for side in (0, 1)],
        "moved": sum(row["rank"][0] != row["rank"][1] for row in rows),
        "units": rows,
    }


def _count(
    row: _Row, sides: tuple[_Side, _Side], units: dict[str, Unit], found: dict[str, int]
) -> None:
    late = [side.late_s(row) for side in sides]
    found["referrals"] += 1
    if late[0] is None or late[1] is None:
        found["untimed"] += late[0] != late[1]
        return
    found["newly_late"] += late[0] <= 0 < late[1]
    found["no_longer"] += late[1] <= 0 < late[0]
    found["elsewhere"] += sides[1].elsewhere(row)
    for place, side in enumerate(sides):
        seconds = late[place] or 0
        unit = units.setdefault(side.bears(row), Unit())
        unit.n[place] += 1
        unit.late[place] += seconds > 0
        unit.points[place] += side.cost(seconds)


def _rows(units: Mapping[str, Unit], draft: CityPolicy, base: CityPolicy) -> list[dict[str, Any]]:
    """Units with their ranks: fewest points per hundred referrals first."""
    chart = {**base.organisation.units, **draft.organisation.units}
    ranked = [u for u in units if u in chart and chart[u].kind in SCORED_KINDS]
    ranks = [_ranks({u: units[u] for u in ranked}, side) for side in (0, 1)]
    rows = [
        {
            "unit": code,
            "n": unit.n,
            "late": unit.late,
            "points": unit.points,
            "rank": [ranks[0].get(code), ranks[1].get(code)],
        }
        for code, unit in units.items()
    ]
    return sorted(rows, key=lambda row: (row["rank"][1] is None, row["rank"][1] or 0, row["unit"]))


def _ranks(units: Mapping[str, Unit], side: int) -> dict[str, int]:
    """Rank of each unit; equal figures share one, so that chance moves nobody."""
    rates = {
        code: unit.points[side] / unit.n[side]
        for code, unit in units.items()
        if min(unit.n) >= RANKED_FROM
    }
    return {code: 1 + sum(other < rate for other in rates.values()) for code, rate in rates.items()}


def _route(policy: CityPolicy, category: str, district: int | None) -> str | None:
    found = policy.categories.get(category)
    return policy.organisation.route(found.function, district) if found else None


def _batches(since: datetime, at: datetime) -> Iterator[list[_Row]]:
    """The referrals in the order of their time, read in one snapshot, BATCH by BATCH."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(READ, {"since": since, "at": at, "climbed": CLIMBED})
        names = list(_Row.__dataclass_fields__)
        while rows := cursor.fetchmany(BATCH):
            yield [_Row(**dict(zip(names, row, strict=True))) for row in rows]
