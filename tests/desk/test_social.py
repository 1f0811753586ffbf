"""What the social networks are given: without names, approved by another, never posted by us."""

from typing import Any

import pytest
from django.test import Client

from peygir.desk.social.anonymous import Known, is_national_id, look
from peygir.desk.social.views import is_link
from peygir.ledger import read
from peygir.people.models import Paper
from tests.city import Story
from tests.desk.people import signed_in, soup
from tests.desk.special import special, stored, track

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("I10")]
__all__ = ["special"]
PLAIN = "زمین رهاشده‌ای در منطقهٔ ۵ سال‌هاست پر از نخاله است"
KNOWN = Known(
    names=("مریم رضایی",), phones=("+989123456789",), addresses=("خیابان گلستان، پلاک ۱۲",)
)


@pytest.fixture
def officer(isfahan: Any) -> Client:
    return signed_in("social-media-1")


def base(it: Story) -> str:
    return f"/desk/social/{it.case.code}/{track(it, 'social')}/"


def drafted(client: Client, it: Story, text: str = PLAIN) -> int:
    assert client.post(f"{base(it)}draft/", {"post_draft": text}).status_code == 302
    return Paper.objects.filter(case_id=it.case.id, kind="post_draft").latest("at", "id").pk


def steps_of(it: Story) -> list[str]:
    return [event.step for event in read.of("case", it.case.id) if event.step]


def test_a_draft_is_approved_by_another_published_and_answered(
    special: Story, officer: Client
) -> None:
    assert special.case.code in soup(officer.get("/desk/social/")).replace("-", "") or (
        base(special) in soup(officer.get("/desk/social/"))
    )
    page = soup(officer.get(base(special)))
    assert "چالهٔ عمیق روبه‌روی مدرسه" in page
    paper = drafted(officer, special)
    link = {"post_link": "https://example.ir/p/1"}
    assert officer.post(f"{base(special)}publish/", link).status_code == 409
    head = signed_in("centre-head")
    assert head.post(f"{base(special)}approve/", {"draft": paper}).status_code == 302
    assert officer.post(f"{base(special)}publish/", link).status_code == 302
    answer = {"published_answer": "مالک متعهد شد و نخاله‌ها جمع شد"}
    assert officer.post(f"{base(special)}answer/", answer).status_code == 302
    taken = ["post_drafted", "post_approved", "post_published", "answer_published"]
    assert steps_of(special)[-4:] == taken
    assert "social" not in {r.stage for r in stored(special).referrals.filter(closed_at=None)}


def test_nobody_approves_their_own_words(special: Story) -> None:
    head = signed_in("social-media-head")
    paper = drafted(head, special)
    page = soup(head.get(base(special)))
    assert "approve/" not in page
    assert head.post(f"{base(special)}approve/", {"draft": paper}).status_code == 403
    assert "post_approved" not in steps_of(special)
    other = signed_in("social-media-1")
    assert other.post(f"{base(special)}approve/", {"draft": paper}).status_code == 403


@pytest.mark.parametrize(
    "leak",
    ["با ۰۹۱۲۳۴۵۶۷۸۹ تماس بگیرید", "گزارش مریم رضایی", "خانم رضایی گفت", "0912-345 67 89",
     "تلفن ۰۳۱۳۶۶۴۴۴۴۴", "کد ملی ۰۰۸۴۵۷۵۹۴۸"],
)  # fmt: skip
def test_a_draft_that_gives_somebody_away_is_not_approved(
    special: Story, officer: Client, leak: str
) -> None:
    paper = drafted(officer, special, f"{PLAIN} {leak}")
    head = signed_in("centre-head")
    page = soup(head.get(base(special)))
    assert 'id="flags"' in page
    assert f"{base(special)}approve/" not in page
    assert head.post(f"{base(special)}approve/", {"draft": paper}).status_code == 422
    assert "post_approved" not in steps_of(special)


def test_an_approval_holds_for_the_words_that_were_read(special: Story, officer: Client) -> None:
    old = drafted(officer, special)
    head = signed_in("centre-head")
    new = drafted(officer, special, PLAIN + " هنوز")
    assert head.post(f"{base(special)}approve/", {"draft": old}).status_code == 409
    assert head.post(f"{base(special)}approve/", {"draft": new}).status_code == 302
    drafted(officer, special, PLAIN + " دیگر")
    link = {"post_link": "https://example.ir/p/1"}
    assert officer.post(f"{base(special)}publish/", link).status_code == 409
    assert "post_published" not in steps_of(special)


