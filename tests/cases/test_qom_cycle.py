"""Qom's cycle, act by act."""

import pytest

from tests.city import Make

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("Q3", "Q4", "Q5", "Q6", "Q7")
def test_a_report_goes_to_the_executive_then_to_feedback_and_closes_with_satisfaction(story: Make) -> None:
    it = story()
    assert (it.case.stage, it.case.unit) == ("execution", "d3-civil")
    it.after(hours=20).report()
    assert (it.case.stage, it.case.unit) == ("feedback", "feedback")
    it.after(hours=2).satisfied()
    assert (it.case.stage, it.case.ending, it.case.satisfied) == ("closed", "satisfied", True)
    assert it.case.lead is None
    assert not any(clock.is_live for clock in it.case.clocks)
