"""What the units under somebody have in hand, and what waits for a head's decision."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from peygir.cases.models import Case, Referral
from peygir.ledger.entry import Actor
from peygir.people.models import Paper
from peygir.policy.model import CityPolicy

OLDEST: Final = 12
PROPOSALS_MAX: Final = 100

# Open work only, through the index of open unit clocks. Age counts from the citizen's report.
COUNTS: Final = """
select k.unit, count(*) as open,
 count(*) filter (where k.due_at <= %(at)s) as late,
 count(*) filter (where k.due_at > %(at)s and k.due_at < %(tonight)s) as today,
 extract(epoch from percentile_cont(0.5) within group (order by %(at)s - c.opened_at)) as age_s,
 count(*) filter (where c.promised_for > %(at)s) as promised,
 count(*) filter (where c.returns > 0) as returned,
 count(*) filter (where c.cycle > 1) as again
from cases_clock k join cases_case c on c.id = k.case_id
where k.unit = any(%(units)s) and k.state in (1, 2) and k.number > 0
 and not (c.sealed and c.about_post = any(%(above)s))
group by k.unit
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """One unit's open work. `age`: median time since the citizens reported."""

    unit: str
    open: int = 0
    late: int = 0
    today: int = 0
    age: timedelta | None = None
    promised: int = 0
    returned: int = 0
    again: int = 0  # in a second cycle or later


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a unit proposes and only a head can decide."""

    case: Case
    referral: Referral
    step: str
    promised_for: int | None  # epoch seconds
    post: str
    texts: dict[str, str]
    words: str


def loads(
    units: Iterable[str], *, at: datetime, tonight: datetime, above: Iterable[str] = ()
) -> dict[str, Load]:
    """Open work of each unit that has any. `tonight`: the end of the local day; `above`: posts of
    the reader and those over them, of complaints about which nothing is counted (T7)."""
    given: dict[str, Any] = {"units": sorted(units), "at": at, "tonight": tonight}
    given["above"] = sorted(above)
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, given)
        rows = cursor.fetchall()
    return {row[0]: _load(row) for row in rows}


def total(found: Iterable[Load]) -> Load:
    """Sums over units; the median is not one of a sum, so it is left out."""
    names = ("open", "late", "today", "promised", "returned", "again")
    listed = list(found)
    return Load(unit="", **{name: sum(getattr(one, name) for one in listed) for name in names})


def proposals(policy: CityPolicy, actor: Actor) -> list[Proposal]:
    """Promises and answers that wait for this head, oldest first."""
    own = _headed(policy, actor)
    referrals = (
        Referral.objects.filter(unit__in=own, proposal__isnull=False)
        .exclude(case__sealed=True, case__about_post__in=actor.above)
        .select_related("case")
        .order_by("opened_at", "id")[:PROPOSALS_MAX]
    )
    found = list(referrals)
    written = _texts(found)
    return [_proposal(r, written) for r in found]


def oldest(units: Iterable[str], limit: int = OLDEST, *, above: Iterable[str] = ()) -> list[Case]:
    """Cases that have been open longest among those whose lead `units` hold. `above`: as for
    `loads`."""
    found = Case.objects.filter(
        closed_at=None, referrals__unit__in=sorted(units), referrals__closed_at=None
    ).exclude(sealed=True, about_post__in=sorted(above))
    return list(found.order_by("opened_at", "id").distinct()[:limit])


def texts(case_ids: Sequence[int], kind: str = "words") -> dict[int, str]:
    """case id -> its first paper of a kind."""
    papers = Paper.objects.filter(case_id__in=case_ids, kind=kind).order_by("-at", "-id")
    return {paper.case_id: paper.text for paper in papers}


def _headed(policy: CityPolicy, actor: Actor) -> list[str]:
    """Units whose proposals this person may decide: those that they head, and all below."""
    org = policy.organisation
    return [unit for unit in org.units if actor.heads & set(org.ancestors(unit))]


def _texts(found: Sequence[Referral]) -> dict[int, Paper]:
    ids = [value for r in found for value in _evidence(r).values() if isinstance(value, int)]
    papers = Paper.objects.filter(pk__in=ids)
    first = Paper.objects.filter(case_id__in=[r.case_id for r in found], kind="words")
    return {paper.pk: paper for paper in [*papers, *first]}


def _proposal(referral: Referral, written: dict[int, Paper]) -> Proposal:
    evidence = _evidence(referral)
    proposal: dict[str, Any] = referral.proposal or {}
    own = [p for p in written.values() if p.case_id == referral.case_id]
    said = {
        name: written[value].text
        for name, value in evidence.items()
        if isinstance(value, int) and value in written
    }
    return Proposal(
        case=referral.case,
        referral=referral,
        step=str(proposal.get("step", "")),
        promised_for=evidence.get("promised_for"),
        post=str(proposal.get("post", "")),
        texts=said,
        words=next((p.text for p in own if p.kind == "words"), ""),
    )


def _evidence(referral: Referral) -> dict[str, Any]:
    return dict((referral.proposal or {}).get("evidence", {}))


def _load(row: Sequence[Any]) -> Load:
    unit, opened, late, today, age_s, promised, returned, again = row
    return Load(
        unit=unit,
        open=opened,
        late=late,
        today=today,
        age=None if age_s is None else timedelta(seconds=float(age_s)),
        promised=promised,
        returned=returned,
        again=again,
    )
