"""One case and its neighbours, read for a page. Only cases that the actor may see come out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from peygir.cases.models import Case, Clock, Referral
from peygir.cases.state import CASE_FIELDS, CaseState, ClockState, ReferralState
from peygir.ledger.entry import Actor
from peygir.people.models import Paper

NEAR_E6 = 1_400  # microdegrees, about 150 m north to south
RELATED_MAX = 5
SAME_PLACE_DAYS = 365

_REFERRAL = [f.name for f in fields(ReferralState)]
_CLOCK = [f.name for f in fields(ClockState)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a reporter wrote: the first report's words and address, "" when there are none."""

    words: str = ""
    address: str = ""


def by_code(actor: Actor, code: str) -> Case | None:
    """The case with this code (12 Latin digits) if `actor` may see it."""
    if not (code.isascii() and code.isdigit()):
        return None
    return Case.objects.visible_to(actor).filter(code=code).first()


def by_id(actor: Actor, case_id: int) -> Case | None:
    """The case with this id if `actor` may see it."""
    return Case.objects.visible_to(actor).filter(pk=case_id).first()


def state_of(case: Case) -> CaseState:
    """The case with its referrals and clocks as plain values, not locked: 2 queries."""
    state = CaseState(**{name: getattr(case, name) for name in CASE_FIELDS})
    rows = Referral.objects.filter(case=case).order_by("number")
    state.referrals = [ReferralState(**{n: getattr(r, n) for n in _REFERRAL}) for r in rows]
    clocks = Clock.objects.filter(case=case).order_by("number")
    state.clocks = [ClockState(**{n: getattr(c, n) for n in _CLOCK}) for c in clocks]
    return state


def said(case_ids: Iterable[int]) -> Mapping[int, Said]:
    """What was first said about each case, in one query; cases without papers are left out."""
    found: dict[int, dict[str, str]] = {}
    papers = Paper.objects.filter(case_id__in=list(case_ids), kind__in=("words", "address"))
    rows = papers.order_by("-id").values_list("case_id", "kind", "text")
    for case_id, kind, text in rows:  # the oldest is written last and stays
        if text:
            found.setdefault(case_id, {})[kind] = text
    return {case_id: Said(**given) for case_id, given in found.items()}


def related(actor: Actor, case: Case, *, at: datetime) -> Sequence[Case]:
    """Other cases at the same place within a year, newest first, at most RELATED_MAX.

    The same place is within about 150 m; without a point, the same address as it was written.
    """
    visible = Case.objects.visible_to(actor).exclude(pk=case.pk)
    recent = visible.filter(opened_at__gte=at - timedelta(days=SAME_PLACE_DAYS))
    if case.lat_e6 is not None and case.lon_e6 is not None:
        near = recent.filter(
            lat_e6__range=(case.lat_e6 - NEAR_E6, case.lat_e6 + NEAR_E6),
            lon_e6__range=(case.lon_e6 - NEAR_E6, case.lon_e6 + NEAR_E6),
        )
        return list(near.order_by("-id")[:RELATED_MAX])
    addresses = Paper.objects.filter(kind="address").exclude(search="")
    own = addresses.filter(case_id=case.pk).values_list("search", flat=True).first()
    if not own or case.district is None:
        return []
    same = recent.filter(district=case.district, category=case.category).order_by("-id")[:100]
    ids = [one.pk for one in same]
    there = set(addresses.filter(case_id__in=ids, search=own).values_list("case_id", flat=True))
    return [one for one in same if one.pk in there][:RELATED_MAX]


def merged_into(actor: Actor, case: Case) -> Sequence[Case]:
    """Cases that were merged into this one, newest first."""
    visible = Case.objects.visible_to(actor)
    return list(visible.filter(lead_id=case.pk).order_by("-id")[:20])
