"""What the journeys share: a browser in which somebody is signed in."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from peygir.people.models import Staff
from tests.journeys.browse import Open

# The browser's driver talks over a pipe of its own, which it drops late: not a leak of ours, and
# the warning falls upon whichever test happens to run then. Network sockets (family 2) still fail.
PIPE = (
    "ignore:Exception ignored in. <socket.socket.*family=1:pytest.PytestUnraisableExceptionWarning"
)
# A click comes back when the next page begins to arrive, not when it is there: what a journey asks
# of a page it asks by `expect`, which waits. So long, because the machine may be busy.
expect.set_options(timeout=20_000)
PATIENCE_MS = 60_000  # for a page, or for what a page brings


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("journey"):
            item.add_marker(pytest.mark.filterwarnings(PIPE))


@pytest.fixture(scope="session")
def browser(browser: Any) -> Any:
    """The browser, whose pages wait long enough for a busy machine."""
    made = browser.new_context

    def patient(**options: Any) -> Any:
        context = made(**options)
        context.set_default_timeout(PATIENCE_MS)
        return context

    browser.new_context = patient
    return browser


@pytest.fixture
def desk(browser: Any, live_server: Any) -> Iterator[Open]:
    """Open a page as somebody: `desk(person, "/desk/feedback/", size=(360, 780), dark=True)`."""
    contexts: list[Any] = []
    problems: list[str] = []

    def opened(person: Staff, path: str, *, size: Any = (1366, 768), dark: bool = False) -> Any:
        client = Client()
        client.force_login(person)
        context = browser.new_context(
            locale="fa-IR",
            timezone_id="Asia/Tehran",
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
        )
        contexts.append(context)
        name = "peygir_session"
        value = client.cookies[name].value
        context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(f"{live_server.url}{path}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not problems, problems
