"""The worker keeps rows beside the cases: nothing is lost, nothing twice, nothing sealed."""

import sys
import threading
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import F

from peygir.analysis import keeping, rebuilding
from peygir.analysis.asking import asof
from peygir.analysis.models import Brief, Hop, Mark, Pair, Tally
from peygir.analysis.pairs import PAIRS
from peygir.cases import acts
from peygir.cases.models import Case
from peygir.cases.sweep import drain
from peygir.demo.models import Simulator
from peygir.ledger.entry import CITIZEN
from peygir.ledger.models import Event
from peygir.policy.model import CityPolicy
from peygir.worker import lookback
from tests.analysis.lived import kept, local_day
from tests.cases.test_pitfalls import elsewhere
from tests.city import NOON, Make, Story, staff_of
from tests.voices import complaint

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("S19")]
MINUTE = timedelta(minutes=1)


def nothing(done: int, total: int) -> None:
    """Nobody looks at the progress."""


def rows() -> list[dict[str, Any]]:
    """Everything kept, but for what only says how far was read."""
    briefs = [*Brief.objects.order_by("case_id").values()]
    place = ("day", "from_unit", "to_unit", "category", "district")
    hops = Hop.objects.filter(n__gt=0).order_by(*place).values(*place, "n")
    order = ("dimension", "weeks", "week", "code", "step")
    counts = Tally.objects.exclude(opened=0, closed=0).order_by(*order)
    pairs = Pair.objects.exclude(opened=0, closed=0).order_by("pk")
    for brief in briefs:
        del brief["event"]
    return [*briefs, *hops, *({**each, "id": 0} for each in counts.values()), *pairs.values()]


def is_right() -> bool:
    return rebuilding.check(nothing).is_right


@pytest.fixture
def story(qom: CityPolicy) -> Make:
    return lambda **fields: Story(fields.pop("policy", qom), **fields)


class TestTurns:
    def test_an_existing_database_is_taken_up_without_anybody_doing_anything(
        self, town: list[Story]
    ) -> None:
        assert Brief.objects.count() == Case.objects.count() > len(town)
        assert is_right()
        assert asof() == NOON.replace(microsecond=0)

    def test_until_then_nobody_is_told_figures(self, story: Make, monkeypatch: Any) -> None:
        story()
        story()
        monkeypatch.setattr(keeping, "CHUNK", 1)
        monkeypatch.setattr(keeping, "TURN_S", 0)
        assert asof() is None
        assert keeping.turn(at=NOON)
        assert (Brief.objects.count(), asof()) == (1, None)
        kept()
        assert (Brief.objects.count(), asof()) == (2, NOON)

    def test_a_turn_again_changes_nothing(self, town: list[Story]) -> None:
        before = rows()
        assert not keeping.turn(at=NOON + MINUTE)
        assert rows() == before

    def test_a_turn_takes_up_what_happened_and_nothing_else(self, town: list[Story]) -> None:
        kept(NOON + MINUTE)
        written = Written()
        with connection.execute_wrapper(written):
            kept(NOON + 2 * MINUTE)
            assert written.cases == []
            quiet = next(each for each in town if each.case.stage == "execution")
            quiet.at = NOON
            quiet.report()
            kept(NOON + 3 * MINUTE)
        assert written.cases == [quiet.case.id]
        assert is_right()

    def test_many_events_are_read_in_several_turns(
        self, town: list[Story], monkeypatch: Any
    ) -> None:
        monkeypatch.setattr(keeping, "EVENTS", 7)
        for kept_of_it in (Mark, Brief, Hop, Tally, Pair):
            kept_of_it.objects.all().delete()
        Mark.objects.create(filling=None, steps=[[0, 0]])
        kept(NOON + MINUTE)
        assert Brief.objects.count() == Case.objects.count()
        assert is_right()

    def test_steps_older_than_the_overlap_are_dropped(self, story: Make) -> None:
        story()
        for minutes in range(60):
            kept(NOON + minutes * MINUTE)
        steps = Mark.objects.get().steps
        assert len(steps) == 16  # one that lies behind the overlap or at its edge, and 15 in it
        assert steps[0][0] == int((NOON + 44 * MINUTE).timestamp())

    def test_without_a_city_there_is_nothing_to_do(self, monkeypatch: Any) -> None:
        monkeypatch.setattr("peygir.worker.lookback.is_adopted", lambda: False)
        assert not lookback.keep()
        assert not Mark.objects.exists()

    def test_the_worker_takes_turns_by_the_clock_of_the_database(self, story: Make) -> None:
        story()
        while lookback.keep():
            continue
        assert Brief.objects.count() == 1
        assert asof() is not None


