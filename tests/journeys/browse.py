"""What the journeys ask of every page."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders

SIZES = [(360, 780), (1366, 768)]
Open = Callable[..., Any]


def faults(page: Any) -> list[str]:
    """What axe finds, and whether the page must be moved sideways to be read."""
    source = finders.find("vendor/axe.min.js")
    assert isinstance(source, str)
    page.evaluate(Path(source).read_text(encoding="utf-8"))
    report = page.evaluate("axe.run({resultTypes: ['violations']})")
    wrong = [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in report["violations"]]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        wrong.append("sideways scroll")
    return wrong
