"""What `./test` does: prepare, then one gate after another, each timed, all of them even if one
fails. Standard library only, because it runs before anything is installed.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from peygir.conf import bootstrap, options
from peygir.conf.bootstrap import MANAGE, PYTHON, ROOT, VENV, Failed, has_command

BUILD = ROOT / ".build"
BIN = VENV / "bin"
COVERAGE_MIN = {  # percent of lines and branches, by room
    "calendars": 100,
    "policy": 100,
    "ledger": 100,
    "cases": 100,
    "verify": 100,
    "": 90,
}
#: Only what is quick is followed: it reaches enough by itself, and following what is slow takes
#: minutes. `./test fast` asks only whether anything is broken.
COVERED = ("--cov", "--cov-report=")
QUICK = "not slow and not journey"
VERIFY = "tests/verify"  # reaches all of its room, whose long sums only these tests follow
GATE_S_MAX = 1500
IS_CI = os.environ.get("CI") == "true"


@dataclass
class Run:
    """The state of one run of the gates."""

    environment: dict[str, str]
    results: list[tuple[str, str, float]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def gate(self, name: str, check: Callable[[], str]) -> None:
        """Run one gate. `check` returns a remark; it raises Failed when the gate does not hold."""
        print(f"\n── {name}", flush=True)
        began = time.monotonic()
        try:
            verdict, words = "passed", check()
        except Failed as error:
            verdict, words = "FAILED", str(error)
        except subprocess.TimeoutExpired:
            verdict, words = "FAILED", f"took more than {GATE_S_MAX} s"
        took = time.monotonic() - began
        if words:
            print(words)
        print(f"   {verdict} in {took:.1f} s", flush=True)
        self.results.append((name, verdict, took))


def main(arguments: Sequence[str]) -> int:
    """Run the gates; 0 when all hold."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    fast = list(arguments) == ["fast"]
    only = set(arguments) - {"fast"}
    began = time.monotonic()
    try:
        _prepare(browser=not fast and (not only or "journeys" in only))
    except Failed as error:
        print(error, file=sys.stderr)
        return 1
    run = Run(_environment())
    gates = _gates(run, fast=fast)
    unknown = only - {name for name, _ in gates}
    if unknown:
        print("Gates are: " + ", ".join(name for name, _ in gates), file=sys.stderr)
        return 2
    try:
        for name, check in gates:
            if not only or name in only:
                run.gate(name, check)
    finally:
        _stop_database(run)
    return _report(run, time.monotonic() - began)


def _prepare(*, browser: bool) -> None:
    print("── preparing", flush=True)
    bootstrap.install(groups=["dev"])
    bootstrap.browser_files()
    BUILD.mkdir(exist_ok=True)
    if browser:
        _browser()
        _system_package(
            "bearerbox", ["kannel", "kannel-extras"], "the SMS tests with a real Kannel"
        )
        _system_package(
            "/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog/tlog.go",
            ["golang-go", "golang-golang-x-mod-dev"],
            "checking the public log with Go",
        )


