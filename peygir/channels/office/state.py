"""How the connection stands, in numbers: for the staff page and for `manage.py office status`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Count, F, Min, Q, QuerySet

from peygir.cases.models import Case
from peygir.channels.office import contact, served, signature
from peygir.channels.office.models import (
    REFUSED,
    Contact,
    Handed,
    Person,
    Received,
    Reconciliation,
)
from peygir.people.models import Staff

REPORTS: Final = 10
REFUSALS: Final = 20
LATE_MAX: Final = 20
LOOKS_BACK: Final = timedelta(days=30)
LATE: Final = timedelta(minutes=15)  # something that waits longer has met with trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A personnel number and who it stands for."""

    number: str
    person: Staff


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """A message taken long after its manager said it. `code`: of the case, "" for a delegation."""

    message: Received
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """`oldest_at`: since when the oldest change waits; None with an empty queue."""

    is_served: bool
    is_configured: bool
    hears: bool  # whether a key for their messages is set
    waiting: int
    oldest_at: datetime | None
    is_late: bool
    failing: dict[str, int]  # why the last try failed -> how many wait for that
    open_there: int
    contact: Contact
    reports: Sequence[Reconciliation]
    refused: Sequence[Received]
    late: Sequence[Late]
    people: Sequence[Linked]


def standing(*, at: datetime) -> Standing:
    """How it stands at `at`."""
    queue = _waiting()
    counts = queue.aggregate(n=Count("pk"), oldest=Min("changed_at"))
    failing = queue.exclude(failure="").values_list("failure").annotate(n=Count("pk"))
    told = Handed.objects.filter(closed_at=None, delivered__gt=0).count()
    refused = Received.objects.filter(Q(result=REFUSED) & ~Q(code="")).order_by("-at")
    oldest = counts["oldest"]
    return Standing(
        is_served=bool(served.versions()),
        is_configured=bool(settings.PEYGIR_OFFICE_URL),
        hears=bool(signature.secrets()),
        waiting=counts["n"],
        oldest_at=oldest,
        is_late=oldest is not None and at - oldest > LATE,
        failing=dict(failing.order_by("failure")),
        open_there=told,
        contact=contact.current(),
        reports=list(Reconciliation.objects.order_by("-started_at", "-pk")[:REPORTS]),
        refused=list(refused[:REFUSALS]),
        late=_late(at),
        people=_people(),
    )


def forgotten(at: datetime) -> Iterator[tuple[str, str, QuerySet[Handed]]]:
    """For the audit: what they have not been told of for too long."""
    late = _waiting().filter(changed_at__lt=at - LATE)
    yield "office_late", "changes that the office automation was not told", late


def _waiting() -> QuerySet[Handed]:
    return Handed.objects.filter(version__gt=F("delivered"))


def _late(at: datetime) -> list[Late]:
    """Newest first: an act happens when it is taken, and whether that was anybody's fault is for
    people to say (decision 0018)."""
    taken = Received.objects.exclude(result=REFUSED).filter(at__gt=at - LOOKS_BACK)
    late = taken.filter(at__gt=F("said_at") + LATE).select_related("handed").order_by("-at")
    found = list(late[:LATE_MAX])
    handed = {one.handed.case_id for one in found if one.handed is not None}
    codes = dict(Case.objects.filter(pk__in=handed).values_list("pk", "code"))
    return [
        Late(message=one, code=codes.get(one.handed.case_id, "") if one.handed else "")
        for one in found
    ]


def _people() -> list[Linked]:
    numbers = {p.staff_id: p.number for p in Person.objects.all()}
    found = Staff.objects.filter(pk__in=numbers).order_by("fa")
    return [Linked(number=numbers[each.pk], person=each) for each in found]
