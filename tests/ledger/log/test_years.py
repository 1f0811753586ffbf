"""Time in the log: hourly anchors, clocks that are wrong, new keys, and a log for each year."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from peygir.ledger.log import anchors, check, files, head, keys, seal, status, tidy
from peygir.ledger.models import Checkpoint, Head, Leaf
from peygir.ledger.scope import Scope
from peygir.verify.canonical import parse
from peygir.verify.logcheck import Asked, check_log
from peygir.verify.notes import is_signed_by, parse_checkpoint
from peygir.verify.tiles import Reader
from tests.ledger.log.outsiders import witnessed
from tests.ledger.log.play import NOON, STEP, checked, happen, published_leaves, sealed, vkeys

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty")]

#: Nowruz of 1406 in Tehran.
NEW_YEAR = datetime(2027, 3, 20, 20, 30, tzinfo=UTC)


def anchored() -> list[int]:
    """The sizes of the checkpoints that stand in the published log."""
    told = [parse(body) for body in published_leaves()]
    notes = [body["note"] for body in told if body["t"] == "cp.anchored"]
    return [parse_checkpoint(note.encode()).size for note in notes]


class TestAnchors:
    def test_every_hour_the_checkpoint_becomes_a_leaf(self) -> None:
        happen(1)
        at = sealed()
        seal.seal(at=at + timedelta(minutes=59))
        assert anchored() == []
        at += timedelta(hours=1)
        seal.seal(at=at)
        assert anchored() == [2]
        seal.seal(at=at + timedelta(minutes=1))
        assert anchored() == [2]
        seal.seal(at=at + timedelta(hours=1))
        assert anchored() == [2, 3], "in a quiet hour too"
        assert len(checked().seen) == 0

    def test_with_witnesses_it_carries_the_time_of_that_hour(
        self, settings: Any, tmp_path: Path
    ) -> None:
        with witnessed(settings, tmp_path) as servers:
            happen(1)
            at = sealed()
            for server in servers.values():
                server.clock = lambda: at.timestamp() + 3600
            seal.seal(at=at + timedelta(hours=1))
            [body] = [parse(each) for each in published_leaves() if b"cp.anchored" in each]
            note = parse_checkpoint(body["note"].encode()).note
            assert len(note.signatures) == 4
            assert Checkpoint.objects.get(size=2).witnessed_at == at + timedelta(hours=1)

    def test_what_nobody_cosigned_is_not_anchored(self, settings: Any, tmp_path: Path) -> None:
        down = dict.fromkeys(("council", "newspaper"), "http://127.0.0.1:1")
        with witnessed(settings, tmp_path, **down):
            happen(1)
            at = sealed()
            seal.seal(at=at + timedelta(hours=1))
            assert anchored() == []

    def test_a_checkpoint_is_anchored_after_what_came_meanwhile(self) -> None:
        happen(1)
        at = sealed()
        happen(2, 3)
        seal.seal(at=at + timedelta(hours=2))
        assert anchored() == [2]
        assert Head.objects.get().size == 5

    def test_rows_of_others_go_after_a_week(self) -> None:
        at = NOON
        for number in range(3):
            happen(number)
            at = sealed(at)
        seal.seal(at=at + timedelta(hours=1))
        happen(1)
        seal.seal(at=at + timedelta(days=8))
        sizes = list(Checkpoint.objects.order_by("size").values_list("size", flat=True))
        assert sizes == [4, 5, 7], "the anchored ones, and the last"

    def test_the_anchor_of_a_leaf_says_what_was_published(self) -> None:
        point = Checkpoint(note="x")
        assert anchors.leaf(point) == {"t": "cp.anchored", "v": 1, "note": "x"}


class TestTidying:
    def test_partial_tiles_go_an_hour_after_the_full_one(self) -> None:
        happen(*range(100))
        at = sealed()
        happen(*range(300))
        at = sealed(at)
        folder = files.year_folder(1405) / "tile"
        assert (folder / "0" / "000.p" / "101").exists()
        assert tidy.tidy(at=at) == 0
        assert tidy.tidy(at=at + timedelta(hours=2)) == 2  # the tile's and the bundle's
        assert not (folder / "0" / "000.p").exists()
        assert not (folder / "entries" / "000.p").exists()
        assert (folder / "0" / "001.p" / "145").exists()
        assert tidy.tidy(at=at + timedelta(hours=3)) == 0
        happen(1)
        sealed(at)
        assert checked().checkpoint.size == 402

    def test_what_somebody_cleared_away_before_is_passed_over(self) -> None:
        happen(*range(100))
        at = sealed()
        happen(*range(300))
        at = sealed(at)
        shutil.rmtree(files.year_folder(1405) / "tile" / "entries" / "000.p")
        assert tidy.tidy(at=at + timedelta(hours=2)) == 1

    def test_it_knows_which_tiles_became_full(self) -> None:
        assert tidy.superseded(0, 255) == []
        assert tidy.superseded(0, 256) == ["tile/entries/000", "tile/0/000"]
        found = tidy.superseded(65_535, 65_536)
        assert found == ["tile/entries/255", "tile/0/255", "tile/1/000"]


class TestClocks:
    def test_two_hours_ahead_and_back_again_nothing_stands_still(self) -> None:
        happen(1)
        at = sealed()
        happen(2)
        seal.seal(at=at + timedelta(hours=2))
        happen(3)
        seal.seal(at=at + STEP)
        happen(4)
        seal.seal(at=at + STEP * 2)
        found = checked()
        assert found.checkpoint.size == Head.objects.get().size == Leaf.objects.count()
        assert found.cases == 4

    def test_the_time_that_counts_is_the_witnesses(self, settings: Any, tmp_path: Path) -> None:
        with witnessed(settings, tmp_path) as servers:
            servers["council"].clock = lambda: NOON.timestamp() + 365 * 86_400
            servers["newspaper"].clock = servers["university"].clock = NOON.timestamp
            happen(1)
            sealed(NOON + timedelta(hours=2))
            last = Checkpoint.objects.get()
            assert last.signed_at > NOON + timedelta(hours=2)
            assert last.witnessed_at == NOON, "one clock that is a year wrong moves nothing"


class TestKeys:
    def test_they_are_made_once_and_for_nobody_else(self, settings: Any) -> None:
        one = keys.checkpoint_signers("a/1405", at=NOON)
        assert keys.checkpoint_signers("a/1405", at=NOON)[0].vkey == one[0].vkey
        assert keys.receipt_signers("a/1405", at=NOON)[0].vkey.public != one[0].vkey.public
        modes = {
            path.name: path.stat().st_mode & 0o777 for path in settings.PEYGIR_KEY_DIR.iterdir()
        }
        assert modes["checkpoint-1.pem"] == modes["receipt-1.pem"] == 0o600

    def test_an_old_client_finds_the_new_key_and_both_sign_for_thirty_days(self) -> None:
        happen(1)
        at = sealed()
        old = vkeys()
        keys.rotate(keys.CHECKPOINT, Head.objects.get().origin, at=at)
        at = sealed(at)
        assert checked(old).checkpoint.size == 3
        both = vkeys(at)
        assert len(both) == 2
        note = checked().checkpoint.note
        assert all(is_signed_by(note, key) for key in both)

        late = at + keys.OVERLAP + STEP
        happen(2)
        late = sealed(late)
        point = checked(old).checkpoint  # an anchor under the old key names the new one
        assert not is_signed_by(point.note, old[0])
        assert vkeys(late) == both[1:]
        assert checked(both[1:]).checkpoint.size >= 4

    def test_after_the_overlap_the_old_key_alone_does_not_verify_a_checkpoint(self) -> None:
        happen(1)
        at = sealed()
        [old] = vkeys()
        keys.rotate(keys.CHECKPOINT, Head.objects.get().origin, at=at)
        happen(2)
        late = sealed(at + keys.OVERLAP)
        point = parse_checkpoint(Reader(files.year_folder(1405)).checkpoint())
        assert not is_signed_by(point.note, old)
        assert is_signed_by(point.note, vkeys(late)[0])

    def test_a_receipt_key_is_delegated_in_the_log(self) -> None:
        happen(1)
        at = sealed()
        origin = Head.objects.get().origin
        new = keys.rotate(keys.RECEIPT, origin, at=at)
        sealed(at)
        told = [parse(body) for body in published_leaves()]
        named = [body["vkey"] for body in told if body["t"] == "key.delegated"]
        assert named == [str(each.vkey) for each in keys.receipt_signers(origin, at=at)]
        assert named[-1] == str(new.vkey)


class TestYears:
    def test_the_next_log_begins_with_the_end_of_the_one_before(self) -> None:
        happen(1, 2)
        at = sealed()
        trusted = vkeys()
        happen(1, 3)
        at = sealed(NEW_YEAR)
        at = sealed(at)
        now = Head.objects.get()
        assert (now.origin, now.year) == (head.origin_of(1406), 1406)
        happen(1, 2, 4)
        sealed(at)
        now.refresh_from_db()
        folders = files.year_folder(1405), files.year_folder(1406)
        before = check_log(folders[0], Asked(keys=trusted)).checkpoint
        assert before.size == now.base == 6  # two keys are named
        found = check_log(folders[1], Asked(keys=trusted), [folders[0]])
        assert found.cases == 4
        assert found.checkpoint.size == now.size == 5
        first = parse(published_leaves()[0])
        assert (first["t"], first["base"]) == ("cp.anchored", 6)
        assert parse_checkpoint(first["note"].encode()).origin == head.origin_of(1405)
        assert Leaf.objects.count() == 11
        assert list(check.replay(Scope())) == []
        assert list(check.check()) == []

    def test_it_waits_for_witnesses_and_goes_on_meanwhile(
        self, settings: Any, tmp_path: Path
    ) -> None:
        down = dict.fromkeys(("council", "newspaper"), "http://127.0.0.1:1")
        with witnessed(settings, tmp_path, **down):
            happen(1)
            sealed()
            happen(2)
            at = sealed(NEW_YEAR)
            happen(3)
            at = sealed(at)
            assert Head.objects.get().year == 1405
            assert checked().cases == 3
        with witnessed(settings, tmp_path) as servers:
            at = sealed(at + timedelta(minutes=1))
            at = sealed(at + timedelta(minutes=1))
            assert Head.objects.get().year == 1406
            happen(3)
            sealed(at)
            assert {each["origin"] for each in servers["council"].witness.memory.all_seen()} == {
                head.origin_of(1405),
                head.origin_of(1406),
            }
            assert status.status().witnessed_at is not None

    def test_after_a_week_without_them_it_begins_all_the_same(
        self, settings: Any, tmp_path: Path
    ) -> None:
        down = dict.fromkeys(("council", "newspaper"), "http://127.0.0.1:1")
        with witnessed(settings, tmp_path, **down):
            happen(1)
            sealed()
            at = sealed(NEW_YEAR)
            sealed(at + timedelta(days=8))
            assert Head.objects.get().year == 1406

    def test_a_crash_between_the_steps_changes_nothing(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        happen(1)
        sealed()
        trusted = vkeys()
        with monkeypatch.context() as patch:
            patch.setattr(files, "replace", _dies)
            with pytest.raises(KeyboardInterrupt):
                seal.seal(at=NEW_YEAR)
        with monkeypatch.context() as patch:
            patch.setattr(files, "replace", _dies)
            with pytest.raises(KeyboardInterrupt):
                seal.seal(at=NEW_YEAR + STEP)
        at = sealed(NEW_YEAR + STEP)
        at = sealed(at)
        assert Head.objects.get().year == 1406
        folders = files.year_folder(1405), files.year_folder(1406)
        check_log(folders[1], Asked(keys=trusted), [folders[0]])
        assert Reader(folders[0]).checkpoint()


def _dies(*given: object, **more: object) -> None:
    raise KeyboardInterrupt
