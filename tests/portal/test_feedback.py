"""The citizen's word from the web: recorded by POST only, once, and by the right person."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from peygir.boards.answers import answerable
from peygir.cases import acts, policies
from peygir.cases.models import Case
from peygir.ledger.entry import SYSTEM
from peygir.ledger.models import Event
from peygir.notices.models import Notice
from peygir.people.contacts import Caller
from peygir.people.models import Paper, Photo, Reporter
from peygir.policy.model import CityPolicy
from peygir.portal.report_form import joinable
from tests.city import NOON, Story, staff_of
from tests.fixtures import ROOT
from tests.portal.citizens import photo, send, sign_in

pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture
def story(city: CityPolicy) -> Story:
    """Maryam's pothole, which the unit says is mended."""
    told = Story(city)
    told.report()
    return told


@pytest.fixture
def maryam(story: Story) -> Client:
    client = Client()
    client.post(f"/t/{story.case.code}/open/", {"last4": "6789"})
    return client


def answer(client: Client, story: Story, **fields: Any) -> Any:
    return client.post(f"/t/{story.case.code}/answer/", fields)


def now(story: Story) -> Case:
    return Case.objects.get(pk=story.case.id)


@pytest.fixture
def merged(story: Story) -> Story:
    """Zahra's report of the same hole, which reception merged into Maryam's."""
    second = Story(story.policy, caller=Caller(phone="+989351112233", name="زهرا"))
    acts.merge(
        policy=story.policy,
        case_id=second.case.id,
        into=story.case.id,
        actor=staff_of(story.policy, "reception"),
        at=NOON,
    )
    return second


@pytest.fixture
def zahra(merged: Story) -> Client:
    client = Client()
    client.post(f"/t/{merged.case.code}/open/", {"last4": "2233"})
    return client


@pytest.mark.requirement("Q8")
def test_a_reporter_of_a_merged_case_says_for_all_that_it_is_not_fixed(
    zahra: Client, story: Story, merged: Story
) -> None:
    page = zahra.get(f"/t/{merged.case.code}").content.decode()
    assert "درست نشد" in page
    assert "مریم" not in page
    assert answer(zahra, merged, answer="no", reason="badly").status_code == 302
    assert now(story).stage == "special_follow_up"


def test_a_reporter_of_a_merged_case_does_not_close_the_case_of_another(
    zahra: Client, story: Story, merged: Story
) -> None:
    assert answer(zahra, merged, answer="yes").status_code == 409
    assert now(story).stage == "feedback"


def test_a_reporter_of_a_merged_case_objects_to_the_closing_and_sees_what_follows(
    zahra: Client, maryam: Client, story: Story, merged: Story
) -> None:
    assert answer(maryam, story, answer="yes").status_code == 302
    path = f"/t/{merged.case.code}/object/"
    assert zahra.post(path, {"text": "دوباره کنده شد"}).status_code == 302
    assert now(story).cycle == 2
    page = zahra.get(f"/t/{merged.case.code}").content.decode()
    assert page.count("<li") > 2
    assert "دوباره کنده شد" not in page  # as of any other reporter: the words stay with the desk


@pytest.mark.requirement("Q6", "Q7")
def test_fixed_closes_with_the_citizens_word_from_the_web(maryam: Client, story: Story) -> None:
    assert answer(maryam, story, answer="yes").status_code == 302
    assert (now(story).ending, now(story).satisfied) == ("satisfied", True)
    event = Event.objects.latest("id")
    assert event.actor_kind == "citizen"
    assert event.facts["evidence"]["citizen_word"] == {"via": "web", "at": int(NOON.timestamp())}


@pytest.mark.requirement("Q8")
def test_not_fixed_goes_to_special_follow_up_with_reason_and_photo(
    maryam: Client, story: Story
) -> None:
    sent = answer(maryam, story, answer="no", reason="badly", text="دوباره کنده شد", photo=photo())
    assert sent.status_code == 302
    assert now(story).stage == "special_follow_up"
    assert "دوباره کنده شد" in Paper.objects.get(kind="objection_reason").text
    evidence = Event.objects.latest("id").facts["evidence"]
    assert evidence["photo_after"] == [Photo.objects.get().pk]


def test_looking_records_nothing(maryam: Client, story: Story) -> None:
    before = Event.objects.count()
    for path in ("/answer/", "/answer/?answer=yes", "/object/", ""):
        assert maryam.get(f"/t/{story.case.code}{path}").status_code == 200
    assert Event.objects.count() == before


