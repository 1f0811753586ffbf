"""A night's comparison does not grow with closed cases, and within a round it sees each of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from peygir.boards import reconcile
from peygir.boards.models import Comparison
from peygir.cases.models import Case
from peygir.cases.sweep import drain
from peygir.evaluation.models import Point
from peygir.ledger.entry import CITIZEN
from peygir.ledger.scope import Part, Scope
from peygir.policy.model import CityPolicy
from peygir.worker import nights, turns
from tests.boards.test_reconcile import DAY, NIGHT, alarms, cheat
from tests.city import NOON, Story
from tests.desk.people import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("T12")]


@pytest.fixture
def night(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Comparison]:
    """The comparison of the night so many days later."""

    def take(number: int = 0) -> Comparison:
        at = NIGHT + number * DAY
        monkeypatch.setattr(turns, "now", lambda: at)
        while nights.turn():
            continue
        last = reconcile.last()
        assert last is not None
        assert last.started_at == at
        return last

    return take


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two cases and thirty events of the round each night."""
    monkeypatch.setattr(reconcile, "CASES_A_NIGHT", 2)
    monkeypatch.setattr(reconcile, "EVENTS_A_NIGHT", 30)
    monkeypatch.setattr(reconcile, "EVENTS", 10)
    monkeypatch.setattr(reconcile, "SETTLED", timedelta(days=-36_500))  # whenever it was


def closed(policy: CityPolicy, count: int) -> list[Story]:
    told = [Story(policy, at=NOON - DAY) for _ in range(count)]
    for story in told:
        story.after(hours=20).report()
        story.after(hours=1).satisfied()
    return told


class Read:
    """Rows that statements gave, and how many statements there were."""

    def __init__(self) -> None:
        self.rows = self.statements = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found = execute(sql, params, many, context)
        self.rows += max(0, context["cursor"].rowcount)
        self.statements += 1
        return found


@contextmanager
def reading() -> Iterator[Read]:
    read = Read()
    with connection.execute_wrapper(read):
        yield read


