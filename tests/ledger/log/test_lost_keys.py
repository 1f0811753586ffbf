"""The keys are lost: nobody signs in their place in silence, and the witnesses keep the log one."""

import io
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from peygir.ledger.log import check, files, keys, recover, revoke, seal, stops
from peygir.ledger.log.witnesses import request
from peygir.ledger.models import Checkpoint, Head
from peygir.verify.canonical import parse
from peygir.verify.errors import Incomplete
from peygir.verify.notes import parse_checkpoint
from peygir.verify.tiles import Reader, Tree
from tests.ledger.log.outsiders import witnessed
from tests.ledger.log.play import STEP, checked, happen, published_leaves, sealed, vkeys
from tests.witness.grown import post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty")]


def test_sealing_stops_and_no_key_is_made_in_their_place(settings: Any) -> None:
    happen(1)
    at = sealed()
    before = Reader(files.year_folder(1405)).checkpoint()
    shutil.rmtree(settings.PEYGIR_KEY_DIR)
    happen(2)
    for _ in range(2):
        at += STEP
        assert not seal.seal(at=at)
    stopped = stops.current()
    assert stopped is not None
    assert stopped.reason == stops.KEYS
    for words in (["status"], ["check"], ["rotate"], ["revoke", "--id", "00000000"]):
        with pytest.raises(CommandError):
            call_command("log", *words, stdout=io.StringIO())
    stops.clear(at=at, hard=True)
    with pytest.raises(revoke.CannotRevoke):
        revoke.revoke(keys.CHECKPOINT, "00000000", at=at)
    assert not keys.has(keys.CHECKPOINT)
    assert Reader(files.year_folder(1405)).checkpoint() == before


def test_found_again_it_goes_on(settings: Any, tmp_path: Path) -> None:
    happen(1)
    at = sealed()
    trusted = vkeys()
    shutil.move(settings.PEYGIR_KEY_DIR, tmp_path / "elsewhere")
    happen(2)
    seal.seal(at=at + STEP)
    shutil.move(tmp_path / "elsewhere", settings.PEYGIR_KEY_DIR)
    recover.recover(at=at)
    sealed(at)
    assert checked(trusted).cases == 2
    assert list(check.check()) == []


def test_lost_for_good_a_new_one_goes_on_and_witnesses_vouch(settings: Any, tmp_path: Path) -> None:
    with witnessed(settings, tmp_path) as servers:
        happen(1, 2)
        at = sealed()
        old = vkeys()
        kept = parse_checkpoint(Reader(files.year_folder(1405)).checkpoint())
        shutil.rmtree(settings.PEYGIR_KEY_DIR)
        happen(3)
        seal.seal(at=at + STEP)
        found = recover.recover(at=at)
        assert (found.had, found.size, found.lost) == (3, 3, 0)
        at = sealed(at)
        told = [parse(body) for body in published_leaves()[3:]]
        assert {leaf["t"] for leaf in told} >= {"log.incident", "key.rotated", "key.delegated"}
        assert {leaf.get("what") for leaf in told} >= {"keys"}
        new = vkeys()
        with pytest.raises(Incomplete, match="no valid signature"):
            checked(old)
        assert checked(new).cases == 3
        assert Checkpoint.objects.latest("size").witnessed_at is None, "no witness knows it yet"
        for server in servers.values():
            server.witness.memory.follow(str(new[0]))
        sealed(at + timedelta(minutes=1))
        assert Checkpoint.objects.latest("size").witnessed_at is not None
        reader = Reader(files.year_folder(1405))
        for server in servers.values():  # the new key signs no other past either
            fork = request(reader.checkpoint(), Tree(reader, Head.objects.get().size), 0)
            assert post(server, fork).status_code == 409
        trusts_both = (*new, *old)
        assert checked(trusts_both, since=(kept,)).cases == 3, "the same log as before"


def test_another_state_than_the_guard_let_through_is_not_taken_for_ours(settings: Any) -> None:
    happen(1)
    at = sealed()
    older = Reader(files.year_folder(1405)).checkpoint()
    happen(2)
    at = sealed(at)
    shutil.rmtree(settings.PEYGIR_KEY_DIR)
    seal.seal(at=at + STEP)
    files.replace(files.year_folder(1405) / "checkpoint", older)
    with pytest.raises(recover.Unrecoverable, match="not signed by a key of ours"):
        recover.recover(at=at)
    assert not keys.has(keys.CHECKPOINT)


def test_a_receipt_key_that_is_lost_is_followed_by_one_that_the_log_names(settings: Any) -> None:
    happen(1)
    at = sealed()
    origin = Head.objects.get().origin
    (settings.PEYGIR_KEY_DIR / "receipt-1.pem").unlink()
    index = settings.PEYGIR_KEY_DIR / "keys.json"
    index.write_text(index.read_text().replace('"receipt"', '"gone"'))
    [new] = keys.receipt_signers(origin, at=at)
    sealed(at)
    named = [leaf for leaf in map(parse, published_leaves()) if leaf["t"] == "key.delegated"]
    assert named[-1]["vkey"] == str(new.vkey)
    assert len(named) == 2
