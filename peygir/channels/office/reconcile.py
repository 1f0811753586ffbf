"""Comparing both sides: read their list from where we stopped, mend what differs, write it down.

What is mended: a referral that they do not have is told again; an answer that they have and we do
not is taken; one that is open over there and closed here is told again; one that should have been
handed over here and was not is noted. What cannot be mended is listed for somebody to look at.
"""

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import F, Q

from peygir.cases import policies
from peygir.channels.office import contact, link, message, served
from peygir.channels.office.models import (
    CLOSED,
    DONE,
    OPEN,
    PROPOSED,
    Contact,
    Handed,
    Received,
    Reconciliation,
)
from peygir.channels.office.take import take

log = logging.getLogger("peygir.office")

PAGE: Final = 200  # referrals of one answer
PAGES_MAX: Final = 500  # of one comparison; the next one goes on from there
LEFT_MAX: Final = 200  # differences named in one report
LEASE: Final = timedelta(minutes=30)
WHOLE_EVERY: Final = timedelta(hours=24)
KEPT: Final = timedelta(days=90)
GONE: Final = 410  # they no longer know our cursor
OK: Final = 200

NOT_NOTED: Final = "not_noted"  # open here and served, but never noted for them
MISSING: Final = "missing_there"
ANSWER: Final = "answer_not_here"
STILL_OPEN: Final = "open_there"
CLOSED_THERE: Final = "closed_there"
UNKNOWN: Final = "unknown_here"

# After the city names more units, or if this channel was switched on later than the cases came.
NOTE: Final = """
insert into channel_office_handed (id, case_id, number, role, stage, unit, post, opened_at, due_at,
 outcome, version, changed_at, delivered, attempts, not_before, failure, there)
select gen_random_uuid(), r.case_id, r.number, r.role, r.stage, r.unit, r.post, r.opened_at,
 k.due_at, '', 1, %(at)s, 0, 0, %(at)s, '', ''
from cases_referral r join cases_case c on c.id = r.case_id
join cases_clock k on k.case_id = r.case_id and k.number = r.number
where r.closed_at is null and r.unit = any(%(units)s) and r.stage = any(%(stages)s)
 and c.policy = %(policy)s and not c.sealed and not c.simulated
on conflict (case_id, number) do nothing
"""


@dataclass(slots=True)
class Tally:
    """What one comparison finds."""

    read: int = 0
    found: Counter[str] = field(default_factory=Counter)
    mended: Counter[str] = field(default_factory=Counter)
    left: list[dict[str, str]] = field(default_factory=list)

    def mend(self, kind: str, count: int = 1) -> None:
        if count:
            self.found[kind] += count
            self.mended[kind] += count

    def leave(self, kind: str, code: str, identity: str) -> None:
        self.found[kind] += 1
        if len(self.left) < LEFT_MAX:
            self.left.append({"kind": kind, "code": code, "id": identity})


def reconcile(*, at: datetime, whole: bool = False) -> Reconciliation | None:
    """Compare now; None when another worker is. `whole`: from their list's beginning.

    A failure is written down too; the cursor stays where the last page was dealt with.
    """
    if not _lease(at):
        return None
    state = contact.current()
    whole = whole or not state.cursor or state.whole_at is None
    whole = whole or at - state.whole_at >= WHOLE_EVERY  # type: ignore[operator]  # not None here
    tally, failure, done = Tally(), "", False
    try:
        tally.mend(NOT_NOTED, _note(at))
        with link.opened() as way:
            done = _read(way, tally, at, "" if whole else state.cursor, whole=whole)
        if done:
            tally.mend(MISSING, _missing(at, whole=whole))
    except link.Trouble as trouble:
        failure = trouble.code
        contact.failed(failure, at)
    finally:
        Contact.objects.filter(pk=contact.ONLY).update(lease_until=None)
    _finish(at, whole=whole and done, failure=failure)
    return _written(tally, at, whole=whole, failure=failure)


def forget(*, at: datetime) -> int:
    """Drop old reports; gives how many."""
    return Reconciliation.objects.filter(started_at__lt=at - KEPT).delete()[0]


def _lease(at: datetime) -> bool:
    contact.current()
    free = Q(lease_until=None) | Q(lease_until__lte=at)
    mine = Contact.objects.filter(free, pk=contact.ONLY)
    return bool(mine.update(lease_until=at + LEASE))


