"""The pages of those who watch the public log or erase a case, on a telephone and on a desk."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from peygir.cases import erasing
from peygir.ledger.log import stops
from peygir.ledger.models import Note, Unsealed
from peygir.people import organisation
from peygir.policy.model import CityPolicy
from tests.city import Story, hire, reported
from tests.journeys.browse import SIZES, Open, faults
from tests.ledger.log.outsiders import witnessed
from tests.publication.conftest import Seal, folders, sealed
from tests.witness.grown import AT, Log, post, serving, url

__all__ = ["folders", "sealed"]
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
LOOKS = [(size, dark) for size in SIZES for dark in (False, True)]


@pytest.fixture(autouse=True)
def _own_log(folders: Path) -> None:
    Unsealed.objects.all().delete()
    Note.objects.all().delete()


@pytest.fixture
def look(browser: Any) -> Iterator[Any]:
    """A page that nobody signed in to; `look(size, dark)`."""
    contexts: list[Any] = []

    def opened(size: Any, dark: bool) -> Any:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
        )
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def _shot(page: Any, name: str, size: Any, dark: bool) -> None:
    """Keep a picture where the environment asks for it, to be looked at."""
    folder = os.environ.get("PEYGIR_SHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        path = f"{folder}/{name}-{size[0]}-{'dark' if dark else 'light'}.png"
        page.screenshot(path=path, full_page=True)


@pytest.mark.parametrize(("size", "dark"), LOOKS)
def test_the_page_of_a_witness_has_no_barriers(
    look: Any, tmp_path: Path, size: Any, dark: bool
) -> None:
    log, other = Log(leaves=5), Log()
    other.key = log.key
    other.grow(*(b"another %d" % number for number in range(9)))
    with serving(tmp_path / "witness", log.vkey) as server:
        page = look(size, dark)
        page.goto(url(server))
        assert faults(page) == [], "before anything was seen"
        assert post(server, log.request(0)).status_code == 200
        server.clock = lambda: AT + 3600
        assert post(server, other.request(5)).status_code == 422
        for number, path in enumerate(("/", "/en")):
            page.goto(f"{url(server)}{path}")
            assert page.is_visible(".alarm")
            _shot(page, f"witness-{number}", size, dark)
            assert faults(page) == []


@pytest.mark.parametrize(("size", "dark"), LOOKS)
def test_how_the_log_stands_has_no_barriers(
    qom: CityPolicy,
    desk: Open,
    live_server: Any,
    sealed: Seal,
    settings: Any,
    tmp_path: Path,
    size: Any,
    dark: bool,
) -> None:
    head = hire("head", "centre-head")
    page = desk(head, "/desk/log/", size=size, dark=dark)
    assert faults(page) == [], "before it has begun"
    with witnessed(settings, tmp_path, university="http://127.0.0.1:1"):
        reported(qom, at=datetime.now(UTC) - timedelta(minutes=2))
        sealed(datetime.now(UTC))
        page.goto(f"{live_server.url}/desk/log/")
        _shot(page, "desk-log", size, dark)
        assert faults(page) == []
    stops.stop(stops.FORK, at=datetime.now(UTC))
    for number, path in enumerate(("/desk/log/", "/en/desk/log/")):
        page.goto(f"{live_server.url}{path}")
        _shot(page, f"desk-log-stopped-{number}", size, dark)
        assert faults(page) == []


@pytest.mark.parametrize(("size", "dark"), LOOKS)
def test_two_people_erase_a_case_without_barriers(
    qom: CityPolicy, desk: Open, live_server: Any, size: Any, dark: bool
) -> None:
    head, mayor = hire("head", "centre-head"), hire("mayor", "mayor")
    now = datetime.now(UTC)
    stories = [Story(qom, at=now - timedelta(days=3)) for _ in range(3)]
    for one in stories:
        one.after(hours=1).report()
        one.after(hours=1).satisfied()
    by_mayor = organisation.actor_of(mayor, at=now)
    first, second, third = (one.case.code for one in stories)
    erasing.ask(second, "order", actor=by_mayor, at=now)
    erasing.ask(third, "mistake", actor=by_mayor, at=now)
    erasing.withdraw(third, actor=by_mayor, at=now)

    page = desk(head, f"/desk/cases/{first}/", size=size, dark=dark)
    page.click("a[href*='/desk/erasures/?code=']")
    assert page.input_value("#id_code") == first
    page.click("form[action$='/erasures/ask/'] button")
    _shot(page, "erasures-wrong", size, dark)
    assert faults(page) == []
    page.check("#id_reason")
    page.click("form[action$='/erasures/ask/'] button")
    page.click("summary:has-text('برای همیشه')")
    _shot(page, "erasures", size, dark)
    assert faults(page) == []
    page.click(f"form[action$='/{second}/confirm/'] button")
    assert page.locator("text=هیچ‌کس دیگر نمی‌تواند آن را بخواند").count() > 0
    page.goto(f"{live_server.url}/desk/cases/{second}/")
    assert page.is_visible("text=آنچه اینجا بود پاک شده است")
    _shot(page, "erased-case", size, dark)
    assert faults(page) == []
