"""An auditor opens what a leaf hides, draws by lot, and signs what was found."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from peygir.ledger.log import files
from peygir.ledger.models import Event, Note
from peygir.people import erasing
from peygir.people.models import CaseKey
from peygir.policy.model import CityPolicy
from peygir.publication import audits, openings, receipts
from peygir.publication.commit import commit
from peygir.publication.receipts import Place
from peygir.publication.shape import check
from peygir.verify import errors
from peygir.verify.canonical import from_base64url, to_base64url
from peygir.verify.cli import main
from peygir.verify.merkle import leaf_hash
from peygir.verify.receipts import receipt_code
from tests.city import NOON, filling, reported
from tests.publication.conftest import Seal

pytestmark = pytest.mark.django_db

SOON = NOON + timedelta(seconds=15)
LATER = NOON + timedelta(minutes=1)


def place_of(case_id: int) -> Place:
    found = receipts.of(case_id)
    assert found is not None
    place = receipts.find(found.leaf_hash)
    assert place is not None
    return place


def opened(policy: CityPolicy, place: Place) -> openings.Opening:
    auditor = filling(policy, "auditor")
    return openings.open_leaf(place, policy=policy.digest, actor=auditor, at=SOON)


class TestAnOpening:
    def test_shows_subject_and_place_and_nothing_of_a_person(
        self, qom: CityPolicy, sealed: Seal
    ) -> None:
        case = reported(qom, lat_e6=34_640_111, lon_e6=50_880_999).case
        sealed(SOON)
        place = place_of(case.id)
        found = opened(qom, place)
        assert found.holds
        assert found.values == {
            "category": "C01", "district": 3, "lat_e3": 34_640, "lon_e3": 50_881,
        }  # fmt: skip
        again = commit(from_base64url(found.blind, 32), found.values)
        assert to_base64url(again) == place.leaf["ca"]

    def test_is_written_down(self, qom: CityPolicy, sealed: Seal) -> None:
        case = reported(qom).case
        sealed(SOON)
        opened(qom, place_of(case.id))
        event = Event.objects.get(kind="audit.opened")
        assert (event.subject_id, event.actor_post) == (case.id, "auditor")
        sealed(LATER)  # and is no leaf
        assert Event.objects.get(kind="audit.opened").leaf_index is None

    def test_does_not_hold_when_what_is_stored_was_changed(
        self, qom: CityPolicy, sealed: Seal
    ) -> None:
        case = reported(qom).case
        sealed(SOON)
        CaseKey.objects.filter(case_id=case.id).update(key=b"x" * 32)
        assert not opened(qom, place_of(case.id)).holds

    def test_is_over_once_the_words_are_erased(self, qom: CityPolicy, sealed: Seal) -> None:
        case = reported(qom).case
        sealed(SOON)
        erasing.erase(case.id, at=SOON)
        with pytest.raises(openings.CannotOpen, match="erased"):
            opened(qom, place_of(case.id))

    def test_of_a_leaf_that_hides_nothing(self, qom: CityPolicy, sealed: Seal) -> None:
        reported(qom)
        sealed(SOON)
        first = receipts.place_of(1405, 0)
        assert first is not None
        with pytest.raises(openings.CannotOpen, match="nothing"):
            opened(qom, first)


class TestALot:
    def test_can_be_repeated_by_anybody(self, qom: CityPolicy, sealed: Seal) -> None:
        cases = [reported(qom).case for _ in range(8)]
        sealed(SOON)
        basis = audits.basis()
        found = audits.draw(basis, "4216", 3, by="auditor", at=SOON)
        assert found == audits.drawn(basis, "4216", 3)
        assert len({place.number for place in found}) == 3
        assert {place.number for place in found} <= {place_of(c.id).number for c in cases}
        seed = hashlib.sha256(basis.point.root + b"4216").digest()
        numbers = [
            int.from_bytes(hashlib.sha256(seed + i.to_bytes(8, "big")).digest(), "big")
            % basis.point.size
            for i in range(600)
        ]
        assert [n for n in dict.fromkeys(numbers) if n in {p.number for p in found}] == [
            place.number for place in found
        ]
        leaf = Note.objects.get().body
        check(leaf)
        assert (leaf["t"], leaf["dice"], leaf["size"]) == ("audit.seed", "4216", basis.point.size)

    @pytest.mark.requirement("T13")
    def test_is_drawn_again_by_the_verifier_alone(
        self, qom: CityPolicy, sealed: Seal, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """From the published folder: which cases the city had to call again, and no others."""
        for _ in range(8):
            reported(qom)
        sealed(SOON)
        found = audits.draw(audits.basis(), "4216", 3, by="auditor", at=SOON)
        sealed(LATER)
        given = ["--vkey", str(files.root() / "vkeys.txt"), "--jobs", "1"]
        assert main(["sample", str(files.year_folder(1405)), *given]) == errors.OK
        told = capsys.readouterr().out.splitlines()
        at = next(number for number, line in enumerate(told) if "dice 4216 draw 3 of 3" in line)
        drawn = [line.split() for line in told[at + 1 : at + 4]]
        assert [int(number) for number, _ in drawn] == [place.number for place in found]
        assert [code for _, code in drawn] == [
            receipt_code(leaf_hash(place.data)) for place in found
        ]

    @pytest.mark.parametrize(("dice", "wanted"), [("", 3), ("six", 3), ("4216", 0), ("1" * 65, 3)])
    def test_of_anything_but_dice_is_refused(
        self, qom: CityPolicy, sealed: Seal, dice: str, wanted: int
    ) -> None:
        reported(qom)
        sealed(SOON)
        with pytest.raises(audits.Refused, match="shape"):
            audits.draw(audits.basis(), dice, wanted, by="auditor", at=SOON)
        assert not Note.objects.exists()

    def test_needs_a_signed_log(self, folders: Any) -> None:
        with pytest.raises(audits.Refused, match="no_log"):
            audits.basis()


class TestAResult:
    def made(self, **fields: Any) -> dict[str, Any]:
        given: dict[str, Any] = {"about": "calls", "checked": 60, "held": 58, "by": "auditor"}
        return audits.result(audits.basis(), at=SOON, **(given | fields))

    @pytest.fixture(autouse=True)
    def _log(self, qom: CityPolicy, sealed: Seal) -> None:
        reported(qom)
        sealed(SOON)

    def test_is_signed_with_the_auditors_own_key(self, sealed: Seal, folders: Any) -> None:
        own = Ed25519PrivateKey.generate()
        public = own.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        key, body = to_base64url(public), self.made()
        signature = to_base64url(own.sign(audits.to_sign(body, key)))
        leaf = audits.publish(body, key=key, signature=signature)
        check(leaf)
        sealed(LATER)
        last = receipts.place_of(1405, audits.basis().point.size - 1)
        assert last is not None
        assert last.leaf == leaf

    def test_of_another_text_is_refused(self) -> None:
        own = Ed25519PrivateKey.generate()
        key = to_base64url(own.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
        signature = to_base64url(own.sign(audits.to_sign(self.made(held=60), key)))
        for wrong in (signature, "nonsense", ""):
            with pytest.raises(audits.Refused, match="signature"):
                audits.publish(self.made(), key=key, signature=wrong)

    def test_without_a_key_names_the_post_only(self) -> None:
        leaf = audits.publish(self.made())
        assert leaf["by"] == "auditor"
        assert "sig" not in leaf

    @pytest.mark.parametrize(
        "fields", [{"held": 61}, {"checked": -1}, {"about": "مریم"}, {"by": "09123456789"}]
    )
    def test_that_cannot_be_is_refused(self, fields: dict[str, Any]) -> None:
        with pytest.raises(audits.Refused, match="shape"):
            self.made(**fields)
