"""The staff page of the connection: what waits, what differed, and a way to put it right."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from peygir.cases.models import Case
from peygir.channels.office import contact
from peygir.channels.office.models import Handed, Person, Received, Reconciliation
from peygir.channels.office.reconcile import reconcile
from peygir.look.dates import jalali
from peygir.policy.model import CityPolicy
from peygir.worker import audit
from tests.city import hire, reported

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("M1")]
PAGE = "/desk/office/"
WAYS = (PAGE, f"{PAGE}again/", f"{PAGE}people/")


def signed_in(post: str, name: str = "reader") -> Client:
    client = Client()
    client.force_login(hire(name, post))
    return client


def test_only_the_administrator_and_the_head_of_the_centre_look(city: CityPolicy) -> None:
    assert Client().get(PAGE).status_code == 302
    for post in ("mayor", "reception-1", "d3-civil-head"):
        client = signed_in(post, f"of-{post}")
        assert client.get(PAGE).status_code == 403, post
        assert all(client.post(way).status_code in (403, 405) for way in WAYS), post
    assert signed_in("centre-head").get(PAGE).status_code == 200


def test_the_page_says_what_waits_and_what_went_wrong(
    city: CityPolicy, settings: Any, at: datetime
) -> None:
    settings.PEYGIR_OFFICE_URL = ""
    client = signed_in("ict-expert")
    reported(city, at=at)
    reconcile(at=at + timedelta(minutes=1))
    Received.objects.create(
        id="m-1", kind="answer", digest="x", at=at, result="refused", code="unknown_person",
        post="d3-civil-head", personnel_number="7777",
    )  # fmt: skip
    Reconciliation.objects.create(
        started_at=at, ended_at=at + timedelta(minutes=2), whole=True, read=3,
        found={"missing_there": 2, "answer_not_here": 1}, mended={"missing_there": 2},
        left=[{"kind": "answer_not_here", "code": "unknown_person", "id": "m-1"}],
    )  # fmt: skip
    page = client.get(PAGE).content.decode()
    for words in ("نشانی اتوماسیون اداری تنظیم نشده است", "۲ مورد پیدا شد", "7777", "مدیر فنی"):
        assert words in page, words
    page = client.get(f"/en{PAGE}").content.decode()
    for words in ("missing over there", "somebody must look", "Nobody here has this personnel"):
        assert words in page, words


def test_a_message_that_came_late_is_shown_with_both_instants(
    handed: Handed, managers: dict[str, Any], at: datetime
) -> None:
    given: dict[str, Any] = {
        "kind": "answer", "digest": "x", "handed": handed, "post": "d3-civil-head", "at": at,
        "result": "done",
    }  # fmt: skip
    code = Case.objects.get(pk=handed.case_id).code
    Received.objects.create(id="in-time", said_at=at - timedelta(minutes=5), **given)
    client = signed_in("centre-head")
    assert "said over there" not in client.get(f"/en{PAGE}").content.decode()
    Received.objects.create(id="late", said_at=at - timedelta(hours=30), **given)
    page = client.get(f"/en{PAGE}").content.decode()
    assert page.count("said over there") == 1
    assert jalali(at - timedelta(hours=30)) in page
    assert f'href="/en/desk/cases/{code}/"' in page


def test_the_audit_raises_an_alarm_about_a_queue_that_nobody_takes(
    city: CityPolicy, at: datetime
) -> None:
    handed = Handed.objects.get(case_id=reported(city, at=at).case.id)
    asked = {minutes: at + timedelta(minutes=minutes) for minutes in (14, 16)}
    found = {n: {f.name: f for f in audit.findings(at=when)} for n, when in asked.items()}
    assert not found[14]["office_late"].alarming
    assert (found[16]["office_late"].alarming, found[16]["office_late"].count) == (True, 1)
    Handed.objects.filter(pk=handed.pk).update(delivered=handed.version)
    assert not {f.name for f in audit.findings(at=asked[16]) if f.alarming} & {"office_late"}


def test_try_again_lets_everything_go_now(city: CityPolicy, settings: Any, at: datetime) -> None:
    settings.PEYGIR_OFFICE_URL = "https://office.example"
    reported(city, at=at)
    contact.failed("no_answer", at + timedelta(days=1))
    Handed.objects.update(not_before=at + timedelta(days=1))
    client = signed_in("ict-expert")
    assert "در دسترس نیست" in client.get(PAGE).content.decode()
    assert client.post(f"{PAGE}again/").status_code == 302
    state = contact.current()
    assert (state.not_before, state.is_wanted) == (None, True)
    assert Handed.objects.get().not_before < at + timedelta(days=1)


def test_the_administrator_says_whose_number_it_is(city: CityPolicy) -> None:
    client = signed_in("ict-expert")
    manager = hire("manager", "d3-civil-head")
    given = {"number": "7777", "username": "Manager"}
    assert client.post(f"{PAGE}people/", given).status_code == 302
    assert Person.objects.get().staff_id == manager.pk
    for wrong in ({"number": "۷", "username": "manager"}, {"number": "8", "username": "no one"}):
        answer = client.post(f"{PAGE}people/", wrong)
        assert answer.status_code == 422
        assert wrong["username"] in answer.content.decode()
    client.post(f"{PAGE}people/", {"number": "7777", "username": ""})
    assert not Person.objects.exists()


def test_the_head_of_the_centre_looks_but_does_not_link(city: CityPolicy) -> None:
    hire("manager", "d3-civil-head")
    client = signed_in("centre-head")
    assert 'name="username"' not in client.get(PAGE).content.decode()
    given = {"number": "7777", "username": "manager"}
    assert client.post(f"{PAGE}people/", given).status_code == 403
    assert not Person.objects.exists()


def test_a_city_without_an_office_automation_is_told_so(qom: CityPolicy) -> None:
    page = signed_in("ict-expert").get(PAGE).content.decode()
    assert "هیچ واحدی با اتوماسیون اداری کار نمی‌کند" in page
