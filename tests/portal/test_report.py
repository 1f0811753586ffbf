"""Reporting: one POST makes one case, whatever is typed; nothing typed is lost."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, RequestFactory

from peygir.calendars.persian import to_persian_digits
from peygir.cases.models import Case
from peygir.ledger.models import Event
from peygir.notices.models import Notice
from peygir.people import codes
from peygir.people.models import CaseKey, Citizen, Paper, Photo, Reporter
from peygir.policy.model import CityPolicy
from peygir.portal import limits, report, report_form, visitor
from tests.city import NOON, PHONE
from tests.portal.citizens import MOBILE, WORDS, once, photo, reported, send, sent_code

pytestmark = pytest.mark.usefixtures("city")
GPS = {"t34853": {1: "N", 2: (34.0, 38.0, 24.0), 3: "E", 4: (50.0, 52.0, 48.0)}}


@pytest.mark.requirement("Q4", "T9")
def test_one_post_without_scripts_registers_a_case_and_shows_its_code(client: Client) -> None:
    answer = client.post("/report/", {"words": WORDS, "address": "گلستان ۱۲"}, follow=True)
    case = Case.objects.get()
    page = answer.content.decode()
    assert answer.status_code == 200
    assert case.channel == "web"
    assert "".join(c for c in page if c in "۰۱۲۳۴۵۶۷۸۹")  # Persian digits
    assert Event.objects.get(subject="case").actor_kind == "citizen"


def test_a_known_subject_and_district_go_straight_to_the_unit(client: Client) -> None:
    case = reported(client)
    assert (case.stage, case.unit, case.district) == ("execution", "d3-civil", 3)
    page = client.get("/report/done/").content.decode()
    assert "فنی و عمرانی" in page
    assert "سه‌شنبه" in page or "دوشنبه" in page  # 48 hours after Saturday noon


def test_words_over_the_limit_are_told_and_kept_whole(client: Client) -> None:
    words = "چاله " * 2_500 + "پایان"
    page = send(client, words=words).content.decode()
    assert words in page
    assert "۱۲٬۵۰۵" in page
    assert Case.objects.count() == 0


def test_the_chosen_suggestion_counts_before_the_list(client: Client) -> None:
    assert reported(client, suggested="W01", category="").category == "W01"


def test_a_report_without_a_number_is_taken(client: Client) -> None:
    case = reported(client, phone="")
    assert Reporter.objects.get(case_id=case.pk).citizen_id is None
    assert not Notice.objects.filter(template="sms.otp").exists()
    assert client.get("/report/done/").status_code == 200


def test_the_number_is_asked_to_be_confirmed_after_sending(client: Client) -> None:
    case = reported(client)
    assert Case.objects.filter(pk=case.pk).exists()
    citizen = Citizen.objects.get(phone=PHONE)
    assert citizen.confirmed_at is None
    short = client.post("/confirm/", {"otp": "۱"})
    assert short.status_code == 422
    assert f"کد {to_persian_digits(str(codes.DIGITS))} رقم دارد" in short.content.decode()
    answer = client.post("/confirm/", {"otp": sent_code()})
    assert answer["Location"] == "/report/done/"
    citizen.refresh_from_db()
    assert citizen.confirmed_at == NOON
    assert f"/t/{case.code}" in client.get("/mine/").content.decode()


def test_somebody_signed_in_is_not_asked_again(client: Client) -> None:
    reported(client)
    client.post("/confirm/", {"otp": sent_code()})
    assert PHONE in client.get("/report/").content.decode()
    before = Notice.objects.filter(template="sms.otp").count()
    reported(client, phone="09123456789")
    assert Notice.objects.filter(template="sms.otp").count() == before


def test_sending_twice_makes_one_case(client: Client) -> None:
    token = once(client)
    first, second = send(client, once=token), send(client, once=token)
    assert first.status_code == second.status_code == 302
    assert Case.objects.count() == 1


def test_a_double_tap_makes_one_case_and_asks_to_confirm_the_number(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, real = once(client), report._send

    def overtaken(*given: Any) -> Any:
        monkeypatch.setattr(report, "_send", real)
        assert send(Client(), once=token).status_code == 302
        return real(*given)

    monkeypatch.setattr(report, "_send", overtaken)
    assert send(client, once=token)["Location"] == "/report/done/"
    assert Case.objects.count() == 1
    assert 'name="otp"' in client.get("/report/done/").content.decode()


def test_faults_are_said_and_nothing_typed_is_lost(client: Client) -> None:
    answer = send(client, words="", address="کوچهٔ نسترن", phone="۰۹۱۲", name="مریم")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "کوچهٔ نسترن" in page
    assert "مریم" in page
    assert "۰۹۱۲" in page
    assert page.count('aria-invalid="true"') == 2
    assert not Case.objects.exists()


def test_a_photo_sent_with_a_fault_need_not_be_sent_again(client: Client) -> None:
    token = once(client)
    answer = send(client, once=token, words="", photo=photo())
    assert answer.status_code == 422
    assert Photo.objects.count() == 1
    case = reported(client, once=token)
    assert Event.objects.get(subject="case").facts["photos"] == [Photo.objects.get().pk]
    assert Photo.objects.get().case_id == case.pk


def test_kept_photos_can_be_removed(client: Client, folder: Path) -> None:
    token = once(client)
    send(client, once=token, words="", photo=photo())
    reported(client, once=token, drop_photos="1")
    assert not list(folder.rglob("*.jpg"))
    assert "photos" not in Event.objects.get(subject="case").facts


def test_the_place_in_a_photo_is_used_when_no_other_is_given(client: Client) -> None:
    case = reported(client, photo=photo(**GPS))
    assert (case.lat_e6, case.lon_e6) == (34_640_000, 50_880_000)
    other = reported(client, photo=photo(**GPS), photo_lat=report_form.NO_PLACE)
    assert other.lat_e6 is None


def test_a_point_of_the_phone_counts_before_the_photo(client: Client) -> None:
    case = reported(client, photo=photo(**GPS), lat="۳۴.۶۵", lon="50.9")
    assert (case.lat_e6, case.lon_e6) == (34_650_000, 50_900_000)


@pytest.mark.parametrize(("lat", "lon"), [("51.5", "-0.1"), ("x", "y"), ("1e9", "1"), ("34.6", "")])
def test_a_point_outside_the_city_is_refused(client: Client, lat: str, lon: str) -> None:
    assert send(client, lat=lat, lon=lon).status_code == 422


def test_a_place_of_some_kind_is_needed(client: Client) -> None:
    assert send(client, address="", district="").status_code == 422


def test_hostile_files_are_refused_with_a_sentence(client: Client) -> None:
    bad = photo("a.jpg")
    bad.file.seek(0)
    bad.file.write(b"<svg/>")
    answer = send(client, photo=bad)
    assert answer.status_code == 422
    assert not Photo.objects.exists()


def test_no_more_photos_than_the_city_says(client: Client) -> None:
    answer = send(client, photo=[photo(f"{n}.jpg") for n in range(6)])
    assert answer.status_code == 422
    assert Photo.objects.count() == 5


def test_many_reports_from_one_phone_are_stopped_without_losing_the_text(
    client: Client, clock: Any
) -> None:
    for minute in range(20):
        clock.move_to(NOON + timedelta(minutes=minute * 10))
        assert send(client).status_code == 302
    answer = send(client, words="بیست‌ویکمین پیام")
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert "بیست‌ویکمین پیام" in answer.content.decode()
    clock.move_to(NOON + timedelta(days=1, hours=1))
    assert send(client).status_code == 302


def test_anonymous_reports_are_limited_by_address(client: Client) -> None:
    answers = [send(client, phone="").status_code for _ in range(limits.ANONYMOUS.most + 1)]
    assert answers == [302] * limits.ANONYMOUS.most + [429]
    assert send(Client(REMOTE_ADDR="10.1.1.1"), phone="").status_code == 302


def test_nobody_renames_a_citizen_by_typing_their_number(client: Client) -> None:
    reported(client, name="مریم رضایی")
    reported(Client(), name="کسی دیگر")
    assert Citizen.objects.get(phone=PHONE).name == "مریم رضایی"


def hints(client: Client, **fields: str) -> str:
    answer = client.post("/report/hints/", fields)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_words_suggest_subjects(client: Client) -> None:
    assert 'value="C01"' in hints(client, words="چاله وسط خیابان")
    kept = hints(client, words="زباله مانده", suggested="C01")
    assert 'value="C01" checked' in kept
    assert 'value="W01"' in kept


def test_a_chosen_subject_and_neighbour_outlive_a_mistake(client: Client) -> None:
    case = reported(client)
    answer = send(
        client, suggested="C01", category="", join=report_form.joinable(case.pk), phone="0912"
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert '<input type="radio" name="suggested" value="C01" checked>' in page
    assert page.count(" checked>") == 2


def test_a_nearby_case_is_joined_in_one_step(client: Client) -> None:
    case = reported(client, lat="34.64", lon="50.88")
    page = hints(Client(), words="چاله جلوی مدرسه", lat="34.6402", lon="50.88")
    assert case.code not in page
    assert WORDS not in page
    token = page.split('name="join" value="')[1].split('"')[0]
    other = Client()
    answer = send(other, join=token, phone="09121111111", words="چاله بزرگ", photo=photo())
    assert answer.status_code == 302
    assert Case.objects.count() == 1
    case.refresh_from_db()
    assert case.reporters == 2
    joined = Reporter.objects.get(case_id=case.pk, is_first=False)
    assert joined.citizen is not None
    assert Photo.objects.get().case_id == case.pk
    told = Notice.objects.filter(template="sms.registered", case_id=case.pk).latest("id")
    assert told.citizen_id == joined.citizen_id
    send(Client(), join=token, phone="09121111111")  # once more: told, not counted
    case.refresh_from_db()
    assert case.reporters == 2


def test_a_report_about_an_erased_case_is_a_case_of_its_own(client: Client) -> None:
    case = reported(client, lat="34.64", lon="50.88")
    token = report_form.joinable(case.pk)
    CaseKey.objects.filter(case_id=case.pk).delete()
    assert send(Client(), join=token, phone="09121111111").status_code == 302
    assert Case.objects.count() == 2
    assert not CaseKey.objects.filter(case_id=case.pk).exists()
    sought = {"words": "چاله جلوی مدرسه", "lat": "34.6402", "lon": "50.88"}
    assert 'name="join"' in hints(Client(), **sought)
    Case.objects.filter(pk=case.pk).update(erased_at=case.opened_at)
    assert 'name="join"' not in hints(Client(), **sought)


def test_a_made_up_join_is_a_new_report(client: Client) -> None:
    case = reported(client)
    assert send(client, join=str(case.pk)).status_code == 302
    assert Case.objects.count() == 2


def test_a_new_report_about_an_old_one_names_it(client: Client) -> None:
    case = reported(client)
    page = client.get(f"/report/?about={case.code}").content.decode()
    assert case.code[:6] in page or "۰۵۰۸۳۰" in page
    assert client.get("/report/?about=<script>").status_code == 200


def test_what_is_written_is_kept_in_papers_not_in_events(client: Client) -> None:
    case = reported(client)
    assert {p.kind for p in Paper.objects.filter(case_id=case.pk)} == {"words", "address"}
    assert WORDS not in str(list(Event.objects.values_list("facts", flat=True)))


def test_a_form_without_its_token_is_refused() -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/report/", {"words": WORDS}).status_code == 403


def test_the_success_page_belongs_to_this_browser(client: Client) -> None:
    reported(client)
    assert Client().get("/report/done/")["Location"] == "/report/"


def test_english_is_complete_below_its_own_address(city: CityPolicy, client: Client) -> None:
    page = client.get("/en/report/").content.decode()
    assert "What problem did you see?" in page
    assert MOBILE not in page
    answer = client.post("/en/report/", {"words": "A deep pothole", "district": "3"}, follow=True)
    assert answer.redirect_chain[-1][0] == "/en/report/done/"


@pytest.mark.parametrize(
    ("https", "forwarded", "counted"),
    [
        (False, "1.1.1.1", "127.0.0.1"),  # nobody stands before us: the header is the visitor's own
        (True, "1.1.1.1, 2.2.2.2", "2.2.2.2"),  # what the proxy appended, not what it was told
        (True, "", "127.0.0.1"),
    ],
)
def test_tries_are_counted_by_an_address_that_cannot_be_made_up(
    settings: Any, https: bool, forwarded: str, counted: str
) -> None:
    settings.IS_HTTPS = https
    request = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded})
    assert visitor.address(request) == counted
