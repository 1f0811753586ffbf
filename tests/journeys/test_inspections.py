"""The list of claims to inspect, from drawing to a finding, by keyboard; the week ahead; the second
call. Every page without a fault, narrow and wide, light and dark."""

import os
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from peygir.analysis.checks import Check, Draw
from peygir.boards import second
from peygir.boards.models import SecondCall
from peygir.policy.model import CityPolicy
from tests.city import Story, hire
from tests.desk.follow import answered
from tests.desk.test_forecast import kept
from tests.journeys.browse import SIZES, Open, faults

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
    page.wait_for_selector("#waiting article")
    assert page.locator("#waiting article").count() == 4
    assert Draw.objects.get().seed in page.inner_text("#list")
    first = page.locator("#waiting article").first
    assert "عکسی از کار نیست" in first.inner_text()
    assert faults(page) == []
    _shot(page, "list")
    first.locator("input[value=false]").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**#false")
    assert page.locator("#false article").count() == 1
    assert page.locator("#waiting article").count() == 3
    assert list(Check.objects.exclude(finding="").values_list("finding", flat=True)) == ["false"]
    assert faults(page) == []


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dark", [False, True])
def test_the_pages_have_no_faults(
    claimed: list[Story], qom: CityPolicy, desk: Open, size: Any, dark: bool
) -> None:
    kept(datetime.now(UTC).astimezone(qom.calendar.tz).date(), 200)
    head = hire("head", "centre-head")
    page = desk(head, PAGE, size=size, dark=dark)
    page.click("#list button")
    page.wait_for_selector("#waiting article")
    assert faults(page) == []
    page = desk(head, "/desk/analysis/forecast/", size=size, dark=dark)
    page.click("summary >> nth=0")
    assert page.locator(".interval-band").count() == 7
    assert faults(page) == []
    _shot(page, f"forecast-{size[0]}-{dark}")


@pytest.mark.parametrize("size", SIZES)
def test_a_satisfied_citizen_is_called_again(
    qom: CityPolicy, desk: Open, size: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC)
    it = answered(qom, at=now - timedelta(hours=3))
    it.after(minutes=30).satisfied()
    monkeypatch.setattr(second, "PER_10_000", 10_000)
    second.draw(qom, it.at.astimezone(qom.calendar.tz).date(), seed="ab" * 32, at=now)
    page = desk(hire("caller", "feedback-2", id=9_001), "/desk/feedback/second/", size=size)
    assert faults(page) == []
    page.keyboard.press("KeyN")
    page.wait_for_selector(".call-card")
    assert faults(page) == []
    _shot(page, f"second-{size[0]}")
    page.keyboard.press("Digit2")
    page.wait_for_selector("#differing")
    assert faults(page) == []
    assert SecondCall.objects.get().finding == "differ"
    page = desk(hire("mayor", "mayor"), "/desk/ranking/audits/", size=size)
    assert "۱۰۰٪" in page.inner_text("#second")
    assert faults(page) == []


def _shot(page: Any, name: str) -> None:
    folder = os.environ.get("PEYGIR_SHOTS")
    if folder:
        page.screenshot(path=f"{folder}/inspections-{name}.png", full_page=True)
