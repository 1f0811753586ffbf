"""Qom's cycle, act by act."""

from datetime import timedelta
from typing import Any

import pytest

from peygir.cases import acts, refusals
from peygir.cases.fold import instant
from peygir.policy.model import CityPolicy
from tests.city import NOON, Make, Story, reported, staff_of

pytestmark = pytest.mark.django_db

TWO_WEEKS = 14 * 86_400


def to_special_follow_up(story: Make) -> Story:
    it = story()
    it.after(hours=20).report()
    it.after(hours=2).dissatisfied()
    return it


@pytest.mark.requirement("Q3", "Q4", "Q5", "Q6", "Q7")
def test_a_report_goes_to_the_unit_then_to_feedback_and_closes_with_satisfaction(
    story: Make,
) -> None:
    it = story()
    assert (it.case.stage, it.case.unit) == ("execution", "d3-civil")
    it.after(hours=20).report()
    assert (it.case.stage, it.case.unit) == ("feedback", "feedback")
    it.after(hours=2).satisfied()
    assert (it.case.stage, it.case.ending, it.case.satisfied) == ("closed", "satisfied", True)
    assert it.case.lead is None
    assert not any(clock.is_live for clock in it.case.clocks)


@pytest.mark.requirement("Q3")
def test_a_report_that_nobody_can_route_waits_at_reception(story: Make) -> None:
    it = story(category="", district=None)
    assert (it.case.stage, it.case.unit, it.case.status) == ("reception", "reception", "registered")
    it.act("refer", category="C01", district=5)
    assert (it.case.stage, it.case.unit, it.case.class_code) == (
        "execution",
        "d5-civil",
        "technical_civil",
    )


@pytest.mark.requirement("Q4")
def test_reception_may_name_the_unit_itself(story: Make) -> None:
    it = story(category="", district=None)
    it.act("refer", category="C01", district=5, target_unit="transport")
    assert it.case.unit == "transport"


@pytest.mark.requirement("Q4")
def test_a_wrong_unit_returns_the_case_with_a_reason_at_most_twice(story: Make) -> None:
    it = story()
    for _ in range(2):
        it.after(hours=1).act("return", return_reason="این محل در حوزهٔ ما نیست")
        assert it.case.stage == "reception"
        it.act("refer", category="C01", district=3)
    assert it.case.returns == 2
    with pytest.raises(refusals.LimitReached):
        it.act("return", return_reason="باز هم در حوزهٔ ما نیست")


@pytest.mark.requirement("Q8", "Q9")
def test_dissatisfied_goes_to_inspection_and_a_refusal_starts_a_new_cycle(story: Make) -> None:
    it = to_special_follow_up(story)
    assert (it.case.unit, it.case.satisfied) == ("special-follow-up", False)
    it.after(hours=5).inspected("not_done")
    it.act("not_confirmed")
    assert (it.case.stage, it.case.unit, it.case.cycle) == ("execution", "d3-civil", 2)
    assert (it.case.status, it.case.determined_at, it.case.inspection) == ("reopened", None, None)


@pytest.mark.requirement("Q9")
def test_the_inspector_cannot_confirm_for_the_citizen(story: Make) -> None:
    it = to_special_follow_up(story)
    with pytest.raises(refusals.WrongEvidence) as refused:
        it.act("confirmed", citizen_word={"via": "call"})
    assert refused.value.fields == {"inspection": "missing", "citizen_word": "not_citizens_own"}
    it.inspected("done")
    it.act("confirmed", citizen_word={"via": "code"})
    assert it.case.ending == "confirmed_in_field"


@pytest.mark.requirement("Q1", "Q2")
def test_the_cycle_goes_on_until_the_citizen_is_satisfied(story: Make) -> None:
    it = to_special_follow_up(story)
    for cycle in range(2, 6):
        it.after(hours=1).inspected("not_done")
        it.act("not_confirmed")
        assert it.case.cycle == cycle
        it.after(hours=1).report()
        it.after(hours=1).dissatisfied()
    it.inspected("done")
    it.act("confirmed", citizen_word={"via": "signature"})
    assert not it.case.is_open