def test_the_case_page_is_no_way_round(special: Story, officer: Client) -> None:
    drafted(officer, special)
    head = signed_in("centre-head")
    page = soup(head.get(f"/desk/cases/{special.case.code}/"))
    assert "steps/post_approved/" not in page
    for step in ("post_drafted", "post_approved", "post_published", "answer_published"):
        for number in ("", str(track(special, "social"))):
            answer = head.post(
                f"/desk/cases/{special.case.code}/steps/{step}/",
                {"referral": number, "version": str(stored(special).version)},
            )
            assert answer.status_code == 409, step
    assert steps_of(special)[-1] == "post_drafted"


@pytest.mark.parametrize("text", ["", "   ", "ا" * 8001])
def test_empty_and_endless_words_are_refused(special: Story, officer: Client, text: str) -> None:
    assert officer.post(f"{base(special)}draft/", {"post_draft": text}).status_code == 422


def test_the_published_answer_gives_nobody_away_either(special: Story, officer: Client) -> None:
    paper = drafted(officer, special)
    signed_in("centre-head").post(f"{base(special)}approve/", {"draft": paper})
    officer.post(f"{base(special)}publish/", {"post_link": "https://example.ir/p/1"})
    for text in ("مریم رضایی راضی است", ""):
        answer = officer.post(f"{base(special)}answer/", {"published_answer": text})
        assert answer.status_code == 422
    link = {"post_link": "javascript:alert(1)"}
    assert officer.post(f"{base(special)}publish/", link).status_code == 422
    assert "answer_published" not in steps_of(special)


def test_strange_addresses_lead_nowhere(special: Story, officer: Client) -> None:
    for path in ("x/1/", f"{special.case.code}/1/", f"{special.case.code}/99999999/"):
        assert officer.get(f"/desk/social/{path}").status_code == 404


@pytest.mark.parametrize(
    ("link", "good"),
    [
        ("https://example.ir/p/1", True), ("https://t.me/isfahan/12?x=1", True),
        ("http://example.ir/", False), ("javascript:alert(1)", False), ("https://", False),
        ("https://a:b@example.ir/", False), ("https://localhost/", False), ("https://[::1", False),
        ("https://example.ir/<script>", False), ("https://example.ir/" + "a" * 500, False),
        ("https://exa mple.ir/", False), ("https://example.ir:99999/", False), ("", False),
    ],
)  # fmt: skip
def test_only_a_whole_https_address_is_a_link(link: str, good: bool) -> None:
    assert is_link(link) == good


@pytest.mark.parametrize(
    ("text", "kind", "stops"),
    [
        ("شمارهٔ ۰۹۱۲ ۳۴۵ ۶۷ ۸۹", "phone", True), ("٠٩١٢٣٤٥٦٧٨٩", "phone", True),
        ("+98 912 345 6789", "phone", True), ("۳۴۵۶۷۸۹ ۹۱۲۳۴۵۶۷۸۹", "phone", True),
        ("مريم رضايي", "name", True), ("رضایی", "name", True), ("مریم", "name", False),
        ("۰۰۸۴۵۷۵۹۴۸", "national_id", True), ("۱۲ ب ۳۴۵ ایران ۱۳", "plate", True),
        ("پلاک ۱۲", "address", False), ("در خیابان گلستان، پلاک ۱۲", "address", False),
    ],
)  # fmt: skip
def test_what_gives_somebody_away_is_found(text: str, kind: str, stops: bool) -> None:
    assert (kind, stops) in {(flag.kind, flag.stops) for flag in look(text, KNOWN)}


@pytest.mark.parametrize(
    "text", [PLAIN, "منطقهٔ ۵، ۱۴۰۵/۰۸/۳۰", "پیام ۰۵۰۸۳۰-۰۴۲۱۷-۴", "مریمی‌ها و رضا", "۱۲۱۲۱۲۱۲۱۳"]
)
def test_what_gives_nobody_away_is_left_alone(text: str) -> None:
    assert [flag for flag in look(text, KNOWN) if flag.stops] == []


def test_somebody_who_is_called_by_a_title_is_pointed_at() -> None:
    (flag,) = look("آقای رضا محمدی خبر داده است", Known())
    assert (flag.kind, flag.text, flag.stops) == ("name", "آقای رضا محمدی", False)


def test_a_national_code_has_its_check_digit() -> None:
    assert is_national_id("0084575948")
    assert not is_national_id("0084575949")
    assert not is_national_id("1111111111")
    assert not is_national_id("12345")
