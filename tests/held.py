"""A city that is taken into force once for all tests in a row that want it.

Taking a city into force costs more than most tests. A transaction stays open around them: in it the
city was adopted, and each test is rolled back to that. Tests that want another city, or commit for
real, begin after it has been rolled back.
"""

from pathlib import Path
from typing import Any, Final

import pytest
from django.db import transaction

from peygir.cases import policies
from peygir.ledger.entry import SYSTEM
from peygir.policy.model import CityPolicy
from tests.city import NOON

CITIES: Final = Path(__file__).resolve().parents[1] / "cities"
COMMITTING: Final = frozenset({"transactional_db", "live_server"})


class Held:
    """`name`: the city in force outside the tests, "" for none. `blocker` opens the database to
    what is not a test; None before there is one."""

    def __init__(self) -> None:
        self.name = ""
        self.blocker: Any = None
        self._block: Any = None

    def change(self, name: str) -> None:
        """Let `name` be the city that is held."""
        if name == self.name or self.blocker is None:
            return
        with self.blocker.unblock():
            if self._block is not None:
                transaction.set_rollback(True)
                self._block.__exit__(None, None, None)
            self._block, self.name = None, name
            if name:
                self._block = transaction.atomic()
                self._block.__enter__()
                _adopt(name)

    def city(self, name: str) -> CityPolicy:
        """The policy of `name`, in force until the test ends."""
        return _adopt(name) if name != self.name else policies.current()


held = Held()


def wanted(item: pytest.Item, cities: frozenset[str]) -> str:
    """Which of `cities` is to be held for this test."""
    fixtures = {*getattr(item, "fixturenames", ())}
    mark = item.get_closest_marker("django_db")
    commits = fixtures & COMMITTING or (mark is not None and mark.kwargs.get("transaction"))
    return "" if commits else next(iter(sorted(cities & fixtures)), "")


def _adopt(name: str) -> CityPolicy:
    policy, _ = policies.adopt(CITIES / name, actor=SYSTEM, at=NOON)
    policies._latest.cache_clear()
    return policy
