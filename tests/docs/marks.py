"""Which test proves which requirement: read from the tests' own text, nothing is imported."""

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.docs.pages import ROOT

TESTS = ROOT / "tests"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Proof:
    """One test, or one story that is played, and the requirements that it is marked with."""

    file: str  # from the root
    place: str  # Class.name or name; of a story its title
    ids: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The test's name as words."""
        if not self.file.endswith(".py"):
            return self.place
        group, _, name = self.place.rpartition(".")
        words = name.removeprefix("test_").replace("_", " ")
        about = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", group.removeprefix("Test")).capitalize()
        return f"{about}: {words}" if about else words


@cache
def proofs() -> tuple[Proof, ...]:
    """Every marked test, by file and in the order of the file; the cities' stories first."""
    stories = sorted((ROOT / "cities").glob("*/scenarios/*.toml"))
    tests = sorted(TESTS.rglob("test_*.py"))
    return (*map(_story, stories), *(proof for path in tests for proof in _of(path)))


def _story(path: Path) -> Proof:
    """A story of a city; tests/scenarios plays it."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    ids = sorted({row for scene in data["story"] for row in scene.get("proves", [])})
    title = data["title"]
    return Proof(
        file=str(path.relative_to(ROOT)), place=f"{title['en']} · {title['fa']}", ids=tuple(ids)
    )


def _of(path: Path) -> Iterator[Proof]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    file = str(path.relative_to(ROOT))
    for place, ids in _tests(tree.body, "", _module_marks(tree.body)):
        if ids:
            yield Proof(file=file, place=place, ids=tuple(dict.fromkeys(ids)))


def _tests(
    body: list[ast.stmt], group: str, inherited: list[str]
) -> Iterator[tuple[str, list[str]]]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            own = _decorators(node) + _module_marks(node.body)
            yield from _tests(node.body, f"{group}{node.name}.", inherited + own)
        elif isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield f"{group}{node.name}", inherited + _decorators(node)


def _decorators(node: ast.ClassDef | ast.FunctionDef) -> list[str]:
    return [found for each in node.decorator_list for found in _ids(each)]


def _module_marks(body: list[ast.stmt]) -> list[str]:
    """Ids in `pytestmark = …`."""
    found = []
    for node in body:
        names = [t.id for t in getattr(node, "targets", []) if isinstance(t, ast.Name)]
        if isinstance(node, ast.Assign) and "pytestmark" in names:
            found += [i for inner in ast.walk(node.value) for i in _ids(inner)]
    return found


def _ids(node: ast.AST) -> list[str]:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return []
    if node.func.attr != "requirement":
        return []
    return [str(a.value) for a in node.args if isinstance(a, ast.Constant)]
