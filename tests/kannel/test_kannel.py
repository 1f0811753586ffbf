"""SMS through a real Kannel: out to a phone, back from a phone, and what became of each message."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from peygir.cases.models import Case
from peygir.notices import deliver, outbox
from peygir.notices.models import Notice
from peygir.people.models import Citizen
from peygir.policy.model import CityPolicy
from tests.city import PHONE, Story
from tests.kannel.gateway import SECRET, SENDER, Gateway, gateway, missing, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def kannel(tmp_path: Path, live_server: Any, settings: Any) -> Iterator[Gateway]:
    """Kannel and Peygir, each knowing the other's address."""
    absent = missing()
    if absent:
        words = f"no {absent}: apt-get install kannel kannel-extras"
        if os.environ.get("CI") == "true":
            pytest.fail(words)
        pytest.skip(words)
    with gateway(tmp_path, live_server.url) as made:
        settings.PEYGIR_BASE_URL = live_server.url
        settings.PEYGIR_SMS_URL = made.url
        settings.PEYGIR_SMS_USER, settings.PEYGIR_SMS_PASSWORD = "peygir", "password"
        settings.PEYGIR_SMS_SENDER, settings.PEYGIR_SMS_SECRET = SENDER, SECRET
        yield made


def send_all() -> None:
    while deliver.deliver(at=datetime.now(UTC)):
        pass


def state(notice: Notice) -> str:
    notice.refresh_from_db()
    return notice.state


def test_a_persian_text_reaches_the_phone_and_the_network_says_so(
    kannel: Gateway, qom: CityPolicy
) -> None:
    kannel.phone_listens()
    maryam = Citizen.objects.create(phone=PHONE, first_seen_at=datetime.now(UTC))
    notice = outbox.queue_code(maryam.pk, "48213", "phone", "fa", datetime.now(UTC))
    send_all()
    wait_until(lambda: bool(kannel.received()), "the text")
    assert kannel.received() == ["۱۳۷: کد تأیید شما 48213 است. آن را به کسی ندهید."]
    wait_until(lambda: state(notice) == "delivered", "the delivery report")
    assert notice.delivered_at is not None


def test_a_long_report_arrives_in_parts(kannel: Gateway, qom: CityPolicy) -> None:
    kannel.phone_listens()
    it = Story(qom, at=datetime.now(UTC))
    Notice.objects.all().delete()
    said = "آسفالت روبه‌روی مدرسه ترمیم شد و جدول کنار آن هم عوض شد. " * 3
    it.act("report", result_text=said, report_to_citizen=said)
    Notice.objects.exclude(template="sms.result").delete()
    Notice.objects.update(not_before=it.at, urgent=True)
    send_all()
    notice = Notice.objects.get()
    assert notice.parts is not None
    assert notice.parts > 2
    wait_until(lambda: len(kannel.received()) == notice.parts, "every part")
    assert "".join(kannel.received()).splitlines()[1].startswith("آسفالت روبه‌روی مدرسه")


@pytest.mark.requirement("Q6", "Q7", "Q9")
@pytest.mark.parametrize("word", ["31", "۳۱", "بله"])
def test_the_citizen_closes_the_case_by_answering(
    kannel: Gateway, qom: CityPolicy, word: str
) -> None:
    it = Story(qom, at=datetime.now(UTC))
    it.report()
    kannel.phone_sends(PHONE, word)
    wait_until(lambda: Case.objects.get(pk=it.case.id).ending == "satisfied", "the closing")
    assert Notice.objects.filter(template="sms.closed", urgent=True).exists()
    assert not any("sorry" in text for text in kannel.received())


def test_a_tracking_code_is_answered_by_its_status(kannel: Gateway, qom: CityPolicy) -> None:
    it = Story(qom, at=datetime.now(UTC))
    kannel.phone_sends("+989351112233", it.case.code)
    wait_until(lambda: bool(kannel.received()), "the status")
    assert "ارجاع شد" in kannel.received()[0]
