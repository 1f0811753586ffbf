"""The log by hand, over HTTP, and in the checks that others make."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from peygir.ledger.log import check, files, guard, keys, seal, stops
from peygir.ledger.models import Head, Unsealed
from peygir.ledger.scope import Scope
from peygir.ledger.statement import run
from peygir.worker import turns
from tests.ledger.log.outsiders import witnessed
from tests.ledger.log.play import NOON, STEP, happen, sealed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty")]


def log(*words: str) -> str:
    said = io.StringIO()
    call_command("log", *words, stdout=said, stderr=said)
    return said.getvalue()


class TestTheCommand:
    def test_it_tells_how_the_log_stands(self, settings: Any, tmp_path: Path) -> None:
        assert "has not begun" in log("status")
        with witnessed(settings, tmp_path):
            happen(1, 2)
            said = log("seal")
        assert "leaves     3, of them signed 3" in said
        assert "witness    council: cosigned, has 3" in said
        happen(1)
        assert "waiting    1 events, since 20" in log("status")

    def test_it_fails_while_sealing_stands_still(self) -> None:
        happen(1)
        for reason in (stops.DISK, stops.FORK):
            stops.stop(reason, at=NOON)
        with pytest.raises(CommandError, match="since 2026-11-21 10:00:00 UTC: a file could not"):
            log("status")

    def test_it_checks_the_log_as_outsiders_do(self) -> None:
        with pytest.raises(CommandError, match="1 faults"):
            log("check")
        happen(*range(300))
        sealed()
        assert "is what the database has" in log("check")
        path = files.year_folder(1405) / "tile" / "entries" / "000"
        path.write_bytes(path.read_bytes()[:-1] + b"]")
        with pytest.raises(CommandError, match="1 faults"):
            log("check")

    def test_it_goes_on_after_a_loss(self, settings: Any) -> None:
        happen(1)
        sealed()
        settings.PEYGIR_LOG_GUARD.unlink()
        assert "Going on behind 2 leaves: 2 were here, 0 came from the files" in log("recover")
        settings.PEYGIR_LOG_GUARD.write_text("{")
        with pytest.raises(CommandError, match="Nothing was changed: the guard"):
            log("recover")

    def test_it_changes_a_key(self) -> None:
        with pytest.raises(CommandError, match="has not begun"):
            log("rotate")
        happen(1)
        at = sealed()
        said = log("rotate").strip()
        log("rotate", "--key", "receipt")
        origin = Head.objects.get().origin
        assert str(keys.checkpoint_signers(origin, at=at)[-1].vkey) == said
        assert len(keys.receipt_signers(origin, at=at)) == 2

    def test_every_reason_has_words(self) -> None:
        from peygir.ledger.management.commands.log import MEANINGS

        assert set(MEANINGS) == {reason for _, reason in seal.REASONS}


class TestTheChecks:
    def test_a_log_without_witnesses_enough_is_a_fault(self, settings: Any, tmp_path: Path) -> None:
        down = dict.fromkeys(("council", "newspaper"), "http://127.0.0.1:1")
        with witnessed(settings, tmp_path, **down):
            happen(1)
            sealed()
            assert list(check.check()) == ["too few witnesses have seen the last checkpoint"]
        with witnessed(settings, tmp_path):
            sealed(NOON + timedelta(minutes=2))
            assert list(check.check()) == []

    def test_a_guard_that_is_not_what_was_signed_is_a_fault(self, settings: Any) -> None:
        happen(1)
        sealed()
        origin = Head.objects.get().origin
        guard.remember(origin, 9, bytes(32))
        assert list(check.check()) == ["the guard has let 9 leaves through; the database has 2"]
        settings.PEYGIR_LOG_GUARD.unlink()
        assert list(check.check()) == ["the guard's file says nothing about this log"]

    @pytest.mark.parametrize(
        ("harm", "words"),
        [
            (
                "update ledger_event set leaf_index = null where leaf_index = 1",
                "does not say where",
            ),
            ("delete from ledger_leaf where index = 2", "no leaf is its"),
            (
                "insert into ledger_unsealed select id from ledger_event where leaf_index = 1",
                "waits",
            ),
            ("update ledger_chain set n = 0", "does not end at its last leaf"),
            ("update ledger_chain set prev = ''", "does not end at its last leaf"),
            ("delete from ledger_leaf where index = 1", "leaf 1 is missing before others"),
            ("update ledger_head set size = 9", "the head does not stand behind"),
            ("update ledger_leaf set body = 'x' where index = 0", "bundle 0 is not what"),
        ],
    )
    def test_rows_that_were_tampered_with_are_found(self, harm: str, words: str) -> None:
        happen(1, 2)
        sealed()
        scope = Scope()
        assert [*check.replay(scope), *check.check()] == []
        assert scope.counted["leaves"] == 3
        run("set local session_replication_role = replica", [])
        run(harm, [])
        found = [*check.replay(Scope()), *check.check()]
        assert any(words in line for line in found), found


class TestOverHttp:
    def test_what_is_published_is_served_to_anybody(self, client: Client) -> None:
        happen(*range(300))
        sealed()
        for path, kept in (
            ("1405/checkpoint", "max-age=2"),
            ("1405/tile/0/000", "immutable"),
            ("1405/tile/0/001.p/45", "immutable"),
            ("1405/tile/entries/001.p/45", "immutable"),
            ("1405/tile/1/000.p/1", "immutable"),
            ("vkeys.txt", "max-age=300"),
            ("policy.txt", "max-age=300"),
        ):
            answer = client.get(f"/log/{path}")
            assert answer.status_code == 200, path
            assert b"".join(answer.streaming_content) == (files.root() / path).read_bytes()
            assert kept in answer["Cache-Control"]
            assert answer["Access-Control-Allow-Origin"] == "*"
            assert answer["X-Content-Type-Options"] == "nosniff"
            assert "Set-Cookie" not in answer
        asked = client.head("/log/1405/checkpoint")
        asked.close()
        assert asked.status_code == 200

    @pytest.mark.parametrize(
        "path",
        [
            "",
            "1405",
            "1405/",
            "1405/tile/0/000.p/256",
            "1405/tile/0/000.p/0",
            "1405/tile/0/999",
            "1405/tile/0/.000.abc",
            "1405/../../keys/checkpoint-1.pem",
            "1405/%2e%2e/%2e%2e/keys/checkpoint-1.pem",
            "../keys/keys.json",
            "guard.json",
            "1405/rules/%D9%A1%D9%A1%D9%A1%D9%A1%D9%A1%D9%A1%D9%A1%D9%A1.json",
            "1405/rules",
            "1405/checkpoint%0a",
        ],
    )
    def test_nothing_else_is(self, client: Client, path: str) -> None:
        happen(1)
        sealed()
        assert client.get(f"/log/{path}").status_code == 404

    def test_it_is_read_only(self, client: Client) -> None:
        happen(1)
        sealed()
        assert client.post("/log/1405/checkpoint").status_code == 405


@pytest.mark.usefixtures("qom")
def test_the_worker_seals_within_seconds() -> None:
    happen(1)
    turns.sealing()
    assert not Unsealed.objects.exists()
    assert files.year_folder(Head.objects.get().year).joinpath("checkpoint").exists()


def test_rooms_above_find_their_files(settings: Any) -> None:
    root = settings.PEYGIR_LOG_DIR
    assert files.rules_file(1405, "ab") == root / "1405" / "rules" / "ab.json"
    assert files.stats_file(1405, "1405-07", "csv") == root / "1405" / "stats" / "1405-07.csv"
    assert files.receipts_file(1405, "7Q2X") == root / "1405" / "receipts" / "7Q.txt"
    assert STEP > seal.CADENCE
