"""What the five cities promise about themselves, read from their folders."""

import json

import pytest

from peygir.policy.load import load_city
from peygir.policy.model import CityPolicy
from tests.policy.conftest import CITIES

SEED_CITIES = ("qom", "isfahan", "mashhad", "shiraz", "tehran")
SHARED = CITIES.parents[1] / "shared" / "data" / "org.json"


@pytest.fixture(scope="module")
def shiraz() -> CityPolicy:
    return load_city(CITIES / "shiraz")


@pytest.mark.parametrize("city", SEED_CITIES)
def test_districts_are_as_many_as_the_city_has(city: str) -> None:
    if not SHARED.exists():
        pytest.skip("the shared notes are not here")
    wanted = json.loads(SHARED.read_text("utf-8"))[city]
    assert len(load_city(CITIES / city).organisation.districts) == wanted["districts"]


@pytest.mark.requirement("S28")
def test_every_district_organisation_and_deputy_has_a_user_of_137(shiraz: CityPolicy) -> None:
    org = shiraz.organisation
    kinds = ("district", "organisation", "deputy")
    wanted = [unit.code for unit in org.units.values() if unit.kind in kinds]
    assert len(wanted) > 20
    without = [
        unit for unit in wanted if not any("executive" in p.roles for p in org.posts_of(unit))
    ]
    assert without == []


@pytest.mark.requirement("S30", "T4", "T5")
@pytest.mark.parametrize("city", SEED_CITIES)
def test_every_level_answers_by_a_post_of_its_own(city: str) -> None:
    org = load_city(CITIES / city).organisation
    heads = {post.unit: post for post in org.posts.values() if post.head}
    levels = [u for u in org.units.values() if u.kind in ("mayor", "deputy", "district")]
    assert all(heads[unit.code].roles for unit in levels)
    # From any officer it is a few steps to the mayor, and the checker proved that none is missing.
    ordinary = [p.code for p in org.posts.values() if org.units[p.unit].kind != "council"]
    assert all(org.chain(post)[-1] == org.chain("mayor")[0] for post in ordinary)
