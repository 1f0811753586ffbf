"""Letters, social networks and the council in a browser: one message on its three ways."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from peygir.cases import acts, policies
from peygir.ledger.entry import SYSTEM
from peygir.people.models import Letter
from peygir.policy.model import CityPolicy
from tests.city import NOON, Story, filling, hire
from tests.desk.special import FOLDER, invited, made, stored, track
from tests.desk.test_letters import drafted
from tests.journeys.browse import Open, every_look

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.PEYGIR_PHOTO_DIR = tmp_path


@pytest.fixture
def city() -> CityPolicy:
    policy, _ = policies.adopt(FOLDER, actor=SYSTEM, at=NOON)
    return policy


@pytest.mark.requirement("I10", "I11")
def test_a_letter_is_written_signed_sent_and_answered(city: CityPolicy, desk: Open) -> None:
    it = made(city)
    officer = hire("officer", "letters-1", fa="ناهید کاظمی")
    page = desk(officer, "/desk/letters/")
    page.click("#waits a.button")
    page.select_option("#id_to", "body:environment")
    with page.expect_navigation():
        page.click("main form button.main")
    letter = Letter.objects.get(case_id=it.case.id)
    assert "با سلام و احترام" in letter.body
    signer = desk(hire("head", "letters-head", fa="علی رضایی"), f"/desk/letters/{letter.pk}/")
    with signer.expect_navigation():
        signer.click("#do button.main")
    page.reload()
    with page.expect_navigation():
        page.click("#do button.main")
    letter.refresh_from_db()
    assert letter.serial == 1
    page.fill("#id_theirs", "۱۲/۴۵۶")
    page.fill("#id_dated", "۱۴۰۵/۰۸/۲۹")
    page.fill("#id_reply_text", "زمین تا پایان هفته پاک‌سازی می‌شود.")
    with page.expect_navigation():
        page.click("#reply button.main")
    assert "letter" not in {r.stage for r in stored(it).referrals.filter(closed_at=None)}


@pytest.mark.requirement("I10")
def test_words_that_give_somebody_away_are_mended_and_approved(
    city: CityPolicy, desk: Open
) -> None:
    it = made(city)
    path = f"/desk/social/{it.case.code}/{track(it, 'social')}/"
    page = desk(hire("writer", "social-media-1", fa="سارا محمدی"), path)
    page.fill("#id_post_draft", "خانم رضایی با شمارهٔ ۰۹۱۲۳۴۵۶۷۸۹ از نخاله‌ها گفت")
    with page.expect_navigation():
        page.click("#draft button.main")
    expect(page.locator("#flags li").nth(1)).to_be_attached()
    head = desk(hire("head", "centre-head", fa="رضا کریمی"), path)
    expect(head.locator("button.ok")).to_have_count(0)
    page.fill("#id_post_draft", "زمین رهاشده‌ای در منطقهٔ ۵ پر از نخاله است")
    with page.expect_navigation():
        page.click("#draft form button")
    head.reload()
    with head.expect_navigation():
        head.click("button.ok")
    page.reload()
    page.fill("#id_post_link", "https://example.ir/p/1")
    with page.expect_navigation():
        page.click("#publish button")
    expect(page.locator("#answer")).to_have_count(1)


def _pages(city: CityPolicy) -> dict[str, tuple[Any, str]]:
    it: Story = made(city)
    invited(it)
    draft = {"post_draft": "خانم رضایی گفت زمین رهاشده‌ای در منطقهٔ ۵ پر از نخاله است"}
    number = track(it, "social")
    acts.act(
        policy=city, case_id=it.case.id, step="post_drafted", texts=draft, referral=number,
        actor=filling(city, "social-media-1"), at=it.at,
    )  # fmt: skip
    officer = hire("officer", "letters-1", "letters-head", fa="ناهید کاظمی")
    head = hire("head", "centre-head", fa="رضا کریمی")
    member = hire("member", "council-1", fa="مهدی صادقی")
    late, letter = (_sent(it, officer, words) for words in ("زمین رهاشده", "نخاله‌های کوچه"))
    Letter.objects.filter(pk=late).update(reply_by=it.at)
    code = it.case.code
    return {
        "register": (officer, "/desk/letters/"),
        "write": (officer, f"/desk/letters/new/{code}/{track(it, 'letter')}/"),
        "letter": (officer, f"/desk/letters/{letter}/"),
        "queue": (head, "/desk/social/"),
        "social": (head, f"/desk/social/{code}/{number}/"),
        "case": (head, f"/desk/cases/{code}/"),
        "council": (member, "/desk/council/"),
        "member": (member, f"/desk/cases/{code}/"),
        "story": (member, f"/desk/cases/{code}/story/"),
    }


def _sent(it: Story, officer: Any, subject: str) -> int:
    client = Client()
    client.force_login(officer)
    letter = drafted(client, it, subject=subject, reply_by="1405/12/01")
    client.post(f"/desk/letters/{letter.pk}/sign/")
    client.post(f"/desk/letters/{letter.pk}/send/")
    return int(letter.pk)


def test_no_page_has_a_barrier(city: CityPolicy, desk: Open) -> None:
    found = {}
    for name, (person, path) in _pages(city).items():
        found[name] = every_look(desk(person, path), f"special-{name}")
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
