"""What seldom happens to the public log, and must still end well."""

import io
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from peygir.ledger.log import check as checks
from peygir.ledger.log import (
    files,
    guard,
    head,
    keys,
    queue,
    recover,
    seal,
    sequence,
    status,
    stops,
)
from peygir.ledger.log.draft import Draft
from peygir.ledger.management.commands import log as command
from peygir.ledger.models import Asked, Checkpoint, Head, Leaf
from peygir.verify.merkle import Frontier
from peygir.verify.tiles import Reader, Tree
from tests.ledger.log.outsiders import witnessed
from tests.ledger.log.play import NOON, STEP, checked, happen, published_leaves, sealed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty")]

DOWN = "http://127.0.0.1:1"


def tree() -> tuple[str, bytes, Tree]:
    now = Head.objects.get()
    return (
        now.origin,
        head.frontier(now).root(),
        Tree(Reader(files.year_folder(now.year)), now.size),
    )


class TestTheGuard:
    def test_it_lets_through_what_it_knows_already(self) -> None:
        happen(1)
        sealed()
        origin, root, found = tree()
        guard.admit(origin, root, found)
        assert guard.known(origin) == (2, root)

    def test_it_refuses_another_root_and_a_smaller_tree(self) -> None:
        happen(1, 2)
        sealed()
        origin, root, found = tree()
        with pytest.raises(guard.Refused):
            guard.admit(origin, bytes(32), found)
        with pytest.raises(guard.Refused):
            guard.admit(origin, root, Tree(found.reader, 2))
        with pytest.raises(guard.Refused):
            guard.compare(origin, 3, bytes(32), is_new=False)
        assert guard.known(origin) == (3, root)

    def test_it_refuses_what_the_tiles_cannot_prove(self) -> None:
        happen(*range(300))
        sealed()
        origin, root, found = tree()
        guard.remember(origin, 290, bytes(32))
        with pytest.raises(guard.Refused):
            guard.admit(origin, root, found)
        shutil.rmtree(found.reader.directory / "tile")
        with pytest.raises(guard.Refused):
            guard.admit(origin, root, Tree(Reader(found.reader.directory), 301))

    def test_a_fork_in_the_rows_is_not_signed(self) -> None:
        happen(1)
        at = sealed()
        happen(2)
        origin, _, _ = tree()
        guard.remember(origin, 1, bytes(32))
        seal.seal(at=at + STEP)
        assert stops.current().reason == stops.GUARD
        assert Checkpoint.objects.count() == 1


