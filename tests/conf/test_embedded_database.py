"""The embedded PostgreSQL server: made once, shared, and never stopped under somebody's feet."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from peygir.conf import database, postgres
from peygir.conf.postgres import Account, NoPostgres, find_binaries, server_account

pytestmark = pytest.mark.slow


@pytest.fixture
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An empty data folder; its server is stopped afterwards."""
    folder = tmp_path_factory.mktemp("a data folder with a rather long name and spaces") / "data"
    yield folder
    database.stop(data_dir=folder, os_user=settings.PEYGIR_DB_OS_USER)
    shutil.rmtree(database._home(folder), ignore_errors=True)


def ensure(folder: Path) -> Path:
    return database.ensure(data_dir=folder, os_user=settings.PEYGIR_DB_OS_USER)


def scalar(socket_dir: Path, query: str) -> object:
    with database.connect(socket_dir) as opened:
        row = opened.execute(query.encode()).fetchone()
    assert row
    return row[0]


class TestTheEmbeddedServer:
    def test_two_starts_at_once_share_one_server(self, data_dir: Path) -> None:
        places: list[Path] = []
        threads = [
            threading.Thread(target=lambda: places.append(ensure(data_dir))) for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(set(places)) == 1
        assert len(places) == 3

    def test_it_finds_persian_words_even_where_the_locale_is_c(self, data_dir: Path) -> None:
        script = (
            "import sys; from pathlib import Path; from peygir.conf import database; "
            "database.ensure(data_dir=Path(sys.argv[1]), os_user=sys.argv[2])"
        )
        subprocess.run(
            [sys.executable, "-c", script, str(data_dir), settings.PEYGIR_DB_OS_USER],
            check=True,
            env=os.environ | {"LC_ALL": "C", "LANG": "C"},
            cwd=settings.BASE_DIR,
        )
        socket_dir = ensure(data_dir)
        database.ensure_database(socket_dir=socket_dir, name="found")
        with database.connect(socket_dir, "found") as opened:
            row = opened.execute("SELECT cardinality(show_trgm('چاله'))").fetchone()
        assert row
        assert row[0] > 3

    def test_it_listens_to_no_network(self, data_dir: Path) -> None:
        assert scalar(ensure(data_dir), "SHOW listen_addresses") == ""

    def test_its_folder_is_closed_to_other_accounts(self, data_dir: Path) -> None:
        socket_dir = ensure(data_dir)
        assert socket_dir.stat().st_mode & 0o077 == 0

    def test_it_is_not_stopped_while_somebody_is_connected(self, data_dir: Path) -> None:
        socket_dir = ensure(data_dir)
        guest = database.connect(socket_dir)
        assert not database.stop(data_dir=data_dir, os_user=settings.PEYGIR_DB_OS_USER)
        guest.close()
        assert database.stop(data_dir=data_dir, os_user=settings.PEYGIR_DB_OS_USER)

    def test_it_starts_again_after_a_crash_with_its_data(self, data_dir: Path) -> None:
        socket_dir = ensure(data_dir)
        with database.connect(socket_dir) as opened:
            opened.execute("CREATE TABLE kept AS SELECT 7 AS number")
        home = next(path for path in (socket_dir.parent, *_homes(data_dir)) if _pid_file(path))
        pid_file = _pid_file(home)
        assert pid_file
        os.kill(int(pid_file.read_text().splitlines()[0]), 9)
        assert scalar(ensure(data_dir), "SELECT number FROM kept") == 7

    def test_what_a_killed_beginning_left_is_cleared_away(self, data_dir: Path) -> None:
        left = database._home(data_dir) / f"{database.SCRATCH}1" / "base"
        left.mkdir(parents=True)
        assert scalar(ensure(data_dir), "SELECT 1") == 1
        assert not left.parent.exists()

    def test_a_database_is_made_once(self, data_dir: Path) -> None:
        socket_dir = ensure(data_dir)
        for _ in range(2):
            database.ensure_database(socket_dir=socket_dir, name='odd "name"')
        count = "SELECT count(*) FROM pg_database WHERE datname LIKE 'odd%'"
        assert scalar(socket_dir, count) == 1


def _homes(data_dir: Path) -> list[Path]:
    return [database._home(data_dir)]


def _pid_file(home: Path) -> Path | None:
    return next(iter(home.glob("*/postmaster.pid")), None)


class TestABadCluster:
    @pytest.mark.django_db
    def test_a_cluster_that_drops_persian_letters_is_refused(self) -> None:
        # A function of the same name in front of the real one plays the badly made cluster.
        with connection.cursor() as cursor:
            cursor.execute("CREATE SCHEMA bad")
            cursor.execute(
                "CREATE FUNCTION bad.show_trgm(text) RETURNS text[] LANGUAGE sql "
                "AS 'SELECT ARRAY[]::text[]'"
            )
            cursor.execute("SET LOCAL search_path = bad, public")
            raw = cursor.connection
            with pytest.raises(database.BadLocale, match="lc-ctype"):
                database.assert_persian_trigrams(raw)

    def test_programs_out_of_reach_are_copied_and_work(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(postgres, "SYSTEM_HOME", tmp_path / "home")
        account = server_account(settings.PEYGIR_DB_OS_USER)
        bin_dir = next(iter(postgres._candidates()))
        copied = postgres._copy_where_reachable(bin_dir)
        assert copied == postgres._copy_where_reachable(bin_dir)
        assert tmp_path in copied.parents
        ours = Account(name=account.name)
        assert "PostgreSQL" in ours.run([str(copied / "initdb"), "--version"]).stdout

    def test_no_programs_at_all_is_said_plainly(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("peygir.conf.postgres._candidates", list)
        with pytest.raises(NoPostgres, match="DATABASE_URL"):
            find_binaries(Account(name="nobody"))


@pytest.mark.django_db
def test_the_test_database_has_the_extensions() -> None:
    assert isinstance(connection.connection, psycopg.Connection | None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT extname FROM pg_extension")
        names = {name for (name,) in cursor.fetchall()}
    assert {"pg_trgm", "btree_gist"} <= names
