"""Texts that say nearly the same: the share of word pairs that two of them have in common."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from peygir.calendars.persian import search_key

LIKE: Final = 0.6  # share of word pairs that two texts have in common
WORDS_MIN: Final = 5  # a shorter text is alike by chance
PIECE: Final = 2

Pieces = frozenset[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Alike:
    """Places, in the list asked about, of texts like the first of them; `likes`: how much each."""

    places: list[int] = field(default_factory=list)
    likes: list[float] = field(default_factory=list)


def groups(texts: Sequence[str]) -> list[Alike]:
    """Each text with the one before it that it is most like, in the order of their first ones.

    A text of fewer words than WORDS_MIN belongs to no group.
    """
    found: list[tuple[Pieces, Alike]] = []
    known: dict[Pieces, int] = {}
    index: dict[tuple[str, ...], set[int]] = {}  # finds candidates: groups that hold a piece
    cut: dict[str, Pieces] = {}  # a text that is sent to many is cut up once
    for place, text in enumerate(texts):
        its = cut.get(text) or cut.setdefault(text, pieces(text))
        if not its:
            continue
        at, like = _leader(its, found, known, index)
        if at is None:
            at, like = len(found), 1.0
            found.append((its, Alike()))
            for piece in its:
                index.setdefault(piece, set()).add(at)
        known[its] = at
        found[at][1].places.append(place)
        found[at][1].likes.append(like)
    return [group for _its, group in found]


def likeness(a: Pieces, b: Pieces) -> float:
    """Pieces in common by all pieces (Jaccard), 0 to 1."""
    return len(a & b) / len(a | b) if a or b else 0.0


def pieces(text: str) -> Pieces:
    """The word pairs of a text, spelling made one."""
    words = search_key(text).split()
    if len(words) < WORDS_MIN:
        return frozenset()
    return frozenset(tuple(words[at : at + PIECE]) for at in range(len(words) - PIECE + 1))


def _leader(
    its: Pieces,
    found: Sequence[tuple[Pieces, Alike]],
    known: Mapping[Pieces, int],
    index: Mapping[tuple[str, ...], set[int]],
) -> tuple[int | None, float]:
    if its in known:
        at = known[its]
        return at, likeness(its, found[at][0])
    near = {at for piece in its for at in index.get(piece, ())}
    best = max(((likeness(its, found[at][0]), -at) for at in near), default=(0.0, 0))
    return (-best[1], best[0]) if best[0] >= LIKE else (None, 0.0)
