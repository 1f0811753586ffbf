"""Which template each new case copies, when, where, by whom and in which words. Seeded."""

import bisect
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from bench.templates import EVENTS_MAX
from peygir.calendars.persian import clean, search_key
from peygir.demo.texts import Texts
from peygir.ledger.entry import blind
from peygir.ledger.ids import RANDOM_BITS

VOCABULARY: Final = 20_000
SYLLABLES: Final = [a + b for a in "بپتجچحخدرزسشفقکگلمنو" for b in ("ا", "و", "ی", "ار", "ان", "ش")]
YEAR: Final = timedelta(days=365)
OPEN_SPREAD_S: Final = 6 * 3600
JITTER_E6: Final = 4_000  # microdegrees, about 400 m
CITIZEN_FROM: Final = 1_000_000
EVENT_FROM: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Template:
    """`key` blinds its papers; `lasts`: how long it was open."""

    t: int
    opened_at: datetime
    lasts: timedelta
    key: bytes
    has_address: bool


class Words:
    """Messages from the city's own phrases, with words of every frequency among them."""

    def __init__(self, texts: Texts, rng: Random) -> None:
        self.texts, self.rng = texts, rng
        made: dict[str, None] = {}
        own = Random(137)  # the vocabulary is the same in every process
        while len(made) < VOCABULARY:
            made["".join(own.choices(SYLLABLES, k=own.randint(2, 3)))] = None
        self.vocabulary = list(made)
        weights = itertools.accumulate(1 / (rank + 8) for rank in range(VOCABULARY))
        self.cumulative = list(weights)
        self.categories = list(texts.weights)

    def message(self) -> tuple[str, str]:
        words, address = self.texts.message(self.rng, self.rng.choice(self.categories))
        extra = " ".join(self._word() for _ in range(self.rng.randint(3, 8)))
        return clean(f"{words} {extra}"), clean(f"{address}، پلاک {self.rng.randint(1, 400)}")

    def _word(self) -> str:
        at = self.rng.random() * self.cumulative[-1]
        return self.vocabulary[bisect.bisect_left(self.cumulative, at)]


@dataclass
class Planner:
    """Rows of bench_draft, the same for the same seed."""

    texts: Texts
    closed: Sequence[Template]
    opened: Sequence[Template]
    now: datetime
    zone: Any
    seed: int
    citizens: int

    def rows(self, start: int, stop: int, total: int, open_total: int) -> Iterator[tuple[Any, ...]]:
        """Plans of cases `start` to `stop`; the last `open_total` of `total` are open."""
        rng = Random(self.seed * 1_000_003 + start)
        words = Words(self.texts, rng)
        for n in range(start, stop):
            if n >= total - open_total:
                template = rng.choice(self.opened)
                shift_s = -rng.randrange(OPEN_SPREAD_S)
            else:
                template = rng.choice(self.closed)
                shift_s = self._shift(template, n / max(1, total - open_total), rng)
            yield self._row(n, template, shift_s, rng, words)

    def _shift(self, template: Template, share: float, rng: Random) -> int:
        """Seconds from the template's time to that of the copy: all closed by now."""
        wanted = self.now - YEAR * (1 - share)
        latest = self.now - template.lasts - timedelta(hours=1 + 12 * rng.random())
        return int((min(wanted, latest) - template.opened_at).total_seconds())

    def _row(
        self, n: int, one: Template, shift_s: int, rng: Random, words: Words
    ) -> tuple[Any, ...]:
        text, address = words.message()
        address = address if one.has_address else ""
        papers = [text, address] if address else [text]
        day = (one.opened_at + timedelta(seconds=shift_s)).astimezone(self.zone).date()
        citizen = CITIZEN_FROM + int(rng.random() ** 1.3 * self.citizens)
        return (
            n,
            one.t,
            shift_s,
            ((shift_s * 1000) << RANDOM_BITS) + n % (1 << 20),
            rng.randint(-JITTER_E6, JITTER_E6),
            rng.randint(-JITTER_E6, JITTER_E6),
            day,
            citizen,
            EVENT_FROM + n * EVENTS_MAX,
            text,
            search_key(text),
            address,
            search_key(address),
            blind(one.key, *papers),
        )


def templates(rows: Sequence[tuple[Any, ...]]) -> list[Template]:
    return [Template(t, at, lasts, bytes(key), has) for t, at, lasts, key, has in rows]
