"""What the house rules look at: the project's own files, parsed once."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "peygir"
VENDOR = PACKAGE / "look" / "static" / "vendor"


@cache
def python_files() -> tuple[Path, ...]:
    """Every Python file of the package but migrations."""
    return tuple(sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts))


@cache
def migration_files() -> tuple[Path, ...]:
    """Every migration."""
    return tuple(sorted(PACKAGE.glob("**/migrations/[0-9]*.py")))


@cache
def files(*suffixes: str) -> tuple[Path, ...]:
    """Every own file of the package with one of these suffixes."""
    found = (path for path in PACKAGE.rglob("*") if path.suffix in suffixes)
    return tuple(sorted(path for path in found if VENDOR not in path.parents))


@cache
def tree(path: Path) -> ast.Module:
    """The parsed file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def room(path: Path) -> str:
    """The room that a file lives in."""
    return path.relative_to(PACKAGE).parts[0]


def place(path: Path, line: int) -> str:
    """How a finding is reported."""
    return f"{path.relative_to(ROOT)}:{line}"


def dotted(node: ast.AST) -> str:
    """`a.b.c` for a chain of names; calls and subscripts in the chain are passed over."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    if isinstance(node, ast.Call):
        return dotted(node.func)
    if isinstance(node, ast.Subscript):
        return dotted(node.value)
    return ""


@cache
def calls(path: Path) -> list[tuple[str, int]]:
    """Every call in a file as (dotted name, line)."""
    nodes = ast.walk(tree(path))
    return [(dotted(node.func), node.lineno) for node in nodes if isinstance(node, ast.Call)]


def lines_that_match(path: Path, pattern: re.Pattern[str]) -> list[str]:
    """The places in a text file where `pattern` is found."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [place(path, at) for at, line in enumerate(lines, 1) if pattern.search(line)]