def test_not_fixed_needs_a_reason_and_keeps_the_text(maryam: Client, story: Story) -> None:
    sent = answer(maryam, story, answer="no", text="هنوز هست")
    assert sent.status_code == 422
    assert "هنوز هست" in sent.content.decode()
    assert answer(maryam, story, answer="no", reason="other").status_code == 422
    assert answer(maryam, story, answer="no", reason="again", text="x" * 1001).status_code == 422
    bad = photo()
    bad.file.truncate(20)
    assert answer(maryam, story, answer="no", reason="again", photo=bad).status_code == 422
    assert now(story).stage == "feedback"


def test_a_second_answer_is_told_that_nothing_changed(maryam: Client, story: Story) -> None:
    answer(maryam, story, answer="no", reason="nothing")
    for word in ({"answer": "yes"}, {"answer": "no", "reason": "nothing"}, {}):
        again = answer(maryam, story, **word)
        assert again.status_code == 409
        assert "منتظر" in again.content.decode()


def test_a_stranger_with_the_code_cannot_answer(story: Story) -> None:
    assert answer(Client(), story, answer="yes")["Location"] == f"/t/{story.case.code}"
    assert now(story).stage == "feedback"


def test_whoever_joined_may_object_but_not_close(city: CityPolicy, story: Story) -> None:
    other = Story(city)
    joined = Client()
    send(joined, join=joinable(other.case.id), phone="09121111111")
    other.report()
    page = joined.get(f"/t/{other.case.code}").content.decode()
    assert 'value="yes"' not in page
    assert answer(joined, other, answer="yes").status_code == 409
    assert answer(joined, other, answer="no", reason="nothing").status_code == 302


@pytest.mark.requirement("Q9")
def test_after_an_inspection_the_citizen_confirms_or_refuses(maryam: Client, story: Story) -> None:
    answer(maryam, story, answer="no", reason="nothing")
    story.case.unit = "special-follow-up"
    assert answer(maryam, story, answer="yes").status_code == 409  # nobody has looked yet
    story.inspected("done")
    assert answer(maryam, story, answer="no", reason="nothing").status_code == 302
    assert now(story).objections == 1
    assert answer(maryam, story, answer="yes").status_code == 302
    assert now(story).ending == "confirmed_in_field"


@pytest.mark.requirement("I9")
def test_an_objection_to_silence_stands_in_the_history(city: CityPolicy) -> None:
    story, client = Story(city), Client()
    client.post(f"/t/{story.case.code}/open/", {"last4": "6789"})
    path = f"/t/{story.case.code}/object/"
    assert client.post(path, {"text": ""}).status_code == 422
    assert client.post(path, {"text": "هیچ‌کس نیامد"}).status_code == 302
    assert now(story).objections == 1
    assert "هیچ‌کس نیامد" in client.get(f"/t/{story.case.code}").content.decode()
    for _ in range(9):
        client.post(path, {"text": "هیچ‌کس نیامد"})
    assert client.post(path, {"text": "هیچ‌کس نیامد"}).status_code == 409


def test_an_objection_reopens_within_fourteen_days_and_then_a_new_report_is_offered(
    maryam: Client, story: Story, clock: Any
) -> None:
    answer(maryam, story, answer="yes")
    path = f"/t/{story.case.code}/object/"
    clock.move_to(NOON + timedelta(days=15))
    late = maryam.get(path)
    assert late.status_code == 410
    assert f"?about={story.case.code}" in late.content.decode()
    assert f"?about={story.case.code}" in maryam.get(f"/t/{story.case.code}").content.decode()
    clock.move_to(NOON + timedelta(days=13))
    assert maryam.post(path, {"text": "باز خراب شد"}).status_code == 302
    assert (now(story).stage, now(story).cycle) == ("special_follow_up", 2)


def test_answers_are_the_same_for_every_channel(city: CityPolicy, story: Story) -> None:
    case = now(story)
    can = answerable(city, case, at=NOON)
    assert (can.yes, can.no, can.objection) == ("satisfied", "dissatisfied", "objection")
    assert can.asked
    waiting = Story(city)
    can = answerable(city, Case.objects.get(pk=waiting.case.id), at=NOON)
    assert (can.yes, can.no, can.asked) == (None, None, False)


def test_mine_lists_what_was_reported_from_the_number(city: CityPolicy, story: Story) -> None:
    client = Client()
    client.get("/mine/")
    sign_in(client)
    page = client.get("/mine/").content.decode()
    assert f"/t/{story.case.code}" in page
    assert client.post("/mine/settings/", {"name": "مریم", "language": "en"}).status_code == 302
    citizen = Reporter.objects.get(case_id=story.case.id).citizen
    assert citizen is not None
    assert (citizen.name, citizen.language, citizen.wants_sms) == ("مریم", "en", True)
    client.post("/mine/settings/", {"name": "مریم", "language": "zz", "no_sms": "1"})
    citizen.refresh_from_db()
    assert (citizen.language, citizen.wants_sms) == ("en", False)


