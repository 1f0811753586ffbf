"""What is made once for all tests in a row that want it: a city in force, or one that has lived.

Taking a city into force costs more than most tests. A transaction stays open around them: in it the
city was adopted, and each test is rolled back to that. Tests that want another city, or commit for
real, begin after it has been rolled back. With a city that has lived it is the same; what it
published is copied for each test.
"""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import override_settings

from peygir.cases import overlays, policies
from peygir.ledger.entry import SYSTEM
from peygir.policy.model import CityPolicy
from tests.city import NOON

CITIES: Final = Path(__file__).resolve().parents[1] / "cities"
COMMITTING: Final = frozenset({"transactional_db", "live_server"})
T = TypeVar("T")
Make = Callable[[CityPolicy], T]
LIVED: Final[dict[str, Make[Any]]] = {}  # what `lived` made fixtures of, by name


class Held:
    """`name`: what is held outside the tests, a city or one of LIVED; "" for nothing. `blocker`
    opens the database to what is not a test; None before there is one."""

    def __init__(self) -> None:
        self.name = ""
        self.blocker: Any = None
        self._block: Any = None
        self._folder: Path | None = None
        self._made: Any = None

    def change(self, name: str) -> None:
        """Let `name` be what is held."""
        if name == self.name or self.blocker is None:
            return
        with self.blocker.unblock():
            self._drop()
            if not name:
                return
            self._block = transaction.atomic()
            self._block.__enter__()
            try:
                self._hold(name)
            except BaseException:
                self._drop()
                raise
            self.name = name

    def city(self, name: str) -> CityPolicy:
        """The policy of `name`, in force until the test ends."""
        return _adopt(name) if name != self.name else policies.current()

    def lived(self, name: str, policy: CityPolicy, folder: Path) -> Any:
        """What the maker `name` made, the same for each test; the log that it published is
        in `folder`, which the settings name."""
        if name != self.name:
            return LIVED[name](policy)
        assert self._folder is not None
        shutil.copytree(self._folder, folder, dirs_exist_ok=True)
        return self._made

    def _hold(self, name: str) -> None:
        if name not in LIVED:
            _adopt(name)
            return
        self._folder = Path(tempfile.mkdtemp(prefix="peygir-held-"))
        forget()
        with override_settings(**log_settings(self._folder)):
            self._made = LIVED[name](_qom())
        connection.check_constraints()  # or each test would ask again about every row of before
        cache.clear()
        forget()

    def _drop(self) -> None:
        if self._block is not None:
            transaction.set_rollback(True)
            self._block.__exit__(None, None, None)
        if self._folder is not None:
            shutil.rmtree(self._folder)
        self._block, self._folder, self._made, self.name = None, None, None, ""


held = Held()


def wanted(item: pytest.Item, cities: frozenset[str]) -> str:
    """Which of `cities`, or of LIVED, is to be held for this test."""
    fixtures = {*getattr(item, "fixturenames", ())}
    mark = item.get_closest_marker("django_db")
    commits = fixtures & COMMITTING or (mark is not None and mark.kwargs.get("transaction"))
    return "" if commits else next(iter(sorted(fixtures & {*cities, *LIVED})), "")


def _adopt(name: str) -> CityPolicy:
    policy, _ = policies.adopt(CITIES / name, actor=SYSTEM, at=NOON)
    policies._latest.cache_clear()
    return policy


def lived(make: Make[T]) -> Callable[..., T]:
    """The fixture, under the same name, of what `make` makes of Qom: called once for all tests in
    a row that want it, so none may change what it returns; rows and files are each test's own."""
    name = make.__name__
    assert name not in LIVED, f"{name} is the name of another one"
    LIVED[name] = make

    @pytest.fixture(name=name)
    def given(qom: CityPolicy, settings: Any, tmp_path: Path) -> T:
        for key, value in log_settings(tmp_path).items():
            setattr(settings, key, value)
        found: T = held.lived(name, qom, tmp_path)
        return found

    return given


def log_settings(folder: Path) -> dict[str, Any]:
    """Where a public log of a test's own is published, and where its keys and its guard lie."""
    return {
        "PEYGIR_LOG_DIR": folder / "log",
        "PEYGIR_KEY_DIR": folder / "keys",
        "PEYGIR_LOG_GUARD": folder / "guard" / "guard.json",
        "PEYGIR_LOG_POLICY": "",
    }


def forget() -> None:
    """A process remembers policies for longer than many a test."""
    policies._latest.cache_clear()
    policies.number_of.cache_clear()
    policies.for_case.cache_clear()
    overlays.forget()


def _qom() -> CityPolicy:
    """In force, unless a test before emptied the database."""
    try:
        policy = policies.current()
    except policies.NoPolicy:
        return _adopt("qom")
    return policy
