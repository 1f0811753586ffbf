"""The public pages of figures on a telephone and on a desk, in light and in dark."""

import os
from pathlib import Path
from typing import Any

import pytest

from peygir.ledger.models import Note, Unsealed
from peygir.observatory import frame
from peygir.policy.model import CityPolicy
from peygir.publication import archives, figures
from tests.city import NOON, Story
from tests.journeys.browse import SIZES, faults
from tests.journeys.keyboard import Keys
from tests.observatory.conftest import MONTH as MADE
from tests.observatory.conftest import _drawn_anew, empty, example, place, published
from tests.observatory.test_over import DAY, HOUR, MONTH, City
from tests.observatory.test_pages import PATHS
from tests.publication.conftest import Seal, folders, sealed

__all__ = ["_drawn_anew", "empty", "example", "folders", "published", "sealed"]
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


LOOKS = [(size, scheme) for size in SIZES for scheme in ("light", "dark")]
REAL = (
    f"?period={MONTH}",
    "entries/?of=registered",
    "entries/?of=overdue&district=1",
    f"entries/?period={MONTH}&of=closed",
    "entries/?case=AAAAAAAAAAAAAAAAAAAAAA",
    f"units/?period={MONTH}",
    f"districts/1/?period={MONTH}",
    "ranking/",
    "trends/",
    "corrections/",
    "check/",
    "data/",
)


@pytest.fixture
def real(qom: CityPolicy, settings: Any, tmp_path: Path, folders: Path, sealed: Seal) -> CityPolicy:
    """A month that is over, with a revision, and a log that can be downloaded."""
    settings.PEYGIR_PHOTO_DIR = tmp_path / "photos"
    Unsealed.objects.all().delete()
    Note.objects.all().delete()
    city = City(qom, sealed)
    done = Story(qom)
    done.after(hours=2).report()
    done.after(hours=1).satisfied()
    late = Story(qom)
    city.turn(4 * HOUR)
    Story(qom, at=NOON + 8 * DAY)
    city.turn(8 * DAY)
    late.at = NOON + 3 * HOUR
    late.report()
    city.seal(NOON + 9 * DAY)
    assert figures.revise(MONTH, at=NOON + 9 * DAY)
    city.turn(9 * DAY + HOUR)
    assert archives.make_due(at=NOON)
    frame.forget()
    return qom


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_what_a_real_log_shows_has_no_barriers(
    real: CityPolicy, browser: Any, live_server: Any, size: Any, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme
    )
    page = context.new_page()
    found = {}
    for number, path in enumerate(REAL):
        answer = page.goto(f"{live_server.url}{'' if number % 2 else '/en'}/observatory/{path}")
        assert answer.status == 200, path
        page.eval_on_selector_all("details", "all => all.forEach(one => one.open = true)")
        _shot(page, f"real-{number}-{size[0]}-{scheme}")
        if wrong := faults(page):
            found[path] = wrong
    page.goto(f"{live_server.url}/observatory/entries/?of=closed&period={MONTH}")
    page.click("ol.log >> text=دنبال کردن پرونده")
    assert page.locator("ol.log > li").count() == 3
    _shot(page, f"real-case-{size[0]}-{scheme}")
    assert faults(page) == []
    context.close()
    assert found == {}


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_an_empty_house_and_other_versions_have_no_barriers(
    empty: Path, example: Any, browser: Any, live_server: Any, size: Any, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme
    )
    page = context.new_page()
    page.goto(f"{live_server.url}/observatory/")
    assert faults(page) == []
    months = [{"period": "1405-05", "m": {"registered": 41, "closed": 7}}]
    place(empty, example | {"period": "live", "months": months}, "live")
    example["measures"]["registered"]["version"] = 7
    example["by"]["unit"][0]["m"] |= {"yes": 3, "no": 0, "partly": 0}
    place(empty, example, MADE)
    frame.forget()
    for path in ("trends/", f"units/?period={MADE}", f"units/d1/?period={MADE}"):
        page.goto(f"{live_server.url}/observatory/{path}")
        _shot(page, f"made-{path.split('/')[0]}-{size[0]}-{scheme}")
        assert faults(page) == [], path
    context.close()


@pytest.mark.parametrize("size", SIZES, ids=["phone", "desk"])
def test_from_a_figure_to_its_case_by_keys_alone(
    real: CityPolicy, browser: Any, live_server: Any, size: Any
) -> None:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    page = context.new_page()
    page.goto(f"{live_server.url}/observatory/?period={MONTH}")
    keys = Keys(page)
    keys.go("a[href*='of=closed&']")
    keys.go("ol.log a[href*='case=']")
    keys.press("ol.log summary")
    assert page.is_visible("ol.log .leaf")
    keys.go("footer a[href*='check']")
    assert page.is_visible("a[href='/log/archives/log-1405.tar']")
    context.close()


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
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
