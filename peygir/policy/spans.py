"""How long a time allowed can last on the wall clock, whatever the calendar does."""

from datetime import UTC, date, datetime, time, timedelta

from peygir.calendars.durations import Span, due
from peygir.calendars.working import WorkingCalendar
from peygir.policy.graph import routed
from peygir.policy.model import CityPolicy, Post
from peygir.policy.vocabulary import SUPERIOR

SAMPLE = date(2025, 1, 1), date(2026, 1, 1)  # for a calendar without any closure


def longest(policy: CityPolicy, stage: str) -> timedelta:
    """The most that `stage` may take before it is late, for the slowest class."""
    allowed = policy.stages[stage].due
    spans = [c.due for c in policy.classes.values()] if allowed == "class" else [allowed]
    if policy.stages[stage].by_post:
        spans += [span for post in policy.organisation.posts.values() for span in times(post)]
    return max(wall(span, policy.calendar) for span in spans)


def climbed(policy: CityPolicy, stage: str) -> timedelta | None:
    """How long a silent case climbs from post to post until the mayor holds it; None: it does not.

    The slowest class and the longest chain of superiors.
    """
    if policy.stages[stage].on_breach != SUPERIOR:
        return None
    org = policy.organisation
    heads = [head for unit in routed(policy) if (head := org.head_of(unit)) is not None]
    return max(
        (
            sum((_slowest(policy, stage, post) for post in org.chain(head)[:-1]), timedelta())
            for head in heads
        ),
        default=timedelta(),
    )


def times(post: Post) -> list[Span]:
    """The times allowed that this post has of its own."""
    return [*([post.due] if post.due else []), *post.due_by_class.values()]


def _slowest(policy: CityPolicy, stage: str, post: str) -> timedelta:
    given = policy.stages[stage]
    own = times(policy.organisation.posts[post]) if given.by_post else []
    if given.due == "class":
        own += [c.due for c in policy.classes.values()]
    elif not policy.organisation.posts[post].due or not given.by_post:
        own.append(given.due)
    return max(wall(span, policy.calendar) for span in own)


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
