"""A second server that follows the first: what it lacks is never published as the log."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from peygir.conf import database
from peygir.conf.postgres import find_binaries, server_account
from peygir.verify.canonical import parse
from peygir.verify.logcheck import Asked, Checked, check_log, read_leaves
from peygir.verify.notes import parse_vkey
from peygir.verify.tiles import Reader

pytestmark = pytest.mark.slow

NAME = "peygir"


class Pair:
    """A primary, a standby made from it, and one published folder."""

    def __init__(self, home: Path) -> None:
        account = server_account(settings.PEYGIR_DB_OS_USER)
        self.log = home / "published"
        self.primary = database.Server(
            cluster=home / "one" / "cluster",
            socket_dir=home / "one" / "s",
            bin_dir=find_binaries(account),
            account=account,
        )
        self.standby = replace(
            self.primary, cluster=home / "two" / "cluster", socket_dir=home / "two" / "s"
        )
        database._create(self.primary)
        hba = self.primary.cluster / "pg_hba.conf"
        hba.write_text(hba.read_text() + "local replication all peer map=peygir\n")
        database._start(self.primary)
        database._prepare(self.primary)
        database.ensure_database(socket_dir=self.primary.socket_dir, name=NAME)
        self.manage(self.primary, "manage.py", "migrate", "-v0")

    def follow(self) -> None:
        """Make the standby, which streams from the primary from now on."""
        database._own_folder(self.standby.cluster.parent, self.standby.account)
        command = [str(self.primary.bin_dir / "pg_basebackup"), "-D", str(self.standby.cluster)]
        command += [
            "-h",
            str(self.primary.socket_dir),
            "-U",
            database.SUPERUSER,
            "-R",
            "-c",
            "fast",
        ]
        made = self.primary.account.run(command)
        assert made.returncode == 0, made.stderr
        database._start(self.standby)

    def stop(self, server: database.Server, mode: str = "fast") -> None:
        command = [str(server.bin_dir / "pg_ctl"), "stop", "-m", mode, "-D", str(server.cluster)]
        server.account.run(command)

    def sql(self, server: database.Server, statement: str) -> Any:
        with database.connect(server.socket_dir, NAME) as connection:
            return connection.execute(statement).fetchone()

    def at(self, server: database.Server, *words: str) -> dict[str, Any]:
        """What a worker on that server does, and how the log stands there."""
        said = self.manage(server, "-m", "tests.ledger.log.elsewhere", *words)
        found: dict[str, Any] = json.loads(said.splitlines()[-1])
        return found

    def manage(self, server: database.Server, *words: str) -> str:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PEYGIR_")}
        url = f"postgresql://{database.SUPERUSER}@/{NAME}?host={server.socket_dir}&port=5432"
        home = self.log.parent
        environment = kept | {
            "DATABASE_URL": url,
            "PEYGIR_DATA_DIR": str(home / "data"),
            "PEYGIR_LOG_DIR": str(self.log),
            "PEYGIR_LOG_GUARD": str(home / "guard" / "guard.json"),
            "PEYGIR_KEY_DIR": str(home / "keys"),
            "PEYGIR_CITY": "qom",
        }
        done = subprocess.run(
            [sys.executable, *words],
            env=environment,
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def published(self) -> Checked:
        lines = (self.log / "vkeys.txt").read_text().splitlines()
        vkeys = tuple(
            parse_vkey(line.split()[1]) for line in lines if line.startswith("checkpoint")
        )
        return check_log(self.log / "1405", Asked(keys=vkeys))


@pytest.fixture
def pair() -> Iterator[Pair]:
    home = Path(tempfile.mkdtemp(prefix="peygir-pair-"))
    home.chmod(0o755)  # the server's own account must get through
    made = Pair(home)
    try:
        yield made
    finally:
        for server in (made.primary, made.standby):
            made.stop(server, "immediate")
        shutil.rmtree(home)


def test_one_that_lags_changes_nothing_and_promoted_it_has_to_catch_up(pair: Pair) -> None:
    pair.at(pair.primary, "happen", "1", "2", "3")
    assert pair.at(pair.primary, "seal", "1") == {"stop": "", "size": 4}
    pair.follow()

    # It is paused: the primary publishes as ever, and nobody publishes from the standby.
    pair.sql(pair.standby, "select pg_wal_replay_pause()")
    pair.at(pair.primary, "happen", "1", "4")
    assert pair.at(pair.primary, "seal", "2")["size"] == 6
    assert pair.published().checkpoint.size == 6
    answer = pair.at(pair.standby, "seal", "3")
    assert answer["refused"] == "ReadOnlySqlTransaction"
    assert answer["size"] == 4, "it knows less"
    assert pair.published().checkpoint.size == 6
    pair.sql(pair.standby, "select pg_wal_replay_resume()")

    # It is cut off, the primary goes on and dies, and the standby takes its place too early.
    pair.stop(pair.standby)
    pair.at(pair.primary, "happen", "2", "5", "6")
    assert pair.at(pair.primary, "seal", "4")["size"] == 9
    pair.stop(pair.primary, "immediate")
    database._start(pair.standby)
    pair.sql(pair.standby, "select pg_promote()")
    promoted = pair.standby
    assert pair.at(promoted, "status")["size"] < 9
    pair.at(promoted, "happen", "3", "7")
    for minute in ("5", "6"):
        assert pair.at(promoted, "seal", minute)["stop"] == "guard"
    assert pair.published().checkpoint.size == 9, "nothing in the place of what was signed"

    # The published tiles are replayed; then it goes on, and says what is gone.
    assert pair.at(promoted, "recover", "7")["lost"] == 3
    assert pair.at(promoted, "seal", "8") == {"stop": "", "size": 12}
    checked = pair.published()
    assert checked.checkpoint.size == 12
    assert checked.kinds["log.incident"] == 1
    assert pair.at(promoted, "check")["faults"] == []
    leaves = [parse(body) for _, body in read_leaves(Reader(pair.log / "1405"), 12)]
    [incident] = [leaf for leaf in leaves if leaf["t"] == "log.incident"]
    assert (incident["what"], incident["lost"]) == ("guard", 3)
