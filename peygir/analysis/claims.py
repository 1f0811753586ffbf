"""Claims that work was done, and what is known beside them: read from cases and the ledger.

A *claim* is the step by which a unit said that the work is done. Nothing of a sealed complaint is
in any of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Final

from django.db import connection

from peygir.calendars import alike
from peygir.cases.models import PolicyVersion
from peygir.cases.policies import by_digest
from peygir.ledger.read import floor
from peygir.policy.asking import claims_done
from peygir.policy.model import CityPolicy
from peygir.policy.vocabulary import UNREACHED_STEP

SHRINK_K: Final = 20  # imaginary inspections of the unit that found what the city's found
USUAL_MIN: Final = 10  # claims of a subject, or its median says nothing
CLAIMS_DAYS: Final = 14  # so old may a claim be that is drawn
USUAL_DAYS: Final = 28  # of claims make the medians
FALSE_DAYS: Final = 180  # of inspections make a unit's share
RECURS_DAYS: Final = 180
COPIES_MAX: Final = 15_000  # the newest texts are compared: some seconds' work
CLAIMS_MAX: Final = 60_000  # the newest; more is no month of any city


@dataclass(frozen=True, slots=True)
class Claim:
    """That work was done, by `unit` at `at`; `due_at`: the deadline of the referral."""

    case_id: int
    unit: str
    category: str
    district: int | None
    cycle: int
    at: datetime
    since: datetime | None  # when the referral came
    due_at: datetime | None
    has_photo: bool
    may_photo: bool
    answered: bool  # the citizen gave their word since
    text: str  # of the last CLAIMS_DAYS only


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known beside the claims, by case, unit or subject."""

    false: Mapping[str, float] = field(default_factory=dict)  # unit -> share, shrunk
    copies: Mapping[int, int] = field(default_factory=dict)  # case -> cases with such words
    recurs: Mapping[int, int] = field(default_factory=dict)  # case -> other cases there
    tries: Mapping[int, int] = field(default_factory=dict)  # case -> calls in vain
    numbers: frozenset[int] = frozenset()  # cases with a reporter who can be called
    usual: Mapping[str, timedelta] = field(default_factory=dict)  # subject -> median time


CLAIMS: Final = """
with said as (
 select id, subject_id, cycle, unit, stage, step, happened_at, facts from ledger_event
 where kind = 'case.stepped' and id >= %(floor)s and subject = 'case'
  and happened_at >= %(since)s and happened_at <= %(at)s
  and stage || '.' || step = any(%(claims)s)
 order by id desc limit %(most)s)
select distinct on (c.id) c.id, e.unit, c.category, c.district, c.cycle, e.happened_at,
 r.opened_at, k.due_at, e.facts->'evidence' ? 'photo_after',
 e.stage || '.' || e.step = any(%(photographed)s), c.satisfied is not null,
 case when e.happened_at >= %(fresh)s then coalesce(p.text, '') else '' end
from said e
join cases_case c on c.id = e.subject_id and c.cycle = e.cycle and not c.sealed
 and c.lead_id is null and c.inspection is null
 and (c.ending = '' or c.ending = any(%(endings)s))
left join cases_referral r on r.case_id = c.id and r.closed_at = e.happened_at
 and r.stage = e.stage and r.outcome = e.step
left join cases_clock k on k.case_id = c.id and k.number = r.number
left join people_paper p on p.id = (e.facts->'evidence'->>'result_text')::bigint
order by c.id, e.id desc
"""


def claims(policy: CityPolicy, *, at: datetime) -> list[Claim]:
    """Claims of the last USUAL_DAYS that stand: the case is in the same cycle, not inspected, and
    ended, if it did, as one where work was done. By case."""
    since = at - timedelta(days=USUAL_DAYS)
    given: dict[str, Any] = {
        **_vocabulary(policy),
        "floor": floor(since),
        "since": since,
        "fresh": at - timedelta(days=CLAIMS_DAYS),
        "at": at,
        "most": CLAIMS_MAX,
    }
    with connection.cursor() as cursor:
        cursor.execute(CLAIMS, given)
        return [Claim(*row) for row in cursor.fetchall()]


def usual(found: Iterable[Claim]) -> dict[str, timedelta]:
    """The median time from referral to claim by subject, of those with USUAL_MIN or more."""
    times: dict[str, list[float]] = {}
    for one in found:
        if one.since is not None and one.category:
            times.setdefault(one.category, []).append((one.at - one.since).total_seconds())
    enough = {code: each for code, each in times.items() if len(each) >= USUAL_MIN}
    return {code: timedelta(seconds=median(each)) for code, each in enough.items()}


