"""The log of a year as one file: it fits together, is made when it is due, and never half."""

import os
import tarfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from peygir.ledger.log import files
from peygir.policy.model import CityPolicy
from peygir.publication import archives, figures
from peygir.verify.canonical import parse
from peygir.worker import figures as worker
from tests.city import NOON, Story, reported
from tests.publication.conftest import Seal, folders, sealed

__all__ = ["folders", "sealed"]
pytestmark = [pytest.mark.django_db, pytest.mark.requirement("T12")]
HOUR = timedelta(hours=1)
YEAR = 1405


@pytest.fixture
def log(qom: CityPolicy, sealed: Seal) -> Path:
    """A published folder with figures that are announced in what is signed."""
    Story(qom).after(hours=2).report()
    sealed(NOON + 4 * HOUR)
    figures.publish(at=NOON + 4 * HOUR)
    sealed(NOON + 5 * HOUR)
    return files.root()


def made(at: datetime) -> bool:
    return archives.make_due(at=at) == [YEAR]


def later(seconds: float) -> datetime:
    """So long after the last archive."""
    return datetime.fromtimestamp(files.archive_file(YEAR).stat().st_mtime + seconds, UTC)


def test_it_holds_what_one_signed_state_needs(log: Path) -> None:
    assert made(NOON)
    with tarfile.open(files.archive_file(YEAR)) as archive:
        held = {each.name: archive.extractfile(each).read() for each in archive}  # type: ignore[union-attr]  # files only
    for name in ("verify.py", "vkeys.txt", "1405/checkpoint", "1405/stats/live.json"):
        assert held[name] == (log / name).read_bytes()
    named = parse(held["1405/stats/live.json"])["verifier"]
    assert held[f"verifiers/{named}.py"] == held["verify.py"], "later figures may need another"
    partial = [name for name in held if name.startswith("1405/tile/entries/000.p/")]
    assert len(partial) == 1, "only what the signed state needs"
    assert any(name.startswith("1405/rules/") for name in held)
    assert any(name.startswith("1405/receipts/") for name in held)


def test_it_is_made_again_only_when_something_new_was_signed(
    log: Path, qom: CityPolicy, sealed: Seal
) -> None:
    assert made(NOON)
    assert not made(later(3600))
    reported(qom)
    sealed(NOON + 6 * HOUR)
    assert not made(later(archives.PAUSE_S - 1))
    assert made(later(archives.PAUSE_S + 1))


def test_a_large_one_is_made_more_seldom(log: Path, qom: CityPolicy, sealed: Seal) -> None:
    assert made(NOON)
    file = files.archive_file(YEAR)
    at = file.stat().st_mtime_ns
    with file.open("ab") as grown:
        grown.truncate(100 * archives.BYTES_A_SECOND)
    os.utime(file, ns=(at, at))
    reported(qom)
    sealed(NOON + 6 * HOUR)
    assert not made(later(archives.PAUSE_S + 99))
    assert made(later(archives.PAUSE_S + 101))


def test_it_waits_until_the_figures_are_announced(log: Path, qom: CityPolicy, sealed: Seal) -> None:
    reported(qom)
    sealed(NOON + 6 * HOUR)
    figures.publish(at=NOON + 6 * HOUR)
    assert not made(NOON)
    sealed(NOON + 7 * HOUR)
    assert made(NOON)


def test_a_log_that_cannot_be_read_gives_none(log: Path) -> None:
    (log / "1405" / "checkpoint").write_bytes(b"not a note")
    assert not made(NOON)


def test_without_figures_there_is_one_of_the_log_alone(qom: CityPolicy, sealed: Seal) -> None:
    reported(qom)
    sealed(NOON + HOUR)
    assert made(NOON)


def test_figures_that_nobody_announced_give_none(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "NOTES_MAX", 0)
    assert not made(NOON)


def test_a_full_disk_leaves_the_last_one(
    log: Path, qom: CityPolicy, sealed: Seal, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert made(NOON)
    before = files.archive_file(YEAR).read_bytes()
    reported(qom)
    sealed(NOON + 6 * HOUR)

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archives, "_add", full)
    with pytest.raises(OSError, match="No space"):
        archives.make_due(at=later(3600))
    assert files.archive_file(YEAR).read_bytes() == before
    assert [each.name for each in files.archive_file(YEAR).parent.iterdir()] == ["log-1405.tar"]


def test_what_a_killed_worker_left_is_cleared_away(log: Path) -> None:
    left = files.archive_file(YEAR).with_name(".log-1405.tar.0123")
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half")
    assert made(NOON)
    assert not left.exists()


def test_the_worker_makes_it_and_anybody_gets_it(log: Path) -> None:
    assert worker.archive() is False
    answer = Client().get("/log/archives/log-1405.tar")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/x-tar"
    assert b"".join(answer.streaming_content) == files.archive_file(YEAR).read_bytes()  # type: ignore[attr-defined]  # a stream
    assert Client().get("/log/archives/log-1404.tar").status_code == 404
    assert Client().get("/log/archives/.log-1405.tar.0").status_code == 404
