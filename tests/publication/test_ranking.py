"""The ranking at the desk, its file, and the ranking outside: one published file, one set of
numbers, and two clicks to the case that cost most."""

import csv
import json
import re
from collections.abc import Callable
from datetime import timedelta
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from peygir.ledger.log import files
from peygir.ledger.models import Head
from peygir.observatory import frame
from peygir.policy.model import CityPolicy
from peygir.publication import figures
from peygir.verify.canonical import encode
from peygir.verify.merkle import Frontier
from tests.city import NOON, Story
from tests.desk.people import signed_in
from tests.publication.conftest import Seal

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("Q11", "T12", "T13")]

EXAMPLE = Path(__file__).parents[1] / "verify" / "example-1405-07.json"
Place = Callable[..., dict[str, Any]]
VOID = {"meta", "link", "input", "br", "img", "hr"}


class Table(HTMLParser):
    """Rows of the tables of a page: {place in the file: (value, words)} and all text of each."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[tuple[dict[str, tuple[str, str]], str]] = []
        self._open: list[str] = []
        self._at: tuple[str, str] | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "tr":
            self.rows.append(({}, ""))
        if tag == "data":
            self._at = (found["data-at"], found["value"])
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass
        if tag == "data":
            self._at = None

    def handle_data(self, text: str) -> None:
        if "tr" not in self._open or not self.rows:
            return
        told, words = self.rows[-1]
        if self._at:
            before = told.get(self._at[0], ("", ""))[1]
            told[self._at[0]] = (self._at[1], before + text)
        self.rows[-1] = (told, f"{words} {text}")

    @property
    def numbers(self) -> list[dict[str, tuple[str, str]]]:
        return [told for told, _ in self.rows if told]


@pytest.fixture
def place(qom: CityPolicy, folders: Path) -> Place:
    """Publish the figures of a made city, with some keys changed, as a period."""
    Head.objects.create(origin="ledger.test/137/1405", year=1405, frontier=Frontier().dump())

    def publish(period: str = "live", rank_by: str = "score", **changes: Any) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(EXAMPLE.read_bytes()) | {"period": period} | changes
        data["weights"]["rank_by"] = rank_by
        path = files.stats_file(1405, period)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encode(data))
        frame.forget()
        return data

    return publish


@pytest.fixture
def officer(qom: CityPolicy) -> Client:
    return signed_in("d3-civil-expert")


def page(client: Client, path: str) -> str:
    return str(client.get(path).content.decode())


@pytest.mark.parametrize("language", ["", "/en"])
@pytest.mark.parametrize("query", ["", "?by=score", "?by=satisfaction"])
@pytest.mark.parametrize("rank_by", ["score", "satisfaction"])
@pytest.mark.parametrize(("inside", "of"), [("ranking/", "units"), ("ranking/scores/", "managers")])
def test_inside_and_outside_show_the_same_numbers(
    officer: Client, place: Place, inside: str, of: str, rank_by: str, query: str, language: str
) -> None:
    data = place(rank_by=rank_by)
    desk = Table(page(officer, f"{language}/desk/{inside}{query}")).numbers
    outer = f"{query}&of={of}" if query else f"?of={of}"
    outside = Table(page(Client(), f"{language}/observatory/ranking/{outer}")).numbers
    assert desk == outside, "the same places, values and words, in the same order"
    assert len(desk) == len(
        [r for r in data["by"]["unit" if of == "units" else "post"] if "score" in r]
    )
    for row in desk:
        kinds = {at.split("/", 3)[3].rsplit("/", 1)[-1] for at in row}
        assert kinds >= {"n", "low", "high", "response_bp", "registered", "points"}
        for at, (value, _words) in row.items():
            assert int(value) == value_at(data, at), at


def value_at(data: Any, at: str) -> int:
    for step in at.split("/"):
        data = data[int(step)] if isinstance(data, list) else data.get(step, 0)
    return int(data)


@pytest.mark.parametrize("language", ["", "/en"])
@pytest.mark.parametrize(("inside", "of"), [("ranking/", "units"), ("ranking/scores/", "managers")])
def test_in_the_first_days_both_begin_with_the_provisional_month(
    officer: Client, place: Place, inside: str, of: str, language: str
) -> None:
    """The example is of Mehr: two days of it so far, and all of Shahrivar, with other numbers."""
    live = place()
    young = {"until": live["from"] + 2 * 86400}
    last = json.loads(json.dumps(live["by"]))
    for row in [*last["unit"], *last["post"]]:
        row["m"]["registered"] = row["m"].get("registered", 0) + 1000
    place(**young)
    final_at = live["from"] + 7 * 86400
    data = place("last", month="1405-06", final_at=final_at, by=last)
    desk = Table(page(officer, f"{language}/desk/{inside}")).numbers
    outside = Table(page(Client(), f"{language}/observatory/ranking/?of={of}")).numbers
    assert desk == outside, "the same places, values and words, in the same order"
    assert len(desk) == len(
        [r for r in data["by"][of[:-1].replace("manager", "post")] if "score" in r]
    )
    for row in desk:
        for at, (value, _words) in row.items():
            assert int(value) == value_at(data, at), at
    named = Table(page(officer, f"{language}/desk/{inside}?period=1405-06")).numbers
    assert named == desk
    now = Table(page(officer, f"{language}/desk/{inside}?period=live")).numbers
    assert (
        now == Table(page(Client(), f"{language}/observatory/ranking/?of={of}&period=live")).numbers
    )
    assert now != desk
    place(until=live["from"] + 8 * 86400)
    assert Table(page(officer, f"{language}/desk/{inside}")).numbers == now, "a week is enough"


@pytest.mark.parametrize("by", ["score", "satisfaction"])
def test_the_file_for_spreadsheets_holds_the_same(officer: Client, place: Place, by: str) -> None:
    place(rank_by=by)
    text = page(officer, "/desk/ranking.csv")
    assert text.startswith("\ufeff")
    listed = list(csv.DictReader(StringIO(text[1:])))
    shown = Table(page(officer, "/en/desk/ranking/")).numbers
    assert [row["by"] for row in listed] == [by] * len(shown)
    main = "score" if by == "score" else "parts/satisfied/adjusted"
    low = "low" if by == "score" else "parts/satisfied/low"
    pairs = {
        "value": (main, 100), "low": (low, 100), "high": (low.replace("low", "high"), 100),
        "satisfied": ("m/satisfied_bp", 10_000), "response": ("m/response_bp", 10_000),
        "answers": ("parts/satisfied/n", 1), "asked": ("m/asked", 1),
        "registered": ("m/registered", 1), "points": ("m/points", 1),
    }  # fmt: skip
    for row, numbers in zip(listed, shown, strict=True):
        start = next(iter(numbers)).split("/")[:3]
        for column, (at, parts) in pairs.items():
            told = int(numbers["/".join([*start, at])][0])
            assert round(float(row[column]) * parts) == told, (column, row)
        rank = numbers.get("/".join([*start, f"ranks/{by}"]))
        assert row["rank"] == (rank[0] if rank else "")
    values = "".join(value for row in listed for key, value in row.items() if key != "name")
    assert not set("۰۱۲۳۴۵۶۷۸۹") & set(values)


def test_the_policy_says_by_what_both_rank(officer: Client, place: Place) -> None:
    data = place(rank_by="satisfaction")
    rows = data["by"]["unit"]
    for number, row in enumerate(each for each in rows if "ranks" in each):
        row["ranks"]["satisfaction"] = row["rank"] = number + 1
        row["ranks"]["score"] = 9 - number
    place(rank_by="satisfaction", by=data["by"])
    first = next(at for at, row in enumerate(rows) if row.get("rank") == 1)
    for client, path in ((officer, "/desk/ranking/"), (Client(), "/observatory/ranking/")):
        [top, *_] = Table(page(client, path)).numbers
        assert f"by/unit/{first}/ranks/satisfaction" in top, path
        [top, *_] = Table(page(client, f"{path}?by=score")).numbers
        assert f"by/unit/{first}/ranks/score" not in top, path
    outside = page(Client(), f"/en/observatory/units/{rows[first]['code']}/")
    assert "by satisfaction." in outside
    assert f'data-at="by/unit/{first}/rank"' in outside
    assert "by satisfaction." in page(officer, f"/en/desk/ranking/scores/{rows[first]['code']}/")


def test_a_month_that_is_over_and_the_running_one(officer: Client, place: Place) -> None:
    """Aban is over and published; its numbers differ from those of the days so far."""
    live = place()
    old = json.loads(json.dumps(live["by"]))
    for row in old["unit"]:
        row["m"]["registered"] = row["m"].get("registered", 0) + 1000
    place("1405-08", by=old)
    run = Table(page(officer, "/desk/ranking/")).numbers
    over = Table(page(officer, "/desk/ranking/?period=1405-08")).numbers
    name = next(at for at in run[0] if at.endswith("/m/registered"))
    assert int(over[0][name][0]) - int(run[0][name][0]) == 1000
    assert over == Table(page(Client(), "/observatory/ranking/?period=1405-08")).numbers


def test_the_change_is_told_from_the_month_before(officer: Client, place: Place) -> None:
    live = place()
    before = json.loads(json.dumps(live["by"]))
    ranked = sorted((r for r in before["unit"] if "rank" in r), key=lambda row: row["rank"])
    ranked[0]["ranks"]["score"], ranked[1]["ranks"]["score"] = 2, 1
    place("1405-06", by=before)  # the example is of Mehr
    text = Table(page(officer, "/en/desk/ranking/")).rows
    assert [row[1].split()[-1] for row in text if row[0]][:3] == ["+1", "−1", "—"]


def test_few_are_hidden_inside_too(officer: Client, place: Place) -> None:
    data = place()
    row = next(row for row in data["by"]["unit"] if "score" in row)
    row["m"] |= {"yes": 2, "no": 1, "partly": 0, "asked": 4}
    place(by=data["by"])
    for client, path in ((officer, "/en/desk/ranking/"), (Client(), "/en/observatory/ranking/")):
        assert page(client, path).count("fewer than 5") == 2, path
    listed = csv.DictReader(StringIO(page(officer, "/desk/ranking.csv")[1:]))
    [few] = [each for each in listed if each["unit"] == row["code"]]
    assert (few["satisfied"], few["response"]) == ("", "")


@pytest.mark.parametrize(
    "query",
    ["?period=1405-99", "?period='", "?sort=points", "?sort=response", "?sort=;drop", "?by=luck"],
)
def test_odd_addresses_still_show_a_month(officer: Client, place: Place, query: str) -> None:
    place()
    for path in ("/desk/ranking/", "/desk/ranking.csv", "/desk/ranking/scores/"):
        assert officer.get(path + query).status_code == 200
    assert len(Table(page(officer, f"/desk/ranking/{query}")).numbers) == 4


def test_before_the_first_figures_it_says_so(officer: Client, folders: Path) -> None:
    assert "No figures are published" in page(officer, "/en/desk/ranking/")
    assert page(officer, "/desk/ranking.csv").count("\r\n") == 1


@pytest.mark.requirement("Q10")
def test_why_am_i_ninth_is_two_clicks_away(officer: Client, qom: CityPolicy, sealed: Seal) -> None:
    """From the ranking to the reasons, from there to the case: links, not searches."""
    story = Story(qom)
    story.after(hours=60).report()
    at = NOON + timedelta(hours=63)
    sealed(at)
    figures.publish(at=at)
    first = page(officer, "/desk/ranking/?period=live")
    assert 'href="/desk/ranking/scores/d3/?period=live"' in first
    second = page(officer, "/desk/ranking/scores/d3/?period=live")
    [link] = {f"/desk/cases/{story.case.code}/"} & set(second.split('"'))
    assert officer.get(link).status_code == 200


@pytest.mark.requirement("T11", "S13")
@pytest.mark.parametrize("language", ["", "/en"])
def test_the_terms_of_an_office_are_the_same_inside_and_outside(
    officer: Client, place: Place, language: str
) -> None:
    """Score, interval, sums and the inherited backlog of each, as the file has them."""
    data = place()
    at, row = next((at, r) for at, r in enumerate(data["by"]["post"]) if len(r["terms"]) == 2)
    code, told = row["code"], re.compile(rf'value="(-?\d+)" data-at="(by/post/{at}/terms/[^"]+)"')
    inside, outside = (
        {(each[1], int(each[0])) for each in told.findall(page(client, language + path))}
        for client, path in (
            (officer, f"/desk/ranking/scores/{code}/"),
            (Client(), f"/observatory/managers/{code}/"),
        )
    )
    assert len(inside) > 20
    backlog = {number for name, number in inside if name.endswith("/inherited")}
    assert backlog == {row["terms"][1]["m"]["inherited"]}
    for name, number in inside:
        if number or name.rpartition("/")[0].endswith("score"):
            assert (name, number) in outside, name
            assert value_at(data, name) == number
    ranked = page(officer, f"{language}/desk/ranking/scores/")
    public = page(Client(), f"{language}/observatory/ranking/?of=managers")
    marks = [
        text.count("changed hands" if language else "متصدی عوض شد") for text in (ranked, public)
    ]
    assert marks == [2, 2]
