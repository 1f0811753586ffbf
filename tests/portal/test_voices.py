"""Each kind of voice by its own form: with scripts or without, nothing that is not needed."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from peygir.boards import voices as board
from peygir.cases.models import Case
from peygir.people import files
from peygir.policy.model import CityPolicy
from tests.city import PHONE, Story, filling
from tests.portal.citizens import MOBILE, once, photo, reported, send
from tests.voices import WORDS, handled, voices

__all__ = ["voices"]
pytestmark = pytest.mark.usefixtures("voices", "clock")

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def pdf(content: bytes = PDF, name: str = "plan.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def spoken(client: Client, kind: str, **fields: Any) -> Case:
    given = {"kind": kind, "words": WORDS, "address": None, "district": None, "category": None}
    return reported(client, **(given | fields))


@pytest.mark.requirement("T6")
def test_turning_to_a_kind_shows_its_fields_and_loses_nothing(client: Client) -> None:
    typed = {"turn": "appreciation", "words": WORDS, "phone": MOBILE, "once": once(client)}
    page = client.post("/report/", typed).content.decode()
    assert WORDS in page
    assert 'name="about_unit"' in page
    assert 'name="district"' not in page
    assert "aria-invalid" not in page
    assert not Case.objects.exists()


@pytest.mark.requirement("T6")
def test_thanks_name_a_unit_and_go_there(client: Client) -> None:
    case = spoken(client, "appreciation", about_unit="d3-civil")
    assert (case.stage, case.unit, case.about_unit) == ("appreciation", "d3-civil", "d3-civil")
    assert "نشان داده" in client.get("/report/done/").content.decode()
    assert send(client, kind="appreciation").status_code == 422


@pytest.mark.requirement("T6")
def test_a_plan_brings_its_papers_which_are_saved_and_never_shown(client: Client) -> None:
    case = spoken(client, "plan", attachment=[pdf(), photo()])
    [paper] = files.of(case.pk)
    answer: Any = client.get(f"/t/{case.code}/photo/{paper.pk}/")
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert b"".join(answer.streaming_content) == PDF
    assert f"/photo/{paper.pk}/" in client.get(f"/t/{case.code}").content.decode()
    assert Client().get(f"/t/{case.code}/photo/{paper.pk}/").status_code == 404


@pytest.mark.parametrize(
    "bad",
    [b"<html>%PDF-1.4 %%EOF", b"%PDF-1.7 cut off", b"", b"MZ\x90\x00", PDF + b"x" * 9_000_000],
)
def test_what_is_no_pdf_is_refused_and_the_words_are_kept(client: Client, bad: bytes) -> None:
    answer = send(client, kind="plan", words=WORDS, attachment=pdf(bad))
    assert answer.status_code == 422
    assert WORDS in answer.content.decode()
    assert not Case.objects.exists()


@pytest.mark.requirement("T7")
def test_an_objection_needs_a_code_that_exists_in_any_digits(
    client: Client, voices: CityPolicy
) -> None:
    first = handled(voices)
    persian = first.case.code.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    case = spoken(client, "objection", about=persian)
    assert case.about_case == first.case.id
    for wrong in ("", "12", "040101000017"):
        answer = send(client, kind="objection", about=wrong)
        assert answer.status_code == 422
        assert 'href="#id_about"' in answer.content.decode()


@pytest.mark.requirement("T7")
def test_a_complaint_offers_the_officials_of_the_message_and_always_the_mayor(
    client: Client, voices: CityPolicy
) -> None:
    mine = reported(client)
    named = officials(client, about=mine.code)
    assert named[0] == "d3-civil-head"
    assert "d3-mayor" in named
    assert named[-1] == "mayor"
    assert officials(Client(), about=mine.code) == ["mayor"]  # a code alone tells nothing
    of_unit = officials(client, about_unit="d5-green")
    assert {"d5-green-head", "d5-mayor"} < set(of_unit)
    assert of_unit[-1] == "mayor"
    assert board.officials(voices, "mayor") == ["mayor"]


@pytest.mark.requirement("T7")
def test_a_complaint_goes_to_whom_it_does_not_concern_and_the_citizen_sees_it(
    client: Client, voices: CityPolicy
) -> None:
    mine = reported(client)
    case = spoken(client, "complaint_official", about=mine.code, about_post="d3-civil-head")
    assert (case.sealed, case.unit, case.about_case) == (True, "inspection", mine.pk)
    assert WORDS in client.get(f"/t/{case.code}").content.decode()
    assert WORDS not in Client().get(f"/t/{case.code}").content.decode()
    assert case.code not in client.get(f"/t/{mine.code}").content.decode()
    higher = spoken(client, "complaint_official", about_post="mayor")
    assert higher.unit == "council-liaison"
    head = filling(voices, "d3-civil-head")
    assert not Case.objects.visible_to(head).filter(pk=case.pk).exists()
    assert send(client, kind="complaint_official", about_post="nobody").status_code == 422


def officials(client: Client, **fields: Any) -> list[str]:
    typed = {"turn": "complaint_official", "words": WORDS, "once": once(client)} | fields
    page = client.post("/report/", typed).content.decode()
    return re.findall(r'name="about_post" value="([^"]+)"', page)


@pytest.mark.requirement("T6", "T8")
def test_an_answer_is_accepted_or_not_nothing_is_fixed(voices: CityPolicy) -> None:
    story = Story(voices, category="", kind="idea", district=None)
    story.act(
        "idea_accepted",
        filling(voices, "ideas-head"),
        decision="خوب است",
        report_to_citizen="آزموده می‌شود در دو مدرسه",
    )
    client = Client()
    client.post(f"/t/{story.case.code}/open/", {"last4": PHONE[-4:]})
    page = client.get(f"/t/{story.case.code}").content.decode()
    assert "آیا این پاسخ را می‌پذیرید؟" in page
    assert "درست شد" not in page
    path = f"/t/{story.case.code}/answer/"
    asked = client.get(path).content.decode()
    assert "مافوق" not in asked
    assert "عکس" not in asked
    sent = client.post(path, {"answer": "no", "reason": "beside"})
    assert sent.status_code == 302
    assert Case.objects.get(pk=story.case.id).cycle == 2
