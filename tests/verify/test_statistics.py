"""Published figures against the log, as an outsider checks them; each way of making one up."""

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from peygir.verify import errors
from peygir.verify.canonical import encode, parse
from peygir.verify.cli import main
from peygir.verify.figures import Basis, figures
from peygir.verify.folding import Shard, fold_logs
from peygir.verify.measures import MEASURES
from peygir.verify.months import BadPeriod, live_period, parse_period
from peygir.verify.statistics import changes, stats_path
from tests.verify import logs
from tests.verify.fortnight import DAY, DIGEST, HOUR, START, fortnight, of_case, write_rules
from tests.verify.logs import LOG, POLICY_TEXT, Log

pytestmark = pytest.mark.requirement("T13")

POLICY = hashlib.sha256(POLICY_TEXT.encode()).hexdigest()
MONTH = "1405-07"


class City:
    """A log whose figures were published, and what an outsider then types."""

    def __init__(self, directory: Path) -> None:
        self.log = fortnight(directory, cases=150, anchored=12 * HOUR)  # few signatures to check
        self.directory = directory
        self.sizes = [0]  # of the tree under the figures published last
        self.change: Callable[[dict[str, Any]], None] = lambda data: None

    def publish(self, period: str = MONTH, *, revises: str = "", announce: bool = True) -> str:
        """The file of a period over all leaves so far, announced; its hash."""
        self.log.write()
        size = len(self.log.entries)
        basis = Basis(logs.ORIGIN, size, self.log.edge().root().hex())
        found = parse_period(period) if period != "live" else None
        watch = None
        if revises and found:
            watch = (found.first, found.end, self.sizes[-1])
        fold = fold_logs([Shard(self.directory, size)], logs.policy(), watch=watch)
        asked = found or live_period(fold.tallies.day_of(fold.newest))
        data = figures(fold, asked, basis, policy=POLICY, verifier="0" * 64, revises=revises)
        self.change(data)
        spelled = encode(data)
        path = self.directory / stats_path(period, 1 if revises else 0)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(spelled)
        digest = hashlib.sha256(spelled).hexdigest()
        leaf = {"period": period, "size": size, "root": basis.root, "file": digest}
        leaf |= {"verifier": "0" * 64} | ({"revises": revises} if revises else {})
        if announce:
            self.log.add("stats.published", **leaf)
        self.sizes = [size]
        return digest

    def run(self, command: str = "stats", *words: str, lang: str = "en") -> int:
        self.log.write()
        policy = self.directory.parent / "policy.txt"
        policy.write_text(POLICY_TEXT)
        given = words or (str(self.directory), MONTH)
        keys = ["--vkey", str(LOG.vkey), "--policy", str(policy), "--lang", lang]
        jobs = ["--jobs", "1"] if command == "stats" else []
        return main([command, *given, *keys, *jobs])


@pytest.fixture
def city(tmp_path: Path) -> City:
    return City(tmp_path / "1405")


Told = pytest.CaptureFixture[str]


