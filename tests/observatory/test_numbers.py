"""Every number of every page is in the published file, and the page says where."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from peygir.look.told import show_number
from peygir.observatory import stats
from peygir.verify.measures import MEASURES
from tests.observatory.conftest import MONTH
from tests.observatory.test_pages import PATHS

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("T12", "T13")]

LATIN = str.maketrans("۰۱۲۳۴۵۶۷۸۹٬٫−", "0123456789,.-")
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
#: Parts of a page that hold no figures: names, dates, addresses, entries as they stand, digests.
LEFT_OUT = {"time", "script", "style", "title", "header", "footer", "nav", "bdi", "option"}
VOID = {"meta", "link", "input", "br", "img", "hr"}


@dataclass(frozen=True, kw_only=True)
class Inside:
    """Where a figure stands: the link around it, "" without one, and the classes."""

    href: str
    classes: str


class Page(HTMLParser):
    """The `<data>` of a page, the cells of its charts' tables, and all other text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.path: list[tuple[str, dict[str, str]]] = []
        self.told: list[tuple[dict[str, str], str]] = []
        self.told_in: list[tuple[dict[str, str], Inside]] = []
        self.drawn: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.path.append((tag, {name: value or "" for name, value in attrs}))
        if tag == "data":
            self.told.append((self.path[-1][1], ""))
            self.told_in.append((self.path[-1][1], self._inside()))

    def _inside(self) -> "Inside":
        links = [found.get("href", "") for tag, found in self.path if tag == "a"]
        classes = " ".join(found.get("class", "") for _, found in self.path)
        return Inside(href=links[-1] if links else "", classes=classes)

    def handle_endtag(self, tag: str) -> None:
        while self.path and self.path.pop()[0] != tag:
            pass

    def handle_data(self, text: str) -> None:
        tags = [tag for tag, _ in self.path]
        classes = " ".join(found.get("class", "") for _, found in self.path)
        if "data" in tags:
            about, said = self.told[-1]
            self.told[-1] = (about, said + text)
        elif "figure" in tags or "interval" in classes:
            self.drawn.append(text)
        elif not LEFT_OUT & set(tags) and "source" not in classes:
            self.words.append(text)


def read(path: str) -> Page:
    page = Page()
    page.feed(Client().get(path).content.decode())
    return page


def value_at(data: Any, place: str) -> int:
    for step in place.split("/"):
        data = data[int(step)] if isinstance(data, list) else data.get(step, 0)
    assert isinstance(data, int)
    return data


def numbers(text: str) -> set[str]:
    return set(NUMBER.findall(text.translate(LATIN)))


def whole(data: Any) -> set[int]:
    """Every whole number of a file."""
    if isinstance(data, dict):
        return set().union(*map(whole, data.values())) if data else set()
    if isinstance(data, list):
        return set().union(*map(whole, data)) if data else set()
    return {data} if isinstance(data, int) else set()


SCORED = re.compile(
    r"by/\w+/\d+/(terms/\d+/)?"
    r"(score|low|high|penalty|parts/\w+/points|parts/satisfied/(low|high))"
)


def unit_of(place: str) -> str:
    last = place.rsplit("/", 1)[-1]
    if SCORED.fullmatch(place):
        return "centi"
    if last in ("raw", "adjusted"):
        return "bp"
    is_measure = place.startswith("totals/") or "/m/" in place
    return MEASURES[last].unit if is_measure else "cases"


@pytest.mark.parametrize("language", ["fa", "en"])
@pytest.mark.parametrize("path", PATHS)
def test_every_figure_is_at_its_place_in_the_file(
    published: Path, path: str, language: str
) -> None:
    found = stats.find("live")
    assert found is not None
    page = read(path if language == "fa" else f"/en{path}")
    for about, said in page.told:
        places, number = about["data-at"].split(), int(about["value"])
        wanted = sum(value_at(found.data, place) for place in places)
        if "data-per" in about:
            wanted //= value_at(found.data, about["data-per"])
        assert number == wanted, about
        units = {unit_of(places[0]), "cases"} if len(places) > 1 else {unit_of(places[0])}
        if "satisfied/adjusted" in places[0]:
            units.add("centi")  # the same number as a score, where units are ranked by it
        with override(language):
            shown = {re.sub(r"<[^>]+>", "", str(show_number(number, unit))) for unit in units}
        assert said.strip() in shown, (about, said)


