"""A member of the council at the desk: invited to one case, sees that one, and closes nothing."""

import pytest

from peygir.cases import acts
from peygir.ledger import read
from peygir.people.models import Paper
from tests.city import Story, filling
from tests.desk.people import signed_in, soup
from tests.desk.special import invited, made, special, stored

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("I12")]
__all__ = ["special"]
PHONE = "۰۹۱۲ ۳۴۵ ۶۷۸۹"


def page_of(it: Story) -> str:
    return f"/desk/cases/{it.case.code}/"


def test_a_member_sees_the_one_case_and_not_the_citizens_number(special: Story) -> None:
    other = made(special.policy)
    member = signed_in("council-1")
    assert member.get("/desk/")["Location"] == "/desk/council/"
    assert member.get(page_of(special)).status_code == 404
    invited(special)
    home = soup(member.get("/desk/council/"))
    assert page_of(special) in home
    assert page_of(other) not in home
    page = soup(member.get(page_of(special)))
    assert PHONE not in page
    assert "مریم رضایی" not in page
    assert 'id="tracks"' in page
    assert PHONE in soup(signed_in("centre-head").get(page_of(special)))
    assert member.get(page_of(other)).status_code == 404
    assert signed_in("council-2").get(page_of(special)).status_code == 404


def test_a_member_notes_and_facilitates_and_closes_nothing(special: Story) -> None:
    invited(special)
    member = signed_in("council-1")
    assert member.post(f"{page_of(special)}note/", {"note": "دیدم"}).status_code == 302
    page = soup(member.get(page_of(special)))
    assert "steps/facilitated/" in page
    said = {
        "facilitated-facilitation": "با مالک جلسه گذاشته شد",
        "version": str(stored(special).version),
    }
    answer = member.post(f"{page_of(special)}steps/facilitated/", said)
    assert answer.status_code == 302, soup(answer)[:3000]
    for step in ("confirmed", "not_confirmed", "done_unreachable", "make_urgent", "reclassify"):
        answer = member.post(f"{page_of(special)}steps/{step}/", {})
        assert answer.status_code in (403, 409), step
    for act in ("approve/", "refuse/", "pause/", "resume/"):
        assert member.post(f"{page_of(special)}{act}", {}).status_code in (403, 409, 422), act
    assert stored(special).is_open


def test_the_head_of_the_centre_invites_and_withdraws_on_the_case_page(special: Story) -> None:
    head = signed_in("centre-head")
    assert 'value="council-1"' in soup(head.get(page_of(special)))
    answer = head.post(f"{page_of(special)}council/invite/", {"post": "council-1"})
    assert answer.status_code == 302
    assert stored(special).council == ["council-1"]
    again = head.post(f"{page_of(special)}council/invite/", {"post": "council-1"})
    assert again.status_code == 422
    assert head.post(f"{page_of(special)}council/invite/", {"post": "mayor"}).status_code == 422
    assert signed_in("reception-1").post(
        f"{page_of(special)}council/invite/", {"post": "council-2"}
    ).status_code == 403  # fmt: skip
    assert (
        head.post(f"{page_of(special)}council/withdraw/", {"post": "council-1"}).status_code == 302
    )
    assert stored(special).council == []


@pytest.mark.requirement("I7", "I8")
def test_the_whole_story_names_posts_leaves_out_citizens_and_is_logged(special: Story) -> None:
    acts.note(
        policy=special.policy,
        case_id=special.case.id,
        actor=filling(special.policy, "centre-head"),
        at=special.at,
        text="یادداشت داخلی",
    )
    words = Paper.objects.get(case_id=special.case.id, kind="words")
    words.text += "؛ به خانم رضایی با ۰۹۱۲ ۳۴۵ ۶۷۸۹ زنگ بزنید"
    words.save()
    invited(special)
    member = signed_in("council-1", fa="عضو شورا")
    page = soup(member.get(f"{page_of(special)}story/"))
    assert "آسفالت ترمیم شد" in page
    unit = special.policy.organisation.posts[
        next(e.actor.post for e in read.of("case", special.case.id) if e.step == "report")
    ]
    assert unit.words.fa in page
    for hidden in (PHONE, "رضایی", "یادداشت داخلی", "خیابان گلستان"):
        assert hidden not in page, hidden
    (seen,) = read.of("reading", special.case.id)
    assert (seen.kind, seen.actor.post) == ("reading.opened", "council-1")
    assert len(read.of("case", special.case.id)) == stored(special).version
    assert signed_in("d5-civil-expert").get(f"{page_of(special)}story/").status_code == 403
    assert signed_in("council-2").get(f"{page_of(special)}story/").status_code == 404


@pytest.mark.requirement("I10")
def test_the_case_page_shows_the_tracks_side_by_side(special: Story) -> None:
    page = soup(signed_in("centre-head").get(page_of(special)))
    stages = special.policy.stages
    for code in ("field_visit", "social", "letter"):
        assert stages[code].words.fa in page
    assert f"/desk/letters/new/{special.case.code}/" in page
    assert f"/desk/social/{special.case.code}/" in page
