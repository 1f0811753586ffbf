"""The verifier lies beside the log, and under the digest by which figures name it."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from peygir.publication import verifier
from peygir.verify.join import joined


@pytest.fixture
def published(settings: Any, tmp_path: Path) -> Path:
    settings.PEYGIR_LOG_DIR = tmp_path / "log"
    return tmp_path / "log"


@pytest.mark.requirement("T12")
def test_todays_verifier_is_published_and_the_others_stay(published: Path) -> None:
    digest = verifier.publish()
    assert digest == hashlib.sha256(joined()).hexdigest()
    assert (published / "verify.py").read_bytes() == joined()
    (published / "verify.py").write_text("yesterday's")
    (published / "verifiers" / "0.py").write_text("yesterday's")
    assert verifier.publish() == digest
    assert (published / "verify.py").read_bytes() == joined()
    assert {path.name for path in (published / "verifiers").iterdir()} == {"0.py", f"{digest}.py"}


def test_the_command_says_which_one_it_wrote(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("verifier", out=tmp_path / "verify.py")
    assert (tmp_path / "verify.py").read_bytes() == joined()
    assert not published.exists()
    call_command("verifier")
    lines = capsys.readouterr().out.split()
    assert lines[0] == lines[1] == hashlib.sha256(joined()).hexdigest()
