"""Reads values out of a parsed TOML file; what is wrong becomes a `PolicyError` with its place."""

import re
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Final, NoReturn

from peygir.calendars.durations import Span, parse
from peygir.calendars.errors import CalendarError
from peygir.policy.errors import PolicyError
from peygir.policy.model import Words

CODE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,47}")
DIGITS: Final = re.compile(r"[0-9]{1,3}")
TEXT_MAX: Final = 4000  # characters of one text
DEGREES_MAX: Final = 180
LIST_MAX: Final = 200  # entries of one list
DELTA_MAX: Final = timedelta(days=400)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class Table:
    """One TOML table. Every read marks its key as known; `done()` refuses the keys nobody read."""

    def __init__(self, file: str, key: str, data: Mapping[str, object]) -> None:
        self.file = file
        self.key = key
        self.data = data
        self._known: set[str] = set()

    def refuse(self, name: str, reason: str) -> NoReturn:
        raise PolicyError(self.file, f"{self.key}.{name}".strip("."), reason)

    def done(self) -> None:
        for name in self.data:
            if name not in self._known:
                self.refuse(name, "unknown key")

    def names(self) -> tuple[str, ...]:
        for code in self.data:
            self.check_code(code)
        return tuple(self.data)

    def holds_table(self, name: str) -> bool:
        return isinstance(self.data.get(name), dict)

    def has(self, name: str) -> bool:
        return name in self.data

    def text(self, name: str) -> str:
        return self._as_text(name, self._get(name))

    def maybe_text(self, name: str) -> str | None:
        return self.text(name) if self.has(name) else None

    def word(self, name: str, allowed: Collection[str]) -> str:
        word = self.text(name)
        if word not in allowed:
            self.refuse(name, f"“{word}” is none of {', '.join(sorted(allowed))}")
        return word

    def maybe_word(self, name: str, allowed: Collection[str]) -> str | None:
        return self.word(name, allowed) if self.has(name) else None

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts, without repetition; an absent one is empty."""
        if not self.has(name):
            return ()
        found = tuple(self._as_text(name, each) for each in self._list(name))
        if len(set(found)) != len(found):
            self.refuse(name, "says something twice")
        return found

    def words_of(self, name: str, allowed: Collection[str]) -> tuple[str, ...]:
        found = self.texts(name)
        for word in found:
            if word not in allowed:
                self.refuse(name, f"“{word}” is none of {', '.join(sorted(allowed))}")
        return found

    def flag(self, name: str) -> bool:
        value = self._get(name) if self.has(name) else False
        if not isinstance(value, bool):
            self.refuse(name, "must be true or false")
        return value

    def whole(self, name: str, *, low: int, high: int) -> int:
        value = self._get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            self.refuse(name, f"must be a whole number from {low} to {high}")
        return value

    def maybe_whole(self, name: str, *, low: int, high: int) -> int | None:
        return self.whole(name, low=low, high=high) if self.has(name) else None

    def numbers(self, name: str, count: int) -> tuple[float, ...]:
        """Exactly `count` degrees of latitude or longitude."""
        found: list[float] = []
        for value in self._list(name):
            if not isinstance(value, int | float) or isinstance(value, bool):
                self.refuse(name, "must hold numbers")
            if not abs(value) <= DEGREES_MAX:  # also refuses nan
                self.refuse(name, f"must hold degrees up to {DEGREES_MAX}")
            found.append(float(value))
        if len(found) != count:
            self.refuse(name, f"must hold {count} numbers")
        return tuple(found)

    def words(self) -> Words:
        """The `fa` and `en` of this very table."""
        return Words(fa=self.text("fa"), en=self.text("en"))

    def inner_words(self, name: str) -> Words:
        """A table that holds `fa` and `en` and nothing else."""
        inner = self.table(name)
        words = inner.words()
        inner.done()
        return words

    def maybe_words(self, name: str) -> Words | None:
        return self.inner_words(name) if self.has(name) else None

    def span(self, name: str) -> Span:
        """Time allowed, as `calendars.durations` reads it."""
        text = self.text(name)
        try:
            return parse(text)
        except CalendarError as error:
            self.refuse(name, str(error))

    def delta(self, name: str) -> timedelta:
        """Plain elapsed time: "30m", "48h" or "14d"."""
        span = self.span(name)
        if span.mode != "wall" or span.amount > DELTA_MAX:
            self.refuse(name, f"must be hours or days (h, d), at most {DELTA_MAX.days} days")
        return span.amount

    def maybe_delta(self, name: str) -> timedelta | None:
        return self.delta(name) if self.has(name) else None

    def table(self, name: str) -> "Table":
        value = self._get(name)
        if not isinstance(value, dict):
            self.refuse(name, "must be a table")
        return Table(self.file, f"{self.key}.{name}".strip("."), value)

    def tables(self, name: str) -> "dict[str, Table]":
        """The tables inside `name`, by their codes; an absent one is empty."""
        return self.table(name).each() if self.has(name) else {}

    def each(self) -> "dict[str, Table]":
        return {code: self.table(code) for code in self.names()}

    def rows(self, name: str) -> "tuple[Table, ...]":
        """A list of tables."""
        found = []
        for number, value in enumerate(self._list(name), start=1):
            if not isinstance(value, dict):
                self.refuse(name, "must be a list of tables")
            found.append(Table(self.file, f"{self.key}.{name}.{number}".strip("."), value))
        return tuple(found)

    def check_code(self, code: str) -> None:
        if not CODE.fullmatch(code.replace("{n}", "1")) and not DIGITS.fullmatch(code):
            self.refuse(code, "a code is made of Latin letters, digits, - and _")

    def _get(self, name: str) -> object:
        self._known.add(name)
        if name not in self.data:
            self.refuse(name, "is missing")
        return self.data[name]

    def _list(self, name: str) -> list[object]:
        value = self._get(name)
        if not isinstance(value, list):
            self.refuse(name, "must be a list")
        if len(value) > LIST_MAX:
            self.refuse(name, f"holds more than {LIST_MAX} entries")
        return value

    def _as_text(self, name: str, value: object) -> str:
        if not isinstance(value, str):
            self.refuse(name, "must be a text")
        if not value.strip():
            self.refuse(name, "is empty")
        if len(value) > TEXT_MAX:
            self.refuse(name, f"is longer than {TEXT_MAX} characters")
        if _CONTROL.search(value):
            self.refuse(name, "holds a control character")
        return value
