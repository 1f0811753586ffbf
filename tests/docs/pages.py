"""What the tests of the documents look at: pages, their links, code and tables."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"""\]\(([^)\s]+)\)|\bsrc="([^"]+)\"""")
_SPAN = re.compile(r"`([^`\n]+)`")


@cache
def pages() -> tuple[Path, ...]:
    """Every document: those at the root and those below docs/."""
    return (*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md")))


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@cache
def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


@cache
def prose(page: Path) -> str:
    """The page without its fenced code."""
    return _FENCE.sub("", text(page))


def links(page: Path) -> Iterator[str]:
    """Every link and picture of the prose, as written."""
    yield from (written or source for written, source in _LINK.findall(prose(page)))


def spans(page: Path) -> Iterator[str]:
    """Everything between single backticks."""
    yield from _SPAN.findall(prose(page))


def blocks(page: Path, language: str) -> list[str]:
    """The fenced code of one language."""
    return [body for marked, body in _FENCE.findall(text(page)) if marked == language]


def headings(page: Path) -> list[str]:
    return re.findall(r"^#+ (.+?)\s*$", prose(page), re.MULTILINE)


def section(page: Path, heading: str) -> str:
    """The text below a heading of the second level, up to the next one. Empty without it."""
    found = re.search(
        rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text(page), re.MULTILINE | re.DOTALL
    )
    return found[1] if found else ""


def rows(markdown: str) -> list[list[str]]:
    """The cells of every table row, headers and rules left out."""
    found, lines = [], markdown.splitlines()
    for at, line in enumerate(lines):
        if not line.startswith("|") or set(line) <= set("|-: "):
            continue
        following = lines[at + 1] if at + 1 < len(lines) else ""
        if following.startswith("|") and set(following) <= set("|-: "):
            continue  # a header
        found.append([cell.strip() for cell in line.strip().strip("|").split("|")])
    return found
