"""Delivery: at least once, in good time, never what is no longer true."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from peygir.notices import deliver, outbox
from peygir.notices.message import Message, Permanent, Temporary
from peygir.notices.models import DevMessage, Notice
from peygir.people.models import Citizen
from tests.city import NOON, PHONE, Make
from tests.notices.queued import queued

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("qom")]

SECOND = timedelta(seconds=1)
SOON = timedelta(seconds=11)
Sent = Callable[..., list[str]]


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """A gateway that answers as the list says: an id, or an error to raise; then "ok" for ever."""
    answers: list[Any] = []

    def send(message: Message) -> str:
        answer = answers.pop(0) if answers else "ok"
        if isinstance(answer, Exception):
            raise answer
        return str(answer)

    monkeypatch.setattr(deliver, "_sender", lambda channel: send)
    return answers


def maryam() -> int:
    return Citizen.objects.create(phone=PHONE, first_seen_at=NOON).pk


def only() -> Notice:
    return Notice.objects.get()


@pytest.mark.requirement("Q3")
def test_the_tracking_code_arrives_in_persian_digits(story: Make, sent_by: Sent) -> None:
    it = story()
    assert sent_by(NOON + 5 * SECOND) == []
    (body,) = sent_by(NOON + SOON)
    digits = it.case.code.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    assert f"رهگیری {digits}" in body
    assert only().state == "sent"
    assert only().parts == 1


@pytest.mark.requirement("Q12", "T8")
def test_the_report_of_the_unit_is_given_word_for_word(story: Make, sent_by: Sent) -> None:
    it = story().after(hours=1)
    it.report()
    sent = sent_by(it.at + SOON)
    assert sent[-1].splitlines()[1] == "آسفالت ترمیم شد"


def test_a_code_is_sent_in_plain_digits_and_then_forgotten(sent_by: Sent) -> None:
    outbox.queue_code(maryam(), "48213", "phone", "fa", NOON)
    (body,) = sent_by(NOON)
    assert "48213" in body
    assert only().params == {}


def test_a_code_that_is_too_late_is_not_sent(sent_by: Sent) -> None:
    outbox.queue_code(maryam(), "48213", "phone", "fa", NOON)
    assert sent_by(NOON + timedelta(minutes=6)) == []
    assert (only().state, only().failure, only().params) == ("failed", "expired", {})


def test_a_gateway_that_is_down_is_tried_again_with_growing_patience(gateway: list[Any]) -> None:
    queued(maryam())
    at = NOON
    for pause in deliver.BACKOFF:
        gateway.append(Temporary("gateway_down", down=True))
        deliver.deliver(at=at)
        assert only().not_before == at + pause
        assert only().lease_until is None
        at += pause
    gateway.append(Temporary("gateway_down", down=True))
    deliver.deliver(at=at)
    assert (only().state, only().failure) == ("failed", "gateway_down")


def test_one_message_finds_the_gateway_shut_and_the_others_keep_their_tries(
    gateway: list[Any],
) -> None:
    citizen = maryam()
    for n in range(5):
        queued(citizen, f"r{n}")
    gateway.append(Temporary("gateway_down", down=True))
    deliver.deliver(at=NOON)
    assert sorted(Notice.objects.values_list("attempts", flat=True)) == [0, 0, 0, 0, 1]


def test_a_number_that_does_not_exist_is_tried_once(gateway: list[Any]) -> None:
    queued(maryam())
    gateway.append(Permanent("gateway_refused"))
    deliver.deliver(at=NOON)
    assert (only().state, only().failure) == ("failed", "gateway_refused")


def test_a_worker_that_dies_after_claiming_loses_nothing(gateway: list[Any]) -> None:
    queued(maryam())
    Notice.objects.update(lease_until=NOON + deliver.LEASE, attempts=1)  # claimed, then killed
    assert deliver.deliver(at=NOON + timedelta(minutes=4)) == 0
    assert deliver.deliver(at=NOON + deliver.LEASE) == 1
    assert only().state == "sent"


def test_the_word_of_the_network_may_come_before_the_answer_of_the_gateway(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    notice = queued(maryam())

    def send(message: Message) -> str:
        assert deliver.report(message.notice_id, delivered=True, at=NOON)
        return "ok"

    monkeypatch.setattr(deliver, "_sender", lambda channel: send)
    deliver.deliver(at=NOON)
    notice.refresh_from_db()
    assert (notice.state, notice.sent_at, notice.provider_id) == ("delivered", NOON, "ok")


def test_an_error_in_one_message_does_not_stop_the_others(gateway: list[Any]) -> None:
    citizen = maryam()
    for n in range(2):
        queued(citizen, f"r{n}")
    gateway.append(ZeroDivisionError())
    deliver.deliver(at=NOON)
    assert sorted(Notice.objects.values_list("state", flat=True)) == ["queued", "sent"]


def test_a_citizen_gets_at_most_six_messages_an_hour_that_could_wait(sent_by: Sent) -> None:
    citizen = maryam()
    for n in range(8):
        queued(citizen, f"r{n}")
    Notice.objects.update(urgent=False)
    assert len(sent_by(NOON)) == 6
    assert len(sent_by(NOON + timedelta(minutes=59))) == 6
    assert len(sent_by(NOON + timedelta(hours=1))) == 8


def test_only_the_newest_news_of_a_case_is_told(story: Make, sent_by: Sent) -> None:
    it = story(category="", district=None)
    sent_by(NOON + SOON)
    it.at = NOON.replace(hour=20)  # 23:30 in the city: the citizen sleeps
    it.act("refer", category="C01", district=3)
    it.after(minutes=1)
    sent_by(it.at)
    it.report()
    sent = sent_by(NOON + timedelta(hours=20))
    assert len(sent) == 3
    assert "نتیجه" in sent[1]
    assert "۳۱" in sent[2]
    assert Notice.objects.get(template="sms.referred").failure == "superseded"


def test_a_citizen_who_left_or_was_erased_hears_nothing(story: Make, sent_by: Sent) -> None:
    story()
    Citizen.objects.update(phone=None)
    assert sent_by(NOON + SOON) == []
    assert (only().state, only().failure) == ("cancelled", "no_phone")


def test_the_question_is_not_asked_once_the_answer_is_known(story: Make, sent_by: Sent) -> None:
    it = story().after(hours=1)
    it.report()
    it.after(minutes=1).satisfied()
    sent_by(it.at + timedelta(minutes=10))
    asked = Notice.objects.get(template="sms.feedback_question")
    assert (asked.state, asked.failure) == ("cancelled", "settled")


def test_simulated_people_never_get_a_real_message(
    story: Make, sent_by: Sent, gateway: list[Any]
) -> None:
    gateway.append(AssertionError("this would have left"))
    story(simulated=True)
    assert len(sent_by(NOON + SOON)) == 1
    assert DevMessage.objects.count() == 1


def test_english_readers_get_english(story: Make, sent_by: Sent) -> None:
    it = story(language="en")
    (body,) = sent_by(NOON + SOON)
    assert it.case.code in body
    assert body.isascii()


def test_in_service_a_missing_gateway_is_a_failure_and_no_page_shows_the_text(
    settings: Any, sent_by: Sent
) -> None:
    settings.IS_HTTPS = True
    outbox.queue_code(maryam(), "48213", "phone", "fa", NOON)
    assert sent_by(NOON) == []
    assert (only().state, only().failure) == ("failed", "not_configured")
