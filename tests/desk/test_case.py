"""The case page: the story, what can be done, and refusals that lose nothing."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from peygir.boards import cases as board
from peygir.cases import acts
from peygir.cases.models import Case
from peygir.desk import steps
from peygir.ledger.models import Event
from peygir.people.models import Paper, Photo
from peygir.policy.vocabulary import EVIDENCE
from tests.city import Make, Story, staff_of
from tests.desk.people import signed_in, soup

pytestmark = pytest.mark.django_db


def now(**back: float) -> datetime:
    return datetime.now(UTC) - timedelta(**back)


def at(it: Story) -> str:
    return f"/desk/cases/{it.case.code}/"


def picture() -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (64, 48), "teal").save(out, "JPEG")
    return SimpleUploadedFile("after.jpg", out.getvalue(), "image/jpeg")


def test_every_kind_of_evidence_has_a_field_or_is_supplied() -> None:
    assert set(steps.KINDS) == set(EVIDENCE)


@pytest.mark.requirement("Q4", "Q5")
def test_the_executive_files_a_result_and_the_case_goes_to_feedback(
    story: Make, settings: Any, tmp_path: object
) -> None:
    settings.PEYGIR_PHOTO_DIR = tmp_path
    it = story(at=now(hours=3))
    client = signed_in("d3-civil-expert")
    page = soup(client.get(at(it)))
    assert "چالهٔ عمیق" in page
    assert "step-report" in page
    assert "step-promise" not in page or "C01" in page
    form = {
        "version": "1",
        "report-result_text": "آسفالت ترمیم شد",
        "report-report_to_citizen__same": "on",
        "report-photo_after": picture(),
    }
    answer = client.post(f"{at(it)}steps/report/", form)
    assert answer.status_code == 302, soup(answer)
    case = Case.objects.get(pk=it.case.id)
    assert (case.stage, case.determined_at is not None) == ("feedback", True)
    told = Paper.objects.get(case_id=case.pk, kind="report_to_citizen")
    assert told.text == "آسفالت ترمیم شد"
    photo = Photo.objects.get(case_id=case.pk)
    shown = client.get(f"/desk/photos/{photo.pk}/?small")
    assert shown["Content-Type"] == "image/jpeg"
    assert b"".join(shown.streaming_content).startswith(b"\xff\xd8")
    assert f"/desk/photos/{photo.pk}/" in soup(client.get(at(it)))


def test_a_written_answer_is_filled_with_the_date(story: Make) -> None:
    it = story(at=now(hours=3))
    client = signed_in("d3-civil-expert")
    form = {
        "version": "1",
        "report-result_text": "انجام شد",
        "report-report_to_citizen__answer": "1",
    }
    assert client.post(f"{at(it)}steps/report/", form).status_code == 302
    told = Paper.objects.get(case_id=it.case.id, kind="report_to_citizen").text
    assert "{date}" not in told
    assert "ترمیم شد" in told


def test_what_is_missing_is_named_and_what_was_typed_is_kept(story: Make) -> None:
    it = story(at=now(hours=3))
    client = signed_in("d3-civil-expert")
    form = {"version": "1", "report-result_text": "جملهٔ نوشته‌شده"}
    answer = client.post(f"{at(it)}steps/report/", form)
    assert answer.status_code == 422
    assert "جملهٔ نوشته‌شده" in soup(answer)
    assert 'href="#id_report-report_to_citizen"' in soup(answer)
    assert Event.objects.filter(subject_id=it.case.id).count() == 1


def test_a_stale_form_is_refused_with_both_versions_and_keeps_its_text(story: Make) -> None:
    it = story(at=now(hours=3))
    client = signed_in("d3-civil-expert")
    acts.note(
        policy=it.policy, case_id=it.case.id, actor=it.holder(), at=it.at, text="یادداشت همکار"
    )
    form = {
        "version": "1",
        "report-result_text": "متن من",
        "report-report_to_citizen": "متن برای شهروند",
    }
    answer = client.post(f"{at(it)}steps/report/", form)
    page = soup(answer)
    assert answer.status_code == 409
    assert "متن برای شهروند" in page
    assert 'name="version" value="2"' in page
    form["version"] = "2"
    assert client.post(f"{at(it)}steps/report/", form).status_code == 302


@pytest.mark.requirement("Q13")
def test_a_promise_waits_for_the_head_who_approves_it(story: Make) -> None:
    slow = next(
        c.code
        for c in story().policy.categories.values()
        if c.long_running and c.function == "civil"
    )
    it = story(at=now(hours=3), category=slow)
    expert, head = signed_in("d3-civil-expert"), signed_in("d3-civil-head")
    form = {
        "version": "1",
        "promise-report_to_citizen": "در برنامه است",
        "promise-promised_for__in": "14",
    }
    assert expert.post(f"{at(it)}steps/promise/", form).status_code == 302
    assert 'id="proposal"' in soup(expert.get(at(it)))
    assert expert.post(f"{at(it)}approve/").status_code == 403
    refused = head.post(f"{at(it)}refuse/", {"refusal_reason": ""})
    assert refused.status_code == 422
    assert head.post(f"{at(it)}approve/").status_code == 302
    case = Case.objects.get(pk=it.case.id)
    assert case.status == "long_running"
    assert case.promised_for is not None


@pytest.mark.parametrize(
    "date",
    [
        {"d": "31", "m": "12", "y": "1405"},
        {"d": "x", "m": "2", "y": "1405"},
        {"d": "۵", "m": "۱", "y": "۱۴۰۰"},
        {"d": "1", "m": "1", "y": "9999"},
        {"d": "", "m": "", "y": ""},
    ],
)
def test_a_promise_needs_a_day_that_exists_and_lies_ahead(
    story: Make, date: dict[str, str]
) -> None:
    slow = next(
        c.code
        for c in story().policy.categories.values()
        if c.long_running and c.function == "civil"
    )
    it = story(at=now(hours=3), category=slow)
    client = signed_in("d3-civil-expert")
    form = {f"promise-promised_for__{part}": value for part, value in date.items()}
    form |= {
        "version": "1",
        "promise-report_to_citizen": "در برنامه است",
        "promise-promised_for__in": "0",
    }
    assert client.post(f"{at(it)}steps/promise/", form).status_code == 422


def test_steps_that_are_not_theirs_are_not_offered_and_not_taken(story: Make) -> None:
    it = story(at=now(hours=3))
    client = signed_in("reception-1")
    page = soup(client.get(at(it)))
    assert "step-report" not in page
    assert "step-merge" in page
    assert client.post(f"{at(it)}steps/report/", {"version": "1"}).status_code == 403
    assert client.post(f"{at(it)}steps/satisfied/", {"version": "1"}).status_code == 409


def test_reception_merges_by_code_and_says_when_there_is_none(story: Make) -> None:
    lead, it = story(at=now(hours=4)), story(at=now(hours=3))
    client = signed_in("reception-1")
    wrong = client.post(f"{at(it)}steps/merge/", {"version": "1", "merge-merged_into": "123"})
    assert wrong.status_code == 422
    form = {"version": "1", "merge-merged_into": lead.case.code}
    assert client.post(f"{at(it)}steps/merge/", form).status_code == 302
    assert Case.objects.get(pk=it.case.id).ending == "merged"
    assert it.case.code in soup(client.get(at(lead))).replace("-", "")


def test_the_citizens_own_word_is_never_taken_on_the_case_page(story: Make) -> None:
    it = story(at=now(hours=30))
    it.report()
    it.dissatisfied()
    it.inspected("done")
    client = signed_in("special-follow-up-1")
    assert "step-confirmed" not in soup(client.get(at(it)))
    assert "step-not_confirmed" in soup(client.get(at(it)))


def test_the_head_of_the_centre_pauses_and_resumes(story: Make) -> None:
    it = story(at=now(hours=3))
    client = signed_in("centre-head")
    assert client.post(f"{at(it)}pause/", {"reason": "weather", "days": "90"}).status_code == 422
    assert client.post(f"{at(it)}pause/", {"reason": "nonsense", "days": "2"}).status_code == 422
    assert client.post(f"{at(it)}pause/", {"reason": "weather", "days": "۲"}).status_code == 302
    assert client.post(f"{at(it)}resume/").status_code == 302
    other = signed_in("d3-civil-expert")
    assert other.post(f"{at(it)}pause/", {"reason": "weather", "days": "2"}).status_code == 403
    assert other.post(f"{at(it)}resume/").status_code in (403, 409)


@pytest.mark.parametrize(
    ("action", "name"),
    [("note", "note"), ("steps/report", "report-result_text")],
)
def test_a_text_that_is_too_long_is_told_and_kept_whole(
    story: Make, action: str, name: str
) -> None:
    it = story(at=now(hours=3))
    form = {"version": "1", name: "ا" * 12_000 + "پایان"}
    answer = signed_in("d3-civil-expert").post(f"{at(it)}{action}/", form)
    assert answer.status_code == 422
    assert "ا" * 12_000 + "پایان" in soup(answer)
    assert "۸٬۰۰۰" in soup(answer)
    assert (
        Paper.objects.filter(case_id=it.case.id).exclude(kind__in=("words", "address")).count() == 0
    )


def test_a_note_needs_words(story: Make) -> None:
    it = story(at=now(hours=3))
    client = signed_in("d3-civil-expert")
    assert client.post(f"{at(it)}note/", {"note": "  "}).status_code == 422
    assert client.post(f"{at(it)}note/", {"note": "با پیمانکار صحبت شد"}).status_code == 302
    assert "با پیمانکار" in soup(client.get(at(it)))


def test_a_deputy_reads_the_case_without_the_reporters_number(story: Make) -> None:
    it = story(at=now(hours=3), category="W01")
    page = soup(signed_in("mayor").get(at(it)))
    assert 'id="story"' in page
    assert "912" not in page.split('id="facts"')[1].split("</section>")[0]
    assert 'id="reporters"' not in page
    assert 'id="reporters"' in soup(signed_in("reception-1").get(at(it)))


@pytest.mark.parametrize(
    "path",
    [
        "/desk/cases/1/",
        "/desk/cases/999999999999/",
        "/desk/cases/a-b_c/",
        "/desk/photos/1/",
        "/desk/photos/99999999999999999999/",
    ],
)
def test_what_is_not_there_is_not_found(story: Make, path: str) -> None:
    story()
    assert signed_in("reception-1").get(path).status_code == 404


def test_hostile_forms_never_break_the_page(story: Make) -> None:
    it = story(at=now(hours=3))
    client = signed_in("d3-civil-expert")
    nasty = "\x00‮" + "ا" * 20_000
    form = dict.fromkeys(("version", "report-result_text", "report-report_to_citizen"), nasty)
    assert client.post(f"{at(it)}steps/report/", form).status_code == 422
    unreal = SimpleUploadedFile("x.jpg", b"\x89PNG not really", "image/jpeg")
    form = {"version": "1", "report-result_text": "شد", "report-report_to_citizen": "شد"}
    answer = client.post(f"{at(it)}steps/report/", form | {"report-photo_after": unreal})
    assert answer.status_code == 422
    assert client.post(f"{at(it)}steps/nothing/", {}).status_code == 409
    ask = {"version": "1", "ask_co_unit-target_unit": "nowhere", "ask_co_unit-note": "کمک"}
    assert client.post(f"{at(it)}steps/ask_co_unit/", ask).status_code == 422


@pytest.mark.requirement("Q14")
def test_a_joint_unit_files_its_part_before_the_result(story: Make) -> None:
    it = story(at=now(hours=3))
    lead, other = signed_in("d3-civil-expert"), signed_in("d3-green-expert")
    ask = {
        "version": "1",
        "ask_co_unit-target_unit": "d3-green",
        "ask_co_unit-note": "درخت را هرس کنید",
    }
    assert lead.post(f"{at(it)}steps/ask_co_unit/", ask).status_code == 302
    form = {"version": "2", "report-result_text": "شد", "report-report_to_citizen": "شد"}
    assert lead.post(f"{at(it)}steps/report/", form).status_code == 409
    part = {"version": "2", "co_result-result_text": "هرس شد"}
    assert other.post(f"{at(it)}steps/co_result/", part).status_code == 302
    assert lead.post(f"{at(it)}steps/report/", form | {"version": "3"}).status_code == 302


def test_neighbours_at_the_same_address_are_shown(story: Make) -> None:
    first, second = story(at=now(hours=30)), story(at=now(hours=3))
    actor = staff_of(first.policy, "reception")
    case = Case.objects.get(pk=second.case.id)
    assert [c.pk for c in board.related(actor, case, at=now())] == [first.case.id]
