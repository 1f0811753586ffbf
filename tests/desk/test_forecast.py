"""The week ahead on the analytics desk: from rows that the worker keeps, with its files."""

import csv
import re
from collections import Counter
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest

from peygir.analysis.models import Brief, Mark, Tally
from peygir.calendars.working import weekday
from peygir.policy.model import CityPolicy
from tests.analysis.made import made
from tests.desk.people import signed_in, soup
from tests.desk.test_console import now

pytestmark = pytest.mark.django_db
PAGE = "/desk/analysis/forecast/"
FIGURES = ("ahead", "ahead_behind", "ahead_district", "ahead_unit")


@pytest.fixture
def today(qom: CityPolicy) -> date:
    return now().astimezone(qom.calendar.tz).date()


def kept(today: date, days: int, **fields: Any) -> None:
    """Rows of so many days of a made city, as if the worker had kept them up to now."""
    city = made(4, level=6)
    known = sorted(city.known)[-days:]
    weeks = (today - known[-1]).days // 7  # whole ones, so that each weekday keeps its own
    late = timedelta(weeks=weeks)
    rows, number = [], 1
    plain: dict[str, Any] = {"category": "C01", "district": 3, "unit": "d3-civil", **fields}
    for day in known:
        for _one in range(city.days[day]):
            rows.append(
                Brief(
                    case_id=number, opened_at=now(), day=day + late, hour=0, reporters=1, cycle=1,
                    returns=0, urgent=False, late=False, merged=False, kind="request",
                    channel="phone", **plain,
                )
            )  # fmt: skip
            number += 1
    Brief.objects.bulk_create(rows)
    for dimension, column in (("day", "day"), ("district", "district"), ("unit", "unit")):
        sums: Counter[tuple[date, str]] = Counter(
            (row.day - timedelta(days=weekday(row.day)), str(getattr(row, column))) for row in rows
        )
        Tally.objects.bulk_create(
            [
                Tally(
                    dimension=dimension, week=week, code=code, step=-1, opened=n, closed=0, late=0,
                    again=0,
                )
                for (week, code), n in sums.items()
            ]
        )  # fmt: skip
    Mark.objects.update_or_create(pk=1, defaults={"at": now(), "filling": None})


@pytest.mark.requirement("S26")
def test_the_week_ahead_with_interval_proof_and_where_it_goes(today: date) -> None:
    kept(today, 200)
    page = soup(signed_in("mayor").get(PAGE))
    drawn = {name: page.split(f'id="{name}"')[1].split("</figure>")[0] for name in FIGURES[:2]}
    assert drawn["ahead"].count('class="interval-dot"') == 7
    assert drawn["ahead_behind"].count('class="interval-band"') == 7
    places = [page.index(f'id="{name}"') for name in FIGURES]
    assert places == sorted(places), "what will come is told first"
    assert places[0] < page.index('class="tiles"') < places[1]
    assert "چهار روز از هر پنج روز" in page
    assert "از روزهای اخیر در بازهٔ خود بودند" in page
    assert "مورد انتظار به تفکیک منطقه" in page
    assert "مورد انتظار به تفکیک واحد" in page


def test_the_files_hold_the_same_week(today: date) -> None:
    kept(today, 200)
    client = signed_in("mayor")
    answer = client.get("/desk/analysis/ahead.csv")
    last = today + timedelta(days=6)
    assert f'filename="ahead-{today}-{last}.csv"' in answer["Content-Disposition"]
    rows = list(csv.DictReader(StringIO(soup(answer).removeprefix("\ufeff"))))
    assert [row["day"] for row in rows] == [str(today + timedelta(days=at)) for at in range(7)]
    for row in rows:
        assert 0 <= int(row["low"]) <= int(row["expected"]) <= int(row["high"])
    for name, key in (("ahead_district", "3"), ("ahead_unit", "d3-civil")):
        text = soup(client.get(f"/desk/analysis/{name}.csv")).removeprefix("\ufeff")
        (row,) = csv.DictReader(StringIO(text))
        assert row[name.removeprefix("ahead_")] == key
        assert int(row["expected"]) == sum(int(one["expected"]) for one in rows)
    for name in FIGURES[:2]:
        assert client.get(f"/desk/analysis/{name}.png").content.startswith(b"\x89PNG")
    text = soup(client.get("/desk/analysis/ahead_behind.csv")).removeprefix("\ufeff")
    days = list(csv.DictReader(StringIO(text)))
    assert [bool(day["expected"]) for day in days] == [False] * 28 + [True] * 7
    assert [day["day"] for day in days[28:]] == [row["day"] for row in rows]
    assert [day["found"] for day in days[21:28]] == [row["week_before"] for row in rows]


def test_numbers_of_the_past_lead_to_their_rows(today: date) -> None:
    kept(today, 200)
    client = signed_in("mayor")
    page = soup(client.get(PAGE))
    columns = {"ahead": "week_before", "ahead_behind": "found", "ahead_district": "last_28_days"}
    for name, column in columns.items():
        text = soup(client.get(f"/desk/analysis/{name}.csv")).removeprefix("\ufeff")
        counted = [row[column] for row in csv.DictReader(StringIO(text)) if row[column] > "0"]
        part = page.split(f'id="{name}"')[1].split("</section>")[0]
        table = part.split("<tbody>")[1]
        links = re.findall(r'<a href="(/desk/analysis/rows/[^"]+)">([۰-۹٬]+)</a>', table)
        assert len(links) == len(counted) > 0, name
        path, shown = links[0]
        told = soup(client.get(path.replace("&amp;", "&")))
        assert shown in told.split("<main", 1)[1], (name, path)


def test_too_few_weeks_say_so_and_draw_nothing(today: date) -> None:
    kept(today, 20)
    client = signed_in("mayor")
    page = soup(client.get(PAGE))
    assert "دست‌کم ۴ هفتهٔ کامل" in page
    assert "<svg viewBox" not in page.split("<main", 1)[1]
    assert client.get("/desk/analysis/ahead.png").status_code == 404
    assert len(soup(client.get("/desk/analysis/ahead.csv")).splitlines()) == 1


def test_a_filter_narrows_what_is_expected(qom: CityPolicy, today: date) -> None:
    kept(today, 100)
    client = signed_in("mayor")
    name = qom.organisation.districts[3].in_("fa")
    assert f'<p class="meta">{name}</p>' in soup(client.get(PAGE, {"district": "3"}))
    assert "دست‌کم ۴ هفتهٔ کامل" in soup(client.get(PAGE, {"district": "5"}))
    assert client.get(PAGE, {"district": "99"}).status_code == 400


def test_a_day_that_the_rows_do_not_hold_as_a_whole_is_not_the_past(today: date) -> None:
    kept(today, 100)
    Mark.objects.update(at=now(days=2))
    page = soup(signed_in("mayor").get("/desk/analysis/ahead.csv"))
    assert str(today - timedelta(days=2)) in page


def test_a_week_of_a_city_begins_with_saturday_in_the_table(today: date) -> None:
    kept(today, 100)
    names = ("شنبه", "یکشنبه", "دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه")
    rows = soup(signed_in("mayor").get("/desk/analysis/ahead.csv")).splitlines()
    assert rows[1].startswith(names[weekday(today)])
