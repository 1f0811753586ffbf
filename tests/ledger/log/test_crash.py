"""Whatever is killed or fails in the middle: what is published stays whole and goes on."""

import errno
import os
import random
import resource
import shutil
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from peygir.ledger.log import anchors, files, guard, keys, seal, sequence, stops, tiles
from peygir.ledger.log import check as checks
from peygir.ledger.models import Checkpoint, Event, Head, Leaf
from peygir.ledger.scope import Scope
from peygir.verify.errors import Incomplete
from peygir.verify.logcheck import Asked, check_log
from peygir.verify.notes import parse_checkpoint
from peygir.verify.tiles import Reader, Tree, widths
from tests.ledger.log.play import NOON, STEP, checked, happen, sealed, vkeys

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty")]

KILLS = 100


def child(work: Callable[[], None]) -> int:
    """Do `work` in a process of its own, with a database connection of its own; its number."""
    number = os.fork()
    if number:
        return number
    try:
        connection.connection = None  # the parent's: not ours to close
        work()
    except BaseException:  # a child of a test must not become a second test run
        traceback.print_exc()
    finally:
        os._exit(0)


def seal_for_ever() -> None:
    at = NOON
    while True:
        at += STEP
        seal.seal(at=at)


def rows_agree() -> None:
    assert list(checks.replay(Scope())) == []


@pytest.mark.slow
def test_two_sequencers_are_killed_again_and_again() -> None:
    dice = random.Random(137)
    happen(1)
    sealed()
    running = [child(seal_for_ever), child(seal_for_ever)]
    try:
        for round_ in range(KILLS):
            happen(*[dice.randrange(1, 400) for _ in range(dice.choice((1, 30, 700)))])
            time.sleep(dice.random() * 0.15)
            victim = round_ % 2
            os.kill(running[victim], signal.SIGKILL)
            os.waitpid(running[victim], 0)
            rows_agree()
            published = checked()
            assert published.checkpoint.size <= Head.objects.get().size
            running[victim] = child(seal_for_ever)
    finally:
        for each in running:
            os.kill(each, signal.SIGKILL)
            os.waitpid(each, 0)
    sealed(datetime.now(tz=NOON.tzinfo))
    rows_agree()
    assert checked().checkpoint.size == Leaf.objects.count()
    assert (
        Leaf.objects.exclude(event_id=None).count() == Event.objects.filter(kind="played").count()
    )


class Crashed(Exception):
    """The process ended here."""


def after(function: Callable[..., Any], count: int) -> Callable[..., Any]:
    """`function`, and then the end, at its call number `count`."""
    calls = []

    def crashing(*args: Any, **kwargs: Any) -> Any:
        done = function(*args, **kwargs)
        calls.append(1)
        if len(calls) == count:
            raise Crashed
        return done

    return crashing


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize(
    ("module", "name"),
    [
        (sequence, "write"),
        (sequence, "keep_chains"),
        (sequence, "drain"),
        (files, "write_once"),
        (files, "settle"),
        (files, "replace"),
        (tiles, "extend"),
        (guard, "remember"),
        (guard, "admit"),
        (keys, "sign"),
        (seal, "_publish"),
    ],
)
def test_a_crash_after_any_step_ends_in_the_same_bytes(
    module: Any, name: str, count: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    happen(*range(300))
    at = sealed()
    happen(*range(200, 600))
    with monkeypatch.context() as patch:
        patch.setattr(module, name, after(getattr(module, name), count))
        crashes = [_crashes(at := at + STEP) for _ in range(2)]
    assert any(crashes) or count == 2
    assert checked().checkpoint.size in (301, 701)
    sealed(at)
    assert checked().checkpoint.size == 701
    rows_agree()
    _rebuilt_is_the_same(tmp_path)


def _crashes(at: datetime) -> bool:
    try:
        seal.seal(at=at)
    except Crashed:
        return True
    return False


def _rebuilt_is_the_same(tmp_path: Path) -> None:
    """Made anew from the rows, every file has the same bytes."""
    head = Head.objects.get()
    ours, fresh = files.year_folder(head.year), tmp_path / "fresh"
    tiles.extend(fresh, head)
    made = [path for path in fresh.rglob("*") if path.is_file()]
    assert len(made) == 2 * 3 + 1  # three bundles with their tiles, and the tile above
    for path in made:
        assert path.read_bytes() == (ours / path.relative_to(fresh)).read_bytes()
    stray = [path for path in files.root().rglob(".*") if path.is_file()]
    assert not stray, "drafts of files are cleared away"


def test_a_client_that_polls_finds_every_file_that_it_needs() -> None:
    happen(*range(200))
    at = sealed()
    folder = files.year_folder(Head.objects.get().year)
    stop, seen, faults = threading.Event(), [], []

    def poll() -> None:
        while not stop.is_set():
            reader = Reader(folder)
            point = parse_checkpoint(reader.checkpoint())
            try:
                assert Tree(reader, point.size).root() == point.root
                for number, width in widths(point.size):
                    assert len(reader.entries(number, width)) == width
            except (Incomplete, AssertionError) as error:
                faults.append(error)
                return
            seen.append(point.size)

    client = threading.Thread(target=poll)
    client.start()
    for number in range(25):
        happen(*range(number, number + 60))
        at = sealed(at + anchors.EVERY)  # partial tiles are cleared away meanwhile
    stop.set()
    client.join()
    assert not faults, faults
    assert len(set(seen)) > 3
    assert checked().checkpoint.size == Head.objects.get().size
    assert not (folder / "tile" / "0" / "000.p").exists()


@contextmanager
def disk_refuses(bytes_max: int) -> Iterator[None]:
    """The kernel lets no file of this process grow beyond `bytes_max`."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_max, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_refuses_stops_sealing_until_it_takes_again() -> None:
    happen(*range(100))
    at = sealed()
    before = checked().checkpoint
    happen(*range(300))
    with disk_refuses(4000):
        for _ in range(3):
            at += STEP
            assert not seal.seal(at=at)
    stopped = stops.current()
    assert stopped is not None
    assert stopped.reason == stops.DISK
    assert checked().checkpoint == before
    happen(1)  # cases go on
    assert not [path for path in files.root().rglob(".*") if path.is_file()]
    sealed(at)
    assert checked().checkpoint.size == 402
    assert stops.current() is None


def test_a_folder_that_nobody_may_write_stops_sealing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*given: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    happen(1)
    with monkeypatch.context() as patch:
        patch.setattr(os, "link", refused)
        seal.seal(at=NOON)
    assert stops.current().reason == stops.DISK
    sealed()
    assert checked().checkpoint.size == 2


def test_a_damaged_file_stops_sealing_and_is_left_alone() -> None:
    happen(*range(10))
    at = sealed()
    folder = files.year_folder(Head.objects.get().year)
    path = folder / "tile" / "entries" / "000.p" / "12"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"something else")
    happen(99)
    seal.seal(at=at + STEP)
    assert stops.current().reason == stops.FILES
    assert path.read_bytes() == b"something else"
    assert not seal.seal(at=at + STEP * 2), "somebody must look first"
    assert checked().checkpoint.size == 11


def test_a_folder_that_is_lost_is_made_anew_from_the_rows() -> None:
    happen(*range(600))
    at = sealed()
    trusted = vkeys()
    shutil.rmtree(settings.PEYGIR_LOG_DIR)
    happen(1)
    sealed(at)
    folder = files.year_folder(Head.objects.get().year)
    assert check_log(folder, Asked(keys=trusted)).checkpoint.size == 602
    assert Checkpoint.objects.count() == 2
