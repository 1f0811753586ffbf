"""Every measurement, one after another: python -m bench.run. Missing databases are filled first.

Ends with 1 when a step failed; the others run all the same.
"""

import os
import subprocess
import sys
import time
from typing import Final

from bench.common import ROOT, machine

#: Database -> (cases, open ones, measurements on it).
PLAN: Final = {
    "peygir_bench": (1_000_000, 20_000, ("pages", "rehearsal", "analysis", "budgets")),
    "peygir_bench_small": (20_000, 20_000, ("pages",)),
    "peygir_bench_intake": (20_000, 2_000, ("intake",)),
    "peygir_bench_storm": (32_000, 32_000, ("storm",)),
}
ONCE: Final = frozenset({"peygir_bench_storm"})  # used up by its measurement, then dropped


def main() -> None:
    steps: list[tuple[str, str, list[str]]] = []
    for database, (cases, opened, measurements) in PLAN.items():
        steps.append((database, "fill", ["--cases", str(cases), "--open", str(opened)]))
        steps += [(database, name, []) for name in measurements]
        if database in ONCE:
            steps.append((database, "fill", ["--drop"]))
    began, failed = time.monotonic(), []
    for number, (database, module, words) in enumerate(steps, 1):
        title = f"{module}{' --drop' if words == ['--drop'] else ''} on {database}"
        spent = time.monotonic() - began
        print(f"\n[{number}/{len(steps)}, {spent:.0f} s] {title} ({machine()})", flush=True)
        if not _python(os.environ | {"PEYGIR_DB_NAME": database}, f"bench.{module}", *words):
            failed.append(title)
    print(f"\n{len(steps) - len(failed)} of {len(steps)} steps in {time.monotonic() - began:.0f} s")
    if failed:
        sys.exit(f"Failed: {', '.join(failed)}")


def _python(environment: dict[str, str], module: str, *words: str) -> bool:
    command = [sys.executable, "-m", module, *words]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 0


if __name__ == "__main__":
    main()
