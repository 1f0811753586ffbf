"""Logs, rule sets and figures that a hostile city signed, or a hostile mirror made: whatever they
hold, the verdict is a typed exit code, and it comes soon."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from peygir.verify import errors
from peygir.verify.canonical import DEPTH_MAX, encode, parse
from peygir.verify.cli import main
from peygir.verify.errors import NotCanonical
from peygir.verify.figures import FIGURES_VERSION, Basis, figures
from peygir.verify.folding import Shard, fold_logs
from peygir.verify.logcheck import FOUND_MAX
from peygir.verify.months import BadPeriod, jalali_of, parse_period
from peygir.verify.notes import BadNote, Note, checkpoint_text, format_note, parse_vkey, to_base64
from peygir.verify.receipts import lookup_path, receipt_code
from peygir.verify.statistics import stats_path
from peygir.verify.tiles import entries_path, pack
from tests.verify.fortnight import DAY, DIGEST, START, of_case, rule_set
from tests.verify.logs import LOG, POLICY_TEXT, Log

pytestmark = pytest.mark.requirement("T13")

MONTH = "1405-07"
LATER = START + 2 * DAY
HUGE = (1 << 53) - 1
FIRST: dict[str, Any] = {
    "ch": "phone",
    "kind": "request",
    "unit": "d1-civil",
    "grp": "streets",
    "cls": "civil",
}
FIRST |= {"dist": 1, "et": START + DAY, "due": LATER, "sla": DAY}
Told = pytest.CaptureFixture[str]
Change = Callable[[Any], object]


def nothing(_given: Any) -> None:
    pass


def publish(
    directory: Path, leaves: Change = nothing, rules: Change = nothing, file: Change = nothing
) -> Log:
    """A small log whose city announces a file; what it holds beyond the plain is given."""
    log, given = Log(directory), rule_set()
    rules(given)
    spelled = encode(given)
    (directory / "rules").mkdir(parents=True)
    (directory / "rules" / f"{DIGEST}.json").write_bytes(spelled)
    named = {"digest": DIGEST, "file": hashlib.sha256(spelled).hexdigest(), "from": START}
    log.add("ruleset.published", **named)
    of_case(log, "a", "case.registered", FIRST)
    leaves(log)
    log.write()
    size, root = len(log.entries), log.edge().root().hex()
    data = {"v": FIGURES_VERSION, "basis": {"origin": log.origin, "size": size, "root": root}}
    file(data)
    announce(log, data)
    return log


def announce(log: Log, data: dict[str, Any]) -> None:
    spelled = encode(data)
    path = log.directory / stats_path(MONTH)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(spelled)
    told = {"period": MONTH, "size": data["basis"]["size"], "root": data["basis"]["root"]}
    log.add("stats.published", **told, file=hashlib.sha256(spelled).hexdigest())
    log.write()


def check(log: Log, *words: str, command: str = "stats", jobs: str = "1") -> int:
    given = words or (str(log.directory), MONTH)
    policy = log.directory.parent / "policy.txt"
    policy.write_text(POLICY_TEXT)
    keys = ["--vkey", str(LOG.vkey), "--policy", str(policy)]
    with_jobs = ["--jobs", jobs] if command in ("log", "stats", "sample") else []
    return main([command, *given, *keys, *with_jobs])


def registered(**fields: Any) -> Change:
    return lambda log: of_case(log, "b", "case.registered", FIRST | fields)


def done(**fields: Any) -> Change:
    return lambda log: of_case(log, "a", "case.work_done", {"unit": "d1-civil"} | fields)


def added(kind: str, **fields: Any) -> Change:
    return lambda log: log.add(kind, **fields)


def endless(log: Log) -> None:
    """Pauses that put a deadline beyond what 64 bits hold."""
    of_case(log, "a", "case.paused", {"et": START, "work": True})
    for _ in range(1100):
        of_case(log, "a", "case.resumed", {"et": LATER, "due": HUGE})
    of_case(log, "a", "case.resumed", {"et": LATER, "due": 1 << 52})
    of_case(log, "a", "case.closed", {"et": LATER, "end": "exception"})


COUNTS = {"calls": 1, "messages": 1, "follow_ups": 1}
BACK = {"ref": 1, "pts": 1, "unit": "d1-civil", "et": LATER}


class TestLeaves:
    @pytest.mark.parametrize(
        "leaves",
        [
            added("intake.daily", **COUNTS, day=1 << 52),
            added("intake.daily", **COUNTS, day=-(1 << 52)),
            done(et=HUGE),
            added("key.noted", et=HUGE),
            registered(et=-HUGE),
            registered(unit=5),
            registered(grp=5),
            registered(unit=[5]),
            registered(due="x"),
            added("office.term", post="d1-civil-head", term=1, since=HUGE),
            added("office.term", post="d1-civil-head", term="1", since=START),
            added("office.term", post=["d1-civil-head"], term=1, since=START),
            added("office.term", post="d1-civil-head", term=9, since=START),
            added("office.vacant", post=5, term=0, since=-HUGE),
            added("points.reversed", **BACK | {"ref": "x"}),
            added("points.reversed", **BACK | {"ref": [1]}),
            added("points.reversed", **BACK | {"unit": 5}),
            added("ruleset.published", digest="a" * 400, file="x"),
            added("ruleset.published", digest="\0", file="x"),
            added("ruleset.published", digest="ب" * 128, file="x"),
        ],
    )
    def test_of_which_no_figures_can_be_made(self, tmp_path: Path, leaves: Change) -> None:
        assert check(publish(tmp_path / "log", leaves)) == errors.TAMPERED

    @pytest.mark.parametrize("leaves", [done(et=True), added("key.noted", et=True)])
    def test_that_another_process_passes_over(self, tmp_path: Path, leaves: Change) -> None:
        assert check(publish(tmp_path / "log", leaves), jobs="3") == errors.TAMPERED

    def test_without_any_rule_set(self, tmp_path: Path, capsys: Told) -> None:
        log = Log(tmp_path / "log")
        log.add("key.noted")
        log.write()
        root = log.edge().root().hex()
        announce(log, {"v": FIGURES_VERSION, "basis": {"origin": "x", "size": 1, "root": root}})
        assert check(log) == errors.TAMPERED
        assert "figures cannot be made of it" in capsys.readouterr().out

    def test_that_are_all_broken_are_not_all_remembered(self, tmp_path: Path, capsys: Told) -> None:
        log = Log(tmp_path / "log")
        for _ in range(FOUND_MAX + 5):
            log.raw(b"{}")
        log.write()
        assert check(log, str(log.directory), command="log") == errors.TAMPERED
        assert f"and {FOUND_MAX - 21:,} more" in capsys.readouterr().out


def ruled(name: str, value: Any) -> Change:
    return lambda given: given.__setitem__(name, value)


def weighed(name: str, value: Any) -> Change:
    return lambda given: given.__setitem__("weights", given["weights"] | {name: value})


class TestRules:
    @pytest.mark.parametrize(
        "rules",
        [
            ruled("weights", 5),
            ruled("small_cell", "x"),
            ruled("units", {"d1-civil": {"scored": 5}}),
            ruled("classes", []),
            ruled("classes", {"civil": 5}),
            ruled("calendar", {"offset_s": 1 << 52}),
            ruled("calendar", {"offset_s": "x"}),
            weighed("parts", {}),
            weighed("parts", {"timely": "x"}),
            weighed("classes", {"civil": -20}),
            weighed("penalties", []),
            weighed("rank_by", []),
        ],
    )
    def test_of_which_no_figures_can_be_made(self, tmp_path: Path, rules: Change) -> None:
        log = publish(tmp_path / "log", done(et=LATER), rules)
        assert check(log) == errors.TAMPERED


class TestFiles:
    @pytest.mark.parametrize("size", [-5, 0])
    def test_that_rest_on_no_leaves(self, tmp_path: Path, size: int) -> None:
        root = hashlib.sha256(b"").hexdigest()
        basis = {"origin": "x", "size": size, "root": root}
        log = publish(tmp_path / "log", file=lambda data: data.__setitem__("basis", basis))
        assert check(log) == errors.TAMPERED

    def test_that_rest_on_less_than_no_leaves_of_the_year_before(self, tmp_path: Path) -> None:
        before = [{"origin": "x", "size": -7, "root": "x"}]
        log = publish(tmp_path / "log", file=lambda data: data.__setitem__("before", before))
        words = (str(log.directory), MONTH, "--before", str(log.directory))
        assert check(log, *words) in (errors.TAMPERED, errors.INCOMPLETE)

    @pytest.mark.parametrize("digest", ["a" * 400, "\0", "../policy"])
    def test_that_name_a_policy_no_file_can_have(self, tmp_path: Path, digest: str) -> None:
        log = publish(tmp_path / "log", file=lambda data: data.__setitem__("policy", digest))
        assert check(log) == errors.INCOMPLETE

    @pytest.mark.parametrize("is_repeated", [True, False])
    def test_with_a_row_behind_another_of_its_code(
        self, tmp_path: Path, is_repeated: bool, capsys: Told
    ) -> None:
        """Whoever reads such a file may take the first row, and a check the last."""
        log = publish(tmp_path / "log", done(et=LATER))
        size = 3
        basis = Basis(log.origin, size, log.edge(size).root().hex())
        fold = fold_logs([Shard(log.directory, size, len(log.entries))], None)
        data = figures(fold, parse_period(MONTH), basis)
        rows = data["by"]["unit"]
        first = rows[0] | {"fa": "بهترین"} if is_repeated else rows.pop()
        rows.insert(0, first)
        assert len(rows) > 1
        log.entries.pop()
        announce(log, data)
        assert check(log) == errors.TAMPERED
        assert "not in their order" in capsys.readouterr().out

    @pytest.mark.parametrize("rows", [5, [5], [{"leaf": 1}]])
    def test_whose_corrections_are_none(self, tmp_path: Path, rows: Any) -> None:
        old, new = tmp_path / "old.json", tmp_path / "new.json"
        old.write_bytes(encode({}))
        new.write_bytes(encode({"corrections": rows}))
        code = main(["diff", str(old), str(new)])
        assert code == errors.INCOMPLETE

    def test_that_differ_much_in_what_is_no_figure(self, tmp_path: Path) -> None:
        """Nothing beside the figures may use up the differences that are looked at."""
        old, new = tmp_path / "old.json", tmp_path / "new.json"
        plain = {"period": MONTH, "totals": {"closed": 1}}
        old.write_bytes(encode(plain))
        noise = {f"x{each}": each for each in range(1100)}
        new.write_bytes(encode(plain | {"basis": noise, "totals": {"closed": 2}}))
        assert main(["diff", str(old), str(new)]) == errors.TAMPERED

    def test_announced_by_a_log_that_is_none(self, tmp_path: Path) -> None:
        log = Log(tmp_path / "log")
        log.raw(b'x"t":"stats.published"')
        log.write()
        old = tmp_path / "old.json"
        old.write_bytes(encode({}))
        words = ["diff", str(old), str(old), "--log", str(log.directory)]
        assert main(words) == errors.INCOMPLETE

    def test_nested_too_deeply(self) -> None:
        def nested(depth: int) -> bytes:
            return b'{"a":' + b"[" * depth + b"]" * depth + b"}"

        parse(nested(DEPTH_MAX))
        with pytest.raises(NotCanonical, match="deeply"):
            parse(nested(DEPTH_MAX + 1))


class TestCopies:
    @pytest.mark.parametrize("jobs", ["1", "2"])
    def test_a_checkpoint_that_claims_any_number_of_leaves(self, tmp_path: Path, jobs: str) -> None:
        """Its last bundle is there, so that the claim looks true."""
        log, size = Log(tmp_path / "log"), 10**18 + 1
        text = checkpoint_text(log.origin, size, bytes(32))
        last = log.directory / entries_path(size >> 8, size % 256)
        last.parent.mkdir(parents=True)
        last.write_bytes(pack([b"x"] * (size % 256)))
        (log.directory / "checkpoint").write_bytes(format_note(Note(text, (LOG.sign(text),))))
        assert check(log, str(log.directory), command="log", jobs=jobs) == errors.INCOMPLETE

    def test_a_list_of_receipts_with_a_number_too_long_to_read(self, tmp_path: Path) -> None:
        log = Log(tmp_path / "log")
        log.add("key.noted")
        log.write()
        code = receipt_code(log.hash(0))
        listed = log.directory / lookup_path(log.hash(0))
        listed.parent.mkdir()
        listed.write_text(f"{code} {'9' * 5000}\n")
        assert check(log, code, str(log.directory), command="receipt") == errors.OK

    def test_a_witness_beyond_any_calendar(self, tmp_path: Path, capsys: Told) -> None:
        log = Log(tmp_path / "log")
        log.add("key.noted")
        log.write(times=[1 << 62] * 3)
        assert check(log, str(log.directory), command="log") == errors.OK
        assert f"by {1 << 62}." in capsys.readouterr().out

    def test_a_name_that_cannot_be_spelled(self) -> None:
        with pytest.raises(BadNote, match="not an Ed25519 vkey"):
            parse_vkey(f"\udcff+00000000+{to_base64(bytes([1]) + bytes(32))}")


@pytest.mark.parametrize("day", [1 << 52, -(1 << 52), 60_000])
def test_a_day_outside_the_calendar_is_refused_at_once(day: int) -> None:
    with pytest.raises(BadPeriod):
        jalali_of(day)
