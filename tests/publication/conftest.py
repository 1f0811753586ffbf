"""A public log of the test's own: its folder, its head, and its keys."""

from pathlib import Path
from typing import Any

import pytest

from peygir.ledger.models import Head
from peygir.verify.merkle import Frontier


@pytest.fixture
def log_dir(db: None, settings: Any, tmp_path: Path) -> Path:
    """The published folder of a log that has just begun."""
    settings.PEYGIR_LOG_DIR = tmp_path / "log"
    settings.PEYGIR_KEY_DIR = tmp_path / "keys"
    if not Head.objects.exists():
        Head.objects.create(origin="ledger.test/137/1405", year=1405, frontier=Frontier().dump())
    return tmp_path / "log"
