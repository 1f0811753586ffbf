"""Jalali days against an independent algorithm, and dates as people write them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from peygir.calendars.errors import JalaliError
from peygir.calendars.jalali import (
    MONTHS,
    WEEKDAYS,
    format_long,
    format_short,
    from_jalali,
    parse_jalali,
    pieces,
    to_jalali,
    yymmdd,
)

ZONE = "Asia/Tehran"
AT = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)  # 13:30 in Tehran


def test_every_day_from_1950_to_2079_is_the_day_after_the_one_before() -> None:
    # Leap years by the 33-year cycle, which holds for the years 1244 to 1472: another way to
    # the same days than the library's.
    leap_remainders = {1, 5, 9, 13, 17, 22, 26, 30}
    year, month, day = 1328, 10, 11
    current = date(1950, 1, 1)
    while current < date(2080, 1, 1):
        assert to_jalali(current) == (year, month, day)
        assert from_jalali(year, month, day) == current
        last = 31 if month <= 6 else 30 if month < 12 or year % 33 in leap_remainders else 29
        day += 1
        if day > last:
            day, month = 1, month + 1
        if month > 12:
            month, year = 1, year + 1
        current += timedelta(days=1)


def test_the_leap_year_that_other_libraries_miss_is_1403() -> None:
    assert to_jalali(date(2025, 3, 20)) == (1403, 12, 30)
    assert to_jalali(date(2025, 3, 21)) == (1404, 1, 1)


@pytest.mark.parametrize(
    "triple", [(1405, 12, 30), (1405, 13, 1), (1405, 0, 1), (1405, 7, 31), (0, 1, 1), (99999, 1, 1)]
)
def test_a_day_that_does_not_exist_is_refused(triple: tuple[int, int, int]) -> None:
    with pytest.raises(JalaliError) as error:
        from_jalali(*triple)
    assert error.value.reason == "no_such_day"


@pytest.mark.parametrize(
    "text",
    [
        "1405/08/30",
        "۱۴۰۵/۰۸/۳۰",
        "١٤٠٥-٨-٣٠",
        " 1405 / 8 / 30 ",
        "\u200f۱۴۰۵/۸/۳۰\u200e",
        "1405-8/30",
    ],
)
def test_a_typed_date_is_read_in_three_digit_sets(text: str) -> None:
    assert parse_jalali(text) == date(2026, 11, 21)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "format"), ("30/08/1405", "format"), ("1405/8", "format"), ("امروز", "format"),
        ("1405/8/30" + " " * 60, "format"), ("05/08/30", "format"), ("1405.08.30", "format"),
        ("2026/11/21", "range"), ("1299/01/01", "range"), ("1405/12/30", "no_such_day"),
    ],
)  # fmt: skip
def test_a_wrong_date_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(JalaliError) as error:
        parse_jalali(text)
    assert error.value.reason == reason


def test_an_instant_is_written_in_the_zone_of_the_city() -> None:
    assert format_short(AT, ZONE) == "1405/08/30"
    assert format_long(AT, ZONE) == "شنبه 30 آبان 1405، 13:30"
    assert format_long(AT, ZoneInfo(ZONE), "en") == "Saturday 30 Aban 1405, 13:30"
    assert yymmdd(AT, ZONE) == "050830"


def test_the_day_changes_at_local_midnight() -> None:
    assert format_short(datetime(2026, 11, 21, 20, 29, tzinfo=UTC), ZONE) == "1405/08/30"
    assert format_short(datetime(2026, 11, 21, 20, 30, tzinfo=UTC), ZONE) == "1405/09/01"


def test_pieces_name_weekday_and_month() -> None:
    part = pieces(AT, ZONE, "en")
    assert (part.weekday, part.day, part.month, part.month_name, part.year, part.time) == (
        "Saturday", 30, 8, "Aban", 1405, "13:30",
    )  # fmt: skip
    assert pieces(AT + timedelta(days=3), ZONE).weekday == "سه‌شنبه"


def test_names_are_complete_in_both_languages() -> None:
    assert {len(set(names)) for names in MONTHS.values()} == {12}
    assert {len(set(names)) for names in WEEKDAYS.values()} == {7}