@pytest.mark.usefixtures("small")
class TestANight:
    def test_reads_no_more_however_many_are_closed(
        self, qom: CityPolicy, night: Callable[[int], Comparison]
    ) -> None:
        Story(qom)
        spent = []
        for number, more in enumerate((8, 16, 32)):
            closed(qom, more)
            night(10 * number)
            with reading() as read:
                row = night(10 * number + 1)
            assert row.cases == 3  # the open one, and two of the round
            spent.append((read.rows, read.statements))
        assert spent[0][0] > 0
        assert max(spent) <= (spent[0][0] * 1.1, spent[0][1])

    def test_takes_up_what_had_an_event_since(
        self, qom: CityPolicy, night: Callable[[int], Comparison]
    ) -> None:
        told = closed(qom, 12)
        night(0)
        late = told[11].case
        Story(qom, at=NOON).after(hours=1).report()
        told[11].after(hours=1).act("objection", CITIZEN, objection_reason="نشد")
        Case.objects.filter(pk=late.id).update(district=7)
        row = night(1)
        assert any(f"case {late.id}: district is 7" in line for line in row.lines)

    def test_sees_what_was_closed_without_an_event(
        self, qom: CityPolicy, night: Callable[[int], Comparison]
    ) -> None:
        closed(qom, 12)
        held = Story(qom)
        night(0)
        cheat(
            "update cases_case set closed_at = opened_at, ending = 'satisfied', status = 'closed'"
            f" where id = {held.case.id}",
            f"update cases_referral set closed_at = opened_at where case_id = {held.case.id}",
        )
        assert any(f"case {held.case.id}: closed_at" in line for line in night(1).lines)

    def test_goes_on_where_a_worker_died(
        self, qom: CityPolicy, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        closed(qom, 3)
        looked: list[Part | None] = []
        real = reconcile.differences

        def differences(scope: Scope) -> Iterator[str]:
            looked.append(scope.part)
            if len(looked) == 3:
                raise ConnectionError
            return real(scope)

        monkeypatch.setattr(reconcile, "differences", differences)
        monkeypatch.setattr(reconcile, "SLICE_S", 0)
        turns_taken = 0
        while True:
            try:
                more = reconcile.turn(qom, at=NIGHT)
            except ConnectionError:
                continue
            turns_taken += 1
            if not more:
                break
        assert turns_taken > len(reconcile.WALKS)
        assert looked[2] == looked[3], "the part in which it died is looked at again"
        assert len({(each.events, tuple(each.cases)) for each in looked if each}) == len(looked) - 1
        assert not reconcile.is_due(qom, at=NIGHT + timedelta(hours=1))


@pytest.mark.usefixtures("small")
class TestARound:
    def test_finds_a_closed_row_that_somebody_changed(
        self, qom: CityPolicy, night: Callable[[int], Comparison]
    ) -> None:
        """Wherever in the round it lies: five nights see all of eight."""
        told = closed(qom, 8)
        for story in told[::3]:
            Comparison.objects.all().delete()
            night(0)
            cheat(f"update cases_case set district = 9 where id = {story.case.id}")
            found = [night(number).found for number in range(1, 6)]
            assert any(found), story.case.id
            cheat(f"update cases_case set district = 3 where id = {story.case.id}")

    def test_alarms_every_morning_until_it_is_mended(
        self, qom: CityPolicy, night: Callable[[int], Comparison]
    ) -> None:
        told = closed(qom, 8)
        cheat(f"update cases_case set district = 9 where id = {told[0].case.id}")
        assert [night(number).found for number in range(4)] == [1, 1, 1, 1]
        assert "rows_differ" in alarms(NIGHT + 3 * DAY)
        cheat(f"update cases_case set district = 3 where id = {told[0].case.id}")
        assert night(4).found == 0
        assert Comparison.objects.filter(found=1).count() == 4, "what was found stays known"
        assert not Comparison.objects.filter(day__lt=night(5).day).exclude(wrong=[]).exists()

    def test_finds_points_without_their_event(
        self, qom: CityPolicy, night: Callable[[int], Comparison]
    ) -> None:
        told = closed(qom, 6)
        late = Story(qom)
        drain(at=NOON + 6 * DAY)
        late.after(days=7).report()
        late.after(hours=1).satisfied()
        assert Point.objects.count() > 0
        night(0)
        cheat("delete from evaluation_point where id = (select min(id) from evaluation_point)")
        lines = [line for number in range(1, 9) for line in night(number).lines]
        assert any("point of event" in line and "is missing" in line for line in lines)
        assert told

    def test_the_page_says_since_when_all_was_compared(
        self, qom: CityPolicy, night: Callable[[int], Comparison]
    ) -> None:
        closed(qom, 3)
        assert night(0).whole_since is None
        days = [night(number).whole_since for number in range(1, 9)]
        assert (NIGHT + timedelta(hours=4)).date() in days
        page = signed_in("centre-head").get("/en/desk/log/").content.decode()
        assert "Everything was compared since" in page
        assert "within 1 night" in page


class TestTheWhole:
    def test_is_compared_by_command_and_kept(
        self, qom: CityPolicy, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told = closed(qom, 3)
        assert "Equal: " in command()
        row = Comparison.objects.get()
        assert (row.is_done, row.cases, row.whole_since) == (True, 3, row.day)
        assert not reconcile.turn(qom, at=row.started_at)
        cheat(f"update cases_case set district = 9 where id = {told[1].case.id}")
        with pytest.raises(CommandError, match="1 differences"):
            command()
        assert Comparison.objects.get().lines == [
            f"case {told[1].case.id}: district is 9, events say 3"
        ]

    def test_is_no_sample(self, qom: CityPolicy) -> None:
        with pytest.raises(CommandError, match="exclude"):
            call_command("replay", "--check", "--all", "--sample=3")


def command() -> str:
    out = StringIO()
    call_command("replay", "--check", "--all", stdout=out)
    return out.getvalue()
