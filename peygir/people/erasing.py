"""Destroying what was said in a case and by whom: key, words, pictures, files, names, numbers.

What happened stays: events, counts and proofs. What the log hides of it can be opened by nobody any
more, because the key is gone. Rooms above empty their own rows when they are told
(`papers.erased`).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from peygir.ledger.entry import SYSTEM, Actor, Entry
from peygir.ledger.models import Event
from peygir.ledger.projectors import project
from peygir.ledger.statement import run
from peygir.ledger.write import append
from peygir.people import letters, photos
from peygir.people.models import Call, CaseKey, Citizen, Inspection, OneTimeCode, Paper, Reporter

ERASED: Final = "papers.erased"

# Citizens whom this case alone brought here. Who reported something else is known for that.
ONLY_HERE: Final = """
select c.id from people_citizen c where c.id = any(%s)
and not exists (select from people_reporter r where r.citizen_id = c.id)
"""

# Who called or asked for a code once, and nothing came of it.
STRANGERS: Final = """
select c.id from people_citizen c where c.phone is not null and c.first_seen_at < %s
and not exists (select from people_reporter r where r.citizen_id = c.id)
and not exists (select from people_call k where k.citizen_id = c.id)
and not exists (select from people_onetimecode o where o.citizen_id = c.id and o.made_at >= %s)
"""


@transaction.atomic
def erase(case_id: int, *, at: datetime, reason: str = "", actor: Actor = SYSTEM) -> None:
    """Destroy all of it, and say in the ledger that it was done; again changes nothing.

    Files go last: if they cannot be deleted (OSError) nothing else has changed.
    """
    keys, _each = CaseKey.objects.filter(case_id=case_id).delete()
    letters.erase(case_id, at=at)
    Paper.objects.filter(case_id=case_id, erased_at=None).update(text="", search="", erased_at=at)
    Inspection.objects.filter(case_id=case_id).update(lat_e6=None, lon_e6=None, accuracy_m=None)
    _forget_people(case_id)
    if keys:
        _tell(case_id, reason, actor, at)
    photos.erase(case_id, at=at)


def is_erased(case_id: int) -> bool:
    """Whether the case was erased: its key is gone, and it never gets another one."""
    return not CaseKey.objects.filter(case_id=case_id).exists()


@transaction.atomic
def forget_old(before: datetime) -> int:
    """Forget telephone numbers of calls about no case, and citizens who never reported anything,
    all of them from before `before`; how many citizens."""
    Call.objects.filter(case_id=None, rang_at__lt=before).exclude(phone="", citizen=None).update(
        phone="", citizen=None
    )
    found = [pk for (pk,) in run(STRANGERS, [before, before])]
    _hold(found)
    still = {pk for (pk,) in run(STRANGERS, [before, before])}
    return _forget([pk for pk in found if pk in still])


def _forget_people(case_id: int) -> None:
    """Nobody can tell any more who reported or called about the case."""
    reports, calls = Reporter.objects.filter(case_id=case_id), Call.objects.filter(case_id=case_id)
    met = {
        *reports.values_list("citizen_id", flat=True),
        *calls.values_list("citizen_id", flat=True),
    }
    OneTimeCode.objects.filter(case_id=case_id).delete()
    calls.update(phone="", citizen=None)
    reports.update(citizen=None)
    known = [pk for pk in met if pk is not None]
    _hold(known)
    _forget([pk for (pk,) in run(ONLY_HERE, [known])])


def _hold(citizens: Sequence[int]) -> None:
    """Let whoever reports at this moment finish first, so that a live case keeps its citizen."""
    run("select id from people_citizen where id = any(%s) order by id for update", [citizens])


def _forget(gone: Sequence[int]) -> int:
    OneTimeCode.objects.filter(citizen__in=gone).delete()
    Call.objects.filter(citizen__in=gone).update(phone="", citizen=None)
    return Citizen.objects.filter(pk__in=gone).update(
        phone=None, name="", confirmed_at=None, wants_sms=False
    )


def _tell(case_id: int, reason: str, actor: Actor, at: datetime) -> None:
    told = Event.objects.filter(subject="case", subject_id=case_id).order_by("-id")
    entry = Entry(
        subject="erasure",
        subject_id=case_id,
        kind=ERASED,
        actor=actor,
        happened_at=at,
        policy=told.values_list("policy", flat=True).first() or "",
        facts={"reason": reason} if reason else {},
    )
    project(append([entry]))
