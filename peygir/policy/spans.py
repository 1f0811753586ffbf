"""How long a time allowed can last on the wall clock, whatever the calendar does."""

from datetime import UTC, date, datetime, time, timedelta

from peygir.calendars.durations import Span, due
from peygir.calendars.working import WorkingCalendar
from peygir.policy.model import CityPolicy

SAMPLE = date(2025, 1, 1), date(2026, 1, 1)  # for a calendar without any closure


def longest(policy: CityPolicy, stage: str) -> timedelta:
    """The most that `stage` may take before it is late, for the slowest class."""
    allowed = policy.stages[stage].due
    spans = [c.due for c in policy.classes.values()] if allowed == "class" else [allowed]
    return max(wall(span, policy.calendar) for span in spans)


def wall(span: Span, calendar: WorkingCalendar) -> timedelta:
    """An upper bound of `span` in elapsed time, over all the days that the calendar speaks of.

    Deadlines never go back as the start moves on. So a start during one day is due, at the latest,
    when a start at the following midnight is.
    """
    if span.mode == "wall":
        return span.amount
    days = sorted([*calendar.closures, *calendar.opens]) or list(SAMPLE)
    bound = timedelta()
    for number in range((days[-1] - days[0]).days + 1):
        start = datetime.combine(days[0] + timedelta(days=number), time(), tzinfo=UTC)
        following = start + timedelta(days=1)
        bound = max(bound, due(following, span, calendar) - start)
    return bound
