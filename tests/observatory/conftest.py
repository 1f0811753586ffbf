"""A published folder with the figures of a made city."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from peygir.observatory import frame
from peygir.verify.canonical import encode
from peygir.verify.figures import table
from peygir.verify.months import DAY_SECONDS

EXAMPLE = Path(__file__).resolve().parents[1] / "verify" / "example-1405-07.json"
MONTH = "1405-07"


@pytest.fixture(autouse=True)
def _drawn_anew() -> Iterator[None]:
    frame.forget()
    yield
    frame.forget()


@pytest.fixture
def empty(settings: Any, tmp_path: Path) -> Path:
    """A folder in which nothing is published."""
    settings.PEYGIR_LOG_DIR = tmp_path / "log"
    return tmp_path / "log"


@pytest.fixture
def example() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(EXAMPLE.read_bytes())
    return found


@pytest.fixture
def published(empty: Path, example: dict[str, Any]) -> Path:
    """The example as a month that is over and, under another name, as the live figures."""
    place(empty, example, MONTH)
    place(empty, example | {"period": "live"}, "live")
    return empty


def in_the_first_days(root: Path, example: dict[str, Any]) -> None:
    """Two days of the example's month so far, and the month before, not published for good."""
    start = example["from"]
    place(root, example | {"period": "live", "until": start + 2 * DAY_SECONDS}, "live")
    month = {"period": "last", "month": "1405-06", "final_at": start + 7 * DAY_SECONDS}
    place(root, example | month, "last")
    frame.forget()


def place(root: Path, data: dict[str, Any], stem: str) -> None:
    folder = root / "1405" / "stats"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{stem}.json").write_bytes(encode(data))
    (folder / f"{stem}.csv").write_text(table(data))
