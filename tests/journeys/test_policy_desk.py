"""The policy desk in a browser: from a shorter time to the second person's yes, unit by unit."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from peygir.cases import policies
from peygir.cases.models import Case, Draft
from peygir.people.models import Staff
from peygir.policy.model import CityPolicy
from peygir.worker import rehearsals
from tests.city import Story, hire
from tests.journeys.browse import Open, every_look

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

SIZES = [(360, 780), (1366, 768)]


def press(page: Any, words: str) -> None:
    with page.expect_navigation():
        page.click(f"main button:has-text('{words}'), main a.button:has-text('{words}')")


def drafted(desk: Open, qom: CityPolicy) -> tuple[Any, Any]:
    """A draft with 12 hours for services, on the screen of the head of the centre."""
    now = timezone.now()
    for hours in (5, 20, 30):
        it = Story(qom, category="W01", at=now - timedelta(days=2))
        it.after(hours=hours).report()
    page = desk(hire("centre", "centre-head", fa="مریم راد"), "/desk/policy/")
    press(page, "پیش‌نویس‌های سیاست")
    press(page, "آغاز پیش‌نویس")
    with page.expect_navigation():
        page.click("a[href$='/change/classes/']")
    page.fill("#id_due-services", "۱۲")
    press(page, "ذخیره در پیش‌نویس")
    expect(page.locator("text=مهلت ردهٔ «خدماتی» از ۲۴ ساعت به ۱۲ ساعت")).to_have_count(1)
    return page, hire("hassan", "mayor", fa="حسن شهردار")


@pytest.mark.requirement("M5")
def test_two_people_change_the_policy(qom: CityPolicy, desk: Open) -> None:
    page, mayor = drafted(desk, qom)
    press(page, "بازاجرای سی روز گذشته")
    page.wait_for_selector("progress")
    rehearsals.turn()
    page.wait_for_selector(".headline")  # the page asked again by itself
    expect(page.locator(".headline")).to_contain_text("۱ مورد دیرکرد بیشتر")
    press(page, "فرستادن برای نفر دوم")
    expect(page.locator("button:has-text('سیاست شهر می‌شود')")).to_have_count(0)
    other = desk(mayor, path_of(page))
    press(other, "سیاست شهر می‌شود")
    policies._latest.cache_clear()
    assert policies.current().classes["services"].due.text == "12h"
    other.goto(other.url.split("/drafts/")[0] + "/")
    expect(other.locator("text=نسخهٔ ۲").first).to_be_attached()


@pytest.mark.requirement("M11", "M3")
def test_both_flows_run_side_by_side(qom: CityPolicy, desk: Open) -> None:
    page, mayor = drafted(desk, qom)
    page.check("input[name=how][value=units]", force=True)
    page.click("summary:has-text('روز هر واحد')")
    page.fill("#id_unit-d3", "۱۴۰۵/۸/۱")
    press(page, "ثبت زمان")
    press(page, "فرستادن برای نفر دوم")
    press(desk(mayor, path_of(page)), "سیاست شهر می‌شود")
    policies._latest.cache_clear()
    now = timezone.now()
    for district in (3, 5):
        Story(qom, category="W01", district=district, at=now)
    young = Case.objects.filter(opened_at=now)
    assert young.get(district=3).policy != young.get(district=5).policy == qom.digest
    page = desk(hire("officer", "d3-civil-expert"), "/desk/policy/rollout/")
    expect(page.locator("dt:has-text('نسخهٔ ۱')")).to_have_count(1)
    expect(page.locator("dt:has-text('نسخهٔ ۲')")).to_have_count(1)
    expect(page.locator("th:has-text('منطقهٔ ۳')").first).to_be_attached()


def test_every_page_is_accessible_and_never_wider_than_the_screen(
    qom: CityPolicy, desk: Open
) -> None:
    page, mayor = drafted(desk, qom)
    press(page, "بازاجرای سی روز گذشته")
    rehearsals.turn()
    draft = path_of(page).split("#")[0]
    page.check("input[name=how][value=units]", force=True)
    page.click("summary:has-text('روز هر واحد')")
    page.fill("#id_unit-d3", "۱۴۰۵/۸/۱")
    press(page, "ثبت زمان")
    paths = [draft, "/desk/policy/drafts/", f"{draft}files/"]
    parts = ("subjects", "classes", "stages", "routes", "ladders", "points")
    paths += [f"{draft}change/{part}/" for part in parts]
    centre = Staff.objects.get(username="centre")
    for path in paths:
        assert every_look(desk(centre, path)) == [], path
    press(page, "فرستادن برای نفر دوم")
    press(desk(mayor, draft), "سیاست شهر می‌شود")
    policies._latest.cache_clear()
    assert Draft.objects.get().state == "adopted"
    for path in ("/desk/policy/rollout/", "/desk/policy/", draft):
        assert every_look(desk(mayor, path)) == [], path


def path_of(page: Any) -> str:
    return "/" + str(page.url).split("/", 3)[3]
