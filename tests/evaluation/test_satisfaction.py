"""Satisfaction, its interval, who is scored, and months."""

from datetime import timedelta

import pytest

from peygir.evaluation import periods, rollout, satisfaction
from peygir.evaluation.satisfaction import Satisfaction, wilson
from peygir.policy.model import CityPolicy
from tests.city import NOON, Make, Story

pytestmark = pytest.mark.django_db


def closed(story: Make, satisfied: bool, **fields: object) -> Story:
    """A case closed with the citizen's word: at once, or after a second cycle."""
    it: Story = story(**fields)
    it.after(hours=2).report()
    if not satisfied:
        it.after(hours=1).dissatisfied()
        it.inspected("not_done")
        it.act("not_confirmed")
        it.after(hours=2).report()
    it.after(hours=1).satisfied()
    return it


class TestSatisfaction:
    @pytest.mark.requirement("Q11")
    def test_a_citizen_who_first_said_no_does_not_count_as_satisfied(
        self, story: Make, qom: CityPolicy
    ) -> None:
        closed(story, True)
        closed(story, False)
        found = satisfaction.by_unit(
            qom, ["d3-civil", "d4-civil"], since=NOON, until=NOON + timedelta(days=1)
        )
        assert found == {"d3-civil": Satisfaction(closed=2, answered=2, satisfied=1)}

    def test_nobody_reached_is_not_an_answer(self, story: Make, qom: CityPolicy) -> None:
        it = story()
        it.after(hours=2).report()
        for _ in range(3):
            it.after(hours=25).act("unreached", call={"outcome": "no_answer"})
        it.inspected("done")
        it.act("done_unreachable")
        found = satisfaction.by_unit(qom, ["d3-civil"], since=NOON, until=it.at + timedelta(days=1))
        assert found["d3-civil"] == Satisfaction(closed=1, answered=0, satisfied=0)
        assert found["d3-civil"].response == 0
        assert found["d3-civil"].rate is None

    def test_a_yes_taken_back_by_an_objection_is_no_success(
        self, story: Make, qom: CityPolicy
    ) -> None:
        from peygir.ledger.entry import CITIZEN

        it = closed(story, True)
        it.after(days=1).act("objection", by=CITIZEN, objection_reason="باز هم خراب شد")
        it.inspected("done")
        it.act("confirmed", citizen_word={"via": "signature"})
        found = satisfaction.by_unit(qom, ["d3-civil"], since=NOON, until=it.at + timedelta(days=1))
        assert found["d3-civil"] == Satisfaction(closed=1, answered=1, satisfied=0)

    def test_the_interval_is_wilsons(self) -> None:
        low, high = wilson(80, 100)  # 0.711 to 0.867, as tables have it
        assert (round(low, 3), round(high, 3)) == (0.711, 0.867)
        assert wilson(0, 0) == (0.0, 1.0)
        assert wilson(5, 5)[1] == 1.0


class TestWhoIsScored:
    @pytest.mark.requirement("Q11", "S29")
    def test_districts_and_organisations_that_answer_for_some_subject(
        self, qom: CityPolicy
    ) -> None:
        units = rollout.scored_units(qom)
        assert {"d1", "d8", "waste", "parks"} <= set(units)
        assert "feedback" not in units


class TestMonths:
    def test_a_month_runs_from_its_first_midnight_to_the_next(self) -> None:
        month = periods.parse("۱۴۰۵-۸", "Asia/Tehran")
        assert month is not None
        assert month.key == "1405-08"
        assert month.since.isoformat() == "2026-10-23T00:00:00+03:30"
        assert month.until.isoformat() == "2026-11-22T00:00:00+03:30"

    @pytest.mark.parametrize(
        "text", ["", "1405", "1405-13", "1405-00", "abc", "2026-11", "1405-8-1", "'"]
    )
    def test_what_is_no_month_names_none(self, text: str) -> None:
        assert periods.parse(text, "Asia/Tehran") is None

    def test_the_months_before_cross_the_year(self) -> None:
        found = periods.last(NOON, "Asia/Tehran", 9)
        assert [m.key for m in found][-2:] == ["1405-01", "1404-12"]
