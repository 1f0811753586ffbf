"""Faults that other deadline engines had: calendars that stopped, moved or doubled time."""

import zoneinfo
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from peygir.calendars.days import add_working_days
from peygir.calendars.durations import due, parse
from peygir.calendars.errors import CalendarError
from peygir.calendars.working import WorkingCalendar
from tests.calendars.offices import (
    NEW_YORK,
    OFFICE,
    ROUND_THE_CLOCK,
    SATURDAY,
    SPLIT_OFFICE,
    WEDNESDAY,
    hours,
    new_york,
    tehran,
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class TestPauseOfOneWorkingDay:
    """A pause lengthens the deadline by working time, and it never lands outside hours."""

    def test_moves_the_deadline_by_the_hours_lost(self) -> None:
        start = tehran("2026-11-24T10:00")  # Tuesday
        paused, resumed = tehran("2026-11-25T10:00"), tehran("2026-11-26T10:00")
        lost = OFFICE.working_between(paused, resumed)
        assert lost == 7.5 * HOUR
        # 12 h alone end on Wednesday 14:30 (4.5 h + 7.5 h); with 7.5 h more: 3 h to Thursday
        # 13:00 are short of 6 h... 6 h on Thursday, 1.5 h on Saturday.
        assert OFFICE.add_working(start, 12 * HOUR + lost) == tehran("2026-11-28T08:30")

    def test_of_three_days_keeps_every_deadline_in_hours(self) -> None:
        for minute in range(0, 7 * 24 * 60, 37):
            start = tehran("2026-11-21T00:00") + timedelta(minutes=minute)
            for text in ("1wh", "8wh", "1wd", "2wd", "3wd"):
                end = due(start, parse(text), OFFICE)
                assert OFFICE.working_between(
                    end - timedelta(seconds=1), end + timedelta(seconds=1)
                )


class TestCalendarWithoutOpenInterval:
    def test_is_refused_when_made(self) -> None:
        for weekly in ({}, {0: ()}):
            with pytest.raises(CalendarError, match="hours: the calendar has no open interval"):
                WorkingCalendar("Asia/Tehran", weekly)

    def test_ends_with_an_error_and_not_in_a_loop_when_closures_cover_it(self) -> None:
        ever = frozenset(date(2020, 1, 1) + timedelta(days=n) for n in range(6000))
        closed = replace(OFFICE, closures=ever, version="closed-1")
        at = tehran("2026-11-21T10:00")
        for ask in (
            lambda: closed.next_open(at),
            lambda: closed.add_working(at, HOUR),
            lambda: closed.add_working(at, 0 * HOUR),
            lambda: closed.subtract_working(at, HOUR),
            lambda: add_working_days(at, 1, closed),
            lambda: add_working_days(at, 1, replace(closed, late_start="keep_time")),
        ):
            with pytest.raises(CalendarError, match="within 800 days of 2026-11-21"):
                ask()
        assert not closed.is_open(at)
        assert closed.working_between(at, at + 90 * DAY) == timedelta()


class TestBrokenDays:
    def test_a_lunch_break_is_not_worked(self) -> None:
        start = tehran("2026-11-25T11:30")
        assert SPLIT_OFFICE.add_working(start, HOUR) == tehran("2026-11-25T13:30")
        assert SPLIT_OFFICE.working_between(start, tehran("2026-11-25T13:30")) == HOUR
        assert not SPLIT_OFFICE.is_open(tehran("2026-11-25T12:30"))

    def test_a_half_day_thursday_ends_at_one(self) -> None:
        assert OFFICE.add_working(tehran("2026-11-26T07:00"), 6.5 * HOUR) == tehran(
            "2026-11-28T07:30"
        )

    def test_a_negative_offset_finds_the_warning_before_the_deadline(self) -> None:
        deadline = tehran("2026-11-28T08:00")  # Saturday
        # 1 h on Saturday, 1 h on Thursday before 13:00.
        assert OFFICE.add_working(deadline, -2 * HOUR) == tehran("2026-11-26T12:00")
        assert OFFICE.subtract_working(deadline, HOUR) == tehran("2026-11-28T07:00")
        split = tehran("2026-11-25T13:30")
        assert SPLIT_OFFICE.subtract_working(split, HOUR) == tehran("2026-11-25T11:30")


class TestClockChanges:
    def test_a_spring_night_is_an_hour_shorter(self) -> None:
        start, end = new_york("2026-03-08T00:00"), new_york("2026-03-09T00:00")
        assert NEW_YORK.working_between(start, end) == 23 * HOUR
        assert NEW_YORK.add_working(start, 23 * HOUR) == end

    def test_an_autumn_night_is_an_hour_longer(self) -> None:
        start, end = new_york("2026-11-01T00:00"), new_york("2026-11-02T00:00")
        assert NEW_YORK.working_between(start, end) == 25 * HOUR
        assert NEW_YORK.add_working(start, 25 * HOUR) == end

    def test_opening_in_the_skipped_hour_begins_at_the_skip(self) -> None:
        night = replace(NEW_YORK, weekly=dict.fromkeys(range(7), hours("02:30-06:00")))
        assert night.next_open(new_york("2026-03-08T00:00")) == new_york("2026-03-08T03:00")
        inside = replace(NEW_YORK, weekly=dict.fromkeys(range(7), hours("02:15-02:45")))
        assert inside.next_open(new_york("2026-03-08T00:00")) == new_york("2026-03-09T02:15")

    def test_times_shown_twice_mean_the_first(self) -> None:
        night = replace(NEW_YORK, weekly=dict.fromkeys(range(7), hours("01:30-03:00")))
        assert night.next_open(new_york("2026-11-01T00:00")) == new_york("2026-11-01T01:30", fold=0)
        start, end = new_york("2026-11-01T00:00"), new_york("2026-11-02T00:00")
        assert night.working_between(start, end) == 2.5 * HOUR

    def test_a_start_in_the_second_showing_is_never_due_before_itself(self) -> None:
        start = new_york("2026-11-01T01:30", fold=1)
        assert add_working_days(start, 0, NEW_YORK) == start

    def test_office_hours_keep_to_the_wall_clock_on_both_sides(self) -> None:
        office = replace(OFFICE, zone="America/New_York")
        friday, saturday = new_york("2026-03-05T12:00"), new_york("2026-03-07T08:00")
        assert office.add_working(friday, 2 * HOUR) == saturday
        assert office.next_open(new_york("2026-03-08T06:00")) == datetime(
            2026, 3, 8, 11, tzinfo=UTC
        )
        assert office.next_open(new_york("2026-03-07T06:00")) == datetime(
            2026, 3, 7, 12, tzinfo=UTC
        )

    def test_tehran_had_summer_time_until_2022_and_has_none_since(self) -> None:
        # Old zone files know no end of summer time and are an hour off in every summer since 2023.
        openings = {
            "2021-07-03": 2,
            "2022-07-02": 2,
            "2022-09-24": 3,
            "2023-07-01": 3,
            "2026-07-04": 3,
        }
        for day, hour in openings.items():
            opening = OFFICE.next_open(datetime.fromisoformat(f"{day}T00:00+00:00"))
            assert opening == datetime.fromisoformat(f"{day}T0{hour}:30+00:00")

    def test_zones_come_from_the_pinned_package_and_not_from_the_machine(self) -> None:
        assert zoneinfo.TZPATH == ()

    def test_tehran_skipped_midnight_and_stayed_open(self) -> None:
        always = WorkingCalendar("Asia/Tehran", dict.fromkeys(range(7), ROUND_THE_CLOCK))
        start = datetime(2021, 3, 20, tzinfo=UTC)  # the clocks jumped from 24:00 on 21 March
        assert always.add_working(start, 72 * HOUR) == start + 72 * HOUR
        assert always.at_minute(date(2021, 3, 22), 0) == datetime(2021, 3, 21, 20, 30, tzinfo=UTC)

    def test_the_zone_of_the_caller_does_not_matter(self) -> None:
        at = tehran("2026-11-25T13:30")
        for other in (at, at.astimezone(UTC), at.astimezone(NEW_YORK.tz)):
            assert OFFICE.add_working(other, 3 * HOUR) == tehran("2026-11-26T09:00")
            assert due(other, parse("2wd"), OFFICE) == due(at, parse("2wd"), OFFICE)


class TestHolidayDeclaredToday:
    def test_moves_what_still_runs_and_nothing_else(self) -> None:
        start = tehran("2026-11-24T10:00")  # Tuesday; snow is declared for Wednesday
        snow = replace(OFFICE, closures=OFFICE.closures | {WEDNESDAY}, version="2")
        assert OFFICE.add_working(start, 6 * HOUR) == tehran("2026-11-25T08:30")
        assert snow.add_working(start, 6 * HOUR) == tehran("2026-11-26T08:30")
        assert snow.add_working(start, 4 * HOUR) == OFFICE.add_working(start, 4 * HOUR)
        assert due(start, parse("1wd"), snow) == tehran("2026-11-26T10:00")

    def test_a_lunar_date_shifted_by_a_day_gives_that_day_back(self) -> None:
        expected = replace(OFFICE, closures=frozenset({WEDNESDAY}))
        sighted = replace(OFFICE, closures=frozenset({WEDNESDAY - DAY}))
        start = tehran("2026-11-23T13:30")  # Monday, 1 h left
        assert expected.add_working(start, 2 * HOUR) == tehran("2026-11-24T08:00")
        assert sighted.add_working(start, 2 * HOUR) == tehran("2026-11-25T08:00")

    def test_an_exceptional_opening_beats_the_closure(self) -> None:
        duty = replace(
            OFFICE, closures=frozenset({SATURDAY}), opens={SATURDAY: hours("09:00-11:00")}
        )
        assert duty.next_open(tehran("2026-11-21T06:00")) == tehran("2026-11-21T09:00")
