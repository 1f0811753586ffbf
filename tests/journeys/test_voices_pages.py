"""Kinds of voice in a browser: a complaint about an official, thanks, and barriers."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from peygir.cases.models import Case
from peygir.policy.model import CityPolicy
from tests.city import hire, staff_of
from tests.desk.test_outside import handed
from tests.journeys.browse import Open, every_look
from tests.voices import RARE, WORDS, handled, voices

__all__ = ["voices"]
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
SPOKEN = ["complaint_official", "appreciation", "plan", "objection"]


@pytest.fixture(autouse=True)
def _photos(settings: Any, tmp_path: Path) -> None:
    settings.PEYGIR_PHOTO_DIR = tmp_path


@pytest.mark.requirement("T7")
def test_a_citizen_complains_of_an_official_whom_the_inspection_examines(
    voices: CityPolicy, page: Any, live_server: Any, desk: Open
) -> None:
    page.goto(f"{live_server.url}/report/")
    with page.expect_navigation():
        page.click("button[value='complaint_official']")
    page.fill("#id_words", WORDS)
    page.select_option("#id_about_unit", "d3-civil")
    with page.expect_navigation():
        page.click("button:has-text('پاسخگوست')")
    expect(page.locator("#id_words")).to_have_value(WORDS)
    page.check("input[name=about_post][value='d3-civil-head']", force=True)
    with page.expect_navigation():
        page.click("button.main:has-text('ارسال')")
    case = Case.objects.get()
    assert (case.sealed, case.unit) == (True, "inspection")
    inspector = desk(hire("inspector", "inspection-1"), f"/desk/cases/{case.code}/")
    expect(inspector.locator("body")).to_contain_text(RARE)
    accused = desk(hire("accused", "d3-civil-head"), f"/desk/cases/{case.code}/")
    expect(accused.locator("h1")).to_have_count(1)
    assert RARE not in accused.content()


@pytest.mark.requirement("T6")
def test_thanks_are_told_on_the_telephone_and_shown_to_the_praised(
    voices: CityPolicy, desk: Open
) -> None:
    console = desk(hire("operator", "reception-1"), "/desk/console/")
    console.fill("#id_phone", "09123456789")
    console.select_option("#id_kind", "appreciation")
    console.wait_for_selector("#id_about_unit")
    expect(console.locator("#id_address").first).to_be_hidden()
    console.select_option("#id_about_unit", "d3-civil")
    console.fill("#id_words", "از کار خوب‌تان سپاسگزارم")
    with console.expect_navigation():
        console.keyboard.press("Control+Enter")
    assert Case.objects.get().unit == "d3-civil"
    praised = desk(hire("praised", "d3-civil-expert"), "/desk/inbox/")
    expect(praised.locator("body")).to_contain_text("از کار خوب‌تان سپاسگزارم")


def test_the_new_pages_have_no_barriers(voices: CityPolicy, desk: Open, live_server: Any) -> None:
    story = handled(voices)
    story.act("objection", by=staff_of(voices, "reception"), objection_reason="هیچ کس نیامد")
    handed(voices)
    mayor, operator = hire("boss", "centre-head"), hire("operator", "reception-1")
    wrong = {}
    for path in ("/desk/objections/", "/desk/outside/", "/desk/outside/power/"):
        wrong[path] = every_look(desk(mayor, path), path.strip("/").replace("/", "-"))
    page = desk(operator, "/desk/console/")
    page.select_option("#id_kind", "complaint_official")
    page.wait_for_selector("#id_about_code")
    wrong["console"] = every_look(page, "console-voices")
    for kind in SPOKEN:
        page.goto(f"{live_server.url}/report/?kind={kind}&about={story.case.code}")
        wrong[kind] = every_look(page, kind)
    assert not {path: found for path, found in wrong.items() if found}
