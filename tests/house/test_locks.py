"""The lists of packages are the lock, and nothing committed says where packages come from."""

import re
import subprocess
from typing import Any

import pytest

from tests import locks
from tests.house.source import ROOT

DIGEST = f"--hash=sha256:{'0' * 64}"
PROJECT: dict[str, Any] = {
    "project": {"dependencies": ["alpha[fast]>=2"]},
    "dependency-groups": {"setup": ["beta<3"], "dev": [{"include-group": "setup"}, "gamma"]},
}
SETUP = (
    f"alpha==2.1 \\\n    {DIGEST}\n    # via peygir\n"
    f"beta==2.9 ; os_name == 'posix' \\\n    {DIGEST}\n"
)
DEV = f"{SETUP}Gamma==1 \\\n    {DIGEST} \\\n    {DIGEST}\n"


def differences(setup: str = SETUP, dev: str = DEV) -> list[str]:
    return locks.differences(PROJECT, {"setup": setup, "dev": dev})


def test_lists_that_fit_have_no_differences() -> None:
    assert differences() == []


def test_the_committed_lists_fit() -> None:
    assert locks.main() == 0


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("alpha==2.1", "alpha==1.9", "requirements/dev.txt: alpha 1.9 is not >=2"),
        ("alpha==2.1", "alpha==2.2", "alpha: 2.1 in setup.txt, 2.2 in dev.txt"),
        ("alpha==2.1", "alpha>=2.1", "requirements/dev.txt: alpha is not pinned to one version"),
        ("Gamma==1", "delta==1", "requirements/dev.txt: gamma is missing"),
        ("beta==2.9", "other==2.9", "beta: 2.9 in setup.txt, nothing in dev.txt"),
        (f" \\\n    {DIGEST} \\\n    {DIGEST}", "", "requirements/dev.txt: gamma has no digest"),
    ],
)
def test_a_list_that_does_not_fit_is_named(old: str, new: str, words: str) -> None:
    assert words in differences(dev=DEV.replace(old, new))


@pytest.mark.parametrize(
    "line",
    ["--index-url somewhere", "-i x", "--find-links x", "alpha @ file:///x", "a @ https://host/x"],
)
def test_a_list_does_not_say_where_packages_come_from(line: str) -> None:
    assert any(line in words for words in locks._addresses(f"{DEV}{line}\n"))


def test_no_committed_file_names_a_registry() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False, text=True
    )
    if listed.returncode:
        pytest.skip("not a checkout of git")
    # Spelled with groups, or this file would be found.
    hosts = rb"(py(pi)|python(hosted)|npm(js)|yarn(pkg))[.](org|com|io)|//registry[.]"
    pattern = re.compile(hosts)
    found = [
        name
        for name in listed.stdout.split("\0")
        if name and (ROOT / name).is_file() and pattern.search((ROOT / name).read_bytes())
    ]
    assert not found, "where packages come from is for whoever installs them to say"
