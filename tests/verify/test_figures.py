"""Figures from leaves: what each kind of leaf counts, by whom and when; and the whole of a file."""

import json
from pathlib import Path

import pytest

from peygir.verify.canonical import encode
from peygir.verify.clamp import Window
from peygir.verify.figures import Basis, figures, table
from peygir.verify.fold import Fold
from peygir.verify.folding import Shard, fold_logs
from peygir.verify.measures import COUNTED, MEASURES
from peygir.verify.months import live_period, parse_period
from peygir.verify.rules import Rules
from peygir.verify.worth import FULL, timely_worth
from tests.verify import logs
from tests.verify.book import FREE, MEHR, NOON_BEFORE, NOW, Book
from tests.verify.fortnight import DAY, DIGEST, HOUR, START, fortnight, rule_set

EXAMPLE = Path(__file__).parent / "example-1405-07.json"


@pytest.fixture
def book() -> Book:
    return Book()


class TestTime:
    def test_work_in_time_is_answered_and_closed_in_time(self, book: Book) -> None:
        book.register()
        book.done("a", NOW + DAY)
        book.close("a", NOW + 2 * DAY)
        found = book.totals()
        assert found["answered_on_time_bp"] == FULL
        assert (found["registered"], found["closed"], found["closed_on_time"]) == (1, 1, 1)
        assert found["confirmed"] == 1
        assert "answered_late" not in found
        assert 0.97 * 2 * DAY <= found["median_seconds"] <= 2 * DAY

    def test_a_second_late_is_late_and_worth_nearly_all(self, book: Book) -> None:
        book.register()
        book.done("a", NOW + DAY + 1)
        assert book.totals()["answered_late"] == 1
        parts = book.unit("d1")["parts"]["timely"]
        assert (parts["raw"], parts["n"]) == (FULL, 1)

    @pytest.mark.parametrize(
        ("late", "worth"), [(0, FULL), (DAY, 5000), (2 * DAY, 0), (9 * DAY, 0)]
    )
    def test_there_is_no_cliff(self, late: int, worth: int) -> None:
        assert timely_worth(late, DAY) == worth

    def test_what_is_not_done_is_overdue_for_as_long_as_it_is(self, book: Book) -> None:
        book.register()
        book.register("b", at=NOW + 3 * DAY)
        found = book.totals()
        assert (found["open"], found["overdue"]) == (2, 1)
        assert found["overdue_seconds_total"] == 2 * DAY + 1

    def test_a_day_that_is_over_tells_what_stood_then(self, book: Book) -> None:
        book.register()
        book.done("a", NOW + 4 * DAY)
        book.close("a", NOW + 5 * DAY)
        third = book.totals("1405-07-03")
        assert (third["open"], third["overdue"]) == (1, 1)
        assert third["overdue_seconds_total"] == START + 3 * DAY - (NOW + DAY)
        last = book.totals("1405-07-07")
        assert "open" not in last
        assert "overdue" not in last

    def test_a_pause_moves_the_deadline_and_is_told(self, book: Book) -> None:
        book.register()
        book.tell("a", "case.paused", NOW + HOUR, clk=1, why="weather", until=0, work=True)
        due = NOW + DAY + 5 * HOUR
        book.tell("a", "case.resumed", NOW + 6 * HOUR, clk=1, work=True, due=due)
        book.done("a", due)
        found = book.totals()
        assert found["paused_seconds"] == 5 * HOUR
        assert "answered_late" not in found

    def test_nothing_is_paused_that_is_late_already(self, book: Book) -> None:
        book.register()
        book.tell("a", "case.paused", NOW + 2 * DAY, clk=1, why="weather", until=0, work=True)
        book.done("a", NOW + 3 * DAY)
        assert book.totals()["answered_late"] == 1

    def test_another_class_later_does_not_undo_the_first_deadline(self, book: Book) -> None:
        book.register()
        longer = {"cls": "services", "grp": "waste", "due": NOW + 5 * DAY, "sla": 5 * DAY}
        book.tell("a", "case.recategorised", NOW + HOUR, **longer)
        book.done("a", NOW + 4 * DAY)
        found = book.made()
        assert (found["totals"]["relaxed"], found["totals"]["late_by_first"]) == (1, 1)
        both = {r["code"]: r["m"].get("recategorised") for r in found["by"]["class"]}
        assert both == {"civil": 1, "services": 1}

    def test_the_witnesses_hold_a_closing_that_was_dated_back(self, book: Book) -> None:
        book.register()
        seen = NOW + 3 * DAY
        book.tell("a", "case.work_done", NOW + HOUR, Window(seen), unit="d1-civil", told=True)
        found = book.totals()
        assert (found["answered_late"], found["late_logged"]) == (1, 1)

    def test_and_a_registration_that_was_dated_forward(self, book: Book) -> None:
        given = {"unit": "d1-civil", "grp": "streets", "cls": "civil", "dist": 1, "ch": "phone"}
        at = NOW + 2 * DAY
        times = {"due": at + DAY, "sla": DAY, "kind": "request"}
        book.tell("a", "case.registered", at, Window(None, NOW), **given, **times)
        book.done("a", NOW + DAY + HOUR)
        assert book.totals()["answered_late"] == 1

    def test_an_hour_in_the_field_is_within_the_tolerance(self, book: Book) -> None:
        book.register()
        seen = Window(NOW + 3 * HOUR)
        book.tell("a", "case.inspected", NOW + 2 * HOUR, seen, found="done")
        assert "late_logged" not in book.totals()


