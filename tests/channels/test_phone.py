"""Calls, reported by HTTP or heard from an Asterisk exchange, on the operator's screen."""

import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client

from peygir.channels.phone import ami
from peygir.channels.phone.calls import normal
from peygir.channels.phone.management.commands import phone_bridge
from peygir.people.models import Call, Citizen
from tests.city import NOON, PHONE, hire
from tests.kannel.gateway import wait_until

SECRET = "a-secret-of-the-exchange"


@pytest.fixture
def ring(client: Client, settings: Any) -> Any:
    """The exchange reports a call; gives the answer."""
    settings.PEYGIR_PHONE_SECRET = SECRET

    def ring(secret: str = SECRET, form: bool = False, **given: Any) -> Any:
        body = {"event": "ring", "call_id": "1632.7", "number": "09123456789", "extension": "201"}
        body |= given
        kind: dict[str, Any] = {} if form else {"content_type": "application/json"}
        data = body if form else json.dumps(body)
        with time_machine.travel(NOON, tick=False):
            return client.post(
                "/channels/phone/ring", data, headers={"X-Peygir-Secret": secret}, **kind
            )

    return ring


@pytest.mark.django_db
class TestRing:
    @pytest.mark.requirement("Q3")
    @pytest.mark.parametrize("form", [False, True])
    def test_a_known_caller_is_found_by_number(self, ring: Any, form: bool) -> None:
        maryam = Citizen.objects.create(phone=PHONE, first_seen_at=NOON)
        operator = hire("operator", extension="201")
        assert ring(form=form).status_code == 204
        call = Call.objects.get()
        assert (call.citizen, call.phone, call.extension) == (maryam, PHONE, "201")
        assert (call.direction, call.staff_id, call.rang_at) == ("in", operator.pk, NOON)

    def test_a_call_is_one_row_from_ring_to_end(self, ring: Any) -> None:
        for event in ("ring", "ring", "answer", "hangup"):
            ring(event=event)
        call = Call.objects.get()
        assert (call.answered_at, call.ended_at, call.outcome) == (NOON, NOON, "answered")

    def test_a_call_that_nobody_took_is_missed(self, ring: Any) -> None:
        ring()
        ring(event="hangup", extension="", number="")
        assert Call.objects.get().outcome == "missed"
        assert Call.objects.get().extension == "201"

    @pytest.mark.parametrize(
        ("number", "kept"),
        [
            ("", ""),
            ("anonymous", ""),
            ("Restricted", ""),
            (None, ""),
            ("۰۹۱۲۳۴۵۶۷۸۹", PHONE),
            ("+12025550123", "+12025550123"),
            ("125", "125"),
            ("x" * 80, ""),
        ],
    )
    def test_a_number_that_is_withheld_or_strange_is_a_call_all_the_same(
        self, ring: Any, number: Any, kept: str
    ) -> None:
        assert ring(number=number).status_code == 204
        assert Call.objects.get().phone == kept

    def test_eight_digits_are_completed_by_the_area_code(self, settings: Any) -> None:
        settings.PEYGIR_PHONE_AREA = "025"
        assert normal("37712345") == "+982537712345"

    @pytest.mark.parametrize(
        "wrong",
        [
            {"event": "explode"},
            {"call_id": ""},
            {"call_id": ["a"]},
            {"extension": "201; drop"},
            {"number": "9" * 5000},
            {"number": {"a": 1}},
        ],
    )
    def test_what_cannot_be_right_is_named(self, ring: Any, wrong: dict[str, Any]) -> None:
        answer = ring(**wrong)
        assert answer.status_code == 400
        assert answer.json()["wrong"] == next(iter(wrong))
        assert not Call.objects.exists()

    def test_without_the_secret_nothing_is_heard(self, ring: Any, settings: Any) -> None:
        assert ring(secret="other").status_code == 403
        settings.PEYGIR_PHONE_SECRET = ""
        assert ring(secret="").status_code == 403
        assert not Call.objects.exists()

    def test_a_body_that_is_no_object_is_refused(self, client: Client, settings: Any) -> None:
        settings.PEYGIR_PHONE_SECRET = SECRET
        for body in ("", "[]", "{", "\xff"):
            answer = client.post(
                "/channels/phone/ring",
                body,
                content_type="application/json",
                headers={"X-Peygir-Secret": SECRET},
            )
            assert answer.status_code == 400


