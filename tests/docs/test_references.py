"""The reference pages name everything that there is, and nothing that there is not."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from peygir.cases import may
from peygir.conf.options import OPTIONS
from peygir.conf.wiring import CHANNELS
from peygir.policy import vocabulary
from peygir.policy.rules_texts import PLACEHOLDERS, REQUIRED
from tests.docs import generate, pages
from tests.docs.keys import SOURCES, keys

REFERENCE = pages.DOCS / "reference"
POLICY = REFERENCE / "policy.md"
AGAIN = "run: .venv/bin/python -m tests.docs.generate"


@pytest.mark.parametrize("page", sorted(generate.made()), ids=pages.name)
def test_made_parts_are_fresh(page: Path) -> None:
    assert page.read_text(encoding="utf-8") == generate.made()[page], AGAIN


def test_every_made_part_is_on_a_page() -> None:
    everything = "".join(map(pages.text, pages.pages()))
    assert [part for part in generate.PARTS if f"<!-- made: {part} -->" not in everything] == []


def test_every_setting_is_described() -> None:
    described = pages.text(REFERENCE / "settings.md")
    assert [each.name for each in OPTIONS if f"`{each.name}`" not in described] == []


@pytest.mark.parametrize("file", SOURCES)
def test_every_key_of_a_city_file_is_described(file: str) -> None:
    assert sorted(keys(file) - _described(file)) == []


@pytest.mark.parametrize("file", SOURCES)
def test_no_key_is_described_that_the_loader_would_refuse(file: str) -> None:
    # Codes; words that the demo chooses from a tuple; what a story says for its reader only.
    free = {"*", "women", "men", "title", "source", "case", "story", "proves"}
    assert sorted(_described(file) - keys(file) - free) == []


def _described(file: str) -> set[str]:
    """The parts of all keys in the first column of a file's section, made tables left out."""
    section = re.sub(r"<!-- made.*?<!-- end", "", pages.section(POLICY, file), flags=re.DOTALL)
    columns = " ".join(cells[0] for cells in pages.rows(section))
    return {part for key in re.findall(r"`([\w.*{}-]+)`", columns) for part in key.split(".")}


@pytest.mark.parametrize(
    "words",
    [
        vocabulary.ACTORS,
        vocabulary.EVIDENCE,
        vocabulary.TOLD,
        vocabulary.STATUSES,
        vocabulary.ROLES,
        vocabulary.UNIT_KINDS,
        vocabulary.WORD_VIA,
        vocabulary.FINDINGS,
        vocabulary.UNREACHED,
        PLACEHOLDERS,
    ],
)
def test_every_word_of_the_vocabulary_is_described(words: Iterable[str]) -> None:
    described = pages.text(POLICY)
    assert [word for word in sorted(words) if not re.search(rf"[`.]{word}`", described)] == []


def test_every_text_that_must_be_there_is_described() -> None:
    described = pages.section(POLICY, "texts.fa.toml, texts.en.toml")
    families = {key.rpartition(".")[0] for key in REQUIRED}
    assert [name for name in sorted(families) if f"`{name}." not in described] == []


def test_every_command_is_described() -> None:
    described = pages.text(REFERENCE / "commands.md")
    assert [name for name in generate.command_files() if f"`{name}`" not in described] == []


def test_every_channel_has_a_section() -> None:
    headings = " ".join(pages.headings(REFERENCE / "channels.md"))
    names = [channel.rsplit(".", 1)[1] for channel in CHANNELS]
    assert [name for name in names if f"`{name}`" not in headings] == []


def test_every_role_is_described() -> None:
    described = pages.text(REFERENCE / "permissions.md")
    roles = set(vocabulary.ROLES).union(*may.PAGES.values())
    assert [role for role in sorted(roles) if f"`{role}`" not in described] == []


def test_every_rule_about_steps_is_described() -> None:
    described = pages.text(REFERENCE / "permissions.md")
    assert [actor for actor in may.STEP_RULES if f"`{actor}`" not in described] == []
