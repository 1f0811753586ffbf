"""A period's figures from a fold, in the one shape that is published.

Rates are basis points and have what they are of beside them. `MEASURES` says what each is.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from peygir.verify.fold import Fold
from peygir.verify.measures import MEASURES
from peygir.verify.months import (
    DAY_SECONDS,
    LAST,
    Period,
    month_name_of,
    month_of_day,
    month_start,
    weekday_of,
)
from peygir.verify.rules import Rules
from peygir.verify.scores import Score, merge_parts, ranks, score, still_open
from peygir.verify.tallies import (
    ALL,
    CROSS,
    DIMENSIONS,
    Cell,
    Month,
    add_cell,
    quantile,
)
from peygir.verify.term_rows import TermRows
from peygir.verify.worth import FULL, INNER, SATISFIED, TIMELY, timely_worth

#: Of what is counted and how. Another one when files of the same leaves would differ: a file is
#: checked by a program of its own version, and the city folds its log anew.
FIGURES_VERSION = 3
MONTHS_BEFORE = 12
PARTS_OF_TIME = ("median_seconds", 1, 2), ("p90_seconds", 9, 10)


class Basis(NamedTuple):
    """The leaves that figures are made from: the tree of `origin` with `size` leaves, and the
    logs of earlier years as (origin, size, root)."""

    origin: str
    size: int
    root: str  # hex
    before: tuple[tuple[str, int, str], ...] = ()


def figures(
    fold: Fold,
    period: Period,
    basis: Basis,
    *,
    policy: str = "",
    verifier: str = "",
    revises: str = "",
) -> dict[str, Any]:
    """The file of a period, before it is spelled. `policy`: digest of the witnesses' policy.

    `revises`: the SHA-256 of the file before it; then the fold has watched what changed since.
    """
    found = _Figures(fold, period).file(basis, policy, verifier)
    if revises:
        found["revises"] = revises
        found["corrections"] = [
            {"leaf": index, "what": kind, "unit": unit, "helps": net > 0}
            for index, (kind, units) in sorted(fold.changed.items())
            for unit, net in sorted(units.items())
        ]
    return found


def rules_at(fold: Fold, until: int) -> Rules:
    """The rule set in force at the end of a period: names, weights, who bears what."""
    leaves = [leaf for leaf in fold.published if leaf.get("from", 0) <= until]
    chosen = max(leaves, key=lambda leaf: leaf.get("from", 0), default=fold.published[0])
    return fold.rules_of(chosen)


def late_window(fold: Fold) -> int:
    """Seconds that a month waits for late leaves until it is published for good, by the newest
    rule set."""
    found: int = 0 if fold.rules is None else fold.rules.data.get("late_window_s", 0)
    return found


class _Figures:
    def __init__(self, fold: Fold, period: Period) -> None:
        self.fold, self.period, self.tallies = fold, period, fold.tallies
        self.tallies.settle()
        self.since = period.first * DAY_SECONDS - self.tallies.offset
        self.until = period.end * DAY_SECONDS - self.tallies.offset
        if fold.newest:
            self.until = min(self.until, max(self.since, fold.newest + 1))  # not over yet
        self.rules = rules_at(fold, self.until)
        self.cells = self._sums(range(period.first, period.end))
        self.month = Month()
        if not period.is_day:
            for number in period.months():
                if self.tallies.has_month(number):
                    self.month.add(self.tallies.month(month_start(number)), _season(number))
        self.season = _season(self.period.months()[-1])
        self.terms = TermRows(fold, self.rules, self.month, self.season)
        self._standing()

    def file(self, basis: Basis, policy: str, verifier: str) -> dict[str, Any]:
        rows = {name: self._rows(name) for name in DIMENSIONS}
        if not self.period.is_day:
            self._score_units(rows["unit"])
            self._score_posts(rows["post"])
        cross, hidden = self._cross()
        found: dict[str, Any] = {
            "v": FIGURES_VERSION,
            "period": self.period.name,
            "from": self.since,
            "until": self.until,
            "basis": {"origin": basis.origin, "size": basis.size, "root": basis.root},
            "rules": self.rules.digest,
            "policy": policy,
            "verifier": verifier,
            "measures": {code: each.spelled() for code, each in MEASURES.items()},
            "totals": self._measures(self.cells.get(ALL, {}).get("", {}), ALL, ""),
            "by": rows,
            "days": self._days(),
            "hours": self._hours(),
            "cross": cross,
            "hidden": hidden,
            "months": self._months(),
            "corrections": [],
            "coverage": self._coverage(),
            "weights": self.rules.weights,
            "small": self.rules.small,
            "ranked_from": self.rules.ranked_from,
        }
        if self.period.name == LAST:
            found["month"] = month_name_of(month_of_day(self.period.first))
            found["final_at"] = self.until + late_window(self.fold)
        if basis.before:
            found["before"] = [
                {"origin": origin, "size": size, "root": root}
                for origin, size, root in basis.before
            ]
        return found

    # -- sums

    def _sums(self, days: range) -> dict[str, dict[str, Cell]]:
        found: dict[str, dict[str, Cell]] = {}
        for number in days:
            if self.tallies.has_day(number):
                for dimension, codes in self.tallies.day(number).cells.items():
                    into = found.setdefault(dimension, {})
                    for code, cell in codes.items():
                        add_cell(into.setdefault(code, {}), cell)
        return found

    def _standing(self) -> None:
        """What is open and overdue at the end: what is so now, with all later days undone."""
        for codes in self.cells.values():
            for cell in codes.values():
                for what in INNER:
                    cell.pop(what, None)
        for case, matter in self.fold.matters.pending():
            if matter.is_sealed or not matter.is_open:
                continue
            self._add(matter.dims, "open", 1)
            if matter.works and not self.period.is_day:
                self.terms.stands(matter, self.until)
            if matter.works and not matter.paused and matter.due < self.until:
                self._overdue(case, matter.dims, matter.due, matter.sla)
        last = max(self.tallies.last_day(), self.period.end)
        for dimension, codes in self._sums(range(self.period.end, last + 1)).items():
            for code, cell in codes.items():
                mine = self.cells.setdefault(dimension, {}).setdefault(code, {})
                mine["open"] = mine.get("open", 0) - cell.get("stock", 0)
                mine["overdue"] = mine.get("overdue", 0) - cell.get("over", 0)
                seconds = cell.get("over", 0) * self.until - cell.get("over_due", 0)
                mine["overdue_seconds_total"] = mine.get("overdue_seconds_total", 0) - seconds

    def _overdue(self, case: str, dims: tuple[str, ...], due: int, sla: int) -> None:
        self._add(dims, "overdue", 1)
        self._add(dims, "overdue_seconds_total", self.until - due)
        if self.period.is_day:
            return
        unit, post, _, group, cls, _ = dims
        worth = timely_worth(self.until - due, sla)
        still_open(self.month.parts, f"{unit}|{cls}|{group}{self.season}", worth)
        if post:
            still_open(self.month.posts, f"{post}|{cls}{self.season}", worth)
        if worth < FULL:
            self.month.cost(unit, TIMELY, [FULL - worth, 0, case, due])

    def _add(self, dims: tuple[str, ...], what: str, by: int) -> None:
        for dimension, code in _keys(dims):
            cell = self.cells.setdefault(dimension, {}).setdefault(code, {})
            cell[what] = cell.get(what, 0) + by

    # -- tables

    def _measures(self, cell: Cell, dimension: str, code: str) -> dict[str, int]:
        """The measures of a cell: those that are not 0, and the rates that can be told."""
        found = {
            what: number
            for what, number in cell.items()
            if number and what in MEASURES and what not in INNER
        }
        ended = cell.get("answered", 0)
        if ended > 0:
            on_time = ended - cell.get("answered_late", 0)
            found["answered_on_time_bp"] = FULL * on_time // ended
        words = cell.get("yes", 0) + cell.get("partly", 0) + cell.get("no", 0)
        if words > 0:
            worth = FULL * cell.get("yes", 0) + FULL // 2 * cell.get("partly", 0)
            found["satisfied_bp"] = worth // words
        if cell.get("asked", 0) > 0:
            found["response_bp"] = FULL * words // cell["asked"]
        sampled = cell.get("sampled", 0)
        if sampled > 0:
            untrue = cell.get("inspected_false", 0) - cell.get("risk_false", 0)
            found["held_bp"] = FULL * (sampled - untrue) // sampled
        steps = self.month.spans.get(dimension, {}).get(code, {})
        for what, numerator, denominator in PARTS_OF_TIME:
            value = quantile(steps, numerator, denominator)
            if value is not None:
                found[what] = value
        return found

    def _rows(self, dimension: str) -> list[dict[str, Any]]:
        cells = self.cells.get(dimension, {})
        if dimension in ("unit", "post"):
            cells = self._rolled(cells, dimension)
        rows = []
        for code in sorted(cells):
            measures = self._measures(cells[code], dimension, code)
            if measures:
                n = measures.get("registered", 0)
                names = self.rules.names(dimension, code)
                rows.append({"code": code, **names, "n": n, "m": measures})
        return rows

    def _rolled(self, cells: dict[str, Cell], dimension: str) -> dict[str, Cell]:
        """Units and posts; districts, organisations and their heads with all that is below
        them."""
        over = self.rules.bearer if dimension == "unit" else self.rules.head_over
        found = {code: dict(cell) for code, cell in cells.items()}
        for code, cell in cells.items():
            bearer = over(code)
            if bearer and bearer != code:
                add_cell(found.setdefault(bearer, {}), cell)
        spans = self.month.spans.get(dimension, {})
        for code in list(spans):
            bearer = over(code)
            if bearer and bearer != code:
                add_cell(spans.setdefault(bearer, {}), spans[code])
        return found

    def _days(self) -> list[list[int]]:
        rows = []
        for number in range(self.period.first, self.period.end):
            if self.tallies.has_day(number):
                cell = self.tallies.day(number).cells.get(ALL, {}).get("", {})
                numbers = [cell.get(what, 0) for what in ("registered", "closed", "answered_late")]
                if any(numbers):
                    rows.append([number, *numbers])
        return rows

    def _hours(self) -> list[list[int]]:
        rows = [[0] * 24 for _ in range(7)]
        for number in range(self.period.first, self.period.end):
            if self.tallies.has_day(number):
                row = rows[weekday_of(number)]
                for hour, count in enumerate(self.tallies.day(number).hours):
                    row[hour] += count
        return rows

    def _cross(self) -> tuple[list[list[Any]], int]:
        """District, group, registered, closed with all deadlines kept; small cells only counted."""
        rows, hidden = [], 0
        for key, cell in sorted(self.cells.get(CROSS, {}).items()):
            registered = cell.get("registered", 0)
            if registered >= self.rules.small:
                district, _, group = key.partition("/")
                rows.append([district, group, registered, cell.get("closed_on_time", 0)])
            elif registered > 0:
                hidden += registered
        return rows, hidden

    def _months(self) -> list[dict[str, Any]]:
        found = []
        end = self.period.months()[0]
        for number in range(end - MONTHS_BEFORE, end):
            if self.tallies.has_month(number):
                total = self.tallies.month(month_start(number)).total
                measures = {
                    what: count
                    for what, count in total.items()
                    if count and what in MEASURES and what not in INNER
                }
                found.append({"period": month_name_of(number), "m": measures})
        return found

    def _coverage(self) -> dict[str, int]:
        cell = self.cells.get(ALL, {}).get("", {})
        return {
            "confirmed": cell.get("confirmed", 0),
            "device": cell.get("by_device", 0),
            "call": cell.get("by_call", 0),
            "ivr": cell.get("by_ivr", 0),
            "none": cell.get("unconfirmed", 0),
            "receipts": cell.get("registered", 0),
            "late_logged": cell.get("late_logged", 0),
        }

    # -- scores

    def _score_units(self, rows: list[dict[str, Any]]) -> None:
        """Scores of districts and organisations; one order of all, and one within each kind."""
        scored = set(self.rules.scored)
        mine: dict[str, dict[str, Cell]] = {}
        everybody: dict[str, Cell] = {}
        costs: dict[str, Month] = {}
        for key, cell in self.month.parts.items():
            unit, _, rest = key.partition("|")
            bearer = self.rules.bearer(unit) or unit
            if bearer in scored:
                merge_parts(mine.setdefault(bearer, {}), {rest: cell})
                merge_parts(everybody, {rest: cell})
        for unit, lost in self.month.costs.items():
            bearer = self.rules.bearer(unit) or unit
            for part, dear in lost.items():
                for each in dear:
                    costs.setdefault(bearer, Month()).cost(bearer, part, each)
        judged = [row for row in rows if row["code"] in scored and row["code"] in mine]
        for row in judged:
            code = row["code"]
            made = score(mine[code], everybody, row["m"], self.rules.weights)
            _told(row, made)
            row["peer"] = self.rules.peers.get(code, "")
            row["costs"] = costs[code].costs[code] if code in costs else {}
        _place(judged, self.rules)

    def _score_posts(self, rows: list[dict[str, Any]]) -> None:
        """Scores of posts (managers): what happened while the post held the case, and of each term
        what happened in it. Heads of districts and organisations answer for all below them."""
        mine: dict[str, dict[str, Cell]] = {}
        everybody: dict[str, Cell] = {}
        for key, cell in self.month.posts.items():
            post, _, rest = key.partition("|")
            merge_parts(everybody, {rest: cell})
            for each in {post, self.rules.head_over(post) or post}:
                merge_parts(mine.setdefault(each, {}), {rest: cell})
        judged = [row for row in rows if row["code"] in mine]
        weights = self.rules.weights
        for row in judged:
            _told(row, score(mine[row["code"]], everybody, row["m"], weights))
            row["unit"] = self.rules.data["posts"].get(row["code"], {}).get("unit", "")
            row["peer"] = self.rules.data["units"].get(row["unit"], {}).get("kind", "")
        _place(judged, self.rules)
        parts = self.terms.parts()
        terms = self.terms.below(rows, self.period, self.until, self._of_term)
        judged = [row for row in terms if row["code"] in parts]
        for row in judged:
            _told(row, score(parts[row["code"]], everybody, row["m"], weights))
        _place(judged, self.rules)
        for row in terms:
            del row["code"]

    def _of_term(self, cell: Cell) -> dict[str, int]:
        return self._measures(cell, "term", "")


def _season(month: int) -> str:
    """What is put behind the keys of parts, so that spring is compared with spring."""
    return f"|{month % 12 // 3}"


def _told(row: dict[str, Any], made: Score) -> None:
    row |= {"score": made.total, "low": made.low, "high": made.high, "penalty": made.penalty}
    row["parts"] = {
        name: {
            "adjusted": part.adjusted,
            "high": part.high,
            "low": part.low,
            "n": part.n,
            "points": part.points,
            **({} if part.raw is None else {"raw": part.raw}),
        }
        for name, part in made.parts.items()
    }


def _place(rows: list[dict[str, Any]], rules: Rules) -> None:
    """`rank` by what the rule set ranks by, `ranks` by both; `peer_rank` among one's own kind."""
    by_both = {"score": _ranked(rows, rules, "score"), "satisfaction": {}}
    by_both["satisfaction"] = _ranked(rows, rules, "satisfaction")
    chosen = by_both[rules.weights.get("rank_by", "score")]
    of_peers: dict[str, int] = {}
    for row in sorted(rows, key=lambda row: chosen.get(row["code"], 1 << 30)):
        if row["code"] in chosen:
            row["rank"] = chosen[row["code"]]
            row["ranks"] = {name: places[row["code"]] for name, places in by_both.items()}
            if row.get("peer"):
                of_peers[row["peer"]] = row["peer_rank"] = of_peers.get(row["peer"], 0) + 1


