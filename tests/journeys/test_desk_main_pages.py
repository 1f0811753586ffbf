"""Console, inbox and case in a browser: by keyboard alone, accessible in each size and theme."""

import gzip
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from peygir.cases.models import Case
from peygir.ledger.ids import new_id
from peygir.people.models import Call
from peygir.policy.model import CityPolicy
from tests.city import PHONE, Story, hire
from tests.journeys.browse import SIZES, Open, answered, every_look, faults, there
from tests.kannel.gateway import wait_until

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def known(qom: CityPolicy) -> Story:
    """Maryam has one open case: a pothole in district 3, reported three hours ago."""
    return Story(qom, at=datetime.now(UTC) - timedelta(hours=3))


@pytest.mark.requirement("Q3")
def test_an_operator_registers_a_known_caller_with_the_keyboard_alone(
    known: Story, desk: Open
) -> None:
    page = desk(hire("operator", "reception-1"), "/desk/console/")
    page.wait_for_selector("#id_phone:focus")
    page.keyboard.type("09123456789")
    page.wait_for_selector("#caller .script")  # the answer to a status call, without a key
    page.keyboard.press("F2")
    page.keyboard.type("چالهٔ عمیق روبه‌روی مدرسه")
    page.wait_for_selector("#hints input[type=radio]")
    with answered(page, "/hints/"):
        page.keyboard.press("F8")
    expect(page.locator("#id_address")).to_have_value("خیابان گلستان، پلاک ۱۲")
    page.keyboard.press("Tab")
    page.keyboard.press("Digit1")
    page.wait_for_selector(f"#similar button[value='join:{known.case.code}']")
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".panel.done")
    case = Case.objects.exclude(pk=known.case.id).get()
    assert (case.unit, case.category, case.district) == ("d3-civil", "C01", 3)
    page.wait_for_selector("#id_phone:focus")
    expect(page.locator("#id_words")).to_have_value("")


def test_a_draft_survives_a_reload_and_goes_with_the_registration(known: Story, desk: Open) -> None:
    page = desk(hire("operator", "reception-1"), "/desk/console/")
    page.fill("#id_phone", "09351112233")
    page.fill("#id_words", "زبالهٔ جمع‌نشده")
    page.reload()
    expect(page.locator("#id_words")).to_have_value("زبالهٔ جمع‌نشده")
    page.wait_for_selector("#hints input[type=radio]")
    page.keyboard.press("Control+Enter")
    there(page, ".panel.done")
    page.reload()
    expect(page.locator("#id_words")).to_have_value("")


def test_a_complaint_and_a_join_take_one_key_each(known: Story, desk: Open) -> None:
    page = desk(hire("operator", "reception-1"), "/desk/console/")
    page.wait_for_selector("#id_phone:focus")
    page.keyboard.type("09123456789")
    page.wait_for_selector("#caller .script")
    page.keyboard.press("F9")
    page.wait_for_selector("[name='objection_reason']:focus")
    page.keyboard.type("هنوز کسی نیامده است")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    there(page, ".panel.done")
    assert Case.objects.get(pk=known.case.id).objections == 1
    page.wait_for_selector("#id_phone:focus")
    page.keyboard.type("09351112233")
    page.keyboard.press("F2")
    page.keyboard.type("چالهٔ عمیق روبه‌روی مدرسه")
    page.wait_for_selector("#hints input[type=radio]")
    with answered(page, "/hints/"):
        page.select_option("#id_district", "3")
    page.focus("#hints input[type=radio]")
    with answered(page, "/hints/"):
        page.keyboard.press("Digit1")
    page.focus("#similar button")
    page.keyboard.press("Digit1")
    page.wait_for_selector(".panel.done")
    assert Case.objects.get(pk=known.case.id).reporters == 2


def test_a_place_is_set_on_the_map_of_the_console_by_keys(known: Story, desk: Open) -> None:
    page = desk(hire("operator", "reception-1"), "/desk/console/")
    assert not page.evaluate("'L' in window")
    page.keyboard.press("F6")
    page.wait_for_selector("#map.leaflet-container canvas")
    page.focus("[data-tap-middle]")
    page.keyboard.press("Enter")
    expect(page.locator("#id_lat_e6")).to_have_value(re.compile("^34"))
    expect(page.locator("#id_lon_e6")).to_have_value(re.compile("^50"))
    assert not faults(page)
    page.click("#map", position={"x": 60, "y": 60})
    page.fill("#id_phone", "09351112233")
    page.fill("#id_words", "چراغ خاموش است")
    page.keyboard.press("Control+Enter")
    there(page, ".panel.done")
    assert Case.objects.exclude(pk=known.case.id).get().lat_e6 is not None
    page.keyboard.press("F6")
    page.wait_for_selector("#map.leaflet-container canvas")
    page.focus("[data-tap-middle]")
    page.keyboard.press("Enter")
    page.focus("[data-tap-none]")
    page.keyboard.press("Enter")
    expect(page.locator("#id_lat_e6")).to_have_value("")


def test_the_page_is_filled_when_the_telephone_rings(known: Story, desk: Open) -> None:
    operator = hire("operator", "reception-1", extension="201")
    page = desk(operator, "/desk/console/")
    call = {"direction": "in", "phone": PHONE, "extension": "201", "rang_at": datetime.now(UTC)}
    Call.objects.create(id=new_id(), **call)
    page.wait_for_selector("#caller .script")
    expect(page.locator("#id_phone")).to_have_value(PHONE)
    expect(page.locator("#id_name")).to_have_value("مریم رضایی")


