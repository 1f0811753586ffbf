"""A key that somebody stole: it is ended in the log, and nobody believes it from there on."""

import contextlib
import io
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.management import CommandError, call_command

from peygir.ledger.log import check, endings, files, keys, revoke, seal, stops
from peygir.ledger.log import head as heads
from peygir.ledger.log.witnesses import request
from peygir.ledger.models import Checkpoint, Head, Note
from peygir.verify.canonical import encode, parse
from peygir.verify.cli import main
from peygir.verify.errors import INCOMPLETE, OK, USAGE, Incomplete
from peygir.verify.logcheck import Asked, check_log
from peygir.verify.merkle import leaf_hash
from peygir.verify.notes import checkpoint_text, is_signed_by, parse_checkpoint
from peygir.verify.receipts import Promise, format_promise, promise_message, receipt_code
from peygir.verify.tiles import Edge, Reader, Tree, entries_path, pack, tile_path
from tests.ledger.log.outsiders import witnessed
from tests.ledger.log.play import NOON, STEP, checked, happen, published_leaves, sealed, vkeys
from tests.witness.grown import post, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty")]


def told(kind: str) -> list[dict[str, Any]]:
    """The published leaves of this kind."""
    return [leaf for leaf in map(parse, published_leaves()) if leaf["t"] == kind]


def number_of(role: str = keys.CHECKPOINT) -> str:
    """The id of the oldest key that signs."""
    return keys.signers(role, Head.objects.get().origin, at=NOON)[0].vkey.id.hex()


def folder() -> Path:
    return files.year_folder(Head.objects.get().year)