class TestWhatHappensToACase:
    """Each of these mends the row, and the sums with it."""

    def test_it_is_merged_into_another(self, story: Make) -> None:
        first, second = story(), story()
        kept()
        acts.merge(
            policy=first.policy,
            actor=staff_of(first.policy, "reception"),
            at=first.after(hours=1).at,
            case_id=first.case.id,
            into=second.case.id,
        )
        kept(NOON + MINUTE)
        merged, lead = (Brief.objects.get(pk=each.case.id) for each in (first, second))
        assert (merged.merged, merged.ending, merged.closed_day) == (
            True, "merged", local_day(first.at),
        )  # fmt: skip
        assert (lead.merged, lead.reporters) == (False, 2)

    def test_it_is_closed_and_opened_again(self, story: Make) -> None:
        it = story()
        it.after(hours=5).report()
        it.after(hours=1).satisfied()
        kept()
        closed = Brief.objects.get()
        # 6 h are 21,600 s: six leading bits are 42, and nine bits are cut.
        assert (closed.waited_step, closed.held_unit) == (42 << 9, "")
        assert (closed.longest_s, closed.longest_stage) == (5 * 3600, "execution")
        it.after(days=2).act("objection", CITIZEN, objection_reason="دوباره خراب شد")
        kept(NOON + MINUTE)
        again = Brief.objects.get()
        assert (again.closed_day, again.waited_step, again.ending) == (None, None, "")
        assert (again.cycle, again.held_since, again.held_unit) == (2, it.at, it.case.unit)

    def test_a_deadline_is_missed(self, story: Make) -> None:
        it = story()
        kept()
        assert not Brief.objects.get().late
        assert it.case.lead is not None
        drain(at=NOON + timedelta(days=5))
        kept(NOON + MINUTE)
        assert Brief.objects.get().late

    def test_its_subject_changes_and_with_it_what_its_hand_overs_count_for(
        self, story: Make
    ) -> None:
        it = story()
        it.after(hours=1).report()
        kept()
        [before] = Hop.objects.values_list("category", "n")
        assert before == (it.case.category, 1)
        Case.objects.update(category="W01")
        happened(it)
        kept(NOON + MINUTE)
        assert [*Hop.objects.filter(n__gt=0).values_list("category", "n")] == [("W01", 1)]
        assert is_right()

    def test_it_becomes_sealed(self, story: Make) -> None:
        it, other = story(), story()
        it.after(hours=1).report()
        kept()
        assert Hop.objects.filter(n__gt=0).exists()
        Case.objects.filter(pk=it.case.id).update(sealed=True)
        happened(it)
        kept(NOON + MINUTE)
        assert [*Brief.objects.values_list("case_id", flat=True)] == [other.case.id]
        assert not Hop.objects.filter(n__gt=0).exists()
        assert is_right()


def happened(story: Story) -> None:
    """An event of the case, whatever it was."""
    Event.objects.create(
        subject="case",
        subject_id=story.case.id,
        kind="case.stepped",
        actor_kind="system",
        happened_at=story.at,
        policy=story.policy.digest,
    )


def test_a_complaint_about_an_official_is_in_no_row(tehran: CityPolicy) -> None:
    plain = Story(tehran)
    post = next(iter(tehran.organisation.posts_of("d3-civil"))).code
    hidden = complaint(tehran, post)
    assert hidden.case.sealed
    kept()
    assert [*Brief.objects.values_list("case_id", flat=True)] == [plain.case.id]
    assert is_right()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("next_turn", [15 * MINUTE, timedelta(days=2)])
