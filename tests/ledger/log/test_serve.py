"""`/log/…`: each kind of published file with its type and its time, and nothing else."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from peygir.ledger.log import files, readme, serve
from tests.ledger.log.outsiders import witnessed
from tests.ledger.log.play import happen, sealed

DIGEST = "0a" * 32

#: path -> type and for how many seconds it may be kept.
SERVED = {
    "1405/checkpoint": ("text/plain", 2),
    "1405/tile/0/000": ("application/octet-stream", 31_536_000),
    "1405/tile/63/x001/x234/067.p/255": ("application/octet-stream", 31_536_000),
    "1405/tile/entries/x001/234": ("application/octet-stream", 31_536_000),
    f"1405/rules/{DIGEST}.json": ("application/json", 31_536_000),
    f"1405/policies/{DIGEST}.txt": ("text/plain", 31_536_000),
    "1405/stats/live.json": ("application/json", 300),
    "1405/stats/1405-07.json": ("application/json", 300),
    "1405/stats/1405-07.r1.json": ("application/json", 300),
    "1405/stats/1405-07-12.r1234.csv": ("text/csv", 300),
    "1405/receipts/7H.txt": ("text/plain", 300),
    "archives/log-1405.tar": ("application/x-tar", 60),
    "verify.py": ("text/x-python", 300),
    f"verifiers/{DIGEST}.py": ("text/x-python", 31_536_000),
    "vkeys.txt": ("text/plain", 300),
    "policy.txt": ("text/plain", 300),
    "README.txt": ("text/plain", 300),
}

#: Files that may lie in the folder or near it, and ways to get out of it.
REFUSED = (
    "1405/stats/1405-07.r.json",
    "1405/stats/1405-07.r12345.json",
    "1405/stats/1405-07.json.draft",
    "1405/stats/.1405-07.json.a1b2c3d4e5f6",
    "1405/stats/%D8%B1.json",
    "1405/rules/0a.json",
    f"1405/rules/{DIGEST.upper()}.json",
    f"1405/policies/{DIGEST}.json",
    "1405/policies/policy.txt",
    "1405/receipts/7h.txt",
    "1405/receipts/7HJ.txt",
    "1405/tile/64/000",
    "1405/tile/0/000.p/256",
    "1405/tile/0/0000",
    "1405/tile/0/x001",
    "1405/checkpoint.old",
    "140/checkpoint",
    "archives/log-1405.tar.a1b2c3",
    "archives/.log-1405.tar.a1b2c3",
    "archives/",
    f"verifiers/{DIGEST}",
    "verifiers/verify.py",
    ".archives.lock",
    "guard.json",
    "keys.json",
    "checkpoint-1.pem",
    "readme.txt",
    "README.md",
    "../keys/checkpoint-1.pem",
    "..%2fkeys%2fcheckpoint-1.pem",
    "%2e%2e/keys/checkpoint-1.pem",
    "1405/../../keys/checkpoint-1.pem",
    "1405/stats/..%2f..%2f..%2fkeys%2fkeys.json",
    "1405/receipts/..%2f.txt",
    "/etc/passwd",
    "1405/checkpoint%00",
    "1405/checkpoint%0a",
    "1405\\checkpoint",
)


def put(root: Path, path: str) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(f"SECRET {path}".encode())


@pytest.mark.parametrize("path", SERVED)
def test_what_is_published_is_served_as_what_it_is(path: str, client: Client) -> None:
    assert client.get(f"/log/{path}").status_code == 404, "before it is there"
    put(files.root(), path)
    answer = client.get(f"/log/{path}")
    kind, seconds = SERVED[path]
    assert answer.status_code == 200
    assert b"".join(answer) == f"SECRET {path}".encode()
    assert answer["Content-Type"].partition(";")[0] == kind
    assert f"max-age={seconds}" in answer["Cache-Control"]
    assert ("immutable" in answer["Cache-Control"]) == (seconds > 300)
    assert answer["Content-Length"] == str(len(path) + 7)


@pytest.mark.parametrize("path", REFUSED)
def test_nothing_else_is_even_if_it_is_there(path: str, client: Client, tmp_path: Path) -> None:
    for name in ("keys/checkpoint-1.pem", "keys/keys.json"):
        put(tmp_path, name)
    if re.fullmatch(r"[\w./-]*\w", path, re.ASCII) and ".." not in path and path[0] != "/":
        put(files.root(), path)
    answer = client.get(f"/log/{path}")
    assert answer.status_code == 404
    assert b"SECRET" not in answer.content


def test_every_pattern_is_tried() -> None:
    for pattern, kind, _kept in serve.SERVED:
        found = [path for path in SERVED if pattern.fullmatch(path)]
        assert found, pattern.pattern
        assert all(kind.startswith(SERVED[path][0]) for path in found)


@pytest.mark.django_db
@pytest.mark.usefixtures("empty")
class TestTheReadme:
    def test_it_names_what_lies_there_and_three_commands(self, client: Client) -> None:
        happen(1)
        sealed()
        said = b"".join(client.get("/log/README.txt")).decode()
        assert said.count("python3 verify.py log 1405 --vkey vkeys.txt\n") == 2
        assert said.count("tar xf log-1405.tar") == 2
        assert "--policy" not in said
        for name in ("checkpoint", "tile/entries/", "rules/", "stats/", "receipts/", "vkeys.txt"):
            assert said.count(name) >= 2, name
        persian, _line, english = said.partition("=" * 72)
        assert "دفتر عمومی ledger.qom/137/1405" in persian
        assert "Exit code 0" in english
        assert (files.root() / "vkeys.txt").exists(), "what it names is there"

    def test_where_there_are_witnesses_they_are_asked_for(
        self, settings: Any, tmp_path: Path
    ) -> None:
        with witnessed(settings, tmp_path):
            happen(1)
            sealed()
            said = (files.root() / "README.txt").read_text()
            assert said.count("--policy policy.txt") == 4

    def test_its_lines_fit_a_screen(self) -> None:
        said = readme.text("ledger.qom/137/1405", 1405, witnessed=True).decode()
        assert max(map(len, said.splitlines())) <= 120
