"""Say at the end of a run which requirements were proved, and by how many tests."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

PROPERTY = "requirement"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Send the marks along with the report, so that they survive parallel workers."""
    outcome: Any = yield
    report = outcome.get_result()
    if report.when == "call":
        for mark in item.iter_markers(PROPERTY):
            report.user_properties += [(PROPERTY, each) for each in mark.args]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    proved: Counter[str] = Counter()
    broken: set[str] = set()
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            named = [v for k, v in getattr(report, "user_properties", []) if k == PROPERTY]
            proved.update(named if outcome == "passed" else [])
            broken.update(named if outcome == "failed" else [])
    if not proved and not broken:
        return
    terminalreporter.section("requirements")
    order = sorted(set(proved) | broken, key=lambda each: (each[0], int(each[1:])))
    words = [f"{each} {'BROKEN' if each in broken else proved[each]}" for each in order]
    terminalreporter.write_line("  ".join(words))
