"""Desks of Qom, and passwords that are quick to hash."""

from typing import Any

import pytest

from peygir.policy.model import CityPolicy
from tests.city import Make, Story


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def story(qom: CityPolicy) -> Make:
    """Make a case in Qom and move it along: `story(category="W01", district=2)`."""
    return lambda **fields: Story(qom, **fields)