@pytest.mark.requirement("Q6")
def test_three_calls_over_two_days_reach_nobody_and_lead_to_an_inspection(story: Make) -> None:
    it = story()
    it.report()
    for hours in (1, 5, 10):
        it.after(hours=hours).act("unreached", call={"outcome": "no_answer"})
    assert it.case.stage == "feedback"  # three calls, but not yet over two days
    assert it.case.lead is not None
    assert it.case.lead.not_before == it.at + timedelta(hours=4)
    it.after(hours=40).act("unreached", call={"outcome": "off"})
    assert it.case.stage == "special_follow_up"
    it.inspected("not_done")
    with pytest.raises(refusals.WrongEvidence) as refused:
        it.act("done_unreachable")
    assert refused.value.fields == {"inspection": "finding"}
    it.inspected("done")
    done = it.act("done_unreachable")
    assert it.case.ending == "unreachable"
    assert done.event.facts["evidence"]["attempts"]["count"] == 4


def test_without_enough_calls_unreachable_is_no_ending(story: Make) -> None:
    it = to_special_follow_up(story)
    it.inspected("done")
    with pytest.raises(refusals.WrongEvidence) as refused:
        it.act("done_unreachable")
    assert refused.value.fields == {"attempts": "missing"}


@pytest.mark.requirement("Q6")
def test_a_citizen_who_asks_is_called_at_that_time(story: Make) -> None:
    it = story()
    it.report()
    slot = int((it.at + timedelta(hours=30)).timestamp())
    it.act("call_back", call={"outcome": "reached"}, callback_at=slot)
    assert it.case.lead is not None
    assert it.case.lead.not_before == instant(slot)
    assert it.case.clock(it.case.lead.number).due_at == instant(slot + 86_400)
    with pytest.raises(refusals.WrongEvidence):
        it.act("call_back", call={"outcome": "reached"}, callback_at=slot + TWO_WEEKS)


@pytest.mark.requirement("Q13")
def test_long_work_gets_an_interim_report_and_a_date_once_the_head_approves(story: Make) -> None:
    it = story(category="C02")
    date = int((it.at + timedelta(days=20)).timestamp())
    said = "روکش این معبر در برنامهٔ ماه آینده است"
    done = it.after(hours=30).act("promise", report_to_citizen=said, promised_for=date)
    assert done.proposed
    assert it.case.stage == "execution"
    assert it.case.determined_at is None  # nothing was promised yet: the clock runs on
    head = it.holder(head=True)
    approved = acts.approve(policy=it.policy, case_id=it.case.id, actor=head, at=it.at)
    it.case = approved.case
    assert it.case.status == "long_running"
    assert it.case.promised_for == instant(date)
    assert it.case.determined_at == it.at.replace(microsecond=0)
    lead = it.case.lead
    assert lead is not None
    assert it.case.clock(lead.number).due_at == instant(date)
    assert it.case.is_open


@pytest.mark.requirement("Q13")
def test_a_promise_has_limits(story: Make) -> None:
    it = story(category="C02")
    head, said = it.holder(head=True), "پاسخ میانی برای شهروند"
    far = int((it.at + timedelta(days=61)).timestamp())
    with pytest.raises(refusals.WrongEvidence) as refused:
        it.act("promise", head, report_to_citizen=said, promised_for=far)
    assert refused.value.fields == {"promised_for": "too_far"}
    for _ in range(3):
        near = int((it.at + timedelta(days=2)).timestamp())
        it.after(days=1).act("promise", head, report_to_citizen=said, promised_for=near)
    with pytest.raises(refusals.LimitReached):
        it.act("promise", head, report_to_citizen=said, promised_for=near + 86_400)


@pytest.mark.requirement("Q13")
def test_what_is_not_long_running_cannot_be_promised_away(story: Make) -> None:
    it = story(category="W01")
    with pytest.raises(refusals.WrongStage):
        it.act("promise", report_to_citizen="بعداً انجام می‌شود", promised_for=1)


