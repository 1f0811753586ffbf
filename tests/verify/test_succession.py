"""A receipt is checked by who trusts an older key: the log itself tells which followed."""

from pathlib import Path
from typing import Any

import pytest

from peygir.verify import errors
from peygir.verify.cli import main
from peygir.verify.receipts import Promise, format_promise, promise_message, receipt_code
from tests.verify.logs import AT, LOG, ORIGIN, POLICY_TEXT, WITNESSES, Key, Log, city

NEW = Key(ORIGIN, seed="new")
RECEIPT = Key("example/receipt")


@pytest.fixture
def log(tmp_path: Path) -> Log:
    (tmp_path / "policy.txt").write_text(POLICY_TEXT)
    return city(tmp_path / "log", cases=5)


def ended(log: Log, word: str = "", policy: bool = False) -> int:
    """How the check of the receipt of leaf 5, or of `word`, ends for who trusts the first key."""
    given = ["--policy", str(log.directory.parent / "policy.txt")] if policy else []
    given += ["--vkey", str(LOG.vkey)]
    return main(["receipt", word or receipt_code(log.hash(5)), str(log.directory), *given])


def promise(value: bytes, by: int, key: Key = RECEIPT) -> str:
    given = Promise(key.vkey.name, by, value)
    return format_promise(given, key.vkey.id, key.private.sign(promise_message(given)))


class TestTheKeyOfTheLog:
    def test_a_successor_counts_once_the_old_one_vouched(self, log: Log) -> None:
        log.add("key.rotated", vkey=str(NEW.vkey))
        log.write(signers=[NEW])
        assert ended(log) == errors.INCOMPLETE
        log.anchor(signers=[LOG, NEW])
        log.write(signers=[NEW])
        assert ended(log) == errors.OK

    def test_a_revoked_one_shows_nothing(self, log: Log, capsys: Any) -> None:
        log.add("key.rotated", vkey=str(NEW.vkey))
        log.anchor()
        log.add("key.revoked", vkey=str(LOG.vkey), et=AT)
        log.write(signers=[LOG])
        assert ended(log) == errors.INCOMPLETE
        assert "no valid signature of a key that is trusted" in capsys.readouterr().out
        log.write(signers=[NEW])
        assert ended(log) == errors.OK

    @pytest.mark.parametrize(
        "note",
        [
            b"no note",
            Log(Path(), "ledger.elsewhere/137").checkpoint(signers=[LOG]),
            Log(Path()).checkpoint().replace(b"\n0\n", b"\n3\n"),
        ],
    )
    def test_a_checkpoint_that_is_not_of_this_log_vouches_for_nobody(
        self, log: Log, note: bytes
    ) -> None:
        log.add("key.rotated", vkey=str(NEW.vkey))
        log.add("cp.anchored", note=note.decode())
        log.write(signers=[NEW])
        assert ended(log) == errors.INCOMPLETE

    @pytest.mark.parametrize("kind", ["key.rotated", "key.revoked", "key.delegated"])
    def test_a_key_that_is_none_is_evidence(self, log: Log, kind: str) -> None:
        log.add(kind, vkey="x")
        log.write()
        assert ended(log) == errors.TAMPERED

    def test_a_leaf_about_a_key_that_is_not_canonical_is_evidence(self, log: Log) -> None:
        log.raw(b'{"t":"key.rotated", "v":1}')
        log.write()
        assert ended(log) == errors.TAMPERED

    def test_a_kind_of_leaf_that_is_not_known_is_passed_over(self, log: Log) -> None:
        log.add("key.praised", vkey="x")
        log.write()
        assert ended(log) == errors.OK

    def test_a_leaf_that_the_root_does_not_hold_names_nobody(self, log: Log) -> None:
        log.add("key.rotated", vkey=str(LOG.vkey))
        bundle = log.write() / "tile/entries/000.p" / str(len(log.entries))
        bundle.write_bytes(bundle.read_bytes().replace(b"key.rotated", b"key.robated"))
        assert ended(log) == errors.INCOMPLETE


class TestThePromise:
    def test_a_key_that_the_log_delegates_may_give_it(self, log: Log) -> None:
        log.write()
        word = promise(log.hash(5), AT)
        assert ended(log, word) == errors.USAGE, "nobody knows the key"
        log.add("key.delegated", vkey=str(RECEIPT.vkey))
        log.add("key.delegated", vkey=str(Key("example/receipt", seed="another").vkey))
        log.write()
        assert ended(log, word) == errors.OK

    def test_after_its_end_it_gives_none(self, log: Log, capsys: Any) -> None:
        log.add("key.delegated", vkey=str(RECEIPT.vkey))
        log.add("key.revoked", vkey=str(RECEIPT.vkey), et=AT)
        log.add("key.revoked", vkey=str(RECEIPT.vkey), et=AT + 5000)  # the first one counts
        log.write()
        assert ended(log, promise(log.hash(5), AT + 600)) == errors.OK
        assert ended(log, promise(log.hash(5), AT + 601)) == errors.USAGE
        assert "a promise that its key could no longer give" in capsys.readouterr().out

    @pytest.mark.parametrize("between", [0, 300])
    def test_a_city_cannot_take_back_what_it_promised(self, log: Log, between: int) -> None:
        """It dates the end of its key back; witnesses had seen the log without that leaf."""
        log.add("key.delegated", vkey=str(RECEIPT.vkey))
        for number in range(between):
            log.case(f"{number}")
        log.anchor(times=[AT - 3600] * 3)
        for number in range(between):
            log.case(f"{number}")
        log.add("key.revoked", vkey=str(RECEIPT.vkey), et=1)
        log.write()
        assert len(WITNESSES) == 3
        broken = promise(bytes(32), AT - 3600)
        assert ended(log, broken, policy=True) == errors.TAMPERED
        assert ended(log, broken) == errors.USAGE, "without witnesses there is its word alone"
        assert ended(log, promise(bytes(32), AT - 2999), policy=True) == errors.USAGE

    def test_an_end_without_a_time_ends_nothing(self, log: Log) -> None:
        log.add("key.delegated", vkey=str(RECEIPT.vkey))
        log.add("key.revoked", vkey=str(RECEIPT.vkey))
        log.write()
        assert ended(log, promise(log.hash(5), AT + 9999)) == errors.OK

    def test_an_end_before_any_checkpoint_counts_from_its_time(self, tmp_path: Path) -> None:
        log = Log(tmp_path / "log")
        log.case("one")
        log.add("key.delegated", vkey=str(RECEIPT.vkey))
        log.add("key.revoked", vkey=str(RECEIPT.vkey), et=AT)
        log.write()
        assert ended(log, promise(log.hash(0), AT + 601)) == errors.USAGE
        assert ended(log, promise(log.hash(0), AT)) == errors.OK
