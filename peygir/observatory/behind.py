"""Which entries a figure was made of: those that change its sum when the log is folded again.

The fold is the verifier's own, told to say what it would add instead of adding it up.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from peygir.verify.clamp import Window
from peygir.verify.fold import Fold
from peygir.verify.matters import NO_DIMS, Matter
from peygir.verify.rules import Rules
from peygir.verify.tallies import DIMENSIONS, Dims, Tallies, Terms
from peygir.verify.terms import Term
from peygir.verify.worth import INNER

Leaf = dict[str, Any]

#: Figures that are made of others: the sums that they are taken of.
MADE_OF: Final[Mapping[str, frozenset[str]]] = {
    "answered_on_time_bp": frozenset({"answered"}),
    "satisfied_bp": frozenset({"yes", "partly", "no"}),
    "response_bp": frozenset({"asked"}),
    "held_bp": frozenset({"sampled"}),
    "median_seconds": frozenset({"closed"}),
    "p90_seconds": frozenset({"closed"}),
}
#: Figures of cases, not of what happened to them: how things stand at the end of the period.
STANDING: Final = {
    "open": "open",
    "overdue": "overdue",
    "overdue_seconds_total": "overdue",
    "inherited": "inherited",
    "inherited_late": "inherited",
    "inherited_left": "inherited",
}
#: How things stood when a term began.
AT_FIRST: Final = frozenset({"inherited", "inherited_late"})

_WORK: Final = (b'"end":', b'"due":', b'"to":', b'"t":"case.work_done"')
_WORDS: Final = (b'"word":', b'"end":', b'"due":', b'"to":', b'"t":"case.reopened"')
_LOOKS: Final = (b'"t":"case.inspected"', b'"t":"case.checked"')
_DAILY: Final = (b'"t":"intake.daily"',)
#: Bytes of which an entry that counts for a figure has at least one.
MARKS: Final[Mapping[str, tuple[bytes, ...]]] = {
    **dict.fromkeys(("calls", "messages", "follow_ups"), _DAILY),
    **dict.fromkeys(("answered", "answered_late", "answered_on_time_bp", "last_hour"), _WORK),
    **dict.fromkeys(("inherited_done", "inherited_passed"), _WORK),
    **dict.fromkeys(("yes", "partly", "no", "satisfied_bp", "asked", "response_bp"), _WORDS),
    **dict.fromkeys(("closed", "closed_on_time", "closed_late", "handed_over"), (b'"end":',)),
    **dict.fromkeys(("median_seconds", "p90_seconds", "merged", "voided"), (b'"end":',)),
    **dict.fromkeys(("inspected", "inspected_false", "sampled", "held_bp"), _LOOKS),
    **dict.fromkeys(("lot_checked", "lot_false", "risk_checked", "risk_false"), _LOOKS),
    "checked_unclear": (b'"t":"case.checked"',),
    **dict.fromkeys((*STANDING, "registered"), (b'"t":"case.registered"',)),
    "points": (b'"t":"case.overdue"', b'"t":"points.reversed"'),
    "points_reversed": (b'"t":"points.reversed"',),
    "objections": (b'"t":"case.objected"',),
    "promised": (b'"t":"case.promised"',),
    "second_cycles": (b'"cyc":',),
    "corrected_for": (b'"t":"points.reversed"', b'"t":"case.recategorised"'),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class InTerm:
    """One term of an office; `terms`: all of it that the file names, by which leaves are told
    apart."""

    office: str
    key: str
    terms: tuple[Term, ...]

    @property
    def term(self) -> Term:
        return next(each for each in self.terms if each.key == self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Which figure: a measure, of whom, of which days or (`until`) at which epoch second.

    `of`: dimension -> its codes, any of them; a figure of a unit is that of all below it too.
    """

    measure: str
    of: Mapping[str, frozenset[str]]
    since: int
    until: int
    within: InTerm | None = None  # only what counts for a term of an office

    @property
    def is_standing(self) -> bool:
        return self.measure in STANDING

    @property
    def is_of_cases(self) -> bool:
        """Whether its rows are cases, each told by its registration."""
        return self.is_standing or self.measure == "registered"

    def may_count(self, entry: bytes) -> bool:
        """Whether an entry's bytes may change it."""
        marks = MARKS.get(self.measure, (b'"case":',))
        return any(mark in entry for mark in marks)

    def is_of(self, dims: Dims) -> bool:
        return all(dims[DIMENSIONS.index(name)] in codes for name, codes in self.of.items())


