"""`manage.py new_city`: a folder that is sound from the first minute."""

import shutil
from pathlib import Path
from random import Random

import pytest
from django.core.management import CommandError, call_command

from peygir.conf.management.commands import new_city as command
from peygir.demo import texts
from peygir.policy.check import check
from peygir.policy.load import load_city

TEMPLATE = Path(__file__).parents[2] / "cities" / "_template"


@pytest.fixture
def cities(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(TEMPLATE, tmp_path / "_template")
    monkeypatch.setattr(command, "CITIES", tmp_path)
    return tmp_path


class TestNewCity:
    def test_is_sound_under_its_own_names(
        self, cities: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        call_command("new_city", "behabad", "--fa", "بهاباد", "--en", "Behabad", "--districts", "3")
        policy = load_city(cities / "behabad")
        assert check(policy).findings == ()
        assert (policy.words.fa, policy.words.en) == ("بهاباد", "Behabad")
        assert policy.organisation.districts[3].fa == "منطقهٔ ۳"
        assert len(policy.organisation.districts) == 3
        files = (cities / "behabad").glob("*.toml")
        assert not any("Sample City" in path.read_text("utf-8") for path in files)
        said = texts.load(cities / "behabad", policy)
        assert set(said.says) == set(policy.categories)
        assert set(said.places) == {1, 2, 3}
        assert {"mayor", "centre-head", "reception"} <= set(said.accounts)
        assert said.result(Random(1), policy, "W01")
        assert "./run behabad" in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("code", "fa", "districts", "said"),
        [
            ("../etc", "شهر", "2", "no name for a folder"),
            ("behabad", 'شهر"', "2", "no name for a city"),
            ("behabad", " ", "2", "no name for a city"),
            ("behabad", "بهاباد", "0", "districts"),
            ("behabad", "بهاباد", "61", "districts"),
            ("_template", "بهاباد", "2", "no name for a folder"),
        ],
    )
    def test_says_what_is_wrong_and_leaves_nothing(
        self, cities: Path, code: str, fa: str, districts: str, said: str
    ) -> None:
        with pytest.raises(CommandError, match=said):
            call_command("new_city", code, "--fa", fa, "--en", "Behabad", "--districts", districts)
        assert [path.name for path in cities.iterdir()] == ["_template"]

    def test_never_overwrites_a_city(self, cities: Path) -> None:
        call_command("new_city", "behabad", "--fa", "بهاباد", "--en", "Behabad")
        with pytest.raises(CommandError, match="there already"):
            call_command("new_city", "behabad", "--fa", "بهاباد", "--en", "Behabad")
