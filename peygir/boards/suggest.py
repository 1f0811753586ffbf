"""Which subject do these words mean? By the city's own lexicon, in a millisecond, offline."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from peygir.boards.prepared import once
from peygir.calendars.persian import search_key
from peygir.policy.model import CityPolicy

Phrase = tuple[str, ...]

TEXT_MAX: Final = 2_000  # letters looked at; the first sentences say what it is about
PREFIX_MIN: Final = 4  # letters that a word must share to count as another form of it
NAME_WEIGHT: Final = 0.6  # words of the subject's own name count less than those of its lexicon
PREFIX_WEIGHT: Final = 0.8
SCATTERED_WEIGHT: Final = 0.6  # all words of a phrase are there, but not side by side
MORE_WEIGHT: Final = 0.3  # of a second phrase for the same subject
WORD_MAX: Final = 40  # letters; nobody's word is longer


@dataclass(frozen=True, slots=True)
class Entry:
    """One phrase of one category and what finding it is worth."""

    category: str
    phrase: Phrase
    weight: float


Index = dict[str, list[Entry]]  # first word of the phrase -> entries


def suggest(policy: CityPolicy, text: str, *, most: int = 5) -> list[str]:
    """Codes of the categories that `text` speaks of, likeliest first; [] when no word is known."""
    spoken = [word[:WORD_MAX] for word in search_key(text[:TEXT_MAX]).split()]
    index = _index(policy)
    scores: dict[str, float] = {}
    for entry, share in _found(index, spoken):
        # The best phrase counts in full, others of the same subject add a little.
        worth, best = entry.weight * share, scores.get(entry.category, 0.0)
        scores[entry.category] = max(best, worth) + min(best, worth) * MORE_WEIGHT
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    return [code for code, _ in ranked[:most]]


def _found(index: Index, spoken: Sequence[str]) -> Iterable[tuple[Entry, float]]:
    """Entries whose phrase occurs, each once, with the share of its weight that it earns."""
    known = set(spoken)
    seen: dict[tuple[str, Phrase], tuple[Entry, float]] = {}
    for at, word in enumerate(spoken):
        forms = [(word, 1.0)]
        forms += [(word[:end], PREFIX_WEIGHT) for end in range(PREFIX_MIN, len(word))]
        for form, share in forms:
            for entry in index.get(form, ()):
                worth = share * _together(entry.phrase, spoken, at, known)
                key = (entry.category, entry.phrase)
                if worth and (key not in seen or seen[key][1] < worth):
                    seen[key] = (entry, worth)
    return seen.values()


def _together(phrase: Phrase, spoken: Sequence[str], at: int, known: set[str]) -> float:
    """1 when the phrase stands there word for word, less when its words are scattered, else 0."""
    rest = phrase[1:]
    if tuple(spoken[at + 1 : at + len(phrase)]) == rest:
        return 1.0
    return SCATTERED_WEIGHT if known.issuperset(rest) else 0.0


@once
def _index(policy: CityPolicy) -> Index:
    """The lexicon of a policy."""
    phrases: dict[tuple[str, Phrase], float] = {}
    for category in policy.categories.values():
        for name in (category.words.fa, category.words.en):
            for word in search_key(name).split():
                if len(word) >= PREFIX_MIN:
                    phrases[category.code, (word,)] = NAME_WEIGHT
        for said in category.lexicon:
            phrase = tuple(search_key(said).split())
            if phrase:
                phrases[category.code, phrase] = math.sqrt(len(phrase))
    spread = Counter(phrase for _, phrase in phrases)
    index: Index = {}
    for (code, phrase), weight in phrases.items():
        rare = 1 + math.log(len(policy.categories) / spread[phrase])
        index.setdefault(phrase[0], []).append(Entry(code, phrase, weight * rare))
    return index
