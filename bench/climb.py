"""How soon a deadline that passed reaches the superior: python -m bench.climb.

Cases of a city whose silence climbs fall due one by one while the worker's own loop runs; timed
from the deadline's instant until the superior's inbox has the case.
"""

import argparse
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Final

from bench.common import ROOT, machine, manage, percentile, prepare_django

DATABASE: Final = "peygir_bench_climb"
TARGET_S: Final = 5.0
EVERY_S: Final = 0.2  # a case falls due so often
LOOKS_EVERY_S: Final = 0.05


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--city", default="mashhad", help="one whose silence climbs")
    parser.add_argument("--cases", type=int, default=200)
    options = parser.parse_args()
    os.environ.setdefault("PEYGIR_DB_NAME", DATABASE)
    prepare_django()
    manage("migrate", "--verbosity", "0", "--skip-checks")
    manage("load_city", "--skip-checks", options.city)
    print(measure(options.cases))


def measure(cases: int) -> str:
    """The line of the table. Raises AssertionError when a case did not climb."""
    due = _register(cases)
    before = machine()
    worker = subprocess.Popen([sys.executable, str(ROOT / "manage.py"), "work"], cwd=ROOT)
    try:
        waited = _watch(due)
    finally:
        worker.terminate()
        worker.wait(20)
    p50, p95 = (percentile(waited, share) for share in (0.5, 0.95))
    return (
        f"{cases} deadlines that climb, {EVERY_S} s apart: in the superior's inbox after p50 "
        f"{p50:.2f} s, p95 {p95:.2f} s, longest {max(waited):.2f} s "
        f"(target {TARGET_S:.0f} s; {before})"
    )


def _register(cases: int) -> dict[int, tuple[datetime, str]]:
    """Cases that fall due one after another, soon: id -> instant, post that holds it."""
    from peygir.cases import policies
    from peygir.cases.models import Clock
    from peygir.cases.register import Report, register
    from peygir.ledger.entry import SYSTEM
    from peygir.policy.vocabulary import SUPERIOR

    policy = policies.current()
    assert policy.stages[policy.start].on_breach == SUPERIOR, "nothing climbs in this city"
    category, district = next(iter(policy.categories)), next(iter(policy.organisation.districts))
    report = Report(words="…", channel="phone", category=category, district=district)
    at = datetime.now(UTC) - timedelta(days=400)  # long ago, moved to now below
    made = [register(policy=policy, report=report, actor=SYSTEM, at=at).case for _ in range(cases)]
    first = datetime.now(UTC) + timedelta(seconds=8)
    due: dict[int, tuple[datetime, str]] = {}
    for n, case in enumerate(made):
        instant = first + timedelta(seconds=n * EVERY_S)
        clock = Clock.objects.get(case_id=case.id, number=1)
        moved = [one + (instant - clock.due_at) for one in clock.due_ats]
        rung = clock.warnings  # the warnings before it have fired
        Clock.objects.filter(pk=clock.pk).update(
            due_at=instant, due_ats=moved, next_due_at=instant, rung=rung
        )
        far = instant + timedelta(days=30)
        zero = Clock.objects.get(case_id=case.id, number=0)
        Clock.objects.filter(pk=zero.pk).update(
            due_ats=[far + timedelta(days=k) for k in range(len(zero.due_ats))], next_due_at=far
        )
        due[case.id] = (instant, case.post)
    return due


def _watch(due: dict[int, tuple[datetime, str]]) -> list[float]:
    """Seconds from each deadline until another post's inbox has the case."""
    from peygir.cases.models import Referral

    waited: dict[int, float] = {}
    last = max(instant for instant, _ in due.values()) + timedelta(seconds=60)
    while len(waited) < len(due) and datetime.now(UTC) < last:
        missing = [case_id for case_id in due if case_id not in waited]
        rows = Referral.objects.filter(case__in=missing, closed_at=None, role="lead")
        seen = datetime.now(UTC)
        for case_id, post in rows.values_list("case_id", "post"):
            instant, before = due[case_id]
            if post != before:
                waited[case_id] = (datetime.now(UTC) - instant).total_seconds()
        time.sleep(max(0.0, LOOKS_EVERY_S - (datetime.now(UTC) - seen).total_seconds()))
    assert len(waited) == len(due), f"{len(due) - len(waited)} cases did not climb"
    return list(waited.values())


if __name__ == "__main__":
    main()