class TestFiles:
    def test_a_file_that_cannot_be_replaced_leaves_nothing_behind(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refused(*given: object) -> None:
            raise OSError(30, "Read-only file system")

        files.replace(tmp_path / "a", b"old")
        monkeypatch.setattr(Path, "replace", refused)
        with pytest.raises(OSError, match="Read-only"):
            files.replace(tmp_path / "a", b"new")
        assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["a"]
        assert (tmp_path / "a").read_bytes() == b"old"

    def test_tiles_that_were_lost_under_a_checkpoint_are_made_anew(self) -> None:
        happen(*range(300))
        at = sealed()
        shutil.rmtree(files.year_folder(1405) / "tile")
        happen(1)
        sealed(at)
        assert checked().checkpoint.size == 302

    def test_tiles_that_do_not_give_the_root_of_the_rows_are_not_signed(self) -> None:
        happen(1, 2)
        at = sealed()
        now = Head.objects.get()
        other = Frontier()
        for number in range(now.size):
            other.push(bytes([number]) * 32)
        Head.objects.update(frontier=other.dump(), size=now.size)
        guard.remember(now.origin, now.size, other.root())
        happen(3)
        seal.seal(at=at + STEP)
        assert stops.current().reason == stops.FILES


class TestLeaves:
    def test_a_subject_needs_its_public_name_first(self) -> None:
        happen(1)
        sealed()
        with pytest.raises(ValueError, match="public name"):
            sequence.spell(Draft(event_id=1, subject_id=99, body={"t": "x"}), {}, {})

    def test_no_drafts_change_nothing(self) -> None:
        happen(1)
        sealed()
        before = Head.objects.get().size
        sequence.place(Head.objects.get(), [], {})
        assert Head.objects.get().size == before


class TestKeys:
    def test_whoever_is_second_takes_the_key_of_the_first(self) -> None:
        assert keys._begin(keys.RECEIPT, "a") == keys._begin(keys.RECEIPT, "a")

    def test_a_key_that_is_rotated_twice_within_a_month_signs_until_its_own_day(self) -> None:
        happen(1)
        at = sealed()
        origin = Head.objects.get().origin
        keys.rotate(keys.CHECKPOINT, origin, at=at)
        keys.rotate(keys.CHECKPOINT, origin, at=at + timedelta(days=10))
        later = at + timedelta(days=35)
        assert [s.until is None for s in keys.checkpoint_signers(origin, at=at)] == [
            False,
            False,
            True,
        ]
        assert len(keys.checkpoint_signers(origin, at=later)) == 2
        assert len(keys.checkpoint_vkeys(origin)) == 3

    def test_no_key_signs_that_the_log_could_not_be_told_of(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        happen(1)
        at = sealed()
        origin = Head.objects.get().origin
        before = keys.checkpoint_vkeys(origin)

        def gone(_leaf: Any) -> None:
            raise OSError

        monkeypatch.setattr(queue, "propose", gone)
        with pytest.raises(OSError):
            keys.rotate(keys.CHECKPOINT, origin, at=at)
        assert keys.checkpoint_vkeys(origin) == before


class TestWitnesses:
    def test_when_all_have_just_failed_nobody_is_asked(self, settings: Any, tmp_path: Path) -> None:
        with witnessed(settings, tmp_path, council=DOWN, newspaper=DOWN, university=DOWN):
            happen(1)
            at = sealed()
            happen(2)
            sealed(at)
            assert set(Asked.objects.values_list("failed_at", flat=True)) == {at}

    def test_without_a_policy_nobody_is_missed(self) -> None:
        happen(1)
        at = sealed()
        later = at + timedelta(days=1)
        assert [name for name, _, rows in status.forgotten(later) if rows.exists()] == []


class TestRecovering:
    def test_without_a_checkpoint_the_guard_says_how_far_it_was(self) -> None:
        happen(1, 2)
        at = sealed()
        (files.year_folder(1405) / "checkpoint").unlink()
        found = recover.recover(at=at)
        assert (found.had, found.size) == (3, 3)
        sealed(at)
        assert checked().checkpoint.size == 4

    def test_a_checkpoint_ahead_of_the_guard_counts(self) -> None:
        happen(1, 2)
        at = sealed()
        origin, _, found = tree()
        guard.remember(origin, 2, found.root(2))
        assert recover.recover(at=at).size == 3

    def test_files_beyond_what_was_signed_are_cleared_at_every_level(self, tmp_path: Path) -> None:
        kept = ["tile/0/000", "tile/entries/000", "tile/0/001.p/44", "tile/1/000.p/1"]
        old = ["tile/0/000.p/7", "tile/entries/000.p/7", "tile/0/001.p/3"]
        ahead = ["tile/0/001", "tile/0/001.p/45", "tile/entries/001.p/99", "tile/1/000.p/2"]
        far = ["tile/0/x001/000", "tile/2/000.p/1"]
        for name in (*kept, *old, *ahead, *far):
            files.write_once(tmp_path / name, b"x")
        recover.clear_orphans(tmp_path, 300)
        left = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()}
        assert left == {*kept, *old}


class TestByHand:
    def test_it_seals_until_nothing_waits(self, monkeypatch: pytest.MonkeyPatch) -> None:
        turns = iter([True, True, False])
        monkeypatch.setattr(seal, "seal", lambda at: next(turns))
        said = io.StringIO()
        command.Command(stdout=said).handle(what="seal", key=keys.CHECKPOINT)
        assert list(turns) == []

    def test_on_a_terminal_it_says_how_far_the_check_is(self) -> None:
        class Terminal(io.StringIO):
            def isatty(self) -> bool:
                return True

        happen(1)
        sealed()
        screen = Terminal()
        command.Command(stdout=io.StringIO(), stderr=screen).handle(what="check", key="checkpoint")
        assert "2/2" in screen.getvalue()

    def test_it_names_a_leaf_without_its_event(self) -> None:
        happen(1)
        at = sealed()
        queue.propose({"t": "stats.published", "v": 1})
        sealed(at)
        assert Leaf.objects.get(index=2).event_id is None
        assert len(published_leaves()) == 3
        assert list(checks.check()) == []
        assert at > NOON
