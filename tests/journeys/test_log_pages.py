"""The pages of those who watch the public log or erase a case, on a telephone and on a desk."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from peygir.cases import erasing
from peygir.ledger.log import stops
from peygir.ledger.models import Note, Unsealed
from peygir.people import organisation
from peygir.policy.model import CityPolicy
from tests.city import Story, hire, reported
from tests.journeys.browse import Open, every_look
from tests.ledger.log.outsiders import witnessed
from tests.publication.conftest import Seal, folders, sealed
from tests.witness.grown import AT, Log, post, serving, url

__all__ = ["folders", "sealed"]
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _own_log(folders: Path) -> None:
    Unsealed.objects.all().delete()
    Note.objects.all().delete()


def test_the_page_of_a_witness_has_no_barriers(page: Any, tmp_path: Path) -> None:
    log, other = Log(leaves=5), Log()
    other.key = log.key
    other.grow(*(b"another %d" % number for number in range(9)))
    with serving(tmp_path / "witness", log.vkey) as server:
        page.goto(url(server))
        assert every_look(page) == [], "before anything was seen"
        assert post(server, log.request(0)).status_code == 200
        server.clock = lambda: AT + 3600
        assert post(server, other.request(5)).status_code == 422
        for number, path in enumerate(("/", "/en")):
            page.goto(f"{url(server)}{path}")
            expect(page.locator(".alarm").first).to_be_visible()
            assert every_look(page, f"witness-{number}") == []


def test_how_the_log_stands_has_no_barriers(
    qom: CityPolicy, desk: Open, live_server: Any, sealed: Seal, settings: Any, tmp_path: Path
) -> None:
    head = hire("head", "centre-head")
    page = desk(head, "/desk/log/")
    assert every_look(page) == [], "before it has begun"
    with witnessed(settings, tmp_path, university="http://127.0.0.1:1"):
        reported(qom, at=datetime.now(UTC) - timedelta(minutes=2))
        sealed(datetime.now(UTC))
        page.goto(f"{live_server.url}/desk/log/")
        assert every_look(page, "desk-log") == []
    stops.stop(stops.FORK, at=datetime.now(UTC))
    for number, path in enumerate(("/desk/log/", "/en/desk/log/")):
        page.goto(f"{live_server.url}{path}")
        assert every_look(page, f"desk-log-stopped-{number}") == []


def test_two_people_erase_a_case_without_barriers(
    qom: CityPolicy, desk: Open, live_server: Any
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

    page = desk(head, f"/desk/cases/{first}/")
    page.click("a[href*='/desk/erasures/?code=']")
    expect(page.locator("#id_code")).to_have_value(first)
    with page.expect_navigation():
        page.click("form[action$='/erasures/ask/'] button")
    assert every_look(page, "erasures-wrong") == []
    page.check("#id_reason")
    with page.expect_navigation():
        page.click("form[action$='/erasures/ask/'] button")
    page.click("summary:has-text('برای همیشه')")
    assert every_look(page, "erasures") == []
    page.click(f"form[action$='/{second}/confirm/'] button")
    expect(page.locator("text=هیچ‌کس دیگر نمی‌تواند آن را بخواند").first).to_be_attached()
    page.goto(f"{live_server.url}/desk/cases/{second}/")
    expect(page.locator("text=آنچه اینجا بود پاک شده است").first).to_be_visible()
    assert every_look(page, "erased-case") == []