def _ranked(rows: list[dict[str, Any]], rules: Rules, by: str) -> dict[str, int]:
    listed = []
    for row in rows:
        satisfied = row["parts"][SATISFIED]
        value = row["score"] if by == "score" else satisfied["adjusted"]
        lost = row["m"].get("points", 0) * 100 // max(1, row["n"])
        listed.append((row["code"], value, satisfied["n"], lost))
    return ranks(listed, rules.ranked_from)


def _keys(dims: tuple[str, ...]) -> list[tuple[str, str]]:
    """The cells that dims belong to, as `Tallies` has them."""
    found = [(ALL, "")] + [(name, code) for name, code in zip(DIMENSIONS, dims) if code]
    if dims[2] and dims[3]:
        found.append((CROSS, f"{dims[2]}/{dims[3]}"))
    return found


def _lines(start: str, row: dict[str, Any]) -> list[str]:
    cells = dict(row.get("m", {}))
    cells |= {name: row[name] for name in ("score", "low", "high", "rank") if name in row}
    cells |= {name: row[name] for name in ("since", "from", "until") if name in row}
    return [f"{start},{what},{number}" for what, number in sorted(cells.items())]


def table(data: dict[str, Any]) -> str:
    """A figures file as CSV: one figure a line, with its n where it is a rate."""
    lines = ["period,dimension,code,measure,value"]
    period = data["period"]
    for what, number in sorted(data["totals"].items()):
        lines.append(f"{period},{ALL},,{what},{number}")
    for dimension, rows in sorted(data["by"].items()):
        for row in rows:
            lines += _lines(f"{period},{dimension},{row['code']}", row)
    for row in data["by"].get("post", ()):
        for term in row.get("terms", ()):
            name = "vacant after" if term.get("vacant") else "term"
            lines += _lines(f"{period},term,{row['code']} {name} {term['term']}", term)
    return "\n".join(lines) + "\n"
