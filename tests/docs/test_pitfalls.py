"""The tests that the lists of pitfalls and of cheats name are there."""

import ast
import re
from itertools import pairwise

import pytest

from tests.docs.pages import DOCS, ROOT

PAGE = DOCS / "reference" / "log-pitfalls.md"
LINES = PAGE.read_text("utf-8").splitlines()
HEADS = {row for row, below in pairwise(LINES) if below.startswith("|---")}
ROWS = [row for row in LINES if row.startswith("| ") and row not in HEADS]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def test_every_cheat_of_the_threat_model_is_listed() -> None:
    numbers = [int(found[1]) for row in ROWS if (found := re.match(r"\| (\d+)\. ", row))]
    assert numbers == list(range(1, 17))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip()[:40])
def test_every_pitfall_names_tests_that_are_there(row: str) -> None:
    named = NAMED.findall(row)
    assert named
    for file, name in named:
        tree = ast.parse((ROOT / file).read_text("utf-8"))
        found = {
            each.name for each in tree.body if isinstance(each, ast.FunctionDef | ast.ClassDef)
        }
        assert name in found, f"{file}::{name}"
