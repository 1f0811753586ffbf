"""Every contact is a record: ended with one key, counted apart, and told on a page."""

from datetime import UTC, datetime, timedelta

import pytest

from peygir.boards import contacts, replay
from peygir.boards.models import Contact
from peygir.cases.models import Case
from peygir.channels.phone.calls import Ring, told
from peygir.ledger.models import Event
from peygir.policy.model import CityPolicy
from tests.city import Make
from tests.desk.people import signed_in, soup
from tests.desk.test_console import CONSOLE, now, typed

pytestmark = pytest.mark.django_db
PAGE = "/desk/contacts/"


def outcomes() -> list[str]:
    return sorted(Contact.objects.values_list("outcome", flat=True))


@pytest.mark.requirement("S11")
def test_call_message_and_follow_up_are_three_numbers(story: Make, qom: CityPolicy) -> None:
    story(at=now(hours=1))
    client = signed_in("reception-1")
    client.post(CONSOLE, typed())
    client.post(CONSOLE, typed(words="", do="end:dropped"))
    client.post(CONSOLE, typed(words="", do="end:follow_up"))
    found = contacts.figures(qom, since=now(hours=2), until=now(hours=-1))
    assert found.count(channel="phone") == 4
    assert found.count(outcome="case") == 2
    assert found.count(outcome="follow_up") == 1
    assert sum(day[3] for day in found.days.values()) == sum(map(sum, found.heat)) == 4


@pytest.mark.requirement("S24")
def test_a_question_is_answered_from_an_article_and_no_case_is_made(story: Make) -> None:
    story(at=now(hours=1))
    client = signed_in("reception-1")
    asked = typed(words="برق کوچه قطع شده", category="", do="hints")
    page = soup(client.post(CONSOLE, asked))
    assert "end:information:power-cut" in page
    assert "۱۲۱" in page
    cases = Case.objects.count()
    client.post(CONSOLE, asked | {"do": "end:information:power-cut"})
    assert Case.objects.count() == cases
    row = Contact.objects.latest("event_id")
    assert (row.outcome, row.article, row.case_id) == ("information", "power-cut", None)
    assert "ثبت شد" in soup(client.get(CONSOLE)) or "Recorded" in soup(client.get(f"/en{CONSOLE}"))


def test_a_caller_sent_to_another_body_is_counted_there(story: Make) -> None:
    story(at=now(hours=1))
    client = signed_in("reception-1")
    assert client.post(CONSOLE, typed(do="end:outside_body")).status_code == 422
    client.post(CONSOLE, typed(do="end:outside_body", sent_to="gas"))
    row = Contact.objects.latest("event_id")
    assert (row.outcome, row.body) == ("outside_body", "gas")
    page = soup(signed_in("centre-head").get(PAGE))
    assert "شرکت گاز" in page


@pytest.mark.parametrize("wrong", ["end:", "end:case", "end:information:nothing", "end:\x00"])
def test_what_is_no_ending_is_refused_and_nothing_is_lost(story: Make, wrong: str) -> None:
    story(at=now(hours=1))
    before = Contact.objects.count()
    answer = signed_in("reception-1").post(CONSOLE, typed(do=wrong))
    assert answer.status_code == 422
    assert "چالهٔ بزرگ" in soup(answer)
    assert Contact.objects.count() == before


def test_a_call_that_nobody_took_is_a_dropped_contact_once(story: Make) -> None:
    story(at=now(hours=1))
    for what in ("ring", "hangup", "hangup"):
        told(Ring(what=what, call="7", number="09123456789", extension="201"), at=now())
    assert outcomes() == ["case", "dropped"]


def test_a_call_that_was_recorded_is_not_counted_again_when_it_ends(story: Make) -> None:
    story(at=now(hours=1))
    client = signed_in("reception-1", extension="201")
    told(Ring(what="ring", call="8", number="09123456789", extension="201"), at=now(minutes=2))
    client.post(CONSOLE, typed(do="end:wrong_number"))
    told(Ring(what="hangup", call="8"), at=now())
    assert outcomes() == ["case", "wrong_number"]
    row = Contact.objects.get(outcome="wrong_number")
    assert row.started_at is not None
    assert row.at - row.started_at >= timedelta(minutes=1)


def test_an_event_of_a_contact_holds_codes_only(story: Make) -> None:
    story(at=now(hours=1))
    signed_in("reception-1").post(CONSOLE, typed(do="end:dropped"))
    event = Event.objects.get(kind="contact.ended")
    assert event.facts == {"channel": "phone", "outcome": "dropped"}


def test_the_rows_are_what_the_events_say(story: Make) -> None:
    story(at=now(hours=1))
    client = signed_in("reception-1")
    client.post(CONSOLE, typed(took_s="95"))
    client.post(CONSOLE, typed(do="end:dropped"))
    assert list(contacts.check(replay.Scope())) == []
    row = Contact.objects.exclude(started_at=None).get()
    assert row.at - (row.started_at or row.at) == timedelta(seconds=95)
    Contact.objects.filter(pk=row.pk).update(channel="web")
    (line,) = contacts.check(replay.Scope())
    assert str(row.pk) in line


@pytest.mark.requirement("S20")
def test_the_page_says_what_each_number_means(story: Make) -> None:
    story(at=now(hours=1))
    page = soup(signed_in("centre-head").get(f"/en{PAGE}"))
    assert "Contacts by telephone, also those that nobody took" in page
    assert "Contacts by which a case was registered or joined" in page
    sheet = soup(signed_in("mayor").get("/desk/contacts.csv"))
    today = datetime.now(UTC).astimezone().date()
    assert sheet.startswith("\ufeffday,calls,messages,follow_ups,contacts")
    assert str(today.year) in sheet


@pytest.mark.parametrize(
    "asked", ["since=x", "since=1405/09/30&until=1405/01/01", "until=1405/13/40"]
)
def test_a_period_that_is_none_is_said(story: Make, asked: str) -> None:
    story(at=now(hours=1))
    answer = signed_in("centre-head").get(f"{PAGE}?{asked}")
    assert answer.status_code == 200
    assert "banner" in soup(answer)
