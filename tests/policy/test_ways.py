"""Ways beside the plain path: each rule about them refuses a policy broken in its way."""

from datetime import timedelta

import pytest

from peygir.policy.check import check
from peygir.policy.draw import draw
from peygir.policy.errors import PolicyError
from peygir.policy.load import load_city, load_files
from peygir.policy.model import CityPolicy
from tests.policy.conftest import CITIES

#: city, file, (old, new) pairs, key of the finding, part of its reason.
BROKEN = [
    (
        "mashhad",
        [
            (
                "inspected_false = 30\npoints = 2",
                "inspected_false = 30\npoints = 2\n[inspections]\nweekly = 5",
            )
        ],
        "inspections.weekly",
        "no step says that work is done",
    ),
    (
        "isfahan",
        [('then = "feedback"\ntells = "special_result"', 'then = "letter"')],
        "stages.special.then",
        "leads to a stage",
    ),
    (
        "isfahan",
        [('tracks = ["field_visit", "social", "letter"]', 'tracks = ["social", "letter"]')],
        "stages.field_visit",
        "no stage runs this track",
    ),
    (
        "isfahan",
        [('tracks = ["first_action", "urgent_feedback"]', 'tracks = ["feedback"]')],
        "stages.operations.tracks",
        "is no track",
    ),
    (
        "isfahan",
        [('needs = ["action_text"]', 'needs = ["action_text", "citizen_word"]')],
        "stages.first_action.steps",
        "without waiting for the citizen",
    ),
    (
        "isfahan",
        [('to = "same"\nneeds = ["crew"]', 'to = "feedback"\nneeds = ["crew"]')],
        "stages.first_action.steps",
        "leads to “done” or “same”",
    ),
    (
        "isfahan",
        [
            (
                'lasting = true\nholder = "feedback"',
                'on_breach = "feedback_taken"\nholder = "feedback"',
            )
        ],
        "stages.urgent_feedback",
        "neither tracks nor a way of its own",
    ),
    (
        "isfahan",
        [('after = ["post_drafted"]', 'after = ["answer_published"]')],
        "stages.social.steps.post_approved.after",
        "does not stay here",
    ),
    (
        "isfahan",
        [('needs = ["post_draft"]', 'needs = ["post_draft"]\napproval = "holder_head"')],
        "stages.social.steps.post_drafted.approval",
        "is not proposed",
    ),
    (
        "isfahan",
        [('to = "supervisors"', 'to = "social"')],
        "stages.operations.steps.to_supervisors.to",
        "leads into a track",
    ),
    (
        "isfahan",
        [('to = "supervisors"', 'to = "done"')],
        "stages.operations.steps",
        "only a track's step",
    ),
    (
        "mashhad",
        [('holder = "routing_head"', 'holder = "routing"')],
        "stages.answer.on_breach",
        "only what a post holds can climb",
    ),
    (
        "mashhad",
        [('holder = "routing_head"', 'holder = "routing"')],
        "stages.answered.holder",
        "no post held the case",
    ),
    (
        "mashhad",
        [('by = ["system"]', 'by = ["reception"]')],
        "stages.answered.on_breach",
        "the system takes this step",
    ),
    (
        "tehran",
        [('impartial = ["inspection", "council-liaison"]', 'impartial = ["inspection"]')],
        "impartial",
        "a complaint about “mayor”",
    ),
    (
        "tehran",
        [('impartial = ["inspection", "council-liaison"]', "impartial = []")],
        "stages.inquiry.holder",
        "is not listed",
    ),
    (
        "tehran",
        [('to = "inquiry_told"', 'to = "feedback"')],
        "stages.feedback.holder",
        "must be “impartial”",
    ),
    (
        "tehran",
        [('about = "post", sealed = true', "sealed = true")],
        "kinds.complaint_official",
        "a way of its own",
    ),
]