@pytest.mark.requirement("Q10", "S27")
class TestWho:
    def test_the_unit_that_the_work_comes_to_is_the_one_it_is_registered_with(
        self, book: Book
    ) -> None:
        book.register(unit="reception", grp="", cls="", dist="")
        subject = {"grp": "waste", "cls": "services", "dist": 2}
        times = {"due": NOW + DAY, "sla": DAY}
        book.tell("a", "case.routed", NOW + HOUR, to="d2-services", **subject, **times)
        by_unit = {r["code"]: r["n"] for r in book.made()["by"]["unit"]}
        assert (by_unit["d2-services"], by_unit["d2"], by_unit["reception"]) == (1, 1, 0)

    def test_passing_it_on_in_time_is_neither_success_nor_delay(self, book: Book) -> None:
        book.register()
        times = {"due": NOW + 2 * DAY, "sla": DAY}
        book.tell("a", "case.routed", NOW + HOUR, to="d2-civil", **times)
        found = book.totals()
        assert found["transferred"] == 1
        assert "answered" not in found

    def test_passing_it_on_late_is_the_first_one_s_delay(self, book: Book) -> None:
        book.register()
        times = {"due": NOW + 5 * DAY, "sla": DAY}
        book.tell("a", "case.routed", NOW + 3 * DAY, to="d2-civil", **times)
        book.done("a", NOW + 4 * DAY, unit="d2-civil")
        assert book.unit("d1")["m"]["answered_late"] == 1
        assert "answered_late" not in book.unit("d2")["m"]

    def test_a_unit_s_post_is_its_head_s_unless_the_leaf_names_another(self, book: Book) -> None:
        book.register()
        book.register("b", post="d1-civil-second")
        posts = {row["code"]: row["n"] for row in book.made()["by"]["post"]}
        assert posts == {"d1-civil-head": 1, "d1-civil-second": 1}

    def test_points_are_borne_by_whom_the_leaf_names_and_given_back_there(self, book: Book) -> None:
        book.register()
        late = {"clk": 1, "lvl": 1, "lvls": 1, "unit": "d1-civil", "work": True}
        book.tell("a", "case.overdue", NOW + DAY, pts=-3, **late)
        book.tell("a", "case.overdue", NOW + DAY, pts=0, clk=0, unit="d1-civil", lvl=1, lvls=1)
        assert book.unit("d1")["m"]["points"] == -3
        book.tell("", "points.reversed", NOW + 2 * DAY, ref=2, pts=3, unit="d1-civil")
        assert "points" not in book.unit("d1")["m"]
        assert book.unit("d1")["m"]["points_reversed"] == 3
        assert book.fold.reversals == [(4, 2, 3, "d1-civil")]


