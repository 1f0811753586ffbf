"""The desk's pages of published figures, full of numbers, on a telephone and on a desk."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from peygir.ledger.models import Head
from peygir.policy.model import CityPolicy
from peygir.verify.merkle import Frontier
from tests.city import hire
from tests.journeys.browse import Open, every_look
from tests.observatory.conftest import EXAMPLE, in_the_first_days

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PAGES = (
    "/desk/ranking/",
    "/desk/ranking/?by=satisfaction&sort=points",
    "/desk/ranking/scores/",
    "/desk/ranking/scores/d1/",
    "/desk/ranking/scores/d1-civil-head/",
    "/desk/ranking/audits/",
)


@pytest.fixture
def published(settings: Any, tmp_path: Path) -> None:
    settings.PEYGIR_LOG_DIR = tmp_path / "log"
    Head.objects.create(origin="ledger.test/137/1405", year=1405, frontier=Frontier().dump())
    in_the_first_days(settings.PEYGIR_LOG_DIR, json.loads(EXAMPLE.read_bytes()))


@pytest.mark.usefixtures("published")
def test_every_page_is_accessible_and_never_wider_than_the_screen(
    qom: CityPolicy, desk: Open
) -> None:
    mayor = hire("mayor", "mayor", fa="علی رحیمی")
    found: list[str] = []
    for path in PAGES:
        page = desk(mayor, path)
        expect(page.locator("h1")).to_have_count(1)
        found += [f"{path}: {fault}" for fault in every_look(page)]
        page.context.close()
    assert not found, "\n".join(found)


@pytest.mark.requirement("Q11", "T12")
@pytest.mark.usefixtures("published")
def test_why_am_i_ninth_is_asked_with_one_click(qom: CityPolicy, desk: Open) -> None:
    page = desk(hire("head", "d1-mayor", fa="علی رحیمی"), "/desk/ranking/")
    expect(page.locator("tr:has-text('واحد شما')")).to_have_count(1)
    with page.expect_navigation():
        page.click("tr:has-text('واحد شما') th a")
    expect(page.locator("main")).to_contain_text("امتیاز")
    expect(page.locator("main li").nth(2)).to_be_attached()
