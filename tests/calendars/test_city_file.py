"""Reading calendar.toml: what it holds, and errors that name the place."""

import copy
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from peygir.calendars.errors import CalendarError
from peygir.calendars.iran import load_calendar, named_days
from tests.calendars.offices import hours, tehran

TEXT = """
zone = "Asia/Tehran"
late_start = "keep_time"
[hours]
sat = ["07:30-14:30"]
thu = ["08:00-12:00", "13:00-24:00"]
[[closures]]
date = "1405/01/01"
fa = "نوروز"
en = "Nowruz"
[[closures]]
date = "۱۴۰۵/۱۰/۱۶"
fa = "مبعث"
en = "Mab'ath"
provisional = true
[[openings]]
date = "1405/01/01"
hours = ["09:00-10:00"]
fa = "کشیک"
en = "On duty"
[[seasons]]
from = "1405/03/15"
to = "1405/06/15"
hours = { sat = ["06:00-13:00"] }
"""
CITIES = Path(__file__).parents[2] / "cities"


@pytest.fixture
def data() -> dict[str, Any]:
    return tomllib.loads(TEXT)


def test_a_file_becomes_a_calendar(data: dict[str, Any]) -> None:
    calendar = load_calendar(data)
    assert calendar.zone == "Asia/Tehran"
    assert calendar.late_start == "keep_time"
    assert calendar.weekly == {0: hours("07:30-14:30"), 5: hours("08:00-12:00", "13:00-24:00")}
    assert calendar.closures == {date(2026, 3, 21), date(2027, 1, 6)}
    assert calendar.opens == {date(2026, 3, 21): hours("09:00-10:00")}
    assert calendar.hours_on(date(2026, 6, 6)) == hours("06:00-13:00")


def test_days_carry_their_names_in_both_languages(data: dict[str, Any]) -> None:
    first, second, third = named_days(data)
    assert (first.fa, first.en, first.hours) == ("نوروز", "Nowruz", ())
    assert (second.en, second.hours) == ("On duty", hours("09:00-10:00"))
    assert third.provisional
    assert not first.provisional


def test_the_version_changes_with_the_content_only(data: dict[str, Any]) -> None:
    version = load_calendar(data).version
    assert load_calendar(tomllib.loads("# a comment\n" + TEXT)).version == version
    data["closures"].pop()
    assert load_calendar(data).version != version


def test_a_short_file_is_enough() -> None:
    calendar = load_calendar({"zone": "Asia/Tehran", "hours": {"sat": ["08:00-12:00"]}})
    assert calendar.late_start == "next_opening"


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (["zone"], None, "zone: a text is missing"),
        (["zone"], "Asia/Nowhere", "zone: 'Asia/Nowhere' is not a time zone"),
        (["late_start"], "later", "late_start: 'later' is not one of"),
        (["hours"], None, "hours: a table of hours by weekday is missing"),
        (["hours", "monday"], [], "hours.monday: unknown"),
        (["hours", "sat"], "07:30-14:30", "hours.sat: a list such as"),
        (["hours", "sat"], ["7:30-14:30"], "hours.sat: '7:30-14:30' is not an interval"),
        (["hours", "sat"], [730], "hours.sat: 730 is not an interval"),
        (["hours", "sat"], ["22:00-06:00"], "hours.sat: '22:00-06:00' must end later that day"),
        (["hours", "sat"], ["22:00-24:30"], "24:00 at most"),
        (["hours", "sat"], ["10:00-12:00", "09:00-10:00"], "hours.0: 540-600 minutes"),
        (["closures"], "1405/01/01", "closures: must be a list"),
        (["closures"], ["1405/01/01"], "closures.1: must be a table"),
        (["closures"], [{}] * 2001, "closures: more than 2000 entries"),
        (["closures", 0, "date"], "1405/12/30", "closures.1.date: 1405/12/30 is not a day"),
        (["closures", 0, "date"], date(2026, 3, 21), "closures.1.date: a text is missing"),
        (["closures", 0, "en"], " ", "closures.1.en: a text is missing"),
        (["closures", 0, "de"], "Neujahr", "closures.1.de: unknown"),
        (["closures", 0, "provisional"], "yes", "closures.1.provisional: must be true or false"),
        (["closures", 1, "date"], "1405/1/1", 'closures: "Mab\'ath": its date stands here twice'),
        (["openings", 0, "hours"], [], "openings.1.hours: an opening needs"),
        (["openings", 0, "hours"], None, "openings.1.hours: a list such as"),
        (["seasons", 0, "to"], "1405/01/01", "seasons: 2026-06-05 comes after"),
        (["seasons", 0, "hours"], [], "seasons.1.hours: a table"),
        (["season"], [], "season: unknown"),
    ],
)
def test_a_fault_names_its_place(
    data: dict[str, Any], path: list[Any], value: object, message: str
) -> None:
    changed: Any = copy.deepcopy(data)
    place = changed
    for step in path[:-1]:
        place = place[step]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    with pytest.raises(CalendarError) as error:
        load_calendar(changed)
    assert message in str(error.value)
    assert error.value.key


@pytest.mark.parametrize(
    "file", sorted(CITIES.glob("*/calendar.toml")), ids=lambda f: f.parent.name
)
def test_every_city_that_comes_with_the_system_has_a_sound_calendar(file: Path) -> None:
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    calendar = load_calendar(data)
    nowruz_closed = not calendar.is_open(tehran("2026-03-21T10:00"))
    assert nowruz_closed
    assert calendar.next_open(tehran("2027-06-01T10:00")) < tehran("2027-06-20T00:00")
    assert all(one.fa and one.en for one in named_days(data))
