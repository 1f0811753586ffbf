"""Kinds of voice at the operator's desk and through the door of other systems."""

import re
from typing import Any

import pytest
from django.test import Client

from peygir.calendars.codes import show as show_code
from peygir.cases.models import Case
from peygir.look.numbers import fa
from peygir.notices.models import Notice
from peygir.people.models import Paper
from peygir.policy.model import CityPolicy
from tests.city import PHONE
from tests.desk.people import signed_in, soup
from tests.portal.citizens import sign_in
from tests.voices import RARE, WORDS, complaint, handled, voices

__all__ = ["voices"]
KIND_WORDS = "از آسفالت بی‌نقص کوچه سپاسگزارم"
KEY = "Bearer a-key"


def register(client: Client, kind: str, **fields: Any) -> Any:
    typed = {"do": "register", "kind": kind, "words": WORDS, "phone": "09123456789"} | fields
    return client.post("/desk/console/", typed)


@pytest.mark.requirement("T7")
def test_the_operator_sees_a_sealed_code_once_and_never_again(voices: CityPolicy) -> None:
    first, desk = handled(voices, caller=None), signed_in("reception-1")
    fields = {"about_code": fa(first.case.code), "about_post": "d3-civil-head", "district": "3"}
    answer = register(desk, "complaint_official", **fields)
    assert answer.status_code == 302
    case = Case.objects.get(sealed=True)
    assert (case.about_case, case.district, case.unit) == (first.case.id, None, "inspection")
    once = soup(desk.get("/desk/console/"))
    assert any(shown in once for shown in (case.code, fa(show_code(case.code)), fa(case.code)))
    assert f"/cases/{case.code}/" not in once
    again = soup(desk.get("/desk/console/"))
    assert fa(show_code(case.code)) not in again
    assert fa(case.code) not in again
    assert desk.get(f"/desk/cases/{case.code}/").status_code == 404
    known = soup(desk.post("/desk/console/caller/", {"phone": "09123456789"}))
    assert case.code not in known
    assert "مریم" not in known
    page = soup(signed_in("inspection-1").get(f"/desk/cases/{case.code}/"))
    assert RARE in page


@pytest.mark.requirement("T7")
def test_the_console_offers_those_above_the_unit_and_the_mayor(voices: CityPolicy) -> None:
    first, desk = handled(voices), signed_in("reception-1")
    typed = {"kind": "complaint_official", "about_code": first.case.code}
    page = soup(desk.post("/desk/console/about/", typed))
    offered = [post for post in voices.organisation.posts if f'value="{post}"' in page]
    assert {"d3-civil-head", "d3-mayor", "mayor"} <= set(offered)
    assert "d3-civil-expert" not in offered
    assert 'name="answer"' not in page


@pytest.mark.requirement("T6")
def test_guidance_is_answered_on_the_call(voices: CityPolicy) -> None:
    desk = signed_in("reception-1")
    assert 'name="answer"' in soup(desk.post("/desk/console/about/", {"kind": "guidance"}))
    register(desk, "guidance", answer="ساعت کار دفتر تا پنج عصر است")
    case = Case.objects.get(kind="guidance")
    assert (case.ending, case.stage) == ("guided", "closed")
    assert Paper.objects.filter(case_id=case.pk, kind="report_to_citizen").exists()
    register(desk, "guidance")
    assert Case.objects.filter(kind="guidance", stage="guidance", unit="guidance").exists()


@pytest.mark.requirement("T6", "S24")
def test_a_question_is_registered_with_the_answer_of_an_article(voices: CityPolicy) -> None:
    desk, typed = signed_in("reception-1"), {"words": "برق کوچه رفته است", "phone": PHONE}
    assert 'value="answer:' not in soup(desk.post("/desk/console/hints/", typed))
    typed["kind"] = "guidance"
    pages = [soup(desk.post(f"/desk/console/{part}/", typed)) for part in ("hints", "about")]
    buttons = {re.findall('value="(answer:[a-z-]+)"', page)[0] for page in pages}
    desk.post("/desk/console/", typed | {"do": buttons.pop()})
    assert not buttons
    case = Case.objects.get(kind="guidance")
    assert (case.ending, case.stage) == ("guided", "closed")
    assert "۱۲۱" in Paper.objects.get(case_id=case.pk, kind="report_to_citizen").text


