"""Drawings beside words: a page that names one that is not there does not open at all."""

import re
from pathlib import Path

from django.conf import settings

PAGES = Path(settings.BASE_DIR) / "peygir"
NAMED = re.compile(r"""\bicon(?:_name)?\s*[(=]\s*["']([a-z_-]+)["']""")
DRAWN = re.compile(r'^  "([a-z_-]+)": ', re.MULTILINE)


def test_every_drawing_that_a_page_names_is_there() -> None:
    drawn = set(DRAWN.findall((PAGES / "look/jinja2/look/icons.html").read_text("utf-8")))
    named = {
        (name, page.name)
        for page in PAGES.rglob("*.html")
        for name in NAMED.findall(page.read_text("utf-8"))
    }
    assert len(named) > len(drawn)
    assert {(name, page) for name, page in named if name not in drawn} == set()
