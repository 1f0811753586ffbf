"""Signing in, the second factor, and the own account."""

import re
from base64 import b32encode
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from peygir.cases.models import Case
from peygir.people.models import Staff
from peygir.people.sign_in import has_factor
from peygir.policy.model import CityPolicy
from tests.city import hire
from tests.desk.people import signed_in, soup

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-password-137"


def sign_in(client: Client, username: str, password: str, **more: str) -> Any:
    return client.post("/desk/login/", {"username": username, "password": password, **more})


def test_a_wrong_password_is_refused_with_a_sentence_and_the_name_is_kept(qom: CityPolicy) -> None:
    hire("maryam", "reception-1")
    answer = sign_in(Client(), "maryam", "wrong")
    assert answer.status_code == 422
    assert 'value="maryam"' in soup(answer)
    assert 'role="alert"' in soup(answer)


def test_somebody_who_signs_in_reaches_the_page_asked_for(qom: CityPolicy) -> None:
    hire("maryam", "reception-1")
    client = Client()
    asked = client.get("/desk/console/")
    assert asked["Location"] == "/desk/login/?next=/desk/console/"
    assert (
        sign_in(client, "maryam", PASSWORD, next="/desk/console/")["Location"] == "/desk/console/"
    )


def test_nobody_is_sent_to_another_site(qom: CityPolicy) -> None:
    hire("maryam", "reception-1")
    answer = sign_in(Client(), "maryam", PASSWORD, next="https://evil.example/")
    assert answer["Location"] == "/desk/"


def test_who_prefers_english_starts_in_english(qom: CityPolicy) -> None:
    hire("ann", "reception-1", language="en")
    assert sign_in(Client(), "ann", PASSWORD)["Location"] == "/en/desk/"


def test_guessing_is_stopped_even_with_the_right_password(qom: CityPolicy) -> None:
    hire("maryam", "reception-1")
    client = Client()
    for _ in range(10):
        assert sign_in(client, "maryam", "wrong").status_code == 422
    assert sign_in(client, "maryam", PASSWORD).status_code == 429


def test_signing_in_forgets_the_failed_tries(qom: CityPolicy) -> None:
    hire("maryam", "reception-1")
    client = Client()
    for _ in range(3):
        for _ in range(8):
            sign_in(client, "maryam", "wrong")
        assert sign_in(client, "maryam", PASSWORD).status_code == 302


@pytest.mark.parametrize("name", ["\x00", "a" * 5000, "' or 1=1 --", "‮x"])
def test_hostile_names_are_refused_politely(qom: CityPolicy, name: str) -> None:
    assert sign_in(Client(), name, "\x00" * 300).status_code == 422


def test_a_given_password_is_changed_before_anything_else(qom: CityPolicy) -> None:
    person = hire("new", "reception-1")
    person.needs_new_password = True
    person.save()
    client = Client()
    client.force_login(person)
    assert client.get("/desk/console/")["Location"] == "/desk/account/"
    new = {"new_password1": "چراغ کوچه ۱۳۷ روشن", "new_password2": "چراغ کوچه ۱۳۷ روشن"}
    answer = client.post("/desk/account/", {"do": "password", "old_password": PASSWORD, **new})
    assert answer.status_code == 302
    assert client.get("/desk/console/").status_code == 200


def test_a_short_password_is_refused(qom: CityPolicy) -> None:
    client = signed_in("reception-1")
    short = {"new_password1": "short", "new_password2": "short"}
    answer = client.post("/desk/account/", {"do": "password", "old_password": PASSWORD, **short})
    assert "دست‌کم ۱۰ نویسه." in answer.content.decode()
    assert answer.status_code == 422


def test_preferences_accept_persian_digits_and_move_to_the_chosen_language(qom: CityPolicy) -> None:
    client = signed_in("reception-1", username="r1")
    answer = client.post(
        "/desk/account/", {"do": "preferences", "language": "en", "extension": "۲۰۱"}
    )
    assert answer["Location"] == "/en/desk/account/"
    assert 'value="201"' in soup(client.get("/en/desk/account/"))


