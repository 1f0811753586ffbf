"""How satisfied citizens were with what was done, counted over the cases of a period.

A case counts in the period in which it closed. Its citizen *answered* when they gave their word at
least once (by call, SMS, web, code or signature), and was *satisfied* when the first word was a
yes: work that was claimed done, was not, and had to be done again, is no success; nor is a yes that
an objection took back. Cases merged into another are that one's, and not counted. Nobody reached is
never satisfaction; the response rate stands beside.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from django.db import connection

from peygir.cases.models import PolicyVersion
from peygir.cases.policies import by_digest
from peygir.policy.model import CityPolicy, Step
from peygir.policy.vocabulary import CLOSED

Z: Final = 1.959964  # of a 95 % interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Satisfaction:
    """Counts of one unit: cases closed, citizens who answered, those satisfied at first."""

    closed: int = 0
    answered: int = 0
    satisfied: int = 0

    @property
    def rate(self) -> float | None:
        return self.satisfied / self.answered if self.answered else None

    @property
    def response(self) -> float | None:
        return self.answered / self.closed if self.closed else None

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.satisfied, self.answered)

    def __add__(self, other: "Satisfaction") -> "Satisfaction":
        return Satisfaction(
            closed=self.closed + other.closed,
            answered=self.answered + other.answered,
            satisfied=self.satisfied + other.satisfied,
        )


def wilson(yes: int, n: int) -> tuple[float, float]:
    """The 95 % Wilson score interval of a share; all of 0 to 1 when nobody answered."""
    if n == 0:
        return 0.0, 1.0
    p, z2 = yes / n, Z * Z
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return max(0.0, centre - half), min(1.0, centre + half)


COUNT: Final = """
with closed as (
 select c.id, c.cycle, c.executive_unit as unit from cases_case c
 where c.executive_unit = any(%(units)s) and c.closed_at >= %(since)s and c.closed_at < %(until)s
   and c.lead_id is null),
word as (
 select distinct on (r.case_id) r.case_id,
  r.cycle = closed.cycle and r.stage || '.' || r.outcome = any(%(yes)s) as yes
 from cases_referral r join closed on closed.id = r.case_id
 where r.stage || '.' || r.outcome = any(%(words)s)
 order by r.case_id, r.closed_at, r.number)
select closed.unit, count(*), count(word.case_id), count(*) filter (where word.yes)
from closed left join word on word.case_id = closed.id group by closed.unit
"""


def by_unit(
    policy: CityPolicy, units: Iterable[str], *, since: datetime, until: datetime
) -> dict[str, Satisfaction]:
    """Satisfaction of each executive unit that closed cases in the period.

    Cases of other versions than `policy` count by what those call a yes and a no.
    """
    yes, no = words_of(policy)
    others = PolicyVersion.objects.filter(city=policy.name).exclude(pk=policy.digest)
    for digest in others.values_list("digest", flat=True):
        of_other = _words_of_version(digest)
        yes, no = yes | of_other[0], no | of_other[1]
    given: dict[str, Any] = {
        "units": sorted(units),
        "since": since,
        "until": until,
        "yes": sorted(yes),
        "words": sorted(yes | no),
    }
    with connection.cursor() as cursor:
        cursor.execute(COUNT, given)
        rows = cursor.fetchall()
    return {
        unit: Satisfaction(closed=closed, answered=answered, satisfied=satisfied)
        for unit, closed, answered, satisfied in rows
    }


def total(found: Iterable[Satisfaction]) -> Satisfaction:
    """All of them together."""
    return sum(found, Satisfaction())


def words_of(policy: CityPolicy) -> tuple[frozenset[str], frozenset[str]]:
    """Which outcomes ("stage.step") are a citizen's yes, and which a no, as the policy has them."""
    yes: set[str] = set()
    no: set[str] = set()
    for stage in policy.stages.values():
        for step in stage.steps.values():
            if "citizen_word" in step.needs:
                (yes if step.to == CLOSED else no).add(f"{stage.code}.{step.code}")
            elif _says_no(step):
                no.add(f"{stage.code}.{step.code}")
    return frozenset(yes), frozenset(no)


@lru_cache(maxsize=64)
def _words_of_version(digest: str) -> tuple[frozenset[str], frozenset[str]]:
    return words_of(by_digest(digest))


def _says_no(step: Step) -> bool:
    return step.new_cycle and "citizen_word" in step.may_have
