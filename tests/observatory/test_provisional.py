"""The first days of a month: the month before is shown, provisional until it is for good."""

import tarfile
from pathlib import Path

import pytest
from django.test import Client

from peygir.evaluation import scores
from peygir.ledger.log import files
from peygir.observatory import stats
from peygir.observatory.figures import scopes, whole
from peygir.policy.model import CityPolicy
from peygir.publication import archives
from tests.city import NOON, Story
from tests.desk.people import signed_in
from tests.held import lived
from tests.observatory.test_check import typed
from tests.observatory.test_numbers import read, value_at
from tests.observatory.test_over import DAY, HOUR, MONTH, City
from tests.observatory.test_pages import PATHS
from tests.observatory.test_rows import COUNTS
from tests.publication.conftest import seal_all

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("T11", "T12", "T13")]
ABSENT = ("/units/d1/", "/subjects/lights/", "/classes/civil/")  # of the example only


@lived
def in_the_next_month(qom: CityPolicy) -> City:
    """One case done on the last day of Aban, one open over its end, one of 2 Azar."""
    made = City(qom, seal_all)
    done = Story(qom)
    done.after(hours=2).report()
    done.after(hours=1).satisfied()
    Story(qom)
    assert made.turn(4 * HOUR) == ["live"], "no month is over"
    Story(qom, at=NOON + 2 * DAY)
    assert made.turn(2 * DAY) == ["1405-08-30", "last", "live"]
    return made


@pytest.fixture
def last(in_the_next_month: City) -> stats.Stats:
    found = stats.provisional()
    assert found is not None
    return found


def page(path: str, language: str = "/en") -> str:
    answer = Client().get(f"{language}/observatory/{path}")
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_pages_begin_with_it_and_say_until_when_it_may_change(last: stats.Stats) -> None:
    assert (last.period, last.stem) == (MONTH, "last")
    front = page("")
    assert "Aban 1405 (provisional), the city registered" in front
    assert "It is published for good on" in front
    assert "8 Azar 1405" in front  # it ends with 30 Aban, and waits for seven days
    assert "/log/1405/stats/last.json" in front
    assert '<a href="/en/observatory/?period=live">Azar 1405 so far</a>' in front
    assert "آبان ۱۴۰۵ (موقت)" in page("", "")
    assert page("").split("<main")[1] == page(f"?period={MONTH}").split("<main")[1]


def test_the_running_month_is_one_click_away_and_leads_back(last: stats.Stats) -> None:
    now = page("?period=live")
    assert "The month has only begun." in now
    assert f'<a href="/en/observatory/?period={MONTH}">Aban 1405 (provisional)</a>' in now
    assert "It is published for good" not in now
    assert "/en/observatory/units/?period=live" in now, "the other parts stay with this month"
    assert "?period=" not in page("").split("</nav>")[1].split("<h1>")[0]


@pytest.mark.parametrize("path", [path for path in PATHS if not path.endswith(ABSENT)])
def test_its_numbers_are_those_of_its_file(last: stats.Stats, path: str) -> None:
    for about, _said in read(path).told:
        places, number = about["data-at"].split(), int(about["value"])
        wanted = sum(value_at(last.data, place) for place in places)
        if "data-per" in about:
            wanted //= value_at(last.data, about["data-per"])
        assert number == wanted, about


def test_its_rows_are_as_many_as_its_figures(last: stats.Stats) -> None:
    assert last.data["totals"]["open"] == 1
    for scope in (whole(last), *scopes(last, "unit")[:1], *scopes(last, "district")[:1]):
        of = f"&{scope.dimension}={scope.code}" if scope.dimension else ""
        for measure in COUNTS:
            shown = page(f"entries/?period={MONTH}&of={measure}{of}").count("<li id=")
            assert shown == scope.measures.get(measure, 0), (scope.code, measure)


def test_it_is_among_the_open_data_and_in_the_archive(last: stats.Stats, tmp_path: Path) -> None:
    assert last.digest in page("data/")
    package = Client().get("/observatory/data/datapackage.json").json()
    assert "figures-last" in {each["name"] for each in package["resources"]}
    table = Client().get(f"/observatory/data/{MONTH}.parquet")
    assert table.content[:4] == b"PAR1"
    trends = page("trends/").split("Months that are over</caption>")[1]
    assert "Aban 1405 (provisional)" in trends
    assert archives.make_due(at=NOON) == [1405]
    with tarfile.open(files.archive_file(1405)) as archive:
        archive.extractall(tmp_path / "copy", filter="data")
    told = typed(tmp_path / "copy", "stats", "1405", "last", "--jobs", "1")
    assert told.returncode == 0, told.stdout + told.stderr


def test_the_desk_shows_the_same_file(last: stats.Stats) -> None:
    """Districts have no answer yet in this small city: what is said of the file is the same."""
    client = signed_in("centre-head")
    desk = client.get("/en/desk/ranking/").content.decode()
    assert "Ranking · Aban 1405 (provisional)" in desk
    assert "It is published for good on" in desk
    assert '<a href="?period=live">Azar 1405 so far</a>' in desk
    assert f"/en/desk/ranking/scores/?period={MONTH}" in desk
    now = client.get("/en/desk/ranking/?period=live").content.decode()
    assert "Ranking · Azar 1405 so far" in now
    assert f'<a href="?period={MONTH}">Aban 1405 (provisional)</a>' in now
    assert scores.provisional() == dict(last.data)


def test_the_month_for_good_takes_its_place(in_the_next_month: City, last: stats.Stats) -> None:
    city = in_the_next_month
    Story(city.policy, at=NOON + 8 * DAY)
    done = city.turn(8 * DAY)
    assert MONTH in done
    assert "last" not in done
    assert stats.provisional() is None
    assert not files.stats_file(1405, "last").exists()
    assert not files.stats_file(1405, "last", "csv").exists()
    for path in ("", f"?period={MONTH}"):
        assert "provisional" not in page(path)
    assert "Azar 1405 so far" in page(""), "a week is enough to begin with"
    assert scores.provisional() is None
    final = stats.find(MONTH)
    assert final is not None
    assert final.final_at is None
    told = ("v", "period", "basis", "month", "final_at", "verifier")
    rest = {key: value for key, value in last.data.items() if key not in told}
    assert rest == {key: value for key, value in final.data.items() if key not in told}
