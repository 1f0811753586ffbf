"""Messages that were given up: the head of the centre sees why and sends them once more."""

import re

import pytest
from django.test import Client

from peygir.calendars import codes
from peygir.cases.models import Case
from peygir.look.numbers import fa
from peygir.notices.models import Notice
from peygir.people.models import Citizen
from tests.city import PHONE, Make
from tests.desk.people import signed_in, soup
from tests.notices.queued import queued

pytestmark = pytest.mark.django_db
PAGE = "/desk/undelivered/"


@pytest.fixture
def lost(story: Make) -> Notice:
    """The text message of a registration, to a phone that was switched off."""
    it = story()
    Notice.objects.all().delete()
    about = {"template": "sms.registered", "state": "failed", "failure": "not_delivered"}
    return queued(Citizen.objects.get().pk, case_id=it.case.id, **about)


def page(client: Client) -> str:
    return soup(client.get(PAGE))


def test_the_reason_stands_there_in_words_and_no_number(lost: Notice) -> None:
    html = page(signed_in("centre-head"))
    assert "شبکه" in html
    assert "شهروند" in html
    # In what is read, whichever numbers the code and the addresses of the page have.
    shown = re.sub(r"<[^>]*>", "", html).replace(fa(codes.show(Case.objects.get().code)), "")
    for digits in (PHONE[-4:], fa(PHONE[-4:])):
        assert digits not in shown
    for number in (PHONE[1:], PHONE[3:], fa(PHONE[3:])):
        assert number not in html


def test_a_message_is_sent_again_once_and_says_so(lost: Notice) -> None:
    client = signed_in("centre-head")
    for _ in range(2):
        assert client.post(f"{PAGE}{lost.pk}/")["Location"] == PAGE
    again = Notice.objects.exclude(pk=lost.pk).get()
    assert (again.state, again.citizen_id) == ("queued", lost.citizen_id)
    assert "دوباره فرستاده شد" in page(client)


def test_what_is_not_lost_is_not_sent_twice(lost: Notice) -> None:
    Notice.objects.update(state="delivered")
    answer = signed_in("centre-head").post(f"{PAGE}{lost.pk}/", follow=True)
    assert Notice.objects.count() == 1
    assert "نمی‌توان" in soup(answer)


@pytest.mark.parametrize("number", ["1", "9" * 30])
def test_a_message_that_is_not_there_is_not_found(lost: Notice, number: str) -> None:
    assert signed_in("centre-head").post(f"{PAGE}{number}/").status_code == 404


def test_the_list_goes_on_and_shows_a_case_only_to_who_may_see_it(lost: Notice) -> None:
    for n in range(60):
        queued(1, f"k{n}", state="failed", failure="gateway_down", case_id=lost.case_id)
    client = signed_in("ict-expert")
    html = page(client)
    assert "/desk/cases/" not in html
    assert html.count('<form method="post" action="/desk/undelivered/') == 50
    older = html.split("?before=")[1].split('"')[0]
    assert soup(client.get(f"{PAGE}?before={older}")).count('action="/desk/undelivered/') == 11
    assert client.get(f"{PAGE}?before=x").status_code == 200
