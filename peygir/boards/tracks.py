"""Tracks that wait on a page of their own (letters, social networks), soonest deadline first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import F

from peygir.cases.models import Case, Clock, Referral
from peygir.ledger.entry import Actor

ROWS_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One open referral in such a stage, its case and its clock."""

    case: Case
    referral: Referral
    clock: Clock


def waiting(actor: Actor, stages: Collection[str]) -> Sequence[Waiting]:
    """Open referrals in `stages` with units that the actor sees, at most ROWS_MAX: 2 queries."""
    visible = Case.objects.visible_to(actor)
    rows = (
        Referral.objects.filter(
            closed_at=None, stage__in=stages, unit__in=actor.sees, case__in=visible
        )
        .select_related("case")
        .order_by("pk")[:ROWS_MAX]
    )
    known = {(row.case_id, row.number): row for row in rows}
    clocks = Clock.objects.filter(case__in={case for case, _ in known}).order_by(
        F("due_at").asc(nulls_last=True), "pk"
    )
    return [
        Waiting(case=row.case, referral=row, clock=clock)
        for clock in clocks
        if (row := known.get((clock.case_id, clock.number))) is not None
    ]


def one(actor: Actor, code: str, number: int, stages: Collection[str]) -> Waiting | None:
    """The open referral `number` of a case that the actor may see, if it waits in `stages`."""
    found = (
        Referral.objects.filter(
            case__in=Case.objects.visible_to(actor).filter(code=code),
            closed_at=None,
            number=number,
            stage__in=stages,
        )
        .select_related("case")
        .first()
    )
    if found is None:
        return None
    clock = Clock.objects.get(case=found.case, number=number)
    return Waiting(case=found.case, referral=found, clock=clock)
