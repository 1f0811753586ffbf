"""The analytics desk: each filter of the address counts, each number opens its cases, each figure
is a table, a file and a picture of the same numbers (ux screen 11)."""

import csv
import gzip
import re
from collections.abc import Iterator
from copy import copy
from datetime import date
from html.parser import HTMLParser
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any, Final

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from PIL import Image

from peygir.calendars import codes
from peygir.calendars.jalali import numeric
from peygir.calendars.persian import to_latin_digits
from peygir.cases.models import Case
from peygir.desk.analysis.files import BUILDERS
from peygir.people.organisation import actor_of
from peygir.policy.model import CityPolicy
from tests import held
from tests.analysis import lived
from tests.city import NOON, Story
from tests.desk.follow import at_desk
from tests.desk.people import signed_in, soup
from tests.voices import complaint, voices

__all__ = ["voices"]
pytestmark = [pytest.mark.django_db, pytest.mark.requirement("S19")]

ALL: Final = {"since": numeric(lived.SINCE), "until": numeric(date(2026, 12, 20))}
DESK: Final = "/desk/analysis/"
PAGES: Final = (DESK, f"{DESK}places/", f"{DESK}units/")
ROWS: Final = "/desk/analysis/rows/"


@held.lived
def small_town(qom: CityPolicy) -> list[Story]:
    """Two months of cases, and the rows kept of them."""
    return lived.town(qom, cases=16)


@pytest.fixture
def town(small_town: list[Story]) -> list[Story]:
    """The same, each test with stories of its own to go on with."""
    return [copy(each) for each in small_town]


@pytest.fixture
def quiet(qom: CityPolicy) -> None:
    """A city in which nothing was ever reported."""
    lived.kept()


@pytest.fixture
def mayor(qom: CityPolicy) -> Client:
    return signed_in("mayor")


class Tables(HTMLParser):
    """The cells of each figure's table, by the figure's name: (words, address)."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, list[list[tuple[str, str]]]] = {}
        self.name, self.cell, self.link = "", False, ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "section":
            self.name = given.get("id") or ""
        elif tag == "tr":
            self.found.setdefault(self.name, []).append([])
        elif tag in ("td", "th") and self.name in self.found:
            self.cell, self.link = True, ""
            self.found[self.name][-1].append(("", ""))
        elif tag == "a" and self.cell:
            self.link = given.get("href") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.cell = False

    def handle_data(self, data: str) -> None:
        if self.cell:
            words, _ = self.found[self.name][-1][-1]
            self.found[self.name][-1][-1] = (words + data, self.link)


def tables(client: Client, name: str, **words: Any) -> dict[str, list[list[tuple[str, str]]]]:
    answer = client.get(name, ALL | words)
    assert answer.status_code == 200
    return Tables(soup(answer)).found


def sheet(client: Client, figure: str, **words: Any) -> list[list[str]]:
    answer = client.get(f"{DESK}{figure}.csv", ALL | words)
    assert answer.status_code == 200, figure
    assert answer["Content-Disposition"].startswith(f'attachment; filename="{figure}-')
    return list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))


def counted(client: Client, address: str) -> tuple[int, int]:
    """How many cases the list counted, and how many of them it may show."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    found = re.search(r'data-counted="(\d+)" data-seen="(\d+)"', soup(answer))
    assert found is not None, address
    return int(found[1]), int(found[2])


def number(words: str) -> int:
    return int(to_latin_digits(words).replace("٬", ""))


def opened(client: Client, **words: Any) -> int:
    head, *rows = sheet(client, "channels", **words)
    return sum(int(row[head.index("opened")]) for row in rows)


