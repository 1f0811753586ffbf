"""The rows behind a figure are those that make it: counted one by one, they give the figure."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from peygir.observatory import frame, stats
from peygir.observatory.behind import Figure, counted
from peygir.observatory.figures import MAIN, scopes, whole
from peygir.policy.model import CityPolicy
from peygir.publication import figures
from peygir.verify.canonical import parse
from peygir.verify.clamp import Window
from peygir.verify.figures import Basis
from peygir.verify.figures import figures as figures_of
from peygir.verify.fold import Fold
from peygir.verify.months import parse_period
from peygir.verify.rules import Rules
from tests.city import NOON, Story
from tests.publication.conftest import Seal, folders, sealed
from tests.verify.fortnight import fortnight, rule_set

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


def test_every_kind_of_leaf_of_a_fortnight_counts_where_the_figures_say(tmp_path: Path) -> None:
    """Sealed cases, reversals, pauses, other subjects: more than the cases above do."""
    leaves = [
        (at, parse(entry))
        for at, entry in enumerate(fortnight(tmp_path, cases=150, anchored=1 << 40).entries)
    ]
    rules = Rules(rule_set())
    fold = Fold(lambda _: rules)
    for at, leaf in leaves:
        fold.take(at, leaf, Window())
    data = figures_of(fold, parse_period("1405-07"), Basis("x", len(leaves), "0" * 64), policy="",
                      verifier="0" * 64)  # fmt: skip
    starts = {leaf["case"]: at for at, leaf in leaves if leaf["t"] == "case.registered"}
    more = ("late_by_first", "objections", "sealed_registered", "sealed_closed", "last_hour",
            "unconfirmed", "by_call", "points_reversed", "transferred", "voided")  # fmt: skip
    units = {row["code"]: row["m"] for row in data["by"]["unit"]}
    told = 0
    for measure in (*COUNTS, *more):
        for unit, found in (("", data["totals"]), ("d1-civil", units["d1-civil"])):
            figure = Figure(
                measure=measure,
                of={"unit": frozenset({unit})} if unit else {},
                since=data["from"],
                until=data["until"],
            )
            rows = counted(figure, rules, leaves, starts)
            assert len(rows) == found.get(measure, 0), (measure, unit)
            told += len(rows)
    assert told > 1000
