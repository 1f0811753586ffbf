"""A witness cosigns what only adds to what it saw, and keeps what contradicts it."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from peygir.verify.notes import BadNote, cosigned_at, parse_checkpoint, parse_note
from peygir.witness import memory as kept
from peygir.witness.__main__ import main
from peygir.witness.answer import followed
from peygir.witness.memory import Lost, Memory
from peygir.witness.server import Server
from tests.witness.grown import AT, Log, post, serving, url

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def log() -> Log:
    return Log(leaves=70)


@pytest.fixture
def witness(tmp_path: Path, log: Log) -> Iterator[Server]:
    with serving(tmp_path / "state", log.vkey) as server:
        yield server


def seen(server: Server, log: Log) -> int:
    found = server.witness.memory.seen(log.origin)
    return found.size if found else 0


class TestWhatItCosigns:
    def test_the_first_checkpoint_and_every_one_that_adds_to_it(
        self, witness: Server, log: Log
    ) -> None:
        for old, size in ((0, 1), (1, 1), (1, 2), (2, 64), (64, 65), (65, 70)):
            answer = post(witness, log.request(old, size))
            assert answer.status_code == 200, answer.text
            note = parse_note(log.note(size) + answer.content)
            assert cosigned_at(note, witness.witness.memory.vkey) == AT
            assert seen(witness, log) == size

    def test_the_log_of_the_next_year_by_the_same_key(self, witness: Server, log: Log) -> None:
        assert post(witness, log.request(0)).status_code == 200
        log.origin = "ledger.test/137/1406"
        assert post(witness, log.request(0, 3)).status_code == 200
        assert seen(witness, log) == 3

    def test_however_many_come_at_once_they_are_one_history(
        self, witness: Server, log: Log
    ) -> None:
        other = Log(leaves=0)
        other.key = log.key
        other.grow(*(b"other %d" % n for n in range(70)))
        requests = [log.request(0, 50), other.request(0, 50)] * 8
        with ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(lambda data: post(witness, data), requests))
        good = {i % 2 for i, answer in enumerate(answers) if answer.status_code == 200}
        assert len(good) == 1
        assert {a.status_code for a in answers} <= {200, 409, 422}


class TestWhatItRefuses:
    def test_another_size_than_it_saw_with_the_size_that_it_saw(
        self, witness: Server, log: Log
    ) -> None:
        post(witness, log.request(0, 40))
        answer = post(witness, log.request(30, 60))
        assert (answer.status_code, answer.text) == (409, "40\n")
        assert answer.headers["Content-Type"] == "text/x.tlog.size"
        assert seen(witness, log) == 40

    def test_going_back_which_it_keeps_as_evidence(self, witness: Server, log: Log) -> None:
        post(witness, log.request(0, 40))
        assert post(witness, log.request(0, 30)).status_code == 409
        assert seen(witness, log) == 40
        assert witness.witness.memory.refusals() == [(AT, "rollback", log.origin)]

    @pytest.mark.parametrize("size", [40, 41, 70])
    def test_a_fork_which_it_keeps_as_evidence(self, witness: Server, log: Log, size: int) -> None:
        post(witness, log.request(0, 40))
        forked = Log(leaves=39)
        forked.key = log.key
        forked.grow(*(b"forged %d" % n for n in range(31)))
        answer = post(witness, forked.request(40, size))
        assert answer.status_code == 422
        assert seen(witness, log) == 40
        [path] = (witness.witness.memory.folder / "refused").iterdir()
        assert forked.note(size) in path.read_bytes()

    def test_a_proof_that_is_none(self, witness: Server, log: Log) -> None:
        post(witness, log.request(0, 40))
        bare = log.request(70).replace(b"old 70", b"old 40")
        assert post(witness, bare).status_code == 422
        assert post(witness, log.request(40).replace(b"old 40", b"old 0")).status_code == 409

    def test_a_proof_from_nothing(self, witness: Server, log: Log) -> None:
        proof = log.request(40, 70).replace(b"old 40", b"old 0")
        assert post(witness, proof).status_code == 422
        assert witness.witness.memory.refusals() == []

    def test_a_time_before_its_last_one(self, witness: Server, log: Log) -> None:
        post(witness, log.request(0, 40))
        witness.clock = lambda: AT - 1
        assert post(witness, log.request(40)).status_code == 503
        assert seen(witness, log) == 40

    def test_a_log_that_it_does_not_follow(self, witness: Server) -> None:
        assert post(witness, Log("other.test/log", leaves=2).request(0)).status_code == 404

    def test_a_log_of_an_earlier_year(self, witness: Server, log: Log) -> None:
        log.origin = "ledger.test/137/1404"
        assert post(witness, log.request(0)).status_code == 404

    def test_a_note_by_another_key(self, witness: Server) -> None:
        assert post(witness, Log(leaves=3).request(0)).status_code == 403

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"old 0\n",
            b"new 0\n\nx",
            b"old 007\n\nx",
            b"old 0\nnot base64\n\nx",
            b"old 0\nAAAA\n\nx",
            b"old 0\n" + b"A" * 43 + b"=\n" * 64 + b"\n\nx",
            b"old 0\n\nnot a note\n",
            b"old 0\n\xff\xfe\n\n",
        ],
    )
    def test_what_is_no_request(self, witness: Server, data: bytes) -> None:
        assert post(witness, data).status_code == 400

    def test_an_old_size_above_the_new_one(self, witness: Server, log: Log) -> None:
        assert post(witness, log.request(70, 40)).status_code == 400

    def test_a_body_that_is_too_long_or_has_no_length(self, witness: Server) -> None:
        assert post(witness, b"x" * 70_000).status_code == 413
        address = witness.server_address[:2]
        with socket.create_connection((str(address[0]), int(address[1])), 5) as plain:
            plain.sendall(b"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\n\r\n")
            assert b" 411 " in plain.recv(1000)

    def test_another_address(self, witness: Server) -> None:
        assert httpx.post(f"{url(witness)}/other", trust_env=False).status_code == 404


class TestItsMemory:
    def test_it_is_on_the_disk_before_the_answer(
        self, witness: Server, log: Log, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        post(witness, log.request(0, 10))

        def full(*given: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(httpx.HTTPError):
            post(witness, log.request(10, 20))
        monkeypatch.undo()
        assert seen(witness, log) == 10
        assert post(witness, log.request(10, 20)).status_code == 200

    def test_a_witness_that_starts_again_remembers(self, tmp_path: Path, log: Log) -> None:
        with serving(tmp_path / "w", log.vkey) as first:
            post(first, log.request(0, 40))
            key = first.witness.memory.vkey
        with serving(tmp_path / "w") as second:
            assert second.witness.memory.vkey == key
            assert post(second, log.request(0, 30)).status_code == 409
            assert post(second, log.request(40, 70)).status_code == 200

    def test_one_that_lost_what_it_saw_does_not_sign(self, witness: Server, log: Log) -> None:
        post(witness, log.request(0, 40))
        [path] = (witness.witness.memory.folder / "seen").iterdir()
        path.write_bytes(b"{")
        assert post(witness, log.request(40)).status_code == 503
        path.unlink()
        assert post(witness, log.request(0)).status_code == 503

    def test_one_that_lost_its_folder_does_not_start(self, tmp_path: Path) -> None:
        Memory.begin(tmp_path, "newspaper.test")
        (tmp_path / "seen").rmdir()
        with pytest.raises(Lost, match="is gone"):
            Memory(tmp_path)

    def test_its_key_is_for_nobody_else(self, tmp_path: Path) -> None:
        Memory.begin(tmp_path, "newspaper.test")
        assert (tmp_path / "key.pem").stat().st_mode & 0o777 == 0o600

    def test_a_second_witness_in_the_same_folder_is_refused(self, tmp_path: Path) -> None:
        Memory.begin(tmp_path, "newspaper.test")
        with pytest.raises(Lost, match="already"):
            Memory.begin(tmp_path, "council.test")

    def test_evidence_does_not_fill_the_disk(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(kept, "REFUSALS_MAX", 2)
        memory = Memory.begin(tmp_path, "newspaper.test")
        for number in range(5):
            memory.refuse("x/1405", "fork", b"%d" % number, AT)
        assert len(memory.refusals()) == 2

    def test_only_keys_of_logs_are_followed(self, tmp_path: Path) -> None:
        memory = Memory.begin(tmp_path, "newspaper.test")
        with pytest.raises(BadNote):
            memory.follow(str(memory.vkey))
        with pytest.raises(BadNote):
            memory.follow("nonsense")
        memory.follow(str(Log().vkey))
        assert len(memory.logs()) == 1


class TestItsPage:
    def test_it_says_in_two_languages_what_was_seen(self, witness: Server, log: Log) -> None:
        assert "هنوز دفتری دیده نشده" in httpx.get(url(witness), trust_env=False).text
        post(witness, log.request(0, 40))
        page = httpx.get(url(witness), trust_env=False)
        assert '<html lang="fa" dir="rtl">' in page.text
        assert log.origin in page.text
        assert "۳۰ شهریور ۱۴۰۵، ۱۴:۱۳:۲۰" in page.text, "as Persian readers write it"
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        english = httpx.get(f"{url(witness)}/en", trust_env=False).text
        assert "Witness of public logs" in english
        assert str(witness.witness.memory.vkey) in english
        assert "Contradictions" not in english

    def test_contradictions_stand_on_it(self, witness: Server, log: Log) -> None:
        post(witness, log.request(0, 40))
        post(witness, log.request(0, 30))
        assert "بازگشت به گذشته" in httpx.get(url(witness), trust_env=False).text

    def test_programs_read_the_same(self, witness: Server, log: Log) -> None:
        post(witness, log.request(0, 40))
        [told] = httpx.get(f"{url(witness)}/seen.json", trust_env=False).json()
        assert (told["origin"], told["size"]) == (log.origin, 40)
        assert parse_checkpoint(told["note"].encode()).size == 40
        vkey = httpx.get(f"{url(witness)}/vkey", trust_env=False).text.strip()
        assert vkey == str(witness.witness.memory.vkey)

    def test_names_cannot_bring_markup(self, tmp_path: Path) -> None:
        log = Log("<script>alert(1)</script>/1405", leaves=2)
        with serving(tmp_path / "w", log.vkey) as server:
            assert post(server, log.request(0)).status_code == 200
            assert "<script>" not in httpx.get(url(server), trust_env=False).text

    def test_its_style_is_served_and_nothing_else(self, witness: Server) -> None:
        style = httpx.get(f"{url(witness)}/witness.css", trust_env=False)
        assert style.headers["Content-Type"].startswith("text/css")
        assert httpx.get(f"{url(witness)}/../key.pem", trust_env=False).status_code == 404


def test_a_year_is_followed_only_by_a_later_one_of_the_same_log() -> None:
    key = Log("a/137/1405").vkey
    assert followed(key, "a/137/1406") == key._replace(name="a/137/1406")
    assert followed(key, "b/137/1406") is None
    assert followed(key, "a/137") is None
    assert followed(Log("plain").vkey, "plain/1406") is None


class TestTheCommand:
    def test_it_serves_until_it_is_stopped(self, tmp_path: Path) -> None:
        log = Log(leaves=5)
        command = [sys.executable, "-m", "peygir.witness", "--state", str(tmp_path / "w")]
        command += ["--name", "council.test", "--port", "0", "--log", str(log.vkey)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(4)]
        assert lines[0] == "Witness council.test\n"
        assert log.origin in lines[2]
        page = lines[3].split()[1]
        request = log.request(0)
        answer = httpx.post(f"{page}add-checkpoint", content=request, trust_env=False)
        assert answer.status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        process.stdout.close()
        kept = json.loads(next((tmp_path / "w" / "seen").iterdir()).read_bytes())
        assert kept["size"] == 5

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            ([], "give it a --name first"),
            (["--name", "two words"], "vkey"),
            (["--name", "a.test", "--log", "x"], "not a vkey"),
        ],
    )
    def test_it_says_what_is_wrong(
        self, arguments: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["--state", str(tmp_path / "w"), *arguments]) == 1
        assert words in capsys.readouterr().err

    def test_it_keeps_its_name(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        Memory.begin(tmp_path, "council.test")
        assert main(["--state", str(tmp_path), "--name", "other.test"]) == 1
        assert "is called council.test" in capsys.readouterr().err
