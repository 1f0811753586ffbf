"""The nightly comparison of rows and events, and what nobody gains by changing rows: no public page
says anything else, and in the morning an admin knows."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client

from peygir.boards import reconcile
from peygir.boards.models import Comparison
from peygir.cases.models import Case
from peygir.ledger.log import files
from peygir.ledger.models import Event
from peygir.observatory import frame
from peygir.policy.model import CityPolicy
from peygir.publication import figures, receipts
from peygir.verify import errors
from peygir.verify.cli import main
from peygir.worker import audit, nights, turns
from tests.city import NOON, Story
from tests.desk.people import signed_in
from tests.publication.conftest import Seal, folders, sealed

__all__ = ["folders", "sealed"]

pytestmark = pytest.mark.django_db

NIGHT = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)  # two o'clock in Tehran, of 2 Azar
DAY = timedelta(days=1)
PUBLIC = (
    "/observatory/", "/observatory/units/", "/observatory/units/d3/", "/observatory/ranking/",
    "/observatory/managers/", "/observatory/districts/", "/observatory/subjects/",
    "/observatory/corrections/",
)  # fmt: skip


@pytest.fixture
def night(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """A turn of the worker at an instant."""

    def take(at: datetime) -> None:
        monkeypatch.setattr(turns, "now", lambda: at)
        while nights.turn():
            continue

    return take


def alarms(at: datetime) -> set[str]:
    return {each.name for each in audit.findings(at=at) if each.alarming}


def shown(path: str, **fields: str) -> str:
    """A public page, drawn anew, without what changes with every visit."""
    frame.forget()
    client = Client()
    answer = client.post(path, fields) if fields else client.get(path)
    assert answer.status_code == 200, path
    return "\n".join(line for line in answer.content.decode().split("\n") if "csrf" not in line)


def cheat(*statements: str) -> None:
    """What somebody with the password of the database types, past every guard."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate; set constraints all deferred")
        cursor.execute("set local session_replication_role = replica")
        for each in statements:
            cursor.execute(each)
        cursor.execute("set local session_replication_role = origin")


@pytest.mark.requirement("T12", "T13")
def test_a_changed_status_moves_no_public_figure_and_raises_the_alarm(
    qom: CityPolicy, sealed: Seal, night: Callable[[datetime], None]
) -> None:
    """Cheat 16 of the ledger's design: a late case becomes a prompt one, without an event."""
    late = Story(qom)
    late.after(hours=60).report()
    at = NOON + timedelta(hours=61)
    sealed(at)
    figures.publish(at=at)
    sealed(at + timedelta(minutes=1))
    code = receipts.code_of(late.case.id)
    before = [shown(path) for path in PUBLIC], shown("/receipt/", code=code)
    night(NIGHT + 2 * DAY)
    assert not {"rows_differ", "rows_uncompared"} & alarms(NIGHT + 2 * DAY)

    cheat(
        "update cases_case set executive_unit = 'd1-civil', unit = 'd1-civil', district = 1,"
        " status = 'closed', closed_at = opened_at + interval '1 hour', ending = 'satisfied'",
        "update cases_referral set closed_at = opened_at + interval '1 hour', outcome = 'report'",
        "update cases_clock set due_at = due_at + interval '30 days'",
        "delete from evaluation_point",
    )
    figures.publish(at=at + timedelta(hours=1))
    assert ([shown(path) for path in PUBLIC], shown("/receipt/", code=code)) == before
    keys = ["--vkey", str(files.root() / "vkeys.txt"), "--jobs", "1"]
    assert main(["stats", str(files.year_folder(1405)), "live", *keys]) == errors.OK

    night(NIGHT + 3 * DAY)
    assert "rows_differ" in alarms(NIGHT + 3 * DAY)
    kept = Comparison.objects.get(day=(NIGHT + 4 * DAY).date())
    assert kept.found == len(kept.lines) > 3
    assert f"case {late.case.id}: executive_unit is d1-civil, events say d3-civil" in kept.lines
    page = signed_in("centre-head").get("/en/desk/log/").content.decode()
    assert "somebody changed them" in page
    assert late.case.code not in page, "an admin learns that, not of whom"


