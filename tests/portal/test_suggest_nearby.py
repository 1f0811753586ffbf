"""Subjects from words, and likely duplicates near a place."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from peygir.boards import nearby
from peygir.boards.suggest import suggest
from peygir.policy.load import load_city
from peygir.policy.model import CityPolicy
from tests.city import NOON, Story, reported

LAT, LON = 34_640_000, 50_880_000


@pytest.fixture(scope="module")
def city() -> CityPolicy:
    return load_city(Path("cities/qom"))


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("اشغالای سر کوچه رو نمیبرن، بو گند گرفته", "W01"),
        ("چاله‌هاي خيابان ما", "C01"),  # Arabic letters
        ("درخت افتاده وسط کوچه", "G02"),
        ("kooche pore ashghal ast", "W01"),
        ("یه سگ ولگرد جلوی مدرسه است", "B02"),
        ("Waste not collected for three nights", "W01"),
    ],
)
def test_words_of_people_find_the_subject(city: CityPolicy, said: str, code: str) -> None:
    assert code in suggest(city, said)[:2]


@pytest.mark.parametrize("said", ["", "   ", "?!", "\x00", "۱۲۳", "x" * 50_000, "سلام"])
def test_words_that_say_nothing_find_nothing(city: CityPolicy, said: str) -> None:
    assert suggest(city, said) == []


def near(policy: CityPolicy, **where: Any) -> list[nearby.Near]:
    at = where.pop("at", NOON)
    return nearby.near(policy, nearby.Place(**where), at=at)


def test_the_same_pothole_twenty_metres_away_is_found(qom: CityPolicy) -> None:
    case = reported(qom, lat_e6=LAT, lon_e6=LON).case
    found = near(qom, lat_e6=LAT + 180, lon_e6=LON, category="C01", text="چاله")
    assert [one.case.id for one in found] == [case.id]
    assert found[0].metres == 20
    assert found[0].is_open


def test_what_is_far_or_about_something_else_is_not(qom: CityPolicy) -> None:
    reported(qom, lat_e6=LAT, lon_e6=LON)
    assert near(qom, lat_e6=LAT + 5_000, lon_e6=LON, category="C01", text="چاله عمیق") == []
    assert near(qom, lat_e6=LAT, lon_e6=LON, category="W01", text="زباله مانده") == []


def test_without_a_point_district_subject_and_words_decide(qom: CityPolicy) -> None:
    case = reported(qom).case
    same = near(qom, district=3, category="C01", text="چاله جلوی مدرسه خیلی عمیق است")
    assert [one.case.id for one in same] == [case.id]
    assert near(qom, district=3, category="C01", text="دست‌انداز سر نانوایی") == []
    assert near(qom, district=4, category="C01", text="چاله جلوی مدرسه") == []


def test_a_case_closed_last_week_is_still_shown_after_open_ones(qom: CityPolicy) -> None:
    closed = Story(qom, lat_e6=LAT, lon_e6=LON)
    closed.report()
    closed.satisfied()
    still = reported(qom, lat_e6=LAT + 300, lon_e6=LON).case
    where = {"lat_e6": LAT, "lon_e6": LON, "district": 3, "category": "C01", "text": "چاله"}
    found = near(qom, **where)
    assert [one.case.id for one in found] == [still.id, closed.case.id]
    assert [o.case.id for o in near(qom, at=NOON + timedelta(days=15), **where)] == [still.id]


def test_it_asks_the_database_three_times_at_most(
    qom: CityPolicy, django_assert_max_num_queries: Any
) -> None:
    reported(qom, lat_e6=LAT, lon_e6=LON)
    with django_assert_max_num_queries(4):
        near(qom, lat_e6=LAT, lon_e6=LON, district=3, category="C01", text="چاله مدرسه")


@pytest.mark.parametrize("lat", [-90_000_000, 90_000_000])
def test_no_place_on_earth_breaks_it(qom: CityPolicy, lat: int) -> None:
    assert near(qom, lat_e6=lat, lon_e6=lat, text="چاله") == []
