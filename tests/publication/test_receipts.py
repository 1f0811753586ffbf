"""A receipt is known at registration, finds its leaf, and shows it missing when it was left out."""

import contextlib
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from peygir.cases.state import CaseState
from peygir.ledger.log import files, keys
from peygir.ledger.models import Checkpoint, Event, Head, Stop, Unsealed
from peygir.people import erasing
from peygir.policy.model import CityPolicy
from peygir.publication import figures, listing, receipts
from peygir.publication.models import Listed
from peygir.verify.cli import main
from peygir.verify.errors import INCOMPLETE, OK
from peygir.verify.merkle import leaf_hash
from peygir.verify.notes import parse_vkey
from peygir.verify.proofs import check_proof, parse_proof
from peygir.verify.receipts import BadCode, parse_code
from tests.city import NOON, Story, reported
from tests.ledger.log.outsiders import witnessed
from tests.publication.conftest import Seal

pytestmark = pytest.mark.django_db

SOON = NOON + timedelta(seconds=15)
LATER = NOON + timedelta(minutes=11)


def receipt_of(case: CaseState) -> receipts.Receipt:
    found = receipts.of(case.id)
    assert found is not None
    return found


def keys_of(folder: Path, role: str) -> list[str]:
    lines = (folder / "vkeys.txt").read_text("utf-8").splitlines()
    return [line.split(" ", 1)[1] for line in lines if line.startswith(role)]


def checked(folder: Path, code: str) -> tuple[int, str]:
    """How `verify receipt` ends on the published files, and what it says."""
    options = [each for key in ("checkpoint", "receipt") for each in keys_of(folder, key)]
    given = [part for key in options for part in ("--vkey", key)]
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        status = main(["receipt", code, str(folder / "1405"), *given])
    return status, said.getvalue()


class TestTheCode:
    def test_is_known_before_the_leaf_has_a_place(
        self, qom: CityPolicy, folders: Path, sealed: Seal
    ) -> None:
        case = reported(qom).case
        before = receipt_of(case)
        assert not folders.exists()
        sealed(SOON)
        assert not Stop.objects.exists()
        place = receipts.find(parse_code(before.code))
        assert place is not None
        assert leaf_hash(place.data) == before.leaf_hash == receipt_of(case).leaf_hash
        assert (place.leaf["t"], place.leaf["dist"]) == ("case.registered", 3)

    def test_is_checked_by_what_everybody_can_fetch(
        self, qom: CityPolicy, folders: Path, sealed: Seal
    ) -> None:
        code = receipt_of(reported(qom).case).code
        sealed(SOON)
        status, said = checked(folders, code)
        assert status == OK, said
        assert "case.registered" in said

    @pytest.mark.parametrize(
        "change",
        [
            str.lower,
            lambda code: code.replace("-", " "),
            lambda code: code.replace("-", ""),
            lambda code: code.replace("0", "O").replace("1", "I"),
            lambda code: code.replace("0", "o").replace("1", "l"),
            lambda code: code.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")),
            lambda code: code.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
            lambda code: f" \u200e\u2068{code}\u2069\n",
            lambda code: code.replace("-", "–"),
            lambda code: code.replace("-", "ـ"),
        ],
    )
    def test_is_read_however_it_is_typed(self, change: Any) -> None:
        for start in (b"\x00\x42\x10\x84" * 3, b"\xff\x01\xa7\x3c" * 3, bytes(10)):
            code = receipts.shown(start[:10])
            assert receipts.read_code(change(code)) == start[:10]

    @pytest.mark.parametrize("text", ["", "7K3M", "7K3M-P2QX-0000-00U0", "۱۲۳" * 30, "آ" * 16])
    def test_anything_else_is_refused(self, text: str) -> None:
        with pytest.raises(BadCode):
            receipts.read_code(text)

    def test_outlives_the_words_of_its_case(self, qom: CityPolicy, sealed: Seal) -> None:
        case = reported(qom).case
        code = receipt_of(case).code
        sealed(SOON)
        erasing.erase(case.id, at=SOON)
        sealed(LATER)
        assert receipt_of(case).code == code
        place = receipts.find(parse_code(code))
        assert place is not None
        assert [leaf["t"] for leaf in receipts.told_of(place)][-1] == "erasure.done"

    def test_no_case_no_receipt(self, qom: CityPolicy) -> None:
        assert receipts.of(137) is None
        assert receipts.code_of(137) == ""


class TestTheWholeLog:
    def test_holds_after_an_erasure_too(self, qom: CityPolicy, folders: Path, sealed: Seal) -> None:
        story = Story(qom)
        sealed(SOON)
        erasing.erase(story.case.id, at=SOON)
        story.after(hours=1).report()
        sealed(story.at)
        given = [part for key in keys_of(folders, "checkpoint") for part in ("--vkey", key)]
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            status = main(["log", str(folders / "1405"), *given])
        assert status == OK, said.getvalue()


