"""The list of claims to inspect, from drawing to a finding, by keyboard; the week ahead; the second
call. Every page without a fault, narrow and wide, light and dark."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from peygir.analysis.checks import Check, Draw
from peygir.boards import second
from peygir.boards.models import SecondCall
from peygir.policy.model import CityPolicy
from tests.city import Story, hire
from tests.desk.follow import answered
from tests.desk.test_forecast import kept
from tests.journeys.browse import Open, every_look, faults

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PAGE = "/desk/analysis/inspections/"


@pytest.fixture
def claimed(qom: CityPolicy) -> list[Story]:
    """Six claims of work done, one of them closed since."""
    now = datetime.now(UTC)
    found = []
    for back in range(6):
        it = Story(qom, at=now - timedelta(hours=40 + back)).after(hours=9)
        it.report()
        found.append(it)
    found[0].after(hours=2).satisfied()
    return found


@pytest.mark.requirement("S26")
def test_a_list_is_made_and_a_false_claim_recorded(claimed: list[Story], desk: Open) -> None:
    page = desk(hire("inspector", "special-follow-up-1"), PAGE)
    page.fill("[name=wanted]", "۴")
    page.keyboard.press("Enter")
    rows = page.locator("#waiting .claim")
    expect(rows).to_have_count(4)
    expect(page.locator("#list")).to_contain_text(Draw.objects.get().seed)
    expect(rows.first.locator("summary")).to_contain_text("عکسی از کار نیست")
    assert faults(page) == []
    tell(page, rows.first, "false")
    page.wait_for_url("**#false")
    expect(page.locator("#false .claim-row")).to_have_count(1)
    expect(rows).to_have_count(3)
    assert list(Check.objects.exclude(finding="").values_list("finding", flat=True)) == ["false"]
    assert faults(page) == []
    tell(page, page.locator("#found .claim").first, "held")
    page.wait_for_url("**#found")
    expect(page.locator("#false .claim-row")).to_have_count(0)
    expect(page.locator("#found .claim .chip").first).to_contain_text("انجام شده بود")
    assert faults(page) == []


def test_twenty_claims_are_a_page_that_is_read_at_a_glance(qom: CityPolicy, desk: Open) -> None:
    now = datetime.now(UTC)
    for back in range(24):
        Story(qom, at=now - timedelta(hours=40 + back)).after(hours=9).report()
    page = desk(hire("inspector", "special-follow-up-1"), PAGE, size=(1366, 768))
    page.click("#list button")
    rows = page.locator("#waiting .claim")
    expect(rows).to_have_count(20)
    assert page.locator("#waiting").bounding_box()["height"] < 20 * 64
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.locator("#waiting").bounding_box()["height"] < 20 * 136
    assert "sideways scroll" not in faults(page)


def tell(page: Any, row: Any, finding: str) -> None:
    """Unfold a row and say what was found, by keyboard."""
    row.locator("summary").focus()
    page.keyboard.press("Enter")
    row.locator(f"input[value={finding}]").focus()
    page.keyboard.press("Space")
    row.locator("form button").focus()
    page.keyboard.press("Enter")


def test_the_pages_have_no_faults(claimed: list[Story], qom: CityPolicy, desk: Open) -> None:
    kept(datetime.now(UTC).astimezone(qom.calendar.tz).date(), 200)
    head = hire("head", "centre-head")
    page = desk(head, PAGE)
    page.click("#list button")
    page.locator("#waiting summary").first.click()
    expect(page.locator("#waiting .claim-form button").first).to_be_visible()
    assert every_look(page, "inspections") == []
    page = desk(head, "/desk/analysis/forecast/")
    page.click("main summary >> nth=0")
    days_and_key = page.locator("#ahead .interval-band:visible")
    expect(days_and_key).to_have_count(7 + 1)
    assert every_look(page, "forecast") == []


def test_a_satisfied_citizen_is_called_again(
    qom: CityPolicy, desk: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC)
    it = answered(qom, at=now - timedelta(hours=3))
    it.after(minutes=30).satisfied()
    monkeypatch.setattr(second, "PER_10_000", 10_000)
    second.draw(qom, it.at.astimezone(qom.calendar.tz).date(), seed="ab" * 32, at=now)
    page = desk(hire("caller", "feedback-2", id=9_001), "/desk/feedback/second/")
    assert every_look(page, "second-list") == []
    page.keyboard.press("KeyN")
    page.wait_for_selector(".call-card")
    assert every_look(page, "second") == []
    page.keyboard.press("Digit2")
    page.wait_for_selector("#differing")
    assert every_look(page) == []
    assert SecondCall.objects.get().finding == "differ"
    page = desk(hire("mayor", "mayor"), "/desk/ranking/audits/")
    expect(page.locator("#second")).to_contain_text("۱۰۰٪")
    assert every_look(page, "audits") == []
