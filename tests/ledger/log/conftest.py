"""A log of each test's own."""

from pathlib import Path
from typing import Any

import pytest

from peygir.ledger.log import sequence
from tests.ledger.log import play


@pytest.fixture(autouse=True)
def log_settings(settings: Any, tmp_path: Path) -> Any:
    """Folders below `tmp_path`, no witnesses, and the leaves of `play`."""
    settings.PEYGIR_LOG_DIR = tmp_path / "log"
    settings.PEYGIR_LOG_GUARD = tmp_path / "guard" / "guard.json"
    settings.PEYGIR_KEY_DIR = tmp_path / "keys"
    settings.PEYGIR_LOG_POLICY = ""
    settings.LEAVES = play.TOLD
    sequence.leaves.cache_clear()
    yield settings
    sequence.leaves.cache_clear()


@pytest.fixture
def empty(db: None) -> None:
    """No event of before waits."""
    from peygir.ledger.models import Unsealed

    Unsealed.objects.all().delete()
