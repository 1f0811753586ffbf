"""The embedded PostgreSQL server: made on first use, shared by processes, never on the network.

One server per data folder, reached by a Unix socket in a closed folder and by nothing else. It is
started by the first connection (`peygir.conf.engine`) and stays up until it is asked to stop.
"""

import fcntl
import hashlib
import os
import shlex
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from peygir.conf.postgres import (
    SYSTEM_HOME,
    Account,
    find_binaries,
    is_open_to_others,
    major_version,
    server_account,
)

SUPERUSER = "peygir"
APP_ROLE = "peygir_app"
EXTENSIONS = ("pg_trgm", "btree_gist")
START_S_MAX = 90  # recovery after a crash took 6 s on a loaded machine
STARTING_S_MAX = 5  # how long to wait for one that is starting, to stop it
SCRATCH = "making-"
SOCKET_PATH_BYTES_MAX = 90  # the kernel allows 107, the socket's own name needs 17
BUILTIN_LOCALE_SINCE = 17


class NotStarted(Exception):
    """The embedded server could not be made or started; the text carries its last words."""


class BadLocale(Exception):
    """The cluster's locale makes trigrams drop Persian letters, so search would find nothing."""


@dataclass(frozen=True, kw_only=True)
class Server:
    """Where one embedded server lives. `cluster` is PostgreSQL's data directory."""

    cluster: Path
    socket_dir: Path
    bin_dir: Path
    account: Account


