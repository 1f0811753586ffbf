"""Pitfalls that other systems fell into, as tests. The rest stand where their room is:

11 to 15 in tests/calendars, 5 to 10 and 17 in test_sweep, 3 and 20 in notices and worker.
"""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from peygir.cases import acts, store
from peygir.cases.sweep import sweep
from peygir.ledger.models import Event
from peygir.policy.model import CityPolicy
from tests.city import NOON, Make, staff_of


def fired() -> int:
    return Event.objects.filter(kind="clock.fired").count()


def elsewhere(work: Callable[[], object]) -> threading.Thread:
    """Run `work` on a connection of its own."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
class TestSeveralWorkers:
    def test_one_deadline_and_many_sweepers_make_one_event(self, story: Make) -> None:
        """Pitfall 1."""
        for _ in range(5):
            story()
        late = NOON + timedelta(days=4)
        threads = [elsewhere(lambda: sweep(at=late)) for _ in range(4)]
        for thread in threads:
            thread.join()
        while sweep(at=late):
            continue
        assert fired() == 5

    def test_a_case_being_closed_is_left_alone_and_stays_silent(self, story: Make) -> None:
        """Pitfall 4: the act that came first wins, and the sweep does not wait for it."""
        it = story()
        it.after(hours=47).report()
        late = it.at + timedelta(days=3)
        with transaction.atomic():
            it.satisfied()
            elsewhere(lambda: sweep(at=late)).join()
        assert sweep(at=late) == 0
        assert fired() == 0

    def test_an_act_waits_for_a_sweep_and_then_goes_on(self, story: Make) -> None:
        it = story()
        done: list[acts.Done] = []
        late = NOON + timedelta(hours=49)
        with transaction.atomic():
            assert sweep(at=late) == 1
            it.at = late
            thread = elsewhere(lambda: done.append(it.report()))
            thread.join(timeout=0.3)
            assert thread.is_alive()
        thread.join()
        assert done[0].case.stage == "feedback"
        assert done[0].case.clock(1).rung == 3


@pytest.mark.django_db
class TestResponseClock:
    def test_is_not_stopped_or_restarted_by_notes_joins_and_warnings(self, story: Make) -> None:
        """Pitfall 18: only a determination with a report to the citizen counts."""
        it = story()
        given: Any = {"policy": it.policy, "case_id": it.case.id, "actor": it.holder()}
        acts.note(**given, at=it.at, text="یادداشت خودکار")
        acts.join(**given, at=it.at, channel="web")
        sweep(at=NOON + timedelta(hours=30))
        state = store.lock(it.case.id)
        assert state.clock(1).started_at == NOON
        assert state.clock(1).due_at == NOON + timedelta(hours=48)
        assert state.determined_at is None

    def test_starts_when_the_case_is_saved(self, story: Make) -> None:
        later = NOON + timedelta(minutes=7)
        assert story(at=later).case.clock(1).started_at == later

    def test_a_hand_over_gives_the_next_unit_its_own_time(self, story: Make) -> None:
        it = story()
        it.after(hours=40).act("return", return_reason="این محل در حوزهٔ ما نیست")
        it.act("refer", category="C01", district=5)
        lead = it.case.lead
        assert lead is not None
        assert it.case.clock(lead.number).due_at == it.at + timedelta(hours=48)
        assert it.case.clock(0).started_at == NOON


@pytest.mark.django_db
class TestNoCaseWithoutTarget:
    """Pitfall 19."""

    @pytest.mark.parametrize("category", ["", "C01", "W01", "U01", "N01"])
    def test_every_registration_has_a_deadline(self, story: Make, category: str) -> None:
        it = story(category=category, district=None if category == "" else 2)
        lead = it.case.lead
        assert lead is not None
        assert it.case.clock(lead.number).next_due_at is not None
        assert it.case.clock(0).next_due_at is not None

    def test_a_result_without_words_is_refused(self, story: Make, qom: CityPolicy) -> None:
        from peygir.cases.refusals import WrongEvidence

        it = story()
        with pytest.raises(WrongEvidence):
            it.act("report", staff_of(qom, "d3-civil"))
