"""Who held an office when: terms by their number in the log, never by a name.

A leaf tells when an office changes hands. A term begins when the leaf says, but after everything
that the log held before that leaf: whoever tells late changes nothing that was told already. So the
term of a time never changes, and what is counted for one term cannot be moved to another.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from peygir.verify.clamp import Window
from peygir.verify.matters import Matter, Matters
from peygir.verify.rules import Rules
from peygir.verify.tallies import Tallies, Terms, add_part
from peygir.verify.worth import TIMELY, timely_worth

TERM_BEGAN, OFFICE_VACANT = "office.term", "office.vacant"
OFFICE_LEAVES = frozenset({TERM_BEGAN, OFFICE_VACANT})
INHERITED_STOCK = "inherited_stock"  # a flow, as "stock": what of it is open follows by undoing


class Term:
    """One stretch of an office's time. `number` counts terms; of a vacancy: the term before it.

    Epoch seconds: `since` as the city said, `start` as it counts, `bound`: work begun before that
    is inherited. `taken`, `late`: pieces of inherited work, and those already late.
    """

    __slots__ = ("bound", "is_vacant", "late", "leaf", "number", "since", "start", "taken")

    def __init__(
        self, number: int, since: int, start: int, bound: int, leaf: int, is_vacant: bool
    ) -> None:
        self.number, self.since, self.start, self.bound = number, since, start, bound
        self.leaf, self.is_vacant = leaf, is_vacant
        self.taken = self.late = 0

    @property
    def key(self) -> str:
        """Of its cells, behind the code of the office."""
        return f"{self.number}v" if self.is_vacant else f"{self.number}"

    def plain(self) -> list[Any]:
        """As whole numbers, for a store; `again` reads it."""
        first = [self.number, self.since, self.start, self.bound, self.leaf, self.is_vacant]
        return [*first, self.taken, self.late]

    @classmethod
    def again(cls, values: list[Any]) -> Term:
        term = cls(*values[:6])
        term.taken, term.late = values[6:]
        return term


class _Running(NamedTuple):
    """Epoch seconds [first, end) in which the same terms run for a post: (office, key), and keys
    of cells."""

    first: int
    end: int
    of: tuple[tuple[str, str], ...]
    keys: Terms


class Offices:
    """All terms by office, and the adding of sums to those that were running."""

    def __init__(self, tallies: Tallies) -> None:
        self.tallies = tallies
        self.terms: dict[str, list[Term]] = {}
        self.latest = 0  # no leaf so far counts later
        self._rules: Rules | None = None
        self._of_post: dict[str, tuple[str, ...]] = {}
        self._kept: dict[str, _Running] = {}
        self._heirs: frozenset[str] = frozenset()

    def set_rules(self, rules: Rules) -> None:
        self._rules = rules
        self._of_post.clear()
        self._kept.clear()

    def see(self, stated: int, window: Window) -> None:
        """A leaf says that it is of a time."""
        if window.lo is not None and window.lo > self.latest:
            self.latest = window.lo
        if window.hi is not None and window.hi < stated:
            stated = window.hi
        if stated > self.latest:
            self.latest = stated

    def at(self, post: str, at: int) -> Term | None:
        """The term of an office that ran at a time; None before its first."""
        for term in reversed(self.terms.get(post, ())):
            if term.start <= at:
                return term
        return None

    def of(self, post: str) -> tuple[str, ...]:
        """The offices that answer for what a post does, as far as the log tells of them: itself,
        and the head of the district or organisation that it belongs to."""
        found = self._of_post.get(post)
        if found is None:
            over = "" if self._rules is None else self._rules.head_over(post)
            found = tuple(each for each in dict.fromkeys((post, over)) if each in self.terms)
            self._of_post[post] = found
        return found

    # -- whose sums

    def running(self, post: str, at: int) -> Terms:
        """The terms that ran at `at`, but for those of heirs; asked for every count."""
        kept = self._kept.get(post)
        if kept is None or not kept.first <= at < kept.end:
            kept = self._kept[post] = self._find(post, at)
        if not self._heirs:
            return kept.keys
        return tuple(f"{office}|{key}" for office, key in kept.of if office not in self._heirs)

    def _find(self, post: str, at: int) -> _Running:
        """The terms that ran at `at`, and how far they are the same."""
        first, end, running = -(1 << 62), 1 << 62, []
        for office in self.of(post):
            for term in self.terms[office]:
                if term.start <= at:
                    first = max(first, term.start)
                else:
                    end = min(end, term.start)
            found = self.at(office, at)
            if found is not None:
                running.append((office, found.key))
        keys = tuple(f"{office}|{key}" for office, key in running)
        return _Running(first, end, tuple(running), keys)

    # -- work that was begun before

    def inherit(self, post: str, matter: Matter, at: int) -> None:
        """Until `done_inheriting`, nothing counts for those who inherited the work in hand."""
        if self.terms and matter.works:
            running = [(office, self.at(office, at)) for office in self.of(post)]
            self._heirs = frozenset(
                office for office, term in running if term and matter.began < term.bound
            )

    def done_inheriting(self) -> None:
        self._heirs = frozenset()

    def ended(self, at: int, what: str) -> None:
        """The work in hand ends, for those who inherited it: `what` became of it."""
        day = self.tallies.day_of(at)
        for office in sorted(self._heirs):
            term = self.at(office, at)
            assert term is not None, "an heir holds the office"
            for name, by in ((what, 1), (INHERITED_STOCK, -1)):
                self.tallies.count_term(day, f"{office}|{term.key}", name, by)

    # -- one term after the other

    def hand_over(self, leaf: dict[str, Any], index: int, window: Window, matters: Matters) -> None:
        """Take a leaf: what is open goes on to the new term, what is late stays the delay of the
        old one. Raises ValueError for a number that does not follow."""
        self.see(0, window)
        last, term = self._tell(leaf, index, window)
        post, day = leaf["post"], self.tallies.day_of(term.start)
        if self._rules is None:  # then there is no work yet
            return
        self.tallies.day(day)  # a day with something on it, for whoever undoes later ones
        for _case, matter in matters.pending():
            if matter.works and not matter.is_sealed and post in self.of(matter.dims[1]):
                self._pass(post, (last, term), matter)

    def begun(self, post: str, matter: Matter) -> None:
        """Work begins; told later than a change of hands, it may be older than that."""
        for office in self.of(post):
            for pair in self._changes_after(office, matter.began):
                self._pass(office, pair, matter)

    def ended_before(self, post: str, matter: Matter, at: int) -> None:
        """Work ended at `at`; told later than a change of hands, it may have been no work then."""
        for office in self.of(post):
            for pair in self._changes_after(office, max(at, matter.began)):
                self._pass(office, pair, matter, -1)

    def _changes_after(self, office: str, at: int) -> list[tuple[Term | None, Term]]:
        terms = self.terms[office]
        if terms[-1].start <= at:  # as nearly always
            return []
        return [
            (terms[place - 1] if place else None, term)
            for place, term in enumerate(terms)
            if term.start > at
        ]

    def _pass(self, post: str, pair: tuple[Term | None, Term], matter: Matter, by: int = 1) -> None:
        """Work goes from a term to the next, or (`by` -1) that it did is taken back."""
        last, term = pair
        day, is_late = self.tallies.day_of(term.start), _is_late(matter, term.start)
        if last is not None and matter.began < last.bound:
            self.tallies.count_term(day, f"{post}|{last.key}", INHERITED_STOCK, -by)
        elif last is not None and is_late:
            worth = by * timely_worth(term.start - matter.due, matter.sla)
            cell = self.tallies.month(day).part_of_term(f"{post}|{last.key}", matter.dims[4])
            add_part(cell, TIMELY, worth, by)
        if matter.began < term.bound:
            term.taken += by
            term.late += by * is_late
            self.tallies.count_term(day, f"{post}|{term.key}", INHERITED_STOCK, by)

    def _tell(self, leaf: dict[str, Any], index: int, window: Window) -> tuple[Term | None, Term]:
        """The term that a leaf ends (None: the first of the office), and the new one."""
        listed = self.terms.setdefault(leaf["post"], [])
        last = listed[-1] if listed else None
        is_vacant = leaf["t"] == OFFICE_VACANT
        wanted = (0 if last is None else last.number) + (not is_vacant)
        if leaf["term"] != wanted or (is_vacant and (last is None or last.is_vacant)):
            raise ValueError(f"term {leaf['term']} of {leaf['post']} does not follow")
        since: int = leaf["since"]
        start = since if window.hi is None else min(since, window.hi)
        start = max(start, self.latest + 1, 0 if last is None else last.start)
        term = Term(wanted, since, start, since if last is None else start, index, is_vacant)
        listed.append(term)
        self._of_post.clear()
        self._kept.clear()
        return last, term

    # -- keeping

    def plain(self) -> dict[str, Any]:
        """For a store; `load` reads it."""
        listed = {post: [term.plain() for term in terms] for post, terms in self.terms.items()}
        return {"latest": self.latest, "terms": listed}

    def load(self, data: dict[str, Any]) -> None:
        self.latest = data.get("latest", 0)
        for post, terms in data.get("terms", {}).items():
            self.terms[post] = [Term.again(each) for each in terms]

    def merge(self, other: Offices) -> None:
        """What another process counted of its share of the same log."""
        for post, terms in self.terms.items():
            for mine, theirs in zip(terms, other.terms[post]):
                mine.taken += theirs.taken
                mine.late += theirs.late


def _is_late(matter: Matter, at: int) -> bool:
    return not matter.paused and matter.due < at
