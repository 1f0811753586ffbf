"""Desks that follow up, in a browser: calls by keys, a head's decision, barriers on any page."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from peygir.cases import sweep
from peygir.people.models import Call
from peygir.policy.model import CityPolicy
from tests.city import Story, hire
from tests.desk.follow import BEFORE, answered, doubted, promised, stored
from tests.journeys.browse import Open, every_look

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _photos(settings: Any, tmp_path: Path) -> None:
    settings.PEYGIR_PHOTO_DIR = tmp_path


@pytest.mark.requirement("Q6", "Q7")
def test_a_caller_closes_a_case_with_two_keys(qom: CityPolicy, desk: Open) -> None:
    first = answered(qom)
    second = answered(qom, caller=None, at=BEFORE + timedelta(hours=1))
    page = desk(hire("caller", "feedback-1"), "/desk/feedback/")
    page.keyboard.press("KeyN")
    page.wait_for_selector(f"a[href='tel:{'+989123456789'}']")
    with page.expect_navigation():
        page.keyboard.press("Digit1")
    assert stored(first).ending == "satisfied"
    assert Call.objects.get().outcome == "reached"
    page.wait_for_selector("text=گزارش‌دهنده ناشناس")  # the next card is already here
    assert stored(second).stage == "feedback"


@pytest.mark.requirement("Q8")
def test_dissatisfaction_and_its_reason_need_no_mouse(qom: CityPolicy, desk: Open) -> None:
    it = answered(qom)
    page = desk(hire("caller", "feedback-1"), "/desk/feedback/")
    page.keyboard.press("KeyN")
    page.wait_for_selector("#id_objection_reason")
    page.keyboard.press("F2")
    page.keyboard.type("چاله ۲ متر آن‌سوتر هنوز هست")
    assert stored(it).stage == "feedback"  # the digit was text, not a key
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert stored(it).stage == "special_follow_up"


@pytest.mark.requirement("Q13")
def test_a_head_approves_a_promise(qom: CityPolicy, desk: Open) -> None:
    it = promised(qom, at=datetime.now(UTC) - timedelta(days=3))
    unit = qom.organisation.scored(it.case.unit)
    page = desk(hire("head", f"{unit}-mayor"), "/desk/head/")
    page.click("details:has(button[value='approve']) > summary")  # a nearer head would decide it
    with page.expect_navigation():
        page.click("button:has-text('تأیید')")
    assert stored(it).status == "long_running"
    expect(page.locator("#proposals")).to_have_count(0)


def _city(qom: CityPolicy) -> dict[str, Any]:
    """Something of everything, and one person who may open each page."""
    answered(qom)
    visit = doubted(qom, district=5)
    proposal = promised(qom)
    Story(qom, at=BEFORE - timedelta(days=3), district=proposal.case.district)
    sweep.drain(at=BEFORE + timedelta(days=2))
    unit = qom.organisation.scored(proposal.case.unit)
    people = {
        "feedback": hire("caller", "feedback-1", fa="سارا محمدی"),
        "inspector": hire("inspector", "special-follow-up-1", fa="امیر حسینی"),
        "head": hire("head", f"{unit}-mayor", fa="علی رحیمی"),
        "admin": hire("admin", "ict-expert", fa="نرگس کریمی"),
    }
    admin = people["admin"].pk
    return {
        "people": people,
        "pages": [
            ("feedback", "/desk/feedback/", "KeyN"),
            ("inspector", "/desk/field/", ""),
            ("inspector", f"/desk/field/{visit.case.code}/", ""),
            ("head", "/desk/head/", ""),
            ("head", "/desk/ranking/", ""),
            ("head", "/desk/organisation/", ""),
            ("head", f"/desk/organisation/posts/{unit}-mayor/", ""),
            ("admin", "/desk/staff/", ""),
            ("admin", "/desk/staff/add/", ""),
            ("admin", f"/desk/staff/{admin}/", ""),
            ("admin", "/desk/policy/", ""),
        ],
    }


def test_every_page_is_accessible_and_never_wider_than_the_screen(
    qom: CityPolicy, desk: Open
) -> None:
    city = _city(qom)
    found: list[str] = []
    for who, path, key in city["pages"]:
        page = desk(city["people"][who], path)
        if key:
            page.keyboard.press(key)
            page.wait_for_selector(".call-card")
        found += [f"{path}: {fault}" for fault in every_look(page)]
        page.context.close()
    assert not found, "\n".join(found)
