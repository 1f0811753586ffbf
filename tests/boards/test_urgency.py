"""What became of urgent messages, as their events tell it; and the wall that shows it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from peygir.boards import feedback, wall
from peygir.boards.models import Urgency
from peygir.boards.replay import Scope, differences
from peygir.policy.model import CityPolicy
from tests.city import NOON, Story, hire, reported, staff_of
from tests.urgent import ACTION, CREW, REASON, hazard, on_track, urgent_city

__all__ = ["urgent_city"]

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("I1", "I2")
def test_seeing_sending_and_acting_are_timed_from_registration(urgent_city: CityPolicy) -> None:
    it, centre = hazard(urgent_city), staff_of(urgent_city, "operations")
    row = Urgency.objects.get(pk=it.case.id)
    assert (row.ground, row.since, row.due_at) == ("hazard", NOON, NOON + timedelta(hours=2))
    assert (row.seen_at, row.acted_at, row.ended_at) == (None, None, None)
    on_track(it.after(minutes=3), "acknowledged", centre)
    on_track(it.after(minutes=4), "crew_sent", centre, crew=CREW)
    on_track(it.after(minutes=40), "first_action_taken", centre, action_text=ACTION)
    row.refresh_from_db()
    assert row.seen_at == NOON + timedelta(minutes=3)
    assert row.acted_at == NOON + timedelta(minutes=47)
    assert row.seen_by == row.acted_by == centre.post
    item = wall.items([it.case.id])[it.case.id]
    assert (item.crew, item.action) == (CREW, ACTION)
    assert list(differences(Scope())) == []


@pytest.mark.requirement("I4")
def test_a_message_that_is_calmed_leaves_the_wall_and_may_come_back(
    urgent_city: CityPolicy,
) -> None:
    it, head = hazard(urgent_city), staff_of(urgent_city, "operations", head=True)
    assert [key.case_id for key in wall.open_now(head)[0]] == [it.case.id]
    it.after(minutes=10).act("not_urgent", head, reason=REASON)
    assert wall.open_now(head)[0] == []
    assert Urgency.objects.get(pk=it.case.id).ended_at == it.at
    centre = staff_of(urgent_city, "centre", head=True)
    it.after(hours=1).act(
        "make_urgent", centre, urgent_ground="resource_waste", reason="آب هنوز می‌رود"
    )
    row = Urgency.objects.get(pk=it.case.id)
    assert (row.ground, row.since, row.ended_at) == ("resource_waste", it.at, None)
    assert [key.case_id for key in wall.open_now(head)[0]] == [it.case.id]
    assert list(differences(Scope())) == []


@pytest.mark.requirement("I3")
def test_supervisors_hold_what_needs_more_until_it_is_settled(urgent_city: CityPolicy) -> None:
    it, centre = hazard(urgent_city), staff_of(urgent_city, "operations")
    on_track(it.after(minutes=30), "first_action_taken", centre, action_text=ACTION)
    it.act("to_supervisors", centre, reason="گودال نیاز به کار شبانه دارد")
    assert it.case.unit == "supervisors"
    it.after(hours=5).act(
        "settled_by_supervisor",
        staff_of(urgent_city, "supervisors"),
        result_text="گودال پر و آسفالت شد",
        report_to_citizen="گودال پر و آسفالت شد",
    )
    assert it.case.stage == "feedback"
    assert Urgency.objects.get(pk=it.case.id).ended_at is None  # the citizen has the last word
    it.after(hours=2).act("satisfied", citizen_word={"via": "call"}, call={"outcome": "reached"})
    assert Urgency.objects.get(pk=it.case.id).ended_at == it.at
    assert list(differences(Scope())) == []


def test_nobodys_yet_stand_first_then_what_is_due_first(urgent_city: CityPolicy) -> None:
    centre = staff_of(urgent_city, "operations")
    old, new = hazard(urgent_city), hazard(urgent_city, at=NOON + timedelta(minutes=20))
    late = hazard(urgent_city, at=NOON - timedelta(hours=3))
    soon = hazard(urgent_city, at=NOON + timedelta(minutes=5))
    for it in (soon, late):
        on_track(it.after(minutes=25), "acknowledged", centre)
    keys, more = wall.open_now(centre)
    assert [key.case_id for key in keys] == [one.case.id for one in (new, old, late, soon)]
    assert more == 0


@pytest.mark.requirement("I1")
def test_the_wall_asks_no_more_when_more_cases_are_closed(urgent_city: CityPolicy) -> None:
    head = staff_of(urgent_city, "operations", head=True)
    lasting = hazard(urgent_city)
    reported(urgent_city, category="C02")  # not urgent: nobody's business here
    asked = []
    for count in (1, 6):
        for _ in range(count):
            merged = hazard(urgent_city)
            merged.act("merge", staff_of(urgent_city, "reception"), merged_into=lasting.case.id)
        with CaptureQueriesContext(connection) as found:
            keys, _more = wall.open_now(head)
            wall.items([key.case_id for key in keys])
        asked.append(len(found))
    assert asked[0] == asked[1] <= 9


def test_figures_of_today(urgent_city: CityPolicy) -> None:
    centre = staff_of(urgent_city, "operations")
    for seen, acted in ((2, 60), (4, 130), (9, 0)):
        it = hazard(urgent_city)
        on_track(it.after(minutes=seen), "acknowledged", centre)
        if acted:
            it.at = NOON + timedelta(minutes=acted)
            on_track(it, "first_action_taken", centre, action_text=ACTION)
    hazard(urgent_city, at=NOON - timedelta(days=2))
    found = wall.figures(since=NOON, at=NOON + timedelta(hours=1))
    assert (found.today, found.seen, found.acted) == (3, 3, 2)
    assert (found.seen_s, found.acted_s) == (240, 95 * 60)
    assert (found.in_time, found.judged) == (1, 2)
    assert wall.figures(since=NOON, at=NOON + timedelta(hours=3)).judged == 3


def test_a_changed_row_is_told_by_the_replay(urgent_city: CityPolicy) -> None:
    it = hazard(urgent_city)
    Urgency.objects.filter(pk=it.case.id).update(ground="costly_violation")
    assert [line for line in differences(Scope()) if "ground is" in line]
    Urgency.objects.all().delete()
    assert [line for line in differences(Scope()) if "is missing" in line]


@pytest.mark.requirement("I5")
def test_a_dangers_feedback_is_asked_for_before_others_that_waited_longer(
    urgent_city: CityPolicy,
) -> None:
    said = "مانع برداشته شد"
    danger = hazard(urgent_city, at=NOON - timedelta(hours=20))
    danger.after(hours=22).act(
        "settled", staff_of(urgent_city, "operations"), result_text=said, report_to_citizen=said
    )
    other = Story(urgent_city, at=NOON, category="C01", district=5)
    other.after(hours=1).report()
    caller = hire("caller", "feedback-1")
    card = feedback.take(caller.pk, frozenset({"feedback"}), at=NOON + timedelta(hours=3))
    assert card is not None
    assert card.case.pk == danger.case.id