def test_a_head_may_refuse_a_proposal_with_a_reason(story: Make) -> None:
    it = story(category="C02")
    date = int((it.at + timedelta(days=5)).timestamp())
    it.act("promise", report_to_citizen="پنج روز دیگر انجام می‌شود", promised_for=date)
    head = it.holder(head=True)
    given: Any = {"policy": it.policy, "case_id": it.case.id, "at": it.at}
    with pytest.raises(refusals.NotAllowed):
        acts.refuse(**given, actor=it.holder(), reason="نه")
    with pytest.raises(refusals.WrongEvidence):
        acts.refuse(**given, actor=head, reason=" ")
    refused = acts.refuse(**given, actor=head, reason="زودتر انجام دهید")
    assert refused.case.lead is not None
    assert refused.case.lead.proposal is None
    with pytest.raises(refusals.WrongStage):
        acts.approve(**given, actor=head)
    with pytest.raises(refusals.WrongStage):
        acts.refuse(**given, actor=head, reason="x")


def test_only_the_head_approves(story: Make) -> None:
    it = story(category="C02")
    date = int((it.at + timedelta(days=5)).timestamp())
    it.act("promise", report_to_citizen="پنج روز دیگر انجام می‌شود", promised_for=date)
    with pytest.raises(refusals.NotAllowed):
        acts.approve(policy=it.policy, case_id=it.case.id, actor=it.holder(), at=it.at)


@pytest.mark.requirement("Q12")
def test_what_the_clock_waits_for_is_a_determination_and_a_report(story: Make) -> None:
    it = story()
    it.after(hours=47).report()
    assert it.case.determined_at == it.case.informed_at == it.at.replace(microsecond=0)
    with pytest.raises(refusals.WrongEvidence) as refused:
        story().act("report", result_text="کار انجام شد")
    assert refused.value.fields == {"report_to_citizen": "missing"}


@pytest.mark.requirement("Q14")
def test_several_units_work_side_by_side_under_one_lead(story: Make) -> None:
    it = story()
    it.act("ask_co_unit", target_unit="waste", note="نخاله‌ها را شما بردارید")
    with pytest.raises(refusals.WrongEvidence):
        it.act("ask_co_unit", target_unit="waste", note="دوباره همان واحد")
    with pytest.raises(refusals.WaitsForCoUnits):
        it.report()
    helper = staff_of(it.policy, "waste")
    with pytest.raises(refusals.WrongStage):
        it.act("co_result", staff_of(it.policy, "parks"), result_text="سهم ما انجام شد")
    it.after(hours=3).act("co_result", helper, result_text="سهم ما انجام شد")
    assert not it.case.open_co
    it.report()
    assert it.case.stage == "feedback"


def test_co_units_are_released_when_the_case_leaves(story: Make) -> None:
    it = story()
    it.act("ask_co_unit", target_unit="waste", note="نخاله‌ها را شما بردارید")
    it.act("return", return_reason="این محل در حوزهٔ ما نیست")
    assert not it.case.open_co
    assert it.case.stage == "reception"


@pytest.mark.requirement("Q2")
def test_reports_of_one_event_share_one_lead_case(story: Make) -> None:
    first, second = story(), story(at=NOON + timedelta(hours=1))
    reception = staff_of(first.policy, "reception")
    given = {"policy": first.policy, "actor": reception, "at": second.at}
    with pytest.raises(refusals.WrongEvidence) as refused:
        acts.merge(**given, case_id=first.case.id, into=first.case.id)
    assert refused.value.fields == {"merged_into": "itself"}
    with pytest.raises(refusals.WrongEvidence) as refused:
        acts.merge(**given, case_id=first.case.id, into=1)
    assert refused.value.fields == {"merged_into": "unknown"}
    merged = acts.merge(**given, case_id=first.case.id, into=second.case.id).case
    assert (merged.ending, merged.lead_id) == ("merged", second.case.id)
    from peygir.cases import store

    lead = store.lock(second.case.id)
    assert lead.reporters == 2
    assert lead.clock(0).started_at == NOON.replace(microsecond=0)  # the earlier start counts
    with pytest.raises(refusals.WrongEvidence) as refused:
        acts.merge(**given, case_id=second.case.id, into=first.case.id)
    assert refused.value.fields == {"merged_into": "closed"}


