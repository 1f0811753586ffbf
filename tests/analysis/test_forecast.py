"""The next week's load: against series whose truth is known, and what holds for any series."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peygir.analysis import forecast as module
from peygir.analysis.factors import is_holiday
from peygir.analysis.forecast import forecast, shares
from peygir.calendars.working import weekday
from tests.analysis.made import HOLIDAY, TODAY, WEEK, made, office

SEEDS = range(48)

counts = st.lists(st.integers(0, 400), min_size=28, max_size=90)


def series(numbers: list[int]) -> dict[date, int]:
    """Those days up to yesterday."""
    first = TODAY - timedelta(days=len(numbers))
    return {first + timedelta(days=at): n for at, n in enumerate(numbers)}


@pytest.mark.requirement("S26")
@pytest.mark.slow
@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_four_days_in_five_lie_within_the_interval(noise: float) -> None:
    inside = days = 0
    for seed in SEEDS:
        city = made(seed, noise=noise)
        found = forecast(city.known, city.calendar, TODAY)
        assert found is not None
        inside += sum(one.low <= city.days[one.day] <= one.high for one in found.days)
        days += len(found.days)
    assert 0.72 <= inside / days <= 0.88  # of 336 days; chance moves this by 0.02


@pytest.mark.requirement("S26")
def test_the_truth_is_found_within_a_few_in_a_hundred() -> None:
    off = []
    for seed in range(12):
        city = made(seed)
        found = forecast(city.known, city.calendar, TODAY)
        assert found is not None
        off += [abs(one.expected / city.truth[one.day] - 1) for one in found.days]
    assert sum(off) / len(off) < 0.03
    assert max(off) < 0.15  # of a day of 55 cases, eight


def test_weekdays_and_holidays_are_found() -> None:
    city = made(1)
    found = forecast(city.known, city.calendar, TODAY)
    assert found is not None
    assert found.factors.weekdays == pytest.approx(WEEK, abs=0.06)
    assert found.factors.holiday == pytest.approx(HOLIDAY, abs=0.08)
    assert found.level == pytest.approx(200, rel=0.05)
    assert found.weeks == 53


def test_the_proof_says_how_well_it_went_and_beats_last_week() -> None:
    for seed in range(6):
        city = made(seed, noise=0.05)
        found = forecast(city.known, city.calendar, TODAY)
        assert found is not None
        assert found.proof is not None
        assert found.proof.days == 56
        assert 0.6 <= found.proof.share <= 0.97
        assert found.proof.error < found.proof.naive


def test_the_proof_would_have_been_told_by_the_method_itself() -> None:
    """Its error is that of forecasts made at the time, with what was known at the time."""
    city = made(3)
    found = forecast(city.known, city.calendar, TODAY)
    assert found is not None
    assert found.proof is not None
    distances = []
    for back in range(1, module.PROOF_WEEKS + 1):
        then = TODAY - timedelta(weeks=back)
        told = forecast(city.known, city.calendar, then)
        assert told is not None
        distances += [abs(city.days[one.day] - one.expected) for one in told.days]
    assert found.proof.error == pytest.approx(sum(distances) / len(distances), rel=0.02)


def test_a_holiday_that_nobody_saw_yet_goes_as_a_friday() -> None:
    city = made(5)
    calendar = office(frozenset({TODAY + timedelta(days=2)}))
    plain = {day: n for day, n in city.known.items() if day not in city.calendar.closures}
    found = forecast(plain, calendar, TODAY)
    assert found is not None
    there = found.days[2]
    assert there.holiday
    assert there.expected < 0.6 * found.days[1].expected


def test_a_friday_or_a_day_that_is_open_all_the_same_is_no_holiday() -> None:
    friday = TODAY + timedelta(days=6)
    calendar = replace(office(frozenset({friday, TODAY})), opens={TODAY: ((480, 720),)})
    assert weekday(friday) == 6
    assert not is_holiday(calendar, friday)
    assert not is_holiday(calendar, TODAY)


@pytest.mark.parametrize("numbers", [[], [9] * 27, [0] * 200])
def test_too_little_says_nothing(numbers: list[int]) -> None:
    assert forecast(series(numbers), office(), TODAY) is None


def test_four_weeks_are_enough_and_prove_nothing_yet() -> None:
    found = forecast(series([20] * 28), office(), TODAY)
    assert found is not None
    assert found.proof is None
    assert [one.expected for one in found.days] == [20] * 7
    assert found.total == 140
    # Without earlier weeks the interval is that of a count: 20 and 1.28 roots of it.
    assert [(one.low, one.high) for one in found.days] == [(14, 26)] * 7


@given(counts)
@settings(max_examples=40, deadline=None)
def test_what_is_expected_lies_within_its_interval_and_above_nothing(numbers: list[int]) -> None:
    found = forecast(series(numbers), office(), TODAY)
    if not any(numbers):
        assert found is None
        return
    assert found is not None
    assert [one.day for one in found.days] == [TODAY + timedelta(days=at) for at in range(7)]
    for one in found.days:
        assert 0 <= one.low <= one.expected <= one.high
    if found.proof is not None:
        assert 0 <= found.proof.inside <= found.proof.days


@given(counts, st.lists(st.integers(0, 10_000), min_size=1, max_size=9))
@settings(max_examples=25, deadline=None)
def test_today_and_what_comes_after_is_not_looked_at(numbers: list[int], later: list[int]) -> None:
    known = series(numbers)
    ahead = {TODAY + timedelta(days=at): n for at, n in enumerate(later)}
    backwards = dict(reversed([*known.items(), *ahead.items()]))
    assert forecast(backwards, office(), TODAY) == forecast(known, office(), TODAY)


@given(st.integers(1, 500), st.integers(28, 120))
@settings(max_examples=25, deadline=None)
def test_the_same_every_day_is_expected_to_go_on(each: int, length: int) -> None:
    found = forecast(series([each] * length), office(), TODAY)
    assert found is not None
    assert [one.expected for one in found.days] == [each] * 7
    if found.proof is not None:
        assert found.proof.inside == found.proof.days
        assert found.proof.error == found.proof.naive == 0


@given(
    st.integers(0, 5000),
    st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 900), min_size=1),
)
def test_parts_sum_up_to_the_whole(total: int, recent: dict[str, int]) -> None:
    parts = shares(total, recent)
    if not any(recent.values()):
        assert parts == {}
        return
    assert sum(parts.values()) == total
    for code, n in recent.items():
        assert abs(parts[code] - total * n / sum(recent.values())) < 1
