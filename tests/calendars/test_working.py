"""Working time: sums, half days, split shifts, seasons, exceptions, limits."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peygir.calendars.errors import CalendarError
from peygir.calendars.working import Season, WorkingCalendar, weekday
from tests.calendars.offices import (
    FRIDAY,
    INSTANTS,
    NEW_YORK,
    OFFICE,
    SATURDAY,
    SPLIT_OFFICE,
    hours,
    tehran,
)

HOUR = timedelta(hours=1)
AMOUNTS = st.timedeltas(timedelta(0), timedelta(hours=300))
CALENDARS = st.sampled_from(
    [
        OFFICE,
        SPLIT_OFFICE,
        NEW_YORK,
        replace(OFFICE, zone="America/New_York", closures=frozenset({SATURDAY})),
        replace(SPLIT_OFFICE, zone="America/New_York", opens={FRIDAY: hours("01:15-02:45")}),
    ]
)


class TestAddingWorkingTime:
    def test_goes_on_the_next_working_day(self) -> None:
        # Wednesday 13:30 leaves 1 h; the other 2 h end on Thursday at 09:00.
        assert OFFICE.add_working(tehran("2026-11-25T13:30"), 3 * HOUR) == tehran(
            "2026-11-26T09:00"
        )

    def test_passes_over_friday_after_a_half_day(self) -> None:
        # Thursday 12:00 leaves 1 h; Friday is closed; Saturday begins at 07:00.
        assert OFFICE.add_working(tehran("2026-11-26T12:00"), 2 * HOUR) == tehran(
            "2026-11-28T08:00"
        )

    def test_may_end_at_the_closing_instant(self) -> None:
        assert OFFICE.add_working(tehran("2026-11-25T13:30"), HOUR) == tehran("2026-11-25T14:30")

    def test_of_nothing_moves_a_closed_instant_to_the_opening(self) -> None:
        assert OFFICE.add_working(tehran("2026-11-27T10:00"), 0 * HOUR) == tehran(
            "2026-11-28T07:00"
        )
        assert OFFICE.add_working(tehran("2026-11-26T10:00"), 0 * HOUR) == tehran(
            "2026-11-26T10:00"
        )
        assert OFFICE.add_working(tehran("2026-11-26T13:00"), 0 * HOUR) == tehran(
            "2026-11-26T13:00"
        )

    def test_refuses_an_instant_without_zone(self) -> None:
        with pytest.raises(CalendarError, match="no time zone"):
            OFFICE.add_working(datetime(2026, 11, 25), HOUR)  # noqa: DTZ001 - the fault under test

    def test_refuses_more_than_the_look_ahead_holds(self) -> None:
        with pytest.raises(CalendarError, match="within 800 days"):
            OFFICE.add_working(tehran("2026-11-25T13:30"), timedelta(days=400))
        with pytest.raises(CalendarError, match="within 800 days"):
            OFFICE.subtract_working(tehran("2026-11-25T13:30"), timedelta(days=4000))

    def test_refuses_years_no_clock_runs_in(self) -> None:
        with pytest.raises(CalendarError, match="year 9000"):
            OFFICE.next_open(datetime(9000, 1, 1, tzinfo=UTC))

    @given(CALENDARS, INSTANTS, AMOUNTS)
    def test_then_measuring_gives_the_amount_back(
        self, calendar: WorkingCalendar, start: datetime, amount: timedelta
    ) -> None:
        assert calendar.working_between(start, calendar.add_working(start, amount)) == amount
        assert calendar.working_between(calendar.subtract_working(start, amount), start) == amount

    @given(CALENDARS, INSTANTS, AMOUNTS)
    def test_never_ends_outside_hours(
        self, calendar: WorkingCalendar, start: datetime, amount: timedelta
    ) -> None:
        due = calendar.add_working(start, amount)
        moment = timedelta(microseconds=1)
        assert calendar.is_open(due) or calendar.is_open(due - moment)
        assert due >= start

    @given(CALENDARS, INSTANTS, INSTANTS, AMOUNTS)
    def test_never_lets_a_later_start_be_due_earlier(
        self, calendar: WorkingCalendar, one: datetime, other: datetime, amount: timedelta
    ) -> None:
        first, second = sorted([one, other])
        assert calendar.add_working(first, amount) <= calendar.add_working(second, amount)
        assert calendar.add_working(first, amount) <= calendar.add_working(first, amount + HOUR)

    @given(CALENDARS, INSTANTS, AMOUNTS, AMOUNTS)
    def test_in_two_parts_is_the_same_as_at_once(
        self, calendar: WorkingCalendar, start: datetime, one: timedelta, two: timedelta
    ) -> None:
        assert calendar.add_working(calendar.add_working(start, one), two) == calendar.add_working(
            start, one + two
        ) or not (one and two)


class TestMeasuringWorkingTime:
    def test_is_negative_backwards(self) -> None:
        start, end = tehran("2026-11-26T12:00"), tehran("2026-11-28T08:00")
        assert OFFICE.working_between(start, end) == 2 * HOUR
        assert OFFICE.working_between(end, start) == -2 * HOUR

    def test_spans_many_years(self) -> None:
        # 24 h on every day of eleven years, two of the days in between being clock changes.
        start, end = datetime(2015, 6, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
        assert NEW_YORK.working_between(start, end) == end - start


class TestOpening:
    def test_excludes_the_closing_instant(self) -> None:
        assert OFFICE.is_open(tehran("2026-11-26T07:00"))
        assert OFFICE.is_open(tehran("2026-11-26T12:59:59"))
        assert not OFFICE.is_open(tehran("2026-11-26T13:00"))
        assert not OFFICE.is_open(tehran("2026-11-27T10:00"))

    def test_comes_next_on_saturday(self) -> None:
        assert OFFICE.next_open(tehran("2026-11-26T13:00")) == tehran("2026-11-28T07:00")
        assert OFFICE.next_open(tehran("2026-11-25T09:00")) == tehran("2026-11-25T09:00")

    def test_does_not_pause_at_midnight_round_the_clock(self) -> None:
        start = datetime(2026, 1, 1, 23, tzinfo=UTC)
        assert NEW_YORK.add_working(start, 500 * HOUR) == start + 500 * HOUR

    def test_exists_before_and_after_a_lone_opening(self) -> None:
        lone = WorkingCalendar("UTC", {}, opens={date(2026, 5, 1): hours("08:00-09:00")})
        before, after = datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
        noon = datetime(2024, 5, 1, tzinfo=UTC)
        assert lone.next_open(before) == datetime(2026, 5, 1, 8, tzinfo=UTC)
        assert lone.add_working(before, HOUR) == datetime(2026, 5, 1, 9, tzinfo=UTC)
        assert lone.subtract_working(after, HOUR) == datetime(2026, 5, 1, 8, tzinfo=UTC)
        assert not lone.is_open(datetime(2010, 1, 1, tzinfo=UTC))
        assert lone.working_between(before, after) == HOUR
        assert lone.working_between(noon, before) == timedelta()


class TestSeasons:
    SUMMER = replace(
        OFFICE,
        seasons=(
            Season(
                date(2026, 6, 5), date(2026, 9, 6), dict.fromkeys(range(5), hours("06:00-13:00"))
            ),
        ),
    )

    def test_replace_the_week_from_first_to_last_day(self) -> None:
        assert self.SUMMER.hours_on(date(2026, 6, 4)) == hours("07:00-13:00")
        assert self.SUMMER.hours_on(date(2026, 6, 6)) == hours("06:00-13:00")
        assert self.SUMMER.hours_on(date(2026, 9, 6)) == hours("06:00-13:00")
        assert self.SUMMER.hours_on(date(2026, 9, 7)) == hours("07:00-14:30")

    def test_may_close_a_day_that_is_open_otherwise(self) -> None:
        assert self.SUMMER.hours_on(date(2026, 6, 11)) == ()  # a Thursday

    def test_yield_to_closures_and_closures_to_openings(self) -> None:
        day = date(2026, 6, 6)
        closed = replace(self.SUMMER, closures=frozenset({day}))
        assert closed.hours_on(day) == ()
        assert replace(closed, opens={day: hours("08:00-09:00")}).hours_on(day) == hours(
            "08:00-09:00"
        )


class TestFaultyCalendar:
    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"zone": "Asia/Atlantis"}, "zone: 'Asia/Atlantis' is not a time zone"),
            ({"zone": "../etc/passwd"}, "is not a time zone"),
            ({"weekly": {7: hours("08:00-09:00")}}, "7 is not a weekday"),
            ({"weekly": {0: ((540, 480),)}}, "hours.0: 540-480"),
            ({"weekly": {0: ((480, 600), (540, 660))}}, "must be in order"),
            ({"weekly": {0: ((480, 1500),)}}, "within one day"),
            ({"opens": {SATURDAY: ((-5, 60),)}}, "openings.2026-11-21"),
            ({"seasons": (Season(FRIDAY, SATURDAY, {}),)}, "comes after"),
            (
                {"seasons": (Season(SATURDAY, FRIDAY, {}), Season(FRIDAY, FRIDAY, {}))},
                "two seasons hold 2026-11-27",
            ),
        ],
    )
    def test_is_refused_with_the_reason(self, change: dict[str, object], message: str) -> None:
        with pytest.raises(CalendarError, match=message):
            replace(OFFICE, **change)  # type: ignore[arg-type]  # one field each, by name


class TestCompiledWindows:
    def test_are_bounded(self) -> None:
        calendar = replace(OFFICE)
        for year in range(1990, 2020):
            calendar.is_open(datetime(year, 1, 1, tzinfo=UTC))
        assert len(calendar._windows) <= 16

    def test_do_not_travel_to_a_changed_copy(self) -> None:
        OFFICE.is_open(tehran("2026-11-21T10:00"))
        assert not replace(OFFICE, closures=frozenset({SATURDAY})).is_open(
            tehran("2026-11-21T10:00")
        )


def test_the_week_begins_on_saturday() -> None:
    assert [weekday(date(2026, 11, day)) for day in range(21, 28)] == list(range(7))
