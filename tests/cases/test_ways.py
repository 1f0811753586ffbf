"""Tracks, climbing, urgency, kinds, sealed complaints: real acts in the cities that have them.

The stories of `cities/*/scenarios` prove the plain course; these are the edges.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from peygir.cases import acts, decide, policies, store, sweep
from peygir.cases.models import Case
from peygir.cases.refusals import LimitReached, NotAllowed, WrongEvidence, WrongStage
from peygir.cases.state import CaseState
from peygir.ledger import read
from peygir.ledger.entry import CITIZEN, SYSTEM
from peygir.ledger.ids import new_id
from peygir.policy.load import load_files
from peygir.policy.model import CityPolicy
from tests.city import NOON, Story, filling, reported, staff_of

CITIES = Path(__file__).parents[2] / "cities"
City = Callable[[str], CityPolicy]


@pytest.fixture
def city(db: None) -> City:
    """Adopt a city by name; it is in force until the test ends."""

    def adopt(name: str) -> CityPolicy:
        policy, _ = policies.adopt(CITIES / name, actor=SYSTEM, at=NOON)
        return policy

    return adopt


def _opened(case: CaseState, stage: str) -> int:
    return next(r.number for r in case.open_co if r.stage == stage)


class TestUrgency:
    def test_needs_a_ground_that_the_city_names(self, isfahan: CityPolicy) -> None:
        with pytest.raises(WrongEvidence) as refused:
            reported(isfahan, urgent="because")
        assert refused.value.fields == {"urgent": "unknown"}

    def test_is_unknown_where_there_is_no_lane(self, qom: CityPolicy) -> None:
        with pytest.raises(WrongEvidence):
            reported(qom, urgent="hazard")

    @pytest.mark.requirement("I2", "I4")
    def test_runs_three_clocks_at_once(self, isfahan: CityPolicy) -> None:
        case = reported(isfahan, urgent="hazard").case
        due = {r.stage: case.clock(r.number).due_at - NOON for r in case.referrals}
        assert due == {
            "operations": timedelta(hours=24),
            "first_action": timedelta(hours=2),
            "urgent_feedback": timedelta(hours=24),
        }

    @pytest.mark.requirement("I4")
    def test_is_reversible_with_a_reason_and_comes_back(self, isfahan: CityPolicy) -> None:
        it = Story(isfahan, urgent="hazard")
        it.act("not_urgent", reason="درپوش سر جایش بود")
        assert (it.case.urgent, it.case.stage) == ("", "execution")
        assert [r.stage for r in it.case.open_co] == ["urgent_feedback"]  # it lasts
        operator = staff_of(it.policy, "reception")
        it.act("make_urgent", operator, urgent_ground="costly_violation", reason="دوباره خبر دادند")
        assert (it.case.urgent, it.case.stage) == ("costly_violation", "operations")
        assert sorted(r.stage for r in it.case.open_co) == ["first_action", "urgent_feedback"]

    def test_is_refused_where_it_is_already(self, isfahan: CityPolicy) -> None:
        it = Story(isfahan, urgent="hazard")
        operator = staff_of(it.policy, "reception")
        with pytest.raises(WrongStage):
            it.act("make_urgent", operator, urgent_ground="hazard", reason="باز هم فوری است")

    def test_asks_for_a_known_ground(self, isfahan: CityPolicy) -> None:
        it = Story(isfahan)
        with pytest.raises(WrongEvidence) as refused:
            it.act(
                "make_urgent", staff_of(it.policy, "reception"), urgent_ground="x", reason="چون بله"
            )
        assert refused.value.fields == {"urgent_ground": "unknown"}

    def test_late_first_action_is_told_and_costs_points_once(self, isfahan: CityPolicy) -> None:
        case = reported(isfahan, urgent="hazard").case
        sweep.drain(at=NOON + timedelta(hours=3))
        late = [
            e for e in read.of("case", case.id) if e.kind == "clock.fired" and e.facts["level"] == 1
        ]
        assert [(e.stage, e.unit) for e in late] == [("first_action", "operations")]


class TestTracks:
    def special(self, city: City) -> Story:
        it = Story(city("isfahan"))
        it.act("make_special", staff_of(it.policy, "special-follow-up"), reason="شهروند قانع نشد")
        return it

    def test_keep_their_turn_each_by_its_own_count(self, city: City) -> None:
        it = self.special(city)
        social = staff_of(it.policy, "social-media")
        with pytest.raises(WrongStage) as refused:
            it.act("post_published", social, post_link="نشانی بی نوبت")
        assert refused.value.args[1] == "out_of_turn"
        it.act("post_drafted", social, post_draft="متن بی نام")
        number = _opened(it.case, "social")
        assert it.case.counts == {f"{number}.post_drafted": 1}

    def test_count_what_has_a_limit(self, isfahan: CityPolicy) -> None:
        it = Story(isfahan, urgent="hazard")
        centre = staff_of(it.policy, "operations")
        it.act("acknowledged", centre)
        with pytest.raises(LimitReached):
            it.act("acknowledged", centre)

    def test_are_taken_by_their_own_holder_alone(self, city: City) -> None:
        it = self.special(city)
        with pytest.raises(NotAllowed):
            it.act("post_drafted", staff_of(it.policy, "letters"), post_draft="متن بی نام")

    def test_can_be_named_by_number(self, city: City) -> None:
        it = self.special(city)
        number = _opened(it.case, "letter")
        done = acts.act(
            policy=it.policy,
            case_id=it.case.id,
            step="letter_sent",
            actor=staff_of(it.policy, "letters"),
            at=it.at,
            evidence={"letter": new_id()},
            referral=number,
        )
        assert done.case.counts == {f"{number}.letter_sent": 1}

    def test_end_with_the_stage_that_runs_them(self, city: City) -> None:
        it = self.special(city)
        it.inspected("not_done")
        it.act("not_confirmed", it.holder())
        assert (it.case.stage, it.case.open_co, it.case.cycle) == ("execution", [], 2)

    def test_are_opened_anew_in_another_cycle(self, city: City) -> None:
        it = self.special(city)
        it.inspected("not_done")
        it.act("not_confirmed", it.holder())
        it.act("make_special", staff_of(it.policy, "special-follow-up"), reason="باز هم نشد")
        assert sorted(r.stage for r in it.case.open_co) == ["field_visit", "letter", "social"]

    def test_do_not_wait_for_one_that_lasts(self, isfahan: CityPolicy) -> None:
        it = Story(isfahan, urgent="hazard")
        it.act("settled", result_text="کار تمام شد", report_to_citizen="کار تمام شد")
        assert it.case.stage == "feedback"
        assert [r.stage for r in it.case.open_co] == ["urgent_feedback"]

    def test_the_citizens_word_ends_the_one_that_waits_for_it(self, isfahan: CityPolicy) -> None:
        it = Story(isfahan, urgent="hazard")
        it.act("settled", result_text="کار تمام شد", report_to_citizen="کار تمام شد")
        it.act("dissatisfied", citizen_word={"via": "call"}, call={"outcome": "reached"})
        assert it.case.stage == "special"
        assert "urgent_feedback" not in {r.stage for r in it.case.open_co}

    def test_an_inspection_is_for_those_whose_track_asks_for_it(self, city: City) -> None:
        it = self.special(city)
        with pytest.raises(NotAllowed):
            acts.inspect(
                policy=it.policy,
                case_id=it.case.id,
                actor=staff_of(it.policy, "letters"),
                at=it.at,
                inspection=new_id(),
                found="done",
            )


class TestTheLadder:
    @pytest.mark.requirement("M8")
    def test_stops_at_the_mayor_and_repeats(self, mashhad: CityPolicy) -> None:
        case = reported(mashhad).case
        sweep.drain(at=NOON + timedelta(days=60))
        for days in range(61, 90):
            sweep.drain(at=NOON + timedelta(days=days))
        state = store.lock(case.id)
        assert (state.post, state.is_open) == ("mayor", True)

    @pytest.mark.requirement("M4", "M7")
    def test_a_forwarded_case_gives_the_other_post_its_own_time(self, mashhad: CityPolicy) -> None:
        it = Story(mashhad)
        it.after(hours=10).act(
            "forward", target_post="d3-services-head", reason="کار خدمات شهری است"
        )
        assert (it.case.post, it.case.unit) == ("d3-services-head", "d3-services")
        lead = it.case.lead
        assert lead is not None
        assert it.case.clock(lead.number).due_at - it.at == timedelta(hours=72)

    def test_a_post_that_nobody_knows_is_refused(self, mashhad: CityPolicy) -> None:
        it = Story(mashhad)
        with pytest.raises(WrongEvidence) as refused:
            it.act("forward", target_post="nobody", reason="کار دیگری است")
        assert refused.value.fields == {"target_post": "unknown"}

    @pytest.mark.requirement("M2")
    def test_a_promise_stays_with_the_post_that_gave_it(self, mashhad: CityPolicy) -> None:
        policy = mashhad
        long_running = next(c.code for c in policy.categories.values() if c.long_running)
        it = Story(policy, category=long_running)
        sweep.drain(at=NOON + timedelta(hours=73))
        it.at = NOON + timedelta(hours=74)
        it.case = store.lock(it.case.id)
        post, until = it.case.post, int((it.at + timedelta(days=9)).timestamp())
        it.act("promise", it.holder(), report_to_citizen="تا نه روز دیگر", promised_for=until)
        assert it.case.post == post

    @pytest.mark.requirement("M9")
    def test_an_experts_draft_is_marked_as_such(self, mashhad: CityPolicy) -> None:
        it = Story(mashhad)
        said = {"answer_text": "ترمیم می شود", "report_to_citizen": "ترمیم می شود"}
        assert it.act("answer", filling(it.policy, "d3-civil-expert"), **said).proposed
        manager = filling(it.policy, "d3-civil-head")
        done = acts.approve(policy=it.policy, case_id=it.case.id, actor=manager, at=it.at)
        assert done.event.facts["drafted_by"] == "d3-civil-expert"

    def test_an_objection_after_closing_goes_above_whoever_answered(
        self, mashhad: CityPolicy
    ) -> None:
        it = Story(mashhad)
        it.act(
            "answer", it.holder(), answer_text="ترمیم شد کامل", report_to_citizen="ترمیم شد کامل"
        )
        it.act("satisfied", CITIZEN, citizen_word={"via": "web"})
        it.after(days=1).act("objection", CITIZEN, objection_reason="دوباره خراب شد")
        assert (it.case.stage, it.case.post) == ("review", "d3-mayor")

    def test_a_rating_is_one_to_five(self, mashhad: CityPolicy) -> None:
        it = Story(mashhad)
        it.act(
            "answer", it.holder(), answer_text="ترمیم شد کامل", report_to_citizen="ترمیم شد کامل"
        )
        with pytest.raises(WrongEvidence) as refused:
            it.act("satisfied", CITIZEN, citizen_word={"via": "web"}, rating=6)
        assert refused.value.fields == {"rating": "unknown"}

    def test_a_deadline_of_a_case_that_moved_on_moves_nothing(self, city: City) -> None:
        it = Story(city("mashhad"))
        it.act(
            "answer", it.holder(), answer_text="ترمیم شد کامل", report_to_citizen="ترمیم شد کامل"
        )
        policy, case_id = it.policy, it.case.id
        assert acts.fall_due(policy=policy, case_id=case_id, number=1, at=it.at) is None
        qom_like = Story(city("isfahan"))
        lead = qom_like.case.lead
        assert lead is not None
        assert (
            acts.fall_due(
                policy=qom_like.policy, case_id=qom_like.case.id, number=lead.number, at=it.at
            )
            is None
        )


class TestKinds:
    def test_ask_what_they_are_about(self, tehran: CityPolicy) -> None:
        policy = tehran
        for kind, name in (("complaint_official", "about_post"), ("objection", "about_case")):
            with pytest.raises(WrongEvidence) as refused:
                reported(policy, kind=kind, category="", district=None)
            assert refused.value.fields == {name: "missing"}

    def test_know_the_posts_and_units_of_the_city(self, tehran: CityPolicy) -> None:
        with pytest.raises(WrongEvidence) as refused:
            reported(tehran, about_post="x", about_unit="y")
        assert refused.value.fields == {"about_post": "unknown", "about_unit": "unknown"}

    @pytest.mark.requirement("T6")
    def test_a_sorted_voice_begins_its_own_way(self, tehran: CityPolicy) -> None:
        policy = tehran
        it = Story(policy, kind="criticism", category="", district=None)
        assert it.case.stage == "reception"
        it.act("refer", staff_of(policy, "reception"), category="C01", district=3)
        assert it.case.stage == "criticism"

    @pytest.mark.requirement("T6")
    def test_taken_for_another_are_put_right_and_go_their_own_way(self, tehran: CityPolicy) -> None:
        it = Story(tehran)
        reception = staff_of(it.policy, "reception")
        it.act("change_kind", reception, kind="idea", reason="ایده است نه درخواست")
        assert (it.case.kind, it.case.stage, it.case.unit) == ("idea", "ideas", "ideas")
        with pytest.raises(WrongEvidence) as refused:
            it.act("change_kind", reception, kind="complaint_official", reason="مهر و موم نمی شود")
        assert refused.value.fields == {"kind": "unknown"}


class TestSealedCases:
    def sealed(self, city: City, about: str = "d3-civil-head") -> Story:
        return Story(
            city("tehran"), kind="complaint_official", about_post=about, category="", district=None
        )

    @pytest.mark.requirement("T7")
    def test_are_never_acted_on_by_the_accused_even_as_a_stand_in(self, city: City) -> None:
        it = self.sealed(city)
        stand_in = filling(it.policy, "inspection-1")
        accused = filling(it.policy, "d3-civil-head")
        both = type(stand_in)(
            kind="post",
            post=stand_in.post,
            staff_id=1,
            roles=stand_in.roles,
            units=stand_in.units | accused.units,
            heads=stand_in.heads,
            sees=stand_in.sees | accused.sees,
            posts=stand_in.posts | accused.posts,
            above=stand_in.above | accused.above,
        )
        assert not Case.objects.visible_to(both).filter(pk=it.case.id).exists()
        with pytest.raises(NotAllowed):
            it.act(
                "complaint_decided",
                both,
                decision="وارد نیست آقا",
                report_to_citizen="وارد نیست آقا",
            )

    @pytest.mark.requirement("T7")
    def test_take_no_step_that_would_show_them_to_others(self, city: City) -> None:
        it = self.sealed(city)
        with pytest.raises(WrongStage):
            it.act("reclassify", staff_of(it.policy, "reception"), category="C01")
        it.act("objection", CITIZEN, objection_reason="هنوز پاسخی نیامده")  # stays where it is
        assert it.case.unit == "inspection"

    @pytest.mark.requirement("T7")
    def test_about_every_post_of_the_city_reach_somebody_above_suspicion(
        self, tehran: CityPolicy
    ) -> None:
        policy = tehran
        org = policy.organisation
        for post in org.posts:
            unit = org.impartial(policy.impartial, post)
            assert unit is not None
            below = [p.code for p in org.posts.values() if p.unit == unit]
            assert not any(post in org.chain(each) for each in below)

    def test_without_anybody_impartial_are_refused_at_the_door(self, tehran: CityPolicy) -> None:
        policy = tehran
        with pytest.raises(WrongEvidence):
            reported(
                replace(policy, impartial=()),
                kind="complaint_official",
                about_post="d3-civil-head",
                category="",
                district=None,
            )


class TestWhatIsLeft:
    def test_an_urgent_step_is_refused_to_what_is_not_urgent(self, isfahan: CityPolicy) -> None:
        policy = isfahan
        files = dict(policy.files)
        files["policy.toml"] = files["policy.toml"].replace(
            "[stages.execution.steps.promise]",
            '[stages.execution.steps.rush]\nfa = "شتاب"\nen = "Rush"\n'
            'by = ["holder"]\nto = "same"\nonly_for = "urgent"\n[stages.execution.steps.promise]',
        )
        rushed = replace(load_files("isfahan", files), digest=policy.digest)
        case = reported(rushed).case
        with pytest.raises(WrongStage) as refused:
            acts.act(
                policy=rushed,
                case_id=case.id,
                step="rush",
                actor=staff_of(rushed, "d3-civil"),
                at=NOON,
            )
        assert refused.value.args == ("rush", "not_urgent")

    def test_a_climb_tells_only_where_the_city_has_words_for_it(self, mashhad: CityPolicy) -> None:
        policy = mashhad
        state = reported(policy).case
        silent = replace(
            policy, texts={k: v for k, v in policy.texts.items() if k != "sms.climbed"}
        )
        assert "tells" in (decide.climb(policy, state, NOON) or {})
        assert "tells" not in (decide.climb(silent, state, NOON) or {})

    def test_an_earlier_case_that_is_none_is_refused(self, tehran: CityPolicy) -> None:
        with pytest.raises(WrongEvidence) as refused:
            reported(tehran, about_case=137)
        assert refused.value.fields == {"about_case": "unknown"}

    def test_thanks_name_a_unit(self, tehran: CityPolicy) -> None:
        with pytest.raises(WrongEvidence) as refused:
            reported(tehran, kind="appreciation", category="", district=None)
        assert refused.value.fields == {"about_unit": "missing"}

    def test_thanks_come_back_to_the_unit_that_was_named(self, tehran: CityPolicy) -> None:
        thanks = {"kind": "appreciation", "about_unit": "d6-services"}
        it = Story(tehran, **thanks, category="", district=None)
        it.act("thanks_delivered", note="خوانده شد برای همکاران")
        it.after(days=1).act("objection", CITIZEN, objection_reason="نامش را نگفتند")
        assert it.case.is_open