def test_a_leaf_is_told_from_the_event_and_not_from_the_row(
    qom: CityPolicy, sealed: Seal, night: Callable[[datetime], None]
) -> None:
    """Rows changed before anything is sealed gain nothing either."""
    story = Story(qom)
    cheat("update cases_case set district = 1, unit = 'd1-civil', executive_unit = 'd1-civil'")
    sealed(NOON + timedelta(minutes=1))
    figures.publish(at=NOON + timedelta(minutes=1))
    assert "/observatory/units/d3/" in shown("/observatory/units/")
    assert "/observatory/units/d1/" not in shown("/observatory/units/")
    assert Case.objects.get(pk=story.case.id).unit == "d1-civil"


class TestNights:
    def test_once_in_a_night_whoever_works(
        self, qom: CityPolicy, night: Callable[[datetime], None]
    ) -> None:
        Story(qom)
        night(NIGHT - timedelta(hours=5))
        assert not Comparison.objects.exists(), "it is not night yet"
        night(NIGHT)
        night(NIGHT + timedelta(hours=1))
        row = Comparison.objects.get()
        assert (row.is_done, row.cases, row.found, row.started_at) == (True, 1, 0, NIGHT)
        assert reconcile.turn(qom, at=NIGHT) is False
        night(NIGHT + DAY)
        assert Comparison.objects.count() == 2

    def test_missed_nights_are_an_alarm_and_made_up_for_by_day(
        self, qom: CityPolicy, night: Callable[[datetime], None]
    ) -> None:
        Story(qom)
        start = Event.objects.order_by("id").values_list("happened_at", flat=True)[0]
        assert "rows_uncompared" not in alarms(start + DAY)
        late = (start + 3 * DAY).replace(hour=10)
        assert "rows_uncompared" in alarms(late)
        night(late)
        assert "rows_uncompared" not in alarms(late)
        assert "rows_uncompared" in alarms(late + 3 * DAY)

    def test_one_that_died_alarms_when_nobody_follows(self, qom: CityPolicy) -> None:
        Story(qom)
        Comparison.objects.create(day=NIGHT.date(), started_at=NIGHT)
        assert reconcile.last() is None

    def test_what_is_gone_at_a_second_look_was_an_act(
        self, qom: CityPolicy, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        looks = iter([["case 1: moves", "case 2: differs"], ["case 2: differs", "case 3: new"]])
        monkeypatch.setattr(reconcile, "differences", lambda _scope: iter(next(looks, ())))
        assert not reconcile.turn(qom, at=NIGHT)
        assert Comparison.objects.get().lines == ["case 2: differs"]

    def test_no_more_is_held_than_is_of_use(
        self, qom: CityPolicy, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reconcile, "FOUND_MAX", 3)
        monkeypatch.setattr(reconcile, "LINES_MAX", 2)
        lines = [f"case {number}: differs" for number in range(9)]
        monkeypatch.setattr(reconcile, "differences", lambda _scope: iter(lines))
        assert not reconcile.turn(qom, at=NIGHT)
        row = Comparison.objects.get()
        assert (row.found, row.lines) == (3, lines[:2])

    def test_before_a_city_is_loaded_there_is_nothing_to_do(
        self, db: None, night: Callable[[datetime], None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(turns, "is_adopted", lambda: False)
        night(NIGHT)
        assert not Comparison.objects.exists()


def test_the_page_says_when_it_was_compared(
    qom: CityPolicy, night: Callable[[datetime], None]
) -> None:
    client = signed_in("centre-head")
    assert "not yet" in client.get("/en/desk/log/").content.decode()
    Story(qom)
    night(NIGHT)
    page = client.get("/en/desk/log/").content.decode()
    assert "equal" in page
    assert "somebody changed" not in page
