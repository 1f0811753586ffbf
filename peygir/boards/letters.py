"""The register of letters: only of cases that the reader may see (I11: the council's invited)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from peygir.calendars.persian import search_key, to_latin_digits
from peygir.cases.models import Case
from peygir.ledger.entry import Actor
from peygir.people.models import Letter
from peygir.people.models.letters import IN, OUT, SENT

PAGE = 50
LATE_MAX = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the reader asked for; empty values do not filter. `state`: also "late" and "in"."""

    words: str = ""
    state: str = ""
    year: int | None = None
    case_id: int | None = None

    @property
    def any(self) -> bool:
        return self != Filters()


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """One page. `late`: answers overdue, the longest first; `older`: key of the next page."""

    late: Sequence[Letter]
    rows: Sequence[Letter]
    cases: dict[int, Case]
    older: int | None


def of(actor: Actor) -> QuerySet[Letter]:
    """Letters of cases that `actor` may see."""
    return Letter.objects.filter(case_id__in=Case.objects.visible_to(actor).values("pk"))


def one(actor: Actor, letter_id: int) -> Letter | None:
    """The letter if `actor` may see its case."""
    if not 0 < letter_id < 2**63:
        return None
    return of(actor).select_related("answers", "follows").filter(pk=letter_id).first()


def read(actor: Actor, filters: Filters, *, at: datetime, before: int | None) -> Register:
    """One page of the register in three queries; what is overdue stands first on the first page."""
    wanted = _filtered(of(actor), filters, at).select_related("answers")
    late = list(_overdue(wanted, at).order_by("reply_by", "pk")[:LATE_MAX])
    rest = wanted.exclude(pk__in=[letter.pk for letter in late])
    if before:  # what stood on top of the first page stands on no other
        late, rest = [], rest.filter(pk__lt=before)
    rows = list(rest.order_by("-pk")[: PAGE + 1])
    older = rows[PAGE - 1].pk if len(rows) > PAGE else None
    rows = rows[:PAGE]
    ids = {letter.case_id for letter in [*late, *rows]}
    return Register(late=late, rows=rows, cases=Case.objects.in_bulk(ids), older=older)


def under_way(case_ids: Sequence[int]) -> dict[tuple[int, int], Letter]:
    """The newest letter that goes out from each track, by case id and number of the track."""
    found = Letter.objects.filter(case_id__in=case_ids, direction=OUT, referral__isnull=False)
    return {(one.case_id, one.referral or 0): one for one in found.order_by("pk")}


def _overdue(found: QuerySet[Letter], at: datetime) -> QuerySet[Letter]:
    """Letters that are late for somebody: once their case is closed nobody waits for an answer."""
    waits = Case.objects.filter(closed_at=None).values("pk")
    return found.filter(state=SENT, reply_by__lt=at, case_id__in=waits)


def _filtered(found: QuerySet[Letter], filters: Filters, at: datetime) -> QuerySet[Letter]:
    if filters.case_id is not None:
        found = found.filter(case_id=filters.case_id)
    if filters.year is not None:
        found = found.filter(year=filters.year)
    if filters.state == "late":
        found = _overdue(found, at)
    elif filters.state == "in":
        found = found.filter(direction=IN)
    elif filters.state:
        found = found.filter(state=filters.state)
    number = to_latin_digits(filters.words).strip()
    for word in search_key(filters.words).split():
        found = found.filter(Q(search__contains=word) | Q(theirs__contains=number))
    return found
