"""Following a case: a code shows a status, the number behind it the story, and no more."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from peygir.calendars.codes import make
from peygir.people import codes, photos
from peygir.people.models import Reporter
from peygir.policy.model import CityPolicy
from peygir.portal import limits
from peygir.portal.report_form import joinable
from tests.city import NOON, Story, staff_of
from tests.portal.citizens import WORDS, photo, reported, send, sign_in

pytestmark = pytest.mark.usefixtures("city")


def text(answer: Any) -> str:
    return str(answer.content.decode())


def opened(story: Story, last4: str = "۶۷۸۹") -> Client:
    client = Client()
    answer = client.post(f"/t/{story.case.code}/open/", {"last4": last4})
    assert answer.status_code == 302
    return client


@pytest.mark.requirement("T8", "T10")
@pytest.mark.parametrize("shown", ["{}", "{0:.6}-{0[6]}{0[7]}{0[8]}{0[9]}{0[10]}-{0[11]}"])
def test_any_digits_and_separators_lead_to_the_page(city: CityPolicy, shown: str) -> None:
    code = Story(city).case.code
    persian = shown.format(code).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    for typed in (shown.format(code), persian, f" {persian} "):
        answer = Client().get("/track/", {"code": typed})
        assert answer["Location"] == f"/t/{code}"
    assert Client().get(f"/t/{persian}", follow=True).status_code == 200


@pytest.mark.parametrize("typed", ["", "1", "x", "0508300421741", "<script>", "۹" * 60, "\x00"])
def test_a_wrong_code_is_answered_with_what_to_do(client: Client, typed: str) -> None:
    answer = client.get("/track/", {"code": typed})
    assert answer.status_code == 422
    assert 'role="alert"' in text(answer)


def test_a_slip_of_one_digit_is_caught_before_any_look_up(
    city: CityPolicy, client: Client, django_assert_num_queries: Any
) -> None:
    code = Story(city).case.code
    slip = code[:4] + str((int(code[4]) + 1) % 10) + code[5:]
    with django_assert_num_queries(0):
        answer = client.get("/track/", {"code": slip})
    assert answer.status_code == 422


def test_a_code_alone_shows_no_words_place_unit_or_reporter(city: CityPolicy) -> None:
    story = Story(city)
    page = text(Client().get(f"/t/{story.case.code}"))
    assert "ارجاع" in page
    for hidden in (WORDS, "گلستان", "مریم", "6789", "۶۷۸۹", "فنی و عمرانی منطقه"):
        assert hidden not in page


def test_the_last_four_digits_open_the_story_in_this_browser(city: CityPolicy) -> None:
    story = Story(city)
    page = text(opened(story).get(f"/t/{story.case.code}"))
    assert WORDS in page
    assert "گلستان" in page
    assert "فنی و عمرانی" in page
    assert "مریم" not in page


def test_a_field_visit_is_told_without_what_was_found(city: CityPolicy) -> None:
    story = Story(city)
    story.report()
    story.dissatisfied()
    story.inspected("not_done")
    page = text(opened(story).get(f"/t/{story.case.code}"))
    assert "از محل بازدید شد" in page
    assert "بازدید میدانی:" not in page
    assert "انجام نشده" not in page


def test_wrong_digits_are_limited_and_a_right_one_forgives(city: CityPolicy) -> None:
    story = Story(city)
    client, path = Client(), f"/t/{story.case.code}/open/"
    for wrong in ("1111", "x", "", "۱۲"):
        assert client.post(path, {"last4": wrong}).status_code == 422
    assert client.post(path, {"last4": "6789"}).status_code == 302
    for _ in range(limits.OPENS_OF_CASE.most):
        assert Client().post(path, {"last4": "0000"}).status_code == 422
    assert Client().post(path, {"last4": "6789"}).status_code == 429


def test_unknown_codes_cannot_be_tried_without_end(city: CityPolicy, client: Client) -> None:
    seen = [
        client.get(f"/t/{make(date(2026, 11, 1), serial)}").status_code
        for serial in range(limits.UNKNOWN_CODES.most + 1)
    ]
    assert set(seen[:-1]) == {404}
    assert seen[-1] == 429


def test_a_sms_link_opens_the_page_and_records_nothing(city: CityPolicy) -> None:
    story = Story(city)
    story.report()
    reporter = Reporter.objects.get(case_id=story.case.id)
    token = codes.link(story.case.id, reporter.pk)
    client = Client()
    for method in (client.get, client.head):
        assert method(f"/a/{token}")["Location"] == f"/t/{story.case.code}"
    page = text(client.get(f"/t/{story.case.code}"))
    assert "درست شد" in page
    assert story.case.stage == "feedback"
    assert Client().get("/a/1-2-3").status_code == 404


def test_a_link_ends_a_month_after_closing(city: CityPolicy, clock: Any) -> None:
    story = Story(city)
    story.report()
    story.satisfied()
    token = codes.link(story.case.id, Reporter.objects.get().pk)
    clock.move_to(NOON + timedelta(days=31))
    assert Client().get(f"/a/{token}").status_code == 410


def test_a_signed_in_reporter_sees_the_story_at_once(city: CityPolicy, client: Client) -> None:
    story = Story(city)
    sign_in(client)
    assert WORDS in text(client.get(f"/t/{story.case.code}"))


def test_another_reporter_does_not_see_what_the_first_one_wrote(clock: Any) -> None:
    first = Client()
    case = reported(first, photo=photo())
    found = photos.of(case.pk, "report")[0]
    clock.move_to(NOON + timedelta(minutes=1))
    second = Client()
    sent = send(second, join=joinable(case.pk), phone="09121111111", words="چالهٔ بزرگ")
    assert sent.status_code == 302
    page = text(second.get(f"/t/{case.code}"))
    assert "چالهٔ بزرگ" in page
    assert WORDS not in page
    assert "گلستان" not in page
    assert second.get(f"/t/{case.code}/photo/{found.pk}/").status_code == 404
    own = first.get(f"/t/{case.code}/photo/{found.pk}/?small")
    assert own["Content-Type"] == "image/jpeg"
    assert b"".join(own.streaming_content).startswith(b"\xff\xd8")


def test_photos_of_the_visit_are_not_for_citizens(city: CityPolicy) -> None:
    story = Story(city)
    inspector = staff_of(city, "special-follow-up")
    kept = photos.store(story.case.id, photo(), kind="visit", actor=inspector, at=NOON)
    after = photos.store(story.case.id, photo(), kind="after", actor=inspector, at=NOON)
    client = opened(story)
    assert client.get(f"/t/{story.case.code}/photo/{kept.pk}/").status_code == 404
    shown = client.get(f"/t/{story.case.code}/photo/{after.pk}/")
    assert shown.status_code == 200
    assert b"".join(shown.streaming_content)
    assert Client().get(f"/t/{story.case.code}/photo/{after.pk}/").status_code == 404


def test_a_case_without_a_number_shows_its_status_only(city: CityPolicy) -> None:
    story = Story(city, caller=None)
    page = text(Client().get(f"/t/{story.case.code}"))
    assert 'name="last4"' not in page


def test_a_merged_case_shows_the_state_of_the_one_that_took_it_in(city: CityPolicy) -> None:
    lead, other = Story(city), Story(city)
    lead.report()
    other.act("merge", by=staff_of(city, "reception"), merged_into=lead.case.id)
    page = text(opened(other).get(f"/t/{other.case.code}"))
    assert "awaiting" not in page
    assert "درست نشد" in page  # and asks whoever reported it, too (decision 0016)


def test_forged_cookies_open_nothing(city: CityPolicy) -> None:
    story = Story(city)
    client = Client()
    client.cookies["peygir_opened"] = f"{story.case.id}.1"
    client.cookies["peygir_citizen"] = "1"
    client.cookies["peygir_pending"] = "1.1"
    assert WORDS not in text(client.get(f"/t/{story.case.code}"))
    assert client.get("/confirm/")["Location"] == "/mine/"


def test_pages_with_a_citizens_matter_are_not_kept_by_caches(city: CityPolicy) -> None:
    story = Story(city)
    answer = opened(story).get(f"/t/{story.case.code}")
    assert "no-store" in answer["Cache-Control"]