def test_another_citizen_joins_an_open_case(story: Make) -> None:
    it = story()
    given = {"policy": it.policy, "actor": it.holder(), "at": it.at, "channel": "web"}
    assert acts.join(case_id=it.case.id, **given).case.reporters == 2
    it.report()
    it.satisfied()
    with pytest.raises(refusals.WrongStage):
        acts.join(case_id=it.case.id, **given)


@pytest.mark.requirement("Q2")
def test_an_objection_within_fourteen_days_opens_the_case_again(story: Make) -> None:
    from peygir.ledger.entry import CITIZEN

    it = story()
    it.act("objection", CITIZEN, objection_reason="هیچ‌کس پیگیری نکرد")
    assert it.case.objections == 1
    it.report()
    it.satisfied()
    closed = it.at
    it.after(days=14).act("objection", CITIZEN, objection_reason="دوباره خراب شد")
    assert (it.case.stage, it.case.cycle, it.case.status) == ("special_follow_up", 2, "reopened")
    assert it.case.clock(0).started_at == NOON
    it.inspected("done")
    it.act("confirmed", citizen_word={"via": "code"})
    it.at = closed + timedelta(days=40)
    with pytest.raises(refusals.TooLate):
        it.act("objection", CITIZEN, objection_reason="خیلی دیر اعتراض کردم")


def test_what_cannot_be_done_needs_a_reasoned_answer_that_the_head_approves(story: Make) -> None:
    it = story()
    said: Any = {"answer_text": "این معبر خصوصی است", "report_to_citizen": "پاسخ واحد را بخوانید"}
    assert it.act("infeasible", **said).proposed
    acts.approve(policy=it.policy, case_id=it.case.id, actor=it.holder(head=True), at=it.at)
    other = story()
    head = other.holder(head=True)
    done = other.act("infeasible", head, **said)
    assert done.case.ending == "infeasible"
    assert done.event.facts["evidence"]["head_approval"] == head.post


def test_what_is_not_municipal_is_handed_over(story: Make) -> None:
    it = story(category="N01")
    body = next(iter(it.policy.organisation.outside_bodies))
    it.act("hand_over", outside_body=body, report_to_citizen="به ادارهٔ برق اعلام شد")
    assert it.case.ending == "handed_over"
    with pytest.raises(refusals.WrongStage):
        story().act("hand_over", outside_body=body, report_to_citizen="به ادارهٔ برق اعلام شد")


def test_a_corrected_subject_keeps_the_time_that_was_used(story: Make) -> None:
    it = story()  # 48 hours
    it.after(hours=10).act("reclassify", staff_of(it.policy, "reception"), category="W01")
    lead = it.case.lead
    assert lead is not None
    assert it.case.unit == "d3-services"
    assert it.case.clock(lead.number).due_at == NOON + timedelta(hours=24)


@pytest.mark.requirement("Q14")
def test_a_stranger_may_do_nothing(story: Make, qom: CityPolicy) -> None:
    it = story()
    with pytest.raises(refusals.NotAllowed):
        it.act("report", staff_of(qom, "d5-civil"), result_text="x y", report_to_citizen="x y")
    with pytest.raises(refusals.NotAllowed):
        acts.inspect(
            policy=qom,
            case_id=to_special_follow_up(story).case.id,
            actor=it.holder(),
            at=it.at,
            inspection=1,
            found="done",
        )


def test_a_step_belongs_to_its_stage_and_a_form_to_its_version(story: Make) -> None:
    it = story()
    with pytest.raises(refusals.WrongStage):
        it.satisfied()
    with pytest.raises(refusals.WrongStage):
        it.inspected("done")
    with pytest.raises(refusals.Stale):
        acts.act(
            policy=it.policy,
            case_id=it.case.id,
            step="report",
            actor=it.holder(),
            at=it.at,
            version=7,
        )


def test_a_report_needs_words_and_known_codes(qom: CityPolicy) -> None:
    with pytest.raises(refusals.WrongEvidence) as refused:
        reported(qom, words=" ", kind="shout", category="Z99", district=77)
    assert set(refused.value.fields) == {"words", "kind", "category", "district"}
