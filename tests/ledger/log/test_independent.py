"""With a witness that nobody here wrote: `aics-witness`, where it is installed (Python 3.12)."""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from peygir.ledger.log import head, keys, recover, seal, stops
from peygir.ledger.models import Asked, Checkpoint
from tests.ledger.log.play import NOON, STEP, checked, happen, sealed
from tests.ledger.log.test_recover import backup, copy_of, replace_folder

PROGRAM = shutil.which("aics-witness") or ""

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("empty"),
    pytest.mark.skipif(not PROGRAM, reason="aics-witness is not installed"),
]


@pytest.fixture
def config(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """The witness, serving and named by the policy."""
    path = tmp_path / "aics" / "witness.json"
    path.parent.mkdir()

    def run(*words: str) -> str:
        command = [PROGRAM, words[0], "--config", str(path), *words[1:]]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    run("init", "--name", "aics.test")
    status = json.loads(run("status", "--json"))
    vkey = next(word for word in json.dumps(status).split('"') if word.startswith("aics.test+"))
    origin = head.origin_of(head.year_of(NOON))
    [signer] = keys.checkpoint_signers(origin, at=NOON)
    run("add-log", "--origin", origin, "--vkey", str(signer.vkey))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    policy = tmp_path / "policy.txt"
    policy.write_text(f"witness aics {vkey} http://127.0.0.1:{port}\nquorum aics\n")
    settings.PEYGIR_LOG_POLICY = str(policy)
    command = [PROGRAM, "serve", "--config", str(path), "--listen", f"127.0.0.1:{port}"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(port)
        yield path
    finally:
        process.terminate()
        process.wait(10)


def _wait(port: int) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("the witness did not start")


def test_it_cosigns_what_grows_and_refuses_a_restored_machine(config: Path, tmp_path: Path) -> None:
    happen(1, 2, 3)
    at = sealed()
    assert Checkpoint.objects.get().witnessed_at is not None
    old_folder = copy_of(tmp_path / "log", "old-log")
    old_guard = copy_of(tmp_path / "guard", "old-guard")
    with ExitStack() as stack:
        kept = stack.enter_context(backup())
        happen(*range(300))
        at = sealed(at)
        assert Asked.objects.get().size == 304
        Asked.objects.update(size=4)  # it tells what it has, and is asked again
        happen(1)
        at = sealed(at)
        assert Checkpoint.objects.order_by("size").last().witnessed_at is not None
        mirror = copy_of(tmp_path / "log", "mirror")

        kept.restore()
        replace_folder(tmp_path / "log", old_folder)
        replace_folder(tmp_path / "guard", old_guard)
        happen(*range(900, 1300))
        seal.seal(at=at + STEP)
        assert stops.current().reason == stops.FORK
        assert Asked.objects.get().failure == "fork"
        words = [PROGRAM, "evidence", "--config", str(config)]
        kept_there = subprocess.run(words, capture_output=True, text=True, check=True).stdout
        assert "ledger." in kept_there, "the log-signed request is its evidence"

        replace_folder(tmp_path / "log", mirror)
        recover.recover(at=at)
        sealed(at + STEP * 10)
        assert checked().checkpoint.size == 305 + 400 + 1
        assert Checkpoint.objects.order_by("size").last().witnessed_at is not None
