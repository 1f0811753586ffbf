"""The developers' outbox in a browser: readable at every size, by light and by dark."""

from typing import Any

import pytest

from peygir.notices.models import DevMessage
from tests.city import NOON, PHONE
from tests.journeys.browse import every_look

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_no_barrier_is_found(page: Any, live_server: Any) -> None:
    for channel, to, text in (
        ("sms", PHONE, "۱۳۷: کد تأیید شما 48213 است. آن را به کسی ندهید."),
        ("email", "sara@example.invalid", f"پیام: {live_server.url}/desk/cases/050830042174/"),
    ):
        DevMessage.objects.create(
            channel=channel, recipient=to, subject="", body=text, parts=1, at=NOON
        )
    page.goto(f"{live_server.url}/dev/outbox/")
    assert every_look(page) == []
