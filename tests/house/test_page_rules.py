"""Rules of the house for templates and styles."""

import re

from tests.house.source import PACKAGE, ROOT, files, lines_that_match

PHYSICAL = re.compile(
    r"(?<![\w-])("
    r"(margin|padding|border|inset|scroll-margin|scroll-padding)-(left|right)"
    r"|border-(top|bottom)-(left|right)-radius"
    r"|(left|right)\s*:"
    r"|(float|clear|text-align)\s*:\s*(left|right)"
    r")"
)


def test_styles_know_start_and_end_not_left_and_right() -> None:
    found = [hit for path in files(".css") for hit in lines_that_match(path, PHYSICAL)]
    assert not found, "use logical properties: pages are read in both directions"


def test_templates_have_no_inline_style_or_script() -> None:
    inline = re.compile(
        r"<style\b|<script\b(?![^>]*\bsrc=)(?![^>]*application/json)"
        r"|\sstyle\s*=|\son(click|change|submit|load|input|key\w+|error)\s*=|javascript:",
        re.IGNORECASE,
    )
    found = [hit for path in files(".html") for hit in lines_that_match(path, inline)]
    assert not found, "the content security policy would drop it"


def test_pages_load_nothing_from_elsewhere() -> None:
    foreign = re.compile(r"""(src|href|action|url\()\s*=?\s*["'(]?\s*(https?:)?//(?!\{)""")
    allowed = re.compile(r"<a\b")
    found = []
    for path in files(".html", ".css"):
        lines = path.read_text(encoding="utf-8").splitlines()
        found += [
            f"{path.relative_to(ROOT)}:{at}"
            for at, line in enumerate(lines, 1)
            if foreign.search(line) and not allowed.search(line)
        ]
    assert not found, "browser files come from our own vendor folder"


def test_templates_are_rendered_by_one_engine() -> None:
    strays = sorted(PACKAGE.rglob("templates"))
    assert not strays, "templates live in <room>/jinja2/<room>/"
    misplaced = []
    for folder in PACKAGE.glob("**/jinja2"):
        owner = folder.parent.name
        misplaced += [
            str(path.relative_to(ROOT))
            for path in folder.rglob("*.html")
            if path.relative_to(folder).parts[0] != owner
            and len(path.relative_to(folder).parts) > 1
        ]
    assert not misplaced


def test_nothing_fetched_is_committed() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8")
    assert "peygir/look/static/vendor/" in ignored
