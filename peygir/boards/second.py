"""Second calls: some citizens who said yes are asked again, by somebody else (clocks.md §3, 8).

Whom, a lot decides that nobody can choose: a closing is drawn when a hash of the day's seed and of
the case's public name falls low enough. The seed comes from the first leaf after that day in the
public log, so that whoever has the log can tell which of its closings had to be drawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import IntegrityError, connection, transaction
from django.db.models import Count, Q

from peygir.boards import feedback
from peygir.boards.models import CallClaim, SecondCall, SecondDraw
from peygir.cases.models import Case, PolicyVersion
from peygir.cases.policies import by_digest
from peygir.ledger.ids import new_id
from peygir.ledger.models import Chain
from peygir.people import contacts
from peygir.people.models import Call, Reporter
from peygir.policy.model import CityPolicy
from peygir.policy.vocabulary import UNREACHED

PER_10_000: Final = 400  # of closings by the citizen's word: four in a hundred
CALLED_WITHIN: Final = timedelta(days=14)  # later a citizen no longer knows
AGREE: Final = "agree"
DIFFER: Final = "differ"
NOBODY: Final = "unreached"
OUTCOMES: Final = (AGREE, DIFFER, *UNREACHED)
LISTED: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One second call at hand. `reporter` None: nobody left a number."""

    call: SecondCall
    case: Case
    claim: CallClaim
    reporter: Reporter | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Second calls about the work of one unit. `missed`: nobody called in time."""

    unit: str
    agree: int
    differ: int
    unreached: int
    waiting: int
    missed: int

    @property
    def reached(self) -> int:
        return self.agree + self.differ


def seed_of(root: bytes, day: date) -> str:
    """The seed of a day from the root of the tree of the midnight that ends it."""
    return sha256(root + day.isoformat().encode("ascii")).hexdigest()


def is_drawn(seed: str, name: bytes) -> bool:
    """Whether a lot falls on the case of this public name."""
    digest = sha256(bytes.fromhex(seed) + name).digest()
    return int.from_bytes(digest, "big") % 10_000 < PER_10_000


CLOSED: Final = """
select c.id, c.cycle, c.executive_unit, c.closed_at,
 (select case when e.actor_kind = 'post' then e.staff_id end from ledger_event e
  where e.subject_id = c.id and e.subject = 'case' and e.facts ? 'ends'
  order by e.id desc limit 1)
from cases_case c
where c.executive_unit = any(%(units)s) and c.closed_at >= %(since)s and c.closed_at < %(until)s
 and c.satisfied and c.ending = any(%(endings)s) and not c.sealed and c.lead_id is null
order by c.id
"""


@transaction.atomic
def draw(policy: CityPolicy, day: date, *, seed: str, at: datetime) -> SecondDraw | None:
    """Draw among the closings of a day, once; None when it was drawn before."""
    if SecondDraw.objects.filter(pk=day).exists():
        return None
    found = _closings(policy, day)
    names = dict(
        Chain.objects.filter(subject_id__in=[row[0] for row in found]).values_list(
            "subject_id", "public"
        )
    )
    drawn = [row for row in found if is_drawn(seed, _name(names, row[0]))]
    made, is_new = SecondDraw.objects.get_or_create(
        day=day, defaults={"seed": seed, "closings": len(found), "drawn": len(drawn), "at": at}
    )
    if not is_new:  # another worker did in this very moment
        return None
    SecondCall.objects.bulk_create(
        [
            SecondCall(
                draw=made, case_id=case_id, cycle=cycle, unit=unit, closed_at=closed_at,
                first_staff=staff_id,
            )
            for case_id, cycle, unit, closed_at, staff_id in drawn
        ],
        ignore_conflicts=True,  # closed twice in one cycle: asked once
    )  # fmt: skip
    return made


# Whoever took the first word is never offered the second; nor is anybody who is being called.
NEXT: Final = """
select s.id, s.case_id from boards_secondcall s
join cases_case c on c.id = s.case_id and c.cycle = s.cycle and c.closed_at is not null
 and not c.sealed
where s.finding = '' and s.first_staff is distinct from %(staff)s and s.closed_at > %(oldest)s
 and (c.simulated or not %(simulated)s)
 and (s.not_before is null or s.not_before <= %(at)s)
 and not exists (select 1 from boards_callclaim k where k.expires_at > %(at)s and (
  k.case_id = s.case_id or k.citizen_id in (
   select p.citizen_id from people_reporter p
   where p.case_id = s.case_id and p.citizen_id is not null)))