def test_what_commits_late_is_not_passed_over(qom: CityPolicy, next_turn: timedelta) -> None:
    """Its event has a number below one that was read long before; the worker may have rested."""
    slow, quick = Story(qom), Story(qom)
    for minutes in range(-20, 1):
        kept(NOON + minutes * MINUTE)
    reported, go_on = threading.Event(), threading.Event()

    def work() -> None:
        with transaction.atomic():
            slow.after(hours=1).report()
            reported.set()
            assert go_on.wait(20)

    thread = elsewhere(work)
    assert reported.wait(20)
    quick.after(hours=1).report()
    for minutes in range(1, 15):
        kept(NOON + minutes * MINUTE)
    assert stage_of(quick) == "feedback"
    assert stage_of(slow) == "execution"
    go_on.set()
    thread.join()
    kept(NOON + next_turn)
    assert stage_of(slow) == "feedback"
    assert is_right()


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_not_wait_for_each_other(qom: CityPolicy) -> None:
    Story(qom)
    Mark.objects.create()
    with transaction.atomic():
        Mark.objects.select_for_update().get()
        others: list[bool] = []
        elsewhere(lambda: others.append(keeping.turn(at=NOON))).join()
        assert others == [False]
    assert not Brief.objects.exists()
    kept()
    assert Brief.objects.count() == 1


@pytest.mark.slow
def test_a_simulated_past_is_taken_up_and_goes_on(
    qom: CityPolicy, tmp_path: Path, settings: Any
) -> None:
    """Its events were written just now about days long ago, in no order of the cases' numbers."""
    settings.PEYGIR_PHOTO_DIR = tmp_path
    call_command("demo", "--days=3", "--per-day=40", stdout=StringIO())
    while lookback.keep():
        continue
    assert Brief.objects.count() == Case.objects.filter(sealed=False).count() > 80
    assert is_right()
    Simulator.objects.update(finished_at=F("finished_at") - timedelta(hours=6))
    call_command("demo", "--days=3", "--per-day=200", stdout=StringIO())
    while lookback.keep():
        continue
    assert Brief.objects.count() == Case.objects.filter(sealed=False).count()
    assert is_right()


def stage_of(story: Story) -> str:
    return Brief.objects.get(pk=story.case.id).held_stage


class Written:
    """Which cases were written."""

    def __init__(self) -> None:
        self.cases: list[int] = []

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "insert into analysis_brief" in sql:
            self.cases += params["ids"]
        return execute(sql, params, many, context)


NIGHT = NOON.replace(hour=22, minute=30)  # two o'clock in Tehran
DAY = timedelta(days=1)


def night(number: int) -> Written:
    """What a whole night looks at again."""
    written = Written()
    with connection.execute_wrapper(written):
        while keeping.again(at=NIGHT + number * DAY):
            continue
    return written


