"""Every city's scenarios become leaves, and the leaves become figures that hang together."""

from pathlib import Path

import pytest

from peygir.cases import policies
from peygir.ledger import read
from peygir.ledger.entry import SYSTEM
from peygir.ledger.models import Event
from peygir.publication.rules import rule_set
from peygir.verify.clamp import Window
from peygir.verify.figures import Basis, figures
from peygir.verify.fold import Fold
from peygir.verify.months import parse_period
from peygir.verify.rules import Rules
from tests.city import NOON
from tests.fixtures import ROOT
from tests.publication import told
from tests.scenarios.player import Player, load

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log_dir")]

FILES = sorted(ROOT.glob("cities/*/scenarios/*.toml"))


@pytest.mark.requirement("T11", "T12")
@pytest.mark.parametrize(
    "path", [pytest.param(path, id=f"{path.parent.parent.name}-{path.stem}") for path in FILES]
)
def test_a_scenario_counts(path: Path) -> None:
    policy, _ = policies.adopt(path.parent.parent, actor=SYSTEM, at=NOON)
    before = Event.objects.order_by("-id").values_list("id", flat=True).first()
    Player(policy, load(path)).play()
    events = list(read.values(Event.objects.filter(id__gt=before).order_by("id")))
    leaves = told.bodies(events)
    fold = Fold(lambda _leaf: Rules(rule_set(policy)))
    for index, leaf in enumerate(leaves):
        fold.take(index, leaf, Window())
    for year in ("1405", "1406"):
        data = figures(fold, parse_period(year), Basis("x", len(leaves), ""))
    data = figures(fold, parse_period("1405"), Basis("x", len(leaves), ""))
    totals = data["totals"]
    registered = sum(leaf["t"] == "case.registered" for leaf in leaves)
    sealed = totals.get("sealed_registered", 0)
    assert totals.get("registered", 0) + sealed == registered
    closed = totals.get("closed", 0) - totals.get("reopened", 0)
    assert totals.get("open", 0) == totals.get("registered", 0) - closed
    for dimension in ("unit", "kind"):
        rows = [
            row
            for row in data["by"][dimension]
            if row["code"] not in policy.organisation.units
            or policy.organisation.scored(row["code"]) == row["code"]
        ]
        assert sum(row["n"] for row in rows) == totals.get("registered", 0)
