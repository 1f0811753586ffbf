"""Changing a city's files: only the value that was meant, and every change told in words."""

import difflib
from pathlib import Path

import pytest

from peygir.policy import edit
from peygir.policy.check import require
from peygir.policy.compare import compare
from peygir.policy.compare_words import LONG
from peygir.policy.load import load_city, load_files
from peygir.policy.model import CityPolicy
from tests.policy.conftest import CITIES

pytestmark = pytest.mark.requirement("M5")

BEFORE = "۲۴ ساعت: شهردار منطقه یا رئیس سازمان، ۴۸ ساعت: معاون شهردار، ۷۲ ساعت: شهردار"
SOUND = sorted(p.parent.name for p in CITIES.glob("*/policy.toml"))
#: The large ones take seconds each.
EACH = [
    pytest.param(city, marks=[] if city in ("qom", "_template") else pytest.mark.slow)
    for city in SOUND
]


def lines(old: edit.Files, new: edit.Files) -> list[str]:
    """Lines that were written anew."""
    found = []
    for file in old:
        drawn = difflib.ndiff(old[file].splitlines(), new[file].splitlines())
        found += [line[2:] for line in drawn if line.startswith("+ ")]
    return found


def said(old: edit.Files, new: edit.Files, language: str = "fa") -> list[str]:
    return [each.words.in_(language) for each in compare(old, new)]


class TestEdit:
    @pytest.mark.parametrize("city", EACH)
    def test_writing_what_is_there_changes_not_one_byte(self, city: str) -> None:
        policy = load_city(CITIES / city)
        classes = {
            one.code: {"due": one.due.text, "fa": one.words.fa, "en": one.words.en}
            for one in policy.classes.values()
        }
        dues = {
            code: stage.due if isinstance(stage.due, str) else stage.due.text
            for code, stage in policy.stages.items()
        }
        files = edit.put_classes(policy.files, classes)
        files = edit.put_stage_dues(files, dues)
        files = edit.put_routes(files, policy.organisation.functions)
        points = policy.points
        files = edit.put_points(files, breach=points.breach, rung=points.rung)
        assert files == policy.files

    @pytest.mark.parametrize("city", SOUND)
    def test_a_class_gets_another_time_and_nothing_else_moves(self, city: str) -> None:
        policy = load_city(CITIES / city)
        one = next(iter(policy.classes.values()))
        new = edit.put_classes(
            policy.files, {one.code: {"due": "5d", "fa": one.words.fa, "en": one.words.en}}
        )
        assert len(lines(policy.files, new)) == 1
        assert load_files(city, new).classes[one.code].due.text == "5d"
        (told,) = said(policy.files, new)
        assert told.startswith("مهلت ردهٔ")
        assert told.endswith("به ۵ روز")

    def test_a_stage_a_route_a_ladder_and_points(self, qom: CityPolicy) -> None:
        new = edit.put_stage_dues(qom.files, {"feedback": "36h"})
        new = edit.put_routes(new, {"green": "parks"})
        new = edit.put_ladder(new, "ladder", [("12h", "deputy"), ("24h", "mayor")], "48h")
        new = edit.put_points(new, breach=2, rung=2)
        policy = load_files("qom", new)
        require(policy)
        assert policy.organisation.route("green", 3) == "parks"
        assert [t.told for t in policy.ladder.thresholds[-2:]] == ["deputy", "mayor"]
        assert (policy.points.version, policy.points.breach) == (2, 2)
        assert said(qom.files, new) == [
            "مسئول وظیفهٔ «green» از واحد همان منطقه به «سازمان سیما، منظر و فضای سبز شهری»",
            "مهلت مرحلهٔ «واحد بازخورد» از ۲۴ ساعت به ۳۶ ساعت",
            f"پله‌های نردبان واحد از {BEFORE} به ۱۲ ساعت: معاون شهردار، ۲۴ ساعت: شهردار",
            "تکرار نردبان واحد از ۷۲ ساعت به ۴۸ ساعت",
            "نسخهٔ قاعدهٔ امتیاز از ۱ به ۲",
            "امتیاز منفی پایان مهلت از ۱ به ۲",
        ]
        assert said(qom.files, new, "en")[1] == (
            "stage “Feedback unit”, time allowed: from 24 hours to 36 hours"
        )

    def test_a_subject_changes(self, qom: CityPolicy) -> None:
        given = {"class": "technical_civil", "long_running": True, "urgent_when": None}
        new = edit.put_category(qom.files, "W01", given)
        policy = load_files("qom", new)
        assert policy.categories["W01"].long_running
        assert said(qom.files, new, "en") == [
            "subject “Waste not collected”, class: from “Services” to “Technical and civil”",
            "subject “Waste not collected”, sign of urgency is gone",
            "subject “Waste not collected”, long-running: yes (new)",
        ]

    def test_a_subject_is_added(self, qom: CityPolicy) -> None:
        given = {
            "fa": 'سگ "بی‌پلاک"',
            "en": "Dog",
            "group": "animals",
            "class": "services",
            "function": "services",
            "long_running": None,
            "lexicon": ["سگ"],
        }
        new = edit.put_category(qom.files, "A99", given)
        assert load_files("qom", new).categories["A99"].words.fa == 'سگ "بی‌پلاک"'
        assert said(qom.files, new) == ['موضوع «سگ "بی‌پلاک"» افزوده شد']
        assert said(new, qom.files) == ['موضوع «سگ "بی‌پلاک"» حذف شد']
        assert said(qom.files, new, "en") == ["subject “Dog” is new"]
        assert said(new, qom.files, "en") == ["subject “Dog” is gone"]

    def test_what_is_not_there_or_no_code_is_refused(self, qom: CityPolicy) -> None:
        with pytest.raises(edit.PolicyError, match=r"stages\.attic\.due: is missing"):
            edit.put_stage_dues(qom.files, {"attic": "1h"})
        with pytest.raises(edit.PolicyError, match="a code is made"):
            edit.put_category(qom.files, "کد", {"fa": "x"})
        with pytest.raises(edit.PolicyError, match="is not TOML"):
            edit.put_stage_dues({**qom.files, "policy.toml": "a = "}, {"feedback": "1h"})

    def test_an_earlier_version_again_is_a_version_of_its_own(self, qom: CityPolicy) -> None:
        new = edit.again(qom.files, "version 3, as version 1 was")
        assert load_files("qom", new).digest != qom.digest
        assert compare(qom.files, new) == ()
        assert new["policy.toml"].endswith("\n# version 3, as version 1 was\n")


