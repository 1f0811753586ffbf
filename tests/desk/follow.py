"""Helpers of the follow-up tests: people at their desks, and cases that wait for them."""

from datetime import datetime, timedelta
from typing import Any

from django.test import Client

from peygir.cases.models import Case
from peygir.people.models import Staff
from peygir.policy.model import CityPolicy
from tests.city import NOON, Story, hire

#: Long enough ago that nothing of a story lies ahead of the clock of whoever runs the tests.
BEFORE = NOON - timedelta(days=3)


def at_desk(username: str, *posts: str, **fields: Any) -> tuple[Client, Staff]:
    """A signed-in browser of somebody who fills `posts`."""
    person: Staff = hire(username, *posts, **fields)
    client = Client()
    client.force_login(person)
    return client, person


def answered(qom: CityPolicy, **fields: Any) -> Story:
    """A case whose unit has filed a result: it waits for the feedback unit."""
    it = Story(qom, at=fields.pop("at", BEFORE), **fields)
    it.after(hours=2).report()
    return it


def doubted(qom: CityPolicy, **fields: Any) -> Story:
    """A case whose citizen was not satisfied: it waits for special follow-up."""
    it = answered(qom, **fields)
    it.after(hours=2).dissatisfied()
    return it


def promised(qom: CityPolicy, *, at: datetime = BEFORE) -> Story:
    """A long-running case whose unit proposes a promised date: it waits for its head."""
    category = next(
        c for c in qom.categories.values() if c.long_running and c.function in ("civil", "planning")
    )
    it = Story(qom, at=at, category=category.code)
    until = int((it.at + timedelta(days=20)).timestamp())
    said = "در برنامهٔ آسفالت فصل است"
    it.after(hours=1).act("promise", report_to_citizen=said, promised_for=until)
    return it


def stored(it: Story) -> Case:
    return Case.objects.get(pk=it.case.id)
