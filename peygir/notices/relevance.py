"""Is a notice still true, wanted and in time when its turn comes?"""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

from peygir.cases.models import Case, Clock, Referral
from peygir.cases.models.clock import RUNNING
from peygir.notices.models import CANCELLED, DELIVERED, QUEUED, SENT, Notice
from peygir.people.models import Citizen, Letter
from peygir.people.models.letters import SENT as LETTER_SENT

OLD: Final = timedelta(days=7)  # news of last week, kept back by an outage or brought by an import
HOURLY_MAX: Final = 6  # messages to one citizen within an hour that could as well wait
SOON: Final = timedelta(minutes=1)  # what goes so soon may stand for what went before it
FINISHED: Final = (SENT, DELIVERED)


def cancel_old(*, at: datetime, batch: int = 5_000) -> int:
    """Cancel what has waited for more than a week; gives how many."""
    old = Notice.objects.filter(state=QUEUED, made_at__lt=at - OLD, not_before__lte=at)
    ids = list(old.order_by("not_before").values_list("pk", flat=True)[:batch])
    stale = Notice.objects.filter(pk__in=ids, state=QUEUED)
    return stale.update(state=CANCELLED, failure="too_old", params={}, lease_until=None)


def reason_against(notice: Notice, at: datetime) -> str:
    """Why this notice is no longer sent, as a short code; "" when it is."""
    if notice.expires_at is not None and notice.expires_at <= at:
        return "expired"
    if notice.made_at < at - OLD:
        return "too_old"
    if notice.audience == "citizen":
        return _against_citizen(notice, at)
    if notice.clock is not None and not _clock_runs(notice):
        return "settled"
    if notice.template == "mail.approval" and not _is_proposed(notice):
        return "settled"
    if notice.template == "mail.letter" and not _is_awaited(notice):
        return "settled"
    return ""


def must_wait(notice: Notice, at: datetime) -> datetime | None:
    """Until when a citizen who got many messages in the last hour is left alone."""
    if notice.urgent or notice.audience != "citizen":
        return None
    sent = Notice.objects.filter(
        citizen_id=notice.citizen_id, sent_at__gt=at - timedelta(hours=1), state__in=FINISHED
    )
    times = list(sent.order_by("-sent_at").values_list("sent_at", flat=True)[:HOURLY_MAX])
    if len(times) < HOURLY_MAX or times[-1] is None:
        return None
    return times[-1] + timedelta(hours=1)


def _clock_runs(notice: Notice) -> bool:
    """A deadline that fired is news only while its clock goes on: not once settled or paused."""
    assert notice.case_id is not None
    assert notice.clock is not None
    return Clock.objects.filter(case_id=notice.case_id, number=notice.clock, state=RUNNING).exists()


def _against_citizen(notice: Notice, at: datetime) -> str:
    assert notice.citizen_id is not None
    citizen = Citizen.objects.filter(pk=notice.citizen_id).first()
    if citizen is None or not citizen.phone:
        return "no_phone"
    if not citizen.wants_sms and notice.template != "sms.otp":
        return "unwanted"
    if notice.stage and not _still_waits(notice):
        return "settled"
    return "superseded" if _is_superseded(notice, at) else ""


def _still_waits(notice: Notice) -> bool:
    assert notice.case_id is not None
    return Case.objects.filter(pk=notice.case_id, stage=notice.stage).exists()


def _is_superseded(notice: Notice, at: datetime) -> bool:
    """Something newer is about to go to the same citizen about the same case: only that is said.

    What waits for the morning takes nothing back: a code that somebody was promised at night goes
    at night. The question for the citizen's word follows the result; it does not replace it. What
    carries a report is always given: the report is owed.
    """
    if notice.case_id is None or notice.paper_id is not None or notice.stage:
        return False
    newer = Notice.objects.filter(
        Q(stage=""),
        state=QUEUED,
        case_id=notice.case_id,
        citizen_id=notice.citizen_id,
        template__startswith="sms.",
        not_before__lte=at + SOON,
        pk__gt=notice.pk,
    )
    return newer.exclude(template="sms.otp").exists()


def _is_awaited(notice: Notice) -> bool:
    """Whether the answer to the letter has neither come nor been given up."""
    return Letter.objects.filter(pk=notice.params["letter"], state=LETTER_SENT).exists()


def _is_proposed(notice: Notice) -> bool:
    assert notice.case_id is not None
    return Referral.objects.filter(
        case_id=notice.case_id, closed_at=None, proposal__isnull=False
    ).exists()
