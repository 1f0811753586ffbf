"""Which article answers these words? Searched in memory, in Persian as people write it (S24)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from peygir.boards.prepared import once
from peygir.calendars.persian import search_key
from peygir.policy.knowledge import Article
from peygir.policy.model import CityPolicy

TEXT_MAX: Final = 400  # letters looked at
PREFIX_MIN: Final = 3  # letters from which a beginning counts as the word
TITLE, ASKED, BODY = 6, 5, 1  # what finding a word there is worth

Index = tuple[tuple[str, frozenset[str], frozenset[str], frozenset[str]], ...]


def articles(policy: CityPolicy, *, at: datetime) -> list[Article]:
    """Those that hold today, in the order of the file."""
    today = at.astimezone(ZoneInfo(policy.calendar.zone)).date()
    return [one for one in policy.articles.values() if one.holds(today)]


def find(policy: CityPolicy, text: str, *, at: datetime, most: int = 5) -> list[Article]:
    """The articles that speak of `text`, likeliest first; [] when none does.

    Words of the title and those by which people ask weigh more than words of the text; a word
    that is in nearly every article weighs nothing. Words of the text alone are enough only when
    each one of those asked for is there.
    """
    spoken = list(dict.fromkeys(search_key(text[:TEXT_MAX]).split()))
    if not spoken:
        return []
    holding = {one.code: one for one in articles(policy, at=at)}
    scored = []
    for order, (code, *fields) in enumerate(_index(policy)):
        worths = [_worth(word, fields) for word in spoken] if code in holding else [0]
        score = sum(worths)
        if score >= ASKED or all(worths):
            scored.append((-score, order, code))
    return [holding[code] for _, _, code in sorted(scored)[:most]]


def by_code(policy: CityPolicy, code: str, *, at: datetime) -> Article | None:
    """The article with this code, if it holds today."""
    return next((one for one in articles(policy, at=at) if one.code == code), None)


def _worth(word: str, fields: Sequence[frozenset[str]]) -> int:
    for known, worth in zip(fields, (TITLE, ASKED, BODY), strict=True):
        if word in known:
            return worth
    if len(word) < PREFIX_MIN:
        return 0
    for known, worth in zip(fields, (TITLE, ASKED), strict=False):
        if any(one.startswith(word) or _is_form(word, one) for one in known):
            return worth - 1
    return 0


def _is_form(word: str, known: str) -> bool:
    """Whether `word` is `known` with an ending ("زباله‌ها" for "زباله")."""
    return len(known) > PREFIX_MIN and word.startswith(known)


@once
def _index(policy: CityPolicy) -> Index:
    rows = [
        (
            one.code,
            _words(one.title.fa, one.title.en),
            _words(*one.words),
            _words(one.body.fa, one.body.en),
        )
        for one in policy.articles.values()
    ]
    every = [asked | title | body for _, title, asked, body in rows]
    common = {
        word for words in every for word in words if 3 * sum(word in e for e in every) > len(every)
    }
    return tuple((c, t - common, a - common, b - common) for c, t, a, b in rows)


def _words(*texts: str) -> frozenset[str]:
    return frozenset(word for text in texts for word in search_key(text).split() if len(word) > 1)
