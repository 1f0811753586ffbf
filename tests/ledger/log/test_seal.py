"""Sealing: what happened becomes a log that an outsider's program finds whole."""

from datetime import timedelta

import pytest

from peygir.ledger.log import files, queue, seal, sequence, stops
from peygir.ledger.models import Chain, Checkpoint, Event, Head, Leaf, Note, Unsealed
from peygir.verify.canonical import parse
from tests.ledger.log.play import (
    LOUD,
    NOON,
    QUIET,
    STEP,
    checked,
    happen,
    public_of,
    published_leaves,
    sealed,
    snapshot,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty")]


def test_the_database_queues_every_event_itself() -> None:
    events = happen(1, 2, 1)
    assert list(Unsealed.objects.order_by("event_id").values_list("event_id", flat=True)) == [
        event.id for event in events
    ]


def test_what_happened_can_be_checked_by_an_outsider() -> None:
    happen(*range(1, 301), *range(1, 301), 7)
    sealed()
    found = checked()
    assert found.checkpoint.size == 602  # and the key that promises
    assert found.cases == 300
    assert found.kinds["case.registered"] == 300
    assert not Unsealed.objects.exists()


def test_a_growing_log_stays_whole_at_every_size() -> None:
    at = NOON
    for count in (1, 3, 250, 2, 256, 300, 1):
        happen(*range(1, count + 1))
        at = sealed(at)
        assert checked().checkpoint.size == Head.objects.get().size == Leaf.objects.count()
    assert next(parse(body)["t"] for body in published_leaves()) == "key.delegated"


def test_leaves_of_one_case_keep_their_order_while_cases_are_mixed() -> None:
    happen(*[1, 2, 3, 4, 5] * 20)
    sealed()
    rows = list(Event.objects.exclude(leaf_index=None).order_by("leaf_index"))
    assert [row.id for row in rows] != sorted(row.id for row in rows)
    for case in range(1, 6):
        own = [row.id for row in rows if row.subject_id == case]
        assert own == sorted(own)
        assert Chain.objects.get(subject_id=case).n == 20
        assert bytes(Chain.objects.get(subject_id=case).public) == public_of(case)


def test_an_event_without_a_leaf_only_leaves_the_queue() -> None:
    [event] = happen(1, kind=QUIET)
    sealed()
    assert Event.objects.get(pk=event.id).leaf_index is None
    assert not Unsealed.objects.exists()


def test_rules_come_before_the_cases_of_the_same_batch() -> None:
    happen(1, 2)
    happen(9, subject="policy")
    sealed()
    assert [parse(body)["t"] for body in published_leaves()][:2] == [
        "key.delegated",
        "ruleset.published",
    ]


def test_a_leaf_can_name_the_leaf_that_it_is_about() -> None:
    [late] = happen(1)
    happen(2, facts={"about": late.id})
    sealed()
    index = Event.objects.get(pk=late.id).leaf_index
    happen(3, facts={"about": late.id})
    sealed(NOON + STEP * 9)
    refs = [parse(body).get("ref") for body in published_leaves()]
    assert [ref for ref in refs if ref is not None] == [index, index]


def test_a_leaf_about_an_event_without_one_stops_sealing() -> None:
    [late] = happen(1, kind=QUIET)
    happen(2, facts={"about": late.id})
    assert not seal.seal(at=NOON)
    assert stops.current().reason == stops.LEAVES


def test_what_cannot_be_told_stops_sealing_until_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    happen(1)
    at = sealed()
    before = snapshot()
    happen(1, 2, kind=LOUD)
    assert not seal.seal(at=at + STEP)
    assert stops.current().reason == stops.LEAVES
    assert Unsealed.objects.count() == 2
    assert snapshot() == before
    monkeypatch.setattr("tests.ledger.log.play.LOUD", "")
    sealed(at + STEP)
    assert checked().checkpoint.size == 4


def test_a_leaf_longer_than_a_bundle_allows_stops_sealing() -> None:
    queue.propose({"t": "x", "v": 1, "text": "x" * 70_000})
    assert not seal.seal(at=NOON)
    assert stops.current().reason == stops.LEAVES
    assert Note.objects.exists()


def test_nothing_is_published_between_two_checkpoints_of_a_quiet_minute() -> None:
    happen(1)
    at = sealed()
    happen(2)
    assert not seal.seal(at=at + timedelta(seconds=1))
    assert Unsealed.objects.count() == 1
    seal.seal(at=at + seal.CADENCE)
    assert Checkpoint.objects.count() == 2


def test_a_whole_batch_does_not_wait_and_more_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "BATCH", 10)
    monkeypatch.setattr(sequence.drain, "__defaults__", (10,))
    happen(*range(25))
    assert seal.seal(at=NOON)
    assert seal.seal(at=NOON)
    assert not seal.seal(at=NOON)
    assert Unsealed.objects.count() == 5
    sealed()
    assert checked().cases == 25


def test_without_leaves_to_tell_nothing_is_sealed(settings: object) -> None:
    settings.LEAVES = ""
    happen(1)
    assert not seal.seal(at=NOON)
    assert Unsealed.objects.count() == 1
    assert not files.root().exists()
