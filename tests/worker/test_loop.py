"""The loops: they outlive errors, stop when asked, and their audit finds what was forgotten."""

import io
import logging
import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection

from peygir.cases import acts
from peygir.cases.models import Clock
from peygir.ledger.models import Unsealed
from peygir.notices import outbox
from peygir.notices.models import DevMessage, Heartbeat, Notice
from peygir.people.models import Citizen
from peygir.worker import audit, loop, turns
from tests.city import NOON, PHONE, Make, staff_of
from tests.kannel.gateway import wait_until

ROOT = Path(__file__).resolve().parents[2]


def counts(at: datetime) -> dict[str, int]:
    return {each.name: each.count for each in audit.findings(at=at) if each.alarming}


@pytest.mark.django_db
def test_an_error_in_a_turn_is_logged_without_its_text_and_tried_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    stop, turns_taken = threading.Event(), []

    def turn() -> bool:
        turns_taken.append(1)
        if len(turns_taken) < 2:
            raise DatabaseError("phone 09123456789")
        stop.set()
        return False

    job = loop.Job(name="test", turn=turn, every_s=0)
    caplog.set_level(logging.ERROR)
    loop.keep([job], stop)
    assert len(turns_taken) == 2
    assert "0912" not in "".join(record.getMessage() for record in caplog.records)


@pytest.mark.django_db
def test_a_turn_with_more_to_do_is_taken_again_at_once() -> None:
    job = loop.Job(name="test", turn=lambda: True, every_s=3600)
    loop.take(job)
    more = job.next_at
    job.turn = lambda: False
    loop.take(job)
    assert job.next_at > more + 3000


@pytest.fixture
def young(qom: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """An hour after the city's adoption, of which the public log knows: the tests' own city was
    adopted on a fixed day, and written down by the first test that ran."""
    monkeypatch.setattr(turns, "now", lambda: NOON + timedelta(hours=1))
    Unsealed.objects.all().delete()


@pytest.mark.django_db
class TestAudit:
    @pytest.mark.requirement("Q2")
    @pytest.mark.usefixtures("young")
    def test_all_is_well_while_the_worker_works(self, story: Make) -> None:
        story(at=turns.now())
        turns.beat("clocks")()
        turns.beat("notices")()
        assert counts(turns.now()) == {}

    def test_a_silent_worker_is_an_alarm(self, story: Make) -> None:
        at = turns.now()  # the database writes down when it was told
        story(at=at)
        assert counts(at + timedelta(days=3)) == {
            "clocks_late": 1,
            "urgent_late": 1,
            "log_late": 2,  # the policy's adoption and the registration
            "rows_uncompared": 1,
            "loops_silent": 2,
        }

    def test_a_pause_that_should_be_over_is_an_alarm(self, story: Make) -> None:
        it = story()
        boss = next(p for p in it.policy.organisation.posts.values() if "centre_head" in p.roles)
        acts.pause(
            policy=it.policy,
            case_id=it.case.id,
            actor=staff_of(it.policy, boss.unit, head=boss.head),
            at=it.at,
            reason="weather",
            until=it.at + timedelta(hours=2),
        )
        assert counts(it.at + timedelta(hours=2, minutes=6))["pauses_over"] == 1

    @pytest.mark.usefixtures("young")
    def test_the_command_says_so_by_its_exit_code(self) -> None:
        out = io.StringIO()
        with pytest.raises(SystemExit) as ended:
            call_command("audit", stdout=out)
        assert ended.value.code == 1
        assert "ALARM" in out.getvalue()
        Heartbeat.objects.all().delete()
        turns.beat("clocks")()
        turns.beat("notices")()
        out = io.StringIO()
        call_command("audit", stdout=out)
        assert "ALARM" not in out.getvalue()

    def test_an_alarm_is_logged_as_numbers_only(
        self, story: Make, caplog: pytest.LogCaptureFixture
    ) -> None:
        story(at=NOON - timedelta(days=30))
        Notice.objects.update(not_before=NOON - timedelta(days=400))
        caplog.set_level(logging.ERROR)
        audit.alarm()
        said = " ".join(record.getMessage() for record in caplog.records)
        assert "deadlines" in said or "messages" in said
        assert PHONE[-9:] not in said


@pytest.mark.django_db
class TestOnce:
    def test_one_round_does_all_that_is_due(self, story: Make) -> None:
        it = story(at=datetime.now(UTC) - timedelta(hours=60))
        call_command("work", "--once")
        assert Clock.objects.get(case_id=it.case.id, number=1).rung == 3
        assert DevMessage.objects.filter(channel="sms").count() == 1

    def test_before_a_city_is_loaded_there_is_nothing_to_do(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(turns, "is_adopted", lambda: False)
        assert turns.clocks() is turns.notices() is turns.digests() is False

    def test_cleaning_forgets_what_nobody_needs(self, story: Make) -> None:
        story(at=datetime.now(UTC) - timedelta(days=9))
        DevMessage.objects.create(
            channel="sms", recipient="x", body="y", at=NOON - timedelta(days=999)
        )
        assert turns.cleaning() is True
        assert not DevMessage.objects.exists()
        assert Notice.objects.get().failure == "too_old"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_process_works_beats_and_stops_cleanly_when_asked(story: Make, tmp_path: Path) -> None:
    it = story(at=datetime.now(UTC) - timedelta(hours=49))
    maryam = Citizen.objects.get(phone=PHONE)
    outbox.queue_code(maryam.pk, "48213", "phone", "fa", datetime.now(UTC))
    environment = os.environ | {"PEYGIR_DB_NAME": str(connection.settings_dict["NAME"])}
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "work"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
        try:
            wait_until(lambda: Heartbeat.objects.count() == 2, "the beat")
            wait_until(lambda: Clock.objects.get(case_id=it.case.id, number=1).rung == 3, "firing")
            wait_until(lambda: DevMessage.objects.filter(body__contains="48213").exists(), "code")
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
        finally:
            process.kill()
            process.wait()
    said = (tmp_path / "log").read_text()
    assert "Traceback" not in said
    assert PHONE[-9:] not in said
    assert "48213" not in said
