"""Delivering the outbox: claim under a lease, commit, send. At least once, whoever dies."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.module_loading import import_string

from peygir.cases import overlays, policies
from peygir.notices import dev, parts, recipients, relevance, words
from peygir.notices.message import Message, Permanent, Temporary
from peygir.notices.models import CANCELLED, DELIVERED, DIGESTED, FAILED, QUEUED, SENT, Notice
from peygir.policy.model import CityPolicy

log = logging.getLogger("peygir.notices")

BATCH: Final = 20
# Longer than a batch of messages that all run into a gateway's time limit.
LEASE: Final = timedelta(minutes=5)
BACKOFF: Final = tuple(timedelta(seconds=s) for s in (15, 60, 300, 1800, 3600, 3 * 3600, 6 * 3600))
ATTEMPTS_MAX: Final = len(BACKOFF) + 1

CLAIM: Final = """
with due as (
  select id from notices_notice
  where state = 'queued' and not digest and not_before <= %(at)s
   and (lease_until is null or lease_until <= %(at)s)
  order by urgent desc, not_before limit %(batch)s for update skip locked)
update notices_notice n set lease_until = %(lease)s, attempts = n.attempts + 1
from due where n.id = due.id returning n.*
"""

Send = Callable[[Message], str]


def deliver(*, at: datetime, batch: int = BATCH) -> int:
    """Send what is due at `at`, at most `batch`, urgent ones first; gives how many it took."""
    values = {"at": at, "batch": batch, "lease": at + LEASE}
    claimed = list(Notice.objects.raw(CLAIM, values))
    claimed.sort(key=lambda n: (not n.urgent, n.not_before, n.pk))
    down: set[str] = set()
    for notice in claimed:
        if notice.channel in down:  # its neighbour has just found the gateway shut
            _release(notice)
        elif not _deliver(notice, at):
            down.add(notice.channel)
    return len(claimed)


def report(notice_id: int, *, delivered: bool, at: datetime, code: str = "") -> bool:
    """What the network says of a message; gives whether it was one that waited for it."""
    waiting = Notice.objects.filter(pk=notice_id, state__in=[QUEUED, SENT])
    if delivered:
        return bool(waiting.update(state=DELIVERED, delivered_at=at, failure=""))
    return bool(waiting.update(state=FAILED, failure=code or "not_delivered"))


def _deliver(notice: Notice, at: datetime) -> bool:
    """Deal with one notice; False when its gateway is down."""
    against = relevance.reason_against(notice, at)
    if not against and notice.audience == "staff" and notice.staff_id is None:
        _share_out(notice, at)
        return True
    wait = None if against else relevance.must_wait(notice, at)
    if against:
        _end(notice, CANCELLED if against != "expired" else FAILED, failure=against)
    elif wait:
        _release(notice, not_before=wait)
    else:
        return _attempt(notice, at)
    return True


def _share_out(notice: Notice, at: datetime) -> None:
    """What a post or a unit is told becomes a message to each person who answers for it now."""
    known = recipients.of(notice.post, notice.unit, at)
    staff = recipients.impartial(known, notice.case_id, at)
    if not staff:
        _end(notice, FAILED, failure="nobody")
        return
    copied = ("channel", "template", "params", "case_id", "clock", "level", "post", "unit")
    fields = {name: getattr(notice, name) for name in (*copied, "urgent", "simulated")}
    with transaction.atomic():
        Notice.objects.bulk_create(
            [
                Notice(
                    dedupe_key=f"n{notice.pk}:{person.pk}",
                    audience="staff",
                    staff_id=person.pk,
                    language=person.language,
                    made_at=at,
                    not_before=at,
                    **fields,
                )
                for person in staff
            ],
            ignore_conflicts=True,
        )
        _end(notice, DIGESTED, failure="")


def _attempt(notice: Notice, at: datetime) -> bool:
    try:
        message = _compose(notice, policies.current(), at)
        provider_id = _send(message)
    except Temporary as trouble:
        _again(notice, trouble.code, at)
        return not trouble.down
    except Permanent as refusal:
        _end(notice, FAILED, failure=refusal.code)
    except Exception:  # a fault in one message must not stop the others; the log withholds its text
        log.exception("Notice %s could not be sent.", notice.pk)
        _again(notice, "fault", at)
    else:
        done = {"sent_at": at, "provider_id": provider_id, "parts": message.parts}
        _end(notice, SENT, failure="", **done)
    return True


def _compose(notice: Notice, policy: CityPolicy, at: datetime) -> Message:
    to, language = recipients.address(notice, at)
    if notice.channel == "sms":
        said = overlays.worded_for(policy, notice.case_id, notice.made_at)
        subject, body = "", words.sms(notice, said)
    else:
        subject, body = words.mail(notice, policy, language)
    return Message(
        notice_id=notice.pk,
        channel=notice.channel,
        to=to,
        subject=subject,
        body=body,
        parts=parts.count(body) if notice.channel == "sms" else 1,
        at=at,
        case_id=notice.case_id,
        simulated=notice.simulated,
    )


def _send(message: Message) -> str:
    if message.simulated:
        return dev.keep(message)
    return _sender(message.channel)(message)


@cache
def _sender(channel: str) -> Send:
    """`send` of the channel's folder, as the settings list it."""
    for path in settings.CHANNELS:
        if path.rsplit(".", 1)[1] == channel:
            found: Send = import_string(f"{path}.outgoing.send")
            return found
    raise Permanent("no_channel")


def _again(notice: Notice, code: str, at: datetime) -> None:
    """Later, with growing patience; after the last attempt it has failed, for everybody to see."""
    if notice.attempts >= ATTEMPTS_MAX:
        _end(notice, FAILED, failure=code)
        return
    next_at = at + BACKOFF[notice.attempts - 1]
    _mine(notice).update(lease_until=None, not_before=next_at, failure=code)


def _release(notice: Notice, not_before: datetime | None = None) -> None:
    """Give a claimed notice back untried."""
    later = {"not_before": not_before} if not_before else {}
    _mine(notice).update(lease_until=None, attempts=F("attempts") - 1, **later)


def _end(notice: Notice, state: str, *, failure: str, **fields: object) -> None:
    """Write how it ended. Codes go: nobody needs to read them again."""
    wiped: dict[str, object] = {"params": {}} if notice.template == "sms.otp" else {}
    written = {"state": state, "failure": failure, "lease_until": None} | wiped | fields
    if not _mine(notice).update(**written) and state == SENT:
        # The network's word came before ours: the state is newer, the rest is still unknown.
        Notice.objects.filter(pk=notice.pk, sent_at=None).update(lease_until=None, **wiped | fields)


def _mine(notice: Notice) -> QuerySet[Notice]:
    return Notice.objects.filter(pk=notice.pk, state=QUEUED)
