"""Answers that say nearly the same as others of the same post: written once, sent to many (M3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from peygir.calendars.persian import search_key
from peygir.evaluation.quality import Answer

LIKE: Final = 0.6  # share of word pairs that two texts have in common
WORDS_MIN: Final = 5  # a shorter answer is alike by chance
CASES_MIN: Final = 3  # so many cases make a copy
PIECE: Final = 2

Pieces = frozenset[tuple[str, ...]]


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


def likeness(a: Pieces, b: Pieces) -> float:
    """Pieces in common by all pieces (Jaccard), 0 to 1."""
    return len(a & b) / len(a | b) if a or b else 0.0


def pieces(text: str) -> Pieces:
    """The word pairs of a text, spelling made one."""
    words = search_key(text).split()
    if len(words) < WORDS_MIN:
        return frozenset()
    return frozenset(tuple(words[at : at + PIECE]) for at in range(len(words) - PIECE + 1))


def _groups(post: str, own: Sequence[Answer]) -> list[Group]:
    """Each answer joins the first one before it that it is like; an index finds candidates."""
    leaders: list[tuple[Pieces, list[Answer], list[float]]] = []
    known: dict[Pieces, int] = {}
    index: dict[tuple[str, ...], set[int]] = {}
    for one in own:
        its = pieces(one.text)
        if not its:
            continue
        at, like = _leader(its, leaders, known, index)
        if at is None:
            at, like = len(leaders), 1.0
            leaders.append((its, [], []))
            for piece in its:
                index.setdefault(piece, set()).add(at)
        known[its] = at
        leaders[at][1].append(one)
        leaders[at][2].append(like)
    return [
        Group(post=post, text=answers[0].text, answers=answers, least=min(likes))
        for _its, answers, likes in leaders
    ]


def _leader(
    its: Pieces,
    leaders: Sequence[tuple[Pieces, list[Answer], list[float]]],
    known: Mapping[Pieces, int],
    index: Mapping[tuple[str, ...], set[int]],
) -> tuple[int | None, float]:
    if its in known:
        at = known[its]
        return at, likeness(its, leaders[at][0])
    near = {at for piece in its for at in index.get(piece, ())}
    best = max(((likeness(its, leaders[at][0]), -at) for at in near), default=(0.0, 0))
    return (-best[1], best[0]) if best[0] >= LIKE else (None, 0.0)
