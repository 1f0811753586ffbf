"""Every sentence that the checks may say, found in their sources."""

import ast
from collections.abc import Iterator
from pathlib import Path

import peygir.verify

FOLDER = Path(peygir.verify.__file__).parent
SECOND = ("Fault", "Tampered", "Incomplete", "Unwitnessed", "Broken")  # f(where, sentence, …)
FIRST = ("say", "in_language")


def spoken() -> set[str]:
    """The English sentences, each a message id."""
    trees = [ast.parse(path.read_text("utf-8")) for path in FOLDER.glob("*.py")]
    return {sentence for tree in trees for sentence in _of(tree)}


def _of(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in SECOND and len(node.args) > 1:
                yield from _texts(node.args[1])
            elif name in FIRST or name == "_broken":
                yield from _texts(node.args[0 if name in FIRST else 1])
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            if node.targets[0].id == "sentence":
                yield from _texts(node.value)
            elif node.targets[0].id == "VERDICTS" and isinstance(node.value, ast.Dict):
                for value in node.value.values:
                    yield from _texts(value)


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
