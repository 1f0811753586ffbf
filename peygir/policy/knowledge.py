"""Answers that can be given at once: the articles of knowledge.toml."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from peygir.policy.model import Words
from peygir.policy.reading import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One question and what is read aloud for it. `until`: the last day on which it holds."""

    code: str
    title: Words
    body: Words
    words: tuple[str, ...] = ()  # how people ask for it
    category: str = ""  # the subject under which the matter is registered, if it is
    body_outside: str = ""  # the body outside the municipality that is answerable, if one is
    until: date | None = None

    def holds(self, day: date) -> bool:
        return self.until is None or day <= self.until


def read_knowledge(
    top: Table, *, categories: Collection[str], bodies: Collection[str]
) -> Mapping[str, Article]:
    """The articles in the order of the file; none where the city has no such file."""
    found = {}
    for code, table in top.tables("articles").items():
        found[code] = Article(
            code=code,
            title=table.inner_words("title"),
            body=table.inner_words("body"),
            words=table.texts("words"),
            category=table.maybe_word("category", categories) or "",
            body_outside=table.maybe_word("outside_body", bodies) or "",
            until=_day(table),
        )
        table.done()
    top.done()
    return found


def _day(table: Table) -> date | None:
    text = table.maybe_text("until")
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        table.refuse("until", "must be a day like 2027-03-20")
