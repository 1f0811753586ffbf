"""What the public log costs: python -m bench.seal.

Four figures. What the queue adds to an event that is written; how many events a second are sealed,
as a share of the same rows written straight into PostgreSQL in batches as large; how long a
registration waits until a signed checkpoint covers it, with the worker's own loop; and whether that
loop keeps up with writers who commit thousands of events a second.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bench.common import ROOT, Progress, machine, manage, percentile, prepare_django

DATABASE: Final = "peygir_bench_seal"
TARGET_S: Final = 15.0
EVERY_S: Final = 0.25  # a registration so often
LOOKS_EVERY_S: Final = 0.05
PATIENCE_S: Final = 60
WRITERS: Final = 4
PER_COMMIT: Final = 5

SAME_EVENT: Final = """
insert into ledger_event (subject, subject_id, kind, stage, step, cycle, unit, actor_kind,
 actor_post, happened_at, policy, facts)
select 'bench', 1, 'bench', '', '', 1, '', 'system', '', now(), '', '{"a": 1, "b": [1, 2, 3]}'
from generate_series(1, %s)
"""
ANOTHER_EVENT: Final = """
insert into ledger_event (subject, subject_id, kind, stage, step, cycle, unit, actor_kind,
 actor_post, happened_at, policy, facts)
select subject, (extract(epoch from clock_timestamp()) * 1e6)::bigint * 64
  + pg_backend_pid() %% 64 + row_number() over () * 64, kind, stage, step, cycle, unit, actor_kind,
 actor_post, now(), policy, facts
from (select * from ledger_event where kind = 'case.registered' order by id limit %s) e
"""
TABLES: Final = """
drop table if exists bench_leaf, bench_chain;
create table bench_leaf (like ledger_leaf including all);
create table bench_chain (like ledger_chain including all);
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--city", default="qom")
    parser.add_argument("--cases", type=int, default=4000, help="registered, then sealed at once")
    parser.add_argument("--watched", type=int, default=120, help="registered while a worker seals")
    parser.add_argument("--rate", type=int, default=2000, help="events a second of the writers")
    parser.add_argument("--seconds", type=int, default=30, help="for which they write")
    options = parser.parse_args()
    os.environ.setdefault("PEYGIR_DB_NAME", DATABASE)
    prepare_django()
    manage("migrate", "--verbosity", "0", "--skip-checks")
    manage("load_city", "--skip-checks", options.city)
    _sealed()  # what is there already
    print(queueing(), flush=True)
    print(sealing(options.cases), flush=True)
    print(waiting(options.watched), flush=True)
    print(keeping_up(options.rate, options.seconds), flush=True)


def queueing() -> str:
    """What the trigger adds, in processor time of nobody else: the same statement with it and
    without, in turns."""
    from django.db import connection, transaction

    found: dict[tuple[int, bool], list[float]] = {}
    for _ in range(30):
        for rows, times in ((1, 100), (500, 2)):
            for with_queue in (True, False):
                with transaction.atomic(), connection.cursor() as cursor:
                    word = "enable" if with_queue else "disable"
                    cursor.execute(f"alter table ledger_event {word} trigger ledger_event_queue")
                    began = time.perf_counter()
                    for _ in range(times):
                        cursor.execute(SAME_EVENT, [rows])
                    spent = (time.perf_counter() - began) / times / rows
                    found.setdefault((rows, with_queue), []).append(spent * 1e6)
                    cursor.execute("alter table ledger_event enable trigger ledger_event_queue")
                    transaction.set_rollback(True)
    one, alone, many, bare = (
        percentile(found[key], 0.5) for key in ((1, True), (1, False), (500, True), (500, False))
    )
    return (
        f"the queue adds {one - alone:.0f} µs to an event written alone ({alone:.0f} µs without), "
        f"{many - bare:.1f} µs to one of 500 in a statement ({bare:.1f} µs without; {machine()})"
    )


def sealing(cases: int) -> str:
    """Events of real registrations sealed at once, against their rows written straight."""
    _register(cases)
    before, began = _leaves(), time.perf_counter()
    _sealed()
    took = time.perf_counter() - began
    made = _leaves() - before
    straight = _straight(before)
    return (
        f"{made:,} events sealed in {took:.2f} s: {made / took:,.0f} a second with files and "
        f"signatures, {straight / took:.0%} of the rate of their rows alone "
        f"({made / straight:,.0f} a second; {machine()})"
    )


def waiting(cases: int) -> str:
    """From a registration's commit until a published checkpoint covers its leaf."""
    with _worker():
        waited = _watch(cases)
    p50, p95 = (percentile(waited, share) for share in (0.5, 0.95))
    return (
        f"{cases} registrations {EVERY_S} s apart: under a signed checkpoint after "
        f"p50 {p50:.1f} s, p95 {p95:.1f} s, longest {max(waited):.1f} s "
        f"(target {TARGET_S:.0f} s; {machine()})"
    )