@pytest.mark.requirement("Q11")
class TestWords:
    def test_the_first_word_counts(self, book: Book) -> None:
        book.register()
        book.done("a", NOW + HOUR)
        book.tell("a", "case.disputed", NOW + 2 * HOUR, word="no", mode="call")
        book.tell("a", "case.inspected", NOW + 3 * HOUR, found="partly")
        again = {"cyc": 2, "to": "d1-civil", "due": NOW + DAY, "sla": DAY}
        book.tell("a", "case.reopened", NOW + 4 * HOUR, **again)
        book.done("a", NOW + 5 * HOUR)
        book.close("a", NOW + 6 * HOUR)
        found = book.totals()
        assert (found["no"], found["asked"], found["second_cycles"]) == (1, 1, 1)
        assert (found["inspected"], found["inspected_false"]) == (1, 1)
        assert found["satisfied_bp"] == 0
        assert book.unit("d1")["parts"]["resolved"]["raw"] == 0

    def test_an_objection_takes_back_the_yes(self, book: Book) -> None:
        book.register()
        book.done("a", NOW + HOUR)
        book.close("a", NOW + 2 * HOUR)
        assert book.totals()["satisfied_bp"] == FULL
        back = {"cyc": 2, "word": "no", "mode": "web", "to": "d1-civil"}
        book.tell("a", "case.reopened", NOW + DAY, **back, due=NOW + 2 * DAY, sla=DAY)
        found = book.totals()
        assert "satisfied_bp" not in found
        assert (found["reopened"], found["open"]) == (1, 1)
        book.done("a", NOW + DAY + HOUR)
        book.close("a", NOW + DAY + 2 * HOUR)
        found = book.totals()
        assert (found["closed"], found["asked"], found["no"]) == (2, 1, 1)
        assert "open" not in found

    def test_nobody_reached_is_not_satisfied(self, book: Book) -> None:
        book.register()
        book.tell("a", "case.closed", NOW + HOUR, end="exception", ending="unreachable")
        found = book.totals()
        assert (found["voided"], found["unconfirmed"], found["asked"]) == (1, 1, 1)
        assert "satisfied_bp" not in found

    @pytest.mark.parametrize(
        ("mode", "what"), [("call", "by_call"), ("ivr", "by_ivr"), ("none", "unconfirmed")]
    )
    def test_how_it_was_confirmed_is_told_apart(self, book: Book, mode: str, what: str) -> None:
        book.register()
        book.close("a", NOW + HOUR, mode=mode)
        assert book.totals()[what] == 1

    def test_merged_cases_are_nobody_s_answer(self, book: Book) -> None:
        book.register()
        book.tell("a", "case.merged", START + 29 * DAY, end="merged", ending="merged", into="x")
        found = book.totals()
        assert (found["merged"], found["merged_at_end"]) == (1, 1)
        assert "asked" not in found

    def test_other_words(self, book: Book) -> None:
        book.register()
        book.tell("a", "case.promised", NOW, until=NOW + 9, told=True, due=NOW + DAY, sla=DAY)
        book.tell("a", "case.objected", NOW + 1)
        book.tell("a", "case.stepped", NOW + 2)
        book.tell("a", "erasure.done", NOW + 3)
        book.tell("zz", "case.stepped", NOW + 3)  # a case of a year that is not here
        book.done("a", NOW + DAY - 60)
        found = book.totals()
        assert (found["promised"], found["objections"], found["last_hour"]) == (1, 1, 1)


