"""Each question against a plain count over the cases themselves."""

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, get_args

import h3
import pytest

from peygir.analysis import asking
from peygir.analysis.asking import Dimension, Filter, Rows, narrowed
from peygir.analysis.cells import boundary, read
from peygir.analysis.models import Brief
from peygir.analysis.places import scores
from peygir.calendars.jalali import to_jalali
from peygir.cases.models import Case, Referral
from peygir.evaluation.satisfaction import wilson
from peygir.policy.model import CityPolicy
from peygir.verify.tallies import step_of
from tests.analysis.lived import NOON, SINCE, UNTIL, handed_over, is_late, local_day, slot
from tests.city import Story

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("S19")]

CODE: dict[Dimension, Callable[[Case], str]] = {
    "category": lambda case: case.category,
    "district": lambda case: str(case.district or ""),
    "unit": lambda case: case.executive_unit,
    "channel": lambda case: case.channel,
    "kind": lambda case: case.kind,
    "ending": lambda case: case.ending,
}


def cases() -> list[Case]:
    return [*Case.objects.filter(sealed=False)]


def waited_s(case: Case) -> int:
    assert case.closed_at is not None
    return int((case.closed_at - case.opened_at) / timedelta(seconds=1))


@pytest.fixture
def autumn(qom: CityPolicy, town: list[Story]) -> Filter:
    """Four weeks, so that cases were opened before and closed within, or after."""
    return narrowed(qom, since=date(2026, 10, 10), until=date(2026, 11, 7))


class TestTrend:
    def test_each_day_has_its_cases(self, autumn: Filter) -> None:
        moments = asking.trend(autumn)
        assert [m.day for m in moments] == [autumn.since + timedelta(n) for n in range(28)]
        opened = Counter(local_day(case.opened_at) for case in cases())
        closed = Counter(local_day(case.closed_at) for case in cases() if case.closed_at)
        late = Counter(local_day(case.opened_at) for case in cases() if is_late(case))
        assert sum(late.values()) > 3
        for m in moments:
            assert (m.opened, m.closed, m.late) == (opened[m.day], closed[m.day], late[m.day])

    def test_weeks_begin_on_saturday_and_the_first_where_the_span_begins(
        self, whole: Filter
    ) -> None:
        days = [m.day for m in asking.trend(whole, "week")]
        assert days[:2] == [SINCE, date(2026, 9, 5)]
        assert {day.weekday() for day in days[1:]} == {5}

    @pytest.mark.usefixtures("town")
    def test_months_are_those_of_the_citys_calendar(self, whole: Filter) -> None:
        months = asking.trend(whole, "month")
        assert [to_jalali(m.day)[1] for m in months] == [6, 7, 8, 9, 10]
        assert all(to_jalali(m.day)[2] == 1 for m in months[1:])
        opened = Counter(to_jalali(local_day(case.opened_at))[1] for case in cases())
        assert [m.opened for m in months] == [opened[m] for m in (6, 7, 8, 9, 10)]

    def test_a_case_just_after_midnight_is_of_the_new_day(self, qom: CityPolicy) -> None:
        from tests.analysis.lived import kept

        Story(qom, at=NOON.replace(hour=20, minute=29))  # 23:59 in Tehran
        Story(qom, at=NOON.replace(hour=20, minute=30))
        kept(NOON + timedelta(days=1))
        found = asking.trend(narrowed(qom, since=date(2026, 11, 21), until=date(2026, 11, 23)))
        assert [m.opened for m in found] == [1, 1]


