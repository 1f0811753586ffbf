"""The page of second calls, and what they found on the page of audits."""

from datetime import timedelta

import pytest
from django.test import Client

from peygir.boards import second
from peygir.boards.models import SecondCall
from peygir.cases.models import Case
from peygir.policy.model import CityPolicy
from tests.city import PHONE, Story
from tests.desk.follow import answered, at_desk
from tests.desk.people import signed_in, soup
from tests.desk.test_console import now

pytestmark = pytest.mark.django_db
PAGE = "/desk/feedback/second/"
AUDITS = "/desk/ranking/audits/"


@pytest.fixture
def drawn(qom: CityPolicy, monkeypatch: pytest.MonkeyPatch) -> Story:
    """A closing of today on which the lot fell."""
    monkeypatch.setattr(second, "PER_10_000", 10_000)
    it = answered(qom, at=now(minutes=3))
    it.at = now(minutes=1)
    Case.objects.filter(pk=it.case.id).update(version=it.case.version)
    it.satisfied()
    day = it.at.astimezone(qom.calendar.tz).date()
    second.draw(qom, day, seed="ab" * 32, at=now())
    assert SecondCall.objects.count() == 1
    return it


@pytest.fixture
def caller(qom: CityPolicy) -> Client:
    return at_desk("caller", "feedback-2", id=9_001)[0]


@pytest.mark.requirement("S26")
def test_a_satisfied_citizen_is_asked_again_by_somebody_else(drawn: Story, caller: Client) -> None:
    page = soup(caller.get("/desk/feedback/"))
    assert "تماس دوباره به قرعه (۱)" in page
    assert PHONE not in soup(caller.get(PAGE)), "looking takes nothing"
    page = soup(caller.post(f"{PAGE}claim/", follow=True))
    assert f"tel:{PHONE}" in page
    assert "آسفالت ترمیم شد" in page
    done = caller.post(f"{PAGE}outcome/", {"code": drawn.case.code, "outcome": "agree"})
    assert done.status_code == 302
    assert SecondCall.objects.get().finding == "agree"
    page = soup(signed_in("mayor").get(AUDITS))
    assert 'id="second"' in page
    row = page.split('id="second"', 1)[1].split("<tbody><tr>", 1)[1].split("</tr>", 1)[0]
    assert row.count('<td class="num">۱</td>') == 1
    assert "ab" * 32 in page


@pytest.mark.requirement("S26")
def test_one_who_says_otherwise_is_listed_with_what_must_be_done(
    drawn: Story, caller: Client
) -> None:
    caller.post(f"{PAGE}claim/")
    version = Case.objects.get(pk=drawn.case.id).version
    given = {"code": drawn.case.code, "outcome": "differ"}
    page = soup(caller.post(f"{PAGE}outcome/", given, follow=True))
    assert "اعتراض به خاتمه" in page
    assert Case.objects.get(pk=drawn.case.id).version == version
    again = soup(caller.post(f"{PAGE}outcome/", given, follow=True))
    assert "چیزی دو بار" in again


def test_what_second_calls_found_is_drawn_with_its_table(drawn: Story, caller: Client) -> None:
    words = "پاسخ‌های دوم که با پاسخ نخست نمی‌خواند"
    mayor = signed_in("mayor")
    assert words not in soup(caller.get(PAGE)), "nobody was reached yet"
    assert words not in soup(mayor.get(AUDITS))
    caller.post(f"{PAGE}claim/")
    caller.post(f"{PAGE}outcome/", {"code": drawn.case.code, "outcome": "differ"})
    for page in (soup(caller.get(PAGE)), soup(mayor.get(AUDITS))):
        figure = page.split('<figure class="chart">', 1)[1].split("</figure>", 1)[0]
        assert words in figure
        assert "همهٔ واحدها" in figure
        row = figure.split("<tbody><tr>", 1)[1].split("</tr>", 1)[0]
        assert "۱۰۰٪" in row
        assert row.endswith('<td class="num">۱</td>')


def test_whoever_made_the_first_call_is_offered_nothing(drawn: Story, qom: CityPolicy) -> None:
    client, person = at_desk("first", "feedback-1")
    SecondCall.objects.update(first_staff=person.pk)
    page = soup(client.post(f"{PAGE}claim/", follow=True))
    assert PHONE not in page
    assert "تماس دوباره‌ای برای شما نیست" in page


def test_the_head_looks_on_and_calls_nobody(drawn: Story) -> None:
    client = signed_in("centre-head")
    assert "۱" in soup(client.get(PAGE))
    assert client.post(f"{PAGE}claim/").status_code == 403
    assert client.post(f"{PAGE}outcome/", {"outcome": "agree"}).status_code == 403


def test_an_outcome_that_is_none_keeps_the_call(drawn: Story, caller: Client) -> None:
    caller.post(f"{PAGE}claim/")
    answer = caller.post(f"{PAGE}outcome/", {"code": drawn.case.code, "outcome": "maybe"})
    assert answer.status_code == 422
    assert f"tel:{PHONE}" in soup(answer)
    assert caller.post(f"{PAGE}release/").status_code == 302
    assert PHONE not in soup(caller.get(PAGE))


def test_one_who_is_not_reached_is_tried_again(drawn: Story, caller: Client) -> None:
    caller.post(f"{PAGE}claim/")
    given = {"code": drawn.case.code, "outcome": "busy"}
    assert "دوباره" in soup(caller.post(f"{PAGE}outcome/", given, follow=True))
    call = SecondCall.objects.get()
    assert (call.finding, call.tries) == ("", 1)
    assert call.not_before is not None
    assert call.not_before > now() + timedelta(minutes=5)


def test_a_city_that_calls_nobody_has_no_such_page(mashhad: CityPolicy) -> None:
    post = next(p.code for p in mashhad.organisation.posts.values() if "feedback" in p.roles)
    assert signed_in(post).get(PAGE).status_code == 404