class TestHonest:
    @pytest.mark.parametrize("period", [MONTH, "1405", "1405-07-03", "live"])
    def test_figures_agree(self, city: City, capsys: Told, period: str) -> None:
        city.publish(period)
        assert city.run("stats", str(city.directory), period) == errors.OK
        assert "every one of them follows" in capsys.readouterr().out

    def test_the_answer_in_persian(self, city: City, capsys: Told) -> None:
        city.publish()
        assert city.run(lang="fa") == errors.OK
        assert "همهٔ عددها" in capsys.readouterr().out

    def test_figures_are_told_as_the_pages_show_them(self, city: City, capsys: Told) -> None:
        city.publish()
        city.run()
        told = re.findall(r"^  ([^:]+): ([^(]+)  \((\w+)\)$", capsys.readouterr().out, re.MULTILINE)
        figures = {code: (name, value) for name, value, code in told}
        data = json.loads((city.directory / "stats" / f"{MONTH}.json").read_bytes())["totals"]
        assert [code for code in MEASURES if code in data] == list(figures)
        assert figures["registered"] == ("registered", f"{data['registered']:,}")
        share = f"{data['answered_on_time_bp'] / 100:.2f}%"
        assert figures["answered_on_time_bp"] == (MEASURES["answered_on_time_bp"].en, share)
        minutes = data["median_seconds"] // 60
        days, hours = divmod(minutes // 60, 24)
        assert figures["median_seconds"][1] == f"{days} d {hours} h {minutes % 60} min"
        city.run(lang="fa")
        assert f"  {MEASURES['registered'].fa}: " in capsys.readouterr().out

    def test_two_processes(self, city: City) -> None:
        city.publish()
        city.log.write()
        (city.directory.parent / "policy.txt").write_text(POLICY_TEXT)
        given = ["--vkey", str(LOG.vkey), "--jobs", "2"]
        assert main(["stats", str(city.directory), MONTH, *given]) == errors.OK

    def test_leaves_that_come_later_change_nothing(self, city: City) -> None:
        city.publish()
        of_case(city.log, "case 0", "case.stepped", {"et": START + DAY})
        assert city.run() == errors.OK


class TestMadeUp:
    """Ledger.md section 1.2: cheats that concern figures."""

    def test_a_number_that_the_leaves_do_not_give(self, city: City, capsys: Told) -> None:
        def better(data: dict[str, Any]) -> None:
            data["totals"]["answered_late"] -= 1

        city.change = better
        city.publish()
        assert city.run() == errors.TAMPERED
        told = capsys.readouterr().out
        assert "stats/1405-07.json: totals.answered_late is" in told

    @pytest.mark.parametrize("lang", ["en", "fa"])
    def test_a_place_in_the_ranking(self, city: City, capsys: Told, lang: str) -> None:
        def swapped(data: dict[str, Any]) -> None:
            row = next(row for row in data["by"]["unit"] if "score" in row)
            row["score"] += 100

        city.change = swapped
        city.publish()
        assert city.run(lang=lang) == errors.TAMPERED
        assert "by.unit[d1].score" in capsys.readouterr().out

    def test_a_unit_left_out(self, city: City, capsys: Told) -> None:
        city.change = lambda data: data["by"]["unit"].pop()
        city.publish()
        assert city.run() == errors.TAMPERED
        assert "by.unit[water] is -" in capsys.readouterr().out

    def test_other_weights_than_the_rule_set_s(self, city: City) -> None:
        def lighter(data: dict[str, Any]) -> None:
            data["weights"] = data["weights"] | {"penalty_cap": 0}

        city.change = lighter
        city.publish()
        assert city.run() == errors.TAMPERED

    @pytest.mark.parametrize("lang", ["en", "fa"])
    def test_of_another_version_is_no_verdict(self, city: City, capsys: Told, lang: str) -> None:
        """An honest month does not become a lie when the city changes how it counts."""
        city.change = lambda data: data.update(v=1, measures={})
        city.publish()
        assert city.run(lang=lang) == errors.INCOMPLETE
        assert f"verifiers/{'0' * 64}.py" in capsys.readouterr().out

    def test_of_no_version_at_all(self, city: City) -> None:
        city.change = lambda data: data.pop("v")
        city.publish()
        assert city.run() == errors.TAMPERED

    def test_a_tree_that_never_was(self, city: City) -> None:
        city.publish(announce=False)
        data = parse((city.directory / stats_path(MONTH)).read_bytes())
        data["basis"]["root"] = "0" * 64
        spelled = encode(data)
        (city.directory / stats_path(MONTH)).write_bytes(spelled)
        city.log.add(
            "stats.published",
            period=MONTH,
            size=data["basis"]["size"],
            root="0" * 64,
            file=hashlib.sha256(spelled).hexdigest(),
            verifier="0" * 64,
        )
        assert city.run() == errors.TAMPERED

    def test_a_tree_that_the_file_does_not_name(self, city: City) -> None:
        digest = city.publish(announce=False)
        city.log.add("stats.published", period=MONTH, size=3, root="0" * 64, file=digest)
        assert city.run() == errors.TAMPERED

    @pytest.mark.parametrize("gone", ["basis", "root"])
    def test_a_file_that_rests_on_nothing(self, city: City, gone: str) -> None:
        city.change = lambda data: data.pop(gone, None) or data["basis"].pop(gone, None)
        city.publish()
        assert city.run() == errors.TAMPERED

    def test_points_given_back_that_were_never_lost(self, city: City, capsys: Told) -> None:
        city.log.add("points.reversed", ref=1, pts=5, unit="d1-civil", et=START + DAY)
        city.publish()
        assert city.run() == errors.TAMPERED
        assert "points that were not lost" in capsys.readouterr().out

    def test_points_given_back_twice(self, city: City) -> None:
        back = next(parse(e) for e in city.log.entries if b"points.reversed" in e)
        city.log.add("points.reversed", **{k: back[k] for k in ("ref", "pts", "unit", "et")})
        city.publish()
        assert city.run() == errors.TAMPERED

    def test_a_case_that_leaves_no_figures(self, city: City, capsys: Told) -> None:
        city.publish(announce=False)
        of_case(city.log, "bad", "case.registered", {"et": START, "ch": "phone"})
        size, root = len(city.log.entries), city.log.edge().root().hex()
        path = city.directory / stats_path(MONTH)
        data = parse(path.read_bytes()) | {
            "basis": {"origin": logs.ORIGIN, "size": size, "root": root}
        }
        path.write_bytes(encode(data))
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        city.log.add("stats.published", period=MONTH, size=size, root=root, file=digest)
        assert city.run() == errors.TAMPERED
        assert "figures cannot be made of it" in capsys.readouterr().out

    def test_an_announcement_that_is_none(self, city: City) -> None:
        city.log.add("stats.published", period=MONTH, size="3", root="", file="")
        assert city.run() == errors.TAMPERED

    def test_a_file_announced_that_is_not_canonical(self, city: City) -> None:
        city.publish(announce=False)
        path = city.directory / stats_path(MONTH)
        data = path.read_bytes() + b" "
        path.write_bytes(data)
        digest = hashlib.sha256(data).hexdigest()
        city.log.add("stats.published", period=MONTH, size=3, root="0" * 64, file=digest)
        assert city.run() == errors.TAMPERED

    def test_a_rule_set_that_cannot_be_read(self, city: City) -> None:
        city.publish()
        path = city.directory / "rules" / f"{DIGEST}.json"
        path.write_bytes(b"{}")
        first = json.loads(city.log.entries[0])
        first["file"] = hashlib.sha256(b"{}").hexdigest()
        city.log.entries[0] = encode(first)
        assert city.run() in (errors.TAMPERED, errors.INCOMPLETE)


class TestBadCopy:
    def test_another_file_than_the_announced_one(self, city: City) -> None:
        city.publish()
        path = city.directory / stats_path(MONTH)
        path.write_bytes(path.read_bytes().replace(b'"closed":', b'"close":', 1))
        assert city.run() == errors.INCOMPLETE

    def test_no_file_or_no_announcement(self, city: City, capsys: Told) -> None:
        assert city.run() == errors.INCOMPLETE
        assert "announces no figures of this period" in capsys.readouterr().out
        city.publish()
        (city.directory / stats_path(MONTH)).unlink()
        assert city.run() == errors.INCOMPLETE

    @pytest.mark.parametrize("period", ["1405-13", "1405-07-31", "last week", "live.csv"])
    def test_a_period_that_is_none_is_mistyped(self, city: City, period: str) -> None:
        assert city.run("stats", str(city.directory), period) == errors.USAGE
        with pytest.raises(BadPeriod):
            parse_period(period)

    def test_a_period_in_digits_of_any_kind(self, city: City) -> None:
        city.publish()
        assert city.run("stats", str(city.directory), "۱۴۰۵-۰۷") == errors.OK

    def test_rules_that_are_not_the_named_ones(self, city: City) -> None:
        city.publish()
        path = city.directory / "rules" / f"{DIGEST}.json"
        path.write_bytes(path.read_bytes() + b" ")
        assert city.run() == errors.INCOMPLETE
        write_rules(city.directory)
        assert city.run() == errors.OK

    def test_the_witnesses_policy_is_not_here(self, city: City, capsys: Told) -> None:
        city.publish()
        city.log.write()
        keys = ["--vkey", str(LOG.vkey), "--jobs", "1"]
        assert main(["stats", str(city.directory), MONTH, *keys]) == errors.INCOMPLETE
        assert "policy of witnesses" in capsys.readouterr().out
        kept = city.directory / "policies" / f"{POLICY}.txt"
        kept.parent.mkdir()
        kept.write_text(POLICY_TEXT)
        assert main(["stats", str(city.directory), MONTH, *keys]) == errors.OK

    def test_years_before_are_missing(self, city: City) -> None:
        before = [{"origin": "x/1404", "size": 1, "root": "00"}]
        city.change = lambda data: data.update(before=before)
        city.publish()
        assert city.run() == errors.INCOMPLETE


class TestRevision:
    def late(self, city: City) -> int:
        """A leaf that comes after the figures and belongs to their period."""
        fields = {"pts": -4, "unit": "d2-civil", "clk": 1, "lvl": 2, "lvls": 1, "et": START + DAY}
        return of_case(city.log, "case 1", "case.overdue", fields | {"work": True})

    def test_it_says_what_it_revises_and_which_leaves_made_it(
        self, city: City, capsys: Told
    ) -> None:
        old = city.publish()
        leaf = self.late(city)
        city.publish(revises=old)
        assert city.run() == errors.OK
        paths = [str(city.directory / stats_path(MONTH, each)) for each in (0, 1)]
        revised = parse(Path(paths[1]).read_bytes())
        told = {"leaf": leaf, "what": "case.overdue", "unit": "d2-civil", "helps": False}
        assert told in revised["corrections"]
        assert city.run("diff", *paths, "--log", str(city.directory)) == errors.OK
        told = capsys.readouterr().out
        assert "totals.points: " in told
        assert "(-4)" in told
        assert f"leaf {leaf}  case.overdue  -" in told

    def test_a_correction_left_out(self, city: City) -> None:
        old = city.publish()
        self.late(city)
        city.change = lambda data: data.update(corrections=[])
        city.publish(revises=old)
        assert city.run() == errors.TAMPERED

    def test_it_revises_what_was_never_announced(self, city: City) -> None:
        city.publish()
        city.publish(revises="1" * 64)
        assert city.run() == errors.TAMPERED

    def test_file_and_log_differ_about_what_it_revises(self, city: City) -> None:
        old = city.publish()
        city.change = lambda data: data.update(revises="1" * 64)
        city.publish(revises=old)
        assert city.run() == errors.TAMPERED

    def test_two_files_of_one_period_are_compared(
        self, city: City, tmp_path: Path, capsys: Told
    ) -> None:
        city.publish()
        path, other = city.directory / stats_path(MONTH), tmp_path / "other.json"
        other.write_bytes(encode(parse(path.read_bytes()) | {"period": "1405-08"}))
        assert city.run("diff", str(path), str(other)) == errors.USAGE
        assert "figures of 1405-07 and of 1405-08" in capsys.readouterr().out
        made_up = {"rows": [{"code": str(at), "n": at} for at in range(1_200)]}
        other.write_bytes(encode(parse(path.read_bytes()) | made_up))
        assert city.run("diff", str(path), str(other)) == errors.TAMPERED
        assert "1 figures differ" in capsys.readouterr().out
        much = {f"k{at}": at for at in range(1_200)}
        other.write_bytes(encode(parse(path.read_bytes()) | much))
        assert city.run("diff", str(path), str(other)) == errors.TAMPERED
        assert "1,000 figures or more differ" in capsys.readouterr().out

    def test_figures_changed_in_silence(self, city: City, tmp_path: Path) -> None:
        city.publish()
        path = city.directory / stats_path(MONTH)
        other = tmp_path / "other.json"
        other.write_bytes(encode(parse(path.read_bytes()) | {"hidden": 9}))
        assert city.run("diff", str(path), str(other)) == errors.TAMPERED
        assert city.run("diff", str(path), str(path)) == errors.OK
        keys = ("--log", str(city.directory))
        assert city.run("diff", str(other), str(other), *keys) == errors.USAGE
        other.write_bytes(b"x")
        assert city.run("diff", str(path), str(other)) == errors.INCOMPLETE

    def test_two_copies_of_the_log(self, city: City, tmp_path: Path, capsys: Told) -> None:
        old = Log(tmp_path / "old")
        old.entries = city.log.entries[:]
        old.write()
        city.publish()
        city.log.write()
        assert city.run("diff", str(old.directory), str(city.directory)) == errors.OK
        assert "1405-07  stats/1405-07.json" in capsys.readouterr().out
        capsys.readouterr()
        assert city.run("diff", str(city.directory), str(old.directory)) == errors.INCOMPLETE
        assert "older than the one of" in capsys.readouterr().out, "the wrong way round"
        old.entries[5] = old.entries[6]
        old.write()
        both = (str(old.directory), str(city.directory))
        for copies in (both, both[::-1]):  # two that do not fit, however many leaves each has
            assert city.run("diff", *copies) == errors.TAMPERED

    def test_what_was_announced_before_is_not_told_again(
        self, tmp_path: Path, city: City, capsys: Told
    ) -> None:
        city.publish()
        old = Log(tmp_path / "old")
        old.entries = city.log.entries[:]
        old.write()
        city.log.add("stats.published", period="1405\x1b[2J\x9b\u202e", size=3, root="", file="")
        city.log.write()
        assert city.run("diff", str(old.directory), str(city.directory)) == errors.OK
        told = capsys.readouterr().out
        assert MONTH not in told
        assert r"1405\x1b[2J\x9b\u202e" in told, "a log does not steer a terminal"


def test_differences_are_told_by_code_and_place() -> None:
    old = {"a": 1, "rows": [{"code": "x", "n": 1}, {"code": "y", "n": 2}], "days": [1, 2]}
    new = {"b": 1, "rows": [{"code": "y", "n": 3}], "days": [1, 2, 3]}
    found = {change.path: (change.old, change.new) for change in changes(old, new)}
    assert found == {
        "a": (1, None),
        "b": (None, 1),
        "days[2]": (None, 3),
        "rows[x]": ({"code": "x", "n": 1}, None),
        "rows[y].n": (2, 3),
    }
    assert len(changes(old, new, 1)) == 1
    assert len(changes([1, 2], [3, 4], 1)) == 1
    assert changes(1, "1") == [("all of it", 1, "1")]