@pytest.mark.usefixtures("town")
class TestSums:
    def test_each_code_has_its_cases(self, autumn: Filter) -> None:
        for dimension in get_args(Dimension):
            self.is_right(autumn, dimension)

    def is_right(self, autumn: Filter, dimension: Dimension) -> None:
        found = asking.by(autumn, dimension)
        code = CODE[dimension]
        mine = [case for case in cases() if within(case.opened_at, autumn)]
        closed = [c for c in cases() if c.closed_at and within(c.closed_at, autumn)]
        assert Counter({s.code: s.opened for s in found}) == Counter(map(code, mine))
        assert Counter({s.code: s.closed for s in found}) == Counter(map(code, closed))
        late = Counter(code(case) for case in mine if is_late(case))
        assert Counter({s.code: s.late for s in found}) == late
        again = Counter(code(case) for case in mine if case.cycle > 1)
        assert Counter({s.code: s.again for s in found}) == again
        assert [s.opened for s in found] == sorted((s.opened for s in found), reverse=True)
        for each in found:
            spans = sorted(step_of(waited_s(c)) for c in closed if code(c) == each.code)
            half = spans[math.ceil(len(spans) / 2) - 1] if spans else None
            assert each.waited_median_s == half

    def test_sums_over_any_dimension_are_the_same(self, autumn: Filter, qom: CityPolicy) -> None:
        for asked in (autumn, replace(autumn, district=2), replace(autumn, channel="web")):
            totals = {
                (
                    sum(s.opened for s in found),
                    sum(s.closed for s in found),
                    sum(s.late for s in found),
                )
                for found in (asking.by(asked, each) for each in get_args(Dimension))
            }
            moments = asking.trend(asked)
            assert totals == {
                (
                    sum(m.opened for m in moments),
                    sum(m.closed for m in moments),
                    sum(m.late for m in moments),
                )
            }
            [(opened, _, _)] = totals
            assert sum(map(sum, asking.rhythm(asked))) == opened > 0

    @pytest.mark.parametrize("parts", [{}, {"channel": "phone"}, {"district": 2, "kind": "report"}])
    def test_the_overview_is_what_its_questions_give(
        self, qom: CityPolicy, parts: dict[str, Any]
    ) -> None:
        """However few times it reads the rows."""
        for since, until in ((SINCE, UNTIL), (date(2026, 10, 7), date(2026, 10, 21))):
            asked = narrowed(qom, since=since, until=until, **parts)
            for step in get_args(asking.Step):
                found = asking.overview(asked, step, get_args(Dimension))
                assert sum(map(sum, found.rhythm)) > 0
                assert found.moments == asking.trend(asked, step)
                assert found.rhythm == asking.rhythm(asked)
                for dimension in get_args(Dimension):
                    assert found.sums[dimension] == asking.by(asked, dimension)
            again = asking.again_of(found.sums["unit"])
            assert again == asking.second_cycles(asked, "unit")

    def test_the_rhythm_is_by_weekday_and_hour(self, autumn: Filter) -> None:
        found = asking.rhythm(autumn)
        slots = Counter(slot(c.opened_at) for c in cases() if within(c.opened_at, autumn))
        assert [(d, h) for d in range(7) for h in range(24) if found[d][h]] == [
            divmod(each, 24) for each in sorted(slots)
        ]
        assert all(found[each // 24][each % 24] == n for each, n in slots.items())

    def test_second_cycles_come_with_their_interval(self, autumn: Filter) -> None:
        mine = [case for case in cases() if within(case.opened_at, autumn)]
        for dimension in ("unit", "category"):
            found = asking.second_cycles(autumn, dimension)
            assert Counter({s.code: s.n for s in found}) == Counter(map(CODE[dimension], mine))
            assert sum(s.again for s in found) == sum(case.cycle > 1 for case in mine) > 0
            for each in found:
                assert each.share == each.again / each.n
                assert (each.low, each.high) == pytest.approx(wilson(each.again, each.n))


def within(at: Any, asked: Filter) -> bool:
    return asked.since <= local_day(at) < asked.until


@pytest.mark.usefixtures("town")
class TestFilters:
    """Every part narrows every question, and the rows behind it, to the same cases."""

    FILTERS = (
        {"district": 2},
        {"category": "W01"},
        {"group": "waste"},
        {"unit": "d1"},
        {"unit": "deputy-services"},
        {"channel": "web"},
        {"kind": "report"},
        {"district": 1, "group": "waste", "channel": "phone"},
        {"group": "no-such"},
        {"unit": "no-such"},
    )

    def test_all_speak_of_the_same_cases(self, qom: CityPolicy) -> None:
        for parts in self.FILTERS:
            self.is_right(qom, parts)

    def is_right(self, qom: CityPolicy, parts: dict[str, Any]) -> None:
        asked = narrowed(qom, since=SINCE, until=UNTIL, **parts)
        mine = {case.pk for case in cases() if self.fits(qom, case, **parts)}
        assert set(asking.cases(asked, 1000)) == mine
        assert sum(m.opened for m in asking.trend(asked, "month")) == len(mine)
        assert sum(s.opened for s in asking.by(asked, "ending")) == len(mine)
        assert sum(s.n for s in asking.second_cycles(asked)) == len(mine)
        assert sum(w.cases for w in asking.waits(asked)) == len(mine)
        assert {s.case_id for s in asking.longest(asked, 1000)} == mine
        events = {case.pk for case in cases() if case.pk in mine and case.lead_id is None}
        placed = [c for c in cases() if c.pk in events and c.lat_e6 is not None]
        assert sum(c.n for c in asking.hot_spots(asked)) == len(placed)
        places = asking.recurring(asked, least=1, limit=1000)
        assert sorted(i for p in places for i in p.case_ids) == sorted(c.pk for c in placed)

    def fits(
        self,
        policy: CityPolicy,
        case: Case,
        *,
        district: int | None = None,
        category: str = "",
        group: str = "",
        unit: str = "",
        channel: str = "",
        kind: str = "",
    ) -> bool:
        above = policy.organisation.ancestors(case.executive_unit)
        return (
            (district is None or case.district == district)
            and category in ("", case.category)
            and group in ("", policy.categories[case.category].group)
            and (not unit or unit in above)
            and channel in ("", case.channel)
            and kind in ("", case.kind)
        )


@pytest.mark.usefixtures("town")
class TestPlaces:
    def test_cells_of_every_size_hold_the_cases_in_them(self, autumn: Filter) -> None:
        mine = [
            case
            for case in cases()
            if within(case.opened_at, autumn) and case.lead_id is None and case.lat_e6 is not None
        ]
        fine = [h3.latlng_to_cell(case.lat_e6 / 1e6, case.lon_e6 / 1e6, 10) for case in mine]
        for resolution in (7, 8, 9, 10):
            counts = Counter(h3.cell_to_parent(cell, resolution) for cell in fine)
            found = asking.hot_spots(autumn, resolution)
            assert Counter({c.cell: c.n for c in found}) == counts
            assert all(read(c.cell)[1] == resolution for c in found)
            # The span is under half a year, and a year ago there was nothing.
            assert {c.before for c in found} == {0}

    def test_a_long_span_is_compared_with_the_one_before_it(self, qom: CityPolicy) -> None:
        half = narrowed(qom, since=date(2026, 11, 1), until=date(2027, 11, 1))
        found = asking.hot_spots(half)
        earlier = [
            case
            for case in cases()
            if local_day(case.opened_at) < half.since
            and case.lead_id is None
            and case.lat_e6 is not None
        ]
        assert sum(c.before for c in found) == len(earlier) > 0

    @pytest.mark.requirement("S17")
    def test_one_subject_at_one_place_again_and_again(self, whole: Filter) -> None:
        groups: dict[tuple[str, str], list[Case]] = {}
        for case in cases():
            if case.lead_id is None and case.lat_e6 is not None and case.lon_e6 is not None:
                cell = h3.latlng_to_cell(case.lat_e6 / 1e6, case.lon_e6 / 1e6, 10)
                groups.setdefault((cell, case.category), []).append(case)
        wanted = {key: mine for key, mine in groups.items() if len(mine) >= 3}
        found = asking.recurring(whole)
        assert {(p.cell, p.category) for p in found} == set(wanted)
        assert len(found) > 3
        assert [p.n for p in found] == sorted((p.n for p in found), reverse=True)
        for place in found:
            mine = wanted[place.cell, place.category]
            days = [local_day(case.opened_at) for case in mine]
            assert place.n == len(mine)
            assert place.open == sum(case.closed_at is None for case in mine)
            assert (place.first, place.last) == (min(days), max(days))
            assert place.reporters == sum(case.reporters for case in mine)
            assert place.again == sum(case.cycle > 1 for case in mine)
            newest = sorted(mine, key=lambda c: (local_day(c.opened_at), c.pk), reverse=True)
            assert [*place.case_ids] == [case.pk for case in newest]

    def test_only_the_newest_cases_of_a_place_are_named(self, whole: Filter) -> None:
        first = Brief.objects.filter(cell__isnull=False, merged=False)[0]
        for n in range(30):
            first.pk = n + 1
            first.save(force_insert=True)
        top = asking.recurring(whole, limit=1)
        assert len(top) == 1
        assert (top[0].n >= 31, len(top[0].case_ids)) == (True, 20)


class TestScores:
    def test_a_hot_corner_stands_out(self) -> None:
        middle = h3.latlng_to_cell(34.64, 50.88, 9)
        counts = {int(cell, 16): 1 for cell in h3.grid_disk(middle, 6)}
        hot = {int(cell, 16) for cell in h3.grid_disk(middle, 1)}
        counts |= dict.fromkeys(hot, 20)
        found = scores(counts)
        assert max(found, key=lambda cell: found[cell]) == int(middle, 16)
        assert found[int(middle, 16)] > 5
        edge = int(h3.grid_ring(middle, 6)[0], 16)
        assert found[edge] < 0

    def test_it_is_the_formula_of_getis_and_ord(self) -> None:
        middle = h3.latlng_to_cell(34.64, 50.88, 9)
        cells = [int(cell, 16) for cell in h3.grid_disk(middle, 3)]
        counts = {cell: at * at % 11 for at, cell in enumerate(cells)}
        n, mean = len(counts), sum(counts.values()) / len(counts)
        deviation = math.sqrt(sum(x * x for x in counts.values()) / n - mean**2)
        near = [counts[int(cell, 16)] for cell in h3.grid_disk(middle, 1)]
        w = len(near)
        wanted = (sum(near) - mean * w) / (deviation * math.sqrt((n * w - w * w) / (n - 1)))
        assert scores(counts)[int(middle, 16)] == pytest.approx(wanted, abs=0.005)

    @pytest.mark.parametrize("n", [0, 1, 2])
    def test_nothing_stands_out_of_next_to_nothing(self, n: int) -> None:
        middle = h3.latlng_to_cell(34.64, 50.88, 9)
        counts = {int(cell, 16): 3 for cell in h3.grid_disk(middle, 1)[:n]}
        assert set(scores(counts).values()) <= {0.0}


class TestCells:
    def test_a_written_cell_has_corners(self) -> None:
        cell = h3.latlng_to_cell(34.64, 50.88, 9)
        assert boundary(cell) == [*h3.cell_to_boundary(cell)]
        assert read(cell) == (int(cell, 16), 9)

    @pytest.mark.parametrize(
        "text",
        ["", "x", "8a2cf268368fff", "zz2cf268368ffff", "8f2cf268368ffff", "0" * 15, "a" * 400],
    )
    def test_what_is_no_cell_is_refused(self, text: str) -> None:
        with pytest.raises(ValueError, match="no cell"):
            read(text)


@pytest.mark.usefixtures("town")
class TestFlowsAndWaits:
    def test_hand_overs_between_units(self, whole: Filter) -> None:
        found = asking.flows(whole)
        assert {(f.from_unit, f.to_unit): f.n for f in found} == handed_over()
        assert len(found) > 5

    def test_they_follow_the_filters_that_are_kept_of_them(
        self, whole: Filter, qom: CityPolicy
    ) -> None:
        total = sum(f.n for f in asking.flows(whole))
        parts = [asking.flows(replace(whole, district=n)) for n in (1, 2, 3)]
        assert sum(f.n for part in parts for f in part) == total
        waste = asking.flows(narrowed(qom, since=SINCE, until=UNTIL, group="waste"))
        one, two = (asking.flows(replace(whole, category=code)) for code in ("W01", "W02"))
        assert sum(f.n for f in waste) == sum(f.n for f in [*one, *two]) > 0
        of_one = asking.flows(narrowed(qom, since=SINCE, until=UNTIL, unit="d1"))
        assert of_one
        assert all(f.from_unit.startswith("d1") or f.to_unit.startswith("d1") for f in of_one)

    def test_behind_each_flow_are_its_cases(self, whole: Filter) -> None:
        for flow in asking.flows(whole):
            rows = Rows(giver=flow.from_unit, taker=flow.to_unit)
            found = asking.cases(whole, 1000, rows=rows)
            mine = set()
            for case in cases():
                path = Referral.objects.filter(case=case, role="lead").order_by("number")
                units = [*path.values_list("unit", flat=True)]
                if (flow.from_unit, flow.to_unit) in pairwise(units):
                    mine.add(case.pk)
            assert set(found) == mine

    def test_where_the_longest_stays_arose(self, autumn: Filter) -> None:
        seconds: Counter[tuple[str, str]] = Counter()
        held: Counter[tuple[str, str]] = Counter()
        stays = {}
        for case in cases():
            if not within(case.opened_at, autumn):
                continue
            mine = Referral.objects.filter(case=case, role="lead").order_by("number")
            # One that lasts counts to the turn of the worker, and goes before one as long.
            longest = max(
                mine,
                key=lambda r: (
                    int(((r.closed_at or NOON) - r.opened_at).total_seconds()),
                    r.closed_at is None,
                    -r.number,
                ),
            )
            span = int(((longest.closed_at or NOON) - longest.opened_at).total_seconds())
            key = (longest.stage, longest.unit)
            seconds[key] += span
            held[key] += 1
            stays[case.pk] = (span, longest.closed_at is None)
        found = asking.waits(autumn)
        assert {(w.stage, w.unit): w.seconds for w in found} == seconds
        assert {(w.stage, w.unit): w.cases for w in found} == held
        assert sum(w.share for w in found) == pytest.approx(1)
        named = asking.longest(autumn, 1000)
        assert {s.case_id: (s.seconds, s.lasts) for s in named} == stays
        assert [s.seconds for s in named] == sorted((s.seconds for s in named), reverse=True)
        first = found[0]
        there = asking.longest(autumn, 1000, stage=first.stage, unit=first.unit)
        assert len(there) == first.cases
        assert sum(s.seconds for s in there) == first.seconds


@pytest.mark.usefixtures("town")
class TestRows:
    """As many rows as the number says."""

    def test_behind_each_hour(self, autumn: Filter) -> None:
        for day, hours in enumerate(asking.rhythm(autumn)):
            for hour, n in enumerate(hours):
                if n:
                    rows = Rows(hour=day * 24 + hour)
                    assert len(asking.cases(autumn, rows=rows)) == n

    def test_behind_each_sum(self, autumn: Filter) -> None:
        for each in asking.by(autumn, "district"):
            mine = replace(autumn, district=int(each.code))
            assert len(asking.cases(mine)) == each.opened
            assert len(asking.cases(mine, rows=Rows(counted="closed"))) == each.closed
            assert len(asking.cases(mine, rows=Rows(late=True))) == each.late
            assert len(asking.cases(mine, rows=Rows(again=True))) == each.again
        for each in asking.by(autumn, "ending"):
            rows = Rows(ending=each.code)
            assert len(asking.cases(autumn, rows=rows)) == each.opened

    def test_behind_each_cell_and_place(self, autumn: Filter) -> None:
        for resolution in (7, 9, 10):
            for cell in asking.hot_spots(autumn, resolution):
                rows = Rows(cell=cell.cell, problems=True)
                assert len(asking.cases(autumn, rows=rows)) == cell.n
        for place in asking.recurring(autumn, least=1):
            mine = replace(autumn, category=place.category)
            rows = Rows(cell=place.cell, problems=True, still_open=True)
            assert len(asking.cases(mine, rows=rows)) == place.open

    def test_what_is_not_sorted_yet(self, qom: CityPolicy, whole: Filter) -> None:
        from tests.analysis.lived import kept

        raw = Story(qom, category="", district=None).case.id
        kept(NOON + timedelta(minutes=1))
        for rows in (Rows(unsorted=True), Rows(nowhere=True)):
            assert asking.cases(whole, rows=rows) == [raw]
        unit = Brief.objects.get(pk=raw).unit
        assert (raw in asking.cases(whole, 1000, rows=Rows(nobodys=True))) == (unit == "")
        codes = {s.code: s.opened for s in asking.by(whole, "category")}
        assert codes[""] == 1

    def test_the_newest_come_first_and_no_more_than_asked_for(self, whole: Filter) -> None:
        found = asking.cases(whole, 5)
        days = [Brief.objects.get(pk=pk).day for pk in asking.cases(whole, 1000)]
        assert len(found) == 5
        assert days == sorted(days, reverse=True)

    def test_a_bad_cell_is_refused(self, whole: Filter) -> None:
        with pytest.raises(ValueError, match="no cell"):
            asking.cases(whole, rows=Rows(cell="1' or true --"))
