"""Putting messages into the outbox by hand, and looking at what went about a case."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet

from peygir.ledger.ids import new_id
from peygir.notices.models import FAILED, QUEUED, SENT, Notice

CODE_LIFE: Final = timedelta(minutes=5)
RESENDABLE: Final = (FAILED, SENT)


class NotResendable(ValueError):
    """Only what failed, or was taken without a word from the network, may be sent again."""


def queue_code(
    citizen_id: int,
    code: str,
    purpose: str,
    language: str,
    at: datetime,
    case_id: int | None = None,
) -> Notice:
    """Send a one-time code at once; worthless and wiped after five minutes, wiped when it has gone.

    `purpose`: as in people.OneTimeCode (phone, visit). `code`: its digits.
    """
    return Notice.objects.create(
        dedupe_key=f"otp:{purpose}:{citizen_id}:{new_id()}",
        audience="citizen",
        citizen_id=citizen_id,
        case_id=case_id,
        channel="sms",
        template="sms.otp",
        params={"otp": code},
        language=language,
        urgent=True,
        made_at=at,
        not_before=at,
        expires_at=at + CODE_LIFE,
    )


def for_case(case_id: int) -> QuerySet[Notice]:
    """Every notice about a case, newest first, one-time codes left out."""
    found = Notice.objects.filter(case_id=case_id).exclude(template="sms.otp")
    return found.order_by("-made_at", "-id")


def resend(notice_id: int, at: datetime) -> Notice:
    """Queue a notice once more, to go at once. Raises Notice.DoesNotExist or NotResendable.

    The old row stays as it ended: a case shows both. Asking twice in a minute sends one.
    """
    old = Notice.objects.get(pk=notice_id)
    if old.state not in RESENDABLE or old.template == "sms.otp":
        raise NotResendable(old.state)
    minute = int(at.timestamp()) // 60
    copied = (
        "audience", "citizen_id", "staff_id", "post", "unit", "channel", "template", "params",
        "paper_id", "case_id", "level", "language", "simulated",
    )  # fmt: skip
    notice, _ = Notice.objects.get_or_create(
        dedupe_key=f"resend:{old.pk}:{minute}",
        defaults={name: getattr(old, name) for name in copied}
        | {"urgent": True, "made_at": at, "not_before": at, "state": QUEUED},
    )
    return notice
