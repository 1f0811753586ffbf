"""The simulator in real time: it lives by real acts, and a button stops it."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F
from django.test import Client

from peygir.boards import second
from peygir.boards.models import CallClaim, SecondCall
from peygir.cases.models import Case
from peygir.demo import cast, recall, switch, texts
from peygir.demo.life import Life
from peygir.demo.management.commands import simulate
from peygir.demo.models import Simulator
from peygir.demo.town import Town
from peygir.ledger.models import Event
from peygir.people.contacts import Caller
from peygir.people.models import Call
from peygir.policy.model import CityPolicy
from tests.city import NOON, Story, hire

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
PAGE = "/desk/simulator/"


@pytest.fixture
def life(qom: CityPolicy, tmp_path: Path, settings: Any) -> Life:
    settings.PEYGIR_PHOTO_DIR = tmp_path
    Simulator.objects.create(changed_at=NOON)
    words = texts.load(ROOT / "cities" / qom.name, qom)
    cast.hire(qom, words, at=NOON, rng=Random(5))
    return Life(Town(qom, words, cast.Cast(qom), Random(5)))


@pytest.mark.slow
def test_it_reports_and_answers_as_time_goes_on(life: Life) -> None:
    for minute in range(0, 60 * 40, 20):
        simulate.step(life, NOON + timedelta(minutes=minute), per_hour=1800)
    assert life.started > 60
    assert life.done > 20
    assert set(Event.objects.values_list("kind", flat=True)) > {"case.registered", "case.stepped"}
    assert not Case.objects.filter(simulated=False).exists()


def test_it_goes_on_with_cases_of_an_earlier_run(life: Life) -> None:
    for _ in range(8):
        life.town.arrive(NOON)
    later = NOON + timedelta(hours=1)
    life.remember(later)
    open_cases = Case.objects.filter(closed_at=None).count()
    assert len(life.agenda) == len(life.known) == open_cases
    assert all(move.at > later for move in life.agenda)


def test_it_thinks_anew_when_somebody_was_faster(life: Life) -> None:
    state = life.town.arrive(NOON)
    assert state is not None
    life.follow(state, NOON)
    Case.objects.filter(pk=state.id).update(version=40)
    life.play(NOON + timedelta(days=3))
    assert Case.objects.get(pk=state.id).version > 40


def test_the_command_stops_by_itself_when_told_so(life: Life) -> None:
    out = StringIO()
    call_command("simulate", "--seconds=0.1", "--per-hour=3600", "--seed=1", stdout=out)
    assert "Stopped after" in out.getvalue()
    assert Simulator.objects.get().beat_at is not None


def test_the_command_needs_a_simulated_city(qom: CityPolicy) -> None:
    with pytest.raises(CommandError, match=r"manage\.py demo"):
        call_command("simulate")


def test_a_rate_out_of_range_is_refused(qom: CityPolicy) -> None:
    with pytest.raises(CommandError, match="--per-hour"):
        call_command("simulate", "--per-hour=0")


class TestSecondCalls:
    @pytest.fixture
    def drawn(self, life: Life, monkeypatch: pytest.MonkeyPatch) -> Life:
        """Closings by a citizen's word of one day, every one of them drawn."""
        monkeypatch.setattr(second, "PER_10_000", 10_000)
        for number in range(recall.LEFT + 6):
            it = Story(
                life.town.policy,
                at=NOON - timedelta(hours=5),
                caller=Caller(phone=f"+98912000{number:04}", name="شهروند"),
            )
            it.after(hours=2).report()
            it.after(hours=1).satisfied()
        Case.objects.update(simulated=True)
        second.draw(life.town.policy, NOON.date(), seed="13" * 32, at=NOON + timedelta(days=1))
        assert SecondCall.objects.count() == recall.LEFT + 6
        return life

    def test_some_are_made_and_some_are_left_to_people(self, drawn: Life) -> None:
        at = NOON + timedelta(days=1)
        for minute in range(0, 60 * 24 * 3, 7):
            recall.call_again(drawn.town, at + timedelta(minutes=minute))
        found = list(SecondCall.objects.exclude(finding="").values_list("finding", flat=True))
        assert len(found) == 6
        assert second.AGREE in found
        assert SecondCall.objects.filter(finding="").count() == recall.LEFT
        assert not CallClaim.objects.exists(), "nobody holds a call"
        book = Call.objects.filter(outcome="reached")
        assert book.count() == book.filter(ended_at__gt=F("answered_at")).count() > 0

    def test_whoever_signed_in_as_a_caller_keeps_their_call(self, drawn: Life) -> None:
        at = NOON + timedelta(days=1)
        posts = drawn.town.policy.organisation.posts.values()
        callers = [drawn.town.cast.post(p.code) for p in posts if recall.ROLE in p.roles]
        held = [second.take(each.staff_id or 0, at=at) for each in callers]
        assert held
        assert all(held)
        for _ in range(20):
            assert recall.call_again(drawn.town, at + timedelta(minutes=1)) == ""
        assert CallClaim.objects.count() == len(held)

    def test_a_round_makes_one_now_and_then(self, drawn: Life) -> None:
        at = NOON + timedelta(days=1)
        for second_of in range(60):
            simulate.step(drawn, at + timedelta(seconds=simulate.TICK_S * second_of), per_hour=1)
        assert SecondCall.objects.exclude(tries=0).exists()


class TestTheSwitch:
    def test_tells_the_simulator_to_wait(self, life: Life) -> None:
        assert switch.beat(NOON) is True
        switch.turn(paused=True, staff_id=7, at=NOON)
        assert switch.beat(NOON + timedelta(seconds=30)) is False
        assert Simulator.objects.get().changed_by == 7

    def test_knows_whether_the_simulator_lives(self, life: Life) -> None:
        switch.beat(NOON)
        one = Simulator.objects.get()
        assert switch.is_alive(one, NOON + timedelta(seconds=20))
        assert not switch.is_alive(one, NOON + timedelta(minutes=2))


class TestThePage:
    def enter(self, client: Client, post: str) -> None:
        client.force_login(hire("somebody", post, fa="کسی"))

    def test_pauses_and_goes_on(self, life: Life, client: Client) -> None:
        self.enter(client, "centre-head")
        Simulator.objects.update(beat_at=datetime.now(UTC))
        assert "در حال کار" in client.get(PAGE).content.decode()
        answer = client.post(PAGE, {"paused": "1"}, follow=True).content.decode()
        assert "شبیه‌ساز متوقف شد" in answer
        assert Simulator.objects.get().is_paused
        client.post(PAGE, {"paused": "0"})
        assert not Simulator.objects.get().is_paused

    def test_speaks_english_too(self, life: Life, client: Client) -> None:
        self.enter(client, "ict-expert")
        assert "Simulated citizens report" in client.get(f"/en{PAGE}").content.decode()

    def test_says_that_there_is_nothing_to_pause(self, qom: CityPolicy, client: Client) -> None:
        self.enter(client, "centre-head")
        assert "شهر شبیه‌سازی‌شده‌ای نیست" in client.get(PAGE).content.decode()

    def test_is_closed_to_others(self, life: Life, client: Client) -> None:
        assert client.get(PAGE).status_code == 302, "strangers sign in first"
        self.enter(client, "feedback-1")
        assert client.get(PAGE).status_code == 403
        assert client.post(PAGE, {"paused": "1"}).status_code == 403
        assert not Simulator.objects.get().is_paused

    def test_refuses_what_is_neither(self, life: Life, client: Client) -> None:
        self.enter(client, "centre-head")
        assert client.post(PAGE, {"paused": "maybe"}).status_code == 400
