"""The feedback unit's calls: which case is next, who is called about it, and who is calling."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, connection, transaction

from peygir.boards import serving
from peygir.boards.models import CallClaim
from peygir.cases import policies
from peygir.cases.models import Case, Referral
from peygir.people import contacts
from peygir.people.models import Call, Reporter
from peygir.policy.asking import CallSteps, call_steps
from peygir.policy.model import CityPolicy

LEASE: Final = timedelta(minutes=20)  # a call with its notes; after that somebody else may call
TRIES_MAX: Final = 5  # citizens with several cases may be taken meanwhile; then look again later

# Ready: nobody calls about it, its citizen is not being called, and no slot or redial wait is open.
# First what is due first, by any clock that the unit has on the case: a danger's feedback counts
# from its registration.
READY: Final = """
select r.case_id from cases_referral r
join cases_clock k on k.case_id = r.case_id and k.number = r.number
where r.closed_at is null and r.unit = any(%(units)s) and r.stage = any(%(stages)s)
 and not exists (select 1 from cases_case s where s.id = r.case_id and s.sealed)
 and (r.not_before is null or r.not_before <= %(at)s)
 and not exists (select 1 from boards_callclaim c where c.expires_at > %(at)s and (
  c.case_id = r.case_id or c.citizen_id in (
   select p.citizen_id from people_reporter p
   where p.case_id = r.case_id and p.citizen_id is not null)))
order by least(k.due_at, (
  select min(b.due_at) from cases_referral t join cases_clock b
   on b.case_id = t.case_id and b.number = t.number and b.state = 1
  where t.case_id = r.case_id and t.closed_at is null and t.unit = r.unit)), r.case_id
limit 1 for update of r skip locked
"""

COUNTS: Final = """
select count(*) filter (where r.not_before is null or r.not_before <= %(at)s),
 count(*) filter (where r.not_before > %(at)s),
 min(r.not_before) filter (where r.not_before > %(at)s)
from cases_referral r join cases_case c on c.id = r.case_id and not c.sealed
where r.closed_at is null and r.unit = any(%(units)s) and r.stage = any(%(stages)s)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How many calls are ready, how many wait for their time, and when the next of those comes."""

    ready: int
    later: int
    next_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One call: the case, whom to call (None: all are anonymous), whom else, what was tried."""

    case: Case
    referral: Referral
    claim: CallClaim
    steps: CallSteps
    reporter: Reporter | None
    others: Sequence[Reporter] = field(default_factory=list)
    calls: Sequence[Call] = field(default_factory=list)
    tried: int = 0  # attempts of this cycle that reached nobody
    put_off: int = 0  # times that the citizen asked for another time


