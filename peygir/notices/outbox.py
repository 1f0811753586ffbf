"""Putting messages into the outbox by hand, and looking at what went about a case."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from peygir.cases.models import Case
from peygir.ledger.ids import new_id
from peygir.ledger.statement import insert
from peygir.notices.models import FAILED, QUEUED, SENT, Notice
from peygir.people.models import Citizen

CODE_LIFE: Final = timedelta(minutes=5)
RESENDABLE: Final = (FAILED, SENT)


PAGE: Final = 50
CODES: Final = "sms.otp"  # one-time codes: worthless by the time that somebody looks


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """Notices that were given up. `again`: those of them that were sent once more since.

    `older`: give it as `before` for the next page; None when there is none.
    """

    rows: list[Notice]
    again: frozenset[int]
    older: int | None


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
    notice = Notice(
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
    insert(notice)
    return notice


def is_told(case_id: int, phone: str, at: datetime) -> bool:
    """Whether what happened to the case at `at` is told by SMS to the citizen with this number
    (E.164): not to one who wants none, nor to one who never reported it."""
    told = Notice.objects.filter(case_id=case_id, made_at=at, channel="sms").exclude(template=CODES)
    return told.filter(citizen_id__in=Citizen.objects.filter(phone=phone).values("pk")).exists()


def for_case(case_id: int) -> QuerySet[Notice]:
    """Every notice about a case, newest first, one-time codes left out."""
    found = Notice.objects.filter(case_id=case_id).exclude(template=CODES)
    return found.order_by("-made_at", "-id")


def failed(*, before: int | None = None, size: int = PAGE) -> Failed:
    """What reached nobody, newest first; `before` is a notice's id. Three queries by index.

    Of complaints about officials nothing: only those who examine one know of it (T7).
    """
    found = Notice.objects.filter(state=FAILED).exclude(template=CODES).exclude(_sealed())
    last = Notice.objects.filter(pk=before).first() if before is not None else None
    if last is not None:
        same = Q(made_at=last.made_at, pk__lt=last.pk)
        found = found.filter(Q(made_at__lt=last.made_at) | same)
    rows = list(found.order_by("-made_at", "-pk")[: size + 1])
    shown = rows[:size]
    cases = {one.case_id for one in shown if one.case_id is not None}
    copies = Notice.objects.filter(case_id__in=cases, dedupe_key__startswith="resend:")
    keys = copies.values_list("dedupe_key", flat=True)
    return Failed(
        rows=shown,
        again=frozenset(int(key.split(":")[1]) for key in keys),
        older=shown[-1].pk if len(rows) > size else None,
    )


def _sealed() -> Exists:
    """Whether a notice is about a sealed case."""
    return Exists(Case.objects.filter(pk=OuterRef("case_id"), sealed=True))


def resend(notice_id: int, at: datetime) -> Notice:
    """Queue a notice once more, to go at once. Raises Notice.DoesNotExist or NotResendable.

    The old row stays as it ended: a case shows both. Asking twice in a minute sends one.
    """
    old = Notice.objects.exclude(_sealed()).get(pk=notice_id)
    if old.state not in RESENDABLE or old.template == CODES:
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
