"""Each rule refuses a policy broken in its way, naming file and key; Qom's bounds stand here."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from peygir.calendars.durations import parse
from peygir.policy.check import RULES, check, require
from peygir.policy.draw import draw
from peygir.policy.errors import PolicyError
from peygir.policy.load import load_city, load_files
from peygir.policy.model import CityPolicy
from peygir.policy.rules_chart import every_step_has_somebody
from peygir.policy.rules_texts import REQUIRED
from peygir.policy.spans import wall
from tests.policy.broken import BROKEN
from tests.policy.conftest import CITIES, Edit

Policies = Callable[..., CityPolicy]


class TestSoundPolicies:
    @pytest.mark.requirement("Q1", "Q2")
    @pytest.mark.parametrize("city", sorted(p.parent.name for p in CITIES.glob("*/policy.toml")))
    def test_are_proved_rule_by_rule(self, city: str) -> None:
        report = require(load_city(CITIES / city))
        assert report.is_sound
        assert report.proved == tuple(rule.words for rule in RULES)

    def test_say_every_rule_in_both_languages(self) -> None:
        assert (
            len({rule.words.fa for rule in RULES}) == len({r.words.en for r in RULES}) == len(RULES)
        )


class TestBounds:
    @pytest.mark.requirement("Q2")
    def test_of_qom(self, qom: CityPolicy) -> None:
        assert {bound.code: bound.value for bound in check(qom).bounds} == {
            "mayor.reception": timedelta(hours=2 + 72),
            "mayor.execution": timedelta(hours=72 + 72),  # urban planning is the slowest class
            "mayor.feedback": timedelta(hours=24 + 72),
            "mayor.special_follow_up": timedelta(hours=48 + 72),
            "mayor": timedelta(days=6),
            "mayor.paused": timedelta(days=6 + 10),
            "mayor.open": timedelta(days=30),
            "acts.word": 3,  # register, report, satisfied
            "acts.any": 2,  # register, hand over
            "promises": timedelta(days=3 * 60),
        }

    def test_are_said_in_both_languages(self, qom: CityPolicy) -> None:
        said = {bound.code: bound for bound in check(qom).bounds}
        assert said["mayor"].text("en").endswith(": 6 days")
        assert said["mayor"].text("fa").endswith(": ۶ روز")
        assert said["acts.word"].text("fa").endswith(": ۳")

    def test_of_working_time_hold_over_the_longest_holidays(self, qom: CityPolicy) -> None:
        # Nowruz closes the offices for days on end; two working days outlast any four.
        assert wall(parse("2wd"), qom.calendar) > timedelta(days=4)
        assert timedelta(hours=8) < wall(parse("8wh"), qom.calendar) < timedelta(days=15)

    def test_of_working_time_without_closures_use_the_week(
        self, edit: Edit, qom: CityPolicy
    ) -> None:
        text = qom.files["calendar.toml"]
        plain = {**qom.files, "calendar.toml": text[: text.index("[[closures]]")]}
        calendar = load_files("qom", plain).calendar
        assert timedelta(days=1) < wall(parse("8wh"), calendar) <= timedelta(days=5)

    def test_are_not_printed_for_a_policy_that_fails(self, edited_policy: Policies) -> None:
        report = check(edited_policy("policy.toml", ('off = "20h"', 'off = "24h"')))
        assert not report.is_sound
        assert report.bounds == ()


class TestBrokenPolicies:
    @pytest.mark.parametrize(("rule", "file", "pairs", "key", "reason"), BROKEN)
    def test_are_refused_with_file_key_and_reason(
        self,
        edit: Edit,
        rule: str,
        file: str,
        pairs: list[tuple[str, str]],
        key: str,
        reason: str,
    ) -> None:
        files = edit(file, *pairs)
        if "deputy-desk" in files["policy.toml"]:  # a desk where nobody sits
            desk = '[units.deputy-desk]\nkind = "desk"\nparent = "mayor"\nfa = "میز"\nen = "Desk"\n'
            files["organisation.toml"] += desk
        report = check(load_files("qom", files))
        found = [f for f in report.findings if f.key == key and reason in f.reason]
        assert found, [str(each) for each in report.findings]
        assert found[0].file in (file, "policy.toml")  # a step that the chart has nobody for
        proved = {words.en for words in report.proved}
        assert not any(rule in sentence for sentence in proved)

    def test_raise_their_first_finding_when_a_sound_one_is_required(
        self, edited_policy: Policies
    ) -> None:
        with pytest.raises(PolicyError, match=r"^policy\.toml: redial\.off: "):
            require(edited_policy("policy.toml", ('off = "20h"', 'off = "24h"')))

    def test_are_looked_at_no_further_when_the_chart_is_broken(
        self, edited_policy: Policies
    ) -> None:
        report = check(
            edited_policy(
                "organisation.toml", ('kind = "centre", parent = "mayor"', 'kind = "centre"')
            )
        )
        assert {finding.file for finding in report.findings} == {"organisation.toml"}
        assert len(report.proved) == 2

    def test_include_one_whose_texts_lack_what_pages_need(self, edit: Edit) -> None:
        files = edit("texts.fa.toml", ("intro = ", "welcome = "))
        files["texts.en.toml"] = files["texts.en.toml"].replace("intro = ", "welcome = ")
        found = [str(each) for each in check(load_files("qom", files)).findings]
        assert found == ["texts.fa.toml: portal.intro: is missing"]

    @pytest.mark.parametrize("page", ["home", "help", "privacy"])
    def test_include_one_whose_texts_lack_what_a_page_of_citizens_says(self, page: str) -> None:
        template = CITIES.parent / f"peygir/portal/jinja2/portal/{page}.html"
        said = re.findall(r"said\.(\w+)", template.read_text("utf-8"))
        assert said
        assert {f"portal.{key}" for key in said} <= set(REQUIRED)

    def test_include_one_whose_pause_nobody_can_approve(self, edit: Edit) -> None:
        files = edit("policy.toml", ('approval = "centre_head"', 'approval = "deputy"'))
        files["organisation.toml"] = files["organisation.toml"].replace('["deputy"]', '["admin"]')
        found = [str(each) for each in check(load_files("qom", files)).findings]
        assert found == ["policy.toml: pauses.weather.approval: no post has this role"]

    def test_include_one_whose_class_for_others_is_gone(self, edit: Edit, qom: CityPolicy) -> None:
        files = edit("policy.toml", ("nonmunicipal  ", "foreign  "))
        files["categories.toml"] = files["categories.toml"].replace('"nonmunicipal"', '"foreign"')
        files["organisation.toml"] = files["organisation.toml"].replace(
            '"nonmunicipal"', '"foreign"'
        )
        (found,) = check(load_files("qom", files)).findings
        assert found.key == "stages.execution.steps.hand_over.only_for"
        assert found.reason == "no class is “outside”"

    def test_include_one_without_any_subject(self, edit: Edit, qom: CityPolicy) -> None:
        text = qom.files["categories.toml"]
        start = text.index("[categories.W01]")
        files = {**qom.files, "categories.toml": text[:start] + "[categories]\n"}
        files.pop("knowledge.toml", None)  # its articles name categories
        keys = {finding.key for finding in check(load_files("qom", files)).findings}
        assert "stages.execution.steps.report.by" in keys

    def test_include_one_whose_units_have_nobody_above_to_approve(
        self, qom: CityPolicy, edited_policy: Policies
    ) -> None:
        # The chain ends at a mayor's office that has no head: the chart itself is refused first,
        # and whoever looks at the steps alone finds the approval missing too.
        headless = {**qom.files}
        text = headless["organisation.toml"]
        headless["organisation.toml"] = text.replace("head = true", "head = false")
        policy = load_files("qom", headless)
        assert policy.organisation.head_of("waste") is None
        keys = {finding.key for finding in every_step_has_somebody(policy)}
        assert "stages.execution.steps.promise.approval" in keys

    def test_include_none_for_a_stage_that_words_a_common_step_its_own_way(
        self, edited_policy: Policies
    ) -> None:
        own = """
[stages.reception.steps.objection]
fa = "اعتراض"
en = "Objection"
by = ["citizen"]
to = "same"
"""
        policy = edited_policy(
            "policy.toml", ("[stages.execution]\n", own + "[stages.execution]\n")
        )
        step = policy.step("reception", "objection")
        assert step is not None
        assert step.by == ("citizen",)
        assert check(policy).is_sound
        assert draw(policy, "en").count("Objection</text>") == 1
