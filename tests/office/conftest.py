"""A city with managers who answer, and the office automation in which they do."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from peygir.channels.office.models import Handed, Person
from peygir.channels.office.push import push
from peygir.policy.model import CityPolicy
from tests.city import hire, reported
from tests.office.driver import SECRET, TOKEN, Automation, running

CITY = Path(__file__).resolve().parents[2] / "cities" / "mashhad"
PEOPLE = {
    "1001": "d3-civil-head",
    "1002": "d3-civil-expert",
    "1003": "d3-mayor",
    "1004": "d3-order-head",
}


@pytest.fixture
def city(mashhad: CityPolicy) -> CityPolicy:
    """The city whose managers answer in the office automation, in force."""
    return mashhad


@pytest.fixture
def managers(city: CityPolicy) -> dict[str, Any]:
    """Personnel number -> who it is, in the post that PEOPLE names."""
    found = {}
    for number, post in PEOPLE.items():
        found[number] = hire(f"person-{number}", post, email=f"p{number}@example.invalid")
        Person.objects.create(number=number, staff_id=found[number].pk)
    return found


@pytest.fixture
def at() -> datetime:
    """Two hours ago: what comes in over HTTP arrives now."""
    return datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)


@pytest.fixture
def automation(
    live_server: Any, settings: Any, city: CityPolicy, managers: Any
) -> Iterator[Automation]:
    """The office automation, running, knowing us and known to us."""
    with running(live_server.url) as found:
        settings.PEYGIR_OFFICE_URL = found.url
        settings.PEYGIR_OFFICE_TOKEN = TOKEN
        settings.PEYGIR_OFFICE_SECRETS = SECRET
        yield found


@pytest.fixture
def handed(automation: Automation, city: CityPolicy, at: datetime) -> Handed:
    """One referral that lies in the manager's inbox over there."""
    case = reported(city, at=at).case
    assert push(at=at) == 1
    return Handed.objects.get(case_id=case.id)
