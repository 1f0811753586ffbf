"""The receipt on the page that says thank you, and `/receipt/` for whoever holds one."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from peygir.ledger.models import Event, Unsealed
from peygir.policy.model import CityPolicy
from peygir.publication import receipts
from peygir.verify.proofs import parse_proof
from tests.city import NOON, reported
from tests.portal.citizens import WORDS
from tests.portal.citizens import reported as sent
from tests.publication.conftest import Seal, folders, sealed

__all__ = ["folders", "sealed"]

pytestmark = pytest.mark.django_db

SOON = NOON + timedelta(seconds=15)
LATER = NOON + timedelta(minutes=11)
CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3}")


def asked(client: Client, code: str, path: str = "/receipt/", **fields: str) -> Any:
    return client.post(path, {"code": code} | fields)


def text(answer: Any) -> str:
    return str(answer.content.decode())


class TestThePageThatSaysThankYou:
    def test_shows_the_code_with_fields_a_picture_and_the_promise(
        self, city: CityPolicy, client: Client, folders: Any
    ) -> None:
        case = sent(client)
        page = text(client.get("/report/done/"))
        code = receipts.code_of(case.pk)
        assert CODE.fullmatch(code)
        assert code in page
        assert "<svg" in page
        assert "منطقهٔ ۳" in page
        assert city.groups[city.categories["C01"].group].fa in page
        file = client.get("/report/done/promise/")
        assert file["Content-Disposition"] == f'attachment; filename="{code}.promise.txt"'
        assert len(text(file).strip()) == 146

    def test_in_english_too(self, city: CityPolicy, client: Client, folders: Any) -> None:
        sent(client)
        page = text(client.get("/en/report/done/"))
        assert "Receipt of the public log" in page
        assert "District 3" in page

    def test_no_report_no_promise(self, city: CityPolicy, client: Client) -> None:
        assert client.get("/report/done/promise/").status_code == 404


class TestAReceiptThatIsInTheLog:
    def test_is_shown_with_all_that_the_log_tells(
        self, city: CityPolicy, client: Client, sealed: Seal
    ) -> None:
        code = receipts.code_of(reported(city).case.id)
        sealed(SOON)
        persian = code.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
        for typed in (code, code.lower().replace("-", " "), persian):
            page = text(asked(client, typed))
            assert city.groups["streets"].fa in page
            assert city.classes["technical_civil"].words.fa in page
            assert "تلفن" in page
            assert WORDS not in page
        english = text(asked(client, code, "/en/receipt/"))
        assert "Your message stands in the public log" in english
        assert city.groups["streets"].en in english

    def test_gives_the_proof_and_the_entry(
        self, city: CityPolicy, client: Client, sealed: Seal
    ) -> None:
        code = receipts.code_of(reported(city).case.id)
        sealed(SOON)
        proof = asked(client, code, "/receipt/file/", what="proof")
        assert proof["Content-Disposition"] == f'attachment; filename="{code}.tlog-proof"'
        parse_proof(proof.content)
        leaf = asked(client, code, "/receipt/file/", what="leaf")
        place = receipts.find(receipts.read_code(code))
        assert place is not None
        assert leaf.content == place.data

    def test_the_address_of_the_picture_leads_there(
        self, city: CityPolicy, client: Client, sealed: Seal
    ) -> None:
        found = receipts.of(reported(city).case.id)
        assert found is not None
        word = receipts.promise(found, at=NOON)
        sealed(SOON)
        page = text(asked(client, f"https://137.example.org/receipt/#{word}"))
        assert city.groups["streets"].fa in page


class TestAReceiptThatIsNot:
    def test_says_when_to_look_again(self, city: CityPolicy, client: Client, folders: Any) -> None:
        answer = asked(client, receipts.code_of(reported(city).case.id))
        assert answer.status_code == 404
        assert "در دفتر عمومی نیست" in text(answer)

    def test_a_broken_promise_is_called_one(
        self, city: CityPolicy, client: Client, clock: Any, sealed: Seal
    ) -> None:
        case = reported(city).case
        found = receipts.of(case.id)
        assert found is not None
        word = receipts.promise(found, at=NOON)
        event = Event.objects.get(subject_id=case.id)
        Unsealed.objects.filter(event_id=event.pk).delete()
        sealed(SOON)
        early = text(asked(client, word, "/en/receipt/"))
        assert "Look again then" in early
        clock.move_to(LATER)
        late = text(asked(client, word, "/en/receipt/"))
        assert "and it is not there" in late
        assert "can be proved" in late

    @pytest.mark.parametrize("typed", ["", "۱۲۳", "<script>", "U" * 16, "A" * 146, "A" * 5000])
    def test_nonsense_is_asked_for_again(
        self, city: CityPolicy, client: Client, typed: str
    ) -> None:
        for path in ("/receipt/", "/receipt/file/"):
            answer = asked(client, typed, path)
            assert answer.status_code == 422
            assert "<script>" not in text(answer).split("</head>")[1]

    def test_the_code_is_in_no_address(self, city: CityPolicy, client: Client) -> None:
        page = text(client.get("/receipt/?code=7K3M-P2QX-0000-0000"))
        assert 'value="7K3M' not in page
        assert 'method="post"' in page
