"""A city with two months behind it, and rows kept of it."""

import pytest

from peygir.analysis.filters import Filter, narrowed
from peygir.ledger.entry import Actor
from peygir.policy.model import CityPolicy
from tests.analysis import lived
from tests.city import Make, Story, staff_of


@pytest.fixture
def town(qom: CityPolicy) -> list[Story]:
    """Its cases; the worker has taken its turns."""
    stories = lived.live(qom)
    lived.kept()
    return stories


@pytest.fixture
def whole(qom: CityPolicy) -> Filter:
    """All of it."""
    return narrowed(qom, since=lived.SINCE, until=lived.UNTIL)


@pytest.fixture
def story(qom: CityPolicy) -> Make:
    return lambda **fields: Story(qom, **fields)


@pytest.fixture
def inspector(qom: CityPolicy) -> Actor:
    return staff_of(qom, "special-follow-up")
