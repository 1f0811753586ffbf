"""The city's own clock is two hours wrong, on a real instance with witnesses: the figures are those
of the right time, and what was dated wrongly is counted as such."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from peygir.ledger.log import files
from peygir.policy.model import CityPolicy
from peygir.publication import figures
from peygir.verify import errors
from peygir.verify.canonical import parse
from peygir.verify.cli import main
from tests.city import NOON, Story
from tests.ledger.log.outsiders import witnessed
from tests.publication.conftest import Seal

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("T13")]

HOUR = timedelta(hours=1)
BESIDE = {"vkey": "vkeys.txt", "policy": "policy.txt"}
SAME = (
    "registered", "closed", "closed_on_time", "closed_late", "answered_late", "open", "overdue",
    "yes", "no", "second_cycles", "points",
)  # fmt: skip


@pytest.mark.parametrize(
    "skew", [timedelta(), 2 * HOUR, -2 * HOUR], ids=["right", "ahead", "behind"]
)
def test_figures_are_those_of_the_witnesses_time(
    qom: CityPolicy, sealed: Seal, settings: Any, tmp_path: Path, skew: timedelta
) -> None:
    with witnessed(settings, tmp_path) as servers:

        def seal_at(after: timedelta) -> None:
            """Publish at the true time of `NOON` and so much, by a clock that is wrong."""
            for server in servers.values():
                server.clock = lambda: (NOON + after).timestamp()
            sealed(NOON + after + skew)

        seal_at(timedelta(minutes=-1))
        story = Story(qom, at=NOON + skew)
        seal_at(timedelta(seconds=20))
        seal_at(1.9 * HOUR)  # hourly, the witnesses' times go into the log
        story.after(hours=2).report()
        seal_at(2 * HOUR + timedelta(seconds=20))
        seal_at(3.9 * HOUR)
        story.after(hours=2).satisfied()
        seal_at(4 * HOUR + timedelta(seconds=20))
        seal_at(6 * HOUR)
        seal_at(7.1 * HOUR)
        assert "live" in figures.publish(at=NOON + 8 * HOUR + skew)
        seal_at(8 * HOUR)
        totals = parse(files.stats_file(1405, "live").read_bytes())["totals"]
        assert {name: totals.get(name, 0) for name in SAME} == dict.fromkeys(SAME, 0) | {
            "registered": 1,
            "closed": 1,
            "closed_on_time": 1,
            "yes": 1,
        }
        assert (totals.get("late_logged", 0) > 0) is bool(skew), "told apart, not hidden"
        given = [f"--{name}={files.root() / file}" for name, file in BESIDE.items()]
        assert (
            main(["stats", str(files.year_folder(1405)), "live", "--jobs", "1", *given])
            == errors.OK
        )
