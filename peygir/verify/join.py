"""One file out of the modules of this room, to be downloaded and run by anybody.

Joining is plain: the modules in the order in which they need each other, without the lines by which
they take names from each other. So names at the top must differ, private ones too.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOM = "peygir.verify"
ENTRY = "cli"
SELF = "join"
HEAD = '''#!/usr/bin/env python3
"""Check the public log of a city, and the figures made from it, on your own computer.

Needs Python 3.9 or newer and nothing else; uses no network. Begin with
    python3 verify.py log DIRECTORY --vkey KEY --policy FILE
and see `python3 verify.py --help`. Exit codes: 0 it holds; 1 what the city signed contradicts
itself; 2 this copy is incomplete or damaged; 3 too few outside witnesses; 64 not checked.

This file is joined from the modules of the city's own program, which computes with them too.
License: AGPL-3.0-or-later.
"""

from __future__ import annotations

'''
TAIL = """

if __name__ == "__main__":
    sys.exit(main())
"""


class NotJoinable(ValueError):
    """Modules that do not fit into one file; says which and why."""


def joined() -> bytes:
    """The one file, from the modules as they are here. The same bytes wherever it is made."""
    folder = Path(__file__).parent
    names = sorted(path.stem for path in folder.glob("*.py"))
    return join({name: (folder / f"{name}.py").read_text("utf-8") for name in names}).encode()


def digest() -> str:
    """The SHA-256 of `joined()` in hex, by which published figures name their verifier."""
    return hashlib.sha256(joined()).hexdigest()


def join(sources: Mapping[str, str]) -> str:
    """One module out of many (name to text). Raises NotJoinable."""
    trees = {
        name: ast.parse(text) for name, text in sources.items() if name not in (SELF, "__init__")
    }
    imports: set[str] = set()
    bodies, defined = [], dict[str, str]()
    for name in _ordered(trees):
        for word in _defined(trees[name]):
            if word in defined:
                raise NotJoinable(f"{word} is in {defined[word]} and in {name}")
            defined[word] = name
        body, taken = _body(name, sources[name], trees[name])
        imports |= taken
        bodies.append(body)
    clash = _bound(imports) & set(defined)
    if clash:
        raise NotJoinable(f"names of the standard library: {', '.join(sorted(clash))}")
    return HEAD + "\n".join(sorted(imports, key=_import_order)) + "\n" + "".join(bodies) + TAIL


def _ordered(trees: Mapping[str, ast.Module]) -> list[str]:
    """The modules that ENTRY needs and all that they need, each after those."""
    done: list[str] = []

    def add(name: str, path: tuple[str, ...]) -> None:
        if name in path or name not in trees:
            raise NotJoinable(f"{' -> '.join((*path, name))}: a circle, or no such module")
        if name not in done:
            for other in _needs(trees[name]):
                add(other, (*path, name))
            done.append(name)

    add(ENTRY, ())
    return done


def _needs(tree: ast.Module) -> list[str]:
    found = [node.module or "" for node in tree.body if isinstance(node, ast.ImportFrom)]
    return [name[len(ROOM) + 1 :] for name in found if name.startswith(f"{ROOM}.")]


def _defined(tree: ast.Module) -> Iterable[str]:
    """Every name that a module binds at its top, but for imports."""
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                yield from (each.id for each in ast.walk(target) if isinstance(each, ast.Name))


def _body(name: str, text: str, tree: ast.Module) -> tuple[str, set[str]]:
    """A module without its imports, under its name; and its imports of the standard library."""
    lines, taken, gone = text.splitlines(), set[str](), set[int]()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            if node not in tree.body:
                raise NotJoinable(f"{name}: an import below the top")
            taken |= _spelled_imports(name, node)
            gone |= set(range(node.lineno, (node.end_lineno or 0) + 1))
    doc = tree.body[0]
    if not (isinstance(doc, ast.Expr) and isinstance(doc.value, ast.Constant)):
        raise NotJoinable(f"{name}: no docstring")
    gone |= set(range(doc.lineno, (doc.end_lineno or 0) + 1))
    about = [f"# {line}".rstrip() for line in (ast.get_docstring(tree) or "").splitlines()]
    rest = "\n".join(line for at, line in enumerate(lines, 1) if at not in gone).strip("\n")
    rule = f"# {f'── {name} ':─<96}"
    return "\n".join(["\n", rule, *about, "", rest, ""]), taken


def _spelled_imports(name: str, node: ast.Import | ast.ImportFrom) -> set[str]:
    """The imports of a statement, one a line; those of this room and of the future are dropped."""
    if any(alias.asname for alias in node.names):
        raise NotJoinable(f"{name}: an import under another name")
    if isinstance(node, ast.Import):
        if any(alias.name.startswith("peygir") for alias in node.names):
            raise NotJoinable(f"{name}: takes a whole module of this room")
        return {f"import {alias.name}" for alias in node.names}
    if node.module == "__future__" or (node.module or "").startswith(f"{ROOM}."):
        return set()
    if node.level or (node.module or "").startswith("peygir"):
        raise NotJoinable(f"{name}: takes from outside this room")
    return {f"from {node.module} import {alias.name}" for alias in node.names}


def _bound(imports: Iterable[str]) -> set[str]:
    return {line.split()[-1].partition(".")[0] for line in imports}


def _import_order(line: str) -> tuple[bool, str]:
    return line.startswith("from"), line
