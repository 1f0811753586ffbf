"""What an outsider types, what they are told in both languages, and with which exit code."""

import gc
import io
from pathlib import Path

import pytest

from peygir.verify import errors
from peygir.verify.cli import main
from peygir.verify.proofs import format_proof, make_proof
from peygir.verify.receipts import (
    Promise,
    format_promise,
    lookup_line,
    lookup_path,
    promise_message,
    receipt_code,
)
from peygir.verify.shell import Output
from peygir.verify.tiles import Reader, Tree
from tests.verify.logs import AT, LOG, POLICY_TEXT, WITNESSES, Key, Log, city

RECEIPT = Key("example/receipt")


@pytest.fixture
def log(tmp_path: Path) -> Log:
    log = city(tmp_path / "log")
    (log.write() / "policy.txt").write_text(POLICY_TEXT)
    keys = ["# the keys", "", str(LOG.vkey), f"receipts {RECEIPT.vkey}", str(WITNESSES[0].vkey)]
    (log.directory / "vkeys.txt").write_text("\n".join(keys))
    return log


def run(log: Log, command: str, *words: str, keys: str = "vkeys.txt", policy: bool = True) -> int:
    given = ["--vkey", str(log.directory / keys)] if keys else []
    given += ["--policy", str(log.directory / "policy.txt")] if policy else []
    return main([command, *words, *given])