@pytest.mark.parametrize("path", PATHS)
def test_no_other_number_is_on_a_page(published: Path, path: str) -> None:
    """Outside of `<data>` stand only names, thresholds, versions and what the texts say."""
    found = stats.find("live")
    assert found is not None
    page = read(path)
    in_names = numbers(" ".join(row["fa"] for rows in found.data["by"].values() for row in rows))
    allowed = in_names | {"5", "30", "95", "1", "1405", "3.2", "3.9"}
    if path.startswith("/observatory/data"):
        allowed |= {"256"}
    if path.endswith("how/"):
        allowed |= numbers(" ".join(one.how_fa for one in MEASURES.values()))
    assert numbers(" ".join(page.words)) - allowed - shares(found) == set(), path


def shares(found: stats.Stats) -> set[str]:
    """Shares of subjects: registered of each over all."""
    total = found.data["totals"]["registered"]
    rows = found.data["by"]["group"]
    each = [10_000 * row["m"].get("registered", 0) // total for row in rows]
    return {f"{bp / 100:.1f}" for bp in each}


@pytest.mark.parametrize("path", PATHS)
def test_drawings_draw_numbers_of_the_file(published: Path, path: str) -> None:
    found = stats.find("live")
    assert found is not None
    known = whole(found.data)
    days = set(range(1, 32))
    told = {float(each.replace(",", "")) for each in numbers(" ".join(read(path).drawn))}
    names = {float(each) for each in "123"}
    hundredths = {round(number / 100, 1) for number in known} | {number / 100 for number in known}
    tops = (4, 8, 20, 40, 80, 200, 400, 800, 2000)
    ticks = {float(n) for top in tops for n in range(0, top + 1, top // 4)}
    assert told - known - days - names - hundredths - ticks == set(), path


def test_rates_of_few_are_hidden_and_said_to_be(empty: Path, example: dict[str, Any]) -> None:
    from tests.observatory.conftest import place

    row = example["by"]["unit"][0]["m"]
    row |= {"yes": 3, "no": 0, "satisfied_bp": 10_000}
    place(empty, example | {"period": "live"}, "live")
    page = Client().get("/observatory/units/d1/").content.decode()
    assert "کمتر از ۵<" in page
    assert 'by/unit/0/m/satisfied_bp"' not in page


def test_a_past_month_keeps_its_own_figures(published: Path) -> None:
    page = Client().get(f"/observatory/?period={MONTH}").content.decode()
    assert "مهر ۱۴۰۵" in page
    assert f"/log/1405/stats/{MONTH}.json" in page
    assert Client().get("/observatory/?period=1405-06").status_code == 404


MEASURE = re.compile(r"(?:totals|by/\w+/\d+/m)/(\w+)")


@pytest.mark.parametrize("path", PATHS)
def test_every_figure_leads_to_its_rows(published: Path, path: str) -> None:
    """Somewhere on its page, if not wherever it stands; what a figure is of, with that figure."""
    page = read(path)
    shown, led = set(), set()
    for about, links in page.told_in:
        found = MEASURE.fullmatch(about["data-at"])
        if found is None or "data-per" in about or "meta" in links.classes:
            continue
        if about["value"] == "0":
            continue  # of nothing there are no rows
        shown.add(about["data-at"])
        if links.href.startswith("/observatory/entries/?of=") and f"of={found[1]}" in links.href:
            led.add(about["data-at"])
    assert shown <= led, sorted(shown - led)
    assert shown or "/units/" not in path
