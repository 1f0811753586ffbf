"""A finding about a claim is an act like any other: one event, nothing else moves."""

from collections.abc import Callable
from typing import Any

import pytest

from peygir.boards import replay
from peygir.cases import acts, words
from peygir.cases.models import Case
from peygir.cases.refusals import NotAllowed, WrongEvidence, WrongStage
from peygir.ledger import read
from peygir.ledger.entry import Actor
from peygir.ledger.models import Event
from peygir.ledger.scope import Scope
from peygir.policy.model import CityPolicy
from tests.city import Story, filling, staff_of

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("S26")]

Make = Callable[..., Story]


def claimed(story: Make) -> Story:
    it = story().after(hours=5)
    it.report()
    return it.after(hours=20)


def check(
    it: Story, found: str, *, way: str = "lot", cycle: int = 1, by: Actor | None = None
) -> acts.Done:
    return acts.check_claim(
        policy=it.policy, case_id=it.case.id, cycle=cycle, found=found, way=way, at=it.at,
        actor=by or staff_of(it.policy, "special-follow-up"),
    )  # fmt: skip


def test_one_event_says_whose_claim_it_was_and_nothing_moves(story: Make) -> None:
    it = claimed(story)
    before = Case.objects.filter(pk=it.case.id).values().get()
    done = check(it, "false")
    assert done.event.kind == "case.checked"
    assert done.event.facts == {
        "checked": {"cycle": 1, "unit": "d3-civil", "found": "false", "way": "lot"}
    }
    after = Case.objects.filter(pk=it.case.id).values().get()
    assert after == before | {"version": before["version"] + 1}
    assert [clock.state for clock in done.case.clocks][-1] == 1, "the citizen's clock goes on"


def test_also_of_a_closed_case_and_of_an_earlier_cycle(story: Make) -> None:
    closed = claimed(story)
    closed.satisfied()
    assert check(closed, "held").case.closed_at is not None
    again = claimed(story)
    again.dissatisfied()
    again.after(hours=1).inspected("not_done")
    again.act("not_confirmed")
    assert check(again, "false").event.cycle == 2
    assert check(again, "held").event.facts["checked"]["cycle"] == 1
    with pytest.raises(WrongStage):  # nobody has claimed anything in the second one yet
        check(again, "held", cycle=2)


def test_a_correction_names_what_it_corrects(story: Make) -> None:
    it = claimed(story)
    first = check(it, "false", way="risk").event
    second = check(it, "held", way="risk").event
    assert second.facts["checked"]["corrects"] == first.id
    assert Event.objects.get(pk=first.id).facts == first.facts, "what was said stays said"
    for found, way, fault in (
        ("held", "risk", {"found": "unchanged"}),
        ("false", "lot", {"way": "unknown"}),  # chance has not chosen it, whatever is found
        ("perhaps", "risk", {"found": "unknown"}),
    ):
        with pytest.raises(WrongEvidence) as refused:
            check(it, found, way=way)
        assert refused.value.fields == fault
    assert Event.objects.filter(kind="case.checked").count() == 2


def test_who_may(story: Make, qom: CityPolicy) -> None:
    it = claimed(story)
    assert check(it, "held", by=filling(qom, "centre-head")).event.actor.post == "centre-head"
    for unit in ("d3-civil", "d5-civil", "feedback"):
        with pytest.raises(NotAllowed):
            check(it, "false", by=staff_of(qom, unit))


def test_without_a_claim_and_of_a_sealed_case_there_is_nothing_to_find(story: Make) -> None:
    with pytest.raises(WrongStage):
        check(story(), "held")
    it = claimed(story)
    Case.objects.filter(pk=it.case.id).update(sealed=True)
    with pytest.raises(WrongStage):
        check(it, "held")


def test_replaying_the_events_gives_the_same_case(story: Make) -> None:
    it = claimed(story)
    check(it, "false")
    it.satisfied()
    check(it, "held")
    assert list(replay.cases(Scope())) == []


@pytest.mark.parametrize(
    ("language", "staff", "citizen"),
    [
        ("en", "drawn by lot and inspected: the work is done.", "An inspector looked"),
        ("fa", "به قرعه بازرسی شد: کار انجام شده است.", "بازرسی دید"),
    ],
)
def test_staff_read_what_was_found_and_the_citizen_that_somebody_looked(
    story: Make, language: str, staff: str, citizen: str
) -> None:
    it = claimed(story)
    check(it, "held")
    lines = words.timeline(it.case.id, it.policy, language)
    assert staff in lines[-1].words
    told = words.timeline(it.case.id, it.policy, language, "citizen")
    assert citizen in told[-1].words
    check(it, "unclear")
    assert read.of("case", it.case.id)[-1].facts["checked"]["found"] == "unclear"
    lines = words.timeline(it.case.id, it.policy, "en")
    assert lines[-1].words.startswith("Put right")


def test_the_visit_by_which_it_was_found_belongs_to_it(story: Make) -> None:
    it = claimed(story)
    given: dict[str, Any] = {
        "policy": it.policy,
        "case_id": it.case.id,
        "cycle": 1,
        "way": "lot",
        "at": it.at,
    }
    inspector = staff_of(it.policy, "special-follow-up")
    done = acts.check_claim(**given, found="held", actor=inspector, inspection=417)
    assert done.event.facts["evidence"] == {"inspection": 417}


def test_a_claim_by_risk_says_so(story: Make) -> None:
    it = claimed(story)
    check(it, "false", way="risk")
    assert "by risk" in words.timeline(it.case.id, it.policy, "en")[-1].words
    assert words.claim_finding("odd") == "odd"
