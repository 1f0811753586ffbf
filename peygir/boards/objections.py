"""Open messages whose citizens say that nobody followed them up, and those reopened: by district
(I9)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q

from peygir.boards.cases import Said, said
from peygir.cases.models import Case, CaseQuerySet
from peygir.ledger.entry import Actor
from peygir.policy.vocabulary import CLOSED

PAGE: Final = 50
FILE_MAX: Final = 20_000  # lines of the file
#: Roles that answer for the whole city; the others see what is with their own units.
WHOLE_CITY: Final = frozenset({"centre_head", "mayor", "council"})
OBJECTED, REOPENED = Q(objections__gt=0), Q(cycle__gt=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Empty values do not filter. `why`: objected, reopened or ""; district 0: not known yet."""

    district: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One district (None: not known yet): open messages that were objected to, that were reopened,
    and all of them."""

    district: int | None
    objected: int
    reopened: int
    both: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """`older`: give it as `below` for the next page; None when there is none."""

    cases: Sequence[Case]
    said: Mapping[int, Said]
    older: int | None


def by_district(actor: Actor) -> list[Row]:
    """Counts of every district that has any, the most first."""
    counted = (
        _of(actor)
        .values("district")
        .annotate(objected=Count("pk", OBJECTED), reopened=Count("pk", REOPENED), both=Count("pk"))
    )
    rows = [Row(**row) for row in counted.order_by()]
    return sorted(rows, key=lambda row: (-row.both, row.district or 0))


def page(actor: Actor, filters: Filters, *, below: int | None = None, size: int = PAGE) -> Page:
    """The messages, newest first. Their words only where the reader may see the message itself."""
    cases = _filtered(_of(actor), filters)
    if below is not None:
        cases = cases.filter(pk__lt=below)
    found = list(cases.order_by("-pk")[: size + 1])
    shown = found[:size]
    seen = Case.objects.visible_to(actor).filter(pk__in=[case.pk for case in shown])
    words = said(seen.values_list("pk", flat=True))
    older = shown[-1].pk if len(found) > size else None
    return Page(cases=shown, said=words, older=older)


def _of(actor: Actor) -> CaseQuerySet:
    """Complaints about officials are nowhere among them (T7)."""
    objects: CaseQuerySet = Case.objects.filter(sealed=False)
    if not actor.roles & WHOLE_CITY:
        objects = Case.objects.visible_to(actor).filter(sealed=False)
    return objects.filter(OBJECTED | REOPENED, closed_at=None).exclude(stage=CLOSED)


def _filtered(cases: CaseQuerySet, filters: Filters) -> CaseQuerySet:
    if filters.district is not None:
        cases = cases.filter(district=filters.district or None)
    if filters.why:
        cases = cases.filter(OBJECTED if filters.why == "objected" else REOPENED)
    return cases
