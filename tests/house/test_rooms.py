"""The rooms and their order, as Import Linter holds them."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house.source import PACKAGE, ROOT

RULES = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
ROOMS = next(rule for rule in RULES["contracts"] if rule["id"] == "rooms")


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run Import Linter in `folder` with our contract about rooms."""
    layers = "\n".join(f"    {layer}" for layer in ROOMS["layers"])
    (folder / ".importlinter").write_text(
        "[importlinter]\nroot_package = peygir\n\n[importlinter:contract:rooms]\n"
        f"name = rooms\ntype = layers\ncontainers = peygir\nexhaustive = True\nlayers =\n{layers}\n"
    )
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def build(folder: Path, modules: dict[str, str]) -> None:
    """A small package of the same name, with these modules."""
    for name, text in {"conf": "", **modules}.items():
        room = folder / "peygir" / name
        room.mkdir(parents=True)
        (room / "__init__.py").write_text(text)
    (folder / "peygir" / "__init__.py").write_text("")


class TestTheOrderOfRooms:
    def test_a_downward_import_passes(self, tmp_path: Path) -> None:
        build(tmp_path, {"cases": "import peygir.ledger", "ledger": ""})
        assert lint(tmp_path).returncode == 0

    @pytest.mark.parametrize(
        ("room", "imports"),
        [("ledger", "cases"), ("portal", "desk"), ("notices", "boards"), ("look", "policy")],
    )
    def test_an_upward_or_sideways_import_fails(
        self, tmp_path: Path, room: str, imports: str
    ) -> None:
        build(tmp_path, {room: f"import peygir.{imports}", imports: ""})
        assert lint(tmp_path).returncode == 1

    def test_a_room_that_was_given_no_place_fails(self, tmp_path: Path) -> None:
        build(tmp_path, {"attic": ""})
        result = lint(tmp_path)
        assert result.returncode == 1
        assert "attic" in result.stdout + result.stderr

    def test_every_room_on_disk_is_placed(self) -> None:
        placed = {word.strip("()") for layer in ROOMS["layers"] for word in layer.split(" | ")}
        rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
        assert rooms <= placed
