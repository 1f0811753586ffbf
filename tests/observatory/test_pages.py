"""The pages of figures: each number is the file's, with its n, its date and its definition."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from peygir.ledger.models import Checkpoint
from peygir.observatory import draw, frame
from peygir.observatory.figures import instant
from peygir.policy.model import CityPolicy
from tests.observatory.conftest import EXAMPLE, MONTH, place

pytestmark = [pytest.mark.django_db]

PATHS = [
    "/observatory/",
    "/observatory/units/",
    "/observatory/units/d1/",
    "/observatory/units/d1-civil/",
    "/observatory/managers/",
    "/observatory/managers/d1-civil-head/",
    "/observatory/districts/",
    "/observatory/districts/1/",
    "/observatory/subjects/",
    "/observatory/subjects/lights/",
    "/observatory/kinds/",
    "/observatory/classes/civil/",
    "/observatory/ranking/",
    "/observatory/ranking/?of=managers&by=satisfaction",
    "/observatory/trends/",
    "/observatory/entries/",
    "/observatory/how/",
    "/observatory/corrections/",
    "/observatory/check/",
    "/observatory/data/",
]
FIRST_DISTRICT = json.loads(EXAMPLE.read_bytes())["cross"][:4]
EVERY = [*PATHS, *(f"/en{path}" for path in PATHS)]


def get(path: str, **headers: str) -> Any:
    return Client().get(path, headers=headers)


class TestAllPages:
    @pytest.mark.parametrize("path", EVERY)
    def test_is_public_small_and_kept(self, published: Path, path: str) -> None:
        answer = get(path)
        assert answer.status_code == 200, answer.content[:500]
        assert "public" in answer["Cache-Control"]
        assert not answer.cookies
        packed = get(path, **{"accept-encoding": "gzip"})
        assert len(packed.content) < 20_000

    @pytest.mark.parametrize("path", PATHS)
    def test_an_unchanged_page_is_not_sent_again(self, published: Path, path: str) -> None:
        tag = get(path)["ETag"]
        again = get(path, **{"if-none-match": tag})
        assert (again.status_code, again.content) == (304, b"")

    def test_is_drawn_anew_when_a_file_is_published(
        self, published: Path, example: dict[str, Any]
    ) -> None:
        before = get("/observatory/")
        totals = example["totals"] | {"open": 4711}
        place(published, example | {"period": "live", "totals": totals}, "1405-07-15")
        place(published, example | {"period": "live", "totals": totals}, "live")
        after = get("/observatory/")
        assert "۴٬۷۱۱" in after.content.decode()
        assert before["ETag"] != after["ETag"]

    def test_shows_nothing_of_the_visitor(self, published: Path) -> None:
        visitor = Client(headers={"cookie": "peygir_session=x; theme=dark"})
        page = visitor.get("/observatory/")
        assert 'data-theme="dark"' in page.content.decode()
        assert 'data-theme="dark"' not in get("/observatory/").content.decode()
        assert "Cookie" in page["Vary"]

    @pytest.mark.parametrize(
        "path",
        [
            "units/?page=0",
            "units/?page=x",
            "units/nobody/",
            "x/",
            "x/y/",
            "units/?sort=x",
            "ranking/?of=x",
            "?period=../../x",
        ],
    )
    def test_what_is_not_published_is_not_found(self, published: Path, path: str) -> None:
        assert get(f"/observatory/{path}").status_code == 404

    @pytest.mark.parametrize(
        ("typed", "led"),
        [
            ("?period=۱۴۰۵-۰۷", "?period=1405-07"),
            ("?period=١٤٠٥-٠٧&of=منطقه", "?period=1405-07&of=%D9%85%D9%86%D8%B7%D9%82%D9%87"),
            ("districts/۱/", "districts/1/"),
            ("entries/?of=open&below=۵۰", "entries/?of=open&below=50"),
        ],
    )
    def test_any_digits_lead_to_the_one_address(
        self, published: Path, typed: str, led: str
    ) -> None:
        answer = get(f"/observatory/{quote(typed, safe='?=&/')}")  # as a browser sends it
        assert (answer.status_code, answer["Location"]) == (302, f"/observatory/{led}")
        assert get(f"/observatory/{led}").status_code == 200

    def test_a_post_changes_nothing(self, published: Path) -> None:
        assert Client().post("/observatory/").status_code == 405

    def test_the_home_page_leads_there(self, published: Path, qom: CityPolicy) -> None:
        assert 'href="/observatory/"' in get("/").content.decode()


def test_long_tables_go_on_on_another_page(published: Path, example: dict[str, Any]) -> None:
    rows = example["by"]["unit"]
    rows += [rows[0] | {"code": f"x{n}", "en": f"Unit {n}"} for n in range(80)]
    place(published, example | {"period": "live"}, "live")
    for path in ("units/", "ranking/"):
        page = get(f"/en/observatory/{path}").content.decode()
        assert "page=2" in page, path
        assert "page=1" in get(f"/en/observatory/{path}?page=2").content.decode(), path


def test_nothing_overdue_has_no_average(published: Path, example: dict[str, Any]) -> None:
    words = {True: 0, False: 0}
    for row in example["by"]["unit"]:
        page = get(f"/en/observatory/units/{row['code']}/").content.decode()
        is_late = bool(row["m"].get("overdue"))
        assert ("on average" in page) == is_late, row["code"]
        words[is_late] += 1
    assert all(words.values()), "the example has both"


@pytest.mark.requirement("T11", "T12")
class TestManagers:
    def test_each_post_has_a_page_with_n_and_rows(self, published: Path) -> None:
        page = get("/en/observatory/managers/d1-civil-head/").content.decode()
        assert '<data value="64" data-at="by/post/0/m/answered">64</data>' in page
        assert "post=d1-civil-head" in page
        assert "#answered_on_time_bp" in page

    def test_no_name_of_a_person_is_promised(self, published: Path) -> None:
        assert "No name of a person" in get("/en/observatory/managers/").content.decode()


@pytest.mark.requirement("T2", "T13")
class TestMirror:
    def test_a_district_sees_what_was_reported_and_what_became(self, published: Path) -> None:
        page = get("/en/observatory/districts/1/").content.decode()
        for at, (_, _, registered, kept) in enumerate(FIRST_DISTRICT):
            assert f'<data value="{registered}" data-at="cross/{at}/2">' in page
            assert f'<data value="{kept}" data-at="cross/{at}/3">' in page

    def test_borders_are_drawn_where_the_city_has_them(
        self, published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = tmp_path / "districts.geojson"
        squares = [
            {
                "properties": {"district": n},
                "geometry": {
                    "type": "Polygon",
                    "coordinates": [[[n, 30], [n + 1, 30], [n + 1, 31], [n, 31], [n, 30]]],
                },
            }
            for n in (1, 2, 3)
        ]
        file.write_text(json.dumps({"features": squares}))
        monkeypatch.setattr(draw, "borders_file", lambda: file)
        assert ' border"><title>' in get("/observatory/districts/").content.decode()
        for broken in ("{", '{"features": []}', '{"features": [{}]}'):
            file.write_text(broken)
            frame.forget()
            assert ' border"><title>' not in get("/observatory/districts/").content.decode()


@pytest.mark.requirement("S23")
def test_the_share_of_each_subject_is_told(published: Path) -> None:
    page = get("/en/observatory/").content.decode()
    assert "26.9%" in page  # 159 of 590 registered are about lights


@pytest.mark.requirement("S11")
@pytest.mark.parametrize(("days", "is_said"), [(1, True), (-1, False)])
def test_a_simulated_past_that_is_older_than_the_log_is_said_to_be(
    published: Path, example: dict[str, Any], days: int, is_said: bool
) -> None:
    example["totals"]["simulated"] = 7
    place(published, example | {"period": "live"}, "live")
    at = instant(example["from"]) + timedelta(days=days)
    Checkpoint.objects.create(origin="ledger.test/137/1405", size=1, note="", signed_at=at)
    page = get("/en/observatory/").content.decode()
    assert "These figures contain simulated cases" in page
    assert ("The log itself began on" in page) is is_said


def test_calls_messages_and_follow_ups_stay_apart(published: Path) -> None:
    page = get("/en/observatory/").content.decode()
    for code, number in (("calls", 780), ("messages", 520), ("follow_ups", 260)):
        assert f'<data value="{number}" data-at="totals/{code}">{number}</data>' in page
        assert f"#{code}" in page
    how = get("/en/observatory/how/").content.decode()
    assert "a call is neither a message nor a follow-up" in how


@pytest.mark.requirement("S19")
def test_months_and_years_are_shown_side_by_side(published: Path, example: dict[str, Any]) -> None:
    totals = example["totals"] | {"registered": 9999}
    place(published, example | {"period": "1405-06", "totals": totals}, "1405-06")
    for year, registered in (("1404", 41_000), ("1405", 52_000)):
        totals = example["totals"] | {"registered": registered}
        place(published, example | {"period": year, "totals": totals}, year)
    page = get("/en/observatory/trends/").content.decode()
    for number in ("9,999", "41,000", "52,000"):
        assert f">{number}</data>" in page
    assert page.count("<figure") == 4  # days, months, years, hours


class TestRanking:
    def test_has_places_intervals_and_why(self, published: Path) -> None:
        page = get("/en/observatory/ranking/").content.decode()
        assert '<data value="1" data-at="by/unit/3/ranks/score">1</data>' in page
        assert page.count('class="interval"') == 4
        assert "/en/observatory/units/d1/#why" in page

    def test_too_few_answers_give_no_place(self, published: Path) -> None:
        page = get("/en/observatory/ranking/?of=managers").content.decode()
        assert "too few answers" in page

    def test_a_penalty_keeps_its_sign_in_front_in_both_directions(self, published: Path) -> None:
        for start in ("", "/en"):
            page = get(f"{start}/observatory/units/d1/").content.decode()
            assert re.search(r'<bdi dir="ltr">−<data [^>]*data-at="[^"]*/penalty"', page)

    def test_why_leads_to_the_cases_that_cost_most(self, published: Path) -> None:
        page = get("/en/observatory/units/d1/").content.decode()
        assert "entries/?case=c52QDqr1tpHgxXEY_5F60A" in page


def test_a_revision_is_shown_with_what_caused_it(published: Path, example: dict[str, Any]) -> None:
    causes = [
        {"leaf": 77, "what": "closed", "helps": True},
        {"leaf": 78, "what": "case.overdue", "helps": False},
    ]
    place(published, example | {"corrections": causes}, f"{MONTH}.r1")
    page = get("/en/observatory/corrections/").content.decode()
    assert "Revision 1" in page
    assert "Entry 77: closed" in page
    assert "Entry 78: a deadline passed" in page
    assert f"/log/1405/stats/{MONTH}.r1.json" in page
    assert (
        f"/log/1405/stats/{MONTH}.r1.json"
        in get(f"/en/observatory/?period={MONTH}").content.decode()
    )


@pytest.mark.requirement("S19")
class TestTrends:
    def test_what_was_counted_otherwise_says_so_and_is_not_drawn(
        self, published: Path, example: dict[str, Any]
    ) -> None:
        older = json.loads(json.dumps(example)) | {"period": "1405-06"}
        older["measures"]["registered"]["version"] = 7
        older["totals"]["registered"] = 1234
        place(published, older, "1405-06")
        page = get("/en/observatory/trends/").content.decode()
        months = page.split("Months that are over</caption>")[1].split("</table>")[0]
        told = months.split("1,234</data>")[1].split("</td>")[0]
        assert '<span class="chip warn-tone">version 7</span>' in told
        assert months.count("warn-tone") == 1
        drawn = page.split("Registered and closed, by month")[1].split("</table>")[0]
        assert "1,234" not in drawn

    def test_a_month_that_waits_for_late_entries_is_told_as_such(
        self, published: Path, example: dict[str, Any]
    ) -> None:
        months = [{"period": p, "m": {"registered": 41, "closed": 7}} for p in ("1405-05", MONTH)]
        place(published, example | {"period": "live", "months": months}, "live")
        page = get("/en/observatory/trends/").content.decode()
        waiting = page.split("Not final yet")[2].split("</table>")[0]
        assert '<data value="41" data-at="months/0/m/registered">41</data>' in waiting
        assert "Mordad 1405" in waiting
        assert "Mehr 1405" not in waiting, "it is published"
        assert (
            "Not final yet" not in get(f"/en/observatory/trends/?period={MONTH}").content.decode()
        )