def test_second_factor_from_picture_to_recovery_code(qom: CityPolicy) -> None:
    person = hire("maryam", "reception-1")
    client = Client()
    sign_in(client, "maryam", PASSWORD)
    client.post("/desk/account/", {"do": "totp_start"})
    page = soup(client.get("/desk/account/"))
    assert "<svg" in page
    device = TOTPDevice.objects.get(user=person)
    assert b32encode(device.bin_key).decode() in page.replace(" ", "")
    token = f"{TOTP(device.bin_key).token():06}"
    done = client.post("/desk/account/", {"do": "totp_confirm", "token": token})
    codes = re.findall(r'<li><bdi dir="ltr">([a-z0-9]+)</bdi></li>', soup(done))
    assert len(codes) == 8
    again = Client()
    sign_in(again, "maryam", PASSWORD)
    assert again.get("/desk/console/")["Location"] == "/desk/second-factor/"
    assert again.post("/desk/second-factor/", {"token": codes[0]}).status_code == 302
    assert again.get("/desk/console/").status_code == 200
    third = Client()
    sign_in(third, "maryam", PASSWORD)
    assert third.post("/desk/second-factor/", {"token": codes[0]}).status_code == 422


def test_the_second_factor_comes_off_with_the_password_only(qom: CityPolicy) -> None:
    person = hire("maryam", "reception-1")
    client = Client()
    client.force_login(person)
    client.post("/desk/account/", {"do": "totp_start"})
    device = TOTPDevice.objects.get(user=person)
    token = f"{TOTP(device.bin_key).token():06}"
    client.post("/desk/account/", {"do": "totp_confirm", "token": token})
    wrong = client.post("/desk/account/", {"do": "totp_remove", "password": "x"})
    assert wrong.status_code == 422
    client.post("/desk/account/", {"do": "totp_remove", "password": PASSWORD})
    assert not TOTPDevice.objects.exists()


def test_signing_out_is_a_post(qom: CityPolicy) -> None:
    client = signed_in("reception-1")
    assert client.get("/desk/logout/").status_code == 405
    assert client.post("/desk/logout/")["Location"] == "/desk/login/"
    assert client.get("/desk/")["Location"].startswith("/desk/login/")


@pytest.mark.parametrize(
    ("post", "path"),
    [
        ("d3-services-expert", "/desk/inbox/"),
        ("d3-services-head", "/desk/head/"),
        ("ict-expert", "/desk/staff/"),
    ],
)
def test_everybody_starts_where_their_highest_duty_is(
    qom: CityPolicy, post: str, path: str
) -> None:
    assert signed_in(post).get("/desk/")["Location"] == path


def test_who_is_barred_is_refused_with_the_next_click(qom: CityPolicy) -> None:
    client = signed_in("reception-1", username="maryam")
    assert client.get("/desk/console/").status_code == 200
    Staff.objects.filter(username="maryam").update(is_active=False)
    assert client.get("/desk/console/")["Location"].startswith("/desk/login/")


def test_a_session_that_was_ended_elsewhere_is_over_at_once(qom: CityPolicy) -> None:
    client = signed_in("reception-1", username="maryam")
    assert client.get("/desk/console/").status_code == 200
    Session.objects.all().delete()
    assert client.get("/desk/console/")["Location"].startswith("/desk/login/")


def test_a_second_factor_is_wanted_from_the_moment_it_is_set_up(qom: CityPolicy) -> None:
    client = signed_in("reception-1", username="maryam")
    staff = Staff.objects.get(username="maryam")
    assert not has_factor(staff)
    TOTPDevice.objects.create(user=staff, confirmed=False)
    assert client.get("/desk/console/").status_code == 200
    TOTPDevice.objects.create(user=staff, confirmed=True)
    assert has_factor(staff)
    assert client.get("/desk/console/")["Location"] == "/desk/second-factor/"


def test_what_one_registered_is_not_shown_to_the_next_at_the_same_desk(qom: CityPolicy) -> None:
    given = {"do": "register", "words": "چراغ کوچه خاموش است", "anonymous": "1"}
    client = signed_in("reception-1", username="maryam")
    assert client.post("/desk/console/", given).status_code == 302
    code = Case.objects.get().code
    other = signed_in("reception-2", username="hamed")
    other.cookies["peygir_console"] = client.cookies["peygir_console"].value
    assert code not in soup(other.get("/desk/console/"))
    assert code in soup(client.get("/desk/console/"))
    assert code not in soup(client.get("/desk/console/"))  # once