class TestThePromise:
    def test_is_signed_with_the_key_that_the_log_names(
        self, qom: CityPolicy, folders: Path, sealed: Seal
    ) -> None:
        receipt = receipt_of(reported(qom).case)
        word = receipts.promise(receipt, at=NOON)
        assert receipts.promise(receipt, at=NOON) == word
        sealed(SOON)
        promise = receipts.read_promise(word)
        assert promise.leaf_hash == receipt.leaf_hash
        assert promise.by == int((NOON + receipts.WITHIN).timestamp())
        assert parse_vkey(keys_of(folders, "receipt")[0]).name == promise.name
        status, said = checked(folders, word)
        assert status == OK, said

    def test_a_changed_one_is_nobodys(self, qom: CityPolicy, sealed: Seal) -> None:
        word = receipts.promise(receipt_of(reported(qom).case), at=NOON)
        sealed(SOON)
        with pytest.raises(BadCode):
            receipts.read_promise(word[:60] + ("A" if word[60] != "A" else "B") + word[61:])

    def test_is_read_whichever_key_gave_it_until_the_keys_end(
        self, qom: CityPolicy, folders: Path, sealed: Seal
    ) -> None:
        receipt = receipt_of(reported(qom).case)
        sealed(SOON)
        origin = Head.objects.get().origin
        [old] = keys.receipt_signers(origin, at=SOON)
        words = [receipts.promise(receipt, at=SOON)]
        new = keys.rotate(keys.RECEIPT, origin, at=SOON)
        words.append(receipts.promise(receipt, at=SOON))
        sealed(SOON + timedelta(minutes=1))
        assert words[0] != words[1]
        for word in words:
            assert receipts.read_promise(word).leaf_hash == receipt.leaf_hash
            assert checked(folders, word)[0] == OK
        keys.end(keys.RECEIPT, old.vkey, at=NOON - timedelta(minutes=1))
        with pytest.raises(BadCode, match="could no longer give"):
            receipts.read_promise(words[0])
        assert receipts.read_promise(words[1]).name == new.name

    def test_is_given_while_no_witness_answers(
        self, qom: CityPolicy, folders: Path, sealed: Seal, settings: Any, tmp_path: Path
    ) -> None:
        down = dict.fromkeys(("council", "newspaper"), "http://127.0.0.1:1")
        with witnessed(settings, tmp_path, **down):
            receipt = receipt_of(reported(qom).case)
            sealed(SOON)
            assert Checkpoint.objects.latest("size").witnessed_at is None
            word = receipts.promise(receipt, at=SOON)
            assert receipts.find(parse_code(receipt.code)) is not None
            assert checked(folders, word)[0] == OK
            assert figures.publish(at=LATER) == [], "but nothing rests on what nobody saw"


class TestACaseThatWasLeftOut:
    def test_is_missing_for_whoever_holds_its_receipt(
        self, qom: CityPolicy, folders: Path, sealed: Seal
    ) -> None:
        kept, dropped = reported(qom).case, reported(qom).case
        words = {case.id: receipts.promise(receipt_of(case), at=NOON) for case in (kept, dropped)}
        event = Event.objects.get(subject_id=dropped.id, kind="case.registered")
        Unsealed.objects.filter(event_id=event.pk).delete()
        sealed(SOON)
        assert receipts.find(receipt_of(kept).leaf_hash) is not None
        assert receipts.find(receipt_of(dropped).leaf_hash) is None
        assert checked(folders, words[kept.id])[0] == OK
        assert checked(folders, words[dropped.id])[0] == INCOMPLETE  # until witnesses saw it so
        assert receipts.read_promise(words[dropped.id]).by < LATER.timestamp()


class TestTheLists:
    def test_name_each_case_once_whatever_is_torn(
        self, qom: CityPolicy, folders: Path, sealed: Seal
    ) -> None:
        codes = [receipt_of(reported(qom).case).code for _ in range(5)]
        sealed(SOON)
        listed = {path: path.read_text() for path in (folders / "1405" / "receipts").iterdir()}
        assert sorted(line[:19] for text in listed.values() for line in text.splitlines()) == (
            sorted(codes)
        )
        for path in listed:
            with path.open("a") as file:
                file.write("7K3M-P2Q")
        Listed.objects.update(size=0)
        while listing.list_new():
            pass
        for path, text in listed.items():
            assert path.read_text() == text

    def test_are_not_ahead_of_what_is_signed(self, qom: CityPolicy, sealed: Seal) -> None:
        assert listing.list_new() is False
        reported(qom)
        sealed(SOON)
        assert Listed.objects.get().size == Checkpoint.objects.order_by("-size")[0].size

    def test_a_list_that_lies_finds_nothing(
        self, qom: CityPolicy, folders: Path, sealed: Seal
    ) -> None:
        code = receipt_of(reported(qom).case).code
        sealed(SOON)
        files.receipts_file(1405, code).write_text(f"{code} 0\n")
        assert receipts.find(parse_code(code)) is None
        files.receipts_file(1405, code).write_text(f"{code} 999\n")
        assert receipts.find(parse_code(code)) is None


class TestTheProof:
    def test_shows_the_leaf_without_the_log(
        self, qom: CityPolicy, folders: Path, sealed: Seal
    ) -> None:
        code = receipt_of(reported(qom).case).code
        Story(qom).after(hours=1).report()
        sealed(LATER)
        place = receipts.find(parse_code(code))
        assert place is not None
        keys = [parse_vkey(text) for text in keys_of(folders, "checkpoint")]
        point = check_proof(parse_proof(receipts.proof(place)), leaf_hash(place.data), keys)
        assert point.size > place.number


class TestTheMessage:
    def test_gives_code_day_and_district(
        self, qom: CityPolicy, sent_by: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        case = reported(qom).case
        (body,) = sent_by(NOON + timedelta(seconds=11))
        assert body.splitlines()[1] == f"رسید \u200e{receipt_of(case).code}"
        assert "منطقهٔ ۳" in body
        assert len(body) <= 70

    def test_leaves_out_a_place_that_nobody_knows(self, qom: CityPolicy, sent_by: Any) -> None:
        case = reported(qom, district=None, category="").case
        (body,) = sent_by(NOON + timedelta(seconds=11))
        digits = case.code.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
        assert body.splitlines()[0] == f"۱۳۷: ثبت شد. رهگیری {digits}"
