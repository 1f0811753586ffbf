"""Run the tests that speak SQL on a throw-away server of the newest installed PostgreSQL."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from django.conf import settings

from peygir.conf import database
from peygir.conf.postgres import MAJOR_MIN, Account, server_account

WANTED = ("tests/ledger", "tests/people", "tests/cases")


def main() -> int:
    """The exit code of pytest, or 1 when the server cannot be made."""
    installed = Path("/usr/lib/postgresql").glob("*/bin")
    versions = sorted((int(path.parent.name), path) for path in installed)
    usable = [(major, path) for major, path in versions if major >= MAJOR_MIN]
    if not usable:
        print(f"   no PostgreSQL of {MAJOR_MIN} or newer is installed")
        return 0
    major, bin_dir = usable[-1]
    print(f"   PostgreSQL {major}", flush=True)
    account = server_account(settings.PEYGIR_DB_OS_USER)
    with tempfile.TemporaryDirectory(prefix="peygir-second-") as scratch:
        Path(scratch).chmod(0o755)  # the server's own account must get through
        home = Path(scratch) / "home"
        server = database.Server(
            cluster=home / str(major),
            socket_dir=home / "socket",
            bin_dir=bin_dir,
            account=account,
        )
        database._create(server)
        database._start(server)
        try:
            return _tests(server)
        finally:
            _stop(server, account)


def _tests(server: database.Server) -> int:
    url = f"postgresql://{database.SUPERUSER}@/peygir?host={server.socket_dir}&port=5432"
    wanted = [path for path in WANTED if (settings.BASE_DIR / path).is_dir()]
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--create-db"]
    command += ["-m", "not slow and not journey", *wanted]
    environment = os.environ | {"DATABASE_URL": url}
    result = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, check=False)
    return 0 if result.returncode == 5 else result.returncode  # 5: no such test yet


def _stop(server: database.Server, account: Account) -> None:
    command = [str(server.bin_dir / "pg_ctl"), "stop", "-m", "immediate", "-D"]
    account.run([*command, str(server.cluster)])


if __name__ == "__main__":
    sys.exit(main())
