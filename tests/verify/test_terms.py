"""Terms of an office: what happens is borne by the term it happened in, told by hand."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from peygir.verify import terms
from peygir.verify.canonical import encode
from peygir.verify.clamp import Window
from peygir.verify.errors import Tampered
from peygir.verify.figures import Basis, figures, table
from peygir.verify.fold import Fold
from peygir.verify.folding import Shard, anchored, fold_share, merge_folds
from peygir.verify.matters import Matters
from peygir.verify.measures import MEASURES
from peygir.verify.months import parse_period
from peygir.verify.rules import Rules
from peygir.verify.terms import Offices, Term
from peygir.verify.worth import FULL, timely_worth
from tests.verify import logs
from tests.verify.book import FREE, MEHR, NOW, Book
from tests.verify.fortnight import DAY, HOUR, START, fortnight, rule_set

pytestmark = pytest.mark.requirement("T11", "T12", "S13")

HEAD = "d1-civil-head"
CHANGE = START + 11 * DAY  # 12 Mehr, when the office changes hands


class Office(Book):
    """A fold that knows the first term of an office."""

    def __init__(self) -> None:
        super().__init__()
        self.office(HEAD, 1, START - 100 * DAY)

    def change(self, at: int = CHANGE, number: int = 2, window: Window = FREE) -> None:
        self.office(HEAD, number, at, window)

    def later(self) -> None:
        """Days on, something else happens."""
        self.register("later", CHANGE + 5 * DAY)


@pytest.fixture
def book() -> Office:
    return Office()


def parts(term: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """What was observed, and of how many."""
    return {name: (one.get("raw", 0), one["n"]) for name, one in term["parts"].items() if one["n"]}


class TestHandOver:
    """In the middle of a month, with work that is done, late, and in hand."""

    @pytest.fixture
    def told(self, book: Office) -> Office:
        early, late = CHANGE - 5 * DAY, CHANGE - 3 * DAY
        book.register("done-in-time", early)
        book.done("done-in-time", early + HOUR)
        book.close("done-in-time", early + 2 * HOUR)
        book.register("done-late", early)
        book.done("done-late", early + 2 * DAY)  # one day late of one day allowed: half is left
        book.register("open-late", late)  # late since two days, when the office changes hands
        book.register("open-late-too", late)
        book.register("open", CHANGE - HOUR)
        book.register("open-for-long", CHANGE - HOUR, sla=60 * DAY)
        book.register("passed-on", CHANGE - HOUR)
        book.change()
        after = CHANGE + HOUR
        book.done("open-late", after)
        book.done("open", CHANGE + 3 * DAY)  # it became late under the new one
        moved = {"to": "d2-civil", "from": "d1-civil", "due": after + DAY, "sla": DAY}
        book.tell("passed-on", "case.routed", after, **moved)
        book.register("new", after)
        book.done("new", after + HOUR)
        book.register("new-late", after)
        book.done("new-late", after + 3 * DAY)
        return book

    def test_each_bears_what_happened_in_their_term(self, told: Office) -> None:
        one, two = told.terms(HEAD)
        assert (one["term"], one["from"], one["until"]) == (1, START - 100 * DAY, CHANGE)
        assert (two["term"], two["since"], two["from"]) == (2, CHANGE, CHANGE)
        assert "until" not in two
        assert (one["m"]["registered"], two["m"]["registered"]) == (7, 2)
        assert (one["m"]["answered"], one["m"]["answered_late"]) == (2, 1)
        assert (two["m"]["answered"], two["m"]["answered_late"]) == (2, 1)
        assert two["m"]["answered_on_time_bp"] == FULL // 2

    def test_what_was_inherited_stands_apart(self, told: Office) -> None:
        one, two = told.terms(HEAD)
        found = {name: number for name, number in two["m"].items() if name.startswith("inherited")}
        assert found == {
            "inherited": 5,
            "inherited_late": 2,
            "inherited_done": 2,
            "inherited_passed": 1,
            "inherited_left": 2,
        }
        assert not any(name.startswith("inherited") for name in one["m"])

    def test_lateness_is_scored_to_the_term_it_fell_in(self, told: Office) -> None:
        """Two done (10000 and 5000); two left late by two days of one allowed: nothing is left."""
        one, two = told.terms(HEAD)
        assert parts(one)["timely"] == ((FULL + FULL // 2) // 4, 4)
        assert parts(two)["timely"] == (FULL // 2, 2)  # a new one in time, a new one at 3 times

    def test_both_have_their_interval_and_none_a_place_below_thirty(self, told: Office) -> None:
        for term in told.terms(HEAD):
            assert term["low"] <= term["score"] <= term["high"]
            assert "rank" not in term
        office = next(row for row in told.made()["by"]["post"] if row["code"] == HEAD)
        assert office["m"]["answered"] == 6  # of the office as a whole, as before
        assert office["m"]["overdue"] == 1

    def test_months_later_the_backlog_is_still_told(self, told: Office) -> None:
        """Seen from the end of each month, though the fold has gone on."""
        told.done("open-late-too", CHANGE + 30 * DAY)
        now = told.terms(HEAD, "1405-08")[1]["m"]
        assert (now["inherited"], now["inherited_done"], now["inherited_left"]) == (5, 1, 1)
        mehr = told.terms(HEAD)[1]["m"]
        assert (mehr["inherited_done"], mehr["inherited_left"]) == (2, 2)
        year = told.terms(HEAD, "1405")[1]["m"]
        assert (year["inherited_done"], year["inherited_left"]) == (3, 1)

    def test_a_year_holds_both(self, told: Office) -> None:
        assert [term["m"]["answered"] for term in told.terms(HEAD, "1405")] == [2, 2]

    def test_days_have_no_terms(self, told: Office) -> None:
        for row in told.made("1405-07-12")["by"]["post"]:
            assert "terms" not in row

    def test_the_table_names_the_term(self, told: Office) -> None:
        lines = table(told.made()).splitlines()
        assert f"1405-07,term,{HEAD} term 2,inherited,5" in lines
        assert f"1405-07,term,{HEAD} term 2,since,{CHANGE}" in lines
        assert all(line.count(",") == 4 for line in lines)


class TestWhoBears:
    def test_a_new_deadline_given_in_the_term_is_its_own(self, book: Office) -> None:
        book.register("a", CHANGE - HOUR)
        book.change()
        until = CHANGE + 2 * DAY
        book.tell("a", "case.promised", CHANGE + HOUR, until=until, told=True, due=until, sla=DAY)
        book.done("a", CHANGE + DAY)
        two = book.terms(HEAD)[1]
        assert (two["m"]["inherited_passed"], two["m"]["answered"]) == (1, 1)
        assert "inherited_left" not in two["m"]
        assert parts(two)["timely"] == (FULL, 1)

    def test_a_word_and_an_inspection_judge_the_term_that_answered(self, book: Office) -> None:
        """Done by one, judged in the time of the other: a bad answer is no fault of the next."""
        book.register("a", CHANGE - 2 * DAY)
        book.done("a", CHANGE - DAY)
        book.change()
        book.tell("a", "case.inspected", CHANGE + HOUR, found="not_done")
        book.close("a", CHANGE + DAY, word="no")
        back = {"cyc": 2, "to": "d1-civil", "due": CHANGE + 4 * DAY, "sla": DAY, "word": "no"}
        book.tell("a", "case.reopened", CHANGE + 2 * DAY, **back)
        book.done("a", CHANGE + 3 * DAY)
        one, two = book.terms(HEAD)
        assert (one["m"]["inspected_false"], one["m"]["reopened"]) == (1, 1)
        assert parts(one) == {"timely": (FULL, 1), "resolved": (0, 1), "quality": (0, 1)}
        assert parts(two) == {"timely": (FULL, 1)}
        assert "reopened" not in two["m"]

    def test_points_of_inherited_work_are_not_the_heir_s(self, book: Office) -> None:
        book.register("a", CHANGE - HOUR)
        book.change()
        book.register("b", CHANGE + HOUR)
        for case, at in (("a", CHANGE + DAY), ("b", CHANGE + 2 * DAY)):
            late = {"clk": 1, "lvl": 1, "lvls": 1, "pts": -1, "unit": "d1-civil", "work": True}
            book.tell(case, "case.overdue", at, **late)
        assert book.terms(HEAD)[1]["m"]["points"] == -1
        assert book.unit("d1-civil")["m"]["points"] == -2

    def test_a_pause_is_nobody_s_delay(self, book: Office) -> None:
        book.register("a", CHANGE - 2 * DAY)
        book.tell("a", "case.paused", CHANGE - 2 * DAY + HOUR, clk=1, why="w", until=0, work=True)
        book.change()
        book.later()
        two = book.terms(HEAD)[1]["m"]
        assert (two["inherited"], two.get("inherited_late", 0)) == (1, 0)

    def test_a_vacant_office_has_sums_and_no_score(self, book: Office) -> None:
        """And the next one inherits from the vacancy."""
        book.register("a", CHANGE - HOUR)
        book.office(HEAD, 1, CHANGE, kind="vacant")
        book.register("b", CHANGE + HOUR)
        book.done("b", CHANGE + 2 * HOUR)
        book.change(CHANGE + 2 * DAY)
        book.later()
        one, vacant, two = book.terms(HEAD)
        assert vacant["vacant"] is True
        assert vacant["m"]["answered"] == 1
        assert "score" not in vacant
        assert (one["until"], vacant["until"]) == (CHANGE, CHANGE + 2 * DAY)
        assert (two["m"]["inherited"], two["m"]["inherited_late"]) == (1, 1)
        assert "inherited_left" not in vacant["m"]  # handed on

    def test_two_changes_on_one_day(self, book: Office) -> None:
        for hours, number in ((0, 2), (6, 3)):
            at = CHANGE + hours * HOUR
            book.change(at, number)
            book.register(f"c{number}", at + HOUR)
            book.done(f"c{number}", at + 2 * HOUR)
        assert [term["m"].get("answered", 0) for term in book.terms(HEAD)] == [0, 1, 1]

    def test_the_head_of_a_district_answers_for_all_below(self) -> None:
        """Its own term, not that of the department's head."""
        data = rule_set()
        data["posts"]["d1-head"] = {"unit": "d1", "head": True, "fa": "ش", "en": "head of d1"}
        data["offices"] = [*data["offices"], "d1-head"]
        book = Office()
        book.fold.rules_of = lambda _leaf: Rules(data)
        book.tell("", "ruleset.published", 0, digest=data["digest"], **{"from": 0})
        book.office("d1-head", 1, START - DAY)
        book.register("a", CHANGE - HOUR)
        book.office("d1-head", 2, CHANGE)
        book.done("a", CHANGE + HOUR)
        rows = {row["code"]: row for row in book.made()["by"]["post"]}
        assert rows["d1-head"]["m"]["answered"] == 1
        assert rows["d1-head"]["peer"] == "district"
        assert rows["d1-head"]["terms"][1]["m"]["inherited_done"] == 1
        assert rows[HEAD]["terms"][0]["m"]["answered"] == 1
        everybody = book.made()["by"]["unit"]
        assert next(row for row in everybody if row["code"] == "d1")["m"]["answered"] == 1

    def test_a_city_that_tells_no_terms_has_none(self, book: Office) -> None:
        data = rule_set() | {"offices": []}
        book.fold.rules_of = lambda _leaf: Rules(data)
        book.register("a", CHANGE)
        assert "terms" not in next(r for r in book.made()["by"]["post"] if r["code"] == HEAD)

    def test_ranks_need_thirty_answers_in_the_term_itself(self, book: Office) -> None:
        for number in range(65):
            at = CHANGE - 3 * DAY if number < 40 else CHANGE
            if number == 40:
                book.change()
            book.register(f"c{number}", at)
            book.done(f"c{number}", at + HOUR)
            book.close(f"c{number}", at + 2 * HOUR)
        one, two = book.terms(HEAD)
        assert one["rank"] == 1
        assert "rank" not in two
        assert "code" not in one

    def test_what_is_told_after_the_change_and_began_before_it_is_inherited(
        self, book: Office
    ) -> None:
        book.change()
        book.register("a", CHANGE - 3 * DAY)
        book.later()
        two = book.terms(HEAD)[1]["m"]
        assert (two["inherited"], two["inherited_late"], two["inherited_left"]) == (1, 1, 1)

    def test_what_is_told_after_the_change_and_ended_before_it_is_not(self, book: Office) -> None:
        """Leaves of one batch lie in any order, and a handset tells hours later."""
        book.register("open", CHANGE - 3 * DAY)
        book.change()
        book.done("open", CHANGE - HOUR)
        book.register("whole", CHANGE - 5 * DAY)
        book.done("whole", CHANGE - 4 * DAY)
        book.later()
        one, two = book.terms(HEAD)
        assert one["m"]["answered"] == 2
        assert parts(one)["timely"] == ((timely_worth(2 * DAY - HOUR, DAY) + FULL) // 2, 2)
        assert not any(name.startswith("inherited") for name in two["m"])
        assert book.fold.offices.terms[HEAD][1].late == 0

    def test_what_is_told_late_goes_through_all_terms_since(self, book: Office) -> None:
        book.change()
        book.change(CHANGE + DAY, 3)
        book.register("a", CHANGE - HOUR)
        book.later()
        one, two, three = book.terms(HEAD)
        assert (two["m"]["inherited"], three["m"]["inherited"]) == (1, 1)
        assert "inherited_left" not in two["m"]
        assert three["m"]["inherited_left"] == 1
        assert one["m"]["registered"] == 1


class TestFirst:
    def test_work_begun_since_it_is_said_to_have_begun_is_not_inherited(self) -> None:
        """A log that is older than the telling of terms."""
        book = Book()
        book.register("old", START + HOUR)
        book.register("own", START + 3 * DAY)
        book.office(HEAD, 1, START + 2 * DAY)
        book.done("own", START + 3 * DAY + HOUR)
        [one] = book.terms(HEAD)
        assert one["m"]["inherited"] == 1
        assert one["m"]["answered"] == 1
        assert one["since"] == START + 2 * DAY
        assert one["from"] == START + 3 * DAY + 1  # what was there before is not moved

    def test_what_is_entered_late_for_a_time_before_it_is_nobody_s(self) -> None:
        book = Book()
        book.register("old", START + HOUR)
        book.register("own", START + 3 * DAY)
        book.office(HEAD, 1, START + 2 * DAY)
        book.done("old", START + 2 * HOUR)
        book.register("new", START + 4 * DAY)
        [one] = book.terms(HEAD)
        assert "answered" not in one["m"]
        assert one["m"]["registered"] == 1

    def test_before_any_rules(self) -> None:
        fold = Fold(lambda _leaf: Rules(rule_set()))
        leaf = {"t": "office.term", "v": 1, "post": HEAD, "term": 1, "since": START}
        fold.take(0, leaf, Window())
        assert fold.offices.terms[HEAD][0].start == START

    def test_one_told_for_later_is_not_yet_in_the_file(self, book: Office) -> None:
        book.register("a", NOW)
        book.change(CHANGE + 90 * DAY)
        assert len(book.terms(HEAD)) == 1


class TestCheats:
    """What a city may try, and what an outsider's program makes of it."""

    def test_a_term_dated_back_moves_nothing_that_the_log_held(self, book: Office) -> None:
        """Three late pieces of work cannot be given to somebody else afterwards."""
        for case in ("a", "b", "c"):
            book.register(case, CHANGE - 3 * DAY)
            book.done(case, CHANGE)
        before = book.terms(HEAD)[0]["m"]
        book.change(CHANGE - 10 * DAY)
        book.later()
        one, two = book.terms(HEAD)
        assert one["m"] == before
        assert (two["since"], two["from"]) == (CHANGE - 10 * DAY, CHANGE + 1)
        assert "answered_late" not in two["m"]

    def test_witnesses_bound_what_is_dated_back_and_ahead(self, book: Office) -> None:
        seen = Window(CHANGE, CHANGE + HOUR)
        book.change(CHANGE - DAY, 2, seen)
        book.change(CHANGE + 90 * DAY, 3, Window(CHANGE + DAY, CHANGE + DAY + HOUR))
        book.later()
        assert [term["from"] for term in book.terms(HEAD)[1:]] == [
            CHANGE + 1,
            CHANGE + DAY + HOUR,
        ]

    def test_a_lie_about_a_far_day_does_not_stop_the_terms(self, book: Office) -> None:
        seen = Window(CHANGE - HOUR, CHANGE - 60)
        book.tell("", "points.reversed", CHANGE + 400 * DAY, seen, ref=0, pts=1, unit="d1-civil")
        book.change()
        assert book.fold.offices.terms[HEAD][1].start == CHANGE

    @pytest.mark.parametrize(
        ("number", "kind"), [(1, "term"), (3, "term"), (2, "vacant"), (0, "vacant")]
    )
    def test_a_leaf_left_out_shows_by_its_number(
        self, book: Office, number: int, kind: str
    ) -> None:
        with pytest.raises(ValueError, match="does not follow"):
            book.office(HEAD, number, CHANGE, kind=kind)

    def test_nobody_leaves_an_office_twice_or_before_the_first(self, book: Office) -> None:
        book.office(HEAD, 1, CHANGE, kind="vacant")
        with pytest.raises(ValueError, match="does not follow"):
            book.office(HEAD, 1, CHANGE + DAY, kind="vacant")
        with pytest.raises(ValueError, match="does not follow"):
            book.office("d2-civil-head", 0, CHANGE, kind="vacant")

    def test_a_made_up_number_is_the_city_s_lie(self, tmp_path: Path) -> None:
        log = fortnight(tmp_path, cases=10)
        log.add("office.term", post=HEAD, term=9, since=CHANGE)
        shards = [Shard(log.write(), len(log.entries))]
        with pytest.raises(Tampered, match="does not follow"):
            fold_share(shards, [], None, 1, 0)

    def test_without_the_leaf_the_old_term_goes_on(self, book: Office) -> None:
        """What no program can prove: it shows for all to see that nobody new is told."""
        book.register("a", CHANGE + HOUR)
        book.done("a", CHANGE + 2 * HOUR)
        [one] = book.terms(HEAD)
        assert one["m"]["answered"] == 1
        assert "until" not in one


class TestKept:
    def test_shares_put_together_are_the_whole(self, tmp_path: Path) -> None:
        log = fortnight(tmp_path, cases=600)
        shards = [Shard(log.write(), len(log.entries))]
        seen = anchored(shards, logs.policy())
        whole, *shares = (
            fold_share(shards, seen, None, count, share)
            for count, share in ((1, 0), (3, 0), (3, 1), (3, 2))
        )
        assert {fold.offices.latest for fold in shares} == {whole.offices.latest}
        for share in shares[1:]:
            merge_folds(shares[0], share)
        two = [figures(fold, MEHR, Basis("x", 1, "")) for fold in (whole, shares[0])]
        assert encode(two[0]) == encode(two[1])
        row = next(row for row in two[0]["by"]["post"] if row["code"] == HEAD)
        assert [term["term"] for term in row["terms"]] == [1, 2]
        assert row["terms"][1]["m"]["inherited"] > 0

    def test_terms_come_back_from_a_store(self, book: Office) -> None:
        book.register("a", CHANGE - HOUR)
        book.change()
        other = Offices(book.fold.tallies)
        other.load(book.fold.offices.plain())
        assert other.plain() == book.fold.offices.plain()
        assert isinstance(other.terms[HEAD][1], Term)
        assert other.terms[HEAD][1].taken == 1

    def test_what_is_remembered_of_an_answer_stays_with_a_closed_case(self, book: Office) -> None:
        book.register("a", CHANGE - 2 * DAY)
        book.done("a", CHANGE - DAY)
        book.close("a", CHANGE - DAY + HOUR)
        kept = book.fold.matters
        assert isinstance(kept, Matters)
        matter = kept.get("a".ljust(22, "A"))
        assert matter is not None
        assert matter.answered == CHANGE - DAY


def test_what_is_told_of_a_term_names_nobody() -> None:
    """Whole numbers alone: which office, which number, since when, and sums."""

    def values(of: Any) -> Iterator[Any]:
        if isinstance(of, dict):
            for each in of.values():
                yield from values(each)
        else:
            yield of

    book = Office()
    book.register("a", CHANGE - HOUR)
    book.change()
    book.done("a", CHANGE + HOUR)
    for term in book.terms(HEAD):
        assert {type(value) for value in values(term)} <= {int, bool}
        assert set(term["m"]) <= set(MEASURES)
    assert {terms.TERM_BEGAN, terms.OFFICE_VACANT} == terms.OFFICE_LEAVES
    assert parse_period("1405-07") == MEHR
