"""A newcomer checks the city from its public pages alone; what is offered there can be read."""

import csv
import io
import json
import os
import re
import subprocess
import sys
import tarfile
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from django.utils import timezone

from peygir.ledger.log import files, stops
from peygir.ledger.models import Checkpoint
from peygir.observatory import frame, opendata, parquet, reading, stats
from peygir.policy.model import CityPolicy
from peygir.publication import archives, figures
from tests.city import NOON, Story
from tests.held import lived
from tests.publication.conftest import seal_all

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("T12")]
HOUR = timedelta(hours=1)
GOLDEN = (
    "504152311500151615162c15041500150615060000010000006102000000d8a81500152015202c1504150015"
    "0615060000ffffffffffffffff00000000000100001502193c480766696775726573150400150c2500180463"
    "6f646525000015042500180576616c7565001604191c192c26081c150c19250006191804636f646515001604"
    "163816382608000026401c15041925000619180576616c7565150016041642164226400000167a1604002806"
    "706579676972007600000050415231"
)
ATOM = "{http://www.w3.org/2005/Atom}"


@lived
def two_cases_published(qom: CityPolicy) -> None:
    """A city in which two cases happened and figures were published."""
    done = Story(qom)
    done.after(hours=2).report()
    done.after(hours=1).satisfied()
    Story(qom)
    seal_all(NOON + 4 * HOUR)
    figures.publish(at=NOON + 4 * HOUR)
    seal_all(NOON + 5 * HOUR)
    assert archives.make_due(at=NOON + 5 * HOUR) == [1405]
    frame.forget()


@pytest.fixture
def city(two_cases_published: None) -> Client:
    """Its public site."""
    return Client()


def fetch(site: Client, folder: Path) -> None:
    """Download and open what the page offers."""
    page = site.get("/observatory/check/").content.decode()
    path = "/log/archives/log-1405.tar"
    assert f'href="{path}"' in page
    assert f"curl -O http://testserver{path}" in page
    body = b"".join(site.get(path).streaming_content)  # type: ignore[attr-defined]  # a stream
    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        archive.extractall(folder, filter="data")


def typed(folder: Path, *words: str) -> Any:
    """What the page says to type, in an empty environment but for Python itself."""
    return subprocess.run(
        [sys.executable, "-I", "verify.py", *words, "--vkey", "vkeys.txt"],
        cwd=folder,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )


class TestNewcomer:
    def test_gets_agrees(self, city: Client, tmp_path: Path) -> None:
        fetch(city, tmp_path / "copy")
        log = typed(tmp_path / "copy", "log", "1405")
        assert log.returncode == 0, log.stdout + log.stderr
        figures = typed(tmp_path / "copy", "stats", "1405", "live", "--jobs", "1")
        assert figures.returncode == 0, figures.stdout + figures.stderr
        assert "follows from" in figures.stdout

    def test_changes_one_byte_and_is_told_where(self, city: Client, tmp_path: Path) -> None:
        copy = tmp_path / "copy"
        fetch(city, copy)
        bundle = next(path for path in copy.rglob("tile/entries/**/*") if path.is_file())
        data = bytearray(bundle.read_bytes())
        data[len(data) // 2] ^= 1
        bundle.write_bytes(data)
        found = typed(copy, "log", "1405")
        assert found.returncode == 2
        assert "tile/entries" in found.stdout + found.stderr

    def test_changes_a_figure_and_is_told_which_file(self, city: Client, tmp_path: Path) -> None:
        copy = tmp_path / "copy"
        fetch(city, copy)
        file = copy / "1405" / "stats" / "live.json"
        file.write_bytes(file.read_bytes().replace(b'"closed":1', b'"closed":9', 1))
        found = typed(copy, "stats", "1405", "live", "--jobs", "1")
        assert found.returncode == 2
        assert "stats/live.json" in found.stdout + found.stderr


class TestEntries:
    def test_rows_behind_a_figure(self, city: Client) -> None:
        page = city.get("/observatory/entries/?of=registered").content.decode()
        assert page.count("case.registered&#34;") + page.count('case.registered"') == 2
        assert "مریم" not in page
        closed = city.get("/en/observatory/entries/?of=closed").content.decode()
        assert "case.confirmed" in closed or "case.closed" in closed

    def test_a_case_can_be_followed_from_its_beginning(self, city: Client) -> None:
        page = city.get("/en/observatory/entries/?of=closed").content.decode()
        case = page.split("/en/observatory/entries/?case=")[1].split('"')[0]
        one = city.get(f"/en/observatory/entries/?case={case}").content.decode()
        told = re.findall(r"<b>(.*?)</b>", one.split('<ol class="log"')[1])
        assert told[0] == "registered"
        assert told[-1] == "closed"
        assert "work reported done" in told
        assert "satisfied" in one

    def test_all_entries_and_those_that_name_a_unit(self, city: Client) -> None:
        every = city.get("/en/observatory/entries/").content.decode()
        count = every.count("<li id=")
        assert count == 6
        assert "Looked at entries 0 to" in every, every.split("</form>")[1][:3000]
        below = city.get("/en/observatory/entries/?below=3").content.decode()
        assert 0 < below.count("<li id=") <= 3
        unit = re.findall(r'<option value="(\w+-civil)"', every)[0]
        mine = city.get(f"/en/observatory/entries/?unit={unit}").content.decode()
        assert 0 < mine.count("<li id=") < count
        assert city.get("/en/observatory/entries/?of=closed&below=1").status_code == 200

    def test_more_than_a_page_goes_on_with_older_ones(
        self, city: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reading, "SHOWN_MAX", 2)
        seen: list[str] = []
        path = "/en/observatory/entries/"
        for _ in range(10):
            page = city.get(path).content.decode()
            seen += re.findall(r'<li id="([\w-]+)"', page)
            older = re.search(r'class="button" href="([^"]+)"', page)
            if older is None:
                break
            path = older[1].replace("&amp;", "&")
        assert len(seen) == len(set(seen)) == 6

    def test_a_damaged_file_takes_no_page_away(self, city: Client) -> None:
        case = re.search(r"\?case=([\w-]+)", city.get("/observatory/entries/").content.decode())
        assert case is not None
        frame.forget()
        for bundle in (files.root() / "1405" / "tile" / "entries").rglob("*"):
            if bundle.is_file():
                bundle.write_bytes(bundle.read_bytes()[:-1])
        for path in ("", "?of=closed", f"?case={case[1]}"):
            page = city.get(f"/en/observatory/entries/{path}")
            assert page.status_code == 200, path
            assert page.content.count(b"<li id=") == 0

    def test_a_case_that_nobody_knows(self, city: Client) -> None:
        for case in ("A" * 22, "x", "A" * 21):
            page = city.get(f"/en/observatory/entries/?case={case}").content.decode()
            assert "The log knows no such case." in page

    @pytest.mark.parametrize(
        "words", ["of=x", "below=-1", "below=9999999999999999999", "case=<b>", "period=1399-01"]
    )
    def test_nonsense_is_not_found(self, city: Client, words: str) -> None:
        assert city.get(f"/observatory/entries/?{words}").status_code == 404


class TestOpenData:
    def test_a_data_package_names_every_table(self, city: Client) -> None:
        package = json.loads(city.get("/observatory/data/datapackage.json").content)
        (live,) = [one for one in package["resources"] if one["name"] == "figures-live"]
        path = live["path"].split("testserver", 1)[1]
        lines = b"".join(city.get(path).streaming_content)  # type: ignore[attr-defined]  # a stream
        names = next(csv.reader(io.StringIO(lines.decode())))
        assert names == [field["name"] for field in live["schema"]["fields"]]
        assert len(lines) == live["bytes"]

    def test_the_data_package_reads_no_table_twice(
        self, city: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """However many addresses ask for it; a table that was replaced is read again."""
        first = city.get("/observatory/data/datapackage.json?a=1").json()
        read: list[str] = []
        bytes_of = Path.read_bytes

        def reading(path: Path) -> bytes:
            read.append(path.name)
            return bytes_of(path)

        monkeypatch.setattr(Path, "read_bytes", reading)
        again = city.get("/observatory/data/datapackage.json?a=2").json()
        assert again["resources"] == first["resources"]
        assert [name for name in read if name.endswith(".csv")] == []
        (live,) = [one for one in first["resources"] if one["name"] == "figures-live"]
        year = files.years()[0]
        files.replace(files.stats_file(year, "live", "csv"), b"period\n")
        (new,) = [
            one
            for one in city.get("/observatory/data/datapackage.json?a=3").json()["resources"]
            if one["name"] == "figures-live"
        ]
        assert (new["bytes"], new["hash"] != live["hash"]) == (7, True)

    def test_the_page_reads_only_the_files_that_it_lists(
        self, city: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        days = [f"1404-01-{day:02}" for day in range(1, 31)]
        monkeypatch.setattr(stats, "periods", lambda: days)
        monkeypatch.setattr(opendata, "LISTED_MAX", 3)
        asked: list[str] = []
        find = stats.find
        monkeypatch.setattr(stats, "find", lambda name: asked.append(name) or find(name))
        page = city.get("/en/observatory/data/?few=1").content.decode()
        assert "and 27 more, in the data package" in page
        assert [name for name in asked if name in days] == days[:3]

    def test_parquet_holds_the_same_lines(self, city: Client) -> None:
        body = city.get("/observatory/data/live.parquet").content
        assert body[:4] == body[-4:] == b"PAR1"
        assert b"registered" in body
        assert city.get("/observatory/data/1399.parquet").status_code == 404

    def test_parquet_as_other_libraries_read_it(self) -> None:
        """These bytes were read by two libraries (pyarrow 26.0, duckdb 2.0) when they were made."""
        found = parquet.spell([("code", ["a", "ب"]), ("value", [-1, 1 << 40])])
        assert found.hex() == GOLDEN

    def test_a_feed_of_signed_states(self, city: Client) -> None:
        feed = ET.fromstring(city.get("/observatory/feed.atom").content)
        entries = feed.findall(f"{ATOM}entry")
        assert entries
        assert "137/1405" in (entries[0].findtext(f"{ATOM}summary") or "")


class TestStop:
    def test_a_stop_is_said_in_red_on_every_page(self, city: Client) -> None:
        stops.stop(stops.FORK, at=NOON + 6 * HOUR)
        frame.forget()
        for path in ("/observatory/", "/observatory/check/", "/observatory/how/"):
            page = city.get(path).content.decode()
            assert "danger-tone" in page, path
            assert "شاهدان بیرونی دفتر دیگری" in page, path

    def test_that_too_few_witnesses_see_it_too(
        self, city: Client, settings: Any, tmp_path: Path
    ) -> None:
        policy = tmp_path / "witnesses.txt"
        policy.write_text("quorum none\n")
        settings.PEYGIR_LOG_POLICY = str(policy)
        frame.forget()
        Checkpoint.objects.update(witnessed_at=NOON, signed_at=timezone.now() - HOUR)
        assert "danger-tone" not in city.get("/observatory/how/").content.decode()
        Checkpoint.objects.update(witnessed_at=None)
        frame.forget()
        for path in ("/observatory/", "/observatory/check/", "/observatory/how/"):
            page = city.get(path).content.decode()
            assert "هیچ‌کس بیرون از شهر" in page, path


class TestNothingYet:
    @pytest.mark.parametrize("part", ["", "units/", "ranking/", "trends/", "entries/", "data/"])
    def test_it_is_said_plainly(self, empty: Path, part: str) -> None:
        page = Client().get(f"/observatory/{part}")
        assert page.status_code == 200
        assert "هنوز آماری منتشر نشده است" in page.content.decode()

    @pytest.mark.parametrize("part", ["how/", "check/", "feed.atom", "data/datapackage.json"])
    def test_what_needs_no_figures_is_there(self, empty: Path, part: str) -> None:
        assert Client().get(f"/observatory/{part}").status_code == 200