def _note(at: datetime) -> int:
    now, noted = policies.current(), 0
    for own in served.versions():
        values: dict[str, Any] = {
            "at": at,
            "policy": own.digest,
            "stages": list(served.stages(own)),
        }
        values["units"] = sorted(served.units(own, now))
        with connection.cursor() as cursor:
            cursor.execute(NOTE, values)
            noted += cursor.rowcount
    return noted


def _read(way: link.Link, tally: Tally, at: datetime, cursor: str, *, whole: bool) -> bool:
    """Go through their list to its end; False when that was too far for one time."""
    for _ in range(PAGES_MAX):
        answer = way.get("/referrals/changes", cursor=cursor, limit=PAGE)
        if answer.status == GONE and cursor:
            cursor = ""
            continue
        items, after = answer.body.get("items"), answer.body.get("cursor")
        if answer.status != OK or not isinstance(items, list) or not isinstance(after, str):
            raise link.Trouble(f"list_{answer.status}")
        contact.worked(at)
        for item in items:
            _compare(item, tally, at)
        Contact.objects.filter(pk=contact.ONLY).update(cursor=after[:200])
        if answer.body.get("more") is not True or after == cursor:
            return True
        cursor = after
    return False


def _compare(item: Any, tally: Tally, at: datetime) -> None:
    """One referral of their list. Their messages first: an answer may close it here too."""
    tally.read += 1
    identity, handed = _ours(item)
    if handed is None:
        tally.leave(UNKNOWN, "unknown_referral", identity)
        return
    for each in item.get("messages") or []:
        _take(each, tally, at)
    handed.refresh_from_db()
    there = CLOSED if item.get("state") == CLOSED else OPEN
    Handed.objects.filter(pk=handed.pk).update(there=there, there_at=at)
    told = handed.delivered >= handed.version
    if there == OPEN and handed.closed_at is not None and told:
        tally.mend(STILL_OPEN, _tell_again(at, pk=handed.pk))
    elif there == CLOSED and handed.closed_at is None:
        # Answered over there by a message that we refused, or by nothing: it goes on being open.
        tally.leave(CLOSED_THERE, "no_answer_taken", identity)


def _ours(item: Any) -> tuple[str, Handed | None]:
    identity = str(item.get("id", ""))[:36] if isinstance(item, dict) else ""
    try:
        return identity, Handed.objects.filter(pk=UUID(identity)).first()
    except ValueError:
        return "", None


def _take(given: Any, tally: Tally, at: datetime) -> None:
    """A message that they list: taken if it is new, passed over if it was done."""
    body: Mapping[str, Any] = given if isinstance(given, dict) else {}
    identity = str(body.get("id", ""))[:80]
    if Received.objects.filter(pk=identity, result__in=[DONE, PROPOSED]).exists():
        return
    found, _faults = message.read(body)
    if found is None:
        tally.leave(ANSWER, "wrong_message", identity if message.ID.fullmatch(identity) else "")
        return
    outcome = take(found, at=at, by_pull=True)
    if outcome.code:
        tally.leave(ANSWER, outcome.code, identity)
    elif outcome.is_new:
        tally.mend(ANSWER)


def _missing(at: datetime, *, whole: bool) -> int:
    """Tell again what they took before we began to read, and do not have in their list."""
    unseen = Q(there_at=None) | Q(there_at__lt=at) if whole else Q(there_at=None)
    told = Q(delivered__gte=F("version"), delivered_at__lt=at, closed_at=None)
    return _tell_again(at, unseen, told)


def _tell_again(at: datetime, *which: Q, **named: Any) -> int:
    """A new version, so that nobody over there takes it for the old message repeated."""
    rows = Handed.objects.filter(*which, **named)
    return rows.update(
        version=F("version") + 1, changed_at=at, not_before=at, there="", there_at=None
    )


def _finish(at: datetime, *, whole: bool, failure: str) -> None:
    fields: dict[str, Any] = {"compared_at": at}
    if not failure:
        fields["is_wanted"] = False
    if whole:
        fields["whole_at"] = at
    Contact.objects.filter(pk=contact.ONLY).update(**fields)


def _written(tally: Tally, at: datetime, *, whole: bool, failure: str) -> Reconciliation:
    """The report. Of failures in a row only the last is kept, with when they began."""
    began = at
    if failure:
        last = Reconciliation.objects.order_by("-started_at", "-pk").first()
        if last is not None and last.failure:
            began = last.started_at
            last.delete()
        log.warning("The office automation could not be compared with (%s).", failure)
    return Reconciliation.objects.create(
        started_at=began,
        ended_at=at,
        whole=whole,
        read=tally.read,
        found=dict(tally.found),
        mended=dict(tally.mended),
        left=tally.left,
        failure=failure,
    )
