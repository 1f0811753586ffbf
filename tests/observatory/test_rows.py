"""The rows behind a figure are those that make it: counted one by one, they give the figure."""

from datetime import timedelta

import pytest
from django.test import Client

from peygir.observatory import frame, stats
from peygir.observatory.figures import MAIN, scopes, whole
from peygir.policy.model import CityPolicy
from peygir.publication import figures
from tests.city import NOON, Story
from tests.publication.conftest import Seal, folders, sealed

__all__ = ["folders", "sealed"]
pytestmark = [pytest.mark.django_db, pytest.mark.requirement("T11", "T12")]
HOUR = timedelta(hours=1)
#: Figures that are a number of rows, not a length of time, a share or points.
COUNTS = [
    name for name in MAIN if not name.endswith(("_bp", "_seconds", "_total")) and name != "points"
]


@pytest.fixture
def city(qom: CityPolicy, sealed: Seal) -> stats.Stats:
    """Three cases: one done, one done late and said to be not done, one that waits."""
    done = Story(qom)
    done.after(hours=2).report()
    done.after(hours=1).satisfied()
    late = Story(qom)
    late.after(days=9).report()
    Story(qom)
    sealed(NOON + timedelta(days=10))
    figures.publish(at=NOON + timedelta(days=10))
    sealed(NOON + timedelta(days=10) + HOUR)
    frame.forget()
    found = stats.find("live")
    assert found is not None
    return found


def rows(path: str) -> int:
    return Client().get(path).content.decode().count("<li id=")


def test_as_many_rows_as_the_figure_says(city: stats.Stats) -> None:
    places = [whole(city)]
    for dimension in ("unit", "post", "district", "group", "class", "kind"):
        places += scopes(city, dimension)
    assert len(places) > 6
    for scope in places:
        of = f"&{scope.dimension}={scope.code}" if scope.dimension else ""
        for measure in COUNTS:
            path = f"/observatory/entries/?of={measure}{of}"
            assert rows(path) == scope.measures.get(measure, 0), path
