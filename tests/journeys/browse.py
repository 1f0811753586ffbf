"""What the journeys ask of every page."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from playwright.sync_api import expect

SIZES = [(360, 780), (1366, 768)]
SCHEMES = ("light", "dark")
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
SETTLE = "document.getAnimations().filter((a) => a instanceof CSSTransition).map((a) => a.finish())"
Open = Callable[..., Any]


def faults(page: Any, options: dict[str, Any] | None = None) -> list[str]:
    """What axe finds, and whether the page must be moved sideways to be read."""
    source = finders.find("vendor/axe.min.js")
    assert isinstance(source, str)
    page.wait_for_load_state()
    if not page.evaluate("'axe' in window"):
        page.evaluate(Path(source).read_text(encoding="utf-8"))
    report = page.evaluate("(o) => axe.run({resultTypes: ['violations'], ...o})", options or {})
    wrong = [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in report["violations"]]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        wrong.append("sideways scroll")
    return wrong


def there(page: Any, selector: str) -> None:
    """Wait for the page that has this, and for its scripts: before they ran it knows no keys, takes
    no focus and keeps no draft."""
    page.wait_for_selector(selector)
    page.wait_for_load_state()


@contextmanager
def answered(page: Any, path: str) -> Iterator[None]:
    """What is done here asks the server for a part of the page; go on when that is in its place."""
    with page.expect_response(lambda answer: path in answer.url):
        yield
    expect(page.locator("[class*='htmx-']")).to_have_count(0)


def every_look(page: Any, name: str = "", *, sizes: Sequence[tuple[int, int]] = SIZES) -> list[str]:
    """The faults of an open page at every size, in light and in dark; it ends as it began.

    In dark only the rules are asked anew that look at colours: no style sheet of ours hides,
    moves or renames anything by the colour scheme. With a `name`, a picture of each is kept in
    the folder that PEYGIR_SHOTS names, to be looked at.
    """
    began, found = page.viewport_size, []
    page.wait_for_load_state()
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            page.evaluate(SETTLE)
            options = COLOURS if scheme == "dark" else {}
            found += [f"{width} {scheme}: {fault}" for fault in faults(page, options)]
            _shot(page, name and f"{name}-{width}-{scheme}")
    page.set_viewport_size(began)
    page.emulate_media(color_scheme=SCHEMES[0])
    return found


def _shot(page: Any, name: str) -> None:
    folder = os.environ.get("PEYGIR_SHOTS")
    if folder and name:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