class TestLog:
    def test_an_honest_log_holds(self, log: Log, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(log, "log", str(log.directory), "--jobs", "1") == errors.OK
        out, err = capsys.readouterr()
        assert "Leaves: 802, of cases: 200" in out
        assert "case.closed  200" in out
        assert "Outside witnesses had seen 802 leaves by 2026-09-21 14:13:21 UTC." in out
        assert out.endswith("It holds.\n")
        assert err == "802 of 802 leaves, 0 s left\n"

    def test_it_says_so_in_persian(self, log: Log, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(log, "log", str(log.directory), "--lang", "fa") == errors.OK
        out, err = capsys.readouterr()
        assert "ردیف‌ها: ۸۰۲، از پرونده‌ها: ۲۰۰" in out
        assert out.endswith("درست است.\n")
        assert err == "۸۰۲ ردیف از ۸۰۲، ۰ ثانیه مانده\n"

    @pytest.mark.parametrize("collects", [True, False])
    def test_it_leaves_the_program_that_calls_it_as_it_was(self, log: Log, collects: bool) -> None:
        was = gc.isenabled()
        try:
            (gc.enable if collects else gc.disable)()
            assert run(log, "log", str(log.directory), "--jobs", "1") == errors.OK
            assert gc.isenabled() is collects
        finally:
            (gc.enable if was else gc.disable)()

    def test_progress_is_told_once_a_second_and_at_the_end(
        self, log: Log, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        out, err = io.StringIO(), io.StringIO()
        monkeypatch.setattr("sys.stdout", out)
        monkeypatch.setattr("sys.stderr", err)
        assert run(log, "log", str(log.directory), "--jobs", "1") == errors.OK
        assert out.getvalue().endswith("It holds.\n")
        assert err.getvalue() == "802 of 802 leaves, 0 s left\n"
        monkeypatch.setattr("peygir.verify.shell.TICK_SECONDS", 0)
        run(log, "log", str(log.directory), "--jobs", "1")
        assert err.getvalue().count("802 of 802 leaves") == 2
        tell = Output("en").progress()
        tell(1, 2)
        monkeypatch.setattr("peygir.verify.shell.TICK_SECONDS", 60)
        tell(1, 2)
        assert err.getvalue().count("1 of 2 leaves") == 1

    def test_the_policy_may_bring_the_key(self, log: Log) -> None:
        assert run(log, "log", str(log.directory), keys="") == errors.OK
        assert main(["log", str(log.directory), "--vkey", str(LOG.vkey)]) == errors.OK

    def test_a_policy_without_a_witness_is_said_to_be_one(
        self, log: Log, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (log.directory / "policy.txt").write_text("quorum none\n")
        assert run(log, "log", str(log.directory)) == errors.UNWITNESSED
        assert "names no witness: nobody outside watches this log" in capsys.readouterr().out

    def test_a_lie_is_told_with_what_else_was_found(
        self, log: Log, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for number in range(30):
            log.add("other", v=0, x=number)
        log.write()
        assert run(log, "log", str(log.directory)) == errors.TAMPERED
        out = capsys.readouterr().out
        assert out.startswith("leaf 802: it has no version\nleaf 803: it has no version\n")
        assert "… and 9 more.\nNOT OK: what the city signed contradicts itself." in out
        assert run(log, "log", str(log.directory), "--lang", "fa") == errors.TAMPERED
        assert capsys.readouterr().out.startswith("ردیف 802: نسخه ندارد\n")

    def test_a_bad_copy_accuses_nobody(self, log: Log, capsys: pytest.CaptureFixture[str]) -> None:
        (log.directory / "tile/0/001").unlink()
        assert run(log, "log", str(log.directory)) == errors.INCOMPLETE
        assert "Fetch it again, or from a mirror." in capsys.readouterr().out

    def test_too_few_witnesses(self, log: Log, capsys: pytest.CaptureFixture[str]) -> None:
        log.write(times=[AT])
        assert run(log, "log", str(log.directory)) == errors.UNWITNESSED
        assert "they have seen 601 leaves" in capsys.readouterr().out
        assert run(log, "log", str(log.directory), policy=False) == errors.OK
        log.entries = log.entries[:200]
        log.write(times=[])
        assert run(log, "log", str(log.directory)) == errors.UNWITNESSED
        assert "they have seen 0 leaves" in capsys.readouterr().out

    def test_a_checkpoint_kept_from_another_day(self, log: Log, tmp_path: Path) -> None:
        kept = tmp_path / "kept"
        kept.write_bytes(log.checkpoint(500))
        words = (str(log.directory), "--since", str(kept))
        assert run(log, "log", *words) == errors.OK
        log.entries[10] = log.entries[10].replace(b'"et":1789', b'"et":1788')
        log.write()
        assert run(log, "log", *words) == errors.TAMPERED
        kept.write_text("nonsense")
        assert run(log, "log", *words) == errors.USAGE

    def test_cases_of_earlier_years_are_told(
        self, log: Log, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        key = Key("ledger.example/137/1406")
        later = Log(tmp_path / "1406", key.vkey.name)
        later.anchor(log.checkpoint())
        later.ends = log.ends
        later.case("case 3", "case.objected")
        later.write(signers=[key])
        words = ["log", str(later.directory), "--vkey", str(key.vkey), "--vkey", str(LOG.vkey)]
        assert main(words) == errors.OK
        assert "1 cases began in earlier years" in capsys.readouterr().out
        assert main([*words, "--before", str(log.directory)]) == errors.OK
        assert "began in earlier years" not in capsys.readouterr().out

    @pytest.mark.parametrize(
        "words",
        [
            [],
            ["nothing"],
            ["log"],
            ["log", "DIR", "--jobs", "0"],
            ["log", "DIR", "--jobs", "many"],
            ["log", "DIR", "--lang", "de"],
        ],
    )
    def test_a_mistyped_command_is_no_verdict(self, words: list[str]) -> None:
        with pytest.raises(SystemExit) as caught:
            main(words)
        assert caught.value.code == errors.USAGE

    def test_without_a_key_nothing_is_checked(
        self, log: Log, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(log, "log", str(log.directory), keys="", policy=False) == errors.USAGE
        assert "give the key of the log" in capsys.readouterr().out
        assert main(["log", str(log.directory), "--vkey", str(WITNESSES[0].vkey)]) == errors.USAGE
        (log.directory / "policy.txt").write_text("quorum nobody\n")
        assert run(log, "log", str(log.directory)) == errors.USAGE
        assert main(["log", str(log.directory), "--vkey", "missing.txt"]) == errors.INCOMPLETE


class TestReceipt:
    def list_receipts(self, log: Log, line: str, of: int = 5) -> None:
        file = log.directory / lookup_path(log.hash(of))
        file.parent.mkdir(exist_ok=True)
        file.write_text(line)

    def promise(self, value: bytes, by: int) -> str:
        promise = Promise(RECEIPT.vkey.name, by, value)
        signature = RECEIPT.private.sign(promise_message(promise))
        return format_promise(promise, RECEIPT.vkey.id, signature)

    def test_a_code_leads_to_its_leaf(self, log: Log, capsys: pytest.CaptureFixture[str]) -> None:
        self.list_receipts(log, "noise\n" + lookup_line(log.hash(5), 5))
        code = receipt_code(log.hash(5)).lower()
        assert run(log, "receipt", code, str(log.directory)) == errors.OK
        out = capsys.readouterr().out
        assert "Leaf 5 of 802." in out
        assert '  t: "case.registered"\n' in out

    @pytest.mark.parametrize(
        "line", [None, "", "X 5\n", "{code} 6\n", "{code} 99999\n", "{code}\n"]
    )
    def test_a_wrong_list_hides_no_leaf(self, log: Log, line: str | None) -> None:
        code = receipt_code(log.hash(5))
        if line is not None:
            self.list_receipts(log, line.format(code=code))
        assert run(log, "receipt", code, str(log.directory)) == errors.OK

    def test_a_code_that_is_not_there(self, log: Log, capsys: pytest.CaptureFixture[str]) -> None:
        words = ("receipt", "0000-0000-0000-0000", str(log.directory))
        assert run(log, *words) == errors.INCOMPLETE
        assert "no leaf of this copy has this code" in capsys.readouterr().out

    def test_a_broken_promise_is_evidence(
        self, log: Log, capsys: pytest.CaptureFixture[str]
    ) -> None:
        due, later = self.promise(bytes(32), AT), self.promise(bytes(32), AT + 600)
        assert run(log, "receipt", due, str(log.directory)) == errors.TAMPERED
        assert "promised by 2026-09-21 14:13:20 UTC and is not there" in capsys.readouterr().out
        assert run(log, "receipt", later, str(log.directory)) == errors.INCOMPLETE
        assert run(log, "receipt", due, str(log.directory), policy=False) == errors.INCOMPLETE

    def test_a_kept_promise_leads_to_its_leaf(self, log: Log) -> None:
        word = self.promise(log.hash(300), AT)
        assert run(log, "receipt", word, str(log.directory)) == errors.OK

    def test_a_damaged_copy_breaks_no_promise(self, log: Log) -> None:
        tile = log.directory / "tile/0/001"
        tile.write_bytes(bytes(len(tile.read_bytes())))
        word = self.promise(log.hash(300), AT)
        assert run(log, "receipt", word, str(log.directory)) == errors.INCOMPLETE
        entries = log.directory / "tile/entries/000"
        entries.write_bytes(entries.read_bytes().replace(b'"et":1789', b'"et":1788'))
        code = receipt_code(log.hash(5))
        assert run(log, "receipt", code, str(log.directory)) == errors.INCOMPLETE

    def test_what_is_no_receipt(self, log: Log) -> None:
        assert run(log, "receipt", "nonsense", str(log.directory)) == errors.USAGE
        assert run(log, "receipt", "A" * 146, str(log.directory)) == errors.USAGE

    def test_an_unsigned_or_unseen_log_shows_nothing(self, log: Log) -> None:
        words = ("receipt", receipt_code(log.hash(5)), str(log.directory))
        log.write(times=[])
        assert run(log, *words) == errors.UNWITNESSED
        log.write(signers=[Key(LOG.vkey.name, seed="x")])
        assert run(log, *words) == errors.INCOMPLETE

    def test_a_leaf_that_is_no_leaf_is_evidence(
        self, log: Log, capsys: pytest.CaptureFixture[str]
    ) -> None:
        at = log.raw(b'{"t": "\x1b"}')
        log.write()
        code = receipt_code(log.hash(at))
        assert run(log, "receipt", code, str(log.directory)) == errors.TAMPERED
        assert "\x1b" not in capsys.readouterr().out


class TestProof:
    def test_a_leaf_is_proved_without_the_log(
        self, log: Log, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        proof, leaf = tmp_path / "5.tlog-proof", tmp_path / "leaf"
        tree = Tree(Reader(log.directory), 802)
        proof.write_bytes(format_proof(make_proof(tree, 5, log.checkpoint())))
        leaf.write_bytes(log.entries[5] + b"\n")
        assert run(log, "proof", str(proof), str(leaf)) == errors.OK
        assert "Leaf 5 of 802." in capsys.readouterr().out
        leaf.write_bytes(log.entries[6])
        assert run(log, "proof", str(proof), str(leaf)) == errors.INCOMPLETE
        proof.write_bytes(format_proof(make_proof(tree, 6, log.checkpoint(times=[]))))
        assert run(log, "proof", str(proof), str(leaf)) == errors.UNWITNESSED
