"""The drawing that the council sees."""

from collections.abc import Callable
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest

from peygir.calendars.durations import parse
from peygir.policy.draw import draw
from peygir.policy.load import load_city
from peygir.policy.model import CityPolicy
from peygir.policy.sayings import ACTORS, EVIDENCE, TOLD, say_delta, say_span
from peygir.policy.vocabulary import ACTORS as ALL_ACTORS
from peygir.policy.vocabulary import EVIDENCE as ALL_EVIDENCE
from peygir.policy.vocabulary import TOLD as ALL_TOLD
from tests.policy.conftest import CITIES

SVG = "{http://www.w3.org/2000/svg}"


def _texts(svg: str) -> list[str]:
    return ["".join(each.itertext()) for each in ET.fromstring(svg).iter(f"{SVG}text")]


class TestDrawing:
    @pytest.mark.parametrize("language", ["fa", "en"])
    @pytest.mark.parametrize("city", ["qom", "_template"])
    def test_holds_every_stage_step_and_ending(self, city: str, language: str) -> None:
        policy = load_city(CITIES / city)
        texts = _texts(draw(policy, language))
        for each in (*policy.stages.values(), *policy.endings.values()):
            assert each.words.in_(language) in texts
        for stage in policy.stages.values():
            for step in stage.steps.values():
                assert step.words.in_(language) in texts

    def test_says_who_learns_of_a_deadline_and_when(self, qom: CityPolicy) -> None:
        texts = _texts(draw(qom))
        for said in ("۵۰٪ مهلت گذشت", "پایان مهلت", "۷۲ ساعت پس از مهلت", "۳۰ روز", "شهردار"):
            assert said in texts

    def test_reads_from_right_to_left_in_persian_only(self, qom: CityPolicy) -> None:
        assert 'direction="rtl"' in draw(qom, "fa")
        assert 'direction="rtl"' not in draw(qom, "en")

    def test_keeps_everything_on_the_sheet(self, qom: CityPolicy) -> None:
        root = ET.fromstring(draw(qom))
        width, height = (float(part) for part in root.attrib["viewBox"].split()[2:])
        for text in root.iter(f"{SVG}text"):
            assert 0 <= float(text.attrib["x"]) <= width
            assert 0 <= float(text.attrib["y"]) <= height

    def test_carries_no_style_or_script_that_a_page_would_refuse(self, qom: CityPolicy) -> None:
        tags = {each.tag for each in ET.fromstring(draw(qom)).iter()}
        assert not tags & {f"{SVG}style", f"{SVG}script"}
        assert "style=" not in draw(qom)

    def test_escapes_what_a_city_writes(self, edited_policy: Callable[..., CityPolicy]) -> None:
        policy = edited_policy("policy.toml", ('en = "File the result"', 'en = "<b>File & go"'))
        assert "<b>File & go" in _texts(draw(policy, "en"))

    def test_leaves_out_what_a_policy_does_not_have(
        self, edited_policy: Callable[..., CityPolicy], qom: CityPolicy
    ) -> None:
        text = qom.files["policy.toml"]
        anywhere = text[text.index("[anywhere.merge]") : text.index("[after_closing.objection]")]
        policy = edited_policy("policy.toml", (anywhere, ""))
        assert "در هر مرحله" not in _texts(draw(policy))
        assert "ادغام در پروندهٔ دیگر" in _texts(draw(policy))  # an ending that no step leads to


class TestSayings:
    def test_name_every_word_of_the_vocabulary(self) -> None:
        assert set(ACTORS) == ALL_ACTORS
        assert set(EVIDENCE) == set(ALL_EVIDENCE)
        assert set(TOLD) == set(ALL_TOLD)

    @pytest.mark.parametrize(
        ("delta", "fa", "en"),
        [
            (timedelta(minutes=30), "۳۰ دقیقه", "30 minutes"),
            (timedelta(hours=72), "۷۲ ساعت", "72 hours"),
            (timedelta(days=6), "۶ روز", "6 days"),
            (timedelta(days=6, hours=4), "۶ روز و ۴ ساعت", "6 days 4 hours"),
        ],
    )
    def test_say_a_time_as_people_do(self, delta: timedelta, fa: str, en: str) -> None:
        assert say_delta(delta, "fa") == fa
        assert say_delta(delta, "en") == en

    def test_say_a_span_as_the_policy_wrote_it(self) -> None:
        assert say_span(parse("8wh"), "fa") == "۸ ساعت کاری"
        assert say_span(parse("2w"), "en") == "2 weeks"