class TestFilters:
    def test_each_filter_of_the_address_counts(
        self, qom: CityPolicy, town: list[Story], mayor: Client
    ) -> None:
        every = Case.objects.filter(sealed=False)
        total = every.count()
        assert opened(mayor) == total >= 16
        group = qom.categories["W01"].group
        alike = [c.code for c in qom.categories.values() if c.group == group]
        unit = next(case.executive_unit for case in every)
        above = qom.organisation.units[unit].parent
        below = [u for u in qom.organisation.units if above in qom.organisation.ancestors(u)]
        wanted: dict[str, tuple[Any, Any]] = {
            "district": (2, every.filter(district=2)),
            "group": (group, every.filter(category__in=alike)),
            "category": ("W01", every.filter(category="W01")),
            "unit": (above, every.filter(executive_unit__in=below)),
            "channel": ("web", every.filter(channel="web")),
            "kind": ("request", every.filter(kind="request")),
        }
        for name, (value, cases) in wanted.items():
            assert 0 < opened(mayor, **{name: value}) == cases.count() < total, name
        middle = date(2026, 10, 20)
        before = [c for c in every if lived.local_day(c.opened_at) <= middle]
        assert 0 < opened(mayor, until=numeric(middle)) == len(before) < total
        both = every.filter(district=2, channel="web").count()
        assert opened(mayor, district="۲", channel="web") == both

    def test_digits_of_any_kind_are_read(self, town: list[Story], mayor: Client) -> None:
        assert opened(mayor, since="۱۴۰۵/۰۶/۱۰", until="١٤٠٥-٠٩-٢٩") == opened(mayor) > 0

    def test_the_form_keeps_what_was_asked_for(self, town: list[Story], mayor: Client) -> None:
        page = soup(mayor.get(DESK, ALL | {"district": "2"}))
        assert '<option value="2" selected>' in page
        assert 'value="۱۴۰۵/۰۶/۱۰"' in page
        assert "district=2" in page  # tabs and files keep it, too

    @pytest.mark.parametrize(
        ("words", "sentence"),
        [
            ({"district": "99"}, "There is no such district."),
            ({"district": "-1"}, "There is no such district."),
            ({"district": "9" * 400}, "There is no such district."),
            ({"since": "abc"}, "Write the day like"),
            ({"since": "1405/13/01"}, "Write the day like"),
            ({"until": "2026-11-21"}, "Write the day like"),
            ({"since": "1405/08/01", "until": "1405/07/01"}, "first day is after the last"),
            ({"since": "1390/01/01"}, "At most 400 days"),
            ({"group": "'; drop table"}, "There is no such group of subjects."),
            ({"category": "<script>"}, "There is no such subject."),
            ({"unit": "\0"}, "There is no such unit."),
            ({"unit": "x" * 5_000}, "There is no such unit."),
            ({"channel": "telepathy"}, "There is no such channel."),
            ({"kind": "%s"}, "There is no such kind of message."),
            ({"category": "W01", "group": "construction"}, "is not in that group"),
        ],
    )
    def test_what_is_not_known_is_told_by_its_field(
        self, qom: CityPolicy, mayor: Client, words: dict[str, str], sentence: str
    ) -> None:
        if words.get("group") == "construction":
            words = words | {
                "group": next(g for g in qom.groups if g != qom.categories["W01"].group)
            }
        for path in ("", "places/", "units/", "rows/", "trend.csv", "trend.png"):
            answer = mayor.get(f"/en/desk/analysis/{path}", words)
            assert answer.status_code == 400, path
            assert sentence in soup(answer), path
            assert "<script>" not in soup(answer)

    @pytest.mark.parametrize(
        "words",
        [
            {"cell": "zzz"}, {"cell": "88" * 40}, {"cell": "000000000000000"}, {"hour": "168"},
            {"hour": "-1"}, {"hour": "٩٩٩٩٩٩٩٩٩"}, {"ending": "nope"}, {"only": "x" * 60},
            {"giver": "x" * 60}, {"holder": "\0" * 50}, {"stage": "\0"}, {"only": "\0"},
            {"taker": "';--"}, {"stage": "x" * 60},
        ],
    )  # fmt: skip
    def test_rows_that_cannot_be_are_refused(
        self, quiet: None, mayor: Client, words: dict[str, str]
    ) -> None:
        answer = mayor.get(f"/en{ROWS}", ALL | words)
        assert answer.status_code == 400
        assert "cannot be" in soup(answer)

    @pytest.mark.parametrize(
        "words",
        [
            {"only": "no-such-unit"}, {"giver": "x", "taker": "y"}, {"stage": "no-such-stage"},
            {"page": "99999999999999999999"}, {"page": "-4"},
            {"late": "\0", "closed": "0" * 999}, {"hour": "۵"},
        ],
    )  # fmt: skip
    def test_rows_that_are_none_are_an_empty_list(
        self, quiet: None, mayor: Client, words: dict[str, str]
    ) -> None:
        assert mayor.get(ROWS, ALL | words).status_code == 200

    def test_a_size_of_cells_that_is_none_is_told(self, quiet: None, mayor: Client) -> None:
        for size, status in (("7", 200), ("10", 200), ("11", 400), ("x", 400), ("", 200)):
            answer = mayor.get(f"{DESK}places/", ALL | {"size": size})
            assert answer.status_code == status, size


