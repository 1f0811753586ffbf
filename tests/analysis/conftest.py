"""A city with two months behind it, and rows kept of it."""

from copy import copy

import pytest

from peygir.analysis.filters import Filter, narrowed
from peygir.ledger.entry import Actor
from peygir.policy.model import CityPolicy
from tests import held
from tests.analysis import lived
from tests.city import Make, Story, staff_of


@held.lived
def two_months(qom: CityPolicy) -> list[Story]:
    """Its cases; the worker has taken its turns."""
    return lived.town(qom)


@pytest.fixture
def town(two_months: list[Story]) -> list[Story]:
    """The same, each test with stories of its own to go on with."""
    return [copy(each) for each in two_months]


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
