"""Answers to official letters that are overdue are told to whoever waits for them."""

from datetime import timedelta

import pytest

from peygir.cases import policies
from peygir.notices import digest, letters, relevance
from peygir.notices.models import Notice
from peygir.people import letters as register
from peygir.people.models import Letter
from peygir.people.models.letters import SENT
from tests.city import NOON, Story, filling, hire
from tests.desk.special import special, track

pytestmark = pytest.mark.django_db
__all__ = ["special"]
WEEK = timedelta(days=7)


@pytest.fixture
def letter(special: Story) -> Letter:
    """A letter of a message whose answer was awaited until noon."""
    policies._latest.cache_clear()
    hire("waits", "letters-1", fa="لیلا")
    return _sent(special)


def _sent(it: Story) -> Letter:
    actor = filling(it.policy, "letters-1")
    words = register.Words(
        to_kind="body", addressee="آب", subject="جوی", body="با سلام", signatory="", reply_by=NOON
    )
    number = track(it, "letter")
    made = register.draft(it.case.id, words, referral=number, actor=actor, at=it.at)
    register.sign(made.pk, actor=actor, at=it.at)
    return register.send(made.pk, day=it.at.date(), at=it.at)


def told() -> list[Notice]:
    return list(Notice.objects.filter(template="mail.letter").order_by("id"))


@pytest.mark.requirement("I10")
def test_its_holder_is_told_once_and_again_after_each_week(letter: Letter) -> None:
    assert letters.remind(at=NOON - timedelta(minutes=1)) == 0
    assert letters.remind(at=NOON + timedelta(minutes=1)) == 1
    assert letters.remind(at=NOON + timedelta(hours=5)) == 0
    assert letters.remind(at=NOON + WEEK + timedelta(hours=1)) == 1
    assert [(n.unit, n.case_id) for n in told()] == [("letters", letter.case_id)] * 2


def test_it_says_of_which_message_and_when(letter: Letter, sent_by: object) -> None:
    letters.remind(at=NOON + timedelta(minutes=1))
    at = NOON + timedelta(hours=20)
    digest.digest(at=at)
    bodies = sent_by(at, "email")  # type: ignore[operator]  # a fixture
    assert any("پاسخی ثبت نشده است" in body for body in bodies)


def test_an_answer_that_came_meanwhile_is_not_asked_for(letter: Letter) -> None:
    letters.remind(at=NOON + timedelta(minutes=1))
    (notice,) = told()
    assert relevance.reason_against(notice, NOON + timedelta(minutes=2)) == ""
    register.close(letter.pk)
    assert relevance.reason_against(notice, NOON + timedelta(minutes=2)) == "settled"
    digest.digest(at=NOON + timedelta(hours=20))
    assert told()[0].state == "cancelled"


def test_a_letter_without_a_day_and_a_closed_message_remind_of_nothing(letter: Letter) -> None:
    Letter.objects.filter(pk=letter.pk).update(reply_by=None)
    assert letters.remind(at=NOON + WEEK) == 0
    assert Letter.objects.filter(state=SENT).count() == 1
