"""Urgency on the pages of other desks: what is proposed to an operator, and how a case fared."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from peygir.boards import wall
from peygir.boards.models import Urgency
from peygir.cases import words
from peygir.cases.models import Case
from peygir.policy.model import Category, CityPolicy

#: A subject's trigger ends with the ground that it speaks for: «همیشه (رفع خطر)».
GROUND_SAID: Final = re.compile(r"\(([^()]+)\)\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """When a subject is urgent, and on which ground ("" where its words name none)."""

    subject: str
    when: str
    ground: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fared:
    """How an urgent case fared: who took it up and when the first action came. `late_by`: after
    its time."""

    ground: str
    case: Urgency
    seen_by: str
    acted_by: str
    late_by: timedelta | None


def grounds(policy: CityPolicy, language: str) -> list[tuple[str, str]]:
    """The grounds on which an operator may make a message urgent; none where there is no lane."""
    known = policy.urgent.grounds if policy.urgent else {}
    return [(code, names.in_(language)) for code, names in known.items()]


def proposals(
    policy: CityPolicy, chosen: Category | None, suggested: Sequence[Category], language: str
) -> list[Proposal]:
    """What the chosen subject, or while none is chosen the likeliest ones, say about urgency."""
    subjects = [chosen] if chosen else [one for one in suggested if one.urgent_when][:1]
    return [
        Proposal(
            subject=one.words.in_(language),
            when=one.urgent_when.in_(language),
            ground=_ground(policy, one, language),
        )
        for one in subjects
        if one.urgent_when
    ]


def fared(policy: CityPolicy, case: Case, language: str) -> Fared | None:
    """For the page of a case; None for one that never was urgent."""
    found = wall.urgency_of(case) if policy.urgent else None
    if found is None:
        return None
    ground = policy.urgent.grounds.get(found.ground) if policy.urgent else None
    late = found.acted_at and found.due_at and found.acted_at > found.due_at
    return Fared(
        ground=ground.in_(language) if ground else found.ground,
        case=found,
        seen_by=words.post_name(policy, found.seen_by, language) if found.seen_by else "",
        acted_by=words.post_name(policy, found.acted_by, language) if found.acted_by else "",
        late_by=found.acted_at - found.due_at if late and found.acted_at and found.due_at else None,
    )


def _ground(policy: CityPolicy, category: Category, language: str) -> str:
    """The ground that the trigger's own words name, as the policy calls it."""
    said = GROUND_SAID.search(category.urgent_when.fa) if category.urgent_when else None
    known = policy.urgent.grounds.values() if policy.urgent else ()
    return next((one.in_(language) for one in known if said and said.group(1) in one.fa), "")