def links(found: dict[str, list[list[tuple[str, str]]]]) -> Iterator[tuple[str, int, str]]:
    """(figure, number, address) of every number that leads to cases."""
    for name, rows in found.items():
        for row in rows:
            for words, address in row:
                if address.startswith(ROWS):
                    yield name, number(words), address


class TestRows:
    def test_every_number_opens_the_cases_that_it_counted(
        self, town: list[Story], mayor: Client
    ) -> None:
        seen: dict[str, int] = {}
        asked: dict[str, tuple[int, int]] = {}
        for page in PAGES:
            for name, n, address in links(tables(mayor, page)):
                if address not in asked:
                    asked[address] = counted(mayor, address)
                there, shown = asked[address]
                assert there == shown, address  # the mayor sees all that is not sealed
                if name == "flows":  # a case may go the same way twice
                    assert 0 < there <= n, address
                else:
                    assert there == n, (name, address)
                seen[name] = seen.get(name, 0) + 1
        forecast = {name for name in BUILDERS if name.startswith("ahead")}  # has tests of its own
        assert set(BUILDERS) - {"endings"} <= set(seen) | forecast
        assert seen["trend"] > 10

    def test_what_nobody_sorted_yet_is_counted_and_opened_too(
        self, qom: CityPolicy, mayor: Client
    ) -> None:
        Story(qom)
        Story(qom, category="", district=None)
        lived.kept()
        found = tables(mayor, DESK) | tables(mayor, f"{DESK}units/")
        for name, words in (
            ("subjects", "هنوز دسته‌بندی نشده"),
            ("districts", "هنوز بی‌منطقه"),
            ("units", "هنوز بی‌واحد"),
        ):
            (row,) = [row for row in found[name] if row[0][0] == words]
            assert row[1][0] == "۱", name
            assert counted(mayor, row[1][1]) == (1, 1), name

    def test_the_tiles_on_top_lead_to_their_cases(self, town: list[Story], mayor: Client) -> None:
        page = soup(mayor.get(DESK, ALL))
        tiles = re.findall(r'<a class="tile" href="([^"]+)">\s*<b class="">([^<]+)</b>', page)
        assert len(tiles) == 4
        for address, words in tiles:
            assert counted(mayor, address.replace("&amp;", "&"))[0] == number(words)

    def test_nobody_is_shown_a_case_of_others(self, qom: CityPolicy, town: list[Story]) -> None:
        client, person = at_desk("head-of-three", "d3-mayor")
        mine = set(
            Case.objects.visible_to(actor_of(person, at=NOON)).values_list("code", flat=True)
        )
        address = f"{ROWS}?since={ALL['since']}&until={ALL['until']}"
        there, shown = counted(client, address)
        assert (there, shown) == (Case.objects.count(), len(mine))
        assert 0 < len(mine) < there
        page = to_latin_digits(soup(client.get(address)))
        for code in Case.objects.values_list("code", flat=True):
            assert (codes.show(code) in page) == (code in mine)
        waits = soup(client.get(f"{DESK}units/", ALL))
        paths = set(re.findall(r"/desk/cases/(\d+)/", waits))
        assert paths
        assert paths <= mine

    def test_the_list_goes_on_page_by_page(
        self, town: list[Story], mayor: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("peygir.desk.analysis.rows.PAGE", 7)
        found: list[str] = []
        for at in ("1", "2", "۳"):
            page = soup(mayor.get(ROWS, ALL | {"page": at}))
            found += re.findall(r'<h3><a href="/desk/cases/(\d+)/"', page)
        assert len(found) == len(set(found)) == Case.objects.count()
        assert 'rel="next"' not in page


class TestFiles:
    def test_a_file_has_the_numbers_of_the_table(self, town: list[Story], mayor: Client) -> None:
        drawn = {k: v for page in PAGES for k, v in tables(mayor, page).items()}
        compared = 0
        for name, (heads, *lines) in drawn.items():
            if name not in BUILDERS:
                continue
            keys, *rows = sheet(mayor, name)
            assert len(rows) == len(lines), name
            assert len(keys) >= len(heads)
            for line, row in zip(lines, rows, strict=True):
                told = [plain(words) for words, _ in line]
                filed = {plain(cell) for cell in row} | {share(cell) for cell in row}
                filed |= {jalali(cell) for cell in row}
                for words in told:
                    if not re.search(r"روز|ساعت|دقیقه|—", words):  # a time in words
                        assert words in filed, (name, words, row)
                        compared += 1
        assert compared > 300

    def test_a_file_names_codes_and_has_latin_digits(
        self, town: list[Story], mayor: Client
    ) -> None:
        head, *rows = sheet(mayor, "subjects")
        assert head[:3] == ["category", "name", "opened"]
        assert {row[0] for row in rows} <= set(lived.SUBJECTS)
        assert all(cell.isascii() for row in rows for cell in row[2:])

    def test_each_drawing_is_a_picture_that_is_not_blank(
        self, town: list[Story], mayor: Client
    ) -> None:
        made = 0
        for name in BUILDERS:
            answer = mayor.get(f"{DESK}{name}.png", ALL)
            if answer.status_code == 404:  # a table without a drawing
                assert name in ("recurring", "ahead", "ahead_district", "ahead_unit")
                continue
            assert answer["Content-Type"] == "image/png"
            image = Image.open(BytesIO(answer.content))
            assert image.format == "PNG"
            assert image.width >= 900
            assert len(image.convert("RGB").getcolors(1 << 22) or []) > 30, name
            made += 1
        assert made >= 10

    def test_a_map_of_too_many_cells_says_what_is_left_out(
        self, town: list[Story], mayor: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        every = soup(mayor.get(f"/en{DESK}places/", ALL | {"size": "10"}))
        monkeypatch.setattr("peygir.desk.analysis.places.DRAWN", 2)
        two = soup(mayor.get(f"/en{DESK}places/", ALL | {"size": "10"}))
        assert every.count('class="hex ') > two.count('class="hex ') == 2
        assert "Drawn are the 2 cells with most" in two
        assert "Drawn are the" not in every

    def test_a_figure_that_is_none_is_not_found(self, quiet: None, mayor: Client) -> None:
        for name in ("nothing", "trend-2", "x" * 300):
            for ending in ("csv", "png"):
                assert mayor.get(f"/desk/analysis/{name}.{ending}", ALL).status_code == 404


def plain(cell: str) -> str:
    """Words and numbers as either writes them, in one way."""
    return to_latin_digits(cell).replace("٬", "").replace("٫", ".").replace("−", "-").strip("٪% ")


def share(cell: str) -> str:
    """A share of one as a page says it, or a decimal as it rounds it."""
    try:
        value = float(cell)
    except ValueError:
        return ""
    return f"{value * 100:.1f}" if 0 <= value <= 1 else f"{value:.1f}"


def jalali(cell: str) -> str:
    try:
        return numeric(date.fromisoformat(cell))
    except ValueError:
        return f"{float(cell):.1f}" if re.fullmatch(r"-?\d+\.\d+", cell) else ""


@pytest.mark.requirement("S30")
class TestWho:
    @pytest.mark.parametrize(
        ("post", "status"),
        [
            ("mayor", 200), ("centre-head", 200), ("deputy-services-head", 200), ("d3-mayor", 200),
            ("reception-1", 403), ("d3-civil-expert", 403), ("ict-expert", 403), ("auditor", 403),
        ],
    )  # fmt: skip
    def test_heads_look_back_and_nobody_else(self, qom: CityPolicy, post: str, status: int) -> None:
        client = signed_in(post)
        for path in ("", "places/", "units/", "rows/"):
            assert client.get(f"/desk/analysis/{path}").status_code == status, path
        assert ('href="/desk/analysis/"' in soup(client.get("/desk/account/"))) == (status == 200)

    def test_the_council_reads_figures_and_lists_of_its_own_cases_only(
        self, isfahan: CityPolicy
    ) -> None:
        Story(isfahan, category="W01", district=3)
        lived.kept()
        client = signed_in("council-head")
        address = f"{ROWS}?since={ALL['since']}&until={ALL['until']}"
        assert client.get("/desk/analysis/", ALL).status_code == 200
        assert counted(client, address) == (1, 0)

    def test_a_sealed_case_is_in_no_number_and_no_list(
        self, tehran: CityPolicy, voices: Any
    ) -> None:
        Story(tehran, category="W01", district=3)
        lived.kept()
        client = signed_in("mayor")
        names = [name for name in BUILDERS if name not in ("ahead", "ahead_district", "ahead_unit")]
        before = {name: sheet(client, name) for name in names}
        hidden = complaint(tehran, "d3-civil-head")
        lived.kept()
        assert Case.objects.filter(sealed=True).exists()
        assert {name: sheet(client, name) for name in names} == before
        page = to_latin_digits(soup(client.get(ROWS, ALL)))
        assert codes.show(hidden.case.code) not in page

    def test_a_case_that_was_sealed_since_is_not_listed(
        self, town: list[Story], mayor: Client
    ) -> None:
        case = town[0].case
        assert case.code in soup(mayor.get(ROWS, ALL))
        Case.objects.filter(pk=case.id).update(sealed=True)
        assert case.code not in soup(mayor.get(ROWS, ALL))


class TestPage:
    def test_before_the_first_filling_no_number_is_told(
        self, qom: CityPolicy, mayor: Client
    ) -> None:
        for name in (*PAGES, ROWS):
            page = soup(mayor.get(f"/en{name}", ALL))
            assert "being counted for the first time" in page
            assert "<table" not in page
        assert mayor.get("/desk/analysis/trend.csv", ALL).status_code == 404

    def test_an_empty_city_says_so(self, qom: CityPolicy, mayor: Client) -> None:
        lived.kept()
        for name in PAGES:
            page = soup(mayor.get(f"/en{name}"))
            assert "Nothing was registered that fits." in page
        page = soup(mayor.get("/en/desk/analysis/places/"))
        assert "No subject was reported 3 times or more at one place." in page
        for name in ("trend", "subjects", "cells", "flows", "waits", "rhythm"):
            assert mayor.get(f"{DESK}{name}.csv").status_code == 200

    def test_the_usual_span_begins_with_the_first_case(
        self, town: list[Story], mayor: Client
    ) -> None:
        last = numeric(date(2026, 11, 21))
        page = soup(mayor.get(DESK, {"until": last}))
        first = min(lived.local_day(case.opened_at) for case in Case.objects.all())
        assert (
            f'value="{"".join(chr(ord(c) + 1728) if c.isdigit() else c for c in numeric(first))}"'
            in page
        )

    def test_a_page_weighs_at_most_sixty_kilobytes(self, town: list[Story], mayor: Client) -> None:
        own = [finders.find(name) for name in ("look/drawings.css", "desk/analysis.css")]
        sheets = sum(len(gzip.compress(Path(str(path)).read_bytes())) for path in own)
        for name in PAGES:
            page = mayor.get(name, ALL).content
            assert len(gzip.compress(page, 6)) + sheets <= 60 * 1024, name

    @pytest.mark.parametrize("city", ["isfahan", "mashhad", "tehran"])
    def test_it_looks_back_over_any_city(self, request: Any, city: str) -> None:
        policy = request.getfixturevalue(city)
        code = next(iter(policy.categories))
        Story(policy, category=code, district=min(policy.organisation.districts))
        lived.kept()
        client = signed_in("mayor")
        for name in PAGES:
            answer = client.get(name, ALL)
            assert answer.status_code == 200, name
            assert len(gzip.compress(answer.content, 6)) <= 50 * 1024
        assert opened(client) == opened(client, category=code) == 1

    def test_it_is_the_same_in_english(self, town: list[Story], mayor: Client) -> None:
        page = soup(mayor.get(f"/en{DESK}", ALL))
        assert "Registered, closed and late, by week" in page
        assert f">{Case.objects.count()}<" in page
