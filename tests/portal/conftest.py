"""Each test has its own photo folder, and the time that it wants."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine

from peygir.policy.model import CityPolicy
from tests.city import NOON


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.PEYGIR_PHOTO_DIR = tmp_path / "photos"
    return tmp_path


@pytest.fixture
def clock() -> Any:
    """NOON until a test moves it."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def city(qom: CityPolicy, clock: Any) -> CityPolicy:
    return qom


def at(moment: datetime) -> float:
    return moment.timestamp()