def ensure(*, data_dir: Path, os_user: str) -> Path:
    """Make sure that the server of `data_dir` answers; return its socket folder.

    Raises NoPostgres, NotStarted or BadLocale. Safe to call from many processes at once.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    home = _home(data_dir)
    if _answers(_socket_dir(home)):
        return _socket_dir(home)
    with _lock(data_dir):
        server = _server(home, os_user)
        if not _answers(server.socket_dir):
            if not (server.cluster / "PG_VERSION").exists():
                _create(server)
            _start(server)
            _prepare(server)
    return server.socket_dir


def ensure_database(*, socket_dir: Path, name: str) -> None:
    """Create the database `name` unless it exists."""
    with connect(socket_dir) as connection:
        exists = "SELECT 1 FROM pg_database WHERE datname = %s"
        if connection.execute(exists, [name]).fetchone():
            return
        try:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            return  # another process was faster


def stop(*, data_dir: Path, os_user: str) -> bool:
    """Stop the server unless somebody else is connected; return whether it is down now."""
    home = _home(data_dir)
    if not _answers_soon(home):
        return True
    with _lock(data_dir):
        server = _server(home, os_user)
        others = (
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        with connect(server.socket_dir) as connection:
            row = connection.execute(others).fetchone()
        if row and row[0]:
            return False
        command = [str(server.bin_dir / "pg_ctl"), "stop", "-m", "fast", "-w", "-D"]
        return server.account.run([*command, str(server.cluster)]).returncode == 0


def connect(socket_dir: Path, dbname: str = "postgres") -> psycopg.Connection[tuple[int, ...]]:
    """An autocommit connection as the owner of the embedded server."""
    return psycopg.connect(
        host=str(socket_dir),
        port=5432,
        user=SUPERUSER,
        dbname=dbname,
        autocommit=True,
        connect_timeout=10,
    )


def assert_persian_trigrams(connection: psycopg.Connection[tuple[int, ...]]) -> None:
    """Raise BadLocale if this cluster would silently drop Persian letters from search."""
    row = connection.execute("SELECT cardinality(show_trgm('چاله'))").fetchone()
    if not row or not row[0]:
        raise BadLocale(
            "This PostgreSQL cluster ignores Persian letters in pg_trgm. Create it with "
            "--lc-ctype=C.UTF-8 and, from 17 on, --locale-provider=builtin "
            "--builtin-locale=C.UTF-8."
        )


def _home(data_dir: Path) -> Path:
    """The folder that holds the cluster: in the data folder, if its server can get there."""
    if os.getuid() == 0 and not is_open_to_others(data_dir.resolve() / "postgres"):
        digest = hashlib.sha256(os.fsencode(data_dir.resolve())).hexdigest()[:12]
        return SYSTEM_HOME / digest
    return data_dir.resolve() / "postgres"


def _socket_dir(home: Path) -> Path:
    usual = home / "socket"
    if len(os.fsencode(usual)) <= SOCKET_PATH_BYTES_MAX:
        return usual
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"peygir-{digest}"


def _server(home: Path, os_user: str) -> Server:
    account = server_account(os_user)
    bin_dir = find_binaries(account)
    return Server(
        cluster=home / str(major_version(bin_dir, account)),
        socket_dir=_socket_dir(home),
        bin_dir=bin_dir,
        account=account,
    )


def _answers(socket_dir: Path) -> bool:
    """Whether the server accepts connections. Only asking proves it: pid files outlive crashes."""
    if not (socket_dir / ".s.PGSQL.5432").exists():
        return False
    try:
        connect(socket_dir).close()
    except psycopg.OperationalError:
        return False
    return True


def _answers_soon(home: Path) -> bool:
    """Whether a server accepts connections, or does so presently: one may be starting."""
    deadline = time.monotonic() + (STARTING_S_MAX if any(home.glob("*/postmaster.pid")) else 0)
    while not _answers(_socket_dir(home)):
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.1)
    return True


def _create(server: Server) -> None:
    """Run initdb. The operating-system account lets connections in, so there is no password.

    The cluster gets its name when it is whole: who is killed in between leaves scratch only.
    """
    home = server.cluster.parent
    _own_folder(home, server.account)
    for half_made in [server.cluster, *home.glob(f"{SCRATCH}*")]:
        shutil.rmtree(half_made, ignore_errors=True)
    scratch = home / f"{SCRATCH}{os.getpid()}"
    major = major_version(server.bin_dir, server.account)
    locale = ["--locale-provider=icu", "--icu-locale=fa-IR", "--locale=C.UTF-8"]
    if major >= BUILTIN_LOCALE_SINCE:
        # lc-ctype matters even with the builtin provider: pg_trgm still asks the C library
        # which characters are letters.
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        locale += ["--lc-collate=C", "--lc-ctype=C.UTF-8"]
    command = [str(server.bin_dir / "initdb"), "-D", str(scratch), "-U", SUPERUSER]
    command += ["-E", "UTF8", "--data-checksums", "--auth=peer", *locale]
    result = server.account.run(command)
    if result.returncode:
        shutil.rmtree(scratch, ignore_errors=True)
        raise NotStarted(f"initdb failed:\n{result.stderr[-2000:]}")
    (scratch / "pg_hba.conf").write_text("local all all peer map=peygir\n")
    accounts = {server.account.name, "root"}
    lines = [f"peygir {account} {SUPERUSER}\n" for account in sorted(accounts)]
    (scratch / "pg_ident.conf").write_text("".join(lines))
    scratch.rename(server.cluster)


def _start(server: Server) -> None:
    _own_folder(server.socket_dir, server.account)
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(server.socket_dir),
        "unix_socket_permissions": "0700",
        "max_connections": "150",
        "timezone": "UTC",
        "log_min_messages": "warning",
        "log_parameter_max_length_on_error": "0",
        "log_min_error_statement": "panic",  # statements carry citizens' words
        "log_error_verbosity": "terse",  # DETAIL lines do too
    }
    flags = " ".join(f"-c {name}={shlex.quote(value)}" for name, value in settings.items())
    log = server.cluster.parent / "server.log"
    command = [str(server.bin_dir / "pg_ctl"), "start", "-W", "-D", str(server.cluster)]
    command += ["-l", str(log), "-o", flags]
    deadline = time.monotonic() + START_S_MAX
    tried_at = 0.0
    while not _answers(server.socket_dir):
        if time.monotonic() > deadline:
            words = log.read_text(errors="replace")[-2000:] if log.exists() else ""
            raise NotStarted(f"The embedded PostgreSQL did not start:\n{words}")
        if time.monotonic() - tried_at > 5:  # a start may lose to the ghost of a killed server
            server.account.run(command)
            tried_at = time.monotonic()
        time.sleep(0.05)


def _prepare(server: Server) -> None:
    """Give template1 the extensions, so that every database made from it has them."""
    with connect(server.socket_dir, "template1") as connection:
        for extension in EXTENSIONS:
            name = sql.Identifier(extension)
            connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(name))
        assert_persian_trigrams(connection)
        known = "SELECT 1 FROM pg_roles WHERE rolname = %s"
        if not connection.execute(known, [APP_ROLE]).fetchone():
            role = sql.Identifier(APP_ROLE)
            connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(role))


def _own_folder(path: Path, account: Account) -> None:
    path.mkdir(parents=True, exist_ok=True)
    if account.uid is not None and account.gid is not None:
        os.chown(path, account.uid, account.gid)
    path.chmod(0o700)


@contextmanager
def _lock(data_dir: Path) -> Iterator[None]:
    with (data_dir / "postgres.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
