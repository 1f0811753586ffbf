"""Figures over Nowruz: two years of log, one case that runs from one into the other, and what an
outsider with both folders gets."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from peygir.ledger.log import files, queue
from peygir.ledger.models import Head
from peygir.observatory import stats as observed
from peygir.policy.model import CityPolicy
from peygir.publication import figures
from peygir.publication.models import Figures
from peygir.verify import errors
from peygir.verify.canonical import encode, parse
from peygir.verify.cli import main
from tests.city import Story
from tests.held import lived
from tests.publication.conftest import Seal, seal_all

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("T13")]

NOWRUZ = datetime(2027, 3, 20, 20, 30, tzinfo=UTC)  # midnight in Tehran, 1 Farvardin 1406
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def told(*words: str, before: bool = True) -> int:
    """What an outsider types, with the folder of the year before or without."""
    earlier = ["--before", str(files.year_folder(1405))] if before else []
    keys = ["--vkey", str(files.root() / "vkeys.txt"), "--jobs", "1"]
    return main(["stats", str(files.year_folder(1406)), *words, *earlier, *keys])


def read(name: str, year: int = 1406) -> dict[str, Any]:
    return parse(files.stats_file(year, name).read_bytes())


@lived
def two_years(qom: CityPolicy) -> datetime:
    """One case of Esfand that is done in it; one that crosses Nowruz and is late; one of
    Farvardin. Sealed day by day, published when the late window of the month is over. Gives
    when."""
    done = Story(qom, at=NOWRUZ - 9 * DAY)
    done.after(hours=2).report()
    done.after(hours=1).satisfied()
    seal_all(NOWRUZ - 8 * DAY)
    assert figures.publish(at=NOWRUZ - 8 * DAY)[-1] == "live"
    crossing = Story(qom, at=NOWRUZ - DAY)
    seal_all(NOWRUZ - HOUR)
    assert figures.publish(at=NOWRUZ - HOUR)[-1] == "live"
    seal_all(NOWRUZ + HOUR)  # the announcement, into the old log
    seal_all(NOWRUZ + 2 * HOUR)
    assert Head.objects.get().year == 1406
    crossing.after(days=12).report()
    Story(qom, at=crossing.at)
    seal_all(crossing.at)
    figures.publish(at=crossing.at)
    seal_all(crossing.at + HOUR)
    return crossing.at


def test_the_month_and_the_year_before_are_published_beside_the_new_log(
    two_years: datetime,
) -> None:
    periods = set(Figures.objects.filter(year=1406).values_list("period", flat=True))
    assert {"1405-12", "1405"} <= periods
    month, year, live = read("1405-12"), read("1405"), read("live")
    for data in (month, year):
        assert data["totals"]["registered"] == 2
        assert (data["totals"]["closed"], data["totals"]["open"]) == (1, 1)
        assert [each["origin"] for each in data["before"]] == ["ledger.qom/137/1405"]
        assert data["basis"]["origin"] == "ledger.qom/137/1406"
    assert (live["totals"]["registered"], live["totals"]["answered_late"]) == (1, 1)
    assert [each["period"] for each in live["months"]] == ["1405-12"]
    found = observed.find("1405")
    assert found is not None
    assert found.data == year


@pytest.mark.parametrize("period", ["1405-12", "1405", "1405-12-29", "1406-01-01", "live"])
def test_with_both_folders_an_outsider_gets_the_same(two_years: datetime, period: str) -> None:
    assert told(period) == errors.OK


def test_without_the_year_before_nothing_is_shown_and_nobody_accused(
    two_years: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told("1405-12", before=False) == errors.INCOMPLETE
    assert "logs of earlier years" in capsys.readouterr().out


def test_a_changed_byte_of_the_old_year_is_found(two_years: datetime) -> None:
    for bundle in (files.year_folder(1405) / "tile" / "entries").rglob("*"):
        if bundle.is_file():
            bundle.write_bytes(bundle.read_bytes().replace(b'"dist":3', b'"dist":4', 1))
    assert told("1405") == errors.INCOMPLETE


def test_figures_of_the_old_year_made_up_in_the_new_one(two_years: datetime, sealed: Seal) -> None:
    """The city announces a better year than both logs give."""
    data = read("1405")
    data["totals"]["open"] -= 1
    data["totals"]["closed"] += 1
    spelled = encode(data)
    files.stats_file(1406, "1405").write_bytes(spelled)
    leaf = {"t": "stats.published", "v": 1, "period": "1405", "size": data["basis"]["size"]}
    leaf |= {"root": data["basis"]["root"], "file": hashlib.sha256(spelled).hexdigest()}
    # The first announcement stands in the log for good; a second file of the same name does not.
    queue.propose(leaf | {"verifier": data["verifier"]})
    sealed(two_years + 2 * HOUR)
    assert told("1405") == errors.INCOMPLETE
    files.stats_file(1406, "1405.r1").write_bytes(spelled)
    assert told("1405") == errors.TAMPERED


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_a_month_of_the_old_year_is_revised_in_the_new_one(
    qom: CityPolicy, sealed: Seal, capsys: pytest.CaptureFixture[str], lang: str
) -> None:
    """Bahman came out in the old log; what was entered late is told in the new one."""
    story = Story(qom, at=NOWRUZ - 35 * DAY)
    sealed(NOWRUZ - 34 * DAY)
    Story(qom, at=NOWRUZ - 8 * DAY)
    sealed(NOWRUZ - 8 * DAY)
    assert "1405-11" in figures.publish(at=NOWRUZ - 8 * DAY)
    sealed(NOWRUZ + HOUR)
    sealed(NOWRUZ + 2 * HOUR)
    assert Head.objects.get().year == 1406
    story.at = NOWRUZ - 34 * DAY
    story.report()
    sealed(NOWRUZ + 3 * HOUR)
    assert figures.revise("1405-11", at=NOWRUZ + 3 * HOUR) is True
    sealed(NOWRUZ + 4 * HOUR)
    revised = read("1405-11.r1")
    assert [each["what"] for each in revised["corrections"]] == ["case.work_done"]
    assert told("1405-11", "--lang", lang) == errors.OK
    assert told("1405-11", before=False) == errors.INCOMPLETE
    old, new = files.stats_file(1405, "1405-11"), files.stats_file(1406, "1405-11.r1")
    assert main(["diff", str(old), str(new), "--vkey", str(files.root() / "vkeys.txt")]) == 0
    assert [each.revision for each in observed.revisions("1405-11")] == [0, 1]
    capsys.readouterr()
