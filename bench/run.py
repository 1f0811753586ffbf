"""Every measurement, one table: python -m bench.run. Missing databases are filled first."""

import os
import subprocess
import sys
from typing import Final

from bench.common import ROOT, machine

#: Database -> (cases, open ones, measurements on it). The storm can be run once on its database.
PLAN: Final = {
    "peygir_bench": (1_000_000, 20_000, ("pages", "budgets")),
    "peygir_bench_small": (20_000, 20_000, ("pages",)),
    "peygir_bench_intake": (20_000, 2_000, ("intake",)),
    "peygir_bench_storm": (32_000, 32_000, ("storm",)),
}


def main() -> None:
    print(machine())
    for database, (cases, opened, measurements) in PLAN.items():
        environment = os.environ | {"PEYGIR_DB_NAME": database}
        _python(environment, "bench.fill", "--cases", str(cases), "--open", str(opened))
        for name in measurements:
            print(f"\n{name} on {database}")
            _python(environment, f"bench.{name}")


def _python(environment: dict[str, str], module: str, *words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", module, *words], cwd=ROOT, env=environment, check=False
    )
    if done.returncode:
        print(f"{module} ended with {done.returncode}", file=sys.stderr)


if __name__ == "__main__":
    main()
