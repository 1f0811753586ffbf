"""The page of messages that would have gone: for developers, never in service."""

from typing import Any

import pytest
from django.test import Client

from peygir.notices import deliver, outbox
from peygir.notices.models import DevMessage
from peygir.people.models import Citizen
from peygir.policy.model import CityPolicy
from tests.city import NOON, PHONE

pytestmark = pytest.mark.django_db


@pytest.fixture
def code(qom: CityPolicy) -> None:
    maryam = Citizen.objects.create(phone=PHONE, first_seen_at=NOON)
    outbox.queue_code(maryam.pk, "48213", "phone", "fa", NOON)
    deliver.deliver(at=NOON)


@pytest.mark.usefixtures("code")
@pytest.mark.parametrize("path", ["/dev/outbox/", "/en/dev/outbox/", "/dev/outbox/?channel=sms"])
def test_it_shows_what_the_phone_would(client: Client, path: str) -> None:
    page = client.get(path)
    assert page.status_code == 200
    assert "48213" in page.content.decode()
    assert "no-store" in page["Cache-Control"]


@pytest.mark.usefixtures("code")
def test_it_does_not_exist_where_messages_are_sent_or_people_are_served(
    client: Client, settings: Any
) -> None:
    settings.PEYGIR_SMS_URL = "http://127.0.0.1:1/"
    assert client.get("/dev/outbox/").status_code == 404
    settings.PEYGIR_SMS_URL, settings.IS_HTTPS = "", True
    assert client.get("/dev/outbox/").status_code == 404


def test_what_a_citizen_wrote_is_text_and_addresses_are_links(client: Client) -> None:
    DevMessage.objects.create(
        channel="email",
        recipient="a@example.org",
        subject="<b>",
        body="<script>x</script> http://localhost:8000/desk/cases/1/?a=1&b=2.",
        at=NOON,
    )
    page = client.get("/dev/outbox/?channel=email").content.decode()
    assert "<script>x" not in page
    link = 'href="http://localhost:8000/desk/cases/1/?a=1&amp;b=2"'
    assert link in page


def test_an_empty_outbox_says_what_to_do(client: Client) -> None:
    assert client.get("/dev/outbox/").status_code == 200
