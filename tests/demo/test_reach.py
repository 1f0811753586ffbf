"""How far back a demo reaches, and that its first figures are there when its first page is."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from peygir.calendars.jalali import to_jalali
from peygir.cases import policies
from peygir.cases.models import Case, PolicyVersion
from peygir.demo import reach
from peygir.ledger.log import files
from peygir.ledger.models import Checkpoint
from peygir.verify import errors
from peygir.verify.canonical import parse
from peygir.verify.cli import main
from tests.publication.conftest import folders

__all__ = ["folders"]
ZONE = "Asia/Tehran"
DAY = timedelta(days=1)
#: Tables that an adoption writes.
ADOPTED = (
    *("cases_inforce", "cases_rollout", "cases_told", "cases_ending", "cases_policyversion"),
    *("ledger_unsealed", "ledger_event"),
)


@pytest.mark.parametrize("days", [*range(35), 186, 340, 364, 365, 366])
def test_the_past_holds_the_month_before_and_five_weeks(days: int) -> None:
    at = datetime(2026, 3, 22, 9, 40, tzinfo=UTC) + days * DAY
    begins = reach.beginning(at, ZONE)
    assert timedelta(weeks=5) <= at - begins <= timedelta(days=66)
    year, month, _ = to_jalali((at + timedelta(hours=3.5)).date())
    before = (year, month - 1) if month > 1 else (year - 1, 12)
    local = begins + timedelta(hours=3.5)
    *first, of_month = to_jalali(local.date())
    assert tuple(first) <= before
    assert (of_month, local.hour, local.minute) == (1, 0, 0), "with the beginning of a month"


@pytest.mark.parametrize("days", [36, 61])
def test_a_past_of_any_length_has_as_many_reports_and_more_at_its_end(days: int) -> None:
    end = datetime(2026, 11, 22, tzinfo=UTC)
    start = end - days * DAY
    pace = reach.growing(start, end)
    hours = [pace(start + hour * DAY / 24) / 24 for hour in range(days * 24)]
    assert sum(hours) == pytest.approx(reach.CASES, rel=0.01)
    assert pace(end) == pytest.approx(3 * pace(start))
    assert reach.steady(7)(start) == reach.steady(7)(end) == 7


@pytest.fixture
def anew(db: None) -> Iterator[None]:
    """A database in which no policy was adopted yet; only its owner can make one of this."""
    with connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        for table in ADOPTED:
            cursor.execute(f"delete from {table}")
        cursor.execute("set local session_replication_role = origin")
    policies._latest.cache_clear()
    yield
    policies._latest.cache_clear()


@pytest.mark.slow
@pytest.mark.usefixtures("anew")
@pytest.mark.requirement("T11", "T13")
def test_a_new_city_is_as_old_as_its_past_and_its_figures_are_there(
    folders: Path, settings: Any, tmp_path: Path
) -> None:
    """What `./run` does before it serves the first page."""
    settings.PEYGIR_PHOTO_DIR = tmp_path / "photos"
    call_command("demo", "--city=qom", "--days=2", "--per-day=20", verbosity=0)
    version = PolicyVersion.objects.get()
    assert timedelta(days=2) <= timezone.now() - version.valid_from < timedelta(days=2, hours=2)
    first = Case.objects.earliest("opened_at").opened_at
    assert version.valid_from <= first
    call_command("publish", "--seal", verbosity=0)
    year = files.years()[0]
    live = parse(files.stats_file(year, "live").read_bytes())
    assert live["basis"]["size"] > 40
    known = ["--vkey", str(files.root() / "vkeys.txt"), "--jobs", "1"]
    assert main(["stats", str(files.year_folder(year)), "live", *known]) == errors.OK
    signed = Checkpoint.objects.count()
    call_command("publish", "--seal", verbosity=0)
    assert Checkpoint.objects.count() == signed, "nothing new is sealed"
    call_command("demo", "--city=qom", verbosity=0)
    assert PolicyVersion.objects.count() == 1
    with pytest.raises(CommandError, match="holds qom"):
        call_command("demo", "--city=mashhad", verbosity=0)
