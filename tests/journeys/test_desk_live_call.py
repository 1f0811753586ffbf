"""A call reaches the operator through the live server: PostgreSQL, SSE, page; nobody polls."""

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from playwright.sync_api import expect

from peygir.policy.model import CityPolicy
from tests.city import PHONE, Story, hire
from tests.journeys.browse import Open
from tests.kannel.gateway import wait_until

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

SECRET = "a-secret-of-the-exchange"
#: The page asks every three seconds while it is not connected; here it never does.
NO_POLLING = """const real = window.setInterval;
window.setInterval = (work, ms) => (ms === 3000 ? 0 : real(work, ms));"""


@pytest.fixture
def live(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The live server itself, on a port of its own, listening to the tests' database.

    It comes before `desk`, so that the pages are closed before it is stopped.
    """
    from granian.constants import Interfaces
    from granian.server.embed import Server

    from peygir.conf.live import Hub, application

    hub = Hub()  # one that an earlier test used belongs to a loop that has ended
    monkeypatch.setattr("peygir.conf.live.hub", hub)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings.PEYGIR_LIVE_URL = f":{port}/live"
    server = Server(application, address="127.0.0.1", port=port, interface=Interfaces.ASGINL)
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        await server.serve()
        if hub.task:
            hub.task.cancel()
            await asyncio.gather(hub.task, return_exceptions=True)

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(serve())
        loop.close()
        connections.close_all()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield
    loop.call_soon_threadsafe(server.stop)
    thread.join(15)


@pytest.mark.requirement("Q3")
def test_a_ringing_telephone_fills_the_console_through_the_live_server(
    qom: CityPolicy, live: None, desk: Open, settings: Any
) -> None:
    Story(qom)
    settings.PEYGIR_PHONE_SECRET = SECRET
    page = desk(hire("operator", "reception-1", extension="201"), "/desk/account/")
    page.add_init_script(NO_POLLING)
    with page.expect_response(lambda answer: "/live?" in answer.url) as stream:
        page.goto(page.url.replace("/account/", "/console/"))
    assert stream.value.headers["content-type"].startswith("text/event-stream")
    wait_until(_listens)
    body = {"event": "ring", "call_id": "1632.7", "number": "09123456789", "extension": "201"}
    answer = Client().post(
        "/channels/phone/ring",
        json.dumps(body),
        content_type="application/json",
        headers={"X-Peygir-Secret": SECRET},
    )
    assert answer.status_code < 300
    page.wait_for_selector("#caller [data-call]", state="attached")
    expect(page.locator("#id_phone")).to_have_value(PHONE)


def _listens() -> bool:
    """Whether the server's own connection hears notifications by now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from pg_stat_activity"
            " where datname = current_database() and query ilike 'listen%%'"
        )
        return bool(cursor.fetchone()[0])
