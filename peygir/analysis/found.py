"""What was found of drawn claims: told by the case's own events, kept beside the list (S26)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from peygir.analysis import risk
from peygir.analysis.checks import Check
from peygir.cases import acts, refusals
from peygir.cases.checking import FALSE, FOUND, HELD, KIND, LOT, RISK, UNCLEAR
from peygir.cases.models import Case
from peygir.ledger.entry import Actor
from peygir.ledger.models import Event
from peygir.ledger.scope import Scope
from peygir.people.models import Inspection
from peygir.policy.model import CityPolicy

LIST_MAX: Final = 400
RECENT: Final = timedelta(days=28)  # findings of so long are shown, to be put right


class Refused(Exception):
    """`code`: unknown (no such check, or it is recorded, or to be put right before it is), own (of
    the actor's own unit), finding (no such one), unchanged (it says that already), gone (the
    case has no such claim any more)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How many checks, and what was found of those that are done."""

    drawn: int = 0
    held: int = 0
    false: int = 0
    unclear: int = 0

    @property
    def told(self) -> int:
        """Checks that said something."""
        return self.held + self.false

    @property
    def share(self) -> float | None:
        """False ones among them."""
        return self.false / self.told if self.told else None


@transaction.atomic
def record(
    policy: CityPolicy,
    check_id: int,
    finding: str,
    *,
    actor: Actor,
    at: datetime,
    again: bool = False,
) -> Check:
    """Tell what was found, by an act on the case; the visit made since the draw belongs to it.

    Once, or (`again`) to put right what was recorded. Raises Refused; nothing is written then.
    """
    if finding not in FOUND:
        raise Refused("finding")
    rows = Check.objects.select_for_update(of=("self",)).select_related("draw")
    rows = rows.exclude(finding="") if again else rows.filter(finding="")
    check = rows.filter(pk=check_id).first()
    if check is None:
        raise Refused("unknown")
    visit = visits([check]).get(check.case_id)
    try:
        done = acts.check_claim(
            policy=policy,
            case_id=check.case_id,
            cycle=check.cycle,
            found=finding,
            way=LOT if check.by_lot else RISK,
            actor=actor,
            at=at,
            inspection=visit.pk if visit else None,
        )
    except refusals.Refused as refused:
        raise Refused(_why(refused)) from None
    check.finding, check.found_at, check.event = finding, at, done.event.id
    check.post, check.staff_id = actor.post, actor.staff_id
    check.inspection = visit.pk if visit else None
    check.save()
    return check


def waiting() -> list[Check]:
    """Drawn claims that nobody has recorded yet, the newest list first, the most points first."""
    found = Check.objects.filter(finding="").select_related("draw")
    return list(found.order_by("-draw", "-points", "pk")[:LIST_MAX])


def false() -> list[Check]:
    """False claims whose case is still in the cycle in which the work was said to be done."""
    checks = list(Check.objects.filter(finding=FALSE).order_by("-found_at")[:LIST_MAX])
    cases = Case.objects.filter(pk__in=[one.case_id for one in checks])
    cycles = dict(cases.values_list("pk", "cycle"))
    return [one for one in checks if cycles.get(one.case_id) == one.cycle]


def recent(*, at: datetime) -> list[Check]:
    """What was found of late, the newest first."""
    found = Check.objects.filter(found_at__gte=at - RECENT).order_by("-found_at", "-pk")
    return list(found[:LIST_MAX])


def visits(checks: Iterable[Check]) -> dict[int, Inspection]:
    """Case -> the last visit to it since it was drawn."""
    drawn = {one.case_id: one.draw.at for one in checks}
    found = Inspection.objects.filter(case_id__in=drawn).order_by("received_at")
    return {one.case_id: one for one in found if one.received_at >= drawn[one.case_id]}


def suggested(visit: Inspection) -> str:
    """What a visit says of the claim."""
    return HELD if visit.finding == "done" else FALSE


def rates(since: datetime) -> dict[bool, Rate]:
    """Of the checks drawn since then: the random part (True) and the risk part (False)."""
    found = _counted(since)
    return {lot: _rate(one for one in found if one.by_lot is lot) for lot in (True, False)}


def by_reason(since: datetime) -> dict[str, Rate]:
    """Of all those checks, how often each reason was right; a check counts for each of its own."""
    found = _counted(since)
    codes = {one.pk: {reason[0] for reason in one.reasons} for one in found}
    return {code: _rate(one for one in found if code in codes[one.pk]) for code in risk.WEIGHTS}


def check(scope: Scope) -> Iterator[str]:
    """One line for each finding beside a list that is not the newest of its claim's events
    (`settings.REPLAY_CHECKS`)."""
    events = Event.objects.filter(kind=KIND, subject="case")
    kept = Check.objects.filter(event__isnull=False)
    if scope.part is not None:
        events = events.filter(scope.part.of_events())
        kept = kept.filter(scope.part.of_events("case_id", "event"))
    told = {
        pk: (case_id, facts["checked"])
        for pk, case_id, facts in events.values_list("pk", "subject_id", "facts")
    }
    cases = {case_id for case_id, _said in told.values()}
    pairs = Event.objects.filter(kind=KIND, subject_id__in=cases)
    corrected = set(pairs.values_list("facts__checked__corrects", flat=True))
    wanted = {
        pk: (case_id, said["cycle"], said["found"])
        for pk, (case_id, said) in told.items()
        if pk not in corrected
    }
    found = {one.event or 0: (one.case_id, one.cycle, one.finding) for one in kept}
    for pk in sorted(wanted.keys() | found.keys()):
        if wanted.get(pk) != found.get(pk):
            yield f"finding of event {pk}: {found.get(pk)}, the event says {wanted.get(pk)}"
    scope.counted["findings"] = len(wanted)


def _why(refused: refusals.Refused) -> str:
    match refused:
        case refusals.NotAllowed():
            return "own"
        case refusals.WrongEvidence():
            return "unchanged"
        case _:
            return "gone"


def _counted(since: datetime) -> list[Check]:
    return list(Check.objects.filter(draw__at__gte=since))


def _rate(checks: Iterable[Check]) -> Rate:
    found = [one.finding for one in checks]
    return Rate(
        drawn=len(found),
        held=found.count(HELD),
        false=found.count(FALSE),
        unclear=found.count(UNCLEAR),
    )