def waiting(units: frozenset[str], *, at: datetime) -> Waiting:
    """What lies in the queue of `units` at `at`."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, {"units": sorted(units), "stages": _stages(), "at": at})
        ready, later, next_at = cursor.fetchone()
    return Waiting(ready=ready, later=later, next_at=next_at)


def current(staff_id: int, units: frozenset[str], *, at: datetime) -> Card | None:
    """The call that this person took and did not finish; None once lease or stage is over."""
    claim = CallClaim.objects.filter(staff_id=staff_id, expires_at__gt=at).first()
    if claim is None:
        return None
    referral = _open_referral(claim.case_id, units)
    return None if referral is None else _card(claim, referral)


def take(staff_id: int, units: frozenset[str], *, at: datetime) -> Card | None:
    """Take the next ready call, oldest deadline first, or keep the one already taken."""
    kept = current(staff_id, units, at=at)
    if kept is not None:
        return kept
    for _ in range(TRIES_MAX):
        try:
            with transaction.atomic():
                claim = _claim(staff_id, units, at)
        except IntegrityError:  # the same citizen's other case was taken in this very moment
            continue
        if claim is None:
            return None
        referral = _open_referral(claim.case_id, units)
        if referral is not None:
            return _card(claim, referral)
    return None


def resume(staff_id: int, units: frozenset[str], case_id: int, *, at: datetime) -> Card | None:
    """The card of a call just made, even past its lease, unless somebody else took it since."""
    card = current(staff_id, units, at=at)
    if card is not None and card.case.pk == case_id:
        return card
    lapsed = CallClaim.objects.filter(case_id=case_id, staff_id=staff_id)
    if not lapsed.update(expires_at=at + LEASE):
        return None
    return current(staff_id, units, at=at)


def release(staff_id: int) -> None:
    """Give the call back."""
    CallClaim.objects.filter(staff_id=staff_id).delete()


def choose(card: Card, reporter_id: int) -> bool:
    """Call another reporter of the same case; False when somebody else is calling that citizen."""
    chosen = next((r for r in card.others if r.pk == reporter_id and _reachable(r)), None)
    if chosen is None:
        return False
    try:
        with transaction.atomic():
            CallClaim.objects.filter(pk=card.claim.pk).update(citizen_id=chosen.citizen_id)
    except IntegrityError:
        return False
    return True


def _claim(staff_id: int, units: frozenset[str], at: datetime) -> CallClaim | None:
    with connection.cursor() as cursor:
        cursor.execute(READY, {"units": sorted(units), "stages": _stages(), "at": at})
        found = cursor.fetchone()
    if found is None:
        return None
    return lease(found[0], staff_id, at)


def lease(case_id: int, staff_id: int, at: datetime) -> CallClaim:
    """Let nobody else call about this case nor call its citizen. Raises IntegrityError where
    somebody does; what this person held before is given back."""
    reporter = first_reachable(case_id)
    citizen_id = reporter.citizen_id if reporter else None
    over = CallClaim.objects.filter(expires_at__lte=at)
    over.filter(case_id=case_id).delete()
    over.filter(citizen_id=citizen_id).delete()
    CallClaim.objects.filter(staff_id=staff_id).delete()
    return CallClaim.objects.create(
        case_id=case_id, citizen_id=citizen_id, staff_id=staff_id, at=at, expires_at=at + LEASE
    )


def _open_referral(case_id: int, units: frozenset[str]) -> Referral | None:
    found = Referral.objects.filter(case_id=case_id, closed_at=None, stage__in=_stages())
    return found.filter(unit__in=units).select_related("case").first()


def _stages() -> list[str]:
    return serving.stages(policies.current(), "calls")


def _steps(referral: Referral) -> CallSteps:
    """What may come of a call, in the policy under which the case lives."""
    policy: CityPolicy = policies.by_digest(referral.case.policy)
    return call_steps(policy.stages[referral.stage])


def _card(claim: CallClaim, referral: Referral) -> Card:
    steps = _steps(referral)
    everybody = contacts.reporters(claim.case_id)
    reporter = next(
        (r for r in everybody if _reachable(r) and r.citizen_id == claim.citizen_id), None
    )
    outcomes = Referral.objects.filter(
        case_id=claim.case_id,
        cycle=referral.cycle,
        stage=referral.stage,
        closed_at__isnull=False,
    ).values_list("outcome", flat=True)
    said = list(outcomes)
    return Card(
        case=referral.case,
        referral=referral,
        claim=claim,
        steps=steps,
        reporter=reporter,
        others=[r for r in everybody if r != reporter],
        calls=list(
            Call.objects.filter(case_id=claim.case_id, direction="out").order_by("-rang_at")
        ),
        tried=said.count(steps.unreached.code if steps.unreached else ""),
        put_off=said.count(steps.later.code if steps.later else ""),
    )


def first_reachable(case_id: int) -> Reporter | None:
    """The first reporter with a number that was not found to be wrong; else the first with any."""
    able = [r for r in contacts.reporters(case_id) if _reachable(r)]
    wrong = set(
        Call.objects.filter(case_id=case_id, direction="out", outcome="wrong_number").values_list(
            "citizen_id", flat=True
        )
    )
    return next((r for r in able if r.citizen_id not in wrong), able[0] if able else None)


def _reachable(reporter: Reporter) -> bool:
    return reporter.citizen is not None and bool(reporter.citizen.phone)
