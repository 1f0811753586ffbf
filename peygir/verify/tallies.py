"""Sums by day and month, as they grow leaf by leaf. Only whole numbers; sums of parts add up.

A cell is {what: number}. A day holds a cell for each code of each dimension; a month what cannot
be told by adding days up: spans of time in steps, and what scores are made of.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from peygir.verify.months import DAY_SECONDS, month_of_day
from peygir.verify.worth import INNER

Cell = dict[str, int]
Dims = tuple[str, str, str, str, str, str]  # unit, post, district, group, class, kind
Terms = tuple[str, ...]  # "post|term" of each that something counts for

_Counted = tuple[int, Dims, Terms]  # a day, and what is counted for
_Judged = tuple[int, str, str, str, str, Terms]  # a month, unit, post, group, class

ALL = "all"
DIMENSIONS = ("unit", "post", "district", "group", "class", "kind")
CROSS = "cross"  # "district/group"
STEPPED = (ALL, "unit", "district", "group", "class", "kind")  # whose spans of time are kept
COSTLIEST = 3  # cases told for each part of a unit's score
_WAITING_MAX = 50_000  # sums, a few hundred bytes each
_STEP_BITS = 5  # 32 steps for each doubling


class Day:
    def __init__(self) -> None:
        self.cells: dict[str, dict[str, Cell]] = {}
        self.hours = [0] * 24

    def cell(self, dimension: str, code: str) -> Cell:
        return self.cells.setdefault(dimension, {}).setdefault(code, {})

    def dump(self) -> dict[str, Any]:
        return {"cells": self.cells, "hours": self.hours}

    @classmethod
    def load(cls, data: dict[str, Any]) -> Day:
        day = cls()
        day.cells, day.hours = data["cells"], data["hours"]
        return day

    def add(self, other: Day) -> None:
        for dimension, codes in other.cells.items():
            for code, cell in codes.items():
                add_cell(self.cell(dimension, code), cell)
        self.hours = [a + b for a, b in zip(self.hours, other.hours)]


class Month:
    """`spans`: dimension, code, step: how many; `parts`: "unit|class|group": cell;
    `costs`: unit, part of the score: [cost, leaf, case, epoch second], the costliest first."""

    def __init__(self) -> None:
        self.total: Cell = {}
        self.spans: dict[str, dict[str, dict[str, int]]] = {}
        self.parts: dict[str, Cell] = {}
        self.costs: dict[str, dict[str, list[list[Any]]]] = {}
        self.posts: dict[str, Cell] = {}  # "post|class": what the score of a post is made of
        self.terms: dict[str, Cell] = {}  # "post|term": sums
        self.term_parts: dict[str, Cell] = {}  # "post|term|class": what its score is made of

    def part(self, unit: str, cls: str, group: str) -> Cell:
        return self.parts.setdefault(f"{unit}|{cls}|{group}", {})

    def part_of_term(self, term: str, cls: str) -> Cell:
        return self.term_parts.setdefault(f"{term}|{cls}", {})

    def cost(self, unit: str, part: str, row: list[Any]) -> None:
        """Remember what cost a unit most; among equals, the earliest leaf."""
        rows = self.costs.setdefault(unit, {}).setdefault(part, [])
        rows.append(row)
        rows.sort(key=lambda row: (-row[0], row[1]))
        del rows[COSTLIEST:]

    def dump(self) -> dict[str, Any]:
        return dict(vars(self))

    @classmethod
    def load(cls, data: dict[str, Any]) -> Month:
        month = cls()
        vars(month).update(data)
        return month

    def add(self, other: Month, stratum: str = "") -> None:
        """Add another month; `stratum` is put behind the keys of its parts, to keep them apart."""
        add_cell(self.total, other.total)
        for dimension, codes in other.spans.items():
            mine = self.spans.setdefault(dimension, {})
            for code, steps in codes.items():
                add_cell(mine.setdefault(code, {}), steps)
        for key, cell in other.parts.items():
            add_cell(self.parts.setdefault(key + stratum, {}), cell)
        for key, cell in other.posts.items():
            add_cell(self.posts.setdefault(key + stratum, {}), cell)
        for key, cell in other.terms.items():
            add_cell(self.terms.setdefault(key, {}), cell)
        for key, cell in other.term_parts.items():
            add_cell(self.term_parts.setdefault(key + stratum, {}), cell)
        for unit, parts in other.costs.items():
            for part, rows in parts.items():
                for row in rows:
                    self.cost(unit, part, row)


class Tallies:
    """Days and months by number. `touched`: those changed; subclasses load them when asked."""

    def __init__(self, offset: int) -> None:
        self.offset = offset  # of the city's time from UTC, in seconds
        self.days: dict[int, Day] = {}
        self.months: dict[int, Month] = {}
        self._waiting: dict[_Counted, Cell] = {}
        self._waiting_parts: dict[_Judged, Cell] = {}
        self._month_of: dict[int, int] = {}

    def day_of(self, at: int) -> int:
        return (at + self.offset) // DAY_SECONDS

    def day(self, number: int) -> Day:
        found = self.days.get(number)
        if found is None:
            found = self.days[number] = self.new_day(number)
        return found

    def month(self, day: int) -> Month:
        """The month in which a day lies."""
        return self._month(self._month_number(day))

    def has_day(self, number: int) -> bool:
        self.settle()
        return number in self.days

    def has_month(self, number: int) -> bool:
        self.settle()
        return number in self.months

    def first_day(self) -> int:
        """The first day with anything on it; 0 without one."""
        self.settle()
        return min(self.days, default=0)

    def last_day(self) -> int:
        """The last day with anything on it; 0 without one."""
        self.settle()
        return max(self.days, default=0)

    def new_day(self, _number: int) -> Day:
        return Day()

    def new_month(self, _number: int) -> Month:
        return Month()

    def count(self, day: int, dims: Dims, what: str, by: int = 1, terms: Terms = ()) -> None:
        """Add to every cell of the day that `dims` belong to, and to the sums of `terms` in its
        month, at the next `settle`."""
        key = (day, dims, terms)
        sums = self._waiting.get(key)
        if sums is None:
            if len(self._waiting) >= _WAITING_MAX:
                self.settle()
            sums = self._waiting[key] = {}
        sums[what] = sums.get(what, 0) + by

    def part(
        self, day: int, dims: Dims, part: str, worth: int, n: int = 1, terms: Terms = ()
    ) -> None:
        """Add a share of a score to its unit, its post and `terms`, at the next `settle`."""
        unit, post, _, group, cls, _ = dims
        key = (self._month_number(day), unit, post, group, cls, terms)
        cell = self._waiting_parts.get(key)
        if cell is None:
            if len(self._waiting_parts) >= _WAITING_MAX:
                self.settle()
            cell = self._waiting_parts[key] = {}
        add_part(cell, part, worth, n)

    def settle(self) -> None:
        """Add what waits to all its cells. Ask nothing of days and months before."""
        pairs: dict[tuple[int, int, str, str], Cell] = {}  # far fewer than there are rows
        for (day, dims, terms), sums in self._waiting.items():
            for first in range(0, len(DIMENSIONS), 2):
                key = (day, first, dims[first], dims[first + 1])
                add_cell(pairs.setdefault(key, {}), sums)
            if terms:
                flows = {what: number for what, number in sums.items() if what not in INNER}
                for term in terms if flows else ():
                    add_cell(self.month(day).terms.setdefault(term, {}), flows)
        self._waiting.clear()
        for (day, first, *codes), sums in pairs.items():
            for cell in self._of(day, first, codes):
                add_cell(cell, sums)
        for (number, unit, post, group, cls, terms), sums in self._waiting_parts.items():
            month = self._month(number)
            add_cell(month.part(unit, cls, group), sums)
            if post:
                add_cell(month.posts.setdefault(f"{post}|{cls}", {}), sums)
            for term in terms:
                add_cell(month.part_of_term(term, cls), sums)
        self._waiting_parts.clear()

    def count_all(self, day: int, what: str, by: int = 1) -> None:
        """Add to the city's cells only."""
        for cell in (self.day(day).cell(ALL, ""), self.month(day).total):
            cell[what] = cell.get(what, 0) + by

    def count_term(self, day: int, term: str, what: str, by: int) -> None:
        """Add to the sums of a term ("post|term") in the month of a day."""
        cell = self.month(day).terms.setdefault(term, {})
        cell[what] = cell.get(what, 0) + by

    def span(self, day: int, dims: Dims, seconds: int) -> None:
        """Remember how long something took, to the step."""
        key = str(step_of(seconds))
        spans = self.month(day).spans
        unit, _, district, group, cls, kind = dims
        for dimension, code in zip(STEPPED, ("", unit, district, group, cls, kind)):
            if code or dimension == ALL:
                steps = spans.setdefault(dimension, {}).setdefault(code, {})
                steps[key] = steps.get(key, 0) + 1

    def merge(self, other: Tallies) -> None:
        self.settle()
        other.settle()
        for number, day in other.days.items():
            self.day(number).add(day)
        for number, month in other.months.items():
            mine = self.months.get(number)
            if mine is None:
                self.months[number] = month
            else:
                mine.add(month)

    def _of(self, number: int, first: int, codes: Sequence[str]) -> list[Cell]:
        """The cells of a pair of dimensions, from dimension `first` on; the city's with one."""
        day = self.day(number)
        found = [day.cell(name, code) for name, code in zip(DIMENSIONS[first:], codes) if code]
        if not first:
            found += [day.cell(ALL, ""), self.month(number).total]
        if DIMENSIONS[first] == "district" and all(codes):
            found.append(day.cell(CROSS, "/".join(codes)))
        return found

    def _month_number(self, day: int) -> int:
        number = self._month_of.get(day)
        if number is None:
            number = self._month_of[day] = month_of_day(day)
        return number

    def _month(self, number: int) -> Month:
        found = self.months.get(number)
        if found is None:
            found = self.months[number] = self.new_month(number)
        return found


def add_cell(into: Cell, cell: Cell) -> None:
    for what, number in cell.items():
        into[what] = into.get(what, 0) + number


def add_part(cell: Cell, part: str, worth: int, n: int) -> None:
    """Add to a share of a score: its worth, and of how many."""
    cell[part] = cell.get(part, 0) + worth
    key = f"{part}_n"
    cell[key] = cell.get(key, 0) + n


def step_of(seconds: int) -> int:
    """The lower end of the step that a span of time lies in: at most 1/32 below it."""
    seconds = max(0, seconds)
    shift = max(0, seconds.bit_length() - _STEP_BITS - 1)
    return seconds >> shift << shift


def quantile(steps: dict[str, int], numerator: int, denominator: int) -> int | None:
    """The step below which `numerator / denominator` of the counted lie; None of nothing."""
    total = sum(steps.values())
    passed = 0
    for step in sorted(map(int, (key for key, n in steps.items() if n))):
        passed += steps[str(step)]
        if passed * denominator >= total * numerator:
            return step
    return None
