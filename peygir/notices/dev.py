"""The outbox of a demo or a developer's machine: messages are shown instead of sent."""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from peygir.notices.message import Message
from peygir.notices.models import DevMessage

KEPT: Final = timedelta(days=7)
SHOWN_MAX: Final = 200


def is_open() -> bool:
    """Whether messages may be shown: while debugging, or where nothing could be sent.

    An https address is a real service: there a missing gateway is a failure, not a page on which
    one-time codes can be read.
    """
    if settings.DEBUG:
        return True
    return not (settings.PEYGIR_SMS_URL or settings.PEYGIR_SMTP_URL or settings.IS_HTTPS)


def keep(message: Message) -> str:
    """Keep `message` to be shown; gives its provider id."""
    kept = DevMessage.objects.create(
        channel=message.channel,
        recipient=message.to,
        subject=message.subject,
        body=message.body,
        notice_id=message.notice_id,
        case_id=message.case_id,
        parts=message.parts,
        at=message.at,
    )
    return f"shown:{kept.pk}"


def newest(channel: str = "") -> list[DevMessage]:
    """The last messages kept, newest first."""
    found = DevMessage.objects.order_by("-at", "-id")
    return list((found.filter(channel=channel) if channel else found)[:SHOWN_MAX])


def forget(*, at: datetime) -> int:
    """Drop what is older than a week; gives how many."""
    return DevMessage.objects.filter(at__lt=at - KEPT).delete()[0]
