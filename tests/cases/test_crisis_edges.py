"""What a crisis, its plan and its batches refuse, and the edges of other ways."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from peygir.cases import (
    acts,
    decide,
    holding,
    may,
    overlay_tasks,
    overlays,
    plans,
    policies,
    sweep,
    switching,
    words,
)
from peygir.cases.models import Case, OverlayRun, OverlayTask
from peygir.cases.plans import PlanError
from peygir.cases.refusals import NotAllowed, WrongEvidence
from peygir.cases.switching import SwitchError
from peygir.ledger import read
from peygir.ledger.entry import CITIZEN, SYSTEM, Actor
from peygir.people import organisation
from peygir.policy.errors import PolicyError
from peygir.policy.load import load_city, load_files
from peygir.policy.model import CityPolicy
from peygir.policy.overlay import Scope
from peygir.policy.spans import longest
from tests.city import NOON, Story, filling, hire, reported, staff_of

CITIES = Path(__file__).parents[2] / "cities"
WEEK = NOON + timedelta(days=5)
pytestmark = pytest.mark.django_db


def _who(policy: CityPolicy, role: str) -> Actor:
    post = next(p.code for p in policy.organisation.posts.values() if role in p.roles)
    return organisation.actor_of(hire(role, post), at=NOON)


@pytest.fixture
def head(isfahan: CityPolicy) -> Actor:
    return _who(isfahan, "centre_head")


@pytest.fixture
def deputy(isfahan: CityPolicy) -> Actor:
    return _who(isfahan, "deputy")


@pytest.fixture
def run(isfahan: CityPolicy, head: Actor, deputy: Actor) -> OverlayRun:
    """A storm, switched on for the whole city."""
    asked = switching.propose(isfahan, "storm", scope=Scope(), until=WEEK, actor=head, at=NOON)
    return switching.confirm(asked.pk, actor=deputy, at=NOON)


class TestSwitching:
    def test_what_nobody_prepared_is_not_switched_on(
        self, isfahan: CityPolicy, head: Actor
    ) -> None:
        with pytest.raises(SwitchError, match="unknown"):
            switching.propose(isfahan, "flood", scope=Scope(), until=WEEK, actor=head, at=NOON)
        with pytest.raises(SwitchError, match="unknown"):
            switching.confirm(137, actor=head, at=NOON)

    def test_what_holds_is_not_asked_for_again(
        self, isfahan: CityPolicy, run: OverlayRun, head: Actor
    ) -> None:
        with pytest.raises(SwitchError, match="already"):
            switching.propose(isfahan, "storm", scope=Scope(), until=WEEK, actor=head, at=NOON)

    def test_a_wish_that_lapsed_stands_in_nobodys_way(
        self, isfahan: CityPolicy, head: Actor
    ) -> None:
        given = {"scope": Scope(), "until": WEEK, "actor": head}
        switching.propose(isfahan, "storm", at=NOON, **given)
        later = NOON + timedelta(minutes=5)
        assert switching.propose(isfahan, "storm", at=later, **given).pk

    def test_only_those_named_switch_off(self, isfahan: CityPolicy, run: OverlayRun) -> None:
        with pytest.raises(SwitchError, match="not_allowed"):
            switching.switch_off(run.pk, actor=_who(isfahan, "reception"), at=NOON)

    def test_one_that_another_worker_ended_is_left_alone(self, run: OverlayRun) -> None:
        assert switching._settle(run.pk, WEEK)
        assert not switching._settle(run.pk, WEEK)

    def test_rows_have_names(self, isfahan: CityPolicy, run: OverlayRun, head: Actor) -> None:
        plan = plans.begin(isfahan, "storm", actor=head, at=NOON)
        said = plans.comment(isfahan, plan.pk, text="خوب است", actor=head, at=NOON)
        task = OverlayTask(what="group", done=1, total=2)
        named = [str(each) for each in (run, plan, said, task)]
        assert named[0] == f"storm {run.state}"
        assert named[1:] == ["storm 1", f"{head.post} 2026-11-21", "group 1/2"]


class TestBatches:
    def test_ask_for_a_crisis_that_holds_and_for_those_named(
        self, isfahan: CityPolicy, run: OverlayRun, head: Actor
    ) -> None:
        ask = {"until": NOON + timedelta(hours=1), "at": NOON}
        with pytest.raises(SwitchError, match="state"):
            overlay_tasks.pause(137, actor=head, **ask)
        with pytest.raises(SwitchError, match="not_allowed"):
            overlay_tasks.pause(run.pk, actor=_who(isfahan, "reception"), **ask)
        with pytest.raises(SwitchError, match="not_allowed"):
            overlay_tasks.pause(run.pk, actor=replace(head, staff_id=None), **ask)

    def test_pause_only_where_the_overlay_and_the_role_may(
        self,
        isfahan: CityPolicy,
        run: OverlayRun,
        head: Actor,
        deputy: Actor,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        ask = {"until": NOON + timedelta(hours=1), "at": NOON}
        with pytest.raises(SwitchError, match="not_allowed"):
            overlay_tasks.pause(run.pk, actor=deputy, **ask)
        storm = replace(isfahan.overlays["storm"], pause=None)
        monkeypatch.setattr(overlay_tasks.overlays, "overlay_of", lambda run: storm)
        with pytest.raises(SwitchError, match="no_pause"):
            overlay_tasks.pause(run.pk, actor=head, **ask)

    def test_group_needs_an_open_lead_and_somebody_who_may_merge(
        self, isfahan: CityPolicy, run: OverlayRun, head: Actor, deputy: Actor
    ) -> None:
        lead = Case.objects.get(pk=reported(isfahan).case.id)
        with pytest.raises(SwitchError, match="not_allowed"):
            overlay_tasks.group(run.pk, lead=lead, district=None, actor=deputy, at=NOON)
        lead.category = ""
        with pytest.raises(SwitchError, match="lead"):
            overlay_tasks.group(run.pk, lead=lead, district=None, actor=head, at=NOON)

    def test_go_on_batch_by_batch_and_pass_over_what_refuses(
        self,
        isfahan: CityPolicy,
        run: OverlayRun,
        head: Actor,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(overlay_tasks, "BATCH", 1)
        at = NOON + timedelta(minutes=5)
        lead = Case.objects.get(pk=reported(isfahan, at=at).case.id)
        for _ in range(2):
            reported(isfahan, at=at)
        task = overlay_tasks.group(run.pk, lead=lead, district=None, actor=head, at=at)
        assert task.total == 2
        while overlay_tasks.turn(at=at):
            pass
        task.refresh_from_db()
        assert (task.done, task.passed_over) == (2, 0)
        assert task.finished_at is not None
        overlay_tasks._finish(task, head, at)  # another worker was faster: nothing is told twice
        told = [e for e in read.of("case", lead.pk) if e.kind == "case.told"]
        assert len(told) == 1

    def test_an_act_that_is_refused_is_counted_as_passed_over(self) -> None:
        def refused() -> None:
            raise NotAllowed("merge")

        assert not overlay_tasks._one(refused)

    def test_scope_narrows_by_class_and_category_and_district(self) -> None:
        scope = {"districts": [3], "classes": ["services"], "categories": ["W01"]}
        meant = str(overlays.within(OverlayRun(scope=scope)))
        assert all(word in meant for word in ("district", "class_code", "category", "sealed"))

    def test_a_message_about_no_case_says_what_it_always_says(
        self, isfahan: CityPolicy, run: OverlayRun
    ) -> None:
        at = NOON + timedelta(minutes=1)
        assert overlays.worded_for(isfahan, 137, at) is isfahan
        assert overlays.worded_for(isfahan, None, at) is isfahan

    def test_nothing_is_eased_without_a_crisis(self, isfahan: CityPolicy) -> None:
        assert overlays.mark(None, [], []) == {}


class TestPlans:
    def test_refuse_who_may_not(self, isfahan: CityPolicy, head: Actor) -> None:
        stranger = _who(isfahan, "executive")
        with pytest.raises(PlanError, match="not_allowed"):
            plans.begin(isfahan, "storm", actor=stranger, at=NOON)
        plan = plans.begin(isfahan, "storm", actor=head, at=NOON)
        assert plans.begin(isfahan, "storm", actor=head, at=NOON).pk == plan.pk
        given = {"actor": stranger, "at": NOON}
        with pytest.raises(PlanError, match="not_allowed"):
            plans.write(isfahan, plan.pk, text="x", version=plan.version, **given)
        with pytest.raises(PlanError, match="not_allowed"):
            plans.comment(isfahan, plan.pk, text="x", **given)
        with pytest.raises(PlanError, match="not_allowed"):
            plans.approve(isfahan, plan.pk, version=plan.version, **given)

    def test_refuse_what_is_stale_empty_too_long_or_gone(
        self, isfahan: CityPolicy, head: Actor, deputy: Actor
    ) -> None:
        plan = plans.begin(isfahan, "storm", actor=head, at=NOON)
        given = {"actor": head, "at": NOON}
        with pytest.raises(PlanError, match="empty"):
            plans.approve(isfahan, plan.pk, version=plan.version, actor=deputy, at=NOON)
        for text, version, code in (
            (" ", plan.version, "empty"),
            ("x" * (plans.TEXT_MAX + 1), plan.version, "too_long"),
            ("x", plan.version + 1, "stale"),
        ):
            with pytest.raises(PlanError, match=code):
                plans.write(isfahan, plan.pk, text=text, version=version, **given)
        with pytest.raises(PlanError, match="stale"):
            plans.approve(isfahan, plan.pk, version=99, actor=deputy, at=NOON)
        with pytest.raises(PlanError, match="gone"):
            plans.comment(isfahan, 137, text="x", **given)
        plan = plans.write(isfahan, plan.pk, text="برنامه", version=plan.version, **given)
        plan = plans.approve(isfahan, plan.pk, version=plan.version, actor=deputy, at=NOON)
        with pytest.raises(PlanError, match="state"):
            plans.comment(isfahan, plan.pk, text="x", **given)


class TestOtherEdges:
    def test_nothing_is_merged_into_a_sealed_case(self, qom: CityPolicy) -> None:
        policy, _ = policies.adopt(CITIES / "tehran", actor=SYSTEM, at=NOON)
        sealed = {"kind": "complaint_official", "about_post": "d3-civil-head"}
        hidden = reported(policy, **sealed, category="", district=None).case
        other = Story(policy)
        desk, own = staff_of(policy, "reception"), other.case.id
        with pytest.raises(WrongEvidence) as refused:
            acts.merge(policy=policy, case_id=own, into=hidden.id, actor=desk, at=NOON)
        assert refused.value.fields == {"merged_into": "unknown"}
        accused = filling(policy, "d3-civil-head")
        with pytest.raises(NotAllowed):
            acts.note(policy=policy, case_id=hidden.id, actor=accused, at=NOON, text="چیست؟")
        assert not may.leads_in(policy, hidden, CITIZEN)
        thanks = replace(hidden, about_unit="d6-services")
        assert holding.holder(policy, thanks, {}, "appreciation", {}) == ("d6-services", "")

    def test_tracks_may_end_without_a_word_to_the_citizen(self, isfahan: CityPolicy) -> None:
        special = replace(isfahan.stages["special"], tells=None)
        silent = replace(isfahan, stages={**isfahan.stages, "special": special})
        it = Story(isfahan)
        it.act("make_special", staff_of(isfahan, "special-follow-up"), reason="شهروند قانع نشد")
        for track, unit in (("visit", "special-follow-up"), ("post", "social-media")):
            it.act(f"{track}_not_needed", staff_of(isfahan, unit), reason="لازم نیست دیگر")
        [last] = it.case.open_co
        step = silent.stages[last.stage].steps["letter_not_needed"]
        facts = decide.facts_of(silent, it.case, step, {"reason": 1}, last.number, NOON)
        assert facts["sets"]["stage"] == "feedback"

    def test_a_climb_is_told_with_both_posts(self, qom: CityPolicy) -> None:
        policy, _ = policies.adopt(CITIES / "mashhad", actor=SYSTEM, at=NOON)
        case = reported(policy).case
        sweep.drain(at=NOON + timedelta(hours=73))
        [climbed] = [e for e in read.of("case", case.id) if e.kind == "case.climbed"]
        said = words.sentence(climbed, policy, "fa")
        posts = policy.organisation.posts
        assert posts["d3-civil-head"].words.fa in said
        assert posts["d3-mayor"].words.fa in said

    def test_the_citizens_own_time_is_told_as_theirs(self, qom: CityPolicy) -> None:
        policy, _ = policies.adopt(CITIES / "mashhad", actor=SYSTEM, at=NOON)
        it = Story(policy)
        said = "ترمیم شد کامل"
        it.act("answer", it.holder(), answer_text=said, report_to_citizen=said)
        sweep.drain(at=NOON + timedelta(days=15))
        [fired] = [e for e in read.of("case", it.case.id) if e.clock and e.stage == "answered"]
        over = words.sentence(fired, policy, "en")
        near = words.sentence(replace(fired, facts=fired.facts | {"level": 0}), policy, "en")
        assert over != near
        assert longest(policy, "answer") >= timedelta(hours=72)

    @pytest.mark.parametrize(
        ("old", "new"),
        [('units = ["mayor"]', 'units = ["x"]'), ('units = ["mayor"]', "units = []")],
    )
    def test_an_office_serves_units_that_there_are(self, old: str, new: str) -> None:
        files = dict(load_city(CITIES / "mashhad").files)
        assert old in files["city.toml"]
        files["city.toml"] = files["city.toml"].replace(old, new)
        with pytest.raises(PolicyError, match=r"office\.units"):
            load_files("mashhad", files)
