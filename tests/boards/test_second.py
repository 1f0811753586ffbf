"""Second calls: drawn by a lot that anybody can repeat, never made by whoever made the first."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from peygir.boards import feedback, second
from peygir.boards.models import CallClaim, SecondCall, SecondDraw
from peygir.cases.models import Case
from peygir.ledger.entry import Actor
from peygir.people.contacts import Caller
from peygir.people.models import Call, Staff
from peygir.policy.model import CityPolicy
from tests.city import NOON, Story, hire, staff_of

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 21)  # in Tehran, of NOON
LATER = NOON + timedelta(days=1)
SEED = "13" * 32
FIRST = 1  # who makes the first calls of a story
SHARE = second.PER_10_000


@pytest.fixture(autouse=True)
def _all_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second, "PER_10_000", 10_000)


@pytest.fixture
def other(qom: CityPolicy) -> Staff:
    person: Staff = hire("other-caller", "feedback-2", id=9_001)  # not who made the first call
    return person


def closed(policy: CityPolicy, *, number: int = 0, **fields: object) -> Story:
    """A case whose citizen said yes on the telephone."""
    caller = Caller(phone=f"+98912000{number:04}", name="شهروند")
    given: dict[str, object] = {"at": NOON - timedelta(hours=5), "caller": caller} | fields
    it = Story(policy, **given)
    it.after(hours=2).report()
    it.after(hours=1).satisfied()
    return it


def drawn(policy: CityPolicy, at: datetime = LATER) -> SecondDraw | None:
    return second.draw(policy, DAY, seed=SEED, at=at)


def taken(staff: Staff, at: datetime = LATER) -> second.Card:
    card = second.take(staff.pk, at=at)
    assert card is not None
    return card


class TestTheLot:
    def test_four_in_a_hundred_fall_and_always_the_same(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        names = [number.to_bytes(16, "big") for number in range(5000)]
        monkeypatch.setattr(second, "PER_10_000", SHARE)
        found = [second.is_drawn(SEED, name) for name in names]
        assert found == [second.is_drawn(SEED, name) for name in names]
        assert 0.03 <= sum(found) / len(found) <= 0.05  # clocks.md §3: three to five

    def test_the_seed_is_the_day_and_the_root(self) -> None:
        seeds = {
            second.seed_of(root, day)
            for root in (b"a" * 32, b"b" * 32)
            for day in (DAY, DAY + timedelta(days=1))
        }
        assert len(seeds) == 4
        assert all(len(seed) == 64 for seed in seeds)

    @pytest.mark.requirement("S26")
    def test_closings_by_the_citizens_word_of_one_day_are_drawn_once(self, qom: CityPolicy) -> None:
        one = closed(qom, number=1)
        closed(qom, number=2, at=NOON - timedelta(days=3))  # another day
        open_ = Story(qom, at=NOON - timedelta(hours=5))
        open_.after(hours=1).report()
        made = drawn(qom)
        assert made is not None
        assert (made.closings, made.drawn) == (1, 1)
        (call,) = SecondCall.objects.all()
        assert (call.case_id, call.unit, call.first_staff) == (one.case.id, "d3-civil", FIRST)
        assert drawn(qom) is None
        assert SecondCall.objects.count() == 1

    def test_sealed_and_merged_ones_are_not_drawn(self, qom: CityPolicy) -> None:
        for number, change in enumerate(({"sealed": True}, {"lead_id": 7})):
            it = closed(qom, number=number)
            Case.objects.filter(pk=it.case.id).update(**change)
        made = drawn(qom)
        assert made is not None
        assert made.closings == 0


class TestTheCall:
    @pytest.mark.requirement("S26")
    def test_never_by_whoever_made_the_first_call(self, qom: CityPolicy, other: Staff) -> None:
        it = closed(qom)
        drawn(qom)
        assert second.waiting(FIRST, at=LATER) == 0
        assert second.take(FIRST, at=LATER) is None
        assert second.waiting(other.pk, at=LATER) == 1
        assert taken(other).case.pk == it.case.id
        call = SecondCall.objects.get()
        with pytest.raises(IntegrityError, match="second_call_another"), transaction.atomic():
            SecondCall.objects.filter(pk=call.pk).update(staff_id=FIRST)

    def test_one_at_a_time_and_nobody_else_calls_meanwhile(
        self, qom: CityPolicy, other: Staff
    ) -> None:
        closed(qom)
        drawn(qom)
        card = taken(other)
        assert taken(other).call == card.call
        third = hire("third-caller", "feedback-1", id=9_002)
        assert second.take(third.pk, at=LATER) is None
        feedback.release(other.pk)
        assert second.current(other.pk, at=LATER) is None
        assert second.take(third.pk, at=LATER) is not None

    def test_simulated_people_call_about_simulated_cases_only(
        self, qom: CityPolicy, other: Staff
    ) -> None:
        it = closed(qom)
        drawn(qom)
        assert second.take(other.pk, at=LATER, simulated=True) is None
        Case.objects.filter(pk=it.case.id).update(simulated=True)
        assert second.take(other.pk, at=LATER, simulated=True) is not None

    def test_a_citizen_who_is_being_called_about_something_else_waits(
        self, qom: CityPolicy, other: Staff
    ) -> None:
        it = closed(qom)
        drawn(qom)
        citizen = feedback.first_reachable(it.case.id)
        assert citizen is not None
        CallClaim.objects.create(
            case_id=5, citizen_id=citizen.citizen_id, staff_id=99, at=LATER,
            expires_at=LATER + timedelta(minutes=5),
        )  # fmt: skip
        assert second.take(other.pk, at=LATER) is None
        assert second.take(other.pk, at=LATER + timedelta(minutes=6)) is not None

    def test_what_was_said_is_counted_by_unit(self, qom: CityPolicy, other: Staff) -> None:
        for number in range(3):
            closed(qom, number=number)
        drawn(qom)
        for outcome in (second.AGREE, second.DIFFER):
            found = second.record(qom, taken(other), outcome, staff=other, at=LATER)
            assert found == outcome
        (row,) = second.results(NOON - timedelta(days=1), at=LATER)
        assert (row.unit, row.agree, row.differ, row.unreached, row.waiting) == (
            "d3-civil", 1, 1, 0, 1,
        )  # fmt: skip
        assert row.reached == 2
        assert second.results(LATER, at=LATER) == []
        assert list(Call.objects.values_list("outcome", flat=True)) == ["reached"] * 2
        assert CallClaim.objects.count() == 0

    def test_not_reached_is_tried_again_later_and_then_given_up(
        self, qom: CityPolicy, other: Staff
    ) -> None:
        closed(qom)
        drawn(qom)
        at = LATER
        for attempt in range(qom.redial.attempts):
            found = second.record(qom, taken(other, at), "no_answer", staff=other, at=at)
            assert found == ("unreached" if attempt == 2 else "")
            assert second.take(other.pk, at=at) is None, "not at once"
            at += qom.redial.waits["no_answer"]
        (row,) = second.results(NOON - timedelta(days=1), at=at)
        assert (row.unreached, row.waiting) == (1, 0)

    def test_without_a_number_nobody_can_be_reached(self, qom: CityPolicy, other: Staff) -> None:
        closed(qom, caller=Caller(phone="", name=""))
        drawn(qom)
        card = taken(other)
        assert card.reporter is None
        with pytest.raises(ValueError, match="agree"):
            second.record(qom, card, second.AGREE, staff=other, at=LATER)
        assert second.record(qom, card, "wrong_number", staff=other, at=LATER) == second.NOBODY
        assert Call.objects.count() == 0

    def test_an_outcome_that_is_none_and_one_told_twice(
        self, qom: CityPolicy, other: Staff
    ) -> None:
        closed(qom)
        drawn(qom)
        card = taken(other)
        with pytest.raises(ValueError, match="perhaps"):
            second.record(qom, card, "perhaps", staff=other, at=LATER)
        second.record(qom, card, second.AGREE, staff=other, at=LATER)
        assert second.record(qom, card, second.DIFFER, staff=other, at=LATER) == second.AGREE
        assert SecondCall.objects.get().finding == second.AGREE

    def test_one_who_objected_meanwhile_or_long_ago_is_not_asked(
        self, qom: CityPolicy, other: Staff
    ) -> None:
        it = closed(qom)
        drawn(qom)
        later = NOON + timedelta(days=15)
        assert second.take(other.pk, at=later) is None
        (row,) = second.results(NOON - timedelta(days=1), at=later)
        assert (row.waiting, row.missed) == (0, 1), "and everybody sees it"
        card = taken(other)
        second.record(qom, card, second.DIFFER, staff=other, at=LATER)
        assert [one.case_id for one in second.differing()] == [it.case.id]
        it.at = LATER
        it.act("objection", by=_reception(qom), objection_reason="چاله هنوز هست")
        assert second.differing() == []

    def test_a_case_that_goes_on_is_not_asked_about(self, qom: CityPolicy, other: Staff) -> None:
        it = closed(qom)
        drawn(qom)
        card = taken(other)
        it.at = LATER
        it.act("objection", by=_reception(qom), objection_reason="چاله هنوز هست")
        assert second.current(other.pk, at=LATER) is None
        feedback.release(other.pk)
        assert second.take(other.pk, at=LATER) is None
        assert card.call.case_id == it.case.id


def _reception(policy: CityPolicy) -> Actor:
    return staff_of(policy, "reception")
