"""A database that comes back from a backup does not sign a second history, and goes on after it."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection

from peygir.conf.database import APP_ROLE
from peygir.conf.role import prepare_role
from peygir.ledger.log import check, files, guard, queue, recover, seal, stops
from peygir.ledger.models import Asked, Chain, Checkpoint, Event, Head, Leaf, Note, Unsealed
from peygir.ledger.scope import Scope
from peygir.verify.canonical import parse
from tests.ledger.log.outsiders import witnessed
from tests.ledger.log.play import NOON, STEP, checked, happen, published_leaves, sealed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty")]

TABLES = [
    model._meta.db_table for model in (Event, Unsealed, Note, Chain, Leaf, Head, Checkpoint, Asked)
]


class Backup:
    """The ledger's tables as they were, put back as a restored dump puts them."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            for table in TABLES:
                cursor.execute(f"create temp table kept_{table} as table {table}")

    def restore(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("set session_replication_role = replica")
            for table in TABLES:
                cursor.execute(f"delete from {table}")
                cursor.execute(f"insert into {table} select * from kept_{table}")
            cursor.execute("set session_replication_role = origin")

    def drop(self) -> None:
        with connection.cursor() as cursor:
            for table in TABLES:
                cursor.execute(f"drop table kept_{table}")


@contextmanager
def backup() -> Iterator[Backup]:
    kept = Backup()
    try:
        yield kept
    finally:
        kept.drop()


def copy_of(folder: Path, name: str) -> Path:
    shutil.copytree(folder, folder.with_name(name))
    return folder.with_name(name)


def replace_folder(folder: Path, by: Path) -> None:
    shutil.rmtree(folder)
    shutil.copytree(by, folder)


def is_whole() -> None:
    assert list(check.replay(Scope())) == []
    assert list(check.check()) == []


class TestTheDatabaseComesBackFromABackup:
    def test_the_guard_refuses_before_anything_gets_a_place(self) -> None:
        happen(1, 2, 3)
        at = sealed()
        with backup() as kept:
            happen(1, 4)
            at = sealed(at)
            published = checked().checkpoint
            kept.restore()
            happen(5)
            assert not seal.seal(at=at + STEP)
            assert stops.current().reason == stops.GUARD
            assert Leaf.objects.count() == 4
            assert Unsealed.objects.count() == 1
            assert checked().checkpoint == published
            assert not seal.seal(at=at + STEP * 100), "it stays so until somebody looks"

    def test_then_it_goes_on_with_the_log_that_the_world_has_seen(self) -> None:
        happen(1, 2, 3)
        at = sealed()
        waits = happen(1)  # in the backup, not yet sealed
        with backup() as kept:
            happen(2, 4, 4)  # lost with the database
            at = sealed(at)
            before = published_leaves()
            kept.restore()
            happen(1, 5)
            seal.seal(at=at + STEP)
            found = recover.recover(at=at)
            assert (found.had, found.size, found.lost) == (4, 8, 3)
            assert stops.current() is None
            sealed(at)
            now = published_leaves()
            assert now[:8] == before
            told = [parse(body) for body in now[8:]]
            assert sorted(body["t"] for body in told) == [
                "case.registered",
                "case.stepped",
                "log.incident",
            ]
            [incident] = [body for body in told if body["t"] == "log.incident"]
            assert incident == {
                "t": "log.incident", "v": 1, "what": "guard", "had": 4, "size": 8, "lost": 3,
            }  # fmt: skip
            assert Event.objects.get(pk=waits[0].id).leaf_index in range(4, 8)
            assert Chain.objects.get(subject_id=1).n == 3
            is_whole()

    def test_nothing_can_be_recovered_while_a_worker_seals(self) -> None:
        happen(1)
        sealed()
        with connection.cursor() as cursor:
            cursor.connection.cursor()
        other = connection.copy()
        try:
            with other.cursor() as cursor:
                cursor.execute("select pg_advisory_lock(%s)", [0x137_5EA1])
            with pytest.raises(recover.Unrecoverable, match="a worker is sealing"):
                recover.recover(at=NOON)
            happen(2)
            assert not seal.seal(at=NOON + STEP)
            assert Unsealed.objects.count() == 1
        finally:
            other.close()


class TestTheWholeMachineComesBackFromABackup:
    """Database, folder and guard: nothing of ours knows better. The witnesses do."""

    def test_witnesses_refuse_and_a_mirror_puts_it_right(
        self, settings: Any, tmp_path: Path
    ) -> None:
        with witnessed(settings, tmp_path) as servers, ExitStack() as stack:
            happen(1, 2, 3)
            at = sealed()
            old_folder = copy_of(tmp_path / "log", "old-log")
            old_guard = copy_of(tmp_path / "guard", "old-guard")
            kept = stack.enter_context(backup())
            happen(1, 4, 5)
            queue.propose({"t": "stats.published", "v": 1})
            at = sealed(at)
            mirror = copy_of(tmp_path / "log", "mirror")

            kept.restore()
            replace_folder(tmp_path / "log", old_folder)
            replace_folder(tmp_path / "guard", old_guard)
            published = checked().checkpoint
            happen(1, 6, 7, 8, 9)
            happen(99, subject="policy")
            seal.seal(at=at + STEP)
            assert stops.current().reason == stops.FORK
            assert set(Asked.objects.values_list("failure", flat=True)) == {"fork"}
            assert checked().checkpoint == published
            evidence = servers["council"].witness.memory.refusals()
            assert [why for _, why, _ in evidence] == ["fork"]

            with pytest.raises(recover.Unrecoverable, match="have seen 8 leaves"):
                recover.recover(at=at)
            replace_folder(tmp_path / "log", mirror)
            found = recover.recover(at=at)
            assert (found.had, found.size, found.lost) == (4, 8, 3)
            at = sealed(at + STEP * 10)
            assert checked().cases == 9
            assert Chain.objects.get(subject_id=1).n == 3
            settings.PEYGIR_LOG_POLICY = ""
            is_whole()

    def test_a_backup_that_nothing_was_added_to_is_behind_its_witnesses(
        self, settings: Any, tmp_path: Path
    ) -> None:
        with witnessed(settings, tmp_path), ExitStack() as stack:
            happen(1)
            at = sealed()
            old_folder = copy_of(tmp_path / "log", "old-log")
            old_guard = copy_of(tmp_path / "guard", "old-guard")
            kept = stack.enter_context(backup())
            happen(2, 3, 4)
            at = sealed(at)
            kept.restore()
            replace_folder(tmp_path / "log", old_folder)
            replace_folder(tmp_path / "guard", old_guard)
            happen(5)
            seal.seal(at=at + STEP)
            assert stops.current().reason == stops.FORK


class TestTheGuardIsLost:
    def test_sealing_stops_until_somebody_says_that_this_is_the_log(self) -> None:
        happen(1)
        at = sealed()
        django_settings.PEYGIR_LOG_GUARD.unlink()
        happen(2)
        seal.seal(at=at + STEP)
        assert stops.current().reason == stops.NO_GUARD
        recover.recover(at=at)
        sealed(at)
        assert guard.known(Head.objects.get().origin)[0] == 4
        is_whole()

    def test_one_that_is_damaged_is_not_taken_for_an_empty_one(self) -> None:
        happen(1)
        at = sealed()
        django_settings.PEYGIR_LOG_GUARD.write_text("{")
        happen(2)
        seal.seal(at=at + STEP)
        assert stops.current().reason == stops.NO_GUARD
        with pytest.raises(recover.Unrecoverable, match="guard"):
            recover.recover(at=at)
        django_settings.PEYGIR_LOG_GUARD.unlink()
        recover.recover(at=at)
        sealed(at)


class TestTheDatabaseIsNew:
    def test_it_takes_the_published_log_over(self) -> None:
        happen(1, 2, 3)
        at = sealed()
        with connection.cursor() as cursor:
            cursor.execute("set session_replication_role = replica")
            for table in TABLES:
                cursor.execute(f"delete from {table}")
            cursor.execute("set session_replication_role = origin")
        happen(1)
        seal.seal(at=at + STEP)
        assert stops.current().reason == stops.GUARD
        Head.objects.all().delete()
        found = recover.recover(at=at)
        assert (found.had, found.size, found.lost) == (0, 4, 3)
        sealed(at)
        is_whole()

    def test_without_a_published_log_there_is_nothing_to_take(self) -> None:
        with pytest.raises(recover.Unrecoverable, match="no log has been published"):
            recover.recover(at=NOON)
        files.year_folder(1405).mkdir(parents=True)
        with pytest.raises(recover.Unrecoverable, match="has no checkpoint"):
            recover.recover(at=NOON)


class TestWhatIsNotTheLogThatWasSigned:
    def test_tiles_that_were_changed(self) -> None:
        happen(*range(300))
        at = sealed()
        path = files.year_folder(1405) / "tile" / "0" / "001.p" / "45"
        path.write_bytes(bytes(45 * 32))
        with pytest.raises(recover.Unrecoverable, match="not those that were signed"):
            recover.recover(at=at)

    def test_tiles_that_are_missing(self) -> None:
        happen(*range(300))
        at = sealed()
        (files.year_folder(1405) / "tile" / "0" / "001.p" / "45").unlink()
        with pytest.raises(recover.Unrecoverable, match="mirror"):
            recover.recover(at=at)

    def test_entries_that_were_changed(self) -> None:
        happen(1)
        at = sealed()
        with backup() as kept:
            happen(2)
            at = sealed(at)
            kept.restore()
            path = files.year_folder(1405) / "tile" / "entries" / "000.p" / "3"
            path.write_bytes(path.read_bytes().replace(b"case.registered", b"case.reGistered"))
            with pytest.raises(recover.Unrecoverable, match="entries are not those"):
                recover.recover(at=at)
            assert Leaf.objects.count() == 2

    def test_a_checkpoint_by_another_key(self) -> None:
        happen(1)
        at = sealed()
        path = files.year_folder(1405) / "checkpoint"
        path.write_text(path.read_text()[:-12] + "AAAAAAAAAA=\n")
        with pytest.raises(recover.Unrecoverable):
            recover.recover(at=at)

    def test_nothing_at_all(self) -> None:
        happen(1)
        at = sealed()
        shutil.rmtree(files.root())
        django_settings.PEYGIR_LOG_GUARD.unlink()
        with pytest.raises(recover.Unrecoverable, match="neither"):
            recover.recover(at=at)
        assert not Note.objects.exists()


class TestFilesAheadOfASignature:
    def test_they_are_cleared_away(self) -> None:
        """Tiles were written, then the machine died, and the database lost its last second."""
        happen(*range(300))
        at = sealed()
        with backup() as kept:
            happen(*range(500))
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(guard, "admit", _dies)
                with pytest.raises(KeyboardInterrupt):
                    seal.seal(at=at + STEP)
            kept.restore()
            happen(*range(900, 1400))
            seal.seal(at=at + STEP)
            assert stops.current().reason == stops.FILES
            found = recover.recover(at=at)
            assert (found.had, found.size, found.lost) == (301, 301, 0)
            sealed(at)
            assert checked().checkpoint.size == 802
            is_whole()


def _dies(*given: object) -> None:
    raise KeyboardInterrupt


def test_an_event_about_no_case_and_a_note_are_recognised() -> None:
    happen(1)
    at = sealed()
    happen(9, subject="policy")
    happen(8, subject="policy", policy="other")
    queue.propose({"t": "stats.published", "v": 1, "period": "1405-07"})
    queue.propose({"t": "stats.published", "v": 1, "period": "1405-08"})
    late = happen(1)[0]
    happen(1, facts={"about": late.id})
    with backup() as kept:
        at = sealed(at)
        size = Leaf.objects.count()
        kept.restore()
        seal.seal(at=at + STEP)
        assert stops.current().reason == stops.GUARD
        found = recover.recover(at=at)
        assert (found.size, found.lost) == (size, 0)
        assert not Unsealed.objects.exists()
        assert Note.objects.count() == 1  # the incident alone
        sealed(at)
        assert checked().checkpoint.size == size + 1
        is_whole()


def test_it_can_be_asked_for_without_need() -> None:
    happen(1)
    at = sealed()
    found = recover.recover(at=at)
    assert found == recover.Recovered(had=2, size=2, lost=0)
    sealed(at)
    assert parse(published_leaves()[-1])["what"] == "asked"


class TestTheRoleThatServes:
    """What nobody saw is taken back, which the role of the serving processes may not do."""

    def beside(self, tmp_path: Path) -> Any:
        """A log that went on elsewhere, while this database gave a place to something else."""
        happen(1, 2)
        at = sealed()
        kept = copy_of(tmp_path / "log", "kept")
        guarded = copy_of(tmp_path / "guard", "old-guard")
        with backup() as before:
            happen(3)
            sealed(at)
            mirror = copy_of(tmp_path / "log", "mirror")
            before.restore()
        replace_folder(tmp_path / "log", kept)
        replace_folder(tmp_path / "guard", guarded)
        happen(4, 5)
        at = sealed(at)
        replace_folder(tmp_path / "log", mirror)
        guard.remember(Head.objects.get().origin, 4, checked().checkpoint.root)
        return at

    def test_is_laid_down_for_the_moment(self, tmp_path: Path) -> None:
        assert prepare_role()
        at = self.beside(tmp_path)
        with connection.cursor() as cursor:
            cursor.execute(f"set role {APP_ROLE}")
            try:
                found = recover.recover(at=at)
                cursor.execute("select current_user")
                assert cursor.fetchone() == (APP_ROLE,)
            finally:
                cursor.execute("reset role")
        assert (found.had, found.size, found.lost) == (3, 4, 1)
        sealed(at)
        assert checked().cases == 5
        is_whole()

    def test_an_account_that_does_not_own_the_tables_is_told_what_to_do(
        self, tmp_path: Path
    ) -> None:
        assert prepare_role()
        at = self.beside(tmp_path)
        with connection.cursor() as cursor:
            cursor.execute(f"set session authorization {APP_ROLE}")
            try:
                with pytest.raises(recover.Unrecoverable, match="set DATABASE_URL to the owner"):
                    recover.recover(at=at)
            finally:
                cursor.execute("reset session authorization")
        assert Head.objects.get().size == 5, "nothing has changed"