def keeping_up(rate: int, seconds: int) -> str:
    """Writers commit `rate` events a second while a worker seals; how many wait meanwhile."""
    with _worker():
        until = time.monotonic() + seconds
        with ThreadPoolExecutor(WRITERS) as pool:
            made = [pool.submit(_writes, rate / WRITERS, until) for _ in range(WRITERS)]
            waiting_ = []
            while not all(each.done() for each in made):
                waiting_.append(_unsealed())
                time.sleep(LOOKS_EVERY_S)
        written, stopped = sum(each.result() for each in made), time.monotonic()
        while _unsealed():
            assert time.monotonic() - stopped < PATIENCE_S, "the worker does not catch up"
            time.sleep(LOOKS_EVERY_S)
        after = time.monotonic() - stopped
    half = len(waiting_) // 2
    return (
        f"{written:,} events of {WRITERS} writers, {written / seconds:,.0f} a second, "
        f"{PER_COMMIT} in a transaction: at most {max(waiting_[:half]):,} waited in the first "
        f"half, {max(waiting_[half:]):,} in the second; all sealed {after:.1f} s after the last "
        f"({machine()})"
    )


def _writes(rate: float, until: float) -> int:
    """Events of new cases, like those registered before, as fast as `rate` allows; how many."""
    from django.db import connection

    written, began = 0, time.monotonic()
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute(ANOTHER_EVENT, [PER_COMMIT])
            written += PER_COMMIT
            time.sleep(max(0.0, began + written / rate - time.monotonic()))
    connection.close()
    return written


def _unsealed() -> int:
    from peygir.ledger.models import Unsealed

    return Unsealed.objects.count()


@contextmanager
def _worker() -> Iterator[None]:
    worker = subprocess.Popen([sys.executable, str(ROOT / "manage.py"), "work"], cwd=ROOT)
    try:
        time.sleep(5)  # until it has started
        yield
    finally:
        worker.terminate()
        worker.wait(20)


def _watch(cases: int) -> list[float]:
    from peygir.ledger.log import files, tiles
    from peygir.ledger.models import Event, Head

    open_: dict[int, float] = {}
    waited: list[float] = []
    last, made = 0.0, 0
    until = time.monotonic() + cases * EVERY_S + PATIENCE_S
    while (made < cases or open_) and time.monotonic() < until:
        if made < cases and time.monotonic() - last >= EVERY_S:
            last, made = time.monotonic(), made + 1
            [case] = _register(1, quiet=True)
            open_[case] = time.monotonic()
        head = Head.objects.get()
        point = tiles.published(files.year_folder(head.year))
        covered = (
            Event.objects.filter(
                subject_id__in=open_, kind="case.registered", leaf_index__lt=head.base + point.size
            )
            if point
            else Event.objects.none()
        )
        now = time.monotonic()
        waited += [now - open_.pop(case) for case in covered.values_list("subject_id", flat=True)]
        time.sleep(LOOKS_EVERY_S)
    assert not open_, f"{len(open_)} registrations were never sealed"
    return waited


def _register(cases: int, *, quiet: bool = False) -> list[int]:
    """Real registrations of now; the ids of their cases."""
    from peygir.cases import policies
    from peygir.cases.register import Report, register
    from peygir.ledger.entry import SYSTEM

    policy, at = policies.current(), datetime.now(UTC)
    category, district = next(iter(policy.categories)), next(iter(policy.organisation.districts))
    report = Report(words="…", channel="phone", category=category, district=district)
    progress, made = Progress("registering", cases), []
    for number in range(1, cases + 1):
        made.append(register(policy=policy, report=report, actor=SYSTEM, at=at).case.id)
        if not quiet:
            progress.to(number)
    return made


def _sealed() -> None:
    """Seal until nothing waits. Raises AssertionError when it stands still."""
    from peygir.ledger.log import queue, seal, status

    at = datetime.now(UTC)
    while not queue.waiting().is_empty:
        at += timedelta(seconds=10)
        seal.seal(at=at)
        stopped = status.status().stop
        assert not stopped, f"sealing stands still: {stopped}"


def _leaves() -> int:
    from peygir.ledger.models import Leaf

    return Leaf.objects.count()


def _straight(first: int) -> float:
    """Seconds for the same leaves, chains and places, in transactions of a batch each."""
    from django.db import connection, transaction

    from peygir.ledger.log.queue import BATCH
    from peygir.ledger.models import Leaf

    rows = list(
        Leaf.objects.filter(index__gte=first)
        .order_by("index")
        .values_list("index", "event_id", "body")
    )
    events = [event for _, event, _ in rows if event is not None]
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        began = time.perf_counter()
        for low in range(0, len(rows), BATCH):
            with transaction.atomic():
                _copy(cursor, rows[low : low + BATCH])
                cursor.execute(
                    "insert into bench_chain select c.* from ledger_chain c "
                    "where c.subject_id in (select subject_id from ledger_event "
                    "where id = any(%s)) on conflict do nothing",
                    [events[low : low + BATCH]],
                )
        took = time.perf_counter() - began
        cursor.execute("drop table bench_leaf, bench_chain")
    return took


def _copy(cursor: Any, rows: list[tuple[Any, ...]]) -> None:
    copy: Callable[..., Any] = cursor.copy
    with copy("copy bench_leaf from stdin (format binary)") as target:
        target.set_types(["int8", "int8", "bytea"])
        for row in rows:
            target.write_row(row)


if __name__ == "__main__":
    main()
