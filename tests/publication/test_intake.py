"""Each finished day is told once, with the counts that the staff's own page shows."""

from datetime import date, timedelta

import pytest

from peygir.boards import contacts
from peygir.ledger.models import Note
from peygir.policy.model import CityPolicy
from peygir.publication.shape import check
from peygir.worker import intake
from tests.city import NOON, reported, staff_of

pytestmark = pytest.mark.django_db

NEXT_DAY = NOON + timedelta(days=1)
DAY = (date(2026, 11, 21) - date(1970, 1, 1)).days


def called(policy: CityPolicy, outcome: str) -> None:
    contact = contacts.Ended(channel="phone", outcome=outcome)
    contacts.ended(policy, contact, actor=staff_of(policy, "reception"), at=NOON)


@pytest.mark.requirement("S20")
def test_a_day_is_told_when_it_is_over_and_only_once(qom: CityPolicy) -> None:
    reported(qom)
    reported(qom, channel="web")
    called(qom, contacts.DROPPED)
    called(qom, contacts.FOLLOW_UP)
    assert intake.tell_at(NOON) == 1  # the day before: nothing came in
    assert intake.tell_at(NEXT_DAY) == 1
    assert intake.tell_at(NEXT_DAY) == 0
    before, body = (note.body for note in Note.objects.order_by("id"))
    check(body)
    assert before["contacts"] == 0
    assert body == {
        "t": "intake.daily",
        "v": 1,
        "day": DAY,
        "contacts": 4,
        "calls": 3,
        "messages": 2,
        "follow_ups": 1,
        "by": {"case": 2, "dropped": 1, "follow_up": 1},
    }


def test_days_of_a_stop_are_told_afterwards_as_far_as_a_month_back(qom: CityPolicy) -> None:
    assert intake.tell_at(NOON) == 1
    assert intake.tell_at(NOON + timedelta(days=3)) == 3
    assert intake.tell_at(NOON + timedelta(days=90)) == 31
    days = [note.body["day"] for note in Note.objects.order_by("id")]
    assert days == sorted(set(days))
