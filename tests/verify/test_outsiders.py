"""Verifiers that nobody here wrote accept our log and refuse a changed one.

`metamorphic-log` (from the locked list), Go's own module checker (Debian), and `aics-tlog` where
Python is new enough for it. In CI a missing one fails; elsewhere it says so and is skipped.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import metamorphic_log
import pytest

from peygir.verify.logcheck import check_log
from peygir.verify.notes import format_note, parse_note
from peygir.verify.tiles import Reader, Tree
from tests.verify.logs import AT, LOG, ORIGIN, WITNESSES, Key, Log, asked

GO_PATH = Path("/usr/share/gocode")
GO_MODULE = GO_PATH / "src/golang.org/x/mod/sumdb/tlog/tlog.go"
GO_PACKAGES = "apt-get install golang-go golang-golang-x-mod-dev"
PROGRAM = Path(__file__).parent / "outsiders" / "main.go"
VKEY = str(LOG.vkey)
SIZES = (1, 255, 256, 257, 5_000, 66_000, 70_000)

Outsider = Callable[[Path], str]  # a directory -> "" or why it is refused


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Log:
    """70,000 leaves, the size that the specification takes for its example."""
    log = Log(tmp_path_factory.mktemp("log"))
    for number in range(70_000):
        log.raw(b'{"n":%d,"t":"other","v":1}' % number)
    log.write()
    return log


def by_go(build: Path) -> Outsider:
    if not shutil.which("go") or not GO_MODULE.exists():
        words = f"Go's checker is missing: {GO_PACKAGES}"
        if os.environ.get("CI") == "true":
            pytest.fail(words)
        pytest.skip(words)
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME")}
    settings = {"GO111MODULE": "off", "GOPATH": str(GO_PATH), "GOCACHE": str(build)}

    def check(directory: Path) -> str:
        command = ["go", "run", str(PROGRAM), str(directory), VKEY]
        done = subprocess.run(
            command,
            env=kept | settings | {"GOFLAGS": "", "CGO_ENABLED": "0"},
            cwd=build,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0 or "exit status 1" in done.stderr, done.stderr
        return "" if done.returncode == 0 else done.stdout

    return check


def by_metamorphic(_build: Path) -> Outsider:
    """It knows checkpoints and proofs, not files; each proof is made of the files by us."""

    def check(directory: Path) -> str:
        reader = Reader(directory)
        note = reader.checkpoint().decode()
        try:
            head = metamorphic_log.checkpoint_verify(note, [VKEY])
            tree = Tree(reader, head.size)
            for leaf in (0, head.size // 3, head.size - 1):
                metamorphic_log.checkpoint_verify_inclusion(
                    note, [VKEY], leaf, tree.hash_at(0, leaf), tree.inclusion(leaf)
                )
            for old in (size for size in SIZES if size <= head.size):
                metamorphic_log.verify_consistency(
                    old, head.size, tree.consistency(old), tree.root(old), bytes(head.root)
                )
        except metamorphic_log.VerifyError as error:
            return str(error)
        return ""

    return check


def by_aics(_build: Path) -> Outsider:
    aics_tlog = pytest.importorskip("aics_tlog")  # in the list for Python 3.12 and newer

    def check(directory: Path) -> str:
        note = aics_tlog.parse_note((directory / "checkpoint").read_text("utf-8"))
        keys = [aics_tlog.parse_vkey(str(each.vkey)) for each in WITNESSES]
        result = aics_tlog.verify_checkpoint(
            note, aics_tlog.parse_vkey(VKEY), keys, 2, expected_origin=ORIGIN
        )
        if not result.ok:
            return str(result.error)
        point = aics_tlog.parse_checkpoint(note.text)
        reader = aics_tlog.FileSystemTileReader(directory)
        try:
            aics_tlog.audit_tiles(reader, point.size, point.root)
        except aics_tlog.TileVerificationError as error:
            return str(error) or "refused"
        return ""

    return check


OUTSIDERS = [by_go, by_metamorphic]
if sys.version_info >= (3, 12):
    OUTSIDERS.append(by_aics)


@pytest.mark.slow
@pytest.mark.requirement("T12")
@pytest.mark.parametrize("make", OUTSIDERS)
def test_others_accept_our_log_and_refuse_a_changed_one(
    log: Log, make: Callable[[Path], Outsider], tmp_path: Path
) -> None:
    check = make(tmp_path)
    assert check(log.directory) == ""
    assert check_log(log.directory, asked()).witnessed_at == AT + 1
    changes = [("tile/0/000", 3), ("checkpoint", 30)]
    if make is not by_metamorphic:
        changes += [("tile/entries/137", 9), ("tile/1/000", 40), ("tile/entries/273.p/112", 5)]
    for path, at in changes:
        file = log.directory / path
        honest = file.read_bytes()
        file.write_bytes(honest[:at] + bytes([honest[at] ^ 1]) + honest[at + 1 :])
        assert check(log.directory) != "", path
        file.write_bytes(honest)
    assert check(log.directory) == ""


def test_our_notes_are_read_by_others(log: Log) -> None:
    note = log.checkpoint(300)
    assert metamorphic_log.verify_signed_note(note.decode(), [VKEY]) == 1
    head = metamorphic_log.checkpoint_verify(note.decode(), [VKEY])
    assert (head.origin, head.size, bytes(head.root)) == (ORIGIN, 300, log.edge(300).root())
    ours = parse_note(note)
    strange = (Key("stranger.example").sign(ours.text), *ours.signatures)
    assert (
        metamorphic_log.verify_signed_note(
            format_note(ours._replace(signatures=strange)).decode(), [VKEY]
        )
        == 1
    )
