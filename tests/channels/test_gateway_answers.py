"""What the SMS channel makes of a gateway's answers."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from peygir.channels.sms import outgoing
from peygir.notices.message import Message, Permanent, Temporary
from tests.city import NOON, PHONE
from tests.kannel.gateway import free_ports

TEXT = Message(notice_id=7, channel="sms", to=PHONE, subject="", body="پیام ۱۳۷", parts=1, at=NOON)


class Desk(HTTPServer):
    """Answers every request with `status`, and remembers what was asked."""

    status = 202
    asked: dict[str, list[str]]


class Clerk(BaseHTTPRequestHandler):
    """Speaks as Kannel's sendsms does."""

    def do_GET(self) -> None:
        desk: Any = self.server
        desk.asked = parse_qs(urlsplit(self.path).query)
        self.send_response(desk.status)
        self.end_headers()
        self.wfile.write(b"0: Accepted for delivery")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


@pytest.fixture
def desk(settings: Any) -> Iterator[Desk]:
    made = Desk(("127.0.0.1", 0), Clerk)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    settings.PEYGIR_SMS_URL = f"http://127.0.0.1:{made.server_port}/cgi-bin/sendsms"
    settings.PEYGIR_SMS_SENDER = "137"
    yield made
    made.shutdown()
    made.server_close()


def test_persian_travels_as_ucs_2_and_asks_for_a_report(desk: Desk) -> None:
    assert outgoing.send(TEXT) == "kannel:0"
    assert desk.asked["coding"] == ["2"]
    assert desk.asked["text"] == ["پیام ۱۳۷"]
    assert desk.asked["to"] == [PHONE]
    assert "/channels/sms/delivery?token=7:" in desk.asked["dlr-url"][0]


@pytest.mark.parametrize(
    ("status", "error", "code"),
    [
        (503, Temporary, "gateway_busy"),
        (403, Temporary, "gateway_login"),
        (400, Permanent, "gateway_refused"),
    ],
)
def test_its_refusals_are_told_apart(
    desk: Desk, status: int, error: type[Exception], code: str
) -> None:
    desk.status = status
    with pytest.raises(error, match=code):
        outgoing.send(TEXT)


def test_an_address_where_nobody_answers_is_down(settings: Any) -> None:
    settings.PEYGIR_SMS_URL = f"http://127.0.0.1:{free_ports(1)[0]}/"
    with pytest.raises(Temporary) as trouble:
        outgoing.send(TEXT)
    assert trouble.value.down
    assert PHONE not in str(trouble.value)
