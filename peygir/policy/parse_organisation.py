"""Reads organisation.toml: units, posts, districts, who answers for what, and bodies outside.

`[per_district]` is written once and holds for each district: in its codes and texts `{n}` stands
for the district's number, and in its texts `{district}` for the district's name.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from peygir.calendars.durations import Span
from peygir.policy.model import Organisation, OutsideBody, Post, Unit, Words
from peygir.policy.reading import CODE, DIGITS, Table
from peygir.policy.vocabulary import ROLES, UNIT_KINDS

DISTRICTS_MAX = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class _District:
    """Fills the template for one district; the one that is no district leaves texts alone."""

    number: int | None = None
    words: Words | None = None

    def code(self, text: str) -> str:
        return text if self.number is None else text.replace("{n}", str(self.number))

    def fill(self, words: Words) -> Words:
        if self.words is None:
            return words
        return Words(
            fa=words.fa.replace("{district}", self.words.fa),
            en=words.en.replace("{district}", self.words.en),
        )


_CITY = _District()


def read_organisation(top: Table, classes: frozenset[str]) -> Organisation:
    """The whole chart, every reference inside it resolved. `classes` = those of policy.toml."""
    districts = _districts(top)
    units: dict[str, Unit] = {}
    posts: dict[str, Post] = {}
    for table, district in _sources(top, districts):
        for code, each in table.tables("units").items():
            unit = _unit(district.code(code), each, district)
            _once(each, unit.code, units)
            units[unit.code] = unit
        for code, each in table.tables("posts").items():
            post = _post(district.code(code), each, district, classes)
            _once(each, post.code, posts)
            posts[post.code] = post
    organisation = Organisation(
        units=units,
        posts=posts,
        functions=_functions(top, units),
        districts=districts,
        outside_bodies=_outside_bodies(top),
    )
    top.done()
    _refuse_strangers(top, organisation)
    return organisation


def _districts(top: Table) -> dict[int, Words]:
    table = top.table("districts")
    found = {}
    for code in table.each():
        if not DIGITS.fullmatch(code) or not 1 <= int(code) <= DISTRICTS_MAX:
            table.refuse(code, f"a district is a number from 1 to {DISTRICTS_MAX}")
        found[int(code)] = table.inner_words(code)
    return found


def _sources(top: Table, districts: dict[int, Words]) -> Iterator[tuple[Table, _District]]:
    yield top, _CITY
    if not top.has("per_district"):
        return
    for number, words in districts.items():
        # Read anew for each district, so that a mistake is told with its place in the template.
        template = top.table("per_district")
        yield template, _District(number=number, words=words)
        template.done()


def _unit(code: str, table: Table, district: _District) -> Unit:
    parent = table.maybe_text("parent")
    unit = Unit(
        code=code,
        kind=table.word("kind", UNIT_KINDS),
        words=district.fill(table.words()),
        parent=None if parent is None else district.code(parent),
        district=district.number,
        function=table.maybe_text("function"),
    )
    table.done()
    return unit


def _post(code: str, table: Table, district: _District, classes: frozenset[str]) -> Post:
    superior = table.maybe_text("superior")
    post = Post(
        code=code,
        unit=district.code(table.text("unit")),
        words=district.fill(table.words()),
        superior=None if superior is None else district.code(superior),
        roles=table.words_of("roles", ROLES),
        head=table.flag("head"),
        deputy_for=table.words_of("deputy_for", classes),
        due=table.span("due") if table.has("due") else None,
        due_by_class=_due_by_class(table, classes),
    )
    table.done()
    if not post.roles:
        table.refuse("roles", "names no role")
    return post


def _once(table: Table, code: str, known: dict[str, Unit] | dict[str, Post]) -> None:
    if not CODE.fullmatch(code):
        table.refuse("", f"“{code}” is no code: Latin letters, digits, - and _")
    if code in known:
        table.refuse("", f"“{code}” is there twice")


def _functions(top: Table, units: dict[str, Unit]) -> dict[str, str]:
    table = top.table("functions")
    found = {}
    for code in table.names():
        where = table.text(code)
        if where != "district" and where not in units:
            table.refuse(code, f"“{where}” is neither “district” nor a unit")
        found[code] = where
    return found


def _due_by_class(table: Table, classes: frozenset[str]) -> dict[str, Span]:
    if not table.has("due_by_class"):
        return {}
    spans = table.table("due_by_class")
    for code in spans.names():
        if code not in classes:
            spans.refuse(code, "is no class of policy.toml")
    return {code: spans.span(code) for code in spans.names()}


def _outside_bodies(top: Table) -> dict[str, OutsideBody]:
    found = {}
    for code, table in top.table("outside_bodies").each().items():
        words = table.words()
        by = table.maybe_word("by", ("letter", "list"))
        found[code] = OutsideBody(
            fa=words.fa,
            en=words.en,
            phone=table.maybe_text("phone") or "",
            by="letter" if by == "letter" else "list",
        )
        table.done()
    return found


def _refuse_strangers(top: Table, organisation: Organisation) -> None:
    for unit in organisation.units.values():
        if unit.parent is not None and unit.parent not in organisation.units:
            top.refuse(f"units.{unit.code}.parent", f"there is no unit “{unit.parent}”")
        if unit.function is not None and unit.function not in organisation.functions:
            top.refuse(f"units.{unit.code}.function", f"“functions” lacks “{unit.function}”")
    for post in organisation.posts.values():
        if post.unit not in organisation.units:
            top.refuse(f"posts.{post.code}.unit", f"there is no unit “{post.unit}”")
        if post.superior is not None and post.superior not in organisation.posts:
            top.refuse(f"posts.{post.code}.superior", f"there is no post “{post.superior}”")
