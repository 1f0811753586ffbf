"""A case of Qom to play with."""

import pytest

from peygir.policy.model import CityPolicy
from tests.city import Make, Story


@pytest.fixture
def story(qom: CityPolicy) -> Make:
    """Make a case in Qom and move it along: `story(category="W01", district=2)`."""
    return lambda **fields: Story(fields.pop("policy", qom), **fields)
