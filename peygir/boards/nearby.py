"""Is this the same event that somebody reported already? Open cases, and those closed of late.

At most CANDIDATES_MAX cases are looked at, found by index (place, or district and subject); words
are compared over these alone, so that a million closed cases cost nothing.
"""

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q, QuerySet

from peygir.calendars.persian import words
from peygir.cases.holding import route
from peygir.cases.models import Case
from peygir.people.models import Paper
from peygir.policy.model import CityPolicy

RADIUS_M: Final = 250
CLOSED_SINCE: Final = timedelta(days=14)
CANDIDATES_MAX: Final = 80  # by each of the three ways; their words are read and compared
LIKE_ENOUGH: Final = 0.34  # a third of the shorter text's words
ALIKE_BY_PLACE_M: Final = 60  # so close and the same subject: the words need not agree
E6_PER_M: Final = 1e6 / 111_320  # microdegrees of latitude in a metre
FIELDS: Final = (
    "id", "code", "category", "district", "lat_e6", "lon_e6", "opened_at", "closed_at", "status",
    "unit", "reporters",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where and what the new report is; anything may be unknown (None or "")."""

    lat_e6: int | None = None
    lon_e6: int | None = None
    district: int | None = None
    category: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """A case that may be the same. `metres`: None when one of the two has no point.

    `likeness`: share of the shorter text's words that both have, 0 to 1.
    """

    case: Case
    metres: int | None
    likeness: float
    same_category: bool

    @property
    def is_open(self) -> bool:
        return self.case.closed_at is None


def near(policy: CityPolicy, place: Place, *, at: datetime, most: int = 5) -> list[Near]:
    """Likely duplicates of a report, best first: three queries at the most."""
    cases = _candidates(policy, place, at)
    measured = (_measured(place, case) for case in cases.values())
    here = [one for one in measured if one.metres is None or one.metres <= RADIUS_M]
    likeness = _likeness(place.text, [one.case.id for one in here])
    found = (replace(one, likeness=likeness.get(one.case.id, 0.0)) for one in here)
    return sorted(filter(_likely, found), key=_rank)[:most]


def _candidates(policy: CityPolicy, place: Place, at: datetime) -> dict[int, Case]:
    """Cases worth comparing, by index only; newest first within each way of finding them."""
    sought: list[QuerySet[Case]] = []
    fields = Case.objects.only(*FIELDS).filter(lead_id=None, sealed=False, erased_at=None)
    box = _box(place)
    if box is not None:
        sought.append(fields.filter(box, closed_at=None))
    if place.category and place.district is not None:
        same = Q(district=place.district, category=place.category)
        sought.append(fields.filter(same, closed_at=None).order_by("-id"))
    unit = route(policy, place.category, place.district)
    if unit is not None:
        closed = Q(executive_unit=unit, closed_at__gt=at - CLOSED_SINCE)
        sought.append(
            fields.filter(closed, box or Q(category=place.category)).order_by("-closed_at")
        )
    return {case.id: case for query in sought for case in query[:CANDIDATES_MAX]}


def _box(place: Place) -> Q | None:
    if place.lat_e6 is None or place.lon_e6 is None:
        return None
    high = round(RADIUS_M * E6_PER_M)
    wide = round(high / _shrink(place.lat_e6))
    return Q(
        lat_e6__range=(place.lat_e6 - high, place.lat_e6 + high),
        lon_e6__range=(place.lon_e6 - wide, place.lon_e6 + wide),
    )


def _measured(place: Place, case: Case) -> Near:
    return Near(
        case=case,
        metres=_metres(place, case),
        likeness=0.0,
        same_category=bool(place.category) and case.category == place.category,
    )


def _metres(place: Place, case: Case) -> int | None:
    """Flat-earth distance, right to a metre within a city."""
    if None in (place.lat_e6, place.lon_e6, case.lat_e6, case.lon_e6):
        return None
    assert place.lat_e6 is not None
    assert place.lon_e6 is not None
    assert case.lat_e6 is not None
    assert case.lon_e6 is not None
    north = (case.lat_e6 - place.lat_e6) / E6_PER_M
    east = (case.lon_e6 - place.lon_e6) / E6_PER_M * _shrink(place.lat_e6)
    return round(math.hypot(north, east))


def _shrink(lat_e6: int) -> float:
    """How much shorter a degree of longitude is at this latitude; never 0, even at a pole."""
    return max(0.01, math.cos(math.radians(lat_e6 / 1e6)))


def _likeness(text: str, case_ids: Collection[int]) -> dict[int, float]:
    said = set(words(text))
    if not said or not case_ids:
        return {}
    papers = Paper.objects.filter(case_id__in=case_ids, kind="words", erased_at=None)
    found: dict[int, float] = {}
    for case_id, other in papers.values_list("case_id", "text"):
        found[case_id] = max(found.get(case_id, 0.0), _overlap(said, words(other)))
    return found


def _overlap(said: set[str], other: Iterable[str]) -> float:
    both = set(other)
    return len(said & both) / min(len(said), len(both)) if both else 0.0


def _likely(one: Near) -> bool:
    if one.metres is None:
        return one.same_category and one.likeness >= LIKE_ENOUGH
    if one.same_category:
        return one.metres <= ALIKE_BY_PLACE_M or one.likeness >= LIKE_ENOUGH / 2
    return one.likeness >= LIKE_ENOUGH


def _rank(one: Near) -> tuple[bool, float, int]:
    metres = RADIUS_M if one.metres is None else one.metres
    worth = one.likeness + (0.5 if one.same_category else 0) + (1 - metres / RADIUS_M) / 2
    return (not one.is_open, -worth, -one.case.id)
