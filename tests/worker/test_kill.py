"""Ten workers are killed amid thousands of deadlines: none is lost, none fires twice."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from peygir.ledger.models import Event
from peygir.notices.models import Notice
from tests.city import Make

ROOT = Path(__file__).resolve().parents[2]
CASES = 3_000  # copies of the rows of one that was registered
KILLS = 10
WAVE = CASES // KILLS  # deadlines that are over between two kills
WORKERS = 3
PATIENCE_S = 120

COPY_CASES = """
insert into cases_case select x.* from generate_series(1, %(count)s) n(n), cases_case c,
 jsonb_populate_record(c, jsonb_build_object('id', n.n, 'code', lpad(n.n::text, 12, '0'))) x
where c.id = %(seed)s;
insert into cases_referral select x.* from generate_series(1, %(count)s) n(n), cases_referral r,
 jsonb_populate_record(r, jsonb_build_object(
  'case_id', n.n, 'id', nextval('cases_referral_id_seq'))) x
where r.case_id = %(seed)s;
insert into cases_clock select x.* from generate_series(1, %(count)s) n(n), cases_clock k,
 jsonb_populate_record(k, jsonb_build_object(
  'case_id', n.n, 'id', nextval('cases_clock_id_seq'))) x
where k.case_id = %(seed)s;
"""


@contextmanager
def workers() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Real worker processes on the test's database."""
    running = [start() for _ in range(WORKERS)]
    try:
        yield running
    finally:
        for each in running:
            each.kill()
            each.wait()


def start() -> subprocess.Popen[bytes]:
    environment = os.environ | {"PEYGIR_DB_NAME": connection.settings_dict["NAME"]}
    if "DATABASE_URL" in environment:
        base = environment["DATABASE_URL"].rsplit("/", 1)[0]
        environment["DATABASE_URL"] = f"{base}/{connection.settings_dict['NAME']}"
    return subprocess.Popen(
        [sys.executable, "manage.py", "work"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def make_due(wave: int) -> None:
    """Let the deadlines of the next `WAVE` cases be over."""
    first = wave * WAVE + 1
    with connection.cursor() as cursor:
        cursor.execute(
            "update cases_clock set due_ats = array(select d - interval '30 hours' "
            "from unnest(due_ats) d), next_due_at = next_due_at - interval '30 hours', "
            "due_at = due_at - interval '30 hours' "
            "where number = 1 and case_id between %s and %s",
            [first, first + WAVE - 1],
        )


def wait_until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < until, "the workers have stopped working"
        time.sleep(0.01)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("Q2")
def test_no_deadline_is_lost_or_fires_twice_when_workers_are_killed(story: Make) -> None:
    seed = story(at=datetime.now(UTC) - timedelta(hours=20)).case.id
    with connection.cursor() as cursor:
        cursor.execute(COPY_CASES, {"count": CASES, "seed": seed})
    dice = random.Random(137)
    with workers() as running:
        for wave in range(KILLS):
            make_due(wave)
            wait_until(lambda wave=wave: fired() > wave * WAVE)
            victim = dice.randrange(WORKERS)
            running[victim].send_signal(signal.SIGKILL)
            running[victim].wait()
            running[victim] = start()
        wait_until(lambda: fired() >= CASES)
    events = Event.objects.filter(kind="clock.fired")
    assert events.count() == CASES
    assert events.values("subject_id", "clock", "generation", "rung").distinct().count() == CASES
    assert Notice.objects.filter(audience="staff", digest=True).count() == CASES


def fired() -> int:
    return Event.objects.filter(kind="clock.fired").count()