class Heard(Tallies):
    """What each leaf would add, told instead of summed up."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.told: list[tuple[int, Dims, str, int]] = []
        self.terms: list[tuple[int, str, str, int]] = []

    def count(self, day: int, dims: Dims, what: str, by: int = 1, terms: Terms = ()) -> None:
        self.told.append((day, dims, what, by))
        for term in terms if what not in INNER else ():
            self.count_term(day, term, what, by)

    def count_all(self, day: int, what: str, by: int = 1) -> None:
        self.told.append((day, NO_DIMS, what, by))

    def count_term(self, day: int, term: str, what: str, by: int) -> None:
        self.terms.append((day, term, what, by))

    def of(self, figure: Figure) -> Iterator[tuple[int, str, int]]:
        """Day, measure and by how much, of what was told that is of the figure."""
        if figure.within is None:
            yield from ((day, what, by) for day, dims, what, by in self.told if figure.is_of(dims))
        else:
            name = f"{figure.within.office}|{figure.within.key}"
            yield from ((day, what, by) for day, term, what, by in self.terms if term == name)

    def forget(self) -> None:
        self.told.clear()
        self.terms.clear()


def counted(
    figure: Figure, rules: Rules, leaves: Iterable[tuple[int, Leaf]], starts: Mapping[str, int]
) -> set[int]:
    """The places of the leaves that count for `figure`.

    `leaves`: all leaves of some cases in their order, by place over all years. `starts`: of a
    figure of cases, the place of each case's registration, which stands for it.
    """
    heard = Heard(rules.offset)
    fold = Fold(lambda _: rules, tallies=lambda _: heard)
    fold.set_rules(rules)
    if figure.within is not None:
        fold.offices.terms[figure.within.office] = list(figure.within.terms)
    first, last = heard.day_of(figure.since), heard.day_of(figure.until - 1)
    whats = MADE_OF.get(figure.measure, frozenset({figure.measure}))
    sums: dict[int, int] = {}
    added: dict[str, list[int]] = {}  # rows of each case that added something
    for place, leaf in leaves:
        if figure.is_standing and heard.day_of(leaf.get("et", 0)) > last:
            continue  # figures too undo whole days: leaves of one batch lie in any order
        if figure.measure in AT_FIRST and leaf.get("et", 0) >= figure.until:
            continue
        heard.forget()
        fold.take(place, leaf, Window())
        is_sealed = "case" in leaf and "et" not in leaf  # its time is that of the leaf before it
        by = sum(
            by
            for day, what, by in heard.of(figure)
            if what in whats and (is_sealed or first <= day <= last)
        )
        case = leaf.get("case", "")
        row = starts.get(case) if figure.is_of_cases else place
        if row is None or not by:
            continue
        sums[row] = sums.get(row, 0) + by
        if by < 0 and figure.measure != "points":
            _take_back(sums, added.get(case, []), row)
        elif by > 0:
            added.setdefault(case, []).append(row)
    if figure.is_standing:
        return set(_standing(figure, fold, starts))
    return {place for place, by in sums.items() if by}


def _take_back(sums: dict[int, int], added: list[int], row: int) -> None:
    """What an entry takes from a figure, an earlier one of its case had added: neither counts."""
    while sums[row] < 0 and added:
        last = added[-1]
        if last == row or not sums[last]:
            added.pop()
            continue
        sums[last] -= 1
        sums[row] += 1


def _standing(figure: Figure, fold: Fold, starts: Mapping[str, int]) -> Iterator[int]:
    wants_late = STANDING[figure.measure] == "overdue" or figure.measure == "inherited_late"
    for case, matter in fold.matters.pending():
        late = matter.works and not matter.paused and matter.due < figure.until
        is_theirs = figure.is_of(matter.dims) and _is_within(figure, fold, matter)
        if case in starts and is_theirs and (late or not wants_late):
            yield starts[case]


def _is_within(figure: Figure, fold: Fold, matter: Matter) -> bool:
    """Whether a term inherited the work in hand; any, where no term is asked for."""
    within, until, measure = figure.within, figure.until, figure.measure
    if within is None:
        return True
    is_theirs = within.office in fold.offices.of(matter.dims[1])
    if measure not in AT_FIRST and fold.offices.at(within.office, until - 1) is not within.term:
        return False  # it went on to the next term
    return is_theirs and matter.works and matter.began < within.term.bound
