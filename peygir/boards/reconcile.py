"""Every night: do the rows that people see say what the events say? (`boards.replay`, over all.)

Whoever changes a row in the database and writes no event changes no public figure, for those come
from the log; and on the next morning this says so. What it finds is kept, so that nobody mends the
rows and denies it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from peygir.boards.models import Comparison
from peygir.boards.replay import Scope, differences
from peygir.cases.models import InForce
from peygir.ledger.models import Event
from peygir.policy.model import CityPolicy

NIGHT: Final = range(1, 5)  # hours of the city's clock
LATE: Final = timedelta(hours=50)  # without a comparison: a night was missed, and the next one
FOUND_MAX: Final = 5000  # differences held in memory
LINES_MAX: Final = 50  # of them kept


def is_due(policy: CityPolicy, *, at: datetime) -> bool:
    """Whether nobody has compared today, and it is night or nights were missed."""
    local = at.astimezone(ZoneInfo(policy.calendar.zone))
    if Comparison.objects.filter(day=local.date()).exists():
        return False
    return local.hour in NIGHT or is_late(at)


def is_late(at: datetime) -> bool:
    """Whether nobody has compared for so long; counted from the first event at the earliest."""
    newest = last()
    if newest is not None:
        return newest.started_at < at - LATE
    first = Event.objects.order_by("id").values_list("happened_at", flat=True).first()
    return first is not None and first < at - LATE


def compare(policy: CityPolicy, *, at: datetime) -> Comparison | None:
    """Compare everything, once in a night; None when another worker does."""
    day = at.astimezone(ZoneInfo(policy.calendar.zone)).date()
    row, is_mine = Comparison.objects.get_or_create(day=day, defaults={"started_at": at})
    if not is_mine:
        return None
    scope = Scope()
    lines = _found(scope)
    row.found, row.lines = len(lines), lines[:LINES_MAX]
    row.cases, row.is_done = scope.counted.get("cases", 0), True
    row.save(update_fields=["found", "lines", "cases", "is_done"])
    return row


def last() -> Comparison | None:
    """The last comparison that came to its end."""
    return Comparison.objects.filter(is_done=True).order_by("-day").first()


def forgotten(at: datetime) -> Iterator[tuple[str, str, QuerySet[Any]]]:
    """For the worker's audit: a night that found something, or nights without a comparison."""
    newest = last()
    days = [newest.day] if newest else []
    wrong = Comparison.objects.filter(day__in=days, found__gt=0)
    yield "rows_differ", "comparisons that found rows without their events", wrong
    ruling = InForce.objects.all()
    words = "versions in force whose rows nobody has compared for two nights"
    yield "rows_uncompared", words, ruling if is_late(at) else ruling.none()


def _found(scope: Scope) -> list[str]:
    """Differences that are there twice: what an act was changing just then is none."""
    first: dict[str, None] = {}
    for line in differences(scope):
        first[line] = None
        if len(first) == FOUND_MAX:
            break
    return [line for line in differences(Scope()) if line in first] if first else []
