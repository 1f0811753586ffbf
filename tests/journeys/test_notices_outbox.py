"""The developers' outbox in a browser: readable at every size, by light and by dark."""

from typing import Any

import pytest

from peygir.notices.models import DevMessage
from tests.city import NOON, PHONE
from tests.journeys.browse import faults

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [360, 1366])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_barrier_is_found(browser: Any, live_server: Any, width: int, theme: str) -> None:
    for channel, to, text in (
        ("sms", PHONE, "۱۳۷: کد تأیید شما 48213 است. آن را به کسی ندهید."),
        ("email", "sara@example.invalid", f"پیام: {live_server.url}/desk/cases/050830042174/"),
    ):
        DevMessage.objects.create(
            channel=channel, recipient=to, subject="", body=text, parts=1, at=NOON
        )
    context = browser.new_context(
        locale="fa-IR", color_scheme=theme, viewport={"width": width, "height": 780}
    )
    page = context.new_page()
    page.goto(f"{live_server.url}/dev/outbox/")
    found = faults(page)
    context.close()
    assert not found
