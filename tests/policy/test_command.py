"""`manage.py policy`: proves policies and draws them, and says plainly what is refused."""

import shutil
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from django.core.management import CommandError, call_command

from peygir.conf.management.commands import policy as command
from tests.policy.conftest import CITIES


@pytest.fixture
def cities(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two sound cities, a broken one beside them when a test makes it so."""
    for name in ("qom", "_template"):
        shutil.copytree(CITIES / name, tmp_path / name)
    monkeypatch.setattr(command, "CITIES", tmp_path)
    return tmp_path


class TestCheck:
    def test_prints_what_is_proved_and_the_bounds(
        self, cities: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        call_command("policy", "check")
        said = capsys.readouterr().out
        assert "✓ There is no step that nobody may take" in said
        assert "≤ Longest time before the mayor holds a silent case: 6 days" in said
        assert "template" not in said  # no city

    def test_speaks_persian_when_asked(
        self, cities: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        call_command("policy", "check", "_template", "--lang", "fa")
        assert "✓ هر دو زبان کامل است" in capsys.readouterr().out

    def test_refuses_with_exit_code_1_file_key_and_reason(
        self, cities: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        file = cities / "qom" / "policy.toml"
        file.write_text(file.read_text().replace('off = "20h"', 'off = "24h"'))
        with pytest.raises(SystemExit) as caught:
            call_command("policy", "check", "qom")
        assert caught.value.code == 1
        assert "✗ policy.toml: redial.off: waiting so long" in capsys.readouterr().err

    def test_refuses_files_that_cannot_be_read(
        self, cities: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (cities / "qom" / "city.toml").write_text("fa = ")
        with pytest.raises(SystemExit):
            call_command("policy", "check", "qom", "_template")
        said = capsys.readouterr()
        assert "✗ city.toml: is not TOML" in said.err
        assert "✓" in said.out  # the other city is looked at all the same

    @pytest.mark.parametrize("name", ["nowhere", "../qom", "qom/"])
    def test_names_a_folder_that_is_not_there(self, cities: Path, name: str) -> None:
        with pytest.raises(CommandError, match="there is no folder"):
            call_command("policy", "check", name)


class TestDraw:
    def test_writes_a_drawing_to_standard_output(
        self, cities: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        call_command("policy", "draw", "qom", "--lang", "en")
        assert "The way of a message in Qom" in capsys.readouterr().out

    def test_writes_a_drawing_to_a_file(self, cities: Path, tmp_path: Path) -> None:
        call_command("policy", "draw", "qom", "-o", str(tmp_path / "qom.svg"))
        assert ET.parse(tmp_path / "qom.svg").getroot().tag.endswith("svg")

    def test_says_when_it_cannot_write_or_read(self, cities: Path) -> None:
        with pytest.raises(CommandError, match="No such file"):
            call_command("policy", "draw", "qom", "-o", str(cities / "no" / "where.svg"))
        (cities / "qom" / "city.toml").unlink()
        with pytest.raises(CommandError, match=r"city\.toml"):
            call_command("policy", "draw", "qom")
