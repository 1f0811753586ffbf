"""Messages put into the outbox by hand."""

from datetime import timedelta

import pytest

from peygir.notices import outbox
from peygir.notices.models import Notice
from tests.city import NOON
from tests.notices.queued import queued

pytestmark = pytest.mark.django_db


def test_a_one_time_code_goes_at_once_and_is_worthless_after_five_minutes() -> None:
    notice = outbox.queue_code(7, "12345", "phone", "fa", NOON)
    assert notice.urgent
    assert notice.not_before == NOON
    assert notice.expires_at == NOON + timedelta(minutes=5)
    assert notice.params == {"otp": "12345"}


def test_only_what_did_not_arrive_may_be_sent_again() -> None:
    notice = queued(7, case_id=3)
    with pytest.raises(outbox.NotResendable):
        outbox.resend(notice.pk, NOON)
    Notice.objects.update(state="failed")
    again = outbox.resend(notice.pk, NOON)
    assert outbox.resend(notice.pk, NOON) == again
    assert again.state == "queued"
    assert list(outbox.for_case(3)) == [again, notice]
