"""Cases that wait for a field visit, and what an inspector must know on the spot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Final

from django.db.models import F, QuerySet

from peygir.boards import serving
from peygir.boards.models import VisitAnswer
from peygir.cases import policies
from peygir.cases.models import Case, Clock, Referral
from peygir.people.models import Inspection, Paper, Photo
from peygir.policy.asking import VisitSteps, visit_steps
from peygir.policy.model import CityPolicy, Stage, Step
from peygir.policy.vocabulary import UNREACHED_STEP

LIST_MAX: Final = 200  # more is no day's work for one inspector
ANSWERS_MAX: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One case on the round: its open referral and the clock of it."""

    case: Case
    referral: Referral
    due_at: datetime
    started_at: datetime
    words: str
    address: str
    visited: int = 0  # visits of this cycle so far


def stops(units: frozenset[str], *, district: int | None = None) -> list[Stop]:
    """Open cases that wait for a visit by `units`, soonest due first."""
    referrals = (
        Referral.objects.filter(
            unit__in=units, stage__in=serving.stages(policies.current(), "field"), closed_at=None
        )
        .filter(case__sealed=False)
        .select_related("case")
    )
    if district is not None:
        referrals = referrals.filter(case__district=district)
    once: dict[int, Referral] = {}  # a stage and its track are one way to one place
    for each in _by_deadline(referrals)[: 2 * LIST_MAX]:
        once.setdefault(each.case_id, each)
    found = list(once.values())[:LIST_MAX]
    ids = [r.case_id for r in found]
    clocks = {(c.case_id, c.number): c for c in Clock.objects.filter(case_id__in=ids, number__gt=0)}
    words, addresses = _papers(ids, "words"), _papers(ids, "address")
    visits = _visits(found)
    return [
        Stop(
            case=r.case,
            referral=r,
            due_at=clocks[r.case_id, r.number].due_at,
            started_at=clocks[r.case_id, r.number].started_at,
            words=words.get(r.case_id, ""),
            address=addresses.get(r.case_id, ""),
            visited=visits.get(r.case_id, 0),
        )
        for r in found
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What may come of a visit to a case now.

    `ways`: field of `VisitSteps` -> the step and the referral that it is for (a stage and a track
    beside it may both be visited).
    """

    stage: Stage
    ways: Mapping[str, tuple[Step, int]]


def waiting(case: Case) -> Waiting | None:
    """What a case waits for on site; None when it waits for no visit."""
    policy = policies.by_digest(case.policy)
    visited = Referral.objects.filter(
        case=case, closed_at=None, stage__in=policy.served_by("field")
    )
    found = list(visited.order_by("number"))
    if not found:
        return None
    ways: dict[str, tuple[Step, int]] = {}
    for referral in found:
        steps = visit_steps(policy.stages[referral.stage])
        for each in fields(VisitSteps):
            step = getattr(steps, each.name)
            if step is not None:
                ways.setdefault(each.name, (step, referral.number))
    return Waiting(stage=policy.stages[found[0].stage], ways=ways)


def attempts_suffice(policy: CityPolicy, case: Case) -> bool:
    """Have enough calls over enough days reached nobody to end the case without a word?"""
    closed = Referral.objects.filter(case=case, cycle=case.cycle, outcome=UNREACHED_STEP)
    ends = [at for at in closed.values_list("closed_at", flat=True) if at]
    if len(ends) < policy.redial.attempts:
        return False
    return max(ends) - min(ends) >= policy.redial.over


def photos(case_id: int) -> tuple[list[Photo], list[Photo]]:
    """(pictures of the problem, pictures of the work claimed done), oldest first."""
    found = list(Photo.objects.filter(case_id=case_id, erased_at=None).order_by("at", "id"))
    before = [p for p in found if p.kind in ("report", "before")]
    return before, [p for p in found if p.kind == "after"]


def papers(case_id: int, *kinds: str) -> dict[str, Paper]:
    """The latest paper of each kind; of what was reported the first, as who joined wrote later."""
    found: dict[str, Paper] = {}
    for paper in Paper.objects.filter(case_id=case_id, kind__in=kinds).order_by("at", "id"):
        if paper.kind not in found or paper.kind not in ("words", "address"):
            found[paper.kind] = paper
    return found


def visits(case_id: int) -> Sequence[Inspection]:
    """Inspections of a case, newest first, with what was written."""
    found = Inspection.objects.filter(case_id=case_id).select_related("findings", "statement")
    return list(found.order_by("-received_at"))


def answers(staff_id: int) -> QuerySet[VisitAnswer]:
    """What this inspector's latest visits were answered, newest first."""
    return VisitAnswer.objects.filter(staff_id=staff_id).order_by("-at")[:ANSWERS_MAX]


def _by_deadline(referrals: QuerySet[Referral]) -> QuerySet[Referral]:
    return referrals.filter(case__clocks__number=F("number")).order_by("case__clocks__due_at", "id")


def _papers(ids: Sequence[int], kind: str) -> Mapping[int, str]:
    found = Paper.objects.filter(case_id__in=ids, kind=kind).order_by("at", "id")
    return {paper.case_id: paper.text for paper in reversed(found)}


def _visits(referrals: Sequence[Referral]) -> Mapping[int, int]:
    opened = {r.case_id: r.opened_at for r in referrals}
    count: dict[int, int] = {}
    for each in Inspection.objects.filter(case_id__in=opened):
        if each.received_at >= opened[each.case_id]:
            count[each.case_id] = count.get(each.case_id, 0) + 1
    return count
