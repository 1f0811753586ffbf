"""What a figures file says of the terms of an office: sums, score, and what was inherited."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from peygir.verify.fold import Fold
from peygir.verify.matters import Matter
from peygir.verify.months import DAY_SECONDS, Period, month_of_day, month_start
from peygir.verify.rules import Rules
from peygir.verify.scores import merge_parts, still_open
from peygir.verify.tallies import Cell, Month
from peygir.verify.terms import INHERITED_STOCK, Term
from peygir.verify.worth import timely_worth

Row = dict[str, Any]


class TermRows:
    """Of one period; `month`: its months added up, `season`: of its end, behind keys of parts."""

    def __init__(self, fold: Fold, rules: Rules, month: Month, season: str) -> None:
        self.offices, self.tallies = fold.offices, fold.tallies
        self.rules, self.month, self.season = rules, month, season
        self._left: dict[str, int] = {}  # of the terms that run now

    def stands(self, matter: Matter, until: int) -> None:
        """Work that is open: of whoever inherited it, or, when it is late, of whom it was given
        to."""
        for office in self.offices.of(matter.dims[1]):
            now = self.offices.terms[office][-1]
            if matter.began < now.bound:
                self._left[office] = self._left.get(office, 0) + 1
            term = self.offices.at(office, until - 1)
            is_late = not matter.paused and matter.due < until
            if is_late and term is not None and matter.began >= term.bound:
                worth = timely_worth(until - matter.due, matter.sla)
                key = f"{office}|{term.key}|{matter.dims[4]}{self.season}"
                still_open(self.month.term_parts, key, worth)

    def below(
        self, posts: list[Row], period: Period, until: int, measures: Callable[[Cell], Cell]
    ) -> list[Row]:
        """Put its terms below each office; those with something to score, under a code of their
        own."""
        since = period.first * DAY_SECONDS - self.tallies.offset
        later = self._later(period)
        scored = []
        for row in posts:
            office = row["code"]
            terms = self.offices.terms.get(office, []) if office in self.rules.offices else []
            told = [term for term in terms if term.start < until]
            for at, term in enumerate(told):
                end = told[at + 1].start if at + 1 < len(told) else None
                one = _row(term, end)
                cell = self.month.terms.get(f"{office}|{term.key}", {})
                if cell or end is None or end > since:
                    one["m"] = measures(cell | self._inherited(office, term, later))
                    one["n"] = one["m"].get("registered", 0)
                    if not term.is_vacant:
                        scored.append(one | {"code": f"{office}|{term.key}"})
                        one = scored[-1]
                row.setdefault("terms", []).append(one)
        return scored

    def parts(self) -> dict[str, dict[str, Cell]]:
        """What the score of each term is made of."""
        found: dict[str, dict[str, Cell]] = {}
        for key, cell in self.month.term_parts.items():
            office, number, rest = key.split("|", 2)
            merge_parts(found.setdefault(f"{office}|{number}", {}), {rest: cell})
        return found

    def _inherited(self, office: str, term: Term, later: Cell) -> Cell:
        """How much there was when the term began, and how much of it is left at the end."""
        is_now = term is self.offices.terms[office][-1]
        left = self._left.get(office, 0) if is_now else 0
        left -= later.get(f"{office}|{term.key}", 0)
        return {"inherited": term.taken, "inherited_late": term.late, "inherited_left": left}

    def _later(self, period: Period) -> Cell:
        """How the inherited work of each term grew in the months after the period."""
        found: Cell = {}
        last = month_of_day(max(self.tallies.last_day(), period.end))
        for number in range(period.months()[-1] + 1, last + 1):
            if self.tallies.has_month(number):
                for key, cell in self.tallies.month(month_start(number)).terms.items():
                    found[key] = found.get(key, 0) + cell.get(INHERITED_STOCK, 0)
        return found


def _row(term: Term, end: int | None) -> Row:
    found: Row = {"term": term.number, "since": term.since, "from": term.start, "leaf": term.leaf}
    if end is not None:
        found["until"] = end
    if term.is_vacant:
        found["vacant"] = True
    return found