@pytest.mark.django_db(transaction=True)
def test_only_the_id_of_the_call_travels_to_the_page(ring: Any) -> None:
    import psycopg

    from peygir.conf.live import _connection_parameters

    with psycopg.connect(**_connection_parameters(), autocommit=True) as listening:
        listening.execute("listen peygir_live")
        ring()
        heard = next(listening.notifies(timeout=10, stop_after=1))
    told = json.loads(heard.payload)
    assert told == {"topics": ["ext-201"], "ids": [Call.objects.get().pk]}
    assert "912" not in heard.payload.replace(str(told["ids"][0]), "")


EVENTS = """Event: DialBegin
Uniqueid: 1700000000.1
Linkedid: 1700000000.1
Channel: PJSIP/trunk-00000001
CallerIDNum: 09123456789
DestChannel: PJSIP/201-00000002

Event: VarSet
Variable: x
Uniqueid: 1700000000.1

Event: DialEnd
Uniqueid: 1700000000.1
Linkedid: 1700000000.1
CallerIDNum: 09123456789
DestChannel: PJSIP/201-00000002
DialStatus: ANSWER

Event: Hangup
Uniqueid: 1700000000.2
Linkedid: 1700000000.1

Event: Hangup
Uniqueid: 1700000000.1
Linkedid: 1700000000.1

"""


class Exchange:
    """Speaks Asterisk's manager protocol over TCP to one client after another."""

    def __init__(self, password: str = "s3cret") -> None:
        self.password = password
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.heard: list[str] = []
        self.clients = 0
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                client, _ = self.server.accept()
            except OSError:
                return
            self.clients += 1
            with client:
                self.talk(client)

    def talk(self, client: socket.socket) -> None:
        client.sendall(b"Asterisk Call Manager/9.0.0\r\n")
        login = client.recv(4096).decode()
        self.heard.append(login)
        if f"Secret: {self.password}\r\n" not in login:
            client.sendall(b"Response: Error\r\nMessage: Authentication failed\r\n\r\n")
            return
        client.sendall(b"Response: Success\r\nMessage: Authentication accepted\r\n\r\n")
        script = EVENTS.replace("\n", "\r\n").encode()
        for at in range(0, len(script), 37):  # in pieces that end anywhere
            client.sendall(script[at : at + 37])
        self.heard.append(client.recv(4096).decode())


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    made = Exchange()
    yield made
    made.server.close()


@pytest.mark.django_db(transaction=True)
def test_the_bridge_hears_a_call_ring_answered_and_ended(exchange: Exchange) -> None:
    Citizen.objects.create(phone=PHONE, first_seen_at=NOON)
    stop = threading.Event()

    def bridge() -> None:
        phone_bridge.run(f"ami://peygir:s3cret@127.0.0.1:{exchange.port}", stop, timeout_s=0.2)
        connection.close()

    thread = threading.Thread(target=bridge)
    thread.start()
    try:
        wait_until(lambda: Call.objects.filter(outcome="answered").exists(), "the call")
        wait_until(lambda: any("Ping" in text for text in exchange.heard), "the ping")
        wait_until(lambda: exchange.clients >= 2, "coming back")
    finally:
        stop.set()
        thread.join(10)
    call = Call.objects.get()
    assert (call.phone, call.extension) == (PHONE, "201")
    assert call.citizen is not None


def test_a_refused_login_is_said() -> None:
    exchange = Exchange(password="other")
    with pytest.raises(ami.NoExchange, match="refused"):
        list(ami.events(f"ami://peygir:s3cret@127.0.0.1:{exchange.port}"))
    exchange.server.close()


def test_a_line_break_in_a_password_is_no_command(exchange: Exchange) -> None:
    with pytest.raises(ami.NoExchange):
        list(ami.events(f"ami://a:b%0D%0AAction%3A%20Originate@127.0.0.1:{exchange.port}"))
    assert "\r\nAction: Originate" not in exchange.heard[0]
