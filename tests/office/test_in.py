"""What managers do over there arrives here: one act each, by who they are, however it arrives."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from peygir.cases import sweep
from peygir.cases.models import Case, Referral
from peygir.channels.office.models import Handed, Person, Received
from peygir.channels.office.push import push
from peygir.ledger import read
from peygir.people.models import Delegation, Paper
from tests.office.driver import Automation

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.requirement("M1"),
]
SAID = "آسفالت این نقطه امروز ترمیم شد."


def steps(handed: Handed) -> list[str]:
    """The steps that were taken on the case, oldest first."""
    return [e.step for e in read.of("case", handed.case_id) if e.kind == "case.stepped"]


def only(found: Any) -> tuple[int, dict[str, Any]]:
    (answer,) = found
    return answer["status"], answer["body"]


@pytest.mark.requirement("M2", "M6")
def test_the_managers_answer_is_his_act(
    automation: Automation, handed: Handed, managers: Any
) -> None:
    status, body = only(automation.say("answer", str(handed.id), text=SAID))
    assert (status, body["result"]) == (200, "done")
    event = read.of("case", handed.case_id)[-1]
    assert (event.step, event.actor.post) == ("answer", "d3-civil-head")
    assert event.actor.staff_id == managers["1001"].pk
    kinds = ["answer_text", "report_to_citizen"]
    papers = Paper.objects.filter(case_id=handed.case_id, kind__in=kinds)
    assert {(p.text, p.staff_id) for p in papers} == {(SAID, managers["1001"].pk)}
    assert len(papers) == len(kinds)
    assert Case.objects.get(pk=handed.case_id).stage == "answered"
    push(at=datetime.now(UTC))
    card = automation.state()["cards"][str(handed.id)]
    assert (card["state"], card["body"]["outcome"]) == ("closed", "answered")
    assert automation.open_cards() == []


@pytest.mark.requirement("M2", "M9")
def test_an_experts_answer_is_a_draft_until_the_manager_approves(
    automation: Automation, handed: Handed
) -> None:
    expert = {"post": "d3-civil-expert", "personnel_number": "1002"}
    status, body = only(automation.say("answer", str(handed.id), text=SAID, **expert))
    assert (status, body["result"]) == (200, "proposed")
    referral = Referral.objects.get(case_id=handed.case_id)
    assert referral.proposal is not None
    assert referral.closed_at is None


def test_what_the_citizen_is_told_may_differ_from_the_answer(
    automation: Automation, handed: Handed
) -> None:
    automation.say("answer", str(handed.id), text=SAID, to_citizen="ترمیم شد.")
    told = Paper.objects.get(case_id=handed.case_id, kind="report_to_citizen")
    assert told.text == "ترمیم شد."


def test_forwarding_goes_to_the_post_that_the_manager_names(
    automation: Automation, handed: Handed
) -> None:
    forward = {"text": "در حوزهٔ پیشگیری است", "target_post": "d3-order-head"}
    assert only(automation.say("forward", str(handed.id), **forward))[0] == 200
    assert Case.objects.get(pk=handed.case_id).post == "d3-order-head"
    push(at=datetime.now(UTC))
    cards = automation.state()["cards"]
    assert cards[str(handed.id)]["body"]["outcome"] == "forwarded"
    (now,) = automation.open_cards()
    assert cards[now]["body"]["post"]["code"] == "d3-order-head"


def test_returning_goes_back_to_reception(automation: Automation, handed: Handed) -> None:
    assert (
        only(automation.say("return", str(handed.id), text="مربوط به سازمان دیگری است"))[0] == 200
    )
    assert Case.objects.get(pk=handed.case_id).stage == "reception"
    assert Handed.objects.get().outcome == "withdrawn"


def test_an_acknowledgement_is_a_note_and_moves_no_clock(
    automation: Automation, handed: Handed
) -> None:
    assert only(automation.say("acknowledge", str(handed.id)))[0] == 200
    assert [e.kind for e in read.of("case", handed.case_id)] == ["case.registered", "case.noted"]
    now = Handed.objects.get()
    assert (now.due_at, now.closed_at) == (handed.due_at, None)
    assert now.acknowledged_at is not None


@pytest.mark.requirement("M2", "M5")
def test_a_recorded_substitute_answers_for_the_post(
    automation: Automation, handed: Handed, managers: Any
) -> None:
    now = datetime.now(UTC)
    substitute = {"post": "d3-civil-head", "personnel_number": "1004"}
    answer = automation.say("answer", str(handed.id), text=SAID, **substitute)
    assert only(answer)[1]["error"]["code"] == "not_their_post"
    span = {
        "personnel_number": "1004",
        "since": (now - timedelta(minutes=1)).isoformat(),
        "until": (now + timedelta(days=3)).isoformat(),
    }
    assert automation.say("delegate", "", delegate=span)[-1]["status"] == 200
    delegation = Delegation.objects.get()
    assert (delegation.post_id, delegation.staff_id) == ("d3-civil-head", managers["1004"].pk)
    assert delegation.given_by_id == managers["1001"].pk
    assert only(automation.deliver())[0] == 200  # the answer that was refused before
    assert steps(handed) == ["answer"]
    event = read.of("case", handed.case_id)[-1]
    assert (event.actor.post, event.actor.staff_id) == ("d3-civil-head", managers["1004"].pk)


def test_a_substitute_names_no_substitute(automation: Automation, handed: Handed) -> None:
    now = datetime.now(UTC)
    span = {"since": now.isoformat(), "until": (now + timedelta(days=3)).isoformat()}
    expert = {"post": "d3-civil-head", "personnel_number": "1002"}
    found = automation.say("delegate", "", delegate={"personnel_number": "1004", **span}, **expert)
    assert only(found)[1]["error"]["code"] == "not_their_post"
    far = {**span, "until": (now + timedelta(days=900)).isoformat()}
    refused = automation.say("delegate", "", delegate={"personnel_number": "1004", **far})[-1]
    assert (refused["status"], refused["body"]["error"]["code"]) == (422, "delegation_refused")
    assert refused["body"]["error"]["fields"] == {"delegate.until": "too_long"}
    assert not Delegation.objects.exists()


class TestFaults:
    def test_a_message_told_four_times_at_once_is_one_act(
        self, automation: Automation, handed: Handed
    ) -> None:
        automation.fault("twice")
        answers = automation.say("answer", str(handed.id), text=SAID)
        assert [a["status"] for a in answers] == [200] * 4
        assert len({str(a["body"]) for a in answers}) == 1
        assert steps(handed) == ["answer"]

    def test_an_answer_of_ours_that_got_lost_is_given_again(
        self, automation: Automation, handed: Handed
    ) -> None:
        automation.fault("forgets_answers")
        automation.say("answer", str(handed.id), text=SAID)
        automation.fault("")
        assert only(automation.deliver())[0] == 200
        assert steps(handed) == ["answer"]
        assert Received.objects.count() == 1

    def test_out_of_order_the_answer_counts_and_what_comes_after_is_refused(
        self, automation: Automation, handed: Handed
    ) -> None:
        automation.fault("out_of_order")
        automation.say("acknowledge", str(handed.id), tell=False)
        automation.say("answer", str(handed.id), text=SAID, tell=False)
        answered, acknowledged = automation.deliver()
        assert answered["status"] == 200
        assert acknowledged["status"] == 409
        assert acknowledged["body"]["error"]["code"] == "referral_closed"
        assert steps(handed) == ["answer"]

    @pytest.mark.parametrize(
        ("fault", "code"), [("wrong_signature", "wrong_signature"), ("clock_skew", "wrong_time")]
    )
    def test_what_is_not_believed_changes_nothing(
        self, automation: Automation, handed: Handed, fault: str, code: str
    ) -> None:
        automation.fault(fault)
        status, body = only(automation.say("answer", str(handed.id), text=SAID))
        assert (status, body["error"]["code"]) == (401, code)
        assert steps(handed) == []
        assert not Received.objects.exists()
        automation.fault("")
        assert only(automation.deliver())[0] == 200

    @pytest.mark.requirement("M8")
    def test_an_answer_after_the_case_has_climbed_is_refused_in_both_languages(
        self, automation: Automation, handed: Handed, at: datetime
    ) -> None:
        sweep.drain(at=at + timedelta(hours=73))
        status, body = only(automation.say("answer", str(handed.id), text=SAID))
        assert (status, body["error"]["code"]) == (409, "referral_closed")
        assert "ارجاع" in body["error"]["fa"]
        assert "referral" in body["error"]["en"]
        assert Case.objects.get(pk=handed.case_id).post == "d3-mayor"

    def test_somebody_whom_nobody_knows_is_refused_and_reported(
        self, automation: Automation, handed: Handed
    ) -> None:
        found = automation.say("answer", str(handed.id), text=SAID, personnel_number="7777")
        status, body = only(found)
        assert (status, body["error"]["code"]) == (422, "unknown_person")
        refused = Received.objects.get()
        assert (refused.result, refused.code) == ("refused", "unknown_person")
        assert refused.personnel_number == "7777"
        Person.objects.filter(number="1001").update(number="7777")
        assert only(automation.deliver())[0] == 200
        assert steps(handed) == ["answer"]

    def test_an_id_that_was_used_is_not_another_message(
        self, automation: Automation, handed: Handed
    ) -> None:
        automation.say("acknowledge", str(handed.id), id="same")
        found = automation.say("answer", str(handed.id), text=SAID, id="same")
        status, body = only(found)
        assert (status, body["error"]["code"]) == (409, "id_used")
        assert steps(handed) == []
