"""The one file to download: made of the modules and nothing else, and doing what they do."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from peygir.verify import cli, errors
from peygir.verify.join import NotJoinable, digest, join, joined
from tests.verify.logs import POLICY_TEXT, Log, city
from tests.verify.sentences import FOLDER

PARTS = {
    "cli": '"""Begin."""\nimport sys\n\nfrom peygir.verify.part import word\n\nmain = word\n',
    "part": '"""Part\n\nof it."""\n\nfrom __future__ import annotations\n\nword: int = 5\n',
}


@pytest.fixture(scope="module")
def verifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("verifier") / "verify.py"
    file.write_bytes(joined())
    return file


@pytest.mark.requirement("T12")
class TestTheFile:
    def test_needs_nothing_but_python(self, verifier: Path) -> None:
        tree = ast.parse(verifier.read_bytes())
        names = {
            alias.name if isinstance(node, ast.Import) else node.module
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        assert {str(name).partition(".")[0] for name in names} <= sys.stdlib_module_names

    def test_is_written_for_python_3_9(self, verifier: Path) -> None:
        ast.parse(verifier.read_bytes(), feature_version=(3, 9))

    def test_has_every_module_of_the_room(self, verifier: Path) -> None:
        text = verifier.read_text("utf-8")
        for path in FOLDER.glob("*.py"):
            if path.stem not in ("__init__", "join"):
                assert f"# ── {path.stem} ─" in text

    def test_is_always_the_same(self, verifier: Path) -> None:
        assert verifier.read_bytes() == joined()
        assert len(digest()) == 64

    @pytest.mark.parametrize("language", ["en", "fa"])
    def test_says_what_the_modules_say(
        self, verifier: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], language: str
    ) -> None:
        log = city(tmp_path / "log", cases=90)
        (log.write() / "policy.txt").write_text(POLICY_TEXT)
        honest = str(log.directory)
        assert self.both(verifier, capfd, "log", honest, language) == errors.OK
        assert self.both(verifier, capfd, "receipt", "0" * 16, honest, language) == 2
        broken = Log(tmp_path / "broken")
        broken.entries = [*log.entries, b'{"t":"x"}']
        (broken.write() / "policy.txt").write_text(POLICY_TEXT)
        assert self.both(verifier, capfd, "log", str(broken.directory), language) == 1

    def both(self, verifier: Path, capfd: pytest.CaptureFixture[str], *words: str) -> int:
        """The exit code of the file and of the modules, which print the same, too."""
        *words_before, directory, language = words
        command = [*words_before, directory, "--policy", f"{directory}/policy.txt"]
        command += ["--lang", language]
        done = subprocess.run(
            [sys.executable, "-I", "-X", "utf8", str(verifier), *command],
            capture_output=True,
            text=True,
            check=False,
            cwd=verifier.parent,
        )
        code = cli.main(command)
        out, err = capfd.readouterr()
        assert (done.returncode, done.stdout) == (code, out)
        assert err.splitlines()[-1:] == done.stderr.splitlines()[-1:]
        return code


class TestJoining:
    def test_modules_follow_what_they_need(self) -> None:
        text = join(PARTS)
        assert text.index("word: int = 5") < text.index("main = word")
        assert "# Part\n#\n# of it.\n" in text
        assert text.count("import sys\n") == 1
        assert "peygir" not in text

    @pytest.mark.parametrize(
        ("name", "text", "why"),
        [
            ("part", '"""P."""\nmain = 1\n', "main is in part and in cli"),
            ("part", '"""P."""\ndef main() -> None: ...\n', "main is in part and in cli"),
            ("part", '"""P."""\nclass main: ...\n', "main is in part and in cli"),
            ("part", '"""P."""\nword = sys = 1\n', "standard library: sys"),
            ("part", "word = 5\n", "no docstring"),
            ("part", '"""P."""\nfrom peygir.verify.cli import main\n', "a circle"),
            ("cli", '"""C."""\nfrom peygir.verify.other import word\n', "no such module"),
            ("cli", '"""C."""\nfrom peygir.ledger.entry import word\n', "outside this room"),
            ("cli", '"""C."""\nfrom . import word\n', "outside this room"),
            ("cli", '"""C."""\nimport peygir.verify.part\n', "takes a whole module"),
            ("cli", '"""C."""\nfrom peygir.verify import part\n', "outside this room"),
            ("cli", '"""C."""\nimport os as word\n', "another name"),
            ("cli", '"""C."""\ndef main() -> None:\n    import os\n', "below the top"),
        ],
    )
    def test_what_does_not_fit_is_refused(self, name: str, text: str, why: str) -> None:
        with pytest.raises(NotJoinable, match=why):
            join(PARTS | {name: text})