class TestSeldom:
    """What happens to few cases, and what must not count twice."""

    def test_nothing_yet(self, book: Book) -> None:
        found = book.made()
        assert found["totals"] == {}
        assert found["until"] == MEHR.end * DAY - book.fold.tallies.offset

    def test_the_years_before_are_named(self, book: Book) -> None:
        basis = Basis("x", 1, "00", (("x/1404", 3, "11"),))
        found = figures(book.fold, MEHR, basis)
        assert found["before"] == [{"origin": "x/1404", "size": 3, "root": "11"}]

    def test_no_case_counts_before_any_rules(self) -> None:
        fold = Fold(lambda _leaf: Rules(rule_set()))
        leaf = {"t": "case.registered", "v": 1, "case": "a" * 22, "et": NOW, "unit": "d1-civil"}
        with pytest.raises(KeyError, match=r"ruleset\.published"):
            fold.take(0, leaf, FREE)

    def test_newer_rules_and_leaves_about_no_case_count_nothing(self, book: Book) -> None:
        book.register()
        before = book.totals()
        book.tell("", "ruleset.published", 0, digest=DIGEST, **{"from": NOW + DAY})
        book.tell("", "stats.published", NOW)
        assert book.totals() == before
        assert len(book.fold.published) == 2

    def test_a_simulated_case_is_told(self, book: Book) -> None:
        book.register(sim=True)
        assert book.totals()["simulated"] == 1

    def test_who_has_no_head_and_no_subject_is_overdue_too(self, book: Book) -> None:
        book.register(unit="reception", grp="", cls="", dist="")
        book.register("b", at=NOW + 3 * DAY)
        found = book.made()
        assert found["totals"]["overdue"] == 1
        assert [row["code"] for row in found["by"]["post"]] == ["d1-civil-head"]
        assert book.totals("1405-07-04")["overdue"] == 1

    def test_a_pause_ends_with_the_work(self, book: Book) -> None:
        book.register()
        book.tell("a", "case.paused", NOW + HOUR, clk=1, why="weather", until=0, work=True)
        book.done("a", NOW + DAY + HOUR)
        found = book.totals()
        assert found["paused_seconds"] == DAY
        assert "answered_late" not in found

    def test_what_was_not_paused_does_not_go_on(self, book: Book) -> None:
        book.register()
        book.tell("a", "case.resumed", NOW + HOUR, clk=1, work=True, due=NOW + 9 * DAY)
        book.done("a", NOW + 2 * DAY)
        found = book.totals()
        assert found["answered_late"] == 1
        assert "paused_seconds" not in found

    def test_another_subject_after_the_end_leaves_the_stock_alone(self, book: Book) -> None:
        book.register()
        book.close("a", NOW + HOUR)
        subject = {"grp": "lights", "cls": "services"}
        book.tell("a", "case.recategorised", NOW + 2 * HOUR, **subject, sla=DAY)
        found = book.totals()
        assert (found["recategorised"], found["closed"]) == (2, 1)
        assert "open" not in found
        assert "relaxed" not in found

    def test_only_a_longer_time_relaxes(self, book: Book) -> None:
        book.register()
        book.tell("a", "case.recategorised", NOW + HOUR, dist=2)
        assert "relaxed" not in book.totals()
        subject = {"grp": "lights", "cls": "services"}
        book.tell("a", "case.recategorised", NOW + 2 * HOUR, **subject, sla=2 * DAY)
        assert book.totals()["relaxed"] == 1

    @pytest.mark.requirement("T13")
    def test_corrections_are_counted_by_whom_they_help(self, book: Book) -> None:
        """A subject with more time, one with less, an ending taken back, points given back."""
        book.register()
        book.tell("a", "case.recategorised", NOW + HOUR, grp="lights", cls="services", sla=2 * DAY)
        assert book.unit("d1-civil")["m"]["corrected_for"] == 1
        book.tell("a", "case.recategorised", NOW + HOUR, grp="pipes", cls="urgent", sla=HOUR)
        assert book.unit("d1-civil")["m"]["corrected_against"] == 1
        book.close("a", NOW + HOUR)
        book.tell("a", "case.reopened", NOW + 2 * HOUR, cyc=2, word="no", **{"from": "d1-civil"})
        assert book.unit("d1-civil")["m"]["corrected_against"] == 2
        book.tell("", "points.reversed", NOW + DAY, ref=1, pts=3, unit="d1-civil")
        found = book.unit("d1-civil")["m"]
        assert (found["corrected_for"], found["corrected_against"]) == (2, 2)
        above = book.unit("d1")["m"]  # a district answers for what is below it
        assert (above["corrected_for"], above["corrected_against"]) == (2, 2)

    def test_in_a_year_each_season_is_compared_with_itself(self, book: Book) -> None:
        """Winter is hard for all. Who had more of it is expected to do less."""
        winter = START + 120 * DAY
        for number, (unit, at) in enumerate(
            [("d1-civil", winter)] * 30 + [("d2-civil", winter)] * 30 + [("d2-civil", NOW)] * 30
        ):
            book.register(f"c{number}", at, unit=unit)
            book.done(f"c{number}", at + (3 * DAY if at == winter else HOUR), unit=unit)
        rows = {row["code"]: row for row in book.made("1405")["by"]["unit"]}
        one, other = rows["d1"]["parts"]["timely"], rows["d2"]["parts"]["timely"]
        assert (one["raw"], other["raw"]) == (0, 5000)
        assert (
            one["adjusted"] == 833 * 12_500 // FULL
        )  # 20 of 80 like all; more than expected, capped
        assert other["adjusted"] < 4761  # what it would be if seasons were one

    def test_the_first_day_of_a_month_is_scored_like_the_others(self, book: Book) -> None:
        book.register("a", START + HOUR)
        book.close("a", START + 3 * HOUR)
        live = figures(book.fold, live_period(MEHR.first), Basis("x", book.index, ""))
        assert live["period"] == "live"
        assert "score" in next(row for row in live["by"]["unit"] if row["code"] == "d1")
        assert live["totals"]["median_seconds"] > 0
        day = book.made("1405-07-01")
        assert not any("score" in row for row in day["by"]["unit"])

    def test_who_answered_is_a_share_of_who_could_be_asked(self, book: Book) -> None:
        for case in ("a", "b", "c"):
            book.register(case)
        book.close("a", NOW + HOUR)
        book.close("b", NOW + HOUR, end="exception", word="partly")
        book.tell("c", "case.closed", NOW + HOUR, end="exception", ending="unreachable")
        assert book.totals()["response_bp"] == FULL * 2 // 3

    def test_an_end_counts_once(self, book: Book) -> None:
        book.register()
        book.close("a", NOW + HOUR)
        before = book.totals()
        book.close("a", NOW + 2 * HOUR)
        assert book.totals() == before

    def test_what_was_merged_and_comes_back_was_never_asked(self, book: Book) -> None:
        book.register()
        book.tell("a", "case.merged", NOW + HOUR, end="merged", ending="merged", into="x")
        assert "merged_at_end" not in book.totals()
        times = {"due": NOW + 2 * DAY, "sla": DAY, "to": "d1-civil"}
        book.tell("a", "case.reopened", NOW + DAY, cyc=2, **times)
        found = book.totals()
        assert (found["merged"], found["reopened"], found["open"]) == (1, 1, 1)
        assert "asked" not in found
        assert "no" not in found

    def test_a_second_objection_takes_nothing_back_from_the_first_cycle(self, book: Book) -> None:
        book.register()
        for cycle in (2, 3):
            at = NOW + cycle * DAY
            book.close("a", at)
            back = {"cyc": cycle, "to": "d1-civil", "due": at + DAY, "sla": DAY, "word": "no"}
            book.tell("a", "case.reopened", at + HOUR, **back)
        found = book.totals()
        assert (found["reopened"], found["second_cycles"], found["open"]) == (2, 2, 1)
        assert book.unit("d1")["parts"]["resolved"]["n"] == 2


