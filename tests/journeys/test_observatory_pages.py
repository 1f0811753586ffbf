"""The public pages of figures on a telephone and on a desk, in light and in dark."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.browse import SIZES, faults
from tests.observatory.conftest import _drawn_anew, empty, example, published
from tests.observatory.test_pages import PATHS

__all__ = ["_drawn_anew", "empty", "example", "published"]
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("size", SIZES, ids=["phone", "desk"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_have_no_barriers_and_need_no_script(
    published: Path, browser: Any, live_server: Any, size: Any, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme
    )
    page = context.new_page()
    found = {}
    for number, path in enumerate(PATHS):
        page.goto(f"{live_server.url}{'' if number % 2 else '/en'}{path}")
        page.eval_on_selector_all("details", "all => all.forEach(one => one.open = true)")
        _shot(page, f"observatory-{number}-{size[0]}-{scheme}")
        if wrong := faults(page):
            found[path] = wrong
    context.close()
    assert found == {}


def test_from_the_city_to_the_rows_in_three_clicks_without_a_script(
    published: Path, browser: Any, live_server: Any
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/en/observatory/")
    page.click("nav >> text=Ranking")
    page.click("tbody tr:nth-child(2) >> text=Why")
    assert page.locator("#why").count() == 1
    page.click("section:has-text('All figures') tbody tr:first-child td a")
    assert "of=registered" in page.url
    context.close()


def _shot(page: Any, name: str) -> None:
    """Keep a picture where the environment asks for it, to be looked at."""
    folder = os.environ.get("PEYGIR_SHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