@pytest.mark.requirement("Q5")
def test_an_executive_files_a_result_from_the_inbox_by_keys(known: Story, desk: Open) -> None:
    page = desk(hire("executive", "d3-civil-expert"), "/desk/inbox/")
    page.keyboard.press("KeyJ")
    page.keyboard.press("KeyE")
    page.wait_for_selector("[name='report-result_text']:focus")
    page.keyboard.type("آسفالت ترمیم شد")
    page.check("[name='report-report_to_citizen__same']")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".toast")
    assert Case.objects.get(pk=known.case.id).stage == "execution"  # ten seconds to think again
    page.click(".toast button")
    expect(page.locator("[name='report-result_text']")).to_have_value("آسفالت ترمیم شد")
    page.keyboard.press("Control+Enter")
    page.keyboard.press("Control+Enter")  # a second time: now
    page.wait_for_selector("#story >> text=ثبت نتیجه")
    assert Case.objects.get(pk=known.case.id).stage == "feedback"


def test_what_was_sent_is_not_lost_when_the_page_is_left_at_once(
    known: Story, desk: Open, live_server: Any
) -> None:
    page = desk(hire("executive", "d3-civil-expert"), f"/desk/cases/{known.case.code}/")
    page.fill("[name='report-result_text']", "آسفالت ترمیم شد")
    page.fill("[name='report-report_to_citizen']", "محل ترمیم شد")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".toast")
    page.goto(f"{live_server.url}/desk/inbox/")
    wait_until(lambda: Case.objects.get(pk=known.case.id).stage == "feedback", "what was sent")


def test_back_onto_a_refused_form_shows_the_page_with_what_was_typed(
    known: Story, desk: Open, live_server: Any
) -> None:
    page = desk(hire("executive", "d3-civil-expert"), f"/desk/cases/{known.case.code}/")
    page.fill("[name='report-result_text']", "آسفالت ترمیم شد")
    page.keyboard.press("Control+Enter")
    page.keyboard.press("Control+Enter")
    there(page, ".errors")
    page.goto(f"{live_server.url}/desk/inbox/")
    page.go_back()
    assert page.url.endswith(f"/desk/cases/{known.case.code}/")
    expect(page.locator("[name='report-result_text']")).to_have_value("آسفالت ترمیم شد")
    page.fill("#q", "آسفالت")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/search/")
    page.goto(f"{live_server.url}/desk/inbox/")
    page.go_back()
    expect(page.locator("#q")).to_have_value("آسفالت")


def test_without_javascript_the_same_forms_work(
    known: Story, browser: Any, live_server: Any
) -> None:
    hire("operator", "reception-1")
    context = browser.new_context(java_script_enabled=False, locale="fa-IR")
    page = context.new_page()
    page.goto(f"{live_server.url}/desk/console/")
    page.fill("#id_username", "operator")
    page.fill("#id_password", "a-long-password-137")
    page.click("main form button")
    page.fill("#id_phone", "09123456789")
    page.click("button[value=look]")
    expect(page.locator("#caller .script").first).to_be_visible()
    page.fill("#id_words", "زبالهٔ جمع‌نشده")
    page.click("button[value='place:0']")
    page.click("button[value=register]")
    expect(page.locator(".panel.done").first).to_be_visible()
    context.close()


def test_pages_have_no_accessibility_faults(known: Story, desk: Open) -> None:
    operator, executive = hire("op", "reception-1", extension="201"), hire("ex", "d3-civil-expert")
    visits = [
        (executive, "/desk/inbox/?district=3"),
        (executive, f"/desk/cases/{known.case.code}/"),
        (operator, "/desk/inbox/"),
        (operator, "/desk/search/"),
        (operator, "/desk/account/"),
        (operator, "/en/desk/inbox/"),
        (operator, "/desk/console/"),
    ]
    for person, path in visits:
        page = desk(person, path)
        if path.endswith("console/"):
            page.fill("#id_phone", "09123456789")
            page.wait_for_selector("#caller .script")
        found = every_look(page)
        assert not found, f"{path}: {json.dumps(found, ensure_ascii=False, indent=1)}"
        page.close()


def test_the_first_load_of_a_desk_stays_within_its_budget(known: Story, desk: Open) -> None:
    operator = hire("op", "reception-1")
    for path in ("console/", "inbox/", f"cases/{known.case.code}/"):
        page = desk(operator, f"/desk/{path}")
        page.wait_for_load_state("networkidle")
        names = page.evaluate("performance.getEntriesByType('resource').map((one) => one.name)")
        sizes = {name: _travelled(page, name) for name in {page.url, *names}}
        assert 0 < sum(sizes.values()) <= 150_000, sizes


def _travelled(page: Any, address: str) -> int:
    """Bytes of an answer as a server that compresses text sends them."""
    body = page.request.get(address).body()
    return len(body) if address.endswith(".woff2") else len(gzip.compress(body))


def test_a_long_menu_folds_on_a_telephone(known: Story, desk: Open) -> None:
    head = hire("head", "centre-head")
    page = desk(head, "/desk/inbox/", size=SIZES[0])
    links = page.locator("header nav a:visible")
    expect(links).to_have_count(0)
    page.focus("header nav.folded summary")
    page.keyboard.press("Enter")
    expect(links.nth(6)).to_be_visible()
    with page.expect_navigation():
        links.nth(3).click()
    expect(page.locator("header nav a:visible")).to_have_count(0)
    wide = desk(head, "/desk/inbox/")
    expect(wide.locator("header nav.folded")).to_be_hidden()
    expect(wide.locator("header nav a:visible").nth(6)).to_be_visible()