class TestCompare:
    @pytest.mark.parametrize("other", [name for name in SOUND if name != "qom"])
    def test_tells_every_value_that_differs_in_both_languages(
        self, qom: CityPolicy, other: str
    ) -> None:
        for difference in compare(qom.files, load_city(CITIES / other).files):
            assert difference.words.fa
            assert difference.words.en
            assert "None" not in difference.words.fa + difference.words.en

    def test_texts_steps_and_plain_keys(self, qom: CityPolicy) -> None:
        policy = qom.files["policy.toml"]
        policy = policy.replace('needs = ["return_reason"]', 'needs = ["return_reason", "note"]')
        policy = policy.replace('start = "execution"  ', 'start = "reception"  ')
        policy = policy.replace('approval = "holder_head"\nonly_for', "only_for")
        city = qom.files["city.toml"].replace("photos = ", "photos = 1")
        text = "پیامتان رسید " + "و " * LONG
        registered = qom.texts["sms.registered"].fa.replace("\n", "\\n")
        texts = qom.files["texts.fa.toml"].replace(registered, text)
        organisation = qom.files["organisation.toml"].replace(
            'd{n}-civil-expert" = { unit = "d{n}-civil", superior = "d{n}-civil-head"',
            'd{n}-civil-expert" = { unit = "d{n}-civil", superior = "d{n}-mayor"',
        )
        new = {
            **qom.files,
            "policy.toml": policy,
            "city.toml": city,
            "texts.fa.toml": texts,
            "organisation.toml": organisation,
        }
        told = " | ".join(said(qom.files, new))
        assert "city.toml › limits.photos از" in told
        assert "آنچه لازم است گام «عودت به واحد دریافت»، مرحلهٔ «واحد اجرایی» از" in told
        assert "متن «sms.registered» (fa) از" in told
        assert "…" in told
        assert "policy.toml › start از «واحد اجرایی» به «واحد دریافت»" in told
        assert "حذف شد؛ رئیس واحد بود" in told
        assert "مافوق پست" in told
        in_english = " | ".join(said(qom.files, new, "en"))
        assert "is gone; was the unit's head" in in_english

    def test_a_file_that_cannot_be_read_is_told(self, qom: CityPolicy) -> None:
        assert said(qom.files, {**qom.files, "city.toml": "fa ="}) == [
            "پروندهٔ city.toml خوانده نمی‌شود"
        ]

    def test_odd_values_are_shown_as_they_are(self, qom: CityPolicy) -> None:
        new = qom.files["policy.toml"].replace('told = "deputy" }', 'told = "nobody" }')
        new = new.replace('due = "class"', "due = 1.5").replace('repeat = "30d"', "repeat = []")
        told = " | ".join(said(qom.files, {**qom.files, "policy.toml": new}))
        assert "nobody" in told
        assert "مهلت رده" in told
        assert "۱.۵" in told
        assert "هیچ" in told
        kinds = qom.files["policy.toml"].replace("[kinds]\n", '[kinds]\nodd = "x"\n')
        assert said(qom.files, {**qom.files, "policy.toml": kinds}) == [
            "نوع پیام «odd»: «x» (تازه)"
        ]


def test_the_template_is_among_the_cities() -> None:
    assert Path("_template").name in SOUND
