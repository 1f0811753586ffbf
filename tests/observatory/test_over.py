"""A real city whose month, and then year, is over: what stays, and what follows."""

import re
import tarfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from peygir.ledger.log import files
from peygir.observatory import frame, stats
from peygir.observatory.figures import scopes, whole
from peygir.policy.model import CityPolicy
from peygir.publication import archives, figures
from tests.city import NOON, Story
from tests.held import lived
from tests.observatory.test_check import typed
from tests.observatory.test_rows import COUNTS
from tests.publication.conftest import Seal, seal_all

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("S19", "T12", "T13")]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONTH = "1405-08"  # NOON is on its last day
NOWRUZ = timedelta(days=121)  # after NOON, the first days of 1406


class City:
    """A city that seals and publishes at some hours after NOON."""

    def __init__(self, policy: CityPolicy, seal: Seal) -> None:
        self.policy, self.seal = policy, seal

    def turn(self, after: timedelta) -> list[str]:
        self.seal(NOON + after)
        done = figures.publish(at=NOON + after)
        self.seal(NOON + after + HOUR)
        frame.forget()
        return done


@lived
def month_is_over(qom: CityPolicy) -> City:
    """A case done on the last day of the month, one that is late, and one of the month after."""
    made = City(qom, seal_all)
    done = Story(qom)
    done.after(hours=2).report()
    done.after(hours=1).satisfied()
    Story(qom)
    made.turn(4 * HOUR)
    Story(qom, at=NOON + 8 * DAY)
    assert MONTH in made.turn(8 * DAY)
    return made


@pytest.fixture
def city(month_is_over: City) -> City:
    return month_is_over


def page(path: str) -> str:
    answer = Client().get(f"/en/observatory/{path}")
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_the_month_is_shown_as_it_was_published(city: City) -> None:
    found = stats.find(MONTH)
    assert found is not None
    front = page(f"?period={MONTH}")
    assert "Aban 1405" in front
    assert '<data value="2" data-at="totals/registered">2</data>' in front
    assert "open at the end" in front
    assert f"?period={MONTH}" in page(""), "the page of now offers it"
    trends = page("trends/").split("Months that are over</caption>")[1]
    cell = rf'data-period="{MONTH}"[^>]*><a [^>]*><data value="2" data-at="totals/registered">2<'
    assert re.search(cell, trends)
    for name in (MONTH, "1405-08-30"):
        assert f"/log/1405/stats/{name}.json" in page("data/")
    assert found.digest in page("data/")


def test_a_unit_shows_its_months_before(city: City) -> None:
    live = stats.find("live")
    assert live is not None
    unit = scopes(live, "unit")[0].code
    before = page(f"units/{unit}/").split("Months before")[2]
    assert f'href="?period={MONTH}">Aban 1405</a>' in before


def test_a_district_names_the_units_that_it_answers_for(city: City) -> None:
    live = stats.find("live")
    assert live is not None
    units = stats.rules(live)["units"]
    below = next(s.code for s in scopes(live, "unit") if units[s.code]["scored"] != s.code)
    shown = page(f"units/{units[below]['scored']}/").split("Its units")[1]
    assert f'href="/en/observatory/units/{below}/"' in shown


def test_a_district_without_a_message_is_told_so(city: City) -> None:
    found = stats.find(MONTH)
    assert found is not None
    with_figures = {scope.code for scope in scopes(found, "district")}
    idle = next(code for code in stats.rules(found)["districts"] if code not in with_figures)
    shown = page(f"districts/{idle}/?period={MONTH}")
    assert f"<h1>District {idle}</h1>" in shown
    assert "Nothing of this period is in the log." in shown
    assert Client().get("/observatory/districts/99/").status_code == 404


def test_rows_of_the_month_are_as_many_as_its_figures(city: City) -> None:
    found = stats.find(MONTH)
    assert found is not None
    for scope in (whole(found), scopes(found, "unit")[0], scopes(found, "district")[0]):
        of = f"&{scope.dimension}={scope.code}" if scope.dimension else ""
        for measure in COUNTS:
            shown = page(f"entries/?period={MONTH}&of={measure}{of}").count("<li id=")
            assert shown == scope.measures.get(measure, 0), (scope.code, measure)


def test_a_late_entry_gives_a_revision_that_anybody_can_follow(city: City, tmp_path: Path) -> None:
    story = Story(city.policy)
    story.at = NOON + 3 * HOUR  # entered nine days late
    story.report()
    city.seal(NOON + 9 * DAY)
    assert figures.revise(MONTH, at=NOON + 9 * DAY)
    city.seal(NOON + 9 * DAY + HOUR)
    frame.forget()
    corrections = page("corrections/")
    assert "Aban 1405" in corrections
    assert "Revision 1" in corrections
    assert "registered" in corrections.split("Revision 1")[1]
    assert f"/log/1405/stats/{MONTH}.r1.json" in page(f"?period={MONTH}")
    assert archives.make_due(at=NOON) == [1405]
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "log.tar").write_bytes(files.archive_file(1405).read_bytes())
    with tarfile.open(copy / "log.tar") as archive:
        archive.extractall(copy, filter="data")
    assert typed(copy, "stats", "1405", MONTH, "--jobs", "1").returncode == 0
    told = typed(
        copy, "diff", f"1405/stats/{MONTH}.json", f"1405/stats/{MONTH}.r1.json", "--log", "1405"
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert "totals.registered: 2 -> 3" in told.stdout


def test_the_year_after_shows_the_year_before(city: City) -> None:
    Story(city.policy, at=NOON + NOWRUZ)
    for hours in range(3):  # hands its keys over, begins the new log
        city.seal(NOON + NOWRUZ + hours * HOUR)
    Story(city.policy, at=NOON + NOWRUZ + 10 * DAY)
    done = city.turn(NOWRUZ + 10 * DAY)
    assert "1405" in done
    assert files.years() == [1406, 1405]
    assert '<data value="3" data-at="totals/registered">3</data>' in page("?period=1405")
    assert 'data-period="1405"' in page("trends/")
    assert page("entries/?period=1405&of=registered").count("<li id=") == 3
    assert "/log/1406/stats/1405.json" in page("data/")
    assert archives.make_due(at=NOON) == [1405, 1406]
    frame.forget()
    for year in (1405, 1406):
        assert f"/log/archives/log-{year}.tar" in page("data/")
    of_case = page("entries/?period=1405&of=closed").split("entries/?case=")[1].split('"')[0]
    assert page(f"entries/?case={of_case}").count("<li id=") == 3
