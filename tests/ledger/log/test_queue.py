"""Nothing that was committed is lost on the way to the log, in whatever order it was committed."""

import random
import threading
import time

import pytest
from django.db import connection, transaction

from peygir.ledger.log import queue, seal, sequence
from peygir.ledger.models import Chain, Event, Head, Leaf, Unsealed
from peygir.ledger.statement import run
from tests.ledger.log.play import NOON, STEP, checked, happen, sealed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty")]

WRITERS = 8
EVENTS = 60  # of each writer


def write_slowly(seed: int, done: list[int]) -> None:
    """Events in transactions that end when they like; some do not end well."""
    dice = random.Random(seed)
    for _ in range(EVENTS):
        with transaction.atomic():
            happen(seed * 1000 + dice.randrange(5))
            time.sleep(dice.choice((0, 0, 0.001, 0.02)))
            if dice.random() < 0.1:
                transaction.set_rollback(True)
            else:
                done.append(1)
    connection.close()


class Cursor:
    """How it must not be done: events above the number that was seen last."""

    def __init__(self) -> None:
        self.last, self.found = 0, set[int]()

    def look(self) -> None:
        rows = run("select id from ledger_event where id > %s order by id", [self.last])
        self.found.update(number for (number,) in rows)
        self.last = max([self.last, *(number for (number,) in rows)])


def overtaken(naive: Cursor, done: list[int]) -> None:
    """An event that is committed after one with a higher number was seen."""
    written, seen = threading.Event(), threading.Event()

    def slowly() -> None:
        with transaction.atomic():
            happen(1)
            written.set()
            seen.wait(60)
        connection.close()

    slow = threading.Thread(target=slowly)
    slow.start()
    assert written.wait(60)
    time.sleep(0.01)  # numbers grow by the millisecond
    happen(2)
    naive.look()
    seen.set()
    slow.join()
    done += [1, 1]


def test_many_writers_lose_nothing_and_a_cursor_would() -> None:
    done: list[int] = []
    writers = [
        threading.Thread(target=write_slowly, args=(seed, done)) for seed in range(1, WRITERS + 1)
    ]
    naive, at = Cursor(), NOON
    overtaken(naive, done)
    for each in writers:
        each.start()
    while any(each.is_alive() for each in writers):
        at += STEP
        seal.seal(at=at)
        naive.look()
    for each in writers:
        each.join()
    sealed(at)
    naive.look()
    written = set(Event.objects.filter(kind="played").values_list("id", flat=True))
    told = set(Leaf.objects.exclude(event_id=None).values_list("event_id", flat=True))
    assert len(done) == len(written)
    assert told == written
    assert written - naive.found, "the trap that the queue avoids"
    found = checked()  # and n of every case grows by one
    assert found.cases == Chain.objects.count()


def test_a_place_that_fails_gives_the_events_back(monkeypatch: pytest.MonkeyPatch) -> None:
    happen(1, 2, 3)

    def broken(*given: object) -> None:
        raise ValueError

    with monkeypatch.context() as patch:
        patch.setattr(sequence, "write", broken)
        seal.seal(at=NOON)
    assert Unsealed.objects.count() == 3
    assert Head.objects.get().size == 0
    sealed()
    assert checked().cases == 3


def test_what_waits_is_counted_up_to_a_batch() -> None:
    assert queue.waiting().is_empty
    [first, _] = happen(1, 2)
    found = queue.waiting()
    assert (found.events, found.notes) == (2, False)
    assert found.since == Event.objects.get(pk=first.id).recorded_at
    queue.propose({"t": "stats.published", "v": 1})
    assert queue.waiting().notes
