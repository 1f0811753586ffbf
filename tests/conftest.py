"""Shared by all tests: no network, an English-free default language, and a browser when asked."""

import gc
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.core.management import call_command
from django.db import connection

pytest_plugins = ["tests.fixtures", "tests.requirements"]

LOCAL = {"127.0.0.1", "::1", "localhost", "0.0.0.0"}
CHROME_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROME_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_configure(config: pytest.Config) -> None:
    """Settle what must be so before anything is imported."""
    # Playwright keeps an event loop in the test's thread, which Django would refuse.
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    # The same examples every time, and no deadline: a busy machine is not a wrong answer.
    hypothesis.settings.register_profile("house", deadline=None, derandomize=True)
    hypothesis.settings.load_profile("house")
    if not hasattr(config, "workerinput"):
        call_command("messages", "compile")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes minutes, so that no processor waits for another at the end."""
    items.sort(key=lambda item: not _is_long(item))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """What is imported and collected stays: let no search for garbage go through it, and none of
    the later ones be as often as in a process that has little memory."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(20_000, 20, 50)
        gc.enable()


def _is_long(item: pytest.Item) -> bool:
    mark = item.get_closest_marker("slow")
    return mark is not None and bool(mark.kwargs.get("longest"))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
) -> None:
    """Let tests with real transactions empty the ledger afterwards; nothing else may. What a test
    commits need not outlive a power cut."""
    options = connection.settings_dict.setdefault("OPTIONS", {})
    options["options"] = "-c peygir.tests=on -c synchronous_commit=off"


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """Refuse every connection that would leave this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in LOCAL:
            raise AssertionError(f"a test tried to reach {address[0]}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


@pytest.fixture(scope="session")
def chrome() -> str | None:
    """The Chromium to drive; None means the one that Playwright brought. Skips if there is none."""
    named = os.environ.get("CHROME")
    if named:
        return named
    found = next((path for name in CHROME_NAMES if (path := shutil.which(name))), None)
    own = Path.home() / ".cache" / "ms-playwright"
    if found is None and not any(own.glob("chromium*")):
        words = "no Chromium: set CHROME=/path/to/chromium or run `playwright install chromium`"
        if os.environ.get("CI") == "true":
            pytest.fail(words)
        pytest.skip(words)
    return found


@pytest.fixture(scope="session")
def browser(chrome: str | None) -> Iterator[Any]:
    """One headless Chromium for the whole run."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chrome, args=CHROME_FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A fresh Persian page; the test fails if the page reports an error of its own."""
    context = browser.new_context(locale="fa-IR", timezone_id="Asia/Tehran")
    opened = context.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    yield opened
    context.close()
    assert not problems, problems