order by s.closed_at, s.id limit 1 for update of s skip locked
"""


def waiting(staff_id: int, *, at: datetime) -> int:
    """How many second calls this person may make now."""
    ready = Q(not_before=None) | Q(not_before__lte=at)
    own = Q(first_staff=staff_id)
    found = SecondCall.objects.filter(ready, finding="", closed_at__gt=at - CALLED_WITHIN)
    return found.exclude(own).count()


def take(staff_id: int, *, at: datetime, simulated: bool = False) -> Card | None:
    """Take the next second call, or keep the one already taken. `simulated`: of such cases only."""
    kept = current(staff_id, at=at)
    if kept is not None:
        return kept
    given: dict[str, Any] = {
        "staff": staff_id,
        "at": at,
        "oldest": at - CALLED_WITHIN,
        "simulated": simulated,
    }
    for _ in range(feedback.TRIES_MAX):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(NEXT, given)
                found = cursor.fetchone()
                if found is None:
                    return None
                feedback.lease(found[1], staff_id, at)
        except IntegrityError:  # the same citizen was taken in this very moment
            continue
        return current(staff_id, at=at)
    return None


def current(staff_id: int, *, at: datetime) -> Card | None:
    """The second call that this person took and did not finish."""
    claim = CallClaim.objects.filter(staff_id=staff_id, expires_at__gt=at).first()
    if claim is None:
        return None
    case = Case.objects.filter(pk=claim.case_id).exclude(closed_at=None).first()
    if case is None:
        return None
    waits = SecondCall.objects.filter(case_id=case.pk, cycle=case.cycle, finding="")
    call = waits.exclude(first_staff=staff_id).select_related("draw").first()
    if call is None:
        return None
    everybody = contacts.reporters(case.pk)
    taken = (one for one in everybody if one.citizen and one.citizen_id == claim.citizen_id)
    reporter = next(taken, None)
    return Card(call=call, case=case, claim=claim, reporter=reporter)


@transaction.atomic
def record(policy: CityPolicy, card: Card, outcome: str, *, staff: Any, at: datetime) -> str:
    """Keep what came of a second call; gives the finding, "" when it will be tried again.

    Raises ValueError for an outcome that is none, or that takes somebody to talk to where nobody
    left a number. `staff`: who called, with their extension.
    """
    if outcome not in (OUTCOMES if card.reporter is not None else UNREACHED):
        raise ValueError(outcome)
    call = SecondCall.objects.select_for_update().get(pk=card.call.pk)
    if call.finding:
        return call.finding
    if card.reporter is not None:
        _enter(card, outcome, staff, at)
    call.tries += 1
    call.staff_id = staff.pk
    if outcome in UNREACHED:
        over = card.reporter is None or call.tries >= policy.redial.attempts
        call.finding = NOBODY if over else ""
        call.not_before = at + policy.redial.waits[outcome]
    else:
        call.finding = outcome
    call.found_at = at if call.finding else None
    call.save()
    feedback.release(staff.pk)
    return call.finding


def differing() -> list[SecondCall]:
    """Citizens who say no the second time, while their case is still closed in that cycle."""
    found = list(SecondCall.objects.filter(finding=DIFFER).order_by("-found_at")[:LISTED])
    cases = Case.objects.filter(pk__in=[one.case_id for one in found]).exclude(closed_at=None)
    cycles = dict(cases.values_list("pk", "cycle"))
    return [one for one in found if cycles.get(one.case_id) == one.cycle]


def results(since: datetime, *, at: datetime) -> list[Result]:
    """Second calls about closings since then, by unit; the most differing first."""
    oldest = at - CALLED_WITHIN
    which = {
        "agree": Q(finding=AGREE),
        "differ": Q(finding=DIFFER),
        "unreached": Q(finding=NOBODY),
        "waiting": Q(finding="", closed_at__gt=oldest),
        "missed": Q(finding="", closed_at__lte=oldest),
    }
    counted = {name: Count("pk", filter=each) for name, each in which.items()}
    found = SecondCall.objects.filter(closed_at__gte=since).values("unit").annotate(**counted)
    made = [Result(**row) for row in found]
    return sorted(made, key=lambda one: (-one.differ, -one.agree, one.unit))


def draws(since: date) -> Sequence[SecondDraw]:
    """The lots since a day, newest first."""
    return list(SecondDraw.objects.filter(day__gte=since).order_by("-day"))


def _closings(policy: CityPolicy, day: date) -> list[Any]:
    zone = ZoneInfo(policy.calendar.zone)
    digests = PolicyVersion.objects.filter(city=policy.name).exclude(pk=policy.digest)
    versions = [policy, *(by_digest(one) for one in digests.values_list("digest", flat=True))]
    endings = {one.code for each in versions for one in each.endings.values() if one.citizens_word}
    given: dict[str, Any] = {
        "units": sorted({unit for each in versions for unit in each.organisation.units}),
        "since": datetime.combine(day, time(), zone),
        "until": datetime.combine(day + timedelta(days=1), time(), zone),
        "endings": sorted(endings),
    }
    with connection.cursor() as cursor:
        cursor.execute(CLOSED, given)
        rows: list[Any] = cursor.fetchall()
    return rows


def _name(names: dict[int, Any], case_id: int) -> bytes:
    """The case's name in the public log; its number where no log is kept."""
    found = names.get(case_id)
    return bytes(found) if found is not None else case_id.to_bytes(8, "big")


def _enter(card: Card, outcome: str, staff: Any, at: datetime) -> None:
    """One row of the call book."""
    assert card.reporter is not None
    reached, citizen = outcome in (AGREE, DIFFER), card.reporter.citizen
    Call.objects.create(
        id=new_id(),
        direction="out",
        citizen=citizen,
        phone=(citizen.phone if citizen else "") or "",
        extension=staff.extension,
        staff_id=staff.pk,
        case_id=card.case.pk,
        rang_at=card.claim.at,
        answered_at=card.claim.at if reached else None,
        ended_at=at,
        outcome="reached" if reached else outcome,
    )
