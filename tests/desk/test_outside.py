"""Bodies outside the municipality, and objections to non-follow-up: pages, files, drawings."""

import pytest
from django.test import Client

from peygir.boards import outside, replay
from peygir.boards.models import HandOver
from peygir.cases.models import Case
from peygir.look.numbers import fa
from peygir.notices import words
from peygir.notices.models import Notice
from peygir.policy.model import CityPolicy
from tests.city import NOON, PHONE, Story, staff_of
from tests.desk.people import signed_in, soup
from tests.voices import RARE, complaint, handled, voices

__all__ = ["voices"]
DARK = "کوچه بی‌برق است و فانوسک ندارد"
LATE = NOON.replace(month=12, day=20)


def handed(policy: CityPolicy) -> Story:
    """A power cut, handed over to the power company by the liaison."""
    code = next(c.code for c in policy.categories.values() if c.class_code == "nonmunicipal")
    story = Story(policy, category=code, words=DARK)
    story.act("hand_over", outside_body="power", report_to_citizen="به شرکت برق اعلام شد")
    return story


@pytest.mark.requirement("S8", "S18")
def test_what_is_handed_over_is_listed_counted_apart_and_followed_up(voices: CityPolicy) -> None:
    story, desk = handed(voices), signed_in("centre-head")
    row = HandOver.objects.get()
    assert (row.case_id, row.body, row.answered_at) == (story.case.id, "power", None)
    span = {"since": NOON.replace(day=1), "until": LATE}
    [(body, one)] = outside.figures(**span, at=LATE).items()
    assert (body, one.waiting, one.late, one.total) == ("power", 1, 1, 1)
    page = soup(desk.get("/desk/outside/"))
    assert "/desk/outside/power/" in page
    assert 'href="tel:121"' in page
    listed = soup(desk.get("/desk/outside/power/?from=1405/08/01&to=1405/12/29"))
    assert DARK in listed
    assert fa("9123456789") not in listed
    story.act("body_answered", body_answer="برق وصل شد", report_to_citizen="برق وصل شد")
    assert outside.figures(**span, at=LATE)["power"].answered == 1
    assert not list(outside.check(replay.Scope()))


@pytest.mark.requirement("S8", "S18")
def test_the_list_is_a_file_without_anybodys_number(voices: CityPolicy) -> None:
    handed(voices)
    path = "/desk/outside/power/csv/?from=1405/08/01&to=1405/12/29"
    answer = signed_in("centre-head").get(path)
    text = answer.content.decode()
    assert answer["Content-Disposition"].startswith("attachment")
    assert DARK in text
    assert PHONE[3:] not in text
    assert DARK not in signed_in("d5-green-head").get(path).content.decode()
    assert signed_in("mayor", username="m").get("/desk/outside/nobody/").status_code == 404


@pytest.mark.requirement("S8")
def test_the_citizen_is_told_who_owns_it_and_their_number(
    voices: CityPolicy, client: Client
) -> None:
    story = handed(voices)
    notice = Notice.objects.filter(case_id=story.case.id, template="sms.outside_told").get()
    told = words.sms(notice, voices)
    assert voices.organisation.outside_bodies["power"].fa in told
    assert "۱۲۱" in told
    client.post(f"/t/{story.case.code}/open/", {"last4": PHONE[-4:]})
    page = client.get(f"/t/{story.case.code}").content.decode()
    assert 'href="tel:121"' in page
    assert 'href="tel:121"' not in Client().get(f"/t/{story.case.code}").content.decode()


@pytest.mark.requirement("I9")
def test_objections_are_listed_by_district_for_those_who_answer_for_it(
    voices: CityPolicy,
) -> None:
    story = handled(voices)
    story.act("objection", by=staff_of(voices, "reception"), objection_reason="هیچ کس نیامد")
    complaint(voices, "d3-mayor")
    Case.objects.filter(sealed=True).update(objections=2, district=3)
    for posts, opens in (("centre-head", True), ("mayor", True), ("council-1", False)):
        page = soup(signed_in(posts).get("/desk/objections/?district=3&why=objected"))
        assert "/desk/objections/?" in page or "?district=3" in page
        assert (f"/desk/cases/{story.case.code}/" in page) is opens
        assert "<svg" in page
        assert RARE not in page
    assert signed_in("d3-civil-head").get("/desk/objections/").status_code == 403
    other = soup(signed_in("deputy-services-head").get("/desk/objections/"))
    assert story.case.code not in other
    sheet = signed_in("mayor", username="other").get("/desk/objections/csv/").content.decode()
    assert story.case.code in sheet
    assert len(sheet.strip().splitlines()) == 2


@pytest.mark.parametrize("query", ["district=x", "why=1", f"below={10**20}", "district=۳"])
def test_hostile_filters_are_no_filters(voices: CityPolicy, query: str) -> None:
    assert signed_in("centre-head").get(f"/desk/objections/?{query}").status_code == 200
    assert signed_in("mayor").get(f"/desk/outside/?from={query}").status_code == 200


@pytest.mark.requirement("S8", "S18")
def test_the_story_of_the_case_names_the_body(voices: CityPolicy) -> None:
    story = handed(voices)
    shown = soup(signed_in("outside-liaison-1").get(f"/desk/cases/{story.case.code}/"))
    body = voices.organisation.outside_bodies["power"].in_("fa")
    assert f"اعلام به دستگاه متولی: {body}." in shown
