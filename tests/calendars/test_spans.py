"""Spans of a policy, and deadlines in working days under both customs."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peygir.calendars.days import add_working_days
from peygir.calendars.durations import due, parse
from peygir.calendars.errors import CalendarError
from tests.calendars.offices import (
    INSTANTS,
    MONDAY_TO_FRIDAY,
    OFFICE,
    SPLIT_OFFICE,
    hours,
    new_york,
    tehran,
)


class TestSpan:
    @pytest.mark.parametrize(
        ("text", "mode", "amount", "days"),
        [
            ("90m", "wall", timedelta(minutes=90), 0),
            ("2h", "wall", timedelta(hours=2), 0),
            ("72h", "wall", timedelta(hours=72), 0),
            ("3d", "wall", timedelta(hours=72), 0),
            ("5w", "wall", timedelta(days=35), 0),
            ("8wh", "working_hours", timedelta(hours=8), 0),
            (" 2wd ", "working_days", timedelta(), 2),
        ],
    )
    def test_is_read_from_text(self, text: str, mode: str, amount: timedelta, days: int) -> None:
        span = parse(text)
        assert (span.mode, span.amount, span.days) == (mode, amount, days)
        assert str(span) == span.text == text.strip()

    @pytest.mark.parametrize(
        "text",
        ["", "24", "h", "24 h", "-3d", "1.5h", "۲۴h", "3y", "24H", "9999999h", "1d2h", "3d\n4d"],
    )
    def test_that_cannot_be_read_is_named_in_the_error(self, text: str) -> None:
        with pytest.raises(CalendarError, match="is not a span") as error:
            parse(text)
        assert repr(text) in str(error.value)

    @pytest.mark.parametrize(
        ("text", "message"),
        [("0h", "no time at all"), ("99999d", "'99999d' is longer than 3660 days"),
         ("900wd", "longer than 800 days"), ("99999wh", "longer than 800 days")],
    )  # fmt: skip
    def test_without_sense_is_refused(self, text: str, message: str) -> None:
        with pytest.raises(CalendarError, match=message):
            parse(text)


class TestDeadline:
    @pytest.mark.requirement("Q12", "M7", "I2")
    @pytest.mark.parametrize("number", [2, 24, 48, 72])
    def test_on_the_wall_clock_runs_day_and_night(self, number: int) -> None:
        start = tehran("2026-11-26T23:15")  # Thursday night; Friday is closed
        assert due(start, parse(f"{number}h"), OFFICE) - start == timedelta(hours=number)

    def test_in_working_hours_counts_the_calendar(self) -> None:
        assert due(tehran("2026-11-26T12:00"), parse("2wh"), OFFICE) == tehran("2026-11-28T08:00")

    def test_refuses_a_start_without_zone(self) -> None:
        with pytest.raises(CalendarError, match="no time zone"):
            due(datetime(2026, 1, 1), parse("2h"), OFFICE)  # noqa: DTZ001 - the fault under test


class TestWorkingDaysFromTheNextOpening:
    def test_keep_the_time_of_day(self) -> None:
        assert add_working_days(tehran("2026-11-24T10:00"), 2, OFFICE) == tehran("2026-11-26T10:00")

    def test_pass_over_friday(self) -> None:
        assert add_working_days(tehran("2026-11-26T10:00"), 1, OFFICE) == tehran("2026-11-28T10:00")

    def test_begin_at_the_opening_when_reported_on_a_day_off_or_at_night(self) -> None:
        opening = tehran("2026-11-28T07:00")
        assert add_working_days(tehran("2026-11-27T22:00"), 0, OFFICE) == opening
        assert add_working_days(tehran("2026-11-28T03:00"), 0, OFFICE) == opening
        assert add_working_days(tehran("2026-11-27T22:00"), 1, OFFICE) == tehran("2026-11-29T07:00")

    def test_move_to_the_next_opening_when_that_hour_is_closed_on_the_day_reached(self) -> None:
        # Wednesday 14:00 + 1 = Thursday 14:00, closed since 13:00: Saturday 07:00.
        assert add_working_days(tehran("2026-11-25T14:00"), 1, OFFICE) == tehran("2026-11-28T07:00")
        assert add_working_days(tehran("2026-11-25T13:00"), 1, OFFICE) == tehran("2026-11-26T13:00")

    @given(st.sampled_from([OFFICE, SPLIT_OFFICE, replace(OFFICE, zone="America/New_York")]),
           INSTANTS, INSTANTS, st.integers(0, 30))  # fmt: skip
    def test_end_in_hours_and_never_earlier_for_a_later_start(
        self, calendar: object, one: datetime, other: datetime, days: int
    ) -> None:
        assert isinstance(calendar, type(OFFICE))
        first, second = (add_working_days(at, days, calendar) for at in sorted([one, other]))
        moment = timedelta(microseconds=1)
        assert first <= second
        assert calendar.is_open(first) or calendar.is_open(first - moment)


class TestWorkingDaysThatKeepTheTime:
    def test_move_a_weekend_start_to_monday_at_its_time_of_day(self) -> None:
        saturday = new_york("2011-07-02T11:12:13")
        assert add_working_days(saturday, 2, MONDAY_TO_FRIDAY) == new_york("2011-07-06T11:12:13")

    def test_begin_the_morning_after_when_reported_at_closing_time(self) -> None:
        friday = new_york("2011-07-01T17:00")
        assert add_working_days(friday, 2, MONDAY_TO_FRIDAY) == new_york("2011-07-06T08:30")

    def test_begin_on_tuesday_when_reported_on_a_weekend_evening(self) -> None:
        sunday = new_york("2011-09-25T21:00:30")
        assert add_working_days(sunday, 2, MONDAY_TO_FRIDAY) == new_york("2011-09-29T08:30")

    def test_leave_an_early_start_where_it_is(self) -> None:
        early = new_york("2011-07-01T01:32:33")
        assert add_working_days(early, 10, MONDAY_TO_FRIDAY) == new_york("2011-07-15T01:32:33")

    def test_take_the_opening_of_the_day_they_begin_on(self) -> None:
        calendar = replace(
            MONDAY_TO_FRIDAY, opens={new_york("2011-07-04").date(): hours("10:15-12:00")}
        )
        friday = new_york("2011-07-01T17:30")
        assert add_working_days(friday, 0, calendar) == new_york("2011-07-04T10:15")
