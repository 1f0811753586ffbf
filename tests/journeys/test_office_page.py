"""The page of the office automation in a browser: readable at every size, by light and by dark."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from peygir.cases import policies
from peygir.channels.office import contact
from peygir.channels.office.models import Person, Received, Reconciliation
from peygir.ledger.entry import SYSTEM
from tests.city import NOON, hire, reported
from tests.journeys.browse import faults

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
CITY = Path(__file__).resolve().parents[2] / "cities" / "mashhad"
LOOKS = [(width, theme) for width in (360, 1366) for theme in ("light", "dark")]


@pytest.fixture
def session(settings: Any) -> str:
    """The administrator's session, in a city with much to look at."""
    settings.PEYGIR_OFFICE_URL = "https://office.example"
    city, _ = policies.adopt(CITY, actor=SYSTEM, at=NOON)
    at = datetime.now(UTC) - timedelta(hours=2)
    reported(city, at=at)
    manager = hire("manager", "d3-civil-head", fa="زهرا احمدی", en="Zahra Ahmadi")
    Person.objects.create(number="10432", staff_id=manager.pk)
    contact.failed("no_answer", at)
    left = [{"kind": "answer_not_here", "code": "unknown_person", "id": "m-204"}]
    counts = {"missing_there": 2, "answer_not_here": 1}
    Reconciliation.objects.create(
        started_at=at - timedelta(days=1), ended_at=at, whole=True, read=318,
        found=counts, mended={"missing_there": 2}, left=left,
    )  # fmt: skip
    Reconciliation.objects.create(
        started_at=at, ended_at=at + timedelta(hours=1), whole=False, failure="no_answer"
    )
    Received.objects.create(
        id="m-204", kind="answer", digest="x", at=at, result="refused", code="unknown_person",
        post="d3-civil-head", personnel_number="7777",
    )  # fmt: skip
    client = Client()
    client.force_login(hire("ict", "ict-expert", fa="راهبر سامانه"))
    return client.cookies["peygir_session"].value


def test_no_barrier_is_found_and_try_again_works(
    browser: Any, live_server: Any, session: str
) -> None:
    for width, theme in LOOKS:
        context = browser.new_context(
            locale="fa-IR", color_scheme=theme, viewport={"width": width, "height": 780}
        )
        context.add_cookies([{"name": "peygir_session", "value": session, "url": live_server.url}])
        page = context.new_page()
        page.goto(f"{live_server.url}/desk/office/")
        assert not faults(page), (width, theme)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, (width, theme, wide)
        page.get_by_role("button", name="تلاش دوباره").click()
        page.get_by_text("همین حالا دوباره تلاش می‌شود").wait_for()
        context.close()
    assert contact.current().is_wanted