def test_signing_out_ends_copies_of_the_cookie_too(story: Story) -> None:
    client, copy = Client(), Client()
    sign_in(client)
    copy.cookies = client.cookies
    assert f"/t/{story.case.code}" in copy.get("/mine/").content.decode()
    kept = client.cookies["peygir_citizen"].value
    assert client.post("/mine/out/").status_code == 302
    fresh = Client()
    fresh.cookies["peygir_citizen"] = kept
    assert f"/t/{story.case.code}" not in fresh.get("/mine/").content.decode()


def test_asking_for_a_code_never_tells_whether_a_number_is_known(story: Story) -> None:
    known, unknown = Client(), Client()
    pages = []
    for client, phone in ((known, "09123456789"), (unknown, "09129999999")):
        assert client.post("/mine/", {"phone": phone})["Location"] == "/confirm/"
        wrong = client.post("/confirm/", {"otp": "00000"})
        page = client.get("/confirm/").content.decode().split("<main")[1]
        pages.append((wrong.status_code, re.sub(r'middlewaretoken" value="[^"]+"', "", page)))
    assert pages[0][0] == pages[1][0] == 422
    assert pages[0][1] == pages[1][1]
    assert known.post("/mine/", {"phone": "123"}).status_code == 422


def test_another_code_is_sent_after_the_countdown_only(story: Story, clock: Any) -> None:
    client = Client()
    client.post("/mine/", {"phone": "09123456789"})
    client.post("/confirm/again/")
    assert Notice.objects.filter(template="sms.otp").count() == 1
    clock.move_to(NOON + timedelta(seconds=95))
    client.post("/confirm/again/")
    assert Notice.objects.filter(template="sms.otp").count() == 2


def test_a_page_of_messages_is_few_queries(
    city: CityPolicy, django_assert_max_num_queries: Any
) -> None:
    for _ in range(22):
        Story(city)
    client = Client()
    sign_in(client)
    client.get("/mine/")
    with django_assert_max_num_queries(5):
        page = client.get("/mine/").content.decode()
    assert page.count("inbox-row") == 20
    older = re.search(r"\?before=\d+", page)
    assert older
    assert client.get(f"/mine/{older[0]}").content.decode().count("inbox-row") == 2
    assert client.get("/mine/?before=x").status_code == 200


@pytest.mark.requirement("M10")
def test_no_inspector_is_promised_where_the_city_sends_none(
    client: Client, city: CityPolicy
) -> None:
    assert "بازرس" in client.get("/").content.decode()
    policies.adopt(ROOT / "cities" / "mashhad", actor=SYSTEM, at=NOON)
    policies._latest.cache_clear()
    for path in ("/", "/help/"):
        page = client.get(path).content.decode()
        assert "بازرس" not in page
        assert "مدیر بالاتر" in page


@pytest.mark.requirement("M3")
def test_whoever_does_not_accept_an_answer_may_grade_it_too(mashhad: CityPolicy) -> None:
    told = Story(mashhad)
    told.act("answer", told.holder(head=True), answer_text="به زودی", report_to_citizen="به زودی")
    client = Client()
    client.post(f"/t/{told.case.code}/open/", {"last4": "6789"})
    asked = client.get(f"/t/{told.case.code}/answer/").content.decode()
    assert asked.count('name="rating"') == 5
    again = answer(client, told, answer="no", rating="2")
    assert again.status_code == 422
    assert 'value="2" checked' in again.content.decode()
    assert answer(client, told, answer="no", reason="nothing", rating="2").status_code == 302
    taken = Event.objects.filter(subject_id=told.case.id, step="objects").get()
    assert taken.facts["evidence"]["rating"] == 2


def test_nobody_is_asked_for_a_grade_that_the_policy_does_not_take(
    maryam: Client, story: Story
) -> None:
    assert 'name="rating"' not in maryam.get(f"/t/{story.case.code}/answer/").content.decode()


@pytest.mark.requirement("M10")
def test_the_help_says_what_silence_and_lateness_mean_here(
    client: Client, city: CityPolicy
) -> None:
    plain = client.get("/en/help/").content.decode()
    assert "get a message, up to the mayor" in plain
    assert "say nothing" not in plain
    policies.adopt(ROOT / "cities" / "mashhad", actor=SYSTEM, at=NOON)
    policies._latest.cache_clear()
    page = client.get("/en/help/").content.decode()
    assert "goes to the manager above, up to the mayor" in page
    assert "say nothing for 14 days" in page
    assert "۱۴ روز" in client.get("/help/").content.decode()
