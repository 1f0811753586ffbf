"""The desk shows the very file that outsiders check: scores, reasons, and what looks odd."""

import copy
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from peygir.evaluation import scores
from peygir.ledger.log import files
from peygir.policy.model import CityPolicy
from peygir.publication import figures
from tests.city import NOON, Story
from tests.desk.people import signed_in
from tests.publication.conftest import Seal

pytestmark = pytest.mark.django_db

EXAMPLE = Path(__file__).parents[1] / "verify" / "example-1405-07.json"


@pytest.fixture
def published(qom: CityPolicy, sealed: Seal) -> Story:
    """One case that is inspected as not done, published live."""
    story = Story(qom)
    story.after(hours=60).report()
    story.after(hours=1).dissatisfied()
    story.after(hours=1).inspected("not_done")
    at = NOON + timedelta(hours=63)
    sealed(at)
    figures.publish(at=at)
    return story


class TestPages:
    @pytest.mark.requirement("S3", "S27", "S29", "T12")
    def test_the_table_has_the_numbers_of_the_file(self, published: Story) -> None:
        client = signed_in("centre-head")
        page = client.get("/en/desk/ranking/?by=score&period=live").content.decode()
        data = json.loads(files.stats_file(1405, "live").read_bytes())
        row = next(row for row in data["by"]["unit"] if row["code"] == "d3")
        assert f"{row['score'] / 100:.1f}" in page
        assert row["en"] in page
        page = client.get("/en/desk/ranking/scores/?by=score&period=live").content.decode()
        assert any(f"{each['score'] / 100:.1f}" in page for each in scores.judged(data, "post"))

    @pytest.mark.requirement("Q10", "Q11")
    def test_two_clicks_lead_from_the_place_to_the_case(self, published: Story) -> None:
        client = signed_in("centre-head")
        first = client.get("/en/desk/ranking/?period=live").content.decode()
        assert "/en/desk/ranking/scores/d3/" in first
        second = client.get("/en/desk/ranking/scores/d3/?period=live").content.decode()
        assert published.case.code in second
        assert "What cost most" in second
        assert client.get("/en/desk/ranking/scores/nobody/").status_code == 404

    def test_who_may_not_see_the_case_sees_its_leaf_only(self, published: Story) -> None:
        client = signed_in("d1-civil-expert")
        page = client.get("/desk/ranking/scores/d3/?period=live").content.decode()
        assert published.case.code not in page

    @pytest.mark.parametrize("query", ["", "?period=1405-01", "?period='", "?period=live"])
    def test_without_figures_the_pages_say_so(
        self, qom: CityPolicy, folders: Path, query: str
    ) -> None:
        client = signed_in("centre-head")
        for path in ("", "scores/", "audits/"):
            page = client.get(f"/en/desk/ranking/{path}{query}")
            assert page.status_code == 200
            assert "No figures are published" in page.content.decode()

    def test_the_audits_page(self, published: Story) -> None:
        client = signed_in("centre-head")
        page = client.get("/en/desk/ranking/audits/").content.decode()
        assert "Nothing looks odd" in page


class TestOddities:
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(EXAMPLE.read_bytes())
        return found

    def test_false_reports_and_endings_without_a_word_are_named(self) -> None:
        found = {(each.unit, each.what) for each in scores.oddities(self.data())}
        assert ("water", "unconfirmed") in found

    def test_sudden_satisfaction(self) -> None:
        data, before = self.data(), copy.deepcopy(self.data())
        row = scores.row_of(before, "unit", "water")
        assert row is not None
        row["parts"]["satisfied"]["raw"] -= 2500
        found = [each for each in scores.oddities(data, before) if each.what == "satisfied_bp"]
        assert [(each.unit, each.share) for each in found] == [("water", 2500)]

    def test_the_podium_mixes_organisations_and_districts(self) -> None:
        first = scores.podium(self.data())
        assert [row["rank"] for row in first] == list(range(1, len(first) + 1))
        assert 1 <= len(first) <= 3
