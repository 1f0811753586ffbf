"""How leaves are shared between processes, read over years, and what is remembered of each case."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from peygir.verify import tallies
from peygir.verify.canonical import encode
from peygir.verify.errors import Incomplete, Tampered
from peygir.verify.figures import Basis, figures
from peygir.verify.fold import Fold
from peygir.verify.folding import (
    RuleBook,
    Shard,
    anchored,
    anchors_in,
    entries_of,
    entries_with,
    fold_logs,
    fold_share,
    merge_folds,
    named_policy,
)
from peygir.verify.logcheck import check_log
from peygir.verify.matters import Matter, Matters
from peygir.verify.months import day_name_of, jalali_of, live_period, new_year, parse_period
from peygir.verify.rules import read_rules
from peygir.verify.statistics import AskedFigures, announced, check_figures, stats_path
from peygir.verify.tallies import ALL, Day, Month, Tallies, quantile
from peygir.verify.tiles import Reader
from tests.verify import logs
from tests.verify.fortnight import DAY, DIGEST, START, fortnight, of_case, write_rules
from tests.verify.logs import AT, Key, Log

pytestmark = pytest.mark.requirement("T13")

DIMS = ("d1-civil", "d1-civil-head", "1", "streets", "civil", "request")
MEHR = parse_period("1405-07")


def made(fold: Fold) -> bytes:
    return encode(figures(fold, MEHR, Basis("x", 1, "")))


class TestShares:
    def test_shares_put_together_are_the_whole(self, tmp_path: Path) -> None:
        log = fortnight(tmp_path, cases=30)
        shards = [Shard(log.write(), len(log.entries))]
        seen = anchored(shards, logs.policy())
        watch = (MEHR.first, MEHR.end, 0)
        whole = fold_share(shards, seen, watch, 1, 0)
        parts = [fold_share(shards, seen, watch, 3, share) for share in range(3)]
        assert made(parts[0]) != made(whole)
        for part in parts[1:]:
            assert len(part.matters) == len(part.matters.open), "closed ones stay where they are"
            merge_folds(parts[0], part)
        assert made(parts[0]) == made(whole)
        assert parts[0].changed == whole.changed
        assert {part.said for part in parts} == {whole.said}

    def test_only_the_leaves_that_count_are_read(self, tmp_path: Path) -> None:
        log = fortnight(tmp_path, cases=60)
        assert len(log.entries) > 256
        log.write()
        for size in (3, 256):
            found = list(entries_of(Shard(tmp_path, size, len(log.entries))))
            assert found == list(enumerate(log.entries[:size]))

    def test_bundles_without_a_mark_are_passed_over(self, tmp_path: Path) -> None:
        log = fortnight(tmp_path, cases=60)
        at = len(log.entries)
        log.add("key.noted", about={"t": "x.marked"})
        shard = Shard(log.write(), at + 1)
        mark = b'"t":"x.marked"'
        assert list(entries_with(shard, mark)) == [(at, log.entries[at])]
        assert [index for index, _ in entries_of(shard, mark)] == list(range(at & ~255, at + 1))


class TestAnchors:
    def test_only_what_a_quorum_saw_bounds_times(self, tmp_path: Path) -> None:
        log = Log(tmp_path)
        log.add("key.noted", about={"t": "cp.anchored"})
        log.add("key.noted", about={"t": "cp.anchored"}, note=3)
        log.anchor(times=[AT])
        log.anchor(times=[AT, AT + 1])
        log.write()
        shards = [Shard(tmp_path, 4), Shard(tmp_path, 4)]
        assert anchored(shards, logs.policy()) == [(3, AT + 1), (7, AT + 1)]

    def test_the_end_of_the_year_before_times_no_leaf_of_this_one(self, tmp_path: Path) -> None:
        """A log begins with the cosigned end of the one before, which may be far larger."""
        old = logs.city(tmp_path / "1405", cases=20)
        new = Log(tmp_path / "1406", "ledger.example/137/1406")
        new.anchor(old.checkpoint(times=[AT] * 3))
        new.add("key.noted")
        new.anchor(signers=[Key(new.origin)], times=[AT + DAY] * 3)
        new.add("key.noted")
        size = len(old.entries)
        shards = [Shard(old.write(), size), Shard(new.write(), 4)]
        seen = anchored(shards, logs.policy())
        assert seen[-1] == (size + 2, AT + DAY)
        assert all(leaves <= size + 2 for leaves, _ in seen)

    def test_what_the_check_of_the_logs_found_need_not_be_found_again(self, tmp_path: Path) -> None:
        old = logs.city(tmp_path / "1405", cases=20)
        new = Log(tmp_path / "1406", "ledger.example/137/1406")
        new.anchor(old.checkpoint(times=[AT] * 3))
        new.add("key.noted")
        new.anchor(signers=[Key(new.origin)], times=[AT + DAY])
        new.anchor(signers=[Key(new.origin)], times=[AT + DAY] * 3)
        shards = [Shard(old.write(), len(old.entries)), Shard(new.write(), 4)]
        keys = (logs.LOG.vkey, Key(new.origin).vkey)
        checked = check_log(new.directory, logs.asked(keys=keys), [old.directory])
        policy = logs.policy()
        assert checked.anchors == {
            each.directory: tuple(anchors_in(each, policy)) for each in shards
        }
        assert [len(found) for found in checked.anchors.values()] == [2, 1]
        whole = anchored(shards, policy)
        assert anchored(shards, policy, checked.anchors) == whole
        part = [Shard(old.directory, 30, len(old.entries)), shards[1]]
        assert anchored(part, policy, checked.anchors) == anchored(part, policy) != whole

    def test_a_policy_that_is_none(self, tmp_path: Path) -> None:
        digest = hashlib.sha256(b"x").hexdigest()
        with pytest.raises(Incomplete, match="it cannot be read"):
            named_policy(tmp_path, digest, b"x")
        with pytest.raises(Incomplete, match="is not here"):
            named_policy(tmp_path, digest, b"y")
        assert named_policy(tmp_path, "", b"y") is None


class TestRules:
    def test_they_are_read_from_the_year_that_has_them(self, tmp_path: Path) -> None:
        file = write_rules(tmp_path / "a")
        book = RuleBook([tmp_path / "a", tmp_path / "b"])
        leaf = {"digest": DIGEST, "file": file}
        assert book(leaf).digest == DIGEST
        assert book(leaf) is book(leaf)

    @pytest.mark.parametrize("digest", ["../x", "", "a" * 129])
    def test_a_name_that_is_no_digest(self, tmp_path: Path, digest: str) -> None:
        with pytest.raises(Tampered, match="it names no file"):
            read_rules(Reader(tmp_path), {"digest": digest, "file": "x"})

    @pytest.mark.parametrize("data", [b"{}", b"x"])
    def test_a_file_that_says_too_little(self, tmp_path: Path, data: bytes) -> None:
        (tmp_path / "rules").mkdir()
        (tmp_path / "rules" / "a1.json").write_bytes(data)
        leaf = {"digest": "a1", "file": hashlib.sha256(data).hexdigest()}
        with pytest.raises(Tampered, match="it cannot be read"):
            read_rules(Reader(tmp_path), leaf)


class TestYears:
    """Figures that rest on the log of the year before too."""

    @pytest.fixture
    def years(self, tmp_path: Path) -> tuple[Log, Log]:
        old, new = Log(tmp_path / "1404"), Log(tmp_path / "1405")
        given = {"digest": DIGEST, "file": write_rules(old.directory), "from": 0}
        old.add("ruleset.published", **given)
        first = {"ch": "phone", "unit": "d1-civil", "et": START, "due": START + DAY, "sla": DAY}
        of_case(old, "a", "case.registered", first)
        late = {"clk": 1, "pts": -2, "unit": "d1-civil", "et": START + DAY}
        of_case(old, "a", "case.overdue", late)
        new.ends = dict(old.ends)
        old.add("key.noted")
        of_case(new, "a", "case.closed", {"end": "exception", "et": START + 2 * DAY})
        return old, new

    def publish(self, old: Log, new: Log, **basis: Any) -> AskedFigures:
        root = old.edge(3).root().hex()
        before = [Shard(old.write(), 3, len(old.entries))]
        new.write()
        size, spelled = len(new.entries), new.edge().root().hex()
        fold = fold_logs([*before, Shard(new.directory, size)], None)
        rests = Basis("n", size, spelled, (("o", basis.get("count", 3), basis.get("root", root)),))
        data = encode(figures(fold, MEHR, rests))
        path = new.directory / stats_path(MEHR.name)
        path.parent.mkdir()
        path.write_bytes(data)
        told = {"period": MEHR.name, "size": size, "root": spelled}
        new.add("stats.published", **told, file=hashlib.sha256(data).hexdigest())
        new.write()
        return AskedFigures(new.directory, MEHR.name, (old.directory,))

    def test_both_years_give_them(self, years: tuple[Log, Log]) -> None:
        old, new = years
        new.add(
            "points.reversed", ref=2, pts=2, unit="d1-civil", et=START + 2 * DAY
        )  # lost in the year before
        agreed = check_figures(self.publish(old, new), len(new.entries))
        assert agreed.data["before"] == [
            {"origin": "o", "size": 3, "root": old.edge(3).root().hex()}
        ]
        totals = agreed.data["totals"]
        assert (totals["registered"], totals["closed"], totals["points_reversed"]) == (1, 1, 2)

    @pytest.mark.parametrize("basis", [{"count": 5}, {"root": "0" * 64}])
    def test_another_year_than_they_rest_on(
        self, years: tuple[Log, Log], basis: dict[str, Any]
    ) -> None:
        asked = self.publish(*years, **basis)
        with pytest.raises(Incomplete, match="not the log that the figures rest on"):
            check_figures(asked, len(years[1].entries))

    def test_points_of_a_leaf_that_is_not_there(self, years: tuple[Log, Log]) -> None:
        old, new = years
        new.add("points.reversed", ref=99, pts=2, unit="d1-civil", et=START)
        with pytest.raises(Tampered, match="points that were not lost"):
            check_figures(self.publish(old, new), len(new.entries))

    def test_a_leaf_that_only_speaks_of_an_announcement_is_none(self, tmp_path: Path) -> None:
        log = Log(tmp_path)
        log.add("key.noted", about={"t": "stats.published"})
        log.write()
        assert announced(tmp_path, 1) == []


class TestMatters:
    def matter(self) -> Matter:
        matter = Matter()
        matter.dims, matter.channel, matter.word = DIMS, "phone", "partly"
        matter.opened, matter.due, matter.cycle, matter.is_late = START, START + DAY, 2, True
        return matter

    def test_a_store_gives_back_what_it_was_given(self) -> None:
        again = Matter.again(self.matter().plain())
        assert again.plain() == self.matter().plain()
        assert again.dims == DIMS

    def test_a_closed_one_is_packed_and_comes_back(self) -> None:
        matters, closed = Matters(), self.matter()
        closed.is_open = False
        matters.put("a" * 22, closed)
        matters.put("b" * 22, self.matter())
        assert len(matters) == 2
        assert [case for case, _ in matters.pending()] == ["b" * 22]
        found = matters.get("a" * 22)
        assert found is not None
        assert found.plain() == closed.plain()
        matters.put("a" * 22, found)
        matters.forget_closed()
        assert matters.get("a" * 22) is None
        assert len(matters) == 1


class TestTallies:
    def test_days_and_months_go_to_a_store_and_back(self) -> None:
        found = Tallies(0)
        found.count(20_600, DIMS, "closed", 3)
        found.span(20_600, DIMS, DAY)
        found.month(20_600).cost("d1", "timely", [5, 1, "a", START])
        found.settle()
        day, month = found.day(20_600), found.month(20_600)
        assert day.cell("unit", "d1-civil") == {"closed": 3}
        assert Day.load(day.dump()).dump() == day.dump()
        assert Month.load(month.dump()).dump() == month.dump()
        assert (found.first_day(), found.last_day()) == (20_600, 20_600)
        assert (Tallies(0).first_day(), Tallies(0).last_day()) == (0, 0)

    def test_a_month_that_only_the_other_has_is_taken_over(self) -> None:
        mine, other = Tallies(0), Tallies(0)
        for each in (mine, other):
            each.count(20_600, DIMS, "closed")
        other.count(20_700, DIMS, "closed", 2)
        mine.merge(other)
        assert [mine.month(day).total["closed"] for day in (20_600, 20_700)] == [2, 2]
        assert mine.day(20_700).cell("unit", "d1-civil") == {"closed": 2}

    def test_what_has_no_code_stands_with_the_city_only(self) -> None:
        found = Tallies(0)
        found.span(20_600, ("",) * 6, 64)
        assert found.month(20_600).spans == {ALL: {"": {"64": 1}}}

    def test_what_waits_is_added_once_when_there_is_much_of_it(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tallies, "_WAITING_MAX", 2)
        found = Tallies(0)
        for day in (1, 2, 3, 1):
            found.count(day, DIMS, "closed")
        found.settle()
        assert [found.day(day).cell(ALL, "")["closed"] for day in (1, 2, 3)] == [2, 1, 1]
        found.settle()
        assert found.month(1).total["closed"] == 4

    def test_shares_of_scores_wait_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tallies, "_WAITING_MAX", 1)
        found = Tallies(0)
        for term, worth in (("1", 5), ("2", 7), ("1", 9)):
            found.part(20_600, DIMS, "timely", worth, terms=(f"d1-civil-head|{term}",))
        found.settle()
        month = found.month(20_600)
        assert month.parts == {"d1-civil|civil|streets": {"timely": 21, "timely_n": 3}}
        assert month.posts == {"d1-civil-head|civil": {"timely": 21, "timely_n": 3}}
        assert month.term_parts == {
            "d1-civil-head|1|civil": {"timely": 14, "timely_n": 2},
            "d1-civil-head|2|civil": {"timely": 7, "timely_n": 1},
        }

    def test_a_part_of_nothing_is_nothing(self) -> None:
        assert quantile({}, 1, 2) is None
        assert quantile({"64": 0}, 1, 2) is None
        assert quantile({"64": 1, "70": 1}, 9, 10) == 70


@pytest.mark.requirement("T12")
def test_every_day_of_two_centuries_has_its_name() -> None:
    year, month, within = 1300, 1, 1
    for day in range(new_year(1300), new_year(1460)):
        assert jalali_of(day) == (year, month, within)
        name = f"{year}-{month:02}-{within:02}"
        assert day_name_of(day) == name
        within += 1
        ends = new_year(year + 1) == day + 1
        if ends or (month <= 11 and within > (31 if month <= 6 else 30)):
            month, within = (1, 1) if ends else (month + 1, 1)
            year += ends
    assert year == 1460
    assert parse_period("1405-07-12").first == parse_period("1405-07").first + 11
    assert live_period(MEHR.first + 3).end == MEHR.first + 4