def _environment() -> dict[str, str]:
    """A database server of the tests' own, so that a running demo is not disturbed.

    What is compiled is kept, out of the way: many processes are started, each with hundreds of
    modules.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PEYGIR_")}
    kept.pop("DATABASE_URL", None)
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept | {
        "PEYGIR_DATA_DIR": str(BUILD / "data"),
        "DJANGO_SETTINGS_MODULE": "peygir.conf.settings",
        "PYTHONPYCACHEPREFIX": str(BUILD / "pycache"),
        "PYTHONUNBUFFERED": "1",
    }


def _gates(run: Run, *, fast: bool) -> list[tuple[str, Callable[[], str]]]:
    def tests(
        name: str, marks: str, *words: str, spread: str = "worksteal"
    ) -> tuple[str, Callable[[], str]]:
        return name, lambda: _pytest(
            run,
            name,
            [
                *(COVERED if marks == QUICK and not fast else []),
                *("-m", marks, "-n", "2", "--dist", spread, *words),
            ],
        )

    if fast:
        return [tests("tests-fast", QUICK)]
    return [
        ("lint", lambda: _call(run, [BIN / "ruff", "check"])),
        ("format", lambda: _call(run, [BIN / "ruff", "format", "--check"])),
        ("types", lambda: _call(run, [BIN / "mypy"])),
        ("rooms", lambda: _call(run, [BIN / "lint-imports", "--no-logo"])),
        ("lock", lambda: _call(run, [PYTHON, "-m", "tests.locks"])),
        ("settings", lambda: _manage(run, "check", "--fail-level", "WARNING")),
        ("migrations", lambda: _manage(run, "makemigrations", "--check", "--dry-run")),
        ("translations", lambda: _manage(run, "messages", "check")),
        ("policies", lambda: _policies(run)),
        tests("tests-verify", QUICK, VERIFY),
        tests("tests-fast", QUICK, f"--ignore={VERIFY}"),
        tests("tests-slow", "slow and not journey"),
        tests("journeys", "journey", spread="loadfile"),
        ("coverage", lambda: _coverage(run)),
        ("second-postgres", lambda: _second_postgres(run)),
        ("replay", lambda: _replay(run)),
    ]


def _call(run: Run, command: Sequence[str | Path]) -> str:
    """Run a checker quietly; its output is shown only when it fails."""
    result = subprocess.run(
        [str(word) for word in command],
        cwd=ROOT,
        env=run.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=GATE_S_MAX,
    )
    if result.returncode:
        raise Failed(result.stdout[-8000:])
    return ""


def _manage(run: Run, *arguments: str) -> str:
    return _call(run, [*MANAGE, *arguments])


def _policies(run: Run) -> str:
    """Every city's policy holds its guarantees."""
    if not has_command("policy"):
        raise Failed("manage.py policy is missing")
    cities = sorted(path.parent.name for path in ROOT.glob("cities/*/policy.toml"))
    for city in cities:
        _manage(run, "policy", "check", city)
    return f"   {', '.join(cities)}"


def _pytest(run: Run, name: str, arguments: Sequence[str]) -> str:
    """Run a part of the tests with their progress shown, and count them."""
    report = BUILD / f"{name}.xml"
    for old in (report, *BUILD.glob(f".coverage.{name}*")):
        old.unlink(missing_ok=True)
    environment = run.environment | {"COVERAGE_FILE": str(BUILD / f".coverage.{name}")}
    if VERIFY not in arguments:
        environment["PEYGIR_UNMEASURED"] = "*/peygir/verify/*"
    command = [BIN / "pytest", "-q", "--durations=5", *arguments]
    result = subprocess.run(
        [*[str(word) for word in command], f"--junitxml={report}"],
        cwd=ROOT,
        env=environment,
        check=False,
        timeout=GATE_S_MAX,
    )
    _count(run, report)
    if result.returncode not in (0, 5):  # 5: no such test
        raise Failed(f"pytest ended with {result.returncode}")
    return ""


def _count(run: Run, report: Path) -> None:
    if not report.exists():
        run.counts["errors"] = run.counts.get("errors", 0) + 1
        return
    for suite in ET.parse(report).getroot().iter("testsuite"):
        numbers = {
            key: int(suite.get(key, "0")) for key in ("tests", "failures", "errors", "skipped")
        }
        numbers["passed"] = numbers.pop("tests") - sum(numbers.values())
        for key, value in numbers.items():
            run.counts[key] = run.counts.get(key, 0) + value


def _coverage(run: Run) -> str:
    """Each room's own tests reach enough of it."""
    environment = run.environment | {"COVERAGE_FILE": str(BUILD / ".coverage")}
    combined = Run(environment)
    parts = sorted(str(path) for path in BUILD.glob(".coverage.*"))
    if not parts:
        return "   no tests were run"
    _call(combined, [BIN / "coverage", "combine", "--keep", "-q", *parts])
    low = []
    for room, minimum in COVERAGE_MIN.items():
        if room and not (ROOT / "peygir" / room).exists():
            continue
        include = f"peygir/{room}/*" if room else "peygir/*"
        command = [str(BIN / "coverage"), "report", "--format=total", f"--include={include}"]
        result = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        reached = float(result.stdout.strip() or 0)
        print(f"   {room or 'everything'}: {reached:.0f} % (at least {minimum} %)")
        if reached < minimum:
            low.append(room or "everything")
    if low:
        command = [str(BIN / "coverage"), "report", "-m", "--skip-covered"]
        shown = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        raise Failed(f"{shown.stdout[-6000:]}\ntoo little of: {', '.join(low)}")
    return ""


