"""Reads categories.toml: the subjects that citizens report, in their groups."""

from dataclasses import dataclass

from peygir.policy.model import Category, Words
from peygir.policy.reading import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Codes of the other files that a category may name."""

    classes: frozenset[str]
    functions: frozenset[str]


def read_categories(top: Table, known: Known) -> tuple[dict[str, Words], dict[str, Category]]:
    """The groups and the leaf categories, in the order of the file."""
    group_table = top.table("groups")
    groups = {code: group_table.inner_words(code) for code in group_table.each()}
    categories = {}
    for code, table in top.table("categories").each().items():
        categories[code] = Category(
            code=code,
            group=table.word("group", groups),
            words=table.words(),
            class_code=table.word("class", known.classes),
            function=table.word("function", known.functions),
            long_running=table.flag("long_running"),
            lexicon=table.texts("lexicon"),
            urgent_when=table.maybe_words("urgent_when"),
            ask=table.maybe_words("ask"),
        )
        table.done()
    top.done()
    return groups, categories
