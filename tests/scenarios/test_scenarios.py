"""Every city's scenarios, sentence by sentence, through real acts and moved time."""

from pathlib import Path

import pytest

from peygir.cases import policies
from peygir.ledger.entry import SYSTEM
from peygir.policy.model import CityPolicy
from tests.city import NOON
from tests.scenarios.player import Failed, Player, Scenario, load

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(ROOT.glob("cities/*/scenarios/*.toml"))
QOM = [f"Q{number}" for number in range(1, 15)]


def _cases() -> list[object]:
    """One test for each file, marked with the requirements that its sentences prove."""
    return [
        pytest.param(
            path,
            id=f"{path.parent.parent.name}-{path.stem}",
            marks=pytest.mark.requirement(*load(path).requirements),
        )
        for path in FILES
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("path", _cases())
def test_a_citys_story_comes_true(path: Path) -> None:
    policy, _ = policies.adopt(path.parent.parent, actor=SYSTEM, at=NOON)
    Player(policy, load(path)).play()


def test_every_requirement_of_the_first_city_has_a_sentence() -> None:
    proved = {
        r for path in FILES if path.parent.parent.name == "qom" for r in load(path).requirements
    }
    assert [r for r in QOM if r not in proved] == []


class TestAScenarioThatFails:
    def scenario(self, tmp_path: Path, text: str) -> Scenario:
        path = tmp_path / "somewhere" / "scenarios" / "broken.toml"
        path.parent.mkdir(parents=True)
        path.write_text('[case]\nat = 2026-11-21T09:00:00\nwords = "چاله"\ncategory = "C01"\n'
                        f'district = 3\nchannel = "phone"\n\n{text}', "utf-8")  # fmt: skip
        return load(path)

    @pytest.mark.django_db
    def test_names_file_line_and_what_is_instead(self, qom: CityPolicy, tmp_path: Path) -> None:
        broken = self.scenario(
            tmp_path,
            '[[story]]\nsays = "یک"\n\n[[story]]\nsays = "دو"\nexpect = { stage = "feedback" }\n',
        )
        with pytest.raises(Failed) as failed:
            Player(qom, broken).play()
        assert "broken.toml:11" in str(failed.value)
        assert "stage is execution, expected feedback" in str(failed.value)

    @pytest.mark.django_db
    def test_names_an_act_that_was_refused(self, qom: CityPolicy, tmp_path: Path) -> None:
        broken = self.scenario(tmp_path, '[[story]]\nsays = "یک"\nstep = "satisfied"\n')
        with pytest.raises(Failed, match=r"broken.toml:8[^$]*refused: wrong_stage"):
            Player(qom, broken).play()

    @pytest.mark.django_db
    def test_names_an_expectation_that_nobody_knows(self, qom: CityPolicy, tmp_path: Path) -> None:
        broken = self.scenario(tmp_path, "[[story]]\nexpect = { mood = 1 }\n")
        with pytest.raises(Failed, match=r"broken.toml:8[^$]*expect.mood"):
            Player(qom, broken).play()

    def test_names_a_file_that_is_no_scenario(self, tmp_path: Path) -> None:
        with pytest.raises(Failed, match=r"somewhere/broken.toml:1"):
            self.scenario(tmp_path, "[[story\n")
