"""31,828 real requests of a foreign city, through the real acts."""

from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from peygir.boards import inbox, search
from peygir.boards.replay import Scope, differences
from peygir.cases import policies, sweep
from peygir.cases.models import Case, Clock
from peygir.demo.models import ImportedRow
from peygir.ledger.entry import SYSTEM
from peygir.ledger.models import Event
from tests.city import NOON, staff_of
from tests.demo import archive

FILE = Path(__file__).parents[3] / "shared" / "data" / "boston_311_2011_q3.csv.gz"
MAP = Path(__file__).with_name("boston.map.toml")
ROWS, OPEN = 31_828, 1_747

needs_file = pytest.mark.skipif(not FILE.exists(), reason="the file of real requests is not here")


def imported(folder: Path, *words: str) -> str:
    """Run the command with the archive's ending; gives what it printed."""
    chart = folder / "archive.map.toml"
    chart.write_text(
        MAP.read_text("utf-8").replace('steps = ["report"]', 'steps = ["closed_before"]'), "utf-8"
    )
    out = StringIO()
    report = f"--report={folder / 'bad.csv'}"
    call_command("import_requests", str(FILE), f"--map={chart}", report, *words, stdout=out)
    return out.getvalue()


@needs_file
@pytest.mark.slow(longest=True)
@pytest.mark.django_db(transaction=True)
def test_a_whole_city_comes_in_and_can_be_worked_with(tmp_path: Path) -> None:
    policy, _ = policies.adopt(archive.city(tmp_path), actor=SYSTEM, at=NOON)
    said = imported(tmp_path)
    assert f"{ROWS} rows imported ({ROWS - OPEN} closed" in said
    assert Case.objects.count() == ImportedRow.objects.count() == ROWS
    assert Case.objects.filter(ending="former_system").count() == ROWS - OPEN

    # Time passes over all that is still open: one event for each clock, however late it is.
    running = Clock.objects.filter(state=1).count()
    assert sweep.drain(at=NOON) == running
    assert Event.objects.filter(kind="clock.fired", facts__collapsed__gt=0).count() == running

    # The head of a district sees hers, the oldest first; anybody finds a case by its words.
    head = staff_of(policy, "d3-civil", head=True)
    page = inbox.read(policy, head, inbox.Filters(), at=NOON, day_ends=NOON, after="")
    assert page.rows
    assert all(row.clock.unit == "d3-civil" for row in page.rows)
    assert [r.clock.due_at for r in page.rows] == sorted(r.clock.due_at for r in page.rows)
    found = search.by_words(staff_of(policy, "reception"), "pothole", search.Filters(), below=None)
    assert len(found.cases) == search.PAGE

    scope = Scope()
    assert list(differences(scope)) == []
    assert scope.counted["cases"] == ROWS


@needs_file
@pytest.mark.slow
@pytest.mark.django_db
def test_a_second_run_imports_only_what_the_first_did_not(tmp_path: Path) -> None:
    policies.adopt(archive.city(tmp_path), actor=SYSTEM, at=NOON)
    assert imported(tmp_path, "--jobs=1", "--limit=60").startswith("60 rows imported")
    again = imported(tmp_path, "--jobs=1", "--limit=90")
    assert again.startswith("30 rows imported")
    assert "60 known already" in again
    assert Case.objects.count() == 90


@needs_file
@pytest.mark.django_db
def test_times_are_those_of_the_other_city(tmp_path: Path) -> None:
    policies.adopt(archive.city(tmp_path), actor=SYSTEM, at=NOON)
    imported(tmp_path, "--jobs=1", "--limit=1")
    case = Case.objects.get()
    # 01:32:33 on a summer night on the American east coast is 05:32:33 UTC.
    assert case.opened_at == datetime(2011, 7, 1, 5, 32, 33, tzinfo=UTC)
    assert case.closed_at == datetime(2011, 7, 1, 9, 6, 58, tzinfo=UTC)
    assert (case.ending, case.satisfied, case.simulated) == ("former_system", None, False)
