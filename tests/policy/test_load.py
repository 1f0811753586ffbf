"""A city's files become one policy, or are refused with file, key and reason."""

import csv
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peygir.policy.load import FILES, PolicyError, load_city, load_files
from peygir.policy.model import CityPolicy
from tests.policy.conftest import CITIES, Edit
from tests.policy.refused import REFUSED

CLASS_OF = {
    "service": "services",
    "technical": "technical_civil",
    "urban": "urban_planning",
    "nonmuni": "nonmunicipal",
}


class TestQom:
    @pytest.mark.requirement("Q12")
    def test_gives_24_48_and_72_hours_to_its_three_classes(self, qom: CityPolicy) -> None:
        allowed = {code: each.due.amount for code, each in qom.classes.items()}
        assert allowed["services"] == timedelta(hours=24)
        assert allowed["technical_civil"] == timedelta(hours=48)
        assert allowed["urban_planning"] == timedelta(hours=72)

    @pytest.mark.requirement("Q13")
    def test_lets_long_running_subjects_be_answered_by_a_promise(self, qom: CityPolicy) -> None:
        assert {"C02", "C06", "C09", "G06", "U01"} <= {
            code for code, each in qom.categories.items() if each.long_running
        }
        step = qom.step("execution", "promise")
        assert step is not None
        assert (step.only_for, step.limit, step.approval) == ("long_running", 3, "holder_head")

    @pytest.mark.requirement("Q4")
    def test_sends_a_category_to_the_department_of_its_district(self, qom: CityPolicy) -> None:
        chart = qom.organisation
        assert chart.route(qom.categories["C01"].function, 3) == "d3-civil"
        assert chart.route(qom.categories["W03"].function, 3) == "waste"
        assert chart.route(qom.categories["C01"].function, 9) is None
        assert chart.route("unheard-of", 1) is None

    def test_has_sixty_subjects_each_with_both_names_a_question_and_words(
        self, qom: CityPolicy
    ) -> None:
        assert len(qom.categories) == 60
        assert len(qom.groups) >= 10
        for category in qom.categories.values():
            assert category.ask is not None
            assert len(category.lexicon) >= 4

    @pytest.mark.requirement("Q10")
    def test_counts_points_to_the_district_or_organisation(self, qom: CityPolicy) -> None:
        chart = qom.organisation
        assert chart.scored("d4-green") == "d4"
        assert chart.scored("waste") == "waste"
        assert chart.scored("reception") == "reception"  # nobody's score
        assert chart.ancestors("waste") == ("waste", "deputy-services", "mayor")

    def test_finds_the_head_of_a_unit_or_of_the_nearest_above(self, qom: CityPolicy) -> None:
        assert qom.organisation.head_of("d1-civil") == "d1-civil-head"
        assert qom.organisation.head_of("centre") == "centre-head"

    def test_knows_the_steps_of_a_stage_those_open_anywhere_and_after_closing(
        self, qom: CityPolicy
    ) -> None:
        assert qom.step("feedback", "satisfied") is qom.stages["feedback"].steps["satisfied"]
        assert qom.step("feedback", "merge") is qom.anywhere["merge"]
        assert qom.step(None, "objection") is qom.after_closing["objection"]
        assert qom.step(None, "merge") is None

    def test_says_each_text_in_the_language_asked_for(self, qom: CityPolicy) -> None:
        assert qom.words.in_("en-gb") == "Qom"
        assert qom.words.in_("fa") == "قم"

    def test_is_read_within_150_milliseconds(self) -> None:
        best = 1.0
        for _ in range(3):
            begun = time.perf_counter()
            load_city(CITIES / "qom")
            best = min(best, time.perf_counter() - begun)
        assert best <= 0.15


class TestDigest:
    def test_is_the_same_for_the_same_files_and_another_after_a_change(
        self, qom: CityPolicy, edit: Edit
    ) -> None:
        assert load_files("qom", qom.files).digest == qom.digest
        changed = load_files("qom", edit("policy.toml", ("# Qom", "# The city")))
        assert changed.digest != qom.digest
        assert len(qom.digest) == 64


