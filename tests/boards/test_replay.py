"""The replay check: silent when rows and events agree, exact about what differs."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from peygir.boards import replay
from peygir.boards.replay import Scope, differences
from peygir.cases import acts, sweep
from peygir.cases.models import Case, Clock, Referral
from peygir.people.models import Unit
from peygir.policy.model import CityPolicy
from tests.city import NOON, Story, reported, staff_of

pytestmark = pytest.mark.django_db


def found(**options: int) -> list[str]:
    return list(differences(Scope(**options)))


@pytest.fixture
def city(qom: CityPolicy) -> Story:
    """A case that went all the way round, one that is late, and one that waits."""
    it = Story(qom)
    it.after(hours=20).report()
    it.after(hours=1).dissatisfied()
    it.after(hours=5).inspected("not_done")
    it.act("not_confirmed")
    reported(qom, category="W01")
    sweep.drain(at=NOON + timedelta(days=6))
    paused = reported(qom, category="W02", at=NOON + timedelta(days=5)).case
    acts.pause(
        policy=qom,
        case_id=paused.id,
        actor=staff_of(qom, "centre", head=True),
        at=NOON + timedelta(days=5, hours=2),
        reason="weather",
        until=NOON + timedelta(days=6),
    )
    return it


def test_rows_that_events_made_are_no_difference(city: Story) -> None:
    scope = Scope()
    assert list(differences(scope)) == []
    assert scope.counted["cases"] == 3
    assert scope.counted["policies"] >= 1


def test_a_changed_case_is_found(city: Story) -> None:
    Case.objects.filter(pk=city.case.id).update(district=7)
    assert found() == [f"case {city.case.id}: district is 7, events say 3"]


def test_a_changed_referral_is_found(city: Story) -> None:
    Referral.objects.filter(case_id=city.case.id, number=1).update(unit="d1-civil")
    assert found() == [f"case {city.case.id} referral 1: unit is d1-civil, events say d3-civil"]


def test_a_moved_deadline_is_found(city: Story) -> None:
    clock = Clock.objects.get(case_id=city.case.id, number=1)
    Clock.objects.filter(pk=clock.pk).update(due_at=clock.due_at + timedelta(hours=9))
    (line,) = found()
    assert line.startswith(f"case {city.case.id} clock 1: due_at is")


def test_a_row_without_events_is_found(city: Story) -> None:
    with transaction.atomic():  # taken back, because the database would not let it be committed
        Case.objects.create(
            id=5, code="000000000000", kind="request", channel="web", stage="x", status="x",
            unit="x", opened_at=NOON, closed_at=NOON, ending="x", policy="x",
        )  # fmt: skip
        lines = found()
        transaction.set_rollback(True)
    assert lines == ["case 5: its events make no case (ValueError: no events: no case)"]


def test_an_event_without_rows_is_found(city: Story) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into ledger_event (subject, subject_id, kind, stage, step, cycle, unit, "
            "actor_kind, actor_post, happened_at, policy, facts) values ('case', 9, "
            "'case.registered', '', '', 1, '', 'system', '', %s, 'x', '{}')",
            [NOON],
        )
    assert found() == ["case 9: was registered but has no row"]


def test_an_organisation_that_nobody_adopted_is_found(city: Story) -> None:
    Unit.objects.filter(pk="d1-civil").update(fa="نامی دیگر")
    (line,) = found()
    assert line.startswith("unit d1-civil: fa is نامی دیگر, events say فنی و عمرانی")
    assert Unit.objects.get(pk="d1-civil").fa == "نامی دیگر", "a check changes nothing"


def test_a_sample_looks_at_that_many(city: Story) -> None:
    scope = Scope(sample=2)
    assert list(differences(scope)) == []
    assert scope.counted["cases"] == 2


def test_cases_are_read_in_batches(city: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "BATCH", 1)
    reached: list[tuple[int, int]] = []
    scope = Scope(advance=lambda done, total: reached.append((done, total)))
    assert list(differences(scope)) == []
    assert reached == [(1, 3), (2, 3), (3, 3)]


class TestTheCommand:
    def test_says_that_all_is_equal(self, city: Story) -> None:
        out = StringIO()
        call_command("replay", "--check", stdout=out)
        assert out.getvalue().startswith("Equal: ")
        assert "3 cases" in out.getvalue()

    def test_shows_the_first_differences_and_counts_the_others(self, city: Story) -> None:
        Case.objects.update(channel="fax")
        out = StringIO()
        with pytest.raises(CommandError, match="3 differences"):
            call_command("replay", "--check", "--show=1", stdout=out)
        assert out.getvalue().count("channel is fax") == 1

    def test_refuses_a_sample_of_nothing(self, qom: CityPolicy) -> None:
        with pytest.raises(CommandError, match="--sample"):
            call_command("replay", "--check", "--sample=0")
