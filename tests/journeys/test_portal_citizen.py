"""A citizen's way through the pages, in a browser: with scripts, without, by light and by dark."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from peygir.cases.models import Case
from peygir.notices.models import Notice
from peygir.people.models import Photo, Reporter
from peygir.policy.model import CityPolicy
from tests.city import Story
from tests.journeys.browse import every_look, there
from tests.portal.citizens import photo

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
WORDS = "چالهٔ عمیق روبه‌روی مدرسه"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.PEYGIR_PHOTO_DIR = tmp_path / "photos"
    return tmp_path


@pytest.fixture
def phone(browser: Any) -> Iterator[Any]:
    """A telephone of 360 px that knows where it is."""
    context = browser.new_context(
        locale="fa-IR",
        viewport={"width": 360, "height": 780},
        geolocation={"latitude": 34.64, "longitude": 50.88},
        permissions=["geolocation"],
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def plain(browser: Any) -> Iterator[Any]:
    """The same telephone without JavaScript."""
    context = browser.new_context(
        locale="fa-IR", viewport={"width": 360, "height": 780}, java_script_enabled=False
    )
    yield context.new_page()
    context.close()


def picture(folder: Path) -> str:
    path = folder / "photo.jpg"
    path.write_bytes(photo().read())
    return str(path)


@pytest.mark.requirement("T9")
def test_report_on_a_phone_with_suggestion_place_photo_and_code(
    qom: CityPolicy, live_server: Any, phone: Any, folder: Path
) -> None:
    phone.goto(f"{live_server.url}/report/")
    phone.set_input_files("#id_photo", picture(folder))
    phone.fill("#id_words", "چاله وسط خیابان")
    phone.click("label:has-text('چاله و لکه‌گیری آسفالت')")
    phone.click("[data-here]")
    phone.wait_for_selector("text=محل ثبت شد")
    phone.fill("#id_phone", "۰۹۱۲۳۴۵۶۷۸۹")
    phone.click("text=ارسال پیام")
    phone.wait_for_selector(".panel .code")
    case = Case.objects.get()
    assert (case.category, case.lat_e6, case.lon_e6) == ("C01", 34_640_000, 50_880_000)
    assert Photo.objects.get().case_id == case.pk
    otp = str(Notice.objects.get(template="sms.otp").params["otp"])
    phone.fill("#id_otp", otp)
    with phone.expect_navigation():
        phone.click("text=تأیید >> visible=true >> nth=-1")
    phone.goto(f"{live_server.url}/mine/")
    expect(phone.locator(f"a[href='/t/{case.code}']")).to_have_count(1)
    assert phone.evaluate("localStorage.getItem('draft:report')") is None


def test_report_by_one_post_without_scripts(
    qom: CityPolicy, live_server: Any, plain: Any, folder: Path
) -> None:
    plain.goto(f"{live_server.url}/report/")
    plain.set_input_files("#id_photo", picture(folder))
    plain.fill("#id_words", WORDS)
    plain.fill("#id_address", "گلستان ۱۲")
    plain.select_option("#id_district", "3")
    plain.fill("#id_phone", "۰۹۱۲۳۴۵۶۷۸۹")
    plain.click("text=ارسال پیام")
    expect(plain.locator(".panel .code")).to_have_count(1)
    assert Case.objects.get().district == 3
    assert Photo.objects.count() == 1


def test_a_draft_survives_a_reload(qom: CityPolicy, live_server: Any, phone: Any) -> None:
    phone.goto(f"{live_server.url}/report/")
    phone.fill("#id_words", WORDS)
    phone.reload()
    expect(phone.locator("#id_words")).to_have_value(WORDS)


def test_back_onto_a_refused_form_shows_it_again_with_what_was_typed(
    qom: CityPolicy, live_server: Any, phone: Any
) -> None:
    phone.goto(f"{live_server.url}/report/")
    phone.fill("#id_words", WORDS)
    phone.fill("#id_phone", "0912")
    once = phone.input_value("[name=once]")
    phone.click("text=ارسال پیام")
    there(phone, ".errors")
    phone.evaluate("localStorage.clear()")  # without the draft, which another form may have taken
    phone.goto(f"{live_server.url}/help/")
    phone.go_back()
    expect(phone.locator("#id_words")).to_have_value(WORDS)
    expect(phone.locator("#id_phone")).to_have_value("0912")
    assert phone.input_value("[name=once]").split(":")[0] == once.split(":")[0]
    phone.reload()
    expect(phone.locator("#id_words")).to_have_value(WORDS)


def test_a_pin_is_set_by_a_tap_or_by_keys(qom: CityPolicy, live_server: Any, phone: Any) -> None:
    phone.goto(f"{live_server.url}/report/")
    assert not phone.evaluate("'L' in window")
    phone.click("[data-open-map]")
    phone.wait_for_selector("#map.leaflet-container canvas")
    phone.click("#map", position={"x": 100, "y": 150})
    place = phone.locator("[name=lat]")
    expect(place).not_to_have_value("")
    tapped = place.input_value()
    phone.focus("[data-pin-centre]")
    phone.keyboard.press("Enter")
    expect(place).not_to_have_value(tapped)
    expect(place).not_to_have_value("")
    phone.click("[data-no-place]")
    expect(place).to_have_value("")


def test_a_neighbours_report_is_joined_with_one_tap(
    qom: CityPolicy, live_server: Any, phone: Any
) -> None:
    story = Story(qom, lat_e6=34_640_100, lon_e6=50_880_000)
    phone.goto(f"{live_server.url}/report/")
    phone.fill("#id_words", "چاله جلوی مدرسه")
    phone.click("[data-here]")
    phone.click("#near label >> nth=0")
    phone.fill("#id_phone", "09121111111")
    phone.click("text=ارسال پیام")
    phone.wait_for_selector(".panel .code")
    assert Reporter.objects.filter(case_id=story.case.id).count() == 2


@pytest.mark.requirement("Q8", "Q9")
def test_not_fixed_sends_the_case_back(qom: CityPolicy, live_server: Any, phone: Any) -> None:
    story = Story(qom)
    story.report()
    phone.goto(f"{live_server.url}/track/")
    phone.fill("#id_code", story.case.code)
    phone.click("text=نمایش وضعیت")
    phone.fill("#id_last4", "۶۷۸۹")
    phone.click("main form .button.main")
    phone.click("text=درست نشد")
    phone.click("label:has-text('کار خوب انجام نشده')")
    phone.click("text=ارسال: درست نشد")
    phone.wait_for_selector("text=نظر شما ثبت شد")
    assert Case.objects.get().stage == "special_follow_up"


def test_no_page_has_a_barrier(qom: CityPolicy, live_server: Any, page: Any) -> None:
    story = Story(qom, lat_e6=34_640_100, lon_e6=50_880_000)
    story.report()
    found: dict[str, list[str]] = {}
    paths = ["/", "/report/", "/track/?code=1", f"/t/{story.case.code}", "/mine/", "/help/"]
    for path in [*paths, "/privacy/", "/accessibility/", "/en/report/"]:
        page.goto(live_server.url + path)
        found[path] = every_look(page)
    page.goto(f"{live_server.url}/t/{story.case.code}")
    page.fill("#id_last4", "6789")
    with page.expect_navigation():
        page.click("main form .button.main")
    for path in (f"/t/{story.case.code}", f"/t/{story.case.code}/answer/", "/report/?map"):
        page.goto(live_server.url + path)
        if "map" in path:
            page.fill("#id_words", "چاله جلوی مدرسه")
            page.select_option("#id_district", "3")
            page.click("[data-open-map]")
            page.wait_for_selector("#map.leaflet-container canvas")
            page.wait_for_selector("#suggestions label")
        found[path] = every_look(page)
    assert not any(found.values()), json.dumps(found, ensure_ascii=False, indent=1)
