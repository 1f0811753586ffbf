"""Answering from an article by key alone, and the pages of contacts, shifts and quality."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from peygir.boards.models import Contact, Shift
from peygir.cases.models import Case
from peygir.policy.model import CityPolicy
from tests.city import Story, hire
from tests.desk.test_quality import SAID
from tests.journeys.browse import Open, every_look, faults

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def busy(qom: CityPolicy) -> None:
    """A few answered messages, some contacts of other kinds, somebody at the telephone."""
    now = datetime.now(UTC)
    for back in (30, 28, 26):
        one = Story(qom, at=now - timedelta(hours=back)).after(hours=3)
        one.act("report", result_text="لکه‌گیری انجام شد", report_to_citizen=SAID)
    for at, outcome in enumerate(("information", "dropped", "follow_up", "outside_body")):
        Contact.objects.create(
            event_id=10**12 + at,
            at=now - timedelta(hours=at),
            channel="sms" if outcome == "follow_up" else "phone",
            outcome=outcome,
            article="power-cut" if outcome == "information" else "",
            body="gas" if outcome == "outside_body" else "",
        )
    hours = timedelta(hours=3)
    Shift.objects.create(
        starts_at=now - hours, ends_at=now + hours, post="reception-1", made_at=now
    )


@pytest.mark.requirement("S24")
def test_a_question_is_answered_with_the_keyboard(qom: CityPolicy, desk: Open) -> None:
    page = desk(hire("operator", "reception-1"), "/desk/console/")
    page.wait_for_selector("#id_phone:focus")
    page.keyboard.type("09123456789")
    page.keyboard.press("F2")
    page.keyboard.type("برق کوچه رفته")
    page.wait_for_selector("#answers details")
    page.keyboard.press("Alt+Digit1")
    page.wait_for_selector("#answers details[open]")
    expect(page.locator("#answers details[open]")).to_contain_text("۱۲۱")
    assert faults(page) == []
    page.wait_for_selector("[value^='end:information']:focus")
    page.keyboard.press("Enter")
    page.wait_for_selector(".panel.done")
    row = Contact.objects.get()
    assert (row.outcome, row.article, row.channel) == ("information", "power-cut", "phone")
    assert row.started_at is not None
    assert not Case.objects.exists()


def test_a_call_without_a_caller_ends_with_two_keys(qom: CityPolicy, desk: Open) -> None:
    page = desk(hire("operator", "reception-1"), "/desk/console/")
    page.keyboard.press("Alt+KeyK")
    page.wait_for_selector("[value='end:dropped']:focus")
    page.keyboard.press("Digit2")
    page.wait_for_selector(".panel.done")
    assert Contact.objects.get().outcome == "wrong_number"


@pytest.mark.requirement("S11", "S10", "M3")
def test_the_pages_have_no_faults(busy: None, desk: Open) -> None:
    head = hire("head", "centre-head")
    for name in ("contacts", "shifts", "quality"):
        assert every_look(desk(head, f"/desk/{name}/"), name) == [], name


def test_the_questions_of_citizens_have_no_faults(
    qom: CityPolicy, page: Any, live_server: Any
) -> None:
    page.goto(f"{live_server.url}/help/questions/")
    page.fill("[name=q]", "سگ ولگرد")
    page.keyboard.press("Enter")
    page.wait_for_selector("details[open]")
    assert every_look(page, "questions") == []
