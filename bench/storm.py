"""Many deadlines due at once, and workers that are killed meanwhile: python -m bench.storm.

Fill a database of its own first (it can be used once):
PEYGIR_DB_NAME=peygir_bench_storm python -m bench.fill --cases 32000 --open 32000
"""

import argparse
import multiprocessing
import os
import random
import signal
import time
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bench.common import machine, prepare_django

AHEAD: Final = timedelta(days=60)  # everything that runs is due by then
WORKERS: Final = 2
NEAR: Final = 4_000  # events may stand this far from their place by age: batches of two workers

LEFT: Final = "select count(*) from cases_clock where state = 1 and next_due_at <= %(at)s"
NOTE: Final = """
create table bench_due as select case_id, number, generation, rung, next_due_at
from cases_clock where state = 1 and next_due_at <= %(at)s order by next_due_at limit %(most)s
"""
FOUND: Final = {
    "deadlines lost": """select count(*) from bench_due d where not exists (
        select 1 from ledger_event e where e.subject_id = d.case_id and e.clock = d.number
         and e.generation = d.generation and e.rung > d.rung and e.happened_at = %(at)s)""",
    "fired twice": """select count(*) from (
        select subject_id, clock from ledger_event where kind = 'clock.fired'
         and happened_at = %(at)s group by 1, 2 having count(*) > 1) x""",
    "events without a notice": """select count(*) from ledger_event e where e.kind = 'clock.fired'
        and e.happened_at = %(at)s and not exists (select 1 from notices_notice n
         where n.case_id = e.subject_id and n.made_at = %(at)s and n.dedupe_key like
         'c' || e.subject_id || ':' || e.clock || ':' || e.generation || ':' || e.rung || ':%%')""",
    "misses without points": """select count(*) from ledger_event e where e.kind = 'clock.fired'
        and e.happened_at = %(at)s and e.clock > 0 and (e.facts->>'level')::int >= 1
        and not exists (select 1 from evaluation_point p where p.event_id = e.id)""",
    "points without a miss": """select count(*) from evaluation_point p where p.at = %(at)s
        and not exists (select 1 from ledger_event e where e.id = p.event_id)""",
    "far from their place by age": """select count(*) from (
        select d.next_due_at as due, max(d.next_due_at) over (order by e.id
          rows between unbounded preceding and %(near)s preceding) as before
        from ledger_event e join bench_due d on d.case_id = e.subject_id and d.number = e.clock
        where e.kind = 'clock.fired' and e.happened_at = %(at)s) x where before > due""",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--deadlines", type=int, default=60_000, help="at least so many must wait")
    parser.add_argument("--kills", type=int, default=10)
    options = parser.parse_args()
    os.environ.setdefault("PEYGIR_DB_NAME", "peygir_bench_storm")
    prepare_django()
    for line in measure(options.deadlines, options.kills):
        print(line)


def measure(deadlines: int, kills: int) -> list[str]:
    """Lines of the table. Raises AssertionError when anything was lost or came twice."""
    at = datetime.now(UTC) + AHEAD
    due = _ask(LEFT, at)
    assert due >= deadlines, f"only {due} deadlines wait here: fill a database for this"
    _execute("drop table if exists bench_due")
    _execute(NOTE, {"at": at, "most": due})
    before = machine()
    began = time.monotonic()
    killed = _drain(at, kills)
    spent = time.monotonic() - began
    assert _ask(LEFT, at) == 0, "deadlines still wait"
    for words, query in FOUND.items():
        assert (found := _ask(query, at)) == 0, f"{words}: {found}"
    fired = _ask("select count(*) from ledger_event where happened_at = %(at)s", at)
    assert fired == due, (fired, due)
    return [
        (
            f"{due:,} deadlines due at once: fired in {spent:.1f} s ({due / spent:,.0f}/s; target "
            f"60,000 in 60 s), {WORKERS} workers, {killed} kills; none lost, none twice, "
            f"oldest first, a notice each and points for every miss ({before} before)"
        )
    ]


def _drain(at: datetime, kills: int) -> int:
    """Keep workers going until nothing is due; gives how many were killed."""
    context = multiprocessing.get_context("spawn")
    crew = [_start(context, at) for _ in range(WORKERS)]
    rng, killed, next_kill = random.Random(), 0, time.monotonic() + 2.5
    while any(worker.exitcode != 0 for worker in crew):
        time.sleep(0.05)
        if killed < kills and time.monotonic() >= next_kill:
            victim = rng.choice(crew)
            if victim.is_alive() and victim.pid:
                os.kill(victim.pid, signal.SIGKILL)
                victim.join()
                killed += 1
            next_kill = time.monotonic() + rng.uniform(0.8, 2.2)
        crew = [w if w.is_alive() or w.exitcode == 0 else _start(context, at) for w in crew]
    return killed


def _start(context: Any, at: datetime) -> Any:
    worker = context.Process(target=_work, args=(at,))
    worker.start()
    return worker


def _work(at: datetime) -> None:
    """What the worker's loop does with deadlines, until none is left."""
    prepare_django()
    from peygir.cases import sweep

    while sweep.sweep(at=at) or _ask(LEFT, at):
        continue


def _ask(query: str, at: datetime) -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(query, {"at": at, "near": NEAR})
        return int(cursor.fetchone()[0])


def _execute(query: str, values: dict[str, Any] | None = None) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(query, values)


if __name__ == "__main__":
    main()