def _second_postgres(run: Run) -> str:
    """The rooms that speak SQL, once more on another PostgreSQL by DATABASE_URL."""
    _system_package("/usr/lib/postgresql/*/bin/initdb", ["postgresql"], "a second PostgreSQL")
    if not _installed("/usr/lib/postgresql/*/bin/initdb"):
        return "   skipped: no second PostgreSQL is installed (Debian: apt-get install postgresql)"
    command = [str(PYTHON), "-m", "tests.second_postgres"]
    result = subprocess.run(command, cwd=ROOT, env=run.environment, check=False, timeout=GATE_S_MAX)
    if result.returncode:
        raise Failed(f"ended with {result.returncode}")
    return ""


def _replay(run: Run) -> str:
    """Rebuild every derived table of a demo from its events, and compare."""
    missing = [name for name in ("load_city", "demo", "replay") if not has_command(name)]
    if missing:
        raise Failed(f"manage.py lacks {', '.join(missing)}")
    demo = Run(run.environment | {"PEYGIR_DB_NAME": "peygir_replay"})
    _manage(demo, "migrate", "--verbosity", "0")
    _manage(demo, "load_city", options.read("PEYGIR_CITY", {}))
    _manage(demo, "demo", "--days", "14")
    _manage(demo, "replay", "--check")
    return ""


def _browser() -> None:
    """See that the journeys find a Chromium, by the first way that works."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    if os.environ.get("CHROME") or any(shutil.which(name) for name in names):
        return
    if _system_package("chromium", ["chromium"], "the browser journeys"):
        return
    command = [str(BIN / "playwright"), "install", "chromium"]
    if subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode:
        print("   No Chromium could be had: the journeys will be skipped. Set CHROME to one.")


def _installed(program: str) -> bool:
    if "/" in program:
        return any(Path("/").glob(program.lstrip("/")))
    return shutil.which(program) is not None or (Path("/usr/sbin") / program).exists()


def _system_package(program: str, packages: list[str], purpose: str) -> bool:
    """Whether `program` is here, installing Debian packages for it when we may."""
    if _installed(program):
        return True
    words = f"   For {purpose}: apt-get install {' '.join(packages)}"
    if os.getuid() != 0 or not shutil.which("apt-get"):
        print(f"{words} (not installed, so they will be skipped)", flush=True)
        return False
    print(words, flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    for command in (install, ["apt-get", "update", "-q"], install):
        result = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, timeout=600
        )
        if result.returncode == 0 and _installed(program):
            return True
    print(f"   It did not install:\n{result.stderr[-800:]}", flush=True)
    return False


def _stop_database(run: Run) -> None:
    command = [*MANAGE, "database", "stop"]
    subprocess.run(command, cwd=ROOT, env=run.environment, capture_output=True, check=False)


def _report(run: Run, took_s: float) -> int:
    print("\n── gates")
    for name, verdict, gate_s in run.results:
        print(f"   {verdict:6}  {gate_s:7.1f} s  {name}")
    failed = [name for name, verdict, _ in run.results if verdict != "passed"]
    if failed:
        print(f"\n   Not held: {', '.join(failed)}")
    names = {"failures": "failed", "passed": "passed", "skipped": "skipped", "errors": "errors"}
    words = [f"{run.counts[key]} {name}" for key, name in names.items() if run.counts.get(key)]
    words = words or ["no tests ran"]
    if failed and not run.counts.get("failures") and not run.counts.get("errors"):
        words.insert(0, f"{len(failed)} gates failed")
    print(f"\n===== {', '.join(words)} in {took_s:.2f}s =====", flush=True)
    return 1 if failed else 0
