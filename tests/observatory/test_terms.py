"""The terms of an office on its public page, and the rows behind each of their numbers."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from peygir.ledger.entry import SYSTEM
from peygir.look.terms import FIGURES, INHERITED, changed_hands, terms_of
from peygir.observatory import frame, stats
from peygir.people import staffing
from peygir.policy.model import CityPolicy
from peygir.publication import figures
from tests.city import NOON, Story, hire
from tests.publication.conftest import Seal, folders, sealed

__all__ = ["folders", "sealed"]
pytestmark = [pytest.mark.django_db, pytest.mark.requirement("T11", "T12", "S13")]

HEAD = "d1-civil-head"
HOUR = timedelta(hours=1)
#: What is a number of rows.
COUNTS = [code for code in (*FIGURES, *INHERITED) if not code.endswith("_bp") and code != "points"]


def told(page: str) -> dict[str, int]:
    """Place in the file -> value, of every number on a page."""
    return {at: int(n) for n, at in re.findall(r'<data value="(-?\d+)" data-at="([^"]+)"', page)}


def test_both_terms_with_score_interval_and_backlog(published: Path, example: Any) -> None:
    page = Client().get(f"/observatory/managers/{HEAD}/").content.decode()
    at, row = next((at, r) for at, r in enumerate(example["by"]["post"]) if r["code"] == HEAD)
    numbers = told(page)
    for number, term in enumerate(row["terms"]):
        place = f"by/post/{at}/terms/{number}"
        for name in ("score", "low", "high"):
            assert numbers[f"{place}/{name}"] == term[name]
        assert numbers[f"{place}/m/answered"] == term["m"]["answered"]
    second = row["terms"][1]["m"]
    assert numbers[f"by/post/{at}/terms/1/m/inherited"] == second["inherited"] > 0
    assert "دورهٔ تصدی ۲" in page
    assert "دورهٔ تصدی ۱" in page
    assert page.index("دورهٔ تصدی ۲") < page.index("دورهٔ تصدی ۱")
    english = Client().get(f"/en/observatory/managers/{HEAD}/").content.decode()
    assert "Term 2" in english
    assert (
        "Nobody in office"
        in Client().get("/en/observatory/managers/d2-civil-head/").content.decode()
    )


def test_an_address_names_only_terms_that_there_are(published: Path) -> None:
    path = f"/observatory/entries/?of=answered&post={HEAD}&term="
    assert Client().get(f"{path}2").status_code == 200
    for wrong in ("9", "2v", "x"):
        assert Client().get(f"{path}{wrong}").status_code == 404
    assert Client().get("/observatory/entries/?of=answered&term=2").status_code == 404
    assert Client().get(f"/observatory/entries/?post={HEAD}&term=2").status_code == 404


def test_how_terms_are_counted_is_said(published: Path) -> None:
    page = Client().get("/observatory/how/").content.decode()
    assert 'id="terms"' in page
    for code in INHERITED:
        assert f'id="{code}"' in page


def test_a_table_line_for_each_figure_of_a_term(published: Path) -> None:
    lines = (published / "1405" / "stats" / "live.csv").read_text().splitlines()
    assert any(line.split(",")[1:3] == ["term", f"{HEAD} term 2"] for line in lines)


def test_words_of_a_row() -> None:
    first: dict[str, Any] = {"term": 1, "since": 5, "from": 5, "until": 9, "leaf": 1}
    second: dict[str, Any] = {"term": 2, "since": 7, "from": 9, "leaf": 2, "m": {}}
    newest, oldest = terms_of({"terms": [first, second]})
    assert (newest.key, newest.until, oldest.counted) == ("2", None, None)
    assert newest.counted is not None
    assert not oldest.is_told
    assert newest.is_told
    assert newest.inherited == ()
    assert newest.is_shown
    assert not changed_hands({"terms": [first, second]})
    assert changed_hands({"terms": [second, second]})
    assert terms_of({}) == []


class TestRows:
    """A hand-over in a city: as many rows behind each number of a term as it says."""

    @pytest.fixture
    def city(self, qom: CityPolicy, sealed: Seal) -> stats.Stats:
        done = Story(qom)
        post = qom.organisation.head_of(done.case.unit) or ""
        above = qom.organisation.head_of(qom.organisation.scored(done.case.unit)) or ""
        given: dict[str, Any] = {"policy": qom.digest, "actor": SYSTEM}
        since = NOON - timedelta(days=9)
        held = [
            staffing.start_tenure(
                staff_id=hire(f"old-{each}").pk, post=each, since=since, at=NOON, **given
            )
            for each in (post, above)
        ]
        done.after(hours=2).report()
        done.after(hours=1).satisfied()
        late = Story(qom)
        Story(qom)  # waits
        change = NOON + timedelta(days=9)
        for tenure in held:
            staffing.end_tenure(tenure_id=tenure.pk, until=change, at=change, **given)
            staffing.start_tenure(
                staff_id=hire(f"new-{tenure.post_id}").pk, post=tenure.post_id, since=change,
                at=change, **given,
            )  # fmt: skip
        late.after(days=9, hours=2).report()
        new = Story(qom, at=change + HOUR)
        new.after(hours=1).report()
        sealed(change + 5 * HOUR)
        figures.publish(at=change + 5 * HOUR)
        sealed(change + 6 * HOUR)
        frame.forget()
        found = stats.find("live")
        assert found is not None
        return found

    def test_as_many_as_each_number_says(self, city: stats.Stats) -> None:
        said = 0
        for row in city.data["by"]["post"]:
            for line in terms_of(row):
                for code in COUNTS if line.is_told else ():
                    path = f"/observatory/entries/?of={code}&post={row['code']}&term={line.key}"
                    shown = Client().get(path).content.decode().count("<li id=")
                    number = line.row["m"].get(code, 0)
                    assert shown == number, (path, json.dumps(line.row))
                    said += number
        assert said >= 20

    def test_the_head_of_the_district_has_the_same_beside(self, city: stats.Stats) -> None:
        rows = [row for row in city.data["by"]["post"] if "terms" in row]
        assert len(rows) == 2
        one, other = ([t.get("m") for t in row["terms"]] for row in rows)
        assert one == other
        assert one[1]["inherited"] == one[1]["inherited_late"] == 2


def test_a_vacancy_of_an_hour_is_told_only_when_something_happened() -> None:
    vacant = {"term": 1, "since": 100, "from": 100, "until": 3700, "leaf": 2, "vacant": True}
    [idle] = terms_of({"terms": [vacant | {"m": {"inherited": 3}}]})
    assert not idle.is_shown
    [busy] = terms_of({"terms": [vacant | {"m": {"answered": 1, "inherited": 3}}]})
    assert busy.is_shown
    assert busy.inherited == INHERITED[:-1]
    [long] = terms_of({"terms": [vacant | {"until": 900_000}]})
    assert long.is_shown
    [held] = terms_of({"terms": [{**vacant, "vacant": False}]})
    assert held.is_shown