class TestRefusals:
    @pytest.mark.parametrize(("file", "pair", "key", "reason"), REFUSED)
    def test_names_file_key_and_reason(
        self, edit: Edit, file: str, pair: tuple[str, str], key: str, reason: str
    ) -> None:
        with pytest.raises(PolicyError) as caught:
            load_files("qom", edit(file, pair))
        error = caught.value
        assert (error.file, error.key) == (file, key)
        assert reason in error.reason
        assert str(error) == (f"{file}: {key}: " if key else f"{file}: ") + error.reason

    def test_of_a_file_too_few_or_too_many(self, qom: CityPolicy) -> None:
        with pytest.raises(PolicyError, match=r"^city\.toml: is missing$"):
            load_files("qom", {k: v for k, v in qom.files.items() if k != "city.toml"})
        with pytest.raises(PolicyError, match=r"^notes\.txt: is no file of a policy$"):
            load_files("qom", {**qom.files, "notes.txt": ""})

    def test_of_a_name_that_is_no_folder(self, qom: CityPolicy) -> None:
        with pytest.raises(PolicyError, match="no name for a city"):
            load_files("../qom", qom.files)

    def test_of_a_file_too_large_or_nested_without_end(self, qom: CityPolicy) -> None:
        with pytest.raises(PolicyError, match="larger than"):
            load_files("qom", {**qom.files, "city.toml": "#" * 1_000_001})
        with pytest.raises(PolicyError, match="is not TOML"):
            load_files("qom", {**qom.files, "city.toml": "a = " + "[" * 100_000})

    def test_of_a_folder_that_is_not_there_or_is_no_text(self, tmp_path: Path) -> None:
        with pytest.raises(
            PolicyError, match=r"calendar\.toml: cannot be read from .*: no such file"
        ):
            load_city(tmp_path)
        (tmp_path / "calendar.toml").write_bytes(b"\xff\xfe")
        with pytest.raises(PolicyError, match=r"cannot be read from .*: 'utf-8' codec"):
            load_city(tmp_path)

    def test_of_a_template_for_districts_is_none(self, qom: CityPolicy) -> None:
        text = qom.files["organisation.toml"]
        start, end = text.index("[per_district.units]"), text.index("[units]")
        alone = {**qom.files, "organisation.toml": text[:start] + text[end:]}
        assert "d1" not in load_files("qom", alone).organisation.units


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_mutated_file_raises_nothing_but_policy_error(data: st.DataObject) -> None:
    files = {name: (CITIES / "_template" / name).read_text(encoding="utf-8") for name in FILES}
    name = data.draw(st.sampled_from(FILES))
    lines = files[name].splitlines()
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(lines) - 1))
        key = lines[place].split("=")[0]
        junk = data.draw(
            st.one_of(
                st.sampled_from(
                    [
                        "",
                        "[x]",
                        "x = 1",
                        *(f"{key}= {v}" for v in ("-1", "inf", "[]", "{}", "true")),
                    ]
                ),
                st.sampled_from([f"{key}= 1979-05-27", f"{key}= [[1], {{a = 2}}]", f'{key}= "x"']),
                st.text(max_size=12),
                st.sampled_from(lines),
            )
        )
        lines[place] = junk
    files[name] = "\n".join(lines)
    with suppress(PolicyError):
        load_files("template", files)


def test_the_sixty_subjects_are_those_of_the_common_tree(qom: CityPolicy) -> None:
    """Codes and classes as this list has them; a city may move a subject, knowingly."""
    listed = list(csv.reader(SUBJECTS.split()))
    assert {code: CLASS_OF[kind] for code, kind in listed} == {
        code: each.class_code for code, each in qom.categories.items()
    }


SUBJECTS = """
W01,service W02,service W03,service W04,service W05,service W06,service W07,service
W08,service R01,service R02,service R03,service R04,service R05,service R06,technical
G01,service G02,service G03,service G04,service G05,service G06,urban B01,service
B02,service B03,service O01,service O02,service O03,service O04,service O05,service
O06,service A01,service A02,service C01,technical C02,technical C03,technical
C04,technical C05,technical C06,technical C07,technical C08,technical C09,technical
C10,technical E01,technical T01,technical T02,technical T03,technical T04,service
T05,service T06,service T07,service U01,urban U02,urban U03,urban U04,urban U05,urban
U06,urban M01,service M02,service M03,service M04,service N01,nonmuni
"""


def test_a_city_without_scores_has_those_of_the_design(qom: CityPolicy) -> None:
    text = qom.files["policy.toml"]
    start = text.index("[scores]")
    end = text.index("points = 2\n", start) + len("points = 2\n")
    files = dict(qom.files) | {"policy.toml": text[:start] + text[end:]}
    scores = load_files(qom.name, files).scores
    assert (sum(scores.parts.values()), scores.rank_by, scores.classes) == (100, "score", {})
    assert qom.scores.rank_by == "satisfaction"