class TestSealed:
    def test_one_that_is_open_is_in_no_unit_s_stock(self, book: Book) -> None:
        leaf = {"t": "case.registered", "v": 1, "case": "s" * 22, "n": 0}
        book.register()
        book.fold.take(5, leaf, FREE)
        found = book.totals()
        assert (found["sealed_registered"], found["registered"], found["open"]) == (1, 1, 1)

    def test_only_their_number_in_the_city_is_known(self, book: Book) -> None:
        book.register()
        leaf = {"t": "case.registered", "v": 1, "case": "s" * 22, "n": 0}
        book.fold.take(5, leaf, FREE)
        book.fold.take(6, leaf | {"t": "case.stepped", "n": 1}, FREE)
        book.fold.take(7, leaf | {"t": "case.closed", "n": 2}, FREE)
        book.fold.take(8, leaf | {"t": "case.stepped", "n": 3}, FREE)
        book.fold.take(9, leaf | {"t": "case.closed", "case": "q" * 22, "n": 3}, FREE)
        found = book.made()
        assert (found["totals"]["sealed_registered"], found["totals"]["sealed_closed"]) == (1, 1)
        assert [row["n"] for row in found["by"]["unit"]] == [1, 1]


class TestFile:
    def test_the_example_is_what_the_fortnight_gives(self, tmp_path: Path) -> None:
        log = fortnight(tmp_path)
        log.write()
        size = len(log.entries)
        basis = Basis(logs.ORIGIN, size, log.edge().root().hex())
        alone = fold_logs([Shard(tmp_path, size)], logs.policy())
        made = encode(figures(alone, MEHR, basis, verifier="0" * 64))
        if not EXAMPLE.exists():
            EXAMPLE.write_bytes(made)
            pytest.fail("the example was written: look at it")
        assert made == EXAMPLE.read_bytes()

    def test_several_processes_give_the_same(self, tmp_path: Path) -> None:
        log = fortnight(tmp_path, cases=120)
        log.write()
        size, told = len(log.entries), []
        shards = [Shard(tmp_path, size)]
        two = fold_logs(
            shards, logs.policy(), jobs=2, progress=lambda done, of: told.append((done, of))
        )
        one = fold_logs(shards, logs.policy())
        for period in ("1405", "1405-07", "1405-07-04"):
            made = [figures(f, parse_period(period), Basis("x", size, "")) for f in (one, two)]
            assert encode(made[0]) == encode(made[1])
        assert told[-1] == (size, size)

    @pytest.mark.requirement("S11")
    def test_calls_messages_and_follow_ups_are_three_counts(self) -> None:
        totals = json.loads(EXAMPLE.read_bytes())["totals"]
        assert len({totals[what] for what in ("calls", "messages", "follow_ups")}) == 3
        assert {MEASURES[what].source for what in ("calls", "messages", "follow_ups")} == {
            "attested"
        }

    @pytest.mark.requirement("S13", "S23")
    def test_every_domain_of_the_city_s_services_has_its_share(self) -> None:
        data = json.loads(EXAMPLE.read_bytes())
        for dimension in ("class", "group", "district"):
            rows = data["by"][dimension]
            assert sum(row["n"] for row in rows) == data["totals"]["registered"]
            assert all(0 <= row["m"]["answered_on_time_bp"] <= FULL for row in rows)

    @pytest.mark.requirement("S19")
    def test_the_months_before_stand_beside(self) -> None:
        fold = Book()
        fold.register(at=NOON_BEFORE)
        fold.register("b")
        assert fold.made()["months"] == [
            {"period": "1405-06", "m": {"registered": 1}},
        ]

    def test_days_add_up_to_the_month_and_small_cells_are_hidden(self) -> None:
        data = json.loads(EXAMPLE.read_bytes())
        assert sum(row[1] for row in data["days"]) == data["totals"]["registered"]
        assert sum(map(sum, data["hours"])) == data["totals"]["registered"]
        assert all(row[2] >= data["small"] for row in data["cross"])

    def test_every_figure_is_defined_in_both_languages(self) -> None:
        data = json.loads(EXAMPLE.read_bytes())
        assert set(data["totals"]) <= set(MEASURES)
        assert set(COUNTED) < set(MEASURES)
        for each in MEASURES.values():
            assert all((each.fa, each.en, each.how_fa, each.how_en))
            assert each.version >= 1

    def test_nobody_is_ranked_on_few_answers(self) -> None:
        data = json.loads(EXAMPLE.read_bytes())
        rows = [row for row in data["by"]["unit"] if "score" in row]
        for row in rows:
            assert ("rank" in row) == (row["parts"]["satisfied"]["n"] >= 30)
            assert row["low"] <= row["score"] <= row["high"]
        ranked = sorted((row for row in rows if "rank" in row), key=lambda row: row["rank"])
        assert [row["score"] for row in ranked] == sorted(
            (row["score"] for row in ranked), reverse=True
        )

    def test_the_costliest_cases_stand_beside(self) -> None:
        data = json.loads(EXAMPLE.read_bytes())
        rows = [row for row in data["by"]["unit"] if "costs" in row]
        assert rows
        for row in rows:
            for costly in row["costs"].values():
                assert 1 <= len(costly) <= 3
                assert [each[0] for each in costly] == sorted((e[0] for e in costly), reverse=True)

    def test_a_table_has_one_figure_a_line(self) -> None:
        lines = table(json.loads(EXAMPLE.read_bytes())).splitlines()
        assert lines[0] == "period,dimension,code,measure,value"
        assert all(line.count(",") == 4 for line in lines)