def thiefs_copy(to: Path, stolen: keys.Signer, leaves: list[bytes]) -> Path:
    """A log of these leaves, signed by the stolen key alone."""
    edge, tiles = Edge(), []
    for body in leaves:
        tiles += edge.push(leaf_hash(body))
    assert not tiles, "a small log"
    written = {entries_path(0, len(leaves)): pack(leaves)}
    written |= {tile_path(level, n, len(data) // 32): data for level, n, data in edge.partial()}
    text = checkpoint_text(stolen.name, edge.size, edge.root())
    written["checkpoint"] = keys.sign(text, [stolen])
    for name, data in written.items():
        files.replace(to / name, data)
    return to


class TestAStolenKey:
    def test_every_client_follows_and_nobody_believes_the_thief(
        self, settings: Any, tmp_path: Path
    ) -> None:
        with witnessed(settings, tmp_path) as servers:
            happen(1, 2)
            at = sealed()
            old = vkeys()
            [stolen] = keys.checkpoint_signers(Head.objects.get().origin, at=at)
            at += STEP
            new = revoke.revoke(keys.CHECKPOINT, number_of(), at=at)
            kinds = [parse(body)["t"] for body in published_leaves()[-3:]]
            assert kinds == ["key.rotated", "cp.anchored", "key.revoked"]
            [leaf] = told("key.revoked")
            assert (leaf["vkey"], leaf["why"], leaf["et"]) == (
                str(stolen.vkey),
                "revoked",
                int(at.timestamp()),
            )
            overlap = parse_checkpoint(told("cp.anchored")[0]["note"].encode())
            assert is_signed_by(overlap.note, old[0]), "the old key vouched for the new one"
            assert is_signed_by(overlap.note, new.vkey)

            happen(3)
            at = sealed(at)
            point = checked(old).checkpoint
            assert not is_signed_by(point.note, old[0])
            assert checked([new.vkey]).cases == 3

            own = published_leaves()
            more = encode({"t": "intake.daily", "v": 1})
            added = thiefs_copy(tmp_path / "added", stolen, [*own, more])
            with pytest.raises(Incomplete, match="no valid signature of a key that is trusted"):
                check_log(added, Asked(keys=old))
            fork = thiefs_copy(tmp_path / "fork", stolen, [*own[:3], more, *own[4:-2]])
            reader = Reader(fork)
            tree = Tree(reader, parse_checkpoint(reader.checkpoint()).size)
            for server in servers.values():
                server.witness.memory.follow(str(new.vkey))
                seen = server.witness.memory.seen(stolen.name)
                assert seen is not None
                for size in (seen.size, 0):
                    asked = httpx.post(
                        f"{url(server)}/add-checkpoint",
                        content=request(reader.checkpoint(), tree, min(size, tree.size)),
                        trust_env=False,
                    )
                    assert asked.status_code in (409, 422)
                logs = server.witness.memory.folder / "logs.txt"
                logs.write_text(logs.read_text().replace(str(stolen.vkey), ""))
                assert post(server, request(reader.checkpoint(), tree, 0)).status_code == 403

            sealed(at + timedelta(minutes=1))
            assert Checkpoint.objects.latest("size").witnessed_at is not None
            assert list(check.check()) == []

    def test_a_receipt_is_found_by_who_knows_only_the_old_key(self, tmp_path: Path) -> None:
        happen(1)
        at = sealed()
        [old] = vkeys()
        [stolen] = keys.checkpoint_signers(Head.objects.get().origin, at=at)
        code = receipt_code(leaf_hash(published_leaves()[1]))
        assert receipt(code, old) == OK
        revoke.revoke(keys.CHECKPOINT, number_of(), at=at)
        assert receipt(code, old) == OK
        more = encode({"t": "intake.daily", "v": 1})
        added = thiefs_copy(tmp_path / "added", stolen, [*published_leaves(), more])
        assert receipt(code, old, added) == INCOMPLETE

    def test_with_a_successor_that_signs_already_no_other_is_made(self) -> None:
        happen(1)
        at = sealed()
        old = vkeys()
        origin = Head.objects.get().origin
        new = keys.rotate(keys.CHECKPOINT, origin, at=at)
        at = sealed(at)
        assert revoke.revoke(keys.CHECKPOINT, number_of(), at=at).vkey == new.vkey
        assert [each.vkey for each in keys.checkpoint_signers(origin, at=at)] == [new.vkey]
        assert len(told("key.rotated")) == 1
        assert checked(old).cases == 1
        assert list(check.check()) == []

    def test_the_new_one_can_be_the_stolen_one(self) -> None:
        happen(1)
        at = sealed()
        origin = Head.objects.get().origin
        first = vkeys()
        stolen = keys.rotate(keys.CHECKPOINT, origin, at=at)
        at = sealed(at)
        revoke.revoke(keys.CHECKPOINT, stolen.vkey.id.hex(), at=at)
        late = at + keys.OVERLAP
        happen(2)
        sealed(late)
        assert checked(first).cases == 2, "a third key, which the first one named"
        assert not is_signed_by(checked(first).checkpoint.note, stolen.vkey)


class TestAReceiptKey:
    def promised(self, signer: keys.Signer, value: bytes, by: int) -> str:
        given = Promise(signer.name, by, value)
        signature = signer.key.sign(promise_message(given))
        return format_promise(given, signer.vkey.id, signature)

    def test_promises_hold_through_rotations_and_a_thief_gives_none(self) -> None:
        happen(1)
        at = sealed()
        origin = Head.objects.get().origin
        leaf = leaf_hash(published_leaves()[1])
        [checkpoint] = vkeys()
        [old] = keys.receipt_signers(origin, at=at)
        new = keys.rotate(keys.RECEIPT, origin, at=at)
        at = sealed(at)
        soon = int(at.timestamp()) + 600
        for signer in (old, new):
            assert receipt(self.promised(signer, leaf, soon), checkpoint) == OK
        stranger = keys.Signer(origin, keys.checkpoint_signers(origin, at=at)[0].key)
        assert receipt(self.promised(stranger, leaf, soon), new.vkey) == INCOMPLETE

        assert revoke.revoke(keys.RECEIPT, number_of(keys.RECEIPT), at=at).vkey == new.vkey
        assert [each["role"] for each in told("key.revoked")] == ["receipt"]
        assert receipt(self.promised(old, leaf, soon), checkpoint) == OK, "given before the end"
        assert receipt(self.promised(old, leaf, soon + 1), checkpoint) == USAGE
        assert receipt(self.promised(new, leaf, soon + 1), checkpoint) == OK
        assert dict(keys.receipt_vkeys(origin)) == {old.vkey: int(at.timestamp()), new.vkey: None}

    def test_the_only_one_is_followed_by_another(self) -> None:
        happen(1)
        at = sealed()
        new = revoke.revoke(keys.RECEIPT, number_of(keys.RECEIPT), at=at)
        delegated = [each["vkey"] for each in told("key.delegated")]
        assert delegated[-1] == str(new.vkey)
        vkeys_txt = (files.root() / "vkeys.txt").read_text()
        assert delegated[0] not in vkeys_txt
        assert delegated[1] in vkeys_txt


class TestAnOverlapThatIsOver:
    @pytest.mark.parametrize("role", keys.ROLES)
    def test_is_told_by_itself(self, role: str) -> None:
        happen(1)
        at = sealed()
        old = vkeys()
        origin = Head.objects.get().origin
        ended = keys.signers(role, origin, at=at)[0]
        keys.rotate(role, origin, at=at)
        at = sealed(at)
        at = sealed(at + keys.OVERLAP - timedelta(minutes=5))
        assert told("key.revoked") == []
        at = sealed(at + timedelta(minutes=5))
        [leaf] = told("key.revoked")
        assert (leaf["vkey"], leaf["why"], leaf["role"]) == (str(ended.vkey), "expired", role)
        sealed(at + timedelta(hours=2))
        assert len(told("key.revoked")) == 1
        assert checked(old).cases == 1

    def test_without_an_hourly_anchor_the_old_key_still_vouches(self) -> None:
        happen(1)
        at = sealed()
        old = vkeys()
        keys.rotate(keys.CHECKPOINT, Head.objects.get().origin, at=at)
        at = sealed(at)
        point = Checkpoint.objects.latest("size")
        assert endings.expire(point, at=at + keys.OVERLAP)
        assert not endings.expire(point, at=at + keys.OVERLAP)
        assert [each.body["t"] for each in Note.objects.order_by("id")] == [
            "cp.anchored",
            "key.revoked",
        ]
        sealed(at + keys.OVERLAP)
        assert checked(old).cases == 1

    def test_what_the_log_holds_already_is_not_anchored_again(self) -> None:
        happen(1)
        at = sealed()
        keys.rotate(keys.RECEIPT, Head.objects.get().origin, at=at)
        point = Checkpoint.objects.latest("size")
        Checkpoint.objects.update(anchored_at=at)
        assert endings.expire(point, at=at + keys.OVERLAP)
        assert [each.body["t"] for each in Note.objects.order_by("id")] == [
            "key.delegated",
            "key.revoked",
        ]


class TestByHand:
    def log(self, *words: str) -> str:
        said = io.StringIO()
        call_command("log", *words, stdout=said)
        return said.getvalue()

    def test_the_keys_are_listed_and_one_is_ended(self) -> None:
        happen(1)
        sealed()
        number = number_of()
        assert f"key        checkpoint {number}\n" in self.log("status")
        self.log("rotate")
        assert f"key        checkpoint {number} until 20" in self.log("status")
        said = self.log("revoke", "--id", number.upper())
        assert "Give that key to the witnesses" in said
        assert number not in self.log("status")
        number = number_of(keys.RECEIPT)
        assert "witnesses" not in self.log("revoke", "--key", "receipt", "--id", number)

    def test_it_says_why_it_cannot(self, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        def refused(words: str) -> None:
            with pytest.raises(CommandError, match=f"It is not revoked: {words}"):
                self.log("revoke", "--id", "00000000")

        refused("the log has not begun")
        happen(1)
        at = sealed()
        refused("no checkpoint key with the id 00000000 signs now")
        with monkeypatch.context() as patch:
            patch.setattr(heads, "year_of", lambda at: 1406)
            refused("the log of the next year is about to begin")
        stops.stop(stops.FORK, at=at)
        refused("sealing stands still: look at it first")
        stops.clear(at=at, hard=True)

        @contextlib.contextmanager
        def taken() -> Any:
            yield False

        with monkeypatch.context() as patch:
            patch.setattr(revoke, "PAUSE_S", 0)
            patch.setattr(heads, "alone", taken)
            refused("a worker is sealing all the time")

    def test_while_sealing_cannot_go_on_the_key_stays(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        happen(1)
        at = sealed()
        number = number_of()
        with monkeypatch.context() as patch:
            patch.setattr(seal, "publish", _full)
            with pytest.raises(revoke.CannotRevoke, match=r"stands still \(disk\)"):
                revoke.revoke(keys.CHECKPOINT, number, at=at)
        at = sealed(at)
        assert told("key.revoked") == []
        revoke.revoke(keys.CHECKPOINT, number, at=at)
        assert len(told("key.rotated")) == len(told("key.revoked")) == 1

    def test_a_whole_queue_is_sealed_first(self, monkeypatch: pytest.MonkeyPatch) -> None:
        happen(1)
        at = sealed()
        turns = iter([True, False, False])
        monkeypatch.setattr(seal, "seal", lambda at, at_once: next(turns))
        revoke.revoke(keys.RECEIPT, number_of(keys.RECEIPT), at=at)
        assert list(turns) == []


def receipt(word: str, key: Any, where: Path | None = None) -> int:
    """How `verify receipt` ends for who trusts this key alone."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return main(["receipt", word, str(where or folder()), "--vkey", str(key)])


def _full(*given: object, **more: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_newcomer_finds_the_keys_of_earlier_years(tmp_path: Path) -> None:
    from tests.ledger.log.test_years import NEW_YEAR

    happen(1)
    sealed()
    old = vkeys()
    at = sealed(sealed(NEW_YEAR))
    happen(1)
    revoke.revoke(keys.CHECKPOINT, number_of_year(at), at=sealed(at))
    given = ["--vkey", str(files.root() / "vkeys.txt"), "--jobs", "1"]
    folders = files.year_folder(1405), files.year_folder(1406)
    shutil.copytree(folders[1], tmp_path / "copy")
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        assert main(["log", str(tmp_path / "copy"), "--before", str(folders[0]), *given]) == OK
    assert check_log(folders[1], Asked(keys=old), [folders[0]]).cases == 1


def number_of_year(at: Any) -> str:
    [signer] = keys.checkpoint_signers(Head.objects.get().origin, at=at)
    return signer.vkey.id.hex()
