"""How fast and how good answers to citizens were, side by side (M3).

An *answer* is a step by which somebody wrote to a citizen what was done or why not. Its *speed* is
the time from the referral to the answer. Its *quality* has three witnesses: the citizen's own
rating, a review of answers drawn by lot, and answers that say nearly the same as others.
What belongs to a sealed complaint is in no number.
"""

import random
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from statistics import mean, median
from typing import Any, Final

from django.db import connection, transaction

from peygir.evaluation.models import Review, Sample
from peygir.ledger.entry import Actor

RUBRIC: Final = ("complete", "correct", "courteous", "clear")
MARK_MAX: Final = 2
PER_UNIT: Final = 3  # answers of each unit and week that are reviewed
RANKED_FROM: Final = 30  # ratings; below, no rank
ANSWERS_MAX: Final = 20_000  # of one period, the newest
_ID_BITS: Final = 22  # see ledger.ids


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. `took`: since the referral, None where nothing was referred. `rating`: 1 to 5."""

    event_id: int
    case_id: int
    code: str
    unit: str
    post: str
    at: datetime
    paper_id: int
    text: str
    took: timedelta | None
    rating: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One unit or post. `marks`: mean share of the marks that reviewers could give, 0 to 1."""

    code: str
    answers: int
    took: timedelta | None
    ratings: int
    rating: float | None
    reviewed: int
    marks: float | None
    copies: int = 0
    rank: int | None = None


ANSWERS: Final = """
with answer as (
 select p.id as paper, p.case_id, p.text, e.id as event, e.unit, e.actor_post, e.happened_at,
  c.code
 from people_paper p
 join cases_case c on c.id = p.case_id and not c.sealed
 join ledger_event e on e.subject_id = p.case_id and e.subject = 'case'
  and e.kind = 'case.stepped' and e.actor_kind = 'post'
  and p.id::text in (e.facts->'evidence'->>'report_to_citizen',
   e.facts->'evidence'->>'answer_text')
 where p.id >= %(floor)s and p.kind in ('report_to_citizen', 'answer_text')
  and p.erased_at is null and p.at >= %(since)s and p.at < %(until)s
  and (%(units)s::text[] is null or e.unit = any(%(units)s))
 order by p.id desc limit %(most)s),
one as (select distinct on (event) * from answer order by event, paper),
rated as (
 select distinct on (r.id) r.id, o.event, (r.facts->'evidence'->>'rating')::int as rating
 from one o join ledger_event r on r.subject_id = o.case_id and r.subject = 'case'
  and r.id > o.event and r.facts->'evidence' ? 'rating'
 order by r.id, o.event desc)
select o.event, o.case_id, o.code, o.unit, o.actor_post, o.happened_at, o.paper, o.text,
 (select o.happened_at - min(f.opened_at) from cases_referral f where f.case_id = o.case_id
   and f.unit = o.unit and f.closed_at = o.happened_at),
 (select max(rating) from rated where rated.event = o.event)
from one o order by o.event
"""


def answers(
    *, since: datetime, until: datetime, units: Iterable[str] | None = None
) -> list[Answer]:
    """The answers of a period, oldest first; of `units` alone when they are given."""
    given: dict[str, Any] = {
        "floor": int((since - timedelta(days=1)).timestamp() * 1000) << _ID_BITS,
        "since": since,
        "until": until,
        "units": None if units is None else sorted(units),
        "most": ANSWERS_MAX,
    }
    with connection.cursor() as cursor:
        cursor.execute(ANSWERS, given)
        return [Answer(*row) for row in cursor.fetchall()]


def rows(found: Sequence[Answer], *, by: str, copied: Mapping[int, int] | None = None) -> list[Row]:
    """A row for each unit or post (`by`) that answered; ranked by rating from RANKED_FROM on.

    `copied`: events whose answer is a near-copy (`copies.of`).
    """
    groups: dict[str, list[Answer]] = {}
    for one in found:
        code = one.unit if by == "unit" else one.post
        if code:
            groups.setdefault(code, []).append(one)
    marks = _marks(found)
    made = [_row(code, group, marks, copied or {}) for code, group in groups.items()]
    able = sorted((r for r in made if r.ratings >= RANKED_FROM), key=lambda r: -(r.rating or 0))
    ranks = {row.code: place for place, row in enumerate(able, start=1)}
    made.sort(key=lambda row: (ranks.get(row.code, len(ranks) + 1), -row.answers, row.code))
    return [replace(row, rank=ranks.get(row.code)) for row in made]


def _row(
    code: str, group: Sequence[Answer], marks: Mapping[int, float], copied: Mapping[int, int]
) -> Row:
    times = [one.took.total_seconds() for one in group if one.took is not None]
    ratings = [one.rating for one in group if one.rating is not None]
    given = [marks[one.event_id] for one in group if one.event_id in marks]
    return Row(
        code=code,
        answers=len(group),
        took=timedelta(seconds=round(median(times))) if times else None,
        ratings=len(ratings),
        rating=mean(ratings) if ratings else None,
        reviewed=len(given),
        marks=mean(given) if given else None,
        copies=sum(one.event_id in copied for one in group),
    )


def _marks(found: Sequence[Answer]) -> dict[int, float]:
    done = Review.objects.filter(event_id__in=[one.event_id for one in found]).exclude(at=None)
    best = MARK_MAX * len(RUBRIC)
    return {row.pk: sum(getattr(row, name) or 0 for name in RUBRIC) / best for row in done}


class Drawn(Exception):
    """The week's sample is drawn already: nobody draws until they like what they see."""


@transaction.atomic
def draw(week: date, found: Sequence[Answer], *, actor: Actor, at: datetime) -> Sample:
    """Draw PER_UNIT answers of each unit by lot, once for a week. Raises Drawn."""
    sample, is_new = Sample.objects.get_or_create(
        week=week,
        defaults={
            "seed": secrets.token_hex(8),
            "answers": len(found),
            "at": at,
            "staff_id": actor.staff_id,
        },
    )
    if not is_new:
        raise Drawn
    Review.objects.bulk_create(
        [
            Review(
                event_id=one.event_id,
                sample=sample,
                case_id=one.case_id,
                paper_id=one.paper_id,
                unit=one.unit,
                post=one.post,
            )
            for one in lots(sample.seed, found)
        ]
    )
    return sample


def lots(seed: str, found: Sequence[Answer]) -> list[Answer]:
    """What this seed draws from these answers, the same every time."""
    groups: dict[str, list[Answer]] = {}
    for one in sorted(found, key=lambda one: one.event_id):
        groups.setdefault(one.unit, []).append(one)
    drawn: list[Answer] = []
    for unit in sorted(groups):
        lot = random.Random(f"{seed}.{unit}")  # noqa: S311 - a draw that can be repeated
        drawn += lot.sample(groups[unit], min(PER_UNIT, len(groups[unit])))
    return drawn


def mark(event_id: int, marks: Mapping[str, int], *, actor: Actor, at: datetime) -> bool:
    """Keep a reviewer's marks, once. False when there is no such review or it is done.

    Raises ValueError for a mark outside 0 to MARK_MAX or one that is missing. Nobody reviews an
    answer that they gave themselves.
    """
    if set(marks) != set(RUBRIC) or not all(0 <= one <= MARK_MAX for one in marks.values()):
        raise ValueError("four marks of 0 to 2")
    waiting = Review.objects.filter(pk=event_id, at=None).exclude(post=actor.post)
    return bool(waiting.update(**marks, at=at, staff_id=actor.staff_id))
