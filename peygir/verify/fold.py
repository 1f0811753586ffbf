"""Leaves, one by one, into sums. The same leaves give the same sums, whoever adds them up.

Whole numbers only. What a leaf means is `docs/decisions` 0022 and 0023. `work` is what a unit was
given to do by a deadline: it ends when the unit reports it done, passes it on or the case closes.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import zip_longest
from typing import Any

from peygir.verify.clamp import Window, done_at, is_late_logged, opened_at
from peygir.verify.device import closes_by_device, fits
from peygir.verify.findings import (
    BY_RISK,
    HELD,
    UNCLEAR,
    UNTRUE,
    VISITED,
    Look,
    check_of,
    told_once,
)
from peygir.verify.matters import Matter, Matters
from peygir.verify.rules import RULE_SET, Rules
from peygir.verify.tallies import Dims, Tallies, Terms
from peygir.verify.terms import OFFICE_LEAVES, Offices
from peygir.verify.worth import (
    ENDED,
    FULL,
    GOODNESS,
    INNER,
    POINTS_PART,
    QUALITY,
    RESOLVED,
    SATISFIED,
    TIMELY,
    WORD_VALUE,
    confirmed_by,
    is_month_end,
    timely_worth,
)

Leaf = dict[str, Any]

HOUR_SECONDS = 3600


class Fold:
    """`rules_of(leaf)`: the rule set that a leaf of kind ruleset.published names.

    `watch`: (first day, day after the last, leaf index): leaves from that index on that change
    those days are kept in `changed`: leaf index: [kind of leaf, {unit: how much it helps}].
    """

    def __init__(
        self,
        rules_of: Callable[[Leaf], Rules],
        matters: Matters | None = None,
        tallies: Callable[[int], Tallies] = Tallies,
    ) -> None:
        self.rules_of = rules_of
        self.matters = Matters() if matters is None else matters
        self._new_tallies = tallies
        self.tallies = tallies(0)
        self.offices = Offices(self.tallies)
        self.rules: Rules | None = None  # the newest
        self.published: list[Leaf] = []  # every rule set's leaf
        self.said = 0  # what the last leaf with a time said
        self.watch: tuple[int, int, int] | None = None
        self.changed: dict[int, list[Any]] = {}
        self.reversals: list[tuple[int, int, int, str]] = []  # leaf, the one it is about, pts, unit
        self.strange: list[int] = []  # leaves with a secret that is not their case's
        self._leaf: Leaf = {}
        self._index = self._at = 0

    def take(self, index: int, leaf: Leaf, window: Window) -> None:
        """Leaf number `index` of all the city's years."""
        self._leaf, self._index = leaf, index
        kind = leaf["t"]
        stated = leaf.get("et")
        if stated is not None:
            self.said = stated
            self.offices.see(stated, window)
        if "case" not in leaf:
            self._log(kind, leaf, window)
        elif stated is None:
            self._sealed(kind, leaf, window)
        elif kind == "case.registered":
            self._registered(leaf, window)
        else:
            matter = self.matters.get(leaf["case"])
            if matter is not None and kind != "erasure.done" and not matter.is_sealed:
                self._happened(kind, leaf, matter, window)
            if matter is not None:
                self.matters.put(leaf["case"], matter)

    @property
    def newest(self) -> int:
        """The newest time that a leaf says, as far as witnesses bear it out: leaves of one batch
        lie in any order, and what is entered late is of an earlier time."""
        return self.offices.latest or self.said

    def set_rules(self, rules: Rules) -> None:
        if self.rules is None:
            self.tallies.offset = rules.offset
        self.rules = rules
        self.offices.set_rules(rules)

    # -- leaves about no case

    def _log(self, kind: str, leaf: Leaf, window: Window) -> None:
        if kind == RULE_SET:
            self.published.append(leaf)
            self.said = self.said or leaf.get("from", 0)
            self.set_rules(self.rules_of(leaf))
        elif kind in OFFICE_LEAVES:
            self.offices.hand_over(leaf, self._index, window, self.matters)
        elif kind == "points.reversed":
            dims: Dims = (leaf["unit"], "", "", "", "", "")
            day = self.tallies.day_of(leaf["et"])
            self.reversals.append((self._index, leaf["ref"], leaf["pts"], leaf["unit"]))
            self._count(day, dims, "points", leaf["pts"])
            self._count(day, dims, "points_reversed", leaf["pts"])
            self._count(day, dims, "corrected_for")
            self._part(day, dims, POINTS_PART, leaf["pts"])
        elif kind == "intake.daily":
            for what in ("calls", "messages", "follow_ups"):
                self.tallies.count_all(leaf["day"], what, leaf[what])

    def _sealed(self, kind: str, leaf: Leaf, window: Window) -> None:
        """Nothing is known but that it is there: it counts when the leaf before it says."""
        at = done_at(opened_at(self.said, window), window, 0)
        if kind == "case.registered":
            matter = Matter()
            matter.is_sealed, matter.opened = True, at
            self.tallies.count_all(self.tallies.day_of(at), "sealed_registered")
            self.matters.put(leaf["case"], matter)
            return
        found = self.matters.get(leaf["case"])
        if found is not None:
            if kind == "case.closed" and found.is_open:
                found.is_open, found.closed = False, at
                self.tallies.count_all(self.tallies.day_of(at), "sealed_closed")
            self.matters.put(leaf["case"], found)

    # -- leaves about a case

    def _registered(self, leaf: Leaf, window: Window) -> None:
        rules, stated, matter = self._rules(), leaf["et"], Matter()
        matter.channel, matter.device = leaf.get("ch", ""), leaf.get("cc", "")
        self._at = matter.opened = at = opened_at(stated, window)
        unit = leaf["unit"]
        matter.dims = (
            unit,
            leaf.get("post") or rules.heads.get(unit, ""),
            str(leaf.get("dist", "")),
            leaf.get("grp", ""),
            leaf.get("cls", ""),
            leaf.get("kind", ""),
        )
        day = self.tallies.day_of(at)
        self._count(day, matter.dims, "registered")
        self._count(day, matter.dims, "stock")
        self.tallies.day(day).hours[(at + rules.offset) % 86400 // HOUR_SECONDS] += 1
        if leaf.get("sim"):
            self._count(day, matter.dims, "simulated")
        if is_late_logged(stated, window, rules.tolerance_of(matter.channel)):
            self._count(day, matter.dims, "late_logged")
        self._begin(matter, leaf, at)
        self.matters.put(leaf["case"], matter)

    def _happened(self, kind: str, leaf: Leaf, matter: Matter, window: Window) -> None:
        rules, stated = self._rules(), leaf["et"]
        tolerance = rules.tolerance_for(leaf)
        self._at = at = done_at(stated, window, tolerance)
        day = self.tallies.day_of(at)
        if is_late_logged(stated, window, tolerance):
            self._count(day, matter.dims, "late_logged")
        if not matter.is_open and (kind == "case.reopened" or "to" in leaf or "due" in leaf):
            self._reopen(matter, leaf, at)
        if "cs" in leaf and not fits(leaf["cs"], matter.device):
            self.strange.append(self._index)
        if "word" in leaf and not matter.word:
            matter.word = leaf["word"]
        simple = _SIMPLE.get(kind)
        if simple is not None:
            simple(self, leaf, matter, at)
        if "end" in leaf:
            self._finish(matter, at, is_answer=True)
            self._close(leaf, matter, at)
            return
        if kind == "case.resumed":
            return
        if kind == "case.work_done":
            self._finish(matter, at, is_answer=True)
        elif "due" in leaf or "to" in leaf:
            self._finish(matter, at, is_answer=False)
        if leaf.get("cyc", 1) > matter.cycle:
            matter.cycle, matter.first_due = leaf["cyc"], 0
            judged = matter.answered or at
            self._count(day, matter.dims, "second_cycles", at=judged)
            self._part(day, matter.dims, RESOLVED, 0, cost=FULL, at=judged)
        self._move(leaf, matter, at)
        if "due" in leaf:
            self._begin(matter, leaf, opened_at(stated, window))

    def _move(self, leaf: Leaf, matter: Matter, at: int) -> None:
        """Another subject, or another unit that the work goes to."""
        old = matter.dims
        unit, post, district, group, cls, kind = old
        if "due" in leaf and "to" in leaf:
            unit = leaf["to"]
            post = leaf.get("post") or self._rules().heads.get(unit, "")
        elif leaf["t"] == "case.work_done":
            unit = leaf["unit"]
            post = leaf.get("post") or (post if unit == old[0] else "")
            post = post or self._rules().heads.get(unit, "")
        if "grp" in leaf:
            group, cls = leaf["grp"], leaf["cls"]
        district = str(leaf.get("dist", district))
        new = (unit, post, district, group, cls, leaf.get("kind", kind))
        if new == old:
            return
        matter.dims = new
        # It stands with its new unit from now on; as registered, where the work first came to.
        day = self.tallies.day_of(at)
        if matter.is_open:
            self._count(day, old, "stock", -1)
            self._count(day, new, "stock")
        if matter.cycle == 1 and not old[3] and group:
            opened = self.tallies.day_of(matter.opened)
            self._count(opened, old, "registered", -1, at=matter.opened)
            self._count(opened, new, "registered", at=matter.opened)
        elif leaf["t"] == "case.recategorised" and old[3]:
            self._count(day, old, "recategorised")
            if old[3:] != new[3:]:
                self._count(day, new, "recategorised")
            self._other_time(leaf.get("sla", 0), matter, day, old)

    def _other_time(self, sla: int, matter: Matter, day: int, dims: Dims) -> None:
        """Another subject allows more time, or less."""
        if sla > matter.sla > 0:
            self._count(day, dims, "relaxed")
            self._count(day, dims, "corrected_for")
        elif 0 < sla < matter.sla:
            self._count(day, dims, "corrected_against")

    # -- work and its deadline

    def _begin(self, matter: Matter, leaf: Leaf, at: int) -> None:
        """Work by a deadline, which moves back as far as its start had been put forward."""
        matter.works, matter.began, matter.paused = True, at, 0
        matter.due = leaf["due"] - (leaf["et"] - at)
        matter.sla = max(1, leaf.get("sla", 1))
        if not matter.first_due and matter.dims[3]:
            matter.first_due = matter.due
        self.offices.begun(matter.dims[1], matter)

    def _finish(self, matter: Matter, at: int, *, is_answer: bool) -> None:
        """The work in hand ends. Passed on in time it is nobody's success and nobody's delay."""
        if not matter.works:
            return
        self.offices.inherit(matter.dims[1], matter, at)
        self.offices.ended_before(matter.dims[1], matter, at)
        if matter.paused:
            self._go_on(matter, at, None)
        matter.works = False
        if is_answer:
            matter.answered = at
        self._ended(matter, at, is_answer or at > matter.due)
        self.offices.done_inheriting()

    def _ended(self, matter: Matter, at: int, is_answered: bool) -> None:
        day, dims = self.tallies.day_of(at), matter.dims
        late = at - matter.due
        self.offices.ended(at, "inherited_done" if is_answered else "inherited_passed")
        if not is_answered:
            self._count(day, dims, "transferred")
            return
        self._count(day, dims, "answered")
        worth = timely_worth(late, matter.sla)
        self._part(day, dims, TIMELY, worth, cost=FULL - worth)
        if late > 0:
            matter.is_late = True
            self._count(day, dims, "answered_late")
            due = self.tallies.day_of(matter.due)
            self._count(due, dims, "over")
            self._count(due, dims, "over_due", matter.due)
            self._count(day, dims, "over", -1)
            self._count(day, dims, "over_due", -matter.due)
        elif late > -HOUR_SECONDS and matter.sla > 2 * HOUR_SECONDS:
            self._count(day, dims, "last_hour")
        if 0 < matter.first_due < at:
            self._count(day, dims, "late_by_first")

    def on_paused(self, leaf: Leaf, matter: Matter, at: int) -> None:
        if "work" in leaf and matter.works and at < matter.due:
            matter.paused = at

    def on_resumed(self, leaf: Leaf, matter: Matter, at: int) -> None:
        if matter.paused:
            self._go_on(matter, at, leaf.get("due"))

    def _go_on(self, matter: Matter, at: int, due: int | None) -> None:
        took = max(0, at - matter.paused)
        self._count(self.tallies.day_of(at), matter.dims, "paused_seconds", took)
        matter.due = matter.due + took if due is None else due
        matter.paused = 0

    # -- what else happens

    def on_inspected(self, leaf: Leaf, matter: Matter, at: int) -> None:
        """A visit in the stage that the policy visits."""
        found = HELD if leaf["found"] == "done" else UNTRUE
        claimed = matter.answered or at
        look = Look(matter.cycle, at, claimed, VISITED, found, matter.dims)
        self._looked(matter, (*matter.looks, look))

    def on_checked(self, leaf: Leaf, matter: Matter, at: int) -> None:
        """A claim that a list drew was looked at; a later finding of it puts the earlier right,
        where that was counted."""
        unit = leaf["unit"]
        post = leaf.get("post") or self._rules().heads.get(unit, "")
        cycle, dims = leaf["cyc"], (unit, post, *matter.dims[2:])
        claimed = matter.answered if cycle == matter.cycle and matter.answered else at
        look = Look(cycle, at, claimed, leaf["by"], leaf["claim"], dims)
        place = check_of(matter.looks, look.cycle)
        if place is None:
            self._looked(matter, (*matter.looks, look))
            return
        old = matter.looks[place]
        new = old._replace(found=look.found)
        if UNTRUE in (old.found, new.found) and old.found != new.found:
            what = "corrected_for" if old.found == UNTRUE else "corrected_against"
            self._count(self.tallies.day_of(at), old.dims, what)
        self._looked(matter, (*matter.looks[:place], new, *matter.looks[place + 1 :]))

    def _looked(self, matter: Matter, looks: tuple[Look, ...]) -> None:
        """Count what is new among the findings of a case, and take back what no longer counts."""
        before, matter.looks, at = told_once(matter.looks), looks, self._at
        for was, now in zip_longest(before, told_once(looks)):
            if was != now:
                self._look(was, -1)
                self._look(now, 1)
        self._at = at

    def _look(self, look: Look | None, by: int) -> None:
        """A false claim costs the same whoever chose it; one chosen by risk is in no share."""
        if look is None:
            return
        day, dims = self.tallies.day_of(look.at), look.dims
        self._at = look.claimed  # the term of whoever claimed it
        if look.found == UNCLEAR:
            self._count(day, dims, "checked_unclear", by)
            return
        is_false = look.found == UNTRUE
        self._count(day, dims, "inspected", by)
        if is_false:
            self._count(day, dims, "inspected_false", by)
        if look.way != VISITED:
            self._count(day, dims, f"{look.way}_checked", by)
            if is_false:
                self._count(day, dims, f"{look.way}_false", by)
        if look.way != BY_RISK:
            self._count(day, dims, "sampled", by)
            worth = 0 if is_false else FULL
            cost = FULL - worth if by > 0 else 0
            self._part(day, dims, QUALITY, by * worth, n=by, cost=cost)

    def on_overdue(self, leaf: Leaf, matter: Matter, at: int) -> None:
        """Points are borne by whoever the leaf names, at the time of the deadline itself."""
        if not leaf["pts"]:
            return
        unit = leaf["unit"]
        post = leaf.get("post") or self._rules().heads.get(unit, "")
        _, _, district, group, cls, kind = matter.dims
        dims = (unit, post, district, group, cls, kind)
        day = self.tallies.day_of(at)
        self.offices.inherit(post, matter, at)
        self._count(day, dims, "points", leaf["pts"])
        self._part(day, dims, POINTS_PART, leaf["pts"], cost=-leaf["pts"])
        self.offices.done_inheriting()

    def on_promised(self, _leaf: Leaf, matter: Matter, at: int) -> None:
        self._count(self.tallies.day_of(at), matter.dims, "promised")

    def on_objected(self, _leaf: Leaf, matter: Matter, at: int) -> None:
        self._count(self.tallies.day_of(at), matter.dims, "objections")

    def _close(self, leaf: Leaf, matter: Matter, at: int) -> None:
        if not matter.is_open:
            return
        day, dims, end = self.tallies.day_of(at), matter.dims, leaf["end"]
        matter.is_open, matter.closed = False, at
        self._count(day, dims, "closed")
        self._count(day, dims, "stock", -1)
        self._count(day, dims, "closed_late" if matter.is_late else "closed_on_time")
        self.tallies.span(day, dims, at - matter.opened)
        if end in ENDED:
            self._count(day, dims, ENDED[end])
        if end == "merged":
            if is_month_end(day):
                self._count(day, dims, "merged_at_end")
            return
        matter.is_asked = True
        self._asked(matter, at, 1)
        self._count(day, dims, confirmed_by(leaf))
        if closes_by_device(leaf, matter):
            self._count(day, dims, "by_device")
        if matter.cycle == 1:
            self._part(day, dims, RESOLVED, FULL, at=matter.answered or at)

    def _asked(self, matter: Matter, at: int, by: int) -> None:
        """Count what the citizen said first, or (`by` -1) take it back; whoever gave the answer
        that the word is about bears it."""
        day, judged = self.tallies.day_of(at), matter.answered or at
        self._count(day, matter.dims, "asked", by, at=judged)
        if matter.word:
            self._count(day, matter.dims, matter.word, by, at=judged)
            worth = WORD_VALUE[matter.word]
            cost = FULL - worth if by > 0 else 0
            self._part(day, matter.dims, SATISFIED, by * worth, n=by, cost=cost, at=judged)

    def _reopen(self, matter: Matter, leaf: Leaf, at: int) -> None:
        """An objection takes back the yes that the case was closed with."""
        day = self.tallies.day_of(at)
        if matter.is_asked:
            self._count(day, matter.dims, "corrected_against")
            self._asked(matter, matter.closed, -1)
            matter.is_asked = False
            if matter.cycle == 1:
                closed = self.tallies.day_of(matter.closed)
                judged = matter.answered or matter.closed
                self._part(closed, matter.dims, RESOLVED, -FULL, n=-1, at=judged)
        if leaf.get("word") == "no" or matter.word == "yes":
            matter.word = "no"
        matter.is_open, matter.closed = True, 0
        self._count(day, matter.dims, "reopened", at=matter.answered or at)
        self._count(day, matter.dims, "stock")

    # -- sums

    def _rules(self) -> Rules:
        if self.rules is None:
            raise KeyError(RULE_SET)
        return self.rules

    def _count(
        self, day: int, dims: Dims, what: str, by: int = 1, *, at: int | None = None
    ) -> None:
        """`at`: epoch second whose term it counts for; that of the leaf, unless it is said."""
        terms: Terms = ()
        if self.offices.terms and dims[1]:
            terms = self.offices.running(dims[1], self._at if at is None else at)
        self.tallies.count(day, dims, what, by, terms)
        if self.watch is not None and what not in INNER:
            self._watched(self.watch, day, dims[0], GOODNESS.get(what, 0) * (1 if by > 0 else -1))

    def _watched(self, watch: tuple[int, int, int], day: int, unit: str, helps: int) -> None:
        first, end, index = watch
        if self._index >= index and first <= day < end:
            units = self.changed.setdefault(self._index, [self._leaf["t"], {}])[1]
            units[unit] = units.get(unit, 0) + helps

    def _part(
        self,
        day: int,
        dims: Dims,
        part: str,
        worth: int,
        *,
        n: int = 1,
        cost: int = 0,
        at: int | None = None,
    ) -> None:
        """A share of a unit's, a post's and a term's score, in the day's month."""
        terms: Terms = ()
        if self.offices.terms and dims[1]:
            terms = self.offices.running(dims[1], self._at if at is None else at)
        self.tallies.part(day, dims, part, worth, n, terms)
        if cost > 0 and "case" in self._leaf:
            row = [cost, self._index, self._leaf["case"], self._leaf["et"]]
            self.tallies.month(day).cost(dims[0], part, row)


_SIMPLE: dict[str, Callable[[Fold, Leaf, Matter, int], None]] = {
    "case.paused": Fold.on_paused,
    "case.resumed": Fold.on_resumed,
    "case.inspected": Fold.on_inspected,
    "case.checked": Fold.on_checked,
    "case.overdue": Fold.on_overdue,
    "case.promised": Fold.on_promised,
    "case.objected": Fold.on_objected,
}
