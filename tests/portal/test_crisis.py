"""The citizen's page in a crisis: light, cacheable, whole without scripts."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from peygir.cases import switching
from peygir.cases.models import Case
from peygir.people import organisation
from peygir.people.models import Citizen
from peygir.policy.model import CityPolicy
from peygir.policy.overlay import Scope
from tests.city import NOON, PHONE, hire

pytestmark = pytest.mark.django_db

PAGE_MAX = 25_000  # bytes, with its style sheet, before compression


@pytest.fixture
def storm(isfahan: CityPolicy) -> CityPolicy:
    policy = isfahan
    at = datetime.now(UTC)
    posts = policy.organisation.posts.values()
    head, deputy = (
        organisation.actor_of(hire(role, next(p.code for p in posts if role in p.roles)), at=at)
        for role in ("centre_head", "deputy")
    )
    until = at + timedelta(days=2)
    run = switching.propose(policy, "storm", scope=Scope(), until=until, actor=head, at=at)
    switching.confirm(run.pk, actor=deputy, at=at)
    return policy


@pytest.mark.requirement("I13")
@pytest.mark.parametrize("path", ["/crisis/", "/en/crisis/"])
def test_the_page_is_light_cacheable_and_needs_no_script(storm: CityPolicy, path: str) -> None:
    answer = Client().get(path)
    style = finders.find("portal/crisis.css")
    assert isinstance(style, str)
    assert len(answer.content) + Path(style).stat().st_size <= PAGE_MAX
    page = answer.content.decode()
    assert "<script" not in page
    assert "woff" not in page
    assert "public" in answer["Cache-Control"]
    assert "Cookie" not in answer.get("Vary", "")
    assert not answer.cookies
    again = Client().get(path, headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


@pytest.mark.requirement("I13")
def test_it_says_what_happened_what_to_do_and_takes_a_short_report(storm: CityPolicy) -> None:
    client = Client(enforce_csrf_checks=True)
    page = client.get("/crisis/").content.decode()
    assert "توفان و آبگرفتگی" in page
    assert "از زیرگذرها" in page
    given = {"words": "آب خیابان را گرفته", "address": "چهارباغ", "category": "R02"}
    answer = client.post("/crisis/send/", given)
    assert answer.status_code == 302, answer.content.decode()
    case = Case.objects.get()
    assert (case.category, case.channel) == ("R02", "web")
    assert client.get(answer["Location"]).status_code == 200
    assert "توفان" in client.get("/").content.decode()
    assert "فقط موضوع و نشانی را بنویسید" in client.get("/").content.decode()


def test_nobody_renames_a_citizen_whose_number_they_merely_typed(storm: CityPolicy) -> None:
    Citizen.objects.create(phone=PHONE, name="مریم رضایی", first_seen_at=NOON)
    given = {"words": "آب خیابان را گرفته", "address": "چهارباغ", "phone": PHONE, "name": "دیگری"}
    assert Client().post("/crisis/send/", given).status_code == 302
    assert Citizen.objects.get().name == "مریم رضایی"


@pytest.mark.parametrize(
    "given", [{}, {"words": "آب"}, {"words": "آب", "phone": "12", "address": "x"}]
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(
    storm: CityPolicy, given: dict[str, str]
) -> None:
    answer = Client().post("/crisis/send/", given)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'role="alert"' in page
    assert given.get("words", "") in page
    assert "no-store" in answer["Cache-Control"]
    assert not Case.objects.exists()


def test_a_form_on_another_site_cannot_report(storm: CityPolicy) -> None:
    given = {"words": "آب", "address": "چهارباغ"}
    answer = Client().post("/crisis/send/", given, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_without_a_crisis_the_page_says_so(qom: CityPolicy) -> None:
    page = Client().get("/crisis/").content.decode()
    assert "/crisis/send/" in page
    assert "توفان" not in page
