"""Prepare a fresh checkout. Standard library only: `./run` and `./test` call it before anything is
installed.

Every step keeps a stamp of what it was made from, so that a second start does nothing twice.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV_REQUIREMENT = "uv>=0.9,<1"
MANAGE = [str(PYTHON), str(ROOT / "manage.py")]


class Failed(Exception):
    """A step did not work; the text tells the reader what to do."""


@contextmanager
def step(words: str) -> Iterator[None]:
    """Show `words` while the block runs, then how long it took."""
    show = sys.stdout.isatty()
    sys.stdout.write(f"  {words} …" if show else "")
    sys.stdout.flush()
    began = time.monotonic()
    yield
    sys.stdout.write(("\r" if show else "") + f"  {words} … {time.monotonic() - began:.1f} s\n")
    sys.stdout.flush()


def install(*, groups: Sequence[str]) -> None:
    """Make .venv hold exactly the locked versions of the needed packages (and maybe more)."""
    stamp = VENV / f".installed-{'-'.join(groups)}"
    enough = (stamp, VENV / ".installed-dev")  # the developers' group includes the others
    digest = _lock_digest()
    if PYTHON.exists() and any(kept.exists() and kept.read_text() == digest for kept in enough):
        return
    if not PYTHON.exists():
        with step("Making a Python environment in .venv"):
            _make_environment()
    with step("Installing Python packages from requirements/"):
        if not _install_by_uv(groups):
            _install_by_pip(groups)
    stamp.write_text(digest)


def browser_files() -> None:
    """Fetch the fonts and scripts that pages use, if they changed."""
    stamp = ROOT / "peygir" / "look" / "static" / "vendor" / ".stamp"
    if stamp.exists():
        call([str(PYTHON), "-m", "peygir.conf.assets"])
        return
    with step("Fetching fonts and scripts for the browser"):
        call([str(PYTHON), "-m", "peygir.conf.assets"])


def call(
    command: Sequence[str], *, environment: dict[str, str] | None = None, apart: bool = False
) -> str:
    """Run a command in the checkout; return what it printed. Raises Failed with its last words.

    `apart` keeps a Ctrl-C at the terminal from reaching it.
    """
    result = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        start_new_session=apart,
    )
    if result.returncode:
        shown = " ".join(command).replace(f"{ROOT}/", "")
        words = (result.stdout + result.stderr)[-3000:].strip()
        raise Failed(f"This did not work: {shown}\n{words}")
    return result.stdout


def has_command(name: str) -> bool:
    """Whether `manage.py <name>` is one of ours."""
    return any(ROOT.glob(f"peygir/**/management/commands/{name}.py"))


def _lock_digest() -> str:
    files = [*sorted((ROOT / "requirements").glob("*.txt")), ROOT / "pyproject.toml"]
    content = b"".join(file.read_bytes() for file in files)
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    return hashlib.sha256(content + version.encode()).hexdigest()


def _make_environment() -> None:
    try:
        call([sys.executable, "-m", "venv", str(VENV)])
    except Failed as error:
        shutil.rmtree(VENV, ignore_errors=True)
        words = "If ensurepip is missing: sudo apt-get install python3-venv"
        raise Failed(f"{error}\n{words}") from error


def _install_by_uv(groups: Sequence[str]) -> bool:
    """Install with uv, which is faster; False when it cannot be had or finds no packages here."""
    uv = VENV / "bin" / "uv"
    environment = dict(os.environ) | {"VIRTUAL_ENV": str(VENV), "UV_PYTHON": str(PYTHON)}
    try:
        if not uv.exists():
            call([str(PYTHON), "-m", "pip", "install", "-q", UV_REQUIREMENT])
        for group in groups:
            call([str(uv), "pip", "install", *_locked(group)], environment=environment)
    except Failed:
        return False  # pip may know another way, from settings of its own
    return True


def _install_by_pip(groups: Sequence[str]) -> None:
    for group in groups:
        call([str(PYTHON), "-m", "pip", "install", "-q", *_locked(group)])


def _locked(group: str) -> list[str]:
    """What makes an installer take these versions and nothing whose digest differs."""
    return ["--require-hashes", "-r", str(ROOT / "requirements" / f"{group}.txt")]
