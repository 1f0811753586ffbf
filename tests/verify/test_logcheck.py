"""A whole log: an honest one holds, each thing that a city could sign wrongly is found, and a bad
copy is called that and nothing worse."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from peygir.verify.canonical import encode
from peygir.verify.errors import Fault, Incomplete, Tampered
from peygir.verify.logcheck import Seen, check_log, read_leaves
from peygir.verify.notes import WITNESS_KEY, parse_checkpoint
from peygir.verify.tiles import Reader, pack
from tests.verify.logs import AT, LOG, ORIGIN, Key, Log, asked, city

HALF = "A" * 22  # sixteen zero bytes


@pytest.fixture
def log(tmp_path: Path) -> Log:
    """800 leaves of 200 cases and two checkpoints, honest so far and not yet written."""
    return city(tmp_path / "log")


def found(log: Log, **how: Any) -> Tampered:
    """What the check of the signed log says first."""
    with pytest.raises(Tampered) as caught:
        check_log(log.write(**how), asked())
    return caught.value


@pytest.mark.requirement("T12")
class TestAnHonestLog:
    def test_holds(self, log: Log) -> None:
        told: list[tuple[int, int]] = []
        checked = check_log(
            log.write(), asked(progress=lambda done, total: told.append((done, total)))
        )
        assert checked.checkpoint.size == 802
        assert checked.kinds == {
            "case.registered": 200,
            "case.work_done": 400,
            "case.closed": 200,
            "cp.anchored": 2,
        }
        assert (checked.cases, checked.carried) == (200, 0)
        assert checked.seen == (Seen(200, AT - 7200), Seen(601, AT - 6000), Seen(802, AT + 1))
        assert checked.witnessed_at == AT + 1
        assert told == [(802, 802)]

    def test_holds_in_several_processes_just_the_same(self, log: Log) -> None:
        alone = check_log(log.write(), asked())
        assert check_log(log.directory, asked(bundles=1)) == alone
        assert check_log(log.directory, asked(bundles=1, jobs=2)) == alone

    def test_holds_when_empty(self, log: Log) -> None:
        log.entries.clear()
        checked = check_log(log.write(), asked())
        assert (checked.checkpoint.size, checked.cases) == (0, 0)

    def test_says_when_too_few_have_seen_it(self, log: Log) -> None:
        checked = check_log(log.write(times=[AT]), asked())
        assert checked.witnessed_at is None
        assert checked.seen[-1] == Seen(601, AT - 6000)
        assert check_log(log.directory, asked(policy=None)).seen == ()

    def test_gives_its_leaves_in_order(self, log: Log) -> None:
        reader = Reader(log.write())
        assert list(read_leaves(reader, 802)) == list(enumerate(log.entries))
        assert list(read_leaves(reader, 802, 255, 514)) == list(enumerate(log.entries))[255:514]
        assert list(read_leaves(reader, 802, 801, 900)) == [(801, log.entries[801])]
        assert list(read_leaves(reader, 802, 5, 5)) == []


@pytest.mark.requirement("T12")
class TestASignedLie:
    """Every tile, root and signature fits; the leaves do not keep the rules."""

    def test_a_leaf_of_a_case_is_missing(self, log: Log) -> None:
        del log.entries[450]
        fault = found(log)
        assert fault.where == "leaf 600"  # the second checkpoint, of one leaf more
        assert fault.what == "it holds a checkpoint of leaves after it"
        assert (fault.others[0].where, fault.others[0].what) == (
            "leaf 650",
            "it is number 3 of its case where 2 must follow",
        )

    def test_a_whole_late_case_is_missing_behind_a_checkpoint(self, log: Log) -> None:
        case = log.entries[7].split(b'"case":"')[1][:22]
        log.entries = [entry for entry in log.entries if case not in entry]
        assert found(log).what == "it holds a checkpoint of leaves after it"
        log.entries.insert(0, b'{"t":"filler","v":1}')  # the same number of leaves again
        assert found(log).what == (
            "the log is not the one that its checkpoint of 200 leaves stood for"
        )

    def test_a_leaf_was_written_anew(self, log: Log) -> None:
        log.entries[10] = log.entries[10].replace(b'"et":1789', b'"et":1788')
        fault = found(log)
        assert fault.where == "leaf 200"  # the first checkpoint after it
        assert {each.where for each in fault.others} >= {"leaf 211", "leaf 601"}
        assert [each.what for each in fault.others if each.where == "leaf 211"] == [
            "it does not name the case's leaf before it"
        ]

    @pytest.mark.parametrize(
        ("change", "what"),
        [
            ({400: None}, "leaf 599: it is number 3 of its case where 2 must follow"),
            ({400: b'"et":2'}, "leaf 600: it does not name the case's leaf before it"),
        ],
    )
    def test_a_chain_is_followed_from_stretch_to_stretch(
        self, log: Log, change: dict[int, bytes | None], what: str
    ) -> None:
        del log.entries[601], log.entries[200]  # the checkpoints
        for at, field in change.items():
            entry = log.entries[at].replace(b'"et":1', field or b"")
            log.entries[at : at + 1] = [entry] if field else []
        with pytest.raises(Tampered) as caught:
            check_log(log.write(), asked(bundles=1))
        assert str(caught.value) == what

    def test_a_leaf_was_slipped_in(self, log: Log) -> None:
        log.ends["case 3"] = (2, log.ends["case 3"][1])
        log.case("case 3")
        assert found(log).what == "it is number 2 of its case where 4 must follow"

    @pytest.mark.parametrize(
        ("fields", "what"),
        [
            ({"t": "case.closed", "n": 0, "prev": ""}, "a case begins with its registration"),
            ({"t": "case.registered", "n": 4, "prev": HALF}, "a case begins with its registration"),
            ({"t": "case.closed", "n": 1, "prev": HALF}, "it is number 1 of its case where 0"),
            ({"t": "case.registered", "n": 0, "prev": HALF}, "the id of its case or"),
            ({"t": "case.registered", "n": 0}, "the id of its case or"),
            ({"t": "case.closed", "n": 1, "prev": ""}, "the id of its case or"),
            ({"t": "case.closed", "n": 1, "prev": 5}, "the id of its case or"),
            ({"t": "case.registered", "n": 0, "prev": "", "case": "x"}, "the id of its case or"),
            ({"t": "case.registered", "n": 0, "prev": "", "case": 5}, "its case or its number"),
            ({"t": "case.registered", "prev": ""}, "its case or its number"),
            ({"t": "case.registered", "n": False, "prev": ""}, "its case or its number"),
            ({"t": "case.registered", "n": -1, "prev": ""}, "its case or its number"),
            ({"t": 5}, "it has no kind"),
            ({"t": "bad\u001b[31m"}, "it has no kind"),
            ({"t": "other", "v": 0}, "it has no version"),
            ({"t": "other", "v": True}, "it has no version"),
        ],
    )
    def test_a_leaf_is_not_what_leaves_are(
        self, log: Log, fields: dict[str, Any], what: str
    ) -> None:
        log.raw(encode({"case": HALF, "v": 1} | fields))
        fault = found(log)
        assert (fault.where, fault.what.startswith(what)) == ("leaf 802", True), fault.what

    def test_a_leaf_is_spelled_in_another_way(self, log: Log) -> None:
        log.raw(b'{"t": "other", "v": 1}')
        assert found(log).what == "it is not canonical: not spelled canonically"

    def test_an_honest_leaf_of_a_later_version_is_no_lie(self, log: Log) -> None:
        log.add("other", v=2)
        with pytest.raises(Incomplete, match="too old"):
            check_log(log.write(), asked())

    def test_a_checkpoint_in_it_is_of_another_log(self, log: Log) -> None:
        other = Log(log.directory, "ledger.elsewhere/137/1405")
        other.raw(b"leaf")
        log.anchor(other.checkpoint())
        assert found(log).what == "it holds the checkpoint of another log"

    def test_a_checkpoint_in_it_is_of_leaves_to_come(self, log: Log) -> None:
        later = Log(log.directory)
        later.entries = [*log.entries, b"x", b"y"]
        log.anchor(later.checkpoint())
        log.case("case 3")
        assert found(log).what == "it holds a checkpoint of leaves after it"

    @pytest.mark.parametrize(
        "fields", [{}, {"note": 5}, {"note": "text"}, {"note": "text\n\n— a x08go/ZJ\n"}]
    )
    def test_a_checkpoint_in_it_is_none(self, log: Log, fields: dict[str, Any]) -> None:
        log.add("cp.anchored", **fields)
        assert found(log).what.startswith("it is not what it says")

    def test_no_more_is_told_than_is_of_use(
        self, log: Log, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("peygir.verify.logcheck.FOUND_MAX", 3)
        for _ in range(9):
            log.add("other", v=0)
        assert len(found(log).others) == 2


class TestABadCopy:
    """A download may be cut or damaged; nobody is accused for that."""

    @pytest.mark.parametrize(
        ("path", "what"),
        [
            ("tile/entries/001", "entry 256 is not the one that its tile stands for"),
            ("tile/entries/003.p/34", "entry 768 is not the one"),
            ("tile/0/001", "entry 256 is not the one"),
            ("tile/1/000.p/3", "tile 0 is damaged"),
            ("checkpoint", "it carries no valid signature"),
        ],
    )
    def test_a_flipped_byte_is_found(self, log: Log, path: str, what: str) -> None:
        file = log.write() / path
        data = bytearray(file.read_bytes())
        data[20 if path != "checkpoint" else 180] ^= 1  # there in the log's own signature
        file.write_bytes(bytes(data))
        with pytest.raises(Incomplete, match=what):
            check_log(log.directory, asked())

    @given(st.data())
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
    def test_no_flipped_bit_goes_unseen(self, log: Log, data: st.DataObject) -> None:
        files = sorted(path for path in log.write().rglob("tile/**/*") if path.is_file())
        file = data.draw(st.sampled_from(files))
        honest = file.read_bytes()
        broken = bytearray(honest)
        broken[data.draw(st.integers(0, len(honest) - 1))] ^= 1 << data.draw(st.integers(0, 7))
        file.write_bytes(bytes(broken))
        with pytest.raises(Incomplete):
            check_log(log.directory, asked())
        file.write_bytes(honest)

    @pytest.mark.parametrize("path", ["tile/entries/001", "tile/0/001", "tile/1/000.p/3"])
    def test_a_missing_file_is_named(self, log: Log, path: str) -> None:
        (log.write() / path).unlink()
        with pytest.raises(Incomplete) as caught:
            check_log(log.directory, asked())
        assert caught.value.where in (path, path.split(".p/")[0])

    def test_another_tree_below_the_signed_checkpoint(self, log: Log) -> None:
        honest = log.checkpoint()
        log.entries[5] = log.entries[5].replace(b'"et":1789', b'"et":1788')
        log.write()
        (log.directory / "checkpoint").write_bytes(honest)
        with pytest.raises(Incomplete, match="the entries of this copy are not the ones"):
            check_log(log.directory, asked())

    @pytest.mark.parametrize(
        ("made", "what"),
        [
            (lambda log: b"text", "it is no checkpoint"),
            (lambda log: log.checkpoint().replace(b"/1405", b"/1406"), "no key is known"),
            (lambda log: log.checkpoint().replace(b"\n802\n", b"\n803\n"), "003"),
            (lambda log: log.checkpoint().replace(b"\n802\n", b"\n9000000000000000\n"), "cannot"),
            (lambda log: log.checkpoint(signers=[Key(ORIGIN, seed="x")]), "no valid signature"),
        ],
    )
    def test_a_checkpoint_that_nobody_signed(
        self, log: Log, made: Callable[[Log], bytes], what: str
    ) -> None:
        log.write()
        (log.directory / "checkpoint").write_bytes(made(log))
        with pytest.raises(Incomplete, match=what):
            check_log(log.directory, asked())

    def test_a_fault_comes_back_from_another_process(self, log: Log) -> None:
        (log.write() / "tile/entries/000").write_bytes(pack([b"x"] * 256))
        with pytest.raises(Incomplete, match="entry 0 is not the one"):
            check_log(log.directory, asked(bundles=1, jobs=2))


@pytest.mark.requirement("T12")
class TestKeptCheckpoints:
    """A checkpoint that anybody kept from another day must still be true (P1)."""

    def kept(self, log: Log, size: int) -> Any:
        return parse_checkpoint(log.checkpoint(size))

    def test_an_honest_log_goes_on_from_it(self, log: Log) -> None:
        since = (self.kept(log, 0), self.kept(log, 300), self.kept(log, 802))
        assert check_log(log.write(), asked(since=since)).cases == 200

    def test_a_rewritten_log_does_not(self, log: Log) -> None:
        since = (self.kept(log, 799),)
        log.entries[798] = log.entries[798].replace(b'"et":1789', b'"et":1788')
        with pytest.raises(Tampered, match="its checkpoint of 799 leaves stood for"):
            check_log(log.write(), asked(since=since))

    def test_an_older_copy_is_only_that(self, log: Log) -> None:
        since = (self.kept(log, 802),)
        del log.entries[700:]
        with pytest.raises(Incomplete, match="older than the one of 802"):
            check_log(log.write(), asked(since=since))

    def test_a_checkpoint_of_something_else_is_a_mistake(self, log: Log) -> None:
        log.write()
        for text in (
            log.checkpoint(signers=[Key(ORIGIN, seed="x")]),
            Log(log.directory, "ledger.elsewhere/137").checkpoint(),
        ):
            with pytest.raises(Fault, match="not a signed checkpoint of this log"):
                check_log(log.directory, asked(since=(parse_checkpoint(text),)))


class TestKeys:
    NEW = Key(ORIGIN, seed="new")

    def test_a_successor_is_trusted_by_the_word_of_the_old_key(self, log: Log) -> None:
        log.add("key.rotated", vkey=str(self.NEW.vkey))
        log.anchor(signers=[LOG, self.NEW])
        log.anchor(signers=[self.NEW])
        assert check_log(log.write(signers=[self.NEW]), asked()).cases == 200

    def test_a_successor_that_the_old_key_never_confirmed_is_not(self, log: Log) -> None:
        log.add("key.rotated", vkey=str(self.NEW.vkey))
        log.anchor(signers=[self.NEW])
        with pytest.raises(Incomplete, match="no valid signature of a key that is trusted"):
            check_log(log.write(signers=[self.NEW]), asked())

    def test_a_revoked_key_signs_no_more(self, log: Log) -> None:
        log.add("key.rotated", vkey=str(self.NEW.vkey))
        log.anchor()
        log.add("key.revoked", vkey=str(LOG.vkey))
        with pytest.raises(Incomplete, match="no valid signature"):
            check_log(log.write(), asked())
        assert check_log(log.write(signers=[LOG, self.NEW]), asked()).cases == 200

    @pytest.mark.parametrize("kind", ["key.rotated", "key.revoked"])
    @pytest.mark.parametrize(
        "fields",
        [{}, {"vkey": 5}, {"vkey": "x"}, {"vkey": str(Key("w", WITNESS_KEY).vkey)}],
    )
    def test_a_key_that_is_none_is_found(self, log: Log, kind: str, fields: dict[str, Any]) -> None:
        log.add(kind, **fields)
        assert found(log).what.startswith("it is not what it says")


class TestYears:
    """A case goes on into the log of the next year; that begins where the old one ended."""

    NEXT = Key("ledger.example/137/1406")

    def of_next_year(self, log: Log, note: bytes) -> Log:
        later = Log(log.directory.parent / "1406", self.NEXT.vkey.name)
        later.anchor(note)
        later.ends = dict(log.ends)
        later.case("case 7", "case.objected")
        later.case("case 7", "case.reopened")
        later.case("a new one")
        later.write(signers=[self.NEXT])
        return later

    def both(self) -> Any:
        return asked(keys=(LOG.vkey, self.NEXT.vkey))

    def test_alone_it_holds_and_says_what_it_carries_on(self, log: Log) -> None:
        later = self.of_next_year(log, log.checkpoint())
        checked = check_log(later.directory, self.both())
        assert (checked.cases, checked.carried) == (2, 1)

    def test_with_the_year_before_every_chain_is_whole(self, log: Log) -> None:
        later = self.of_next_year(log, log.checkpoint())
        since = (parse_checkpoint(later.checkpoint(signers=[self.NEXT])),)
        asks = self.both()._replace(since=since)
        checked = check_log(later.directory, asks, [log.write()])
        assert (checked.cases, checked.carried) == (201, 0)

    def test_a_chain_that_the_year_before_does_not_have_is_found(self, log: Log) -> None:
        later = self.of_next_year(log, log.checkpoint())
        later.ends["unknown"] = (3, HALF)
        later.case("unknown", "case.closed")
        later.write(signers=[self.NEXT])
        with pytest.raises(Tampered, match="it is number 3 of its case where 0 must follow"):
            check_log(later.directory, self.both(), [log.write()])

    @pytest.mark.parametrize("extra", [0, 5])
    def test_another_year_before_is_found(self, log: Log, extra: int) -> None:
        longer = Log(log.directory)
        longer.entries = [*log.entries, b"x"]
        later = self.of_next_year(log, longer.checkpoint())
        for number in range(extra):
            log.case(f"case {number}")
        with pytest.raises(Tampered, match="the log before this one is not the one it names"):
            check_log(later.directory, self.both(), [log.write()])

    def test_a_key_that_ended_the_year_before_does_not_sign_again(self, log: Log) -> None:
        """Under its name of the new year, as its thief would use it."""
        new = Key(ORIGIN, seed="new")
        log.add("key.rotated", vkey=str(new.vkey))
        log.anchor()
        log.add("key.revoked", vkey=str(LOG.vkey))
        later = Log(log.directory.parent / "1406", self.NEXT.vkey.name)
        later.anchor(log.checkpoint(signers=[new]))
        stolen = Key(self.NEXT.vkey.name, seed=ORIGIN)
        assert stolen.vkey.public == LOG.vkey.public
        both = asked(keys=(LOG.vkey, stolen.vkey))
        before = log.write(signers=[new])
        with pytest.raises(Incomplete, match="no valid signature of a key that is trusted"):
            check_log(later.write(signers=[stolen]), both, [before])
        assert check_log(later.directory, both).checkpoint.size == 1, "nobody knows it there yet"
