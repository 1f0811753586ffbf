"""Is anything forgotten? Asked every hour by the worker, and by `manage.py audit` at any time."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.module_loading import import_string

from peygir.cases.models import Case, Clock, Referral
from peygir.cases.models.clock import PAUSED, RUNNING
from peygir.notices.models import FAILED, QUEUED, Heartbeat, Notice
from peygir.worker import turns

log = logging.getLogger("peygir.worker")

LATE: Final = timedelta(minutes=5)  # a deadline that should have fired, a pause that should be over
URGENT_LATE: Final = timedelta(minutes=2)
NOTICE_LATE: Final = timedelta(minutes=15)
DIGEST_LATE: Final = timedelta(hours=2)
SILENT: Final = timedelta(minutes=2)
LOOPS: Final = ("clocks", "notices")
COUNT_MAX: Final = 10_000  # beyond this the number does not matter


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One question and how many were found. `alarming`: somebody must look now."""

    name: str
    words: str
    count: int
    alarming: bool


def findings(*, at: datetime) -> list[Finding]:
    """Every question with its answer at `at`."""
    return [*_cases(at), *_outbox(at), *_channels(at), *_loops(at)]


def alarm() -> bool:
    """Log every alarm: numbers only, never a name or a number of anybody."""
    for each in findings(at=turns.now()):
        if each.alarming:
            log.error("Audit: %s: %d.", each.words, each.count)
    return False


def _cases(at: datetime) -> Iterator[Finding]:
    clocks = Clock.objects.filter(case=OuterRef("pk"))
    open_cases = Case.objects.filter(closed_at=None)
    late = Clock.objects.filter(state=RUNNING, next_due_at__lt=at - LATE)
    yield _alarm("clocks_late", "deadlines that should have fired", late)
    pauses = Clock.objects.filter(state=PAUSED, paused_until__lt=at - LATE)
    yield _alarm("pauses_over", "pauses that should be over", pauses)
    lifeless = open_cases.filter(~Exists(clocks.filter(state=RUNNING, number=0)))
    yield _alarm("cases_without_clock", "open cases without a running clock", lifeless)
    held = Referral.objects.filter(case=OuterRef("pk"), closed_at=None, role="lead")
    yield _alarm(
        "cases_without_holder", "open cases that nobody holds", open_cases.filter(~Exists(held))
    )


def _outbox(at: datetime) -> Iterator[Finding]:
    queued = Notice.objects.filter(state=QUEUED)
    urgent = queued.filter(digest=False, urgent=True, not_before__lt=at - URGENT_LATE)
    yield _alarm("urgent_late", "urgent messages that wait", urgent)
    late = queued.filter(digest=False, urgent=False, not_before__lt=at - NOTICE_LATE)
    yield _alarm("notices_late", "messages that wait too long", late)
    digests = queued.filter(digest=True, not_before__lt=at - DIGEST_LATE)
    yield _alarm("digests_late", "notices that no digest has taken", digests)
    day = Notice.objects.filter(state=FAILED, made_at__gt=at - timedelta(days=1))
    nobody = day.filter(failure="nobody")
    yield _alarm("told_nobody", "notices of today that nobody could be told", nobody)
    failed = day.exclude(failure__in=["nobody", "expired"])
    yield Finding(
        name="failed", words="messages of today that failed", count=_count(failed), alarming=False
    )


def _channels(at: datetime) -> Iterator[Finding]:
    for path in settings.AUDITS:
        for name, words, found in import_string(path)(at):
            yield _alarm(name, words, found)


def _loops(at: datetime) -> Iterator[Finding]:
    alive = Heartbeat.objects.filter(name__in=LOOPS, at__gt=at - SILENT).count()
    silent = len(LOOPS) - alive
    yield Finding(
        name="loops_silent", words="loops of the worker that are silent", count=silent,
        alarming=silent > 0,
    )  # fmt: skip


def _alarm(name: str, words: str, found: QuerySet[Any]) -> Finding:
    count = _count(found)
    return Finding(name=name, words=words, count=count, alarming=count > 0)


def _count(found: QuerySet[Any]) -> int:
    return found[:COUNT_MAX].count()
