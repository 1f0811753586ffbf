"""The adopted city: once per run, and again after a test that emptied the database."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import override_settings
from django.utils import translation

from peygir.cases import overlays, policies
from peygir.demo import banner
from peygir.ledger.entry import SYSTEM
from peygir.policy.model import CityPolicy
from tests.city import NOON

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        policies.adopt(ROOT / "cities" / "qom", actor=SYSTEM, at=NOON)


@pytest.fixture(autouse=True, scope="session")
def _quick_passwords() -> Iterator[None]:
    """Hashing that is slow on purpose would be much of the run, and proves nothing in it."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(autouse=True, scope="session")
def _no_banner() -> None:
    """No page of a test asks the database for simulated cases; the banner's own test does."""
    banner.know(False)


@pytest.fixture(autouse=True)
def _every_test_begins_in_the_citys_language() -> Iterator[None]:
    """A page that a test reads leaves its language behind in the thread."""
    yield
    translation.deactivate()


@pytest.fixture
def qom(db: None) -> Iterator[CityPolicy]:
    """Qom's policy, in force."""
    try:
        policy = policies.current()
    except policies.NoPolicy:  # a test before this one emptied the database
        policy, _ = policies.adopt(ROOT / "cities" / "qom", actor=SYSTEM, at=NOON)
    yield policy
    cache.clear()


@pytest.fixture(autouse=True)
def _policy_is_looked_up_anew() -> Iterator[None]:
    """A process remembers the policy in force for two seconds: longer than many a test."""
    policies._latest.cache_clear()
    overlays.forget()
    yield
    policies._latest.cache_clear()
    overlays.forget()
