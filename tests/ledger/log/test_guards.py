"""What the database itself holds of the public log, whoever asks."""

import pytest
from django.db import DatabaseError, connection, transaction

from peygir.ledger.models import Event, Head, Leaf, Unsealed
from peygir.ledger.statement import run
from tests.ledger.log.play import happen, sealed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty")]


def refused(statement: str) -> str:
    with pytest.raises(DatabaseError) as caught:
        _execute(statement)
    return str(caught.value)


def _execute(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local peygir.tests = off")
        cursor.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "update ledger_leaf set body = 'x'",
        "delete from ledger_leaf",
        "truncate ledger_leaf",
    ],
)
def test_a_leaf_is_never_changed_or_removed(statement: str) -> None:
    happen(1)
    sealed()
    assert "leaves are never changed" in refused(statement)
    assert Leaf.objects.count() == 2


@pytest.mark.parametrize(
    "change",
    [
        "leaf_index = 9",
        "leaf_index = null",
        "leaf_index = 9, kind = 'other'",
        "facts = '{\"a\": 1}'",
    ],
)
def test_a_sealed_event_keeps_its_place_and_its_words(change: str) -> None:
    happen(1)
    sealed()
    assert "never changed" in refused(f"update ledger_event set {change} where leaf_index > 0")


def test_an_event_gets_its_place_and_nothing_else_with_it() -> None:
    [event] = happen(1)
    words = refused(f"update ledger_event set leaf_index = 1, cycle = 2 where id = {event.id}")
    assert "never changed" in words
    run("update ledger_event set leaf_index = 1 where id = %s", [event.id])
    assert Event.objects.get(pk=event.id).leaf_index == 1


def test_an_event_is_queued_by_whatever_statement_writes_it() -> None:
    [event] = happen(1)
    run(
        "with other as (insert into ledger_event (subject, subject_id, kind, stage, step, cycle, "
        "unit, actor_kind, actor_post, happened_at, policy, facts) select subject, n, kind, stage, "
        "step, cycle, unit, actor_kind, actor_post, happened_at, policy, facts "
        "from ledger_event, generate_series(1, 500) n where id = %s returning 1) "
        "select count(*) from other",
        [event.id],
    )
    assert Unsealed.objects.count() == 501
    assert (
        Event.objects.exclude(pk__in=Unsealed.objects.values("pk")).filter(kind="played").count()
        == 0
    )


def test_an_event_that_was_not_written_is_not_queued() -> None:
    with transaction.atomic():
        happen(1)
        transaction.set_rollback(True)
    assert not Unsealed.objects.exists()


def test_a_log_has_one_head() -> None:
    happen(1)
    sealed()
    assert "log_has_one_head" in refused(
        "insert into ledger_head (id, origin, year, base, size, frontier, tidied, is_handed_over) "
        "values (2, 'x', 1405, 0, 0, '', 0, false)"
    )
    assert Head.objects.count() == 1
