"""How the connection stands, in numbers: for the staff page and for `manage.py office status`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Count, F, Min, Q

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
LATE: Final = timedelta(minutes=15)  # something that waits longer has met with trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A personnel number and who it stands for."""

    number: str
    person: Staff


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
    people: Sequence[Linked]


def standing(*, at: datetime) -> Standing:
    """How it stands at `at`."""
    queue = Handed.objects.filter(version__gt=F("delivered"))
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
        people=_people(),
    )


def _people() -> list[Linked]:
    numbers = {p.staff_id: p.number for p in Person.objects.all()}
    found = Staff.objects.filter(pk__in=numbers).order_by("fa")
    return [Linked(number=numbers[each.pk], person=each) for each in found]
