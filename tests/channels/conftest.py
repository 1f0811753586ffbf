"""Cases of the city to play with."""

import pytest

from peygir.policy.model import CityPolicy
from tests.city import Make, Story


@pytest.fixture
def story(qom: CityPolicy) -> Make:
    """Make a case and move it along: `story(category="W01", district=2)`."""
    return lambda **fields: Story(qom, **fields)
