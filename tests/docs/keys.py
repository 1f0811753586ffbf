"""Which keys a city's files may hold, read from the code that reads them."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.docs.pages import ROOT

POLICY = ROOT / "peygir" / "policy"
SOURCES: Final[dict[str, tuple[Path, ...]]] = {
    "city.toml": (POLICY / "parse_city.py",),
    "organisation.toml": (POLICY / "parse_organisation.py",),
    "categories.toml": (POLICY / "parse_categories.py",),
    "policy.toml": tuple(POLICY / f"parse_{n}.py" for n in ("stages", "steps", "clocks")),
    "overlays.toml": (POLICY / "parse_overlays.py",),
    "calendar.toml": (ROOT / "peygir" / "calendars" / "iran.py",),
    "demo.toml": (ROOT / "peygir" / "demo" / "texts.py",),
    "scenarios/*.toml": (ROOT / "tests" / "scenarios" / "player.py",),
}
#: Methods of policy.reading.Table (and helpers beside them) whose argument names a key.
READS: Final = frozenset(
    ("text", "maybe_text", "texts", "word", "maybe_word", "words_of", "inner_words", "maybe_words",
     "flag", "whole", "maybe_whole", "numbers", "span", "delta", "maybe_delta", "table", "tables",
     "rows", "has", "_dues", "_match", "_only", "read_steps")
)  # fmt: skip


def keys(file: str) -> frozenset[str]:
    """The names of keys in one file, without the place where they stand."""
    from peygir.policy.parse_city import LIMITS
    from peygir.policy.vocabulary import PENALTIES, SCORE_PARTS, UNREACHED

    found = {key for source in SOURCES[file] for key in _read_in(source)}
    found |= {"city.toml": set(LIMITS), "policy.toml": {*UNREACHED, *SCORE_PARTS, *PENALTIES}}.get(
        file, set()
    )
    if file not in ("calendar.toml", "demo.toml", "scenarios/*.toml"):
        found |= {"fa", "en"}  # Table.words
    return frozenset(found)


def _read_in(source: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if source.name in ("texts.py", "player.py"):
            yield from _plain(node)
        if not isinstance(node, ast.Call):
            continue
        called = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if called == "_only":
            yield from (s for part in node.args[1:2] for s in _strings(part))
        elif called in READS:
            named = node.args[1:2] if called in ("_match", "read_steps", "_dues") else node.args[:1]
            yield from (s for part in named for s in _strings(part))


def _plain(node: ast.AST) -> Iterator[str]:
    """Keys read from a plain dictionary called data: data["x"], data.get("x"), "x" in data."""
    if isinstance(node, ast.Subscript):
        holder, key = node.value, node.slice
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
        holder, key = node.func.value, node.args[0]
        if node.func.attr != "get":
            return
    elif isinstance(node, ast.Compare):
        holder, key = node.comparators[0], node.left
    else:
        return
    if getattr(holder, "id", getattr(holder, "attr", "")) in ("data", "places", "each", "names"):
        yield from _strings(key)


def _strings(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
        yield node.value
    elif isinstance(node, ast.Tuple):
        for each in node.elts:
            yield from _strings(each)