@pytest.mark.parametrize(
    ("kind", "fields", "field"),
    [
        ("objection", {}, "about_code"),
        ("objection", {"about_code": "123"}, "about_code"),
        ("appreciation", {"about_unit": "nowhere"}, "about_unit"),
        ("complaint_official", {}, "about_post"),
    ],
)
def test_what_a_kind_needs_is_asked_for(
    voices: CityPolicy, kind: str, fields: dict[str, str], field: str
) -> None:
    answer = register(signed_in("reception-1"), kind, **fields)
    assert answer.status_code == 422
    assert f'href="#id_{field}"' in soup(answer)
    assert not Case.objects.filter(kind=kind).exists()


@pytest.mark.requirement("T6", "T7")
def test_other_systems_bring_every_kind(voices: CityPolicy, client: Client, settings: Any) -> None:
    settings.PEYGIR_API_KEYS = "app:a-key"
    first = handled(voices)

    def post(**body: Any) -> Any:
        made = {"words": WORDS, "phone": "09123456789"} | body
        return client.post("/channels/api/cases", made, "application/json", HTTP_AUTHORIZATION=KEY)

    thanks = post(kind="appreciation", about_unit="d3-civil", reference="1")
    assert thanks.json()["unit"] == "d3-civil"
    sealed = post(kind="complaint_official", about_post="d3-mayor", about_code=first.case.code)
    assert sealed.status_code == 201
    assert set(sealed.json()) == {"code"}
    for wrong in ({"about_code": "12"}, {}, {"about_post": "nobody"}):
        kind = "objection" if "about_code" in wrong else "complaint_official"
        assert post(kind=kind, **wrong).status_code == 422
    assert post(kind="complaint_official", about_post="mayor", district=3).status_code == 422


@pytest.mark.requirement("T6", "T8")
def test_thanks_reach_the_praised_and_the_citizen_is_told(voices: CityPolicy) -> None:
    register(signed_in("reception-1"), "appreciation", about_unit="d3-civil", words=KIND_WORDS)
    case = Case.objects.get(kind="appreciation")
    for post in ("d3-civil-expert", "d3-civil-head"):
        assert KIND_WORDS in soup(signed_in(post).get("/desk/inbox/"))
    assert KIND_WORDS in soup(signed_in("d3-mayor").get("/desk/head/"))
    assert KIND_WORDS not in soup(signed_in("d5-civil-head").get("/desk/inbox/"))
    page = signed_in("d3-civil-head", username="again")
    done = page.post(
        f"/desk/cases/{case.code}/steps/thanks_delivered/",
        {"thanks_delivered-note": "به همکاران خوانده شد", "version": case.version},
    )
    assert done.status_code == 302
    case.refresh_from_db()
    assert case.ending == "thanked"
    assert Notice.objects.filter(case_id=case.pk, template="sms.appreciation").exists()
    assert KIND_WORDS in soup(page.get("/desk/inbox/"))


def test_the_policy_page_says_in_words_who_holds_a_stage(voices: CityPolicy) -> None:
    shown = signed_in("reception-1").get("/desk/policy/").content.decode()
    assert "واحدی که نام برده شده" in shown
    assert "named unit" not in shown
    assert "impartial." not in shown


def test_the_keys_of_the_console_name_no_urgency_where_there_is_none(voices: CityPolicy) -> None:
    shown = signed_in("reception-1").get("/desk/console/").content.decode()
    assert "Ctrl+Enter" in shown
    assert "Alt+U" not in shown


def test_a_voice_without_a_subject_is_called_by_its_kind(voices: CityPolicy) -> None:
    complaint(voices, "d3-civil-head")
    shown = signed_in("inspection-1").get("/desk/inbox/").content.decode()
    assert "شکایت از مسئول یا نحوهٔ رسیدگی او" in shown
    assert "هنوز دسته‌بندی نشده" not in shown


def test_the_citizen_finds_a_voice_without_a_subject_by_its_kind(voices: CityPolicy) -> None:
    complaint(voices, "d3-civil-head")
    client = Client()
    sign_in(client, PHONE)
    shown = client.get("/mine/").content.decode()
    assert "شکایت از مسئول یا نحوهٔ رسیدگی او" in shown
    assert "هنوز دسته‌بندی نشده" not in shown


def test_a_member_of_the_council_starts_where_there_is_something_to_read(
    voices: CityPolicy,
) -> None:
    assert signed_in("council-1").get("/desk/")["Location"] == "/desk/objections/"


@pytest.mark.requirement("T8")
def test_the_district_that_the_citizen_said_is_chosen_already(voices: CityPolicy) -> None:
    register(signed_in("reception-1"), "criticism", district="3")
    case = Case.objects.get(kind="criticism")
    page = soup(signed_in("reception-1", username="r").get(f"/desk/cases/{case.code}/"))
    [chosen] = re.findall('name="refer-district".*?</select>', page, re.DOTALL)
    assert '<option value="3" selected>' in chosen
