"""What the documents point at exists: pages, files, commands, names, sections."""

import importlib
import importlib.util
import os
import re
from functools import cache
from pathlib import Path

import pytest
from django.core.management import get_commands

from tests.docs import generate, pages

SCREENSHOTS = pages.DOCS / "screenshots"  # made by a script from the running demo
ROOTS = ("peygir", "cities", "tests", "docs", "requirements", "tools", "bench")
ROOMS = {path.name for path in (pages.ROOT / "peygir").iterdir() if path.is_dir()}
ADR = sorted((pages.DOCS / "decisions").glob("[0-9]*.md"))
ADR_SECTIONS = ["Context", "Decision", "Consequences", "Rejected options"]
GLOSSARY = pages.DOCS / "glossary.md"
MACHINE = re.compile(r"(?<![\w.])/(?:root|home|work|Users)/")


@pytest.mark.parametrize("page", pages.pages(), ids=pages.name)
class TestEveryPage:
    def test_links_lead_somewhere(self, page: Path) -> None:
        assert [link for link in pages.links(page) if not _leads(page, link)] == []

    def test_paths_in_code_spans_exist(self, page: Path) -> None:
        assert [span for span in pages.spans(page) if not _is_there(span)] == []

    def test_commands_can_be_run(self, page: Path) -> None:
        lines = [line for block in pages.blocks(page, "sh") for line in block.splitlines()]
        assert [line for line in lines if not _can_run(line)] == []

    def test_names_no_machine(self, page: Path) -> None:
        assert MACHINE.findall(pages.text(page)) == []


def _leads(page: Path, link: str) -> bool:
    if re.match(r"[a-z]+:", link):
        return True
    target, _, anchor = link.partition("#")
    path = (page.parent / target).resolve() if target else page
    if path.parent == SCREENSHOTS and not SCREENSHOTS.exists():
        return path.name in _pictures()
    if not path.exists():
        return False
    return not anchor or anchor in {_anchor(each) for each in pages.headings(path)}


@cache
def _pictures() -> frozenset[str]:
    """Names of the pictures that tools/screenshots.py makes."""
    script = (pages.ROOT / "tools" / "screens.py").read_text(encoding="utf-8")
    names = re.findall(r'Screen\(\s*name="([\w-]+)"', script)
    return frozenset(
        f"{name}-{width}-{scheme}.png"
        for name in names
        for width in ("phone", "desk")
        for scheme in ("light", "dark")
    )


def _anchor(heading: str) -> str:
    """As GitHub makes it: lower case, punctuation dropped, spaces to hyphens."""
    kept = re.sub(r"[^\w\- ]", "", heading.lower().replace("`", ""))
    return kept.strip().replace(" ", "-")


def _is_there(span: str) -> bool:
    """Whether a span that looks like one of our paths is one; placeholders are left alone."""
    path = span.split("::")[0].rstrip("/")
    if not re.fullmatch(r"[\w./*-]+", path) or path.split("/")[0] not in ROOTS or "/" not in path:
        return True
    if "yourcity" in path or "yourroom" in path:
        return True
    return any(pages.ROOT.glob(path)) if "*" in path else (pages.ROOT / path).exists()


def _can_run(line: str) -> bool:
    """Whether the program of a line is ours to run, or no program of ours at all."""
    words = [w for w in line.split("#")[0].split() if not re.match(r"\w+=", w)]
    if not words:
        return True
    if words[0].startswith("./"):
        return os.access(pages.ROOT / words[0], os.X_OK)
    if "manage.py" in words:
        return words[words.index("manage.py") + 1] in get_commands()
    if "-m" in words and words[words.index("-m") + 1].split(".")[0] in ("peygir", "tests"):
        return importlib.util.find_spec(words[words.index("-m") + 1]) is not None
    return True


def test_the_readme_names_commands_that_are_there() -> None:
    lines = [
        line
        for block in pages.blocks(pages.ROOT / "README.md", "sh")
        for line in block.splitlines()
    ]
    for command in ("./run", "./test"):
        assert any(line.startswith(command) for line in lines)
        assert os.access(pages.ROOT / command, os.X_OK)


def test_every_page_can_be_reached_from_the_readme() -> None:
    seen, waiting = set(), [pages.ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in seen or page.suffix != ".md" or not page.exists():
            continue
        seen.add(page)
        waiting += [(page.parent / link.split("#")[0]).resolve() for link in pages.links(page)]
    assert [pages.name(page) for page in pages.pages() if page not in seen] == []


@pytest.mark.parametrize("page", ADR, ids=pages.name)
def test_a_decision_has_its_date_status_and_sections(page: Path) -> None:
    text = pages.text(page)
    assert re.search(r"^- Date: \d{4}-\d{2}-\d{2}$", text, re.MULTILINE)
    assert re.search(r"^- Status: (accepted|superseded by \d{4})", text, re.MULTILINE)
    for name in ADR_SECTIONS:
        assert pages.section(page, name).strip(), f"{name} is missing or empty"


def test_decisions_are_numbered_without_gaps() -> None:
    assert [int(page.name[:4]) for page in ADR] == list(range(1, len(ADR) + 1))


def _glossary() -> list[tuple[str, str]]:
    """(Persian word, identifier) of every row."""
    return [
        (cells[0], name)
        for cells in pages.rows(pages.text(GLOSSARY))
        for name in re.findall(r"`([^`]+)`", cells[2])
    ]


@pytest.mark.parametrize(("word", "name"), _glossary())
def test_the_glossary_names_what_is_in_the_code(word: str, name: str) -> None:
    first = name.split(".")[0]
    if first in ROOMS and "." in name:
        assert _resolves(f"peygir.{name}"), f"{word}: {name}"
    else:
        assert re.search(rf"(?<!\w){re.escape(name)}(?!\w)", _code()), f"{word}: {name}"


def _resolves(dotted: str) -> bool:
    """Whether a dotted name is a module, or something inside one."""
    parts = dotted.split(".")
    for length in range(len(parts), 1, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            if not hasattr(found, part) and part not in getattr(found, "__annotations__", {}):
                return False
            found = getattr(found, part, None)
        return True
    return False


@cache
def _code() -> str:
    files = [*(pages.ROOT / "peygir").rglob("*.py"), *(pages.ROOT / "cities").rglob("*.toml")]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def test_every_decision_is_on_the_list() -> None:
    listed = set(pages.links(pages.DOCS / "architecture.md"))
    assert [page.name for page in ADR if f"decisions/{page.name}" not in listed] == []


def test_help_of_every_command_is_one_sentence() -> None:
    found = {name: generate._help(path) for name, path in generate.command_files().items()}
    assert [name for name, words in found.items() if not words.endswith((".", "`"))] == []
