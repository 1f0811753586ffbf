"""The analytics desk in a browser: no barriers on a telephone and on a desk, in light and in dark;
without a script from a filter to a number, from a number to its cases, from there to one case."""

from typing import Any

import pytest
from playwright.sync_api import expect

from peygir.cases.models import Case
from peygir.policy.model import CityPolicy
from tests.analysis import lived
from tests.city import hire
from tests.journeys.browse import Open, every_look

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

SPAN = "?since=1405/06/10&until=1405/09/29"
PATHS = {
    "overview": f"/desk/analysis/{SPAN}",
    "places": f"/desk/analysis/places/{SPAN}&size=9",
    "units": f"/desk/analysis/units/{SPAN}",
    "rows": f"/desk/analysis/rows/{SPAN}&late=1",
    "wrong": "/desk/analysis/?district=99&since=abc",
}


@pytest.fixture
def town(qom: CityPolicy) -> None:
    """Two months of cases, and the rows kept of them."""
    lived.live(qom, cases=16)
    lived.kept()


def test_the_pages_have_no_barriers(town: None, desk: Open) -> None:
    page = desk(hire("mayor", "mayor"), "/desk/analysis/")
    origin = page.url.split("/desk/")[0]
    found = {}
    for name, path in PATHS.items():
        page.goto(f"{origin}{path}")
        if wrong := every_look(page, f"analysis-{name}"):
            found[name] = wrong
        page.eval_on_selector_all("details", "all => all.forEach(one => one.open = true)")
        if wrong := every_look(page):
            found[f"{name}, opened"] = wrong
    assert found == {}, found


def test_from_a_filter_to_a_number_to_a_case_without_a_script(
    town: None, browser: Any, live_server: Any
) -> None:
    hire("mayor", "mayor", password="a-long-password-137")
    context = browser.new_context(java_script_enabled=False, locale="fa-IR")
    page = context.new_page()
    page.goto(f"{live_server.url}/desk/analysis/{SPAN}")
    page.fill("[name=username]", "mayor")
    page.fill("[name=password]", "a-long-password-137")
    page.click("main button")
    page.click("#filters summary")
    page.select_option("#id_channel", "web")
    page.click("#filters .go button")
    page.wait_for_url("**channel=web**")
    page.click("#channels summary")
    number = page.locator("#channels tbody tr:first-child a").first
    words = number.inner_text()
    with page.expect_navigation():
        number.click()
    wanted = Case.objects.filter(channel="web").count()
    expect(page.locator("#counted")).to_have_attribute("data-counted", str(wanted))
    assert str(wanted).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")) == words
    page.click(".inbox h3 a >> nth=0")
    page.wait_for_url("**/desk/cases/**")
    context.close()


def test_a_picture_opens_in_the_browser(town: None, desk: Open) -> None:
    page = desk(hire("mayor", "mayor"), PATHS["overview"])
    address = page.get_attribute("#subjects .files a >> nth=1", "href")
    page.goto(f"{page.url.split('/desk/')[0]}{address}")
    assert page.evaluate("document.images[0].naturalWidth") >= 900
