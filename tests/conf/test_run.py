"""`./run` from end to end: it serves, says where, says when a port is busy, and cleans up."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from peygir.conf import database
from peygir.look.live import live_token

pytestmark = pytest.mark.slow
READY_S_MAX = 240  # the demo's first load, on a busy machine


def free_port() -> int:
    """A port that is free, and the next one too, where the live server listens."""
    while True:
        with socket.socket() as probe, socket.socket() as beside:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
            try:
                beside.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port


def environment(data_dir: Path, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PEYGIR_")}
    kept.pop("DATABASE_URL", None)
    return kept | {
        "PEYGIR_DATA_DIR": str(data_dir),
        "PEYGIR_SECRET_KEY": settings.SECRET_KEY,
        "PORT": str(port),
        "PYTHONUNBUFFERED": "1",
    }


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """A running ./run with an empty data folder of its own."""
    data_dir = tmp_path_factory.mktemp("run") / "data"
    port = free_port()
    log = data_dir.parent / "run.log"
    with log.open("w") as output:
        started = subprocess.Popen(
            [sys.executable, settings.BASE_DIR / "run"],
            env=environment(data_dir, port),
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            start_new_session=True,
        )
    deadline = time.monotonic() + READY_S_MAX
    while "Ctrl-C" not in log.read_text() and started.poll() is None:
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.2)
    assert started.poll() is None, log.read_text()
    yield {"port": port, "log": log, "process": started, "data_dir": data_dir}
    if started.poll() is None:
        started.send_signal(signal.SIGINT)
        started.wait(60)
    shutil.rmtree(database._home(data_dir), ignore_errors=True)


def get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, ""


class TestRun:
    def test_it_says_where_to_look(self, served: dict[str, Any]) -> None:
        assert f"http://localhost:{served['port']}/" in served["log"].read_text()

    def test_pages_and_their_files_are_served(self, served: dict[str, Any]) -> None:
        base = f"http://127.0.0.1:{served['port']}"
        assert json.loads(get(f"{base}/healthz")[1]) == {"database": "up"}
        assert get(f"{base}/static/vendor/htmx.min.js")[0] == 200
        assert get(f"{base}/")[0] == 200

    def test_live_updates_are_served_beside_it(self, served: dict[str, Any]) -> None:
        token = live_token(["board"])
        url = f"http://127.0.0.1:{served['port'] + 1}/live?token={token}"
        with urllib.request.urlopen(url, timeout=60) as stream:
            assert stream.headers["Content-Type"].startswith("text/event-stream")
            assert stream.readline().startswith(b"retry:")

    def test_a_busy_port_is_said_plainly(self, served: dict[str, Any], tmp_path: Path) -> None:
        again = subprocess.run(
            [sys.executable, settings.BASE_DIR / "run"],
            env=environment(tmp_path, served["port"]),
            capture_output=True,
            text=True,
            check=False,
        )
        assert again.returncode == 1
        assert f"Port {served['port']} is busy" in again.stderr

    def test_ctrl_c_stops_everything_though_more_signals_follow(
        self, served: dict[str, Any]
    ) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGINT):
            served["process"].send_signal(number)
            time.sleep(0.3)
        assert served["process"].wait(60) == 0
        assert not list(database._home(served["data_dir"]).glob("*/postmaster.pid"))
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", served["port"])) != 0


class TestRunThatIsStoppedEarly:
    def test_a_stop_in_the_middle_of_preparing_leaves_no_database_behind(
        self, tmp_path: Path
    ) -> None:
        data_dir = tmp_path / "data"
        with (tmp_path / "run.log").open("w") as output:
            started = subprocess.Popen(
                [sys.executable, settings.BASE_DIR / "run"],
                env=environment(data_dir, free_port()),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + READY_S_MAX
        home = database._home(data_dir)
        while not list(home.glob("*/postmaster.pid")):
            assert started.poll() is None, (tmp_path / "run.log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.02)
        started.send_signal(signal.SIGINT)
        started.send_signal(signal.SIGTERM)
        try:
            assert started.wait(60) == 0, (tmp_path / "run.log").read_text()
            assert not list(home.glob("*/postmaster.pid"))
        finally:
            shutil.rmtree(home, ignore_errors=True)
