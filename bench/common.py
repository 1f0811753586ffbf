"""What every measurement needs: the bench database, an advance line, percentiles, the load."""

import math
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DB_NAME = "peygir_bench"


def prepare_django() -> None:
    """Set Django up for the bench database, never for the one that serves."""
    os.environ.setdefault("PEYGIR_DB_NAME", DB_NAME)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peygir.conf.settings")
    if "bench" not in os.environ["PEYGIR_DB_NAME"]:
        sys.exit("The database of a measurement has 'bench' in its name: PEYGIR_DB_NAME=…bench…")
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    import django

    django.setup()


def dsn() -> str:
    """How psycopg reaches the bench database besides Django."""
    from django.db import connection

    connection.ensure_connection()
    known = connection.settings_dict
    parts = {"host": known["HOST"], "port": known["PORT"], "user": known["USER"]}
    parts |= {"password": known["PASSWORD"], "dbname": known["NAME"]}
    return " ".join(f"{name}={value}" for name, value in parts.items() if value)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0 to 1) of `values` do not exceed."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(len(ranked) * share) - 1)]


def machine() -> str:
    """Processors and load at this moment, to stand beside every figure."""
    load = Path("/proc/loadavg")
    now = load.read_text().split()[0] if load.exists() else "?"
    return f"{os.cpu_count()} processors, load {now}"


class Progress:
    """One line that says how far something got and when it will be done."""

    def __init__(self, words: str, total: int) -> None:
        self.words, self.total, self.began = words, total, time.monotonic()

    def to(self, done: int) -> None:
        spent = time.monotonic() - self.began
        left = spent / done * (self.total - done) if done else 0
        end = "\n" if done >= self.total else ""
        line = f"\r  {self.words}: {done:,} of {self.total:,}, {spent:.0f} s, {left:.0f} s left "
        if sys.stderr.isatty() or end:
            print(line, end=end, file=sys.stderr, flush=True)


def manage(*words: str) -> None:
    """A management command in its own process; ends this one with its words when it fails."""
    command = [sys.executable, str(ROOT / "manage.py"), *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"manage.py {' '.join(words)} failed:\n{(done.stdout + done.stderr)[-2000:]}")
