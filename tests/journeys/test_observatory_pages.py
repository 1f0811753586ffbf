"""The public pages of figures on a telephone and on a desk, in light and in dark."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from peygir.ledger.models import Note, Unsealed
from peygir.observatory import frame
from peygir.policy.model import CityPolicy
from peygir.publication import archives, figures
from tests.city import NOON, Story
from tests.journeys.browse import SIZES, every_look
from tests.journeys.keyboard import Keys
from tests.observatory.conftest import MONTH as MADE
from tests.observatory.conftest import (
    _drawn_anew,
    empty,
    example,
    in_the_first_days,
    place,
    published,
)
from tests.observatory.test_over import DAY, HOUR, MONTH, City
from tests.observatory.test_pages import PATHS
from tests.publication.conftest import Seal, folders, sealed

__all__ = ["_drawn_anew", "empty", "example", "folders", "published", "sealed"]
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


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


def test_what_a_real_log_shows_has_no_barriers(
    real: CityPolicy, page: Any, live_server: Any
) -> None:
    found = {}
    for number, path in enumerate(REAL):
        answer = page.goto(f"{live_server.url}{'' if number % 2 else '/en'}/observatory/{path}")
        assert answer.status == 200, path
        page.eval_on_selector_all("details", "all => all.forEach(one => one.open = true)")
        if wrong := every_look(page, f"real-{number}"):
            found[path] = wrong
    page.goto(f"{live_server.url}/observatory/entries/?of=closed&period={MONTH}")
    page.click("ol.log >> text=دنبال کردن پرونده")
    expect(page.locator("ol.log > li")).to_have_count(3)
    assert every_look(page, "real-case") == []
    assert found == {}


def test_an_empty_house_and_other_versions_have_no_barriers(
    empty: Path, example: Any, page: Any, live_server: Any
) -> None:
    page.goto(f"{live_server.url}/observatory/")
    assert every_look(page) == []
    months = [{"period": "1405-05", "m": {"registered": 41, "closed": 7}}]
    place(empty, example | {"period": "live", "months": months}, "live")
    example["measures"]["registered"]["version"] = 7
    example["by"]["unit"][0]["m"] |= {"yes": 3, "no": 0, "partly": 0}
    place(empty, example, MADE)
    frame.forget()
    for path in ("trends/", f"units/?period={MADE}", f"units/d1/?period={MADE}"):
        page.goto(f"{live_server.url}/observatory/{path}")
        assert every_look(page, f"made-{path.split('/')[0]}") == [], path
    in_the_first_days(empty, example)
    for path in ("", "ranking/", "?period=live"):
        page.goto(f"{live_server.url}/observatory/{path}")
        assert every_look(page, f"young-{path.strip('/?')}") == [], path


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
    expect(page.locator("ol.log .leaf").first).to_be_visible()
    keys.go("footer a[href*='check']")
    expect(page.locator("a[href='/log/archives/log-1405.tar']").first).to_be_visible()
    context.close()


def test_the_pages_have_no_barriers_and_need_no_script(
    published: Path, page: Any, live_server: Any
) -> None:
    found = {}
    for number, path in enumerate(PATHS):
        page.goto(f"{live_server.url}{'' if number % 2 else '/en'}{path}")
        page.eval_on_selector_all("details", "all => all.forEach(one => one.open = true)")
        if wrong := every_look(page, f"observatory-{number}"):
            found[path] = wrong
    assert found == {}


def test_no_figure_of_a_month_is_cut_in_two_on_a_telephone(
    published: Path, page: Any, live_server: Any
) -> None:
    page.set_viewport_size({"width": SIZES[0][0], "height": SIZES[0][1]})
    for start in ("", "/en"):
        page.goto(f"{live_server.url}{start}/observatory/trends/")
        expect(page.locator("td[data-period][data-label]").first).to_be_visible()
        wide = "all => all.filter((one) => one.scrollWidth > one.clientWidth).length"
        assert page.eval_on_selector_all(".table-wrap:has([data-period])", wide) == 0


def test_from_the_city_to_the_rows_in_three_clicks_without_a_script(
    published: Path, browser: Any, live_server: Any
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/en/observatory/")
    page.click("nav >> text=Ranking")
    page.click("tbody tr:nth-child(2) >> text=Why")
    expect(page.locator("#why")).to_have_count(1)
    page.click("section:has-text('All figures') tbody tr:first-child td a")
    page.wait_for_url("**of=registered**")
    context.close()
