"""The example of docs/how-to/add-a-stage.md does what it says."""

import textwrap
import tomllib
from collections.abc import Mapping

from peygir.policy.check import check
from peygir.policy.load import FILES, load_files
from tests.docs import pages

PAGE = pages.DOCS / "how-to" / "add-a-stage.md"
REPORT = 'by = ["holder"]\nto = "feedback"\nneeds = ["result_text", "report_to_citizen"]'


def _blocks() -> list[str]:
    """The TOML of the page; it is indented there because it belongs to numbered steps."""
    parts = pages.text(PAGE).split("   ```toml\n")[1:]
    return [textwrap.dedent(part.split("   ```\n")[0]) for part in parts]


def _changed() -> dict[str, str]:
    folder = pages.ROOT / "cities" / "qom"
    files = {name: (folder / name).read_text(encoding="utf-8") for name in FILES}
    stage, *texts = _blocks()
    assert REPORT in files["policy.toml"]
    moved = REPORT.replace('"feedback"', '"review"')
    files["policy.toml"] = files["policy.toml"].replace(REPORT, moved) + "\n" + stage
    for block in texts:
        name = block.removeprefix("# ").split(",")[0]
        files[name] = files[name].replace("[sms]\n", "[sms]\n" + block)
    return files


def _findings(files: Mapping[str, str]) -> list[str]:
    return [str(finding) for finding in check(load_files("qom", files)).findings]


def test_the_page_shows_a_stage_and_a_text_in_both_languages() -> None:
    stage, *texts = _blocks()
    assert list(tomllib.loads(stage)) == ["stages"]
    assert len(texts) == 2


def test_the_example_is_sound() -> None:
    assert _findings(_changed()) == []


def test_without_its_texts_the_example_is_refused() -> None:
    files = _changed()
    for name in ("texts.fa.toml", "texts.en.toml"):
        lines = files[name].splitlines(keepends=True)
        files[name] = "".join(line for line in lines if not line.startswith("sent_back"))
    assert any("sms.sent_back" in finding for finding in _findings(files))
