"""The adopted city: once per run, and again after a test that emptied the database."""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.cache import cache
from django.core.management.commands import flush
from django.db import connection
from django.template import engines
from django.test import override_settings
from django.utils import translation
from jinja2 import FileSystemBytecodeCache
from whitenoise.middleware import WhiteNoiseMiddleware

from peygir.cases import policies
from peygir.demo import banner
from peygir.ledger.entry import SYSTEM
from peygir.policy.load import load_city
from peygir.policy.model import CityPolicy
from tests.city import NOON
from tests.held import forget, held, wanted

MIGRATED = ("django_content_type", "auth_permission")  # filled after a migration, never changed
ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    connection.ops.sql_flush = _flush_what_is_filled(connection.ops.sql_flush)
    flush.emit_post_migrate_signal = lambda *given: None  # what it makes is not flushed
    with django_db_blocker.unblock():
        policies.adopt(ROOT / "cities" / "qom", actor=SYSTEM, at=NOON)
    held.blocker = django_db_blocker
    yield
    held.change("")


def _flush_what_is_filled(sql_flush: Callable[..., list[str]]) -> Callable[..., list[str]]:
    """Emptying a hundred tables takes longer than what committed three rows for real."""

    def only(style: Any, tables: Sequence[str], **given: Any) -> list[str]:
        others = [table for table in tables if table not in MIGRATED]
        names = map(connection.ops.quote_name, others)
        asked = [
            f"(SELECT '{t}' FROM {name} LIMIT 1)" for t, name in zip(others, names, strict=True)
        ]
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(asked))
            filled = [table for (table,) in cursor.fetchall()]
        return sql_flush(style, filled, **given | {"allow_cascade": True})

    return only


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Hold the city that the test wants, before anything is set up for it."""
    held.change(wanted(item, frozenset({"isfahan", "mashhad", "tehran"})))


@pytest.fixture(autouse=True)
def _own_public_log(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test reads what another published, whatever their order."""
    own = tmp_path_factory.getbasetemp() / f"log-{uuid4().hex}"
    settings.PEYGIR_LOG_DIR = own / "log"
    settings.PEYGIR_LOG_GUARD = own / "guard.json"


@pytest.fixture(autouse=True, scope="session")
def _no_waiting_for_the_disk() -> Iterator[None]:
    """What a test writes need not outlive a power cut; a log is written with many such waits."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda handle: None)
        yield


@pytest.fixture(autouse=True, scope="session")
def _static_files_are_listed_once() -> Iterator[None]:
    """Each test client has a door of its own, which would look through all folders again."""
    listed: dict[str, Any] = {}
    look_through = WhiteNoiseMiddleware.add_files_from_finders

    def add(self: WhiteNoiseMiddleware) -> None:
        if not listed:
            look_through(self)
            listed.update(self.files)
        self.files.update(listed)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", add)
        yield


@pytest.fixture(autouse=True, scope="session")
def _templates_are_compiled_once(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """For all processes of a run."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if hasattr(request.config, "workerinput") else own) / "templates"
    folder.mkdir(exist_ok=True)
    engines["jinja2"].env.bytecode_cache = FileSystemBytecodeCache(str(folder))


@pytest.fixture(autouse=True)
def _keys_are_those_of_other_tests() -> Iterator[None]:
    """Checking by a new key begins with tables that cost more than most tests. So the first key
    that a test makes is the first of every test; all that one test makes differ."""
    _keys.position = 0
    yield
    _keys.position = None


@pytest.fixture(autouse=True, scope="session")
def _keys_for_all() -> Iterator[None]:
    make = Ed25519PrivateKey.generate
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Ed25519PrivateKey, "generate", lambda: _keys.next(make))
        yield


class _Keys:
    """`position`: how many keys this test has made; None outside of tests."""

    def __init__(self) -> None:
        self.position: int | None = None
        self.known: list[Ed25519PrivateKey] = []
        self.lock = Lock()

    def next(self, make: Callable[[], Ed25519PrivateKey]) -> Ed25519PrivateKey:
        with self.lock:
            if self.position is None:
                return make()
            if self.position == len(self.known):
                self.known.append(make())
            self.position += 1
            return self.known[self.position - 1]


_keys = _Keys()


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
    yield policy if policy.name == "qom" else load_city(ROOT / "cities" / "qom")
    cache.clear()


@pytest.fixture
def isfahan(db: None) -> CityPolicy:
    """A city with an urgent lane, special messages on three tracks and a crisis prepared."""
    return held.city("isfahan")


@pytest.fixture
def mashhad(db: None) -> CityPolicy:
    """A city whose managers answer by name and in the office automation; nobody calls."""
    return held.city("mashhad")


@pytest.fixture
def tehran(db: None) -> CityPolicy:
    """A city with a way of its own for each kind of voice."""
    return held.city("tehran")


@pytest.fixture(autouse=True)
def _policy_is_looked_up_anew() -> Iterator[None]:
    """A process remembers the policy in force for two seconds: longer than many a test. The number
    of a version is another one in another test."""
    forget()
    yield
    forget()
