"""Live pages: a page hears its own topics, ids only, and is told to refetch after a gap."""

import asyncio
import json
from typing import Any

import pytest
from django.core import signing
from django.test import RequestFactory, override_settings

from peygir.conf.live import PING, QUEUE_MAX, RESYNC, Hub, Listener, application
from peygir.look.live import SALT, announce, live_address, live_token, live_topics


def answers(path: str, query: bytes = b"", method: str = "GET") -> list[dict[str, Any]]:
    """What the server sends for one request that it does not stream."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "query_string": query, "headers": []}
    asyncio.run(application(scope, receive, send))
    return sent


class TestPermission:
    def test_a_token_names_its_topics(self) -> None:
        assert live_topics(live_token(["unit:water", "board"])) == {"unit:water", "board"}

    def test_a_changed_token_is_refused(self) -> None:
        with pytest.raises(signing.BadSignature):
            live_topics(live_token(["a"]) + "x")

    @pytest.mark.parametrize("query", [b"", b"token=", b"token=abc", b"token=%ff%00", b"\xff"])
    def test_without_a_good_token_nothing_streams(self, query: bytes) -> None:
        assert answers("/live", query)[0]["status"] == 403

    def test_an_old_token_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("peygir.look.live.TOKEN_AGE_S_MAX", -1)
        with pytest.raises(signing.SignatureExpired):
            live_topics(live_token(["a"]))

    def test_a_token_of_another_purpose_is_refused(self) -> None:
        with pytest.raises(signing.BadSignature):
            live_topics(signing.dumps(["a"], salt=f"{SALT}.other"))


class TestTheServer:
    def test_it_says_that_it_is_up(self) -> None:
        assert answers("/healthz")[0]["status"] == 200

    def test_other_addresses_are_not_found(self) -> None:
        assert answers("/")[0]["status"] == 404

    def test_only_get_is_answered(self) -> None:
        assert answers("/live", method="POST")[0]["status"] == 405


class TestTheHub:
    def test_a_page_hears_only_its_topics(self) -> None:
        hub, page = Hub(), Listener(frozenset({"unit:a"}))
        hub.listeners.add(page)
        hub.tell(json.dumps({"topics": ["unit:b"], "ids": [1]}))
        assert page.queue.empty()
        hub.tell(json.dumps({"topics": ["unit:b", "unit:a"], "ids": [2]}))
        body = page.queue.get_nowait().decode().split("data: ")[1]
        assert json.loads(body) == {"topics": ["unit:a"], "ids": [2]}

    @pytest.mark.parametrize("payload", ["", "{}", "[]", '{"topics": 3}', "null"])
    def test_a_broken_notification_stops_nobody(self, payload: str) -> None:
        hub, page = Hub(), Listener(frozenset({"a"}))
        hub.listeners.add(page)
        hub.tell(payload)
        assert page.queue.empty()

    def test_a_page_that_falls_behind_is_told_to_refetch(self) -> None:
        page = Listener(frozenset({"a"}))
        for _ in range(QUEUE_MAX + 1):
            page.put(PING)
        assert page.queue.get_nowait() == RESYNC
        assert page.queue.empty()


class TestTheAddress:
    @override_settings(PEYGIR_LIVE_URL=":8001/live")
    def test_a_port_means_the_host_of_the_page(self) -> None:
        request = RequestFactory().get("/", HTTP_HOST="example.org:8000")
        assert live_address(request) == "http://example.org:8001/live"

    @override_settings(PEYGIR_LIVE_URL=":8001/live")
    def test_a_hostile_host_cannot_write_into_the_policy(self) -> None:
        request = RequestFactory().get("/", HTTP_HOST="x; script-src *")
        assert live_address(request) == "http://localhost:8001/live"

    @override_settings(PEYGIR_LIVE_URL="https://live.example.org/live")
    def test_a_full_address_is_kept(self) -> None:
        assert live_address(RequestFactory().get("/")) == "https://live.example.org/live"


@pytest.mark.django_db
def test_a_long_announcement_drops_its_ids_not_itself() -> None:
    announce(["a"], ["x" * 100] * 100)
