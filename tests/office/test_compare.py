"""Both sides are compared: what differs is found, mended and written down."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from peygir.channels.office import contact, reconcile, turns
from peygir.channels.office.models import Handed, Person, Reconciliation
from peygir.channels.office.push import push
from peygir.channels.office.reconcile import reconcile as compare
from peygir.ledger import read
from peygir.policy.model import CityPolicy
from tests.city import reported
from tests.office.driver import Automation

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.requirement("M1"),
]
MINUTE = timedelta(minutes=1)
SAID = "آسفالت این نقطه امروز ترمیم شد."


def compared(at: datetime, *, whole: bool = False) -> Reconciliation:
    found = compare(at=at, whole=whole)
    assert found is not None
    return found


def steps(handed: Handed) -> list[str]:
    return [e.step for e in read.of("case", handed.case_id) if e.kind == "case.stepped"]


def test_every_difference_is_found_and_mended(
    automation: Automation, city: CityPolicy, at: datetime
) -> None:
    cases = [reported(city, at=at).case for _ in range(4)]
    push(at=at)
    lost, answered, closed, agreed = (Handed.objects.get(case_id=c.id) for c in cases)
    automation.forget(str(lost.id))
    automation.say("answer", str(closed.id), text=SAID)
    automation.say("answer", str(answered.id), text=SAID, tell=False)
    push(at=datetime.now(UTC))
    automation.reopen(str(closed.id))
    unnoted = reported(city, at=at).case
    Handed.objects.filter(case_id=unnoted.id).delete()
    now = datetime.now(UTC) + MINUTE
    report = compared(now)
    kinds = (reconcile.MISSING, reconcile.ANSWER, reconcile.STILL_OPEN, reconcile.NOT_NOTED)
    assert report.found == report.mended == dict.fromkeys(kinds, 1)
    assert (report.left, report.failure, report.whole) == ([], "", True)
    assert steps(answered) == steps(closed) == ["answer"]
    while push(at=now + MINUTE):
        pass
    cards = {i: c["state"] for i, c in automation.state()["cards"].items()}
    assert len(cards) == 5
    assert sorted(i for i, state in cards.items() if state == "open") == sorted(
        str(h.id) for h in Handed.objects.filter(closed_at=None)
    )
    assert str(agreed.id) in automation.open_cards()
    again = compared(now + 2 * MINUTE)
    assert (again.found, again.whole) == ({}, False)
    assert automation.deliver()[0]["status"] == 200  # told at last, and already done
    assert steps(answered) == ["answer"]


def test_after_a_restored_backup_over_there_nothing_is_lost(
    automation: Automation, city: CityPolicy, at: datetime
) -> None:
    for _ in range(2):
        reported(city, at=at)
    push(at=at)
    compared(at + MINUTE)
    for card in automation.open_cards():
        automation.forget(card)
    automation.forget_cursors()
    report = compared(at + 2 * MINUTE, whole=True)
    assert report.mended == {reconcile.MISSING: 2}
    push(at=at + 3 * MINUTE)
    assert len(automation.open_cards()) == 2


def test_a_cursor_that_they_forgot_begins_the_list_anew(
    automation: Automation, handed: Handed, at: datetime
) -> None:
    compared(at + MINUTE)
    automation.forget_cursors()
    report = compared(at + 2 * MINUTE)
    assert (report.read, report.failure) == (1, "")


def test_a_long_list_is_read_page_by_page(
    automation: Automation, city: CityPolicy, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile, "PAGE", 2)
    for _ in range(5):
        reported(city, at=at)
    push(at=at)
    assert compared(at + MINUTE).read == 5
    assert compared(at + 2 * MINUTE).read == 0


def test_what_cannot_be_mended_is_named_and_taken_when_it_can(
    automation: Automation, handed: Handed, at: datetime
) -> None:
    automation.say("answer", str(handed.id), text=SAID, personnel_number="7777", tell=False)
    report = compared(at + MINUTE)
    left = {(each["kind"], each["code"]) for each in report.left}
    assert (reconcile.ANSWER, "unknown_person") in left
    assert report.mended == {}
    Person.objects.filter(number="1001").update(number="7777")
    assert compared(at + 2 * MINUTE, whole=True).mended == {reconcile.ANSWER: 1}
    assert steps(handed) == ["answer"]


def test_a_day_down_both_ways_loses_and_doubles_nothing(
    automation: Automation, city: CityPolicy, handed: Handed, at: datetime
) -> None:
    automation.fault("down")
    automation.say("answer", str(handed.id), text=SAID, tell=False)
    made = [reported(city, at=at).case for _ in range(3)]
    for hour in range(24):
        push(at=at + timedelta(hours=hour))
        compared(at + timedelta(hours=hour))
    (failed,) = Reconciliation.objects.all()  # one row tells of the whole day
    assert (failed.failure, failed.ended_at - failed.started_at) == (
        "no_answer",
        timedelta(hours=23),
    )
    automation.fault("")
    later = at + timedelta(hours=25)
    compared(later)
    while push(at=later):
        pass
    automation.deliver()
    assert steps(handed) == ["answer"]
    state = automation.state()
    assert len(state["made"]) == len(set(state["made"])) == 1 + len(made)
    assert len(automation.open_cards()) == len(made)
    assert compared(later + MINUTE).found == {}


def test_one_worker_compares_at_a_time(
    automation: Automation, handed: Handed, at: datetime
) -> None:
    contact.current()
    assert reconcile._lease(at)
    assert compare(at=at) is None
    assert compare(at=at + reconcile.LEASE) is not None


def test_the_worker_pushes_and_compares_by_itself(
    automation: Automation, city: CityPolicy, at: datetime
) -> None:
    reported(city, at=at)
    assert turns.push() is False
    assert turns.compare() is False
    assert len(automation.open_cards()) == 1
    assert Reconciliation.objects.count() == 1
    turns.compare()
    assert Reconciliation.objects.count() == 1  # not before ten minutes have passed
    contact.try_again(at)
    turns.compare()
    assert Reconciliation.objects.count() == 2
    assert not contact.current().is_wanted


def said(*words: str) -> str:
    out = StringIO()
    call_command("office", *words, stdout=out)
    return out.getvalue()


def test_the_command_shows_pushes_compares_and_links(
    automation: Automation, city: CityPolicy, managers: Any, at: datetime
) -> None:
    reported(city, at=at)
    with pytest.raises(SystemExit):
        said("status")  # it has waited for two hours
    assert said("push") == "told 1\n"
    assert "waiting     0" in said("status")
    assert said("reconcile", "--all") == "read 1\n"
    assert said("person", "55-A", "person-1001") == "55-A is person-1001\n"
    assert not Person.objects.filter(number="1001").exists()
    with pytest.raises(CommandError):
        said("person", "56", "nobody")
    automation.fault("down")
    with pytest.raises(CommandError, match="no_answer"):
        said("reconcile")