def facts(fresh: Sequence[Claim], usual_times: Mapping[str, timedelta], *, at: datetime) -> Facts:
    """What the points are made of."""
    ids = [one.case_id for one in fresh]
    return Facts(
        false=shares(at=at),
        copies=copies(fresh),
        recurs=dict(_rows(RECURS, ids=ids, since=(at - timedelta(days=RECURS_DAYS)).date())),
        tries=dict(_rows(TRIES, ids=ids, step=UNREACHED_STEP)),
        numbers=frozenset(case_id for (case_id,) in _rows(NUMBERS, ids=ids)),
        usual=usual_times,
    )


def copies(fresh: Sequence[Claim]) -> dict[int, int]:
    """Case -> how many cases of its unit, its own among them, have nearly the same words."""
    units: dict[str, list[Claim]] = {}
    for one in sorted(fresh, key=lambda one: one.at)[-COPIES_MAX:]:
        units.setdefault(one.unit, []).append(one)
    found: dict[int, int] = {}
    for own in units.values():
        for group in alike.groups([one.text for one in own]):
            found |= {own[place].case_id: len(group.places) for place in group.places}
    return found


# Of the last looks at a unit's work that its own doubtfulness did not bring about, how many found
# it not done: visits of the stage, and lots. What risk chose would feed its own points.
INSPECTED: Final = """
with looked as (
 select c.executive_unit as unit, e.facts->'sets'->>'finding' <> 'done' as is_false
 from ledger_event e join cases_case c on c.id = e.subject_id and not c.sealed
 where e.kind = 'case.inspected' and e.id >= %(floor)s and e.happened_at >= %(since)s
  and e.happened_at <= %(at)s
 union all
 select k.unit, k.finding = 'false' from analysis_check k
 where k.by_lot and k.found_at >= %(since)s and k.found_at <= %(at)s
  and k.finding in ('false', 'held')
  and not exists (select 1 from ledger_event v where v.subject_id = k.case_id
   and v.kind = 'case.inspected' and v.facts->'sets'->>'inspection' = k.inspection::text))
select unit, count(*), count(*) filter (where is_false) from looked where unit <> '' group by unit
"""


def shares(*, at: datetime) -> dict[str, float]:
    """Unit -> share of false among its inspected claims, drawn to the city's by SHRINK_K."""
    since = at - timedelta(days=FALSE_DAYS)
    rows = _rows(INSPECTED, floor=floor(since), since=since, at=at)
    every = sum(n for _unit, n, _wrong in rows)
    city = sum(wrong for _unit, _n, wrong in rows) / every if every else 0.0
    return {unit: (wrong + SHRINK_K * city) / (n + SHRINK_K) for unit, n, wrong in rows}


RECURS: Final = """
select b.case_id, count(*) from analysis_brief b
join analysis_brief o on o.cell = b.cell and o.category = b.category and o.day >= %(since)s
 and o.case_id <> b.case_id and o.cell is not null and not o.merged
where b.case_id = any(%(ids)s) group by b.case_id
"""

TRIES: Final = """
select r.case_id, count(*) from cases_referral r
join cases_case c on c.id = r.case_id and c.cycle = r.cycle
where r.case_id = any(%(ids)s) and r.outcome = %(step)s group by r.case_id
"""

NUMBERS: Final = """
select distinct r.case_id from people_reporter r
join people_citizen z on z.id = r.citizen_id and coalesce(z.phone, '') <> ''
where r.case_id = any(%(ids)s)
"""


def _rows(statement: str, **given: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        rows: list[Any] = cursor.fetchall()
    return rows


def _vocabulary(policy: CityPolicy) -> dict[str, list[str]]:
    """Steps ("stage.step") that claim work, those of them that may show a photo, and endings that
    say nothing against it: of all versions that a case may live under."""
    digests = PolicyVersion.objects.filter(city=policy.name).exclude(pk=policy.digest)
    versions = [policy, *(by_digest(one) for one in digests.values_list("digest", flat=True))]
    every = [
        (f"{stage.code}.{step.code}", step)
        for version in versions
        for stage in version.stages.values()
        for step in stage.steps.values()
        if claims_done(step)
    ]
    no_work = {"answer_text", "outside_body", "merged_into"}
    endings = (one for version in versions for one in version.endings.values())
    return {
        "claims": sorted({code for code, _step in every}),
        "photographed": sorted(
            {code for code, s in every if "photo_after" in {*s.needs, *s.may_have}}
        ),
        "endings": sorted({one.code for one in endings if not no_work & {*one.needs}}),
    }
