"""A public log of the test's own: its folder, its head, and its keys."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from peygir.ledger.log.seal import seal
from peygir.ledger.models import Head
from peygir.notices import deliver
from peygir.notices.models import DevMessage
from peygir.publication import listing
from peygir.verify.merkle import Frontier
from tests.held import log_settings

Seal = Callable[[datetime], None]


def seal_all(at: datetime) -> None:
    """What the fixture `sealed` gives, into the folder that the settings name."""
    while seal(at=at):
        pass
    while listing.list_new():
        pass


@pytest.fixture
def folders(db: None, settings: Any, tmp_path: Path) -> Path:
    """Where the log is published, and where its keys and its guard lie."""
    for key, value in log_settings(tmp_path).items():
        setattr(settings, key, value)
    return tmp_path / "log"


@pytest.fixture
def log_dir(folders: Path) -> Path:
    """The published folder of a log that has just begun and that nothing seals."""
    if not Head.objects.exists():
        Head.objects.create(origin="ledger.test/137/1405", year=1405, frontier=Frontier().dump())
    return folders


@pytest.fixture
def sealed(folders: Path) -> Seal:
    """Seal and list all that happened, as the worker does."""
    return seal_all


@pytest.fixture
def sent_by() -> Callable[[datetime], list[str]]:
    """Deliver what is due at an instant; gives the SMS shown so far, oldest first."""

    def sent(at: datetime) -> list[str]:
        while deliver.deliver(at=at):
            pass
        shown = DevMessage.objects.filter(channel="sms").order_by("id")
        return list(shown.values_list("body", flat=True))

    return sent
