"""`./run witness` from end to end: it signs what grows, remembers, and does not start without its
memory."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from django.conf import settings

from tests.conf.test_run import free_port
from tests.witness.grown import Log

pytestmark = pytest.mark.slow
READY_S_MAX = 120


@contextmanager
def run(state: Path, port: int, *words: str) -> Iterator["subprocess.Popen[str]"]:
    """`./run witness` with this folder, until the block ends."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PEYGIR_")}
    options = ("--state", str(state), "--port", str(port), *words)
    started = subprocess.Popen(
        [sys.executable, settings.BASE_DIR / "run", "witness", *options],
        env=kept | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd="/",
    )
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


def ready(started: "subprocess.Popen[str]", port: int) -> str:
    """The page of the witness, once it is there."""
    deadline = time.monotonic() + READY_S_MAX
    while time.monotonic() < deadline and started.poll() is None:
        try:
            return httpx.get(f"http://127.0.0.1:{port}/", trust_env=False).text
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(started.communicate()[0])


def ask(port: int, content: bytes) -> httpx.Response:
    address = f"http://127.0.0.1:{port}/add-checkpoint"
    return httpx.post(address, content=content, trust_env=False, timeout=30)


def test_a_council_runs_it_and_a_fork_is_refused(tmp_path: Path) -> None:
    log, other, state, port = Log(leaves=5), Log(leaves=9), tmp_path / "witness", free_port()
    other.key = log.key
    given = ("--name", "council.example", "--log", str(log.vkey))
    with run(state, port, *given) as started:
        assert "شاهد دفترهای عمومی" in ready(started, port)
        answer = ask(port, log.request(0))
        assert answer.status_code == 200
        assert answer.text.startswith("— council.example ")
        log.grow(b"more")
        assert ask(port, log.request(5)).status_code == 200
        started.send_signal(signal.SIGINT)
        said, _none = started.communicate(timeout=READY_S_MAX)
        assert started.returncode == 0, said
        assert "council.example+" in said
        assert f"follows  {log.origin}" in said

    with run(state, port) as again:
        ready(again, port)
        forgot = ask(port, other.request(0))
        assert (forgot.status_code, forgot.text) == (409, "6\n")
        forked = ask(port, other.request(6))
        assert forked.status_code == 422
        page = httpx.get(f"http://127.0.0.1:{port}/en", trust_env=False, timeout=30).text
        assert "another log of the same name" in page
        again.send_signal(signal.SIGTERM)
        again.communicate(timeout=READY_S_MAX)
        assert again.returncode == 0

    shutil.rmtree(state / "seen")
    with run(state, port) as lost:
        said, _none = lost.communicate(timeout=READY_S_MAX)
        assert lost.returncode == 1
        assert "begin anew with another key and name" in said


def test_without_a_name_it_says_what_is_missing(tmp_path: Path) -> None:
    with run(tmp_path / "nothing", free_port()) as started:
        said, _none = started.communicate(timeout=READY_S_MAX)
    assert started.returncode == 1
    assert "give it a --name first" in said