class TestNights:
    def test_so_many_rows_are_looked_at_that_a_round_mends_all(
        self, town: list[Story], monkeypatch: Any
    ) -> None:
        monkeypatch.setattr(keeping, "CASES_A_NIGHT", 10)
        monkeypatch.setattr(keeping, "CHUNK", 4)
        Brief.objects.update(late=True, hour=7)
        total = Brief.objects.count()
        looked = [night(number).cases for number in range(total // 10 + 1)]
        assert [len(each) for each in looked] == [*[10] * (total // 10), total % 10]
        assert len({each for cases in looked for each in cases}) == total
        assert Brief.objects.filter(hour=7).count() < total
        assert rebuilding.check(nothing).rows == 0
        assert len(night(total).cases) == 10, "the next round begins"

    def test_once_in_a_night_and_not_by_day(self, story: Make) -> None:
        story()
        kept()
        assert not keeping.again(at=NOON)
        assert Mark.objects.get().night is None
        assert len(night(0).cases) == 1
        assert night(0).cases == []
        assert len(night(1).cases) == 1

    def test_goes_on_after_a_slice(self, town: list[Story], monkeypatch: Any) -> None:
        monkeypatch.setattr(keeping, "TURN_S", 0)
        monkeypatch.setattr(keeping, "CHUNK", 20)
        assert keeping.again(at=NIGHT)
        assert Mark.objects.get().left == keeping.CASES_A_NIGHT - 20
        assert len(night(0).cases) == Brief.objects.count() - 20

    def test_before_the_first_filling_there_is_nothing_to_look_at(self, story: Make) -> None:
        story()
        assert night(0).cases == []
        assert not Mark.objects.exists()

    def test_the_worker_takes_it_up(self, story: Make, monkeypatch: Any) -> None:
        story()
        kept()
        monkeypatch.setattr(lookback, "now", lambda: NIGHT)
        assert not lookback.again()
        assert Mark.objects.get().night == (NIGHT + timedelta(hours=4)).date()


@pytest.mark.django_db(transaction=True)
def test_what_took_hours_to_commit_is_taken_up_the_night_after(
    qom: CityPolicy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "CASES_A_NIGHT", 1)  # the round alone would not come to it
    others, slow = [Story(qom) for _ in range(4)], Story(qom)
    kept(NOON)
    night(0)
    reported, go_on = threading.Event(), threading.Event()

    def work() -> None:
        with transaction.atomic():
            slow.after(hours=1).report()
            reported.set()
            assert go_on.wait(20)

    thread = elsewhere(work)
    assert reported.wait(20)
    others[0].after(hours=1).report()
    for minutes in range(1, 60):
        kept(NIGHT + 12 * timedelta(hours=1) + minutes * MINUTE)
    go_on.set()
    thread.join()
    kept(NIGHT + 14 * timedelta(hours=1))
    assert stage_of(slow) == "execution"
    night(1)
    kept(NIGHT + DAY + MINUTE)
    assert stage_of(slow) == "feedback"
    assert is_right()


class TestRebuilding:
    def test_fills_what_no_worker_has_taken_up(self, story: Make) -> None:
        it = story()
        it.after(hours=1).report()
        assert asof() is None
        assert "1 rows were not up to date" in command("rebuild")
        assert asof() is not None
        assert "what the cases say" in command("check")
        later = story()
        kept(NOON + MINUTE)
        assert Brief.objects.filter(pk=later.case.id).exists()
        assert is_right()

    def test_gives_what_the_turns_gave(self, town: list[Story]) -> None:
        before = rows()
        assert Hop.objects.exists()
        assert "0 rows were not up to date" in command("rebuild")
        assert rows() == before

    def test_mends_what_is_wrong_and_says_how_much(self, town: list[Story]) -> None:
        before = rows()
        Brief.objects.filter(pk=town[0].case.id).delete()
        Brief.objects.filter(pk=town[1].case.id).update(hour=1)
        Hop.objects.update(n=77)
        Tally.objects.filter(dimension="unit").update(late=5)
        Pair.objects.filter(pair=len(PAIRS) - 1).update(seconds=5)
        with pytest.raises(CommandError, match="2 rows and"):
            command("check")
        assert "2 rows were not up to date" in command("rebuild")
        assert rows() == before
        assert "what the cases say" in command("check")

    def test_its_progress_is_shown_where_somebody_looks(
        self, story: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        story()
        shown = StringIO()
        shown.isatty = lambda: True  # type: ignore[method-assign]  # as a terminal says
        monkeypatch.setattr(sys, "stderr", shown)
        call_command("analysis", "rebuild", stdout=StringIO(), stderr=shown)
        assert shown.getvalue() == "\r  1 of 1 cases \n"

    def test_a_row_of_no_case_is_found(self, town: list[Story]) -> None:
        brief = Brief.objects.first()
        assert brief is not None
        brief.pk = 1
        brief.save(force_insert=True)
        assert not is_right()

    def test_what_was_not_read_yet_is_not_wrong(self, town: list[Story]) -> None:
        Story(town[0].policy)
        assert is_right()

    def test_before_the_first_filling_there_is_nothing_to_compare(self, story: Make) -> None:
        story()
        with pytest.raises(CommandError, match="not filled"):
            command("check")


def command(what: str) -> str:
    out = StringIO()
    call_command("analysis", what, stdout=out)
    return out.getvalue()
