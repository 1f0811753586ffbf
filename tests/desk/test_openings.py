"""The auditor's page, and that the auditor sees no case."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client
from django.utils import translation

from peygir.desk import openings
from peygir.ledger.models import Note
from peygir.policy.model import CityPolicy
from peygir.publication import receipts
from peygir.publication.openings import Opening
from peygir.publication.receipts import Place
from peygir.verify.canonical import to_base64url
from tests.city import NOON, reported
from tests.desk.people import signed_in, soup
from tests.publication.conftest import Seal, folders, sealed

__all__ = ["folders", "sealed"]

pytestmark = pytest.mark.django_db

SOON = NOON + timedelta(seconds=15)
PERSONAL = ("مریم", "گلستان", "9123456789", "چاله")


@pytest.fixture
def auditor(qom: CityPolicy) -> Client:
    return signed_in("auditor")


def posted(client: Client, what: str, **fields: Any) -> Any:
    return client.post(f"/en/desk/openings/{what}/", fields)


def test_the_auditor_starts_there_and_sees_no_case(qom: CityPolicy, auditor: Client) -> None:
    case = reported(qom).case
    assert auditor.get("/desk/")["Location"] == "/desk/openings/"
    for path in (f"/desk/case/{case.code}/", "/desk/inbox/", "/desk/search/", "/desk/console/"):
        assert auditor.get(path).status_code in (403, 404), path


def test_opens_an_entry_by_receipt_or_number(
    qom: CityPolicy, auditor: Client, sealed: Seal
) -> None:
    code = receipts.code_of(reported(qom).case.id)
    sealed(SOON)
    place = receipts.find(receipts.read_code(code))
    assert place is not None
    for typed in (code, f"{place.year}/{place.number}", f"۱۴۰۵/{place.number}"):
        page = soup(posted(auditor, "open", leaf=typed))
        assert "What is shown is what was logged." in page
        assert qom.categories["C01"].words.en in page
        assert "category = C01" in page
        assert "Subject" in page
        assert [word for word in PERSONAL if word in page] == []


@pytest.mark.parametrize(
    "typed", ["", "1405/0", "1405/99999", "1404/1", "140²/1", "7K3M-P2QX-0000-0000", "x"]
)
def test_says_when_there_is_nothing_to_open(
    qom: CityPolicy, auditor: Client, sealed: Seal, typed: str
) -> None:
    reported(qom)
    sealed(SOON)
    assert posted(auditor, "open", leaf=typed).status_code == 422


def test_draws_and_says_where(qom: CityPolicy, auditor: Client, sealed: Seal) -> None:
    assert posted(auditor, "draw", dice="42", sample="1").status_code == 422  # no log yet
    reported(qom)
    sealed(SOON)
    page = soup(posted(auditor, "draw", dice="۴ ۲ ۱ ۶", sample="۱"))
    assert "Drawn by lot" in page
    assert "1405/" in page
    assert Note.objects.get().body["dice"] == "4216"
    assert posted(auditor, "draw", dice="six", sample="1").status_code == 422


def test_signs_a_result_in_two_steps(qom: CityPolicy, auditor: Client, sealed: Seal) -> None:
    reported(qom)
    sealed(SOON)
    own = Ed25519PrivateKey.generate()
    key = to_base64url(own.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
    given = {"about": "calls", "checked": "60", "held": "58", "key": key}
    page = soup(posted(auditor, "result", **given))
    text = page.split("<pre")[1].split(">", 1)[1].split("</pre>")[0].replace("&#34;", '"')
    hidden = {
        name: page.split(f'name="{name}" value="')[1].split('"')[0] for name in ("et", "size")
    }
    signature = to_base64url(own.sign(text.encode()))
    reported(qom, at=SOON)
    sealed(SOON + timedelta(seconds=30))  # the log goes on while somebody signs
    wrong = posted(auditor, "result", **given, **hidden, sig="A" * 86)
    assert wrong.status_code == 422
    done = posted(auditor, "result", **given, **hidden, sig=signature)
    assert "in the log in a moment" in soup(done)
    leaf = Note.objects.get().body
    assert (leaf["checked"], leaf["held"], leaf["key"], leaf["sig"]) == (60, 58, key, signature)


@pytest.mark.parametrize("days", [-2, 1, 36_500])
def test_no_result_is_of_another_day(
    qom: CityPolicy, auditor: Client, sealed: Seal, days: int
) -> None:
    """Figures take the time of the last entry as the time that it is."""
    reported(qom)
    sealed(SOON)
    at = int((datetime.now(UTC) + timedelta(days=days)).timestamp())
    given = {"about": "calls", "checked": "3", "held": "3", "et": str(at), "size": "1"}
    assert posted(auditor, "result", **given).status_code == 200
    told = Note.objects.get().body
    assert abs(told["et"] - datetime.now(UTC).timestamp()) < 600


def test_a_result_that_cannot_be_is_asked_for_again(
    qom: CityPolicy, auditor: Client, sealed: Seal
) -> None:
    reported(qom)
    sealed(SOON)
    given = {"about": "calls", "checked": "3", "held": "4"}
    assert posted(auditor, "result", **given).status_code == 422
    assert not Note.objects.exists()


@pytest.mark.parametrize(
    ("what", "given", "said"),
    [
        ("draw", {"dice": "six", "sample": "5"}, "Digits only, at least one and at most 64."),
        ("draw", {"dice": "1" * 65, "sample": "5"}, "Digits only, at least one and at most 64."),
        ("draw", {"dice": "316", "sample": "0"}, "A number from 1 to 1,000."),
        ("draw", {"dice": "316", "sample": "۹۹۹۹"}, "A number from 1 to 1,000."),
        ("result", {"checked": "x", "held": "1"}, "Write a number."),
        ("result", {"checked": "3", "held": "4"}, "Never more than were checked."),
        ("result", {"checked": "3", "held": "3", "key": "zzz"}, "This is no public key"),
    ],
)
def test_says_beside_the_field_what_is_wrong_with_it(
    qom: CityPolicy, auditor: Client, sealed: Seal, what: str, given: dict[str, str], said: str
) -> None:
    reported(qom)
    sealed(SOON)
    answer = posted(auditor, what, about="calls", **given)
    assert answer.status_code == 422
    page = soup(answer)
    assert said in page
    assert "Sign exactly this text" not in page
    assert not Note.objects.exists()


def test_says_in_words_what_a_sealed_entry_hides(tehran: CityPolicy) -> None:
    place = Place(year=1405, number=1, data=b"{}")
    values = {"due": 1_790_195_400, "kind": "complaint", "lat_e3": 34605, "sla": 86_400, "v9": 1}
    opening = Opening(place=place, values=values, blind="", holds=True)
    with translation.override("fa"):
        rows = openings._rows(opening, tehran)
    assert rows == [
        ("مهلت", "پنجشنبه ۲ مهر ۱۴۰۵، ۰۰:۰۰", "due = 1790195400"),
        ("نوع پیام", "شکایت از خدمات", "kind = complaint"),
        ("عرض جغرافیایی، با دقت حدود صد متر", "۳۴٫۶۰۵", "lat_e3 = 34605"),
        ("مهلت", "۱ روز", "sla = 86400"),
        ("v9", "1", "v9 = 1"),
    ]
