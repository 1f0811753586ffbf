"""Satisfaction, its interval, and the league table."""

from datetime import timedelta

import pytest

from peygir.cases.models import Case
from peygir.evaluation import periods, ranking, satisfaction
from peygir.evaluation.satisfaction import Satisfaction, wilson
from peygir.policy.model import CityPolicy
from tests.city import NOON, Make, Story

pytestmark = pytest.mark.django_db

ABAN, AZAR = "1405-08", "1405-09"


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

    def test_few_answers_are_drawn_to_the_average(self) -> None:
        one = Satisfaction(closed=1, answered=1, satisfied=0)
        assert one.shrunk(0.9) == pytest.approx(18 / 21)  # (0 + 20 × 0.9) / (1 + 20)


class TestTheLeagueTable:
    @pytest.mark.requirement("Q11", "S29")
    def test_districts_and_organisations_stand_in_one_table(self, qom: CityPolicy) -> None:
        units = ranking.scored_units(qom)
        assert {"d1", "d8", "waste", "parks"} <= set(units)
        assert "feedback" not in units

    @pytest.mark.requirement("Q11")
    def test_fewer_than_thirty_answers_are_listed_but_not_ranked(
        self, story: Make, qom: CityPolicy, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        month = periods.parse(ABAN, "Asia/Tehran")
        assert month is not None
        closed(story, True, district=2)
        table = ranking.table(qom, month)
        assert all(row.rank is None for row in table.rows)
        monkeypatch.setattr(ranking, "RANKED_FROM", 1)
        closed(story, False, district=4)
        table = ranking.table(qom, month)
        assert [(r.unit, r.rank) for r in table.rows[:2]] == [("d2", 1), ("d4", 2)]
        assert table.rows[0].low <= table.rows[0].score <= table.rows[0].high

    def test_a_case_counts_in_the_month_in_which_it_closed(
        self, story: Make, qom: CityPolicy
    ) -> None:
        closed(story, True)
        azar = periods.parse(AZAR, "Asia/Tehran")
        assert azar is not None
        assert not any(row.counted.closed for row in ranking.table(qom, azar).rows)
        assert Case.objects.count() == 1


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
