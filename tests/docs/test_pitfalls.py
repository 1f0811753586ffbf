"""The tests that the list of pitfalls names are there."""

import ast
import re

import pytest

from tests.docs.pages import DOCS, ROOT

PAGE = DOCS / "reference" / "log-pitfalls.md"
ROWS = [row for row in PAGE.read_text("utf-8").splitlines() if row.startswith("| ")][1:]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


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
