"""Answers that say nearly the same as others of the same post: written once, sent to many (M3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from peygir.calendars import alike
from peygir.evaluation.quality import Answer

CASES_MIN: Final = 3  # so many cases make a copy


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Answers of one post that are nearly the same. `least`: the lowest likeness to `text`."""

    post: str
    text: str
    answers: Sequence[Answer]
    least: float

    @property
    def cases(self) -> int:
        return len({one.case_id for one in self.answers})


def of(found: Sequence[Answer]) -> list[Group]:
    """The groups of near-copies, the largest first; one answer belongs to one group."""
    posts: dict[str, list[Answer]] = {}
    for one in found:
        if one.post:
            posts.setdefault(one.post, []).append(one)
    groups = [group for post, own in posts.items() for group in _groups(post, own)]
    kept = [group for group in groups if group.cases >= CASES_MIN]
    return sorted(kept, key=lambda group: (-group.cases, group.post, group.text))


def events(groups: Sequence[Group]) -> Mapping[int, int]:
    """Event of each near-copy -> how many cases its group has."""
    return {one.event_id: group.cases for group in groups for one in group.answers}


def _groups(post: str, own: Sequence[Answer]) -> list[Group]:
    return [
        Group(
            post=post,
            text=own[group.places[0]].text,
            answers=[own[at] for at in group.places],
            least=min(group.likes),
        )
        for group in alike.groups([one.text for one in own])
    ]
