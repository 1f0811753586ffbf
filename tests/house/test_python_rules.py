"""Rules of the house for Python code that no general linter knows."""

import ast
import re
from pathlib import Path

import pytest

from tests.house.source import (
    PACKAGE,
    ROOT,
    calls,
    dotted,
    files,
    lines_that_match,
    migration_files,
    place,
    python_files,
    room,
    tree,
)

FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 70
CLOCK_READERS = {"conf", "worker", "desk", "portal", "channels", "demo"}  # doors, and above
READS_THE_CLOCK = re.compile(
    r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|timezone\.now"
    r"|jdatetime\.\w+\.(now|today)|time\.time)$"
)
MAY_APPEND = {
    PACKAGE / "cases" / "acts.py",
    PACKAGE / "cases" / "reading.py",
    PACKAGE / "cases" / "sweep.py",
}


def is_door(path: Path) -> bool:
    """Whether a file may read the clock. A command is the operator's door."""
    return room(path) in CLOCK_READERS or "commands" in path.parts


def test_time_comes_in_from_the_door() -> None:
    found = [
        place(path, line)
        for path in python_files()
        if not is_door(path)
        for name, line in calls(path)
        if READS_THE_CLOCK.search(name)
    ]
    assert not found, "no now() below doors and worker; take `at` as an argument"


def test_database_clock_is_not_read_either() -> None:
    pattern = re.compile(
        r"(?<![.\w])(now\(\)|current_timestamp|clock_timestamp\(\))", re.IGNORECASE
    )
    found = [
        hit
        for path in files(".py", ".sql")
        if not is_door(path) and "migrations" not in path.parts
        for hit in lines_that_match(path, pattern)
        if path != PACKAGE / "ledger" / "models.py"  # recorded_at is the database's own word
    ]
    assert not found, "SQL takes the instant as a parameter"


def test_only_acts_and_the_sweep_append_events() -> None:
    found = [
        place(path, line)
        for path in python_files()
        if path not in MAY_APPEND and room(path) != "ledger"
        for name, line in calls(path)
        if name in {"write.append", "append_events", "ledger.write.append"}
        or name.startswith(("Event.objects.create", "Event.objects.bulk_create"))
    ]
    assert not found, "an event is written by cases.acts or cases.sweep"


def test_events_are_never_changed_or_deleted() -> None:
    found = [
        place(path, line)
        for path in (*python_files(), *migration_files())
        for name, line in calls(path)
        if re.search(
            r"(^|\.)Event\.objects\b.*\.(update|delete|bulk_update|update_or_create)$", name
        )
    ]
    assert not found, "the ledger only grows"


def test_no_city_is_named_in_code_or_templates() -> None:
    cities = {path.parent.name for path in (ROOT / "cities").glob("[a-z]*/policy.toml")}
    persian = {"قم", "اصفهان", "مشهد", "شیراز", "تبریز", "تهران", "کرج", "اهواز"}
    words = "|".join(
        sorted(cities | persian | {"isfahan", "mashhad", "shiraz", "tabriz", "tehran"})
    )
    pattern = re.compile(rf"(?<![\w/])({words})(?!\w)", re.IGNORECASE)
    allowed = re.compile(r"Asia/Tehran")
    found = []
    for path in files(".py", ".html", ".txt", ".js", ".css"):
        lines = path.read_text(encoding="utf-8").splitlines()
        found += [
            place(path, at)
            for at, line in enumerate(lines, 1)
            if pattern.search(line) and not allowed.search(line)
        ]
    assert not found, "a city is a folder under cities/"


def test_migrations_import_no_models() -> None:
    pattern = re.compile(r"^\s*(from|import) peygir\.\w+\.models\b")
    found = [hit for path in migration_files() for hit in lines_that_match(path, pattern)]
    assert not found, "a migration uses apps.get_model: the model of its own time"


@pytest.mark.parametrize("kind", [".py", ".css", ".js", ".html", ".sql"])
def test_files_stay_short(kind: str) -> None:
    found = []
    for path in files(kind):
        count = len(path.read_text(encoding="utf-8").splitlines())
        if count > FILE_LINES_MAX:
            found.append(f"{path.relative_to(ROOT)}: {count} lines")
    assert not found


def test_functions_stay_short() -> None:
    found = []
    for path in (*python_files(), *sorted((ROOT / "tests").rglob("*.py"))):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                count = node.end_lineno - node.lineno + 1
                if count > FUNCTION_LINES_MAX:
                    found.append(f"{place(path, node.lineno)} {node.name}: {count} lines")
    assert not found


def test_every_module_says_what_it_is() -> None:
    found = [
        place(path, 1)
        for path in python_files()
        if tree(path).body and path.name != "apps.py" and not ast.get_docstring(tree(path))
    ]
    assert not found, "a docstring is a contract"


def test_silenced_checks_give_their_reason() -> None:
    silencer = re.compile(
        r"#\s*(type:\s*ignore|noqa|pragma:\s*no cover)(\[[\w, -]+\]|:\s*[A-Z0-9, ]+)?"
    )
    found = []
    for path in (*python_files(), *sorted((ROOT / "tests").rglob("*.py"))):
        for at, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            hit = silencer.search(line)
            if hit and "re.compile" not in line and len(line[hit.end() :].strip(" -#")) < 8:
                found.append(place(path, at))
    assert not found, "write the reason beside it"


def test_only_options_reads_the_environment() -> None:
    allowed = {
        PACKAGE / "conf" / name
        for name in ("options.py", "postgres.py", "bootstrap.py", "launcher.py", "assets.py")
    } | {PACKAGE / "conf" / name for name in ("wsgi.py", "live.py", "checks.py")}
    found = [
        place(path, node.lineno)
        for path in python_files()
        if path not in allowed
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and dotted(node) in {"os.environ", "os.getenv"}
    ]
    assert not found, "settings are listed in peygir/conf/options.py"
