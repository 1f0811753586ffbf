"""A city with two months behind it, and rows kept of it."""

import pytest

from peygir.analysis.filters import Filter, narrowed
from peygir.policy.model import CityPolicy
from tests.analysis import lived
from tests.city import Story


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
