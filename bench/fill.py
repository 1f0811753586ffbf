"""Fill the bench database: python -m bench.fill --cases 1000000 --open 20000.

A simulated city of some thousand cases is made by real acts; every further case is a copy of one of
them with its own times, ids, people, words and place, written by set-based SQL. Triggers rest while
copying (session_replication_role), so afterwards every promise that they keep is asked of all rows.
"""

import argparse
import itertools
import multiprocessing
import os
import random
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from bench.common import Progress, dsn, machine, manage, prepare_django

CHUNK: Final = 10_000  # cases copied by one statement per table
CITIZENS_PER_CASE: Final = 0.3
CODES: Final = "bench_damm"


def main() -> None:
    options = _options()
    prepare_django()
    if options.drop:
        _drop()
        return
    manage("migrate", "--verbosity", "0", "--skip-checks")
    manage("load_city", "--skip-checks", options.city)
    began = time.monotonic()
    known = _known(options)
    if known == "verified":
        print("Filled already: the same figures and seed. Remove it with dropdb to start anew.")
        return
    if known != "filled":
        manage(
            *("demo", "--skip-checks", "--days", "40", "--seed", str(options.seed)),
            *("--per-day", str(options.templates // 40)),
        )
        _fill(options)
    from bench.verify import verify

    verify(dsn(), print)
    _remember("update bench_filled set verified = true")
    spent = time.monotonic() - began
    print(f"{options.cases:,} cases, {options.open:,} of them open, in {spent:.0f} s ({machine()})")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--open", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=137)
    parser.add_argument("--city", default="qom")
    parser.add_argument("--templates", type=int, default=2_400, help="cases made by real acts")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--drop", action="store_true", help="remove the database, fill nothing")
    return parser.parse_args()


def _drop() -> None:
    import psycopg

    address = dsn()
    name = os.environ["PEYGIR_DB_NAME"]  # "bench" is in it: prepare_django has looked
    elsewhere = address.replace(f"dbname={name}", "dbname=postgres")
    with psycopg.connect(elsewhere, autocommit=True) as connection:
        connection.execute(f'drop database "{name}" with (force)'.encode())


def _known(options: argparse.Namespace) -> str:
    """How far an earlier run with the same figures came: verified, filled or ""."""
    import psycopg

    with psycopg.connect(dsn(), autocommit=True) as connection:
        connection.execute(
            "create table if not exists bench_filled "
            "(cases int, open int, seed int, at timestamptz, verified bool default false)"
        )
        row = connection.execute("select cases, open, seed, verified from bench_filled").fetchone()
    if row is None:
        return ""
    if row[:3] != (options.cases, options.open, options.seed):
        sys.exit(f"This database is filled otherwise: {row[:3]}. Drop it first, or choose another.")
    return "verified" if row[3] else "filled"


def _remember(statement: str, values: Sequence[object] = ()) -> None:
    import psycopg

    with psycopg.connect(dsn(), autocommit=True) as connection:
        connection.execute(statement, values)


def _fill(options: argparse.Namespace) -> None:
    import psycopg

    from bench import copying, templates

    with psycopg.connect(dsn(), autocommit=True) as connection:
        found = templates.prepare(connection)
        print(f"  templates: {found.get(False, 0)} closed, {found.get(True, 0)} open")
        copying.make_room(connection)
    now = datetime.now(UTC)
    copying.wide_log(dsn(), "8GB")
    ranges = _ranges(options.cases, options.processes)
    _together([(_plan, (r, options, now)) for r in ranges], "planning", options.cases)
    with psycopg.connect(dsn(), autocommit=True) as connection:
        copying.number(connection, int(options.cases * CITIZENS_PER_CASE), options.cases)
    _together([(_copy, (r, options)) for r in ranges], "copying", options.cases)
    copying.settle(dsn(), options.processes)
    copying.wide_log(dsn(), "")
    _remember(
        "insert into bench_filled values (%s, %s, %s, %s)",
        [options.cases, options.open, options.seed, now],
    )


def _ranges(total: int, parts: int) -> list[tuple[int, int]]:
    edges = [total * n // parts for n in range(parts + 1)]
    return list(itertools.pairwise(edges))


def _together(
    jobs: list[tuple[Callable[..., None], tuple[Any, ...]]], words: str, total: int
) -> None:
    """Run the jobs in processes of their own, showing how far all of them got."""
    context = multiprocessing.get_context("spawn")
    done = context.Queue()
    workers = [context.Process(target=job, args=(*given, done)) for job, given in jobs]
    for worker in workers:
        worker.start()
    progress, sum_done = Progress(words, total), 0
    while sum_done < total:
        sum_done += done.get(timeout=600)
        progress.to(sum_done)
    for worker in workers:
        worker.join()
        if worker.exitcode:
            sys.exit(f"{words} failed")


def _plan(part: tuple[int, int], options: argparse.Namespace, now: datetime, done: Any) -> None:
    prepare_django()
    import psycopg

    from bench.common import ROOT
    from bench.plan import Planner, templates
    from peygir.cases import policies
    from peygir.conf.options import read
    from peygir.demo import texts

    policy = policies.current()
    words = texts.load(ROOT / "cities" / (read("PEYGIR_CITY") or options.city), policy)
    with psycopg.connect(dsn()) as connection:
        query = "select t, opened_at, lasts, key, has_address from bench_case where is_open = %s"
        opened, closed = (
            templates(connection.execute(f"{query} order by t", [is_open]).fetchall())
            for is_open in (True, False)
        )
        citizens = int(options.cases * CITIZENS_PER_CASE)
        zone = policy.calendar.tz
        planner = Planner(words, closed, opened, now, zone, options.seed, citizens)
        with connection.cursor() as cursor, cursor.copy("copy bench_draft from stdin") as copy:
            for count, row in enumerate(planner.rows(*part, options.cases, options.open), 1):
                copy.write_row(row)
                if count % CHUNK == 0:
                    done.put(CHUNK)
            done.put((part[1] - part[0]) % CHUNK)


def _copy(part: tuple[int, int], options: argparse.Namespace, done: Any) -> None:
    prepare_django()
    import psycopg

    from bench import copying

    with psycopg.connect(dsn(), autocommit=True) as connection:
        statements = copying.statements(connection)
        connection.execute("set session_replication_role = replica")
        connection.execute("set synchronous_commit = off")
        for start in range(*part, CHUNK):
            stop = min(start + CHUNK, part[1])
            with connection.transaction():
                for statement in statements:
                    connection.execute(statement, {"start": start, "stop": stop})
            done.put(stop - start)


if __name__ == "__main__":
    random.seed(137)
    main()