class TestBrokenWays:
    @pytest.mark.requirement("T7", "M8", "I10")
    @pytest.mark.parametrize(("city", "pairs", "key", "reason"), BROKEN)
    def test_are_refused_with_key_and_reason(
        self, city: str, pairs: list[tuple[str, str]], key: str, reason: str
    ) -> None:
        report = check(_edited(city, "policy.toml", *pairs))
        found = [str(f) for f in report.findings if f.key == key and reason in f.reason]
        assert found, [str(each) for each in report.findings]

    def test_a_superior_that_no_stage_knows_is_refused(self) -> None:
        broken = _edited("qom", "policy.toml", ('holder = "feedback"', 'holder = "above_answerer"'))
        reasons = {f.reason for f in check(broken).findings if f.key == "stages.feedback.holder"}
        assert reasons == {"no stage is held by a post"}

    def test_an_urgent_step_needs_an_urgent_lane(self) -> None:
        broken = _edited("qom", "policy.toml", ('only_for = "long_running"', 'only_for = "urgent"'))
        keys = {finding.key for finding in check(broken).findings}
        assert "stages.execution.steps.promise.only_for" in keys


class TestWhatIsNotReadAtAll:
    @pytest.mark.parametrize(
        ("city", "file", "pair", "key"),
        [
            ("tehran", "policy.toml", ('"council-liaison"]', '"nobody"]'), "impartial"),
            (
                "mashhad",
                "organisation.toml",
                ('due = "48h", fa = "شهردار"', 'due_by_class = { x = "1h" }, fa = "شهردار"'),
                "posts.mayor.due_by_class.x",
            ),
            ("isfahan", "policy.toml", ('start = "operations"', 'start = "moon"'), "urgent.start"),
            (
                "isfahan",
                "policy.toml",
                ('desk = "letters"', 'desk = "moon"'),
                "stages.letter.desk",
            ),
        ],
    )
    def test_is_named(self, city: str, file: str, pair: tuple[str, str], key: str) -> None:
        with pytest.raises(PolicyError) as refused:
            _edited(city, file, pair)
        assert (refused.value.file, refused.value.key) == (file, key)


class TestBounds:
    @pytest.mark.requirement("M4", "M8")
    def test_of_the_ladder_are_the_times_of_the_posts_on_it(self) -> None:
        mashhad = load_city(CITIES / "mashhad")
        bounds = {bound.code: bound.value for bound in check(mashhad).bounds}
        # head 72 h, director 48 h or 72 h, deputy 48 h: then the mayor holds it.
        silent = bounds["mayor.answer"]
        assert isinstance(silent, timedelta)
        assert timedelta(hours=72 + 48) <= silent <= timedelta(days=9)
        assert "mayor.answered" not in bounds  # the citizen's own time is nobody's lateness

    def test_take_a_posts_own_time_for_each_class(self) -> None:
        mashhad = _edited(
            "mashhad",
            "organisation.toml",
            (
                'head = true, roles = ["mayor"], due = "48h"',
                'head = true, roles = ["mayor"], due_by_class = { services = "24h" }',
            ),
        )
        assert check(mashhad).is_sound

    def test_use_the_class_where_the_stage_does(self) -> None:
        mashhad = _edited(
            "mashhad",
            "policy.toml",
            ('holder = "routing_head"\ndue = "72h"', 'holder = "routing_head"\ndue = "class"'),
        )
        assert check(mashhad).is_sound


class TestDrawings:
    @pytest.mark.parametrize("city", ["isfahan", "mashhad", "tehran", "shiraz"])
    @pytest.mark.parametrize("language", ["fa", "en"])
    def test_show_every_stage(self, city: str, language: str) -> None:
        policy = load_city(CITIES / city)
        drawn = draw(policy, language)
        assert all(stage.words.in_(language) in drawn for stage in policy.stages.values())


def _edited(city: str, file: str, *pairs: tuple[str, str]) -> CityPolicy:
    files = dict(load_city(CITIES / city).files)
    for old, new in pairs:
        assert old in files[file], old
        files[file] = files[file].replace(old, new)
    return load_files(city, files)
