"""The lots of an audit, drawn again by somebody who trusts nobody; each way of choosing them."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from peygir.verify import errors
from peygir.verify.canonical import to_base64url
from peygir.verify.cli import main
from peygir.verify.lots import lot_numbers, lots_in
from peygir.verify.receipts import receipt_code
from tests.verify.logs import AT, LOG, POLICY_TEXT, Key, Log, city

pytestmark = pytest.mark.requirement("T13")

NEXT = Key("ledger.example/137/1406")
Told = pytest.CaptureFixture[str]


def seed(log: Log, **fields: Any) -> int:
    """Append the seed of a draw from all leaves so far, but for `fields`; its number."""
    edge = log.edge()
    given: dict[str, Any] = {"dice": "4216", "sample": 5, "by": "auditor", "et": AT}
    return log.add(
        "audit.seed", **(given | {"size": edge.size, "root": to_base64url(edge.root())} | fields)
    )


def run(log: Log, *words: str, keys: tuple[Key, ...] = (LOG,), **how: Any) -> int:
    log.write(**how)
    policy = log.directory.parent / "policy.txt"
    policy.write_text(POLICY_TEXT)
    given = [word for key in keys for word in ("--vkey", str(key.vkey))]
    return main(
        ["sample", str(log.directory), *words, *given, "--policy", str(policy), "--jobs", "1"]
    )


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return city(tmp_path / "1405", cases=40)


class TestADraw:
    def test_anybody_gets_the_same_cases(self, log: Log, capsys: Told) -> None:
        """By the rule as it is written down, spelled out here once more."""
        root, size = log.edge().root(), len(log.entries)
        index = seed(log)
        assert run(log, str(index)) == errors.OK
        told = capsys.readouterr().out
        start, wanted = hashlib.sha256(root + b"4216").digest(), list[int]()
        for i in range(1000):
            digest = hashlib.sha256(start + i.to_bytes(8, "big")).digest()
            number = int.from_bytes(digest, "big") % size
            begins = json.loads(log.entries[number])["t"] == "case.registered"
            if begins and number not in wanted and len(wanted) < 5:
                wanted.append(number)
        lines = [f"  {number}  {receipt_code(log.hash(number))}" for number in wanted]
        assert "\n".join(lines) in told
        assert f"Leaf {index}: dice 4216 draw 5 of 5 cases from {size} leaves." in told

    def test_all_draws_without_a_number(self, log: Log, capsys: Told) -> None:
        seed(log)
        seed(log, dice="11")
        log.add("key.noted", about={"t": "audit.seed"})
        assert run(log) == errors.OK
        told = capsys.readouterr().out
        assert "dice 4216 draw" in told
        assert "dice 11 draw" in told

    def test_other_dice_or_another_root_draw_others(self) -> None:
        draws = [
            tuple(lot_numbers(root, dice, 100_000, 50))
            for root in (b"a" * 32, b"b" * 32)
            for dice in ("1", "2")
        ]
        assert len(set(draws)) == 4

    def test_a_number_is_tried_once(self) -> None:
        found = list(lot_numbers(b"a" * 32, "1", 3, 600))
        assert sorted(found) == [0, 1, 2]

    def test_of_more_cases_than_there_are(self, log: Log, capsys: Told) -> None:
        seed(log, sample=100)
        assert run(log) == errors.OK
        assert "draw 40 of 100 cases" in capsys.readouterr().out

    def test_in_persian(self, log: Log, capsys: Told) -> None:
        seed(log)
        assert run(log, "--lang", "fa") == errors.OK
        assert "تاس 4216، ۵ پرونده از ۵" in capsys.readouterr().out

    def test_a_log_without_any(self, log: Log, capsys: Told) -> None:
        assert run(log) == errors.OK
        assert "No lots were drawn." in capsys.readouterr().out
        assert run(log, "3") == errors.USAGE
        assert "it draws no lots" in capsys.readouterr().out

    def test_too_few_witnesses_are_said_to_be(self, log: Log) -> None:
        seed(log)
        assert run(log, times=()) == errors.UNWITNESSED


class TestACheat:
    def test_a_root_that_the_city_chose(self, log: Log, capsys: Told) -> None:
        """Until the cases that it likes are drawn."""
        seed(log, root=to_base64url(b"x" * 32))
        assert run(log) == errors.TAMPERED
        assert "a tree that this log never was" in capsys.readouterr().out

    def test_a_tree_with_the_seed_itself_in_it(self, log: Log) -> None:
        """Whoever may still add leaves when the dice lie there chooses the root."""
        seed(log, size=len(log.entries) + 1)
        log.add("key.noted")
        assert run(log) == errors.TAMPERED

    @pytest.mark.parametrize(
        "fields",
        [
            {"root": "short"},
            {"size": 0},
            {"size": "1"},
            {"sample": 0},
            {"sample": 1001},
            {"sample": "5"},
            {"dice": ""},
            {"dice": "six"},
            {"dice": "۴"},
            {"dice": 4},
            {"dice": "1" * 65},
        ],
    )
    def test_what_is_no_seed(self, log: Log, fields: dict[str, Any], capsys: Told) -> None:
        seed(log, **fields)
        assert run(log) == errors.TAMPERED
        assert "it draws no lots" in capsys.readouterr().out

    def test_a_changed_copy(self, log: Log) -> None:
        seed(log)
        log.write()
        for path in (log.directory / "tile" / "entries").rglob("*"):
            if path.is_file():
                path.write_bytes(path.read_bytes().replace(b'"dice":"4216"', b'"dice":"4217"'))
        words = ["sample", str(log.directory), "--vkey", str(LOG.vkey), "--jobs", "1"]
        assert main(words) == errors.INCOMPLETE


class TestAtNowruz:
    """Drawn in the old year, told in the new one."""

    @pytest.fixture
    def after(self, log: Log) -> Log:
        root, size = log.edge().root(), len(log.entries)
        log.write()
        new = Log(log.directory.parent / "1406", NEXT.vkey.name)
        new.anchor(log.checkpoint())
        seed(new, root=to_base64url(root), size=size)
        return new

    def test_it_is_drawn_from_the_log_before(self, log: Log, after: Log, capsys: Told) -> None:
        before = ("--before", str(log.directory))
        assert run(after, *before, keys=(LOG, NEXT), signers=[NEXT]) == errors.OK
        assert "draw 5 of 5 cases" in capsys.readouterr().out
        assert lots_in(after.directory, 2)[0].size == len(log.entries)

    def test_without_that_nobody_is_accused(self, after: Log, capsys: Told) -> None:
        assert run(after, keys=(NEXT,), signers=[NEXT]) == errors.INCOMPLETE
        assert "year before" in capsys.readouterr().out


class TestTheTreeOfAnInstant:
    """What second calls and weekly lists are drawn from: whoever draws chose no root."""

    @pytest.fixture
    def log(self, tmp_path: Path) -> Log:
        log = Log(tmp_path / "1405")
        log.case("first", et=AT - 50)
        log.add("key.noted", et=AT)  # of no case
        log.case("sealed")  # without a time
        log.case("first", et=AT - 20)
        log.case("second", et=AT + 5)
        log.case("first", et=AT + 1)
        log.anchor()
        return log

    def at(self, second: int) -> str:
        return datetime.fromtimestamp(second, UTC).isoformat()

    def test_ends_with_the_first_leaf_of_a_case_that_is_not_earlier(
        self, log: Log, capsys: Told
    ) -> None:
        root = log.edge(5).root()
        asked = ("--at", self.at(AT), "--of", "2026-09-21 1")
        assert run(log, *asked) == errors.OK
        told = capsys.readouterr().out
        assert "Leaf 4 is the first of a case at" in told
        assert "the tree has 5 leaves" in told
        assert root.hex() in told
        assert hashlib.sha256(root + b"2026-09-21 1").hexdigest() in told
        assert run(log, "--at", self.at(AT - 50)) == errors.OK
        told = capsys.readouterr().out
        assert "Leaf 0 is the first" in told
        assert "Seed" not in told

    def test_is_not_there_yet(self, log: Log, capsys: Told) -> None:
        assert run(log, "--at", self.at(AT + 6)) == errors.INCOMPLETE
        assert "nothing can have been drawn" in capsys.readouterr().out

    def test_of_a_time_without_an_offset_is_refused(self, log: Log) -> None:
        with pytest.raises(SystemExit):
            run(log, "--at", "2026-11-22T00:00")
