"""A letter on paper and on the wire: Persian that reads, and XML that its schema allows."""

import re
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import xmlschema
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from peygir.desk.letters import ece, pdf
from peygir.people.models import Letter
from tests.city import Story
from tests.desk.people import signed_in
from tests.desk.special import special
from tests.desk.test_letters import PDF, replied, sent

__all__ = ["special"]
ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "docs" / "reference" / "letter.xsd"
WIRE = ece.Wire(
    number="1405/12",
    dated=date(2026, 11, 21),
    sender="شهرداری",
    receiver="حفاظت محیط زیست",
    subject="زمین رهاشده",
    body="با سلام\n<script>alert(1)</script> & می‌شود",
    copies=["شورا"],
    related=[("reply", "12/3"), ("following", "1405/11")],
    reply_by=datetime.fromisoformat("2026-12-01T00:00:00+03:30"),
    pdf=PDF,
)
PRINTED = pdf.Printed(
    head=["شهرداری", "مرکز ۱۳۷"],
    block=[("شماره", pdf.ltr("۱۴۰۵/۱۲۳")), ("تاریخ", pdf.ltr("۱۴۰۵/۰۸/۳۰"))],
    marks=["عطف به نامهٔ ۱۲"],
    addressee="مدیرکل محترم",
    subject="موضوع: زمین",
    body="با سلام و احترام\n\nمی‌شود گچپژ ۱۲۳",
    signature=["رئیس اداره"],
    copies=["شورای شهر"],
    copies_title="رونوشت:",
    foot="۱۳۷",
)


class TestPaper:
    def test_it_is_one_page_of_a4_with_the_persian_letters_in_it(self) -> None:
        content = pdf.draw(PRINTED)
        assert content.startswith(b"%PDF-")
        page = pypdfium2.PdfDocument(content)[0]
        assert tuple(round(side) for side in page.get_size()) == (595, 842)
        text = page.get_textpage().get_text_range()
        for words in ("مدیرکل", "احترام", "گچپژ", "رونوشت", "۱۲۳"):
            assert words in text, words

    def test_letters_are_joined_not_set_apart(self) -> None:
        """A joined word is narrower than its letters one by one: shaping really happened."""
        page = pdf._Page(PRINTED)
        page.set_font(pdf.FONT, "", 12)
        joined = page.get_string_width("محیط")
        apart = sum(page.get_string_width(letter) for letter in "محیط")
        assert joined < apart * 0.9
        page.output()  # closes the fonts

    def test_the_letterhead_stands_on_the_right_page_side_and_numbers_on_the_left(self) -> None:
        page = pypdfium2.PdfDocument(pdf.draw(PRINTED))[0].get_textpage()
        found = page.search("۱۴۰۵").get_next()
        assert found is not None
        assert page.get_charbox(found[0])[0] < 595 / 2

    def test_a_long_letter_goes_on_and_the_same_letter_is_the_same_file(self) -> None:
        long = replace(PRINTED, body="بند\n" * 60, stamp="پیش‌نویس")
        first = pdf.draw(long)
        assert len(pypdfium2.PdfDocument(first)) == 3
        assert pdf.draw(long) == first

    def test_what_no_font_has_does_not_stop_it(self) -> None:
        odd = replace(PRINTED, body="漢字 🙂 \u202e x" + "ا" * 500)
        assert pdf.draw(odd).startswith(b"%PDF-")


class TestWire:
    def test_what_is_written_fits_the_schema_and_is_read_back(self) -> None:
        content = ece.write(WIRE)
        xmlschema.XMLSchema(SCHEMA).validate(content.decode())
        assert ece.read(content).body == WIRE.body
        back = ece.read(content)
        assert (back.number, back.dated, back.pdf) == (WIRE.number, WIRE.dated, PDF)
        assert list(back.related) == list(WIRE.related)
        assert b"not certified" in content
        assert b"<script>" not in content

    def test_the_schema_says_that_it_is_not_certified(self) -> None:
        assert "NOT CERTIFIED" in SCHEMA.read_text("utf-8")
        schema = xmlschema.XMLSchema(SCHEMA)
        wrong = ece.write(WIRE).decode().replace('Certified="false"', 'Certified="true"')
        assert not schema.is_valid(wrong)

    @pytest.mark.parametrize(
        "content",
        [
            b"", b"no xml", b"<Letter/>", b"\xff\xfe\x00", b'<?xml version="1.0"?><a>',
            b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
            b'<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd"><x/>',
            b'<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><l>&b;</l>',
            b'<?xml version="1.0" encoding="no-such-thing"?><x/>',
            b"<a>" * 100_000,
            b"x" * (ece.BYTES_MAX + 1),
        ],
    )  # fmt: skip
    def test_hostile_files_are_no_letters(self, content: bytes) -> None:
        with pytest.raises(ece.EceError):
            ece.read(content)

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("<LetterNo>1405/12</LetterNo>", ""),
            ("<LetterNo>1405/12</LetterNo>", f"<LetterNo>{'9' * 61}</LetterNo>"),
            ("2026-11-21", "yesterday"),
            ("<Subject>", "<Other>x</Other><Subject>" + "ا" * 300),
            (ece.NAMESPACE, "urn:other"),
            ('ContentType="application/pdf">', 'ContentType="application/pdf">***'),
        ],
    )
    def test_a_letter_with_something_wrong_is_refused(self, old: str, new: str) -> None:
        text = ece.write(WIRE).decode()
        assert old in text
        with pytest.raises(ece.EceError):
            ece.read(text.replace(old, new).encode())


@pytest.mark.django_db
@pytest.mark.requirement("I10")
class TestTheDoor:
    @pytest.fixture(autouse=True)
    def _files(self, settings: Any, tmp_path: Path) -> None:
        settings.PEYGIR_PHOTO_DIR = tmp_path

    @pytest.fixture
    def officer(self, isfahan: Any) -> Client:
        return signed_in("letters-1")

    def test_the_paper_and_the_file_of_a_letter(self, special: Story, officer: Client) -> None:
        letter = sent(officer, special, refers_to="۱۲/الف", copies="شورای شهر\nمنطقهٔ ۵")
        answer = officer.get(f"/en/desk/letters/{letter.pk}/letter.pdf")
        assert answer["Content-Type"] == "application/pdf"
        assert re.fullmatch(
            r'attachment; filename="letter-\d+-\d+\.pdf"', answer["Content-Disposition"]
        )
        assert answer["X-Content-Type-Options"] == "nosniff"
        text = pypdfium2.PdfDocument(answer.content)[0].get_textpage().get_text_range()
        assert "شهرداری اصفهان" in text  # in the city's language, whatever the reader's is
        assert "پیش‌نویس" not in text
        wire = officer.get(f"/desk/letters/{letter.pk}/letter.xml")
        assert "not-certified" in wire["Content-Disposition"]
        xmlschema.XMLSchema(SCHEMA).validate(wire.content.decode())
        assert ece.read(wire.content).number == letter.number

    def test_a_draft_has_a_paper_that_says_so_and_no_file(
        self, special: Story, officer: Client
    ) -> None:
        from tests.desk.test_letters import drafted

        letter = drafted(officer, special)
        assert officer.get(f"/desk/letters/{letter.pk}/letter.pdf").status_code == 200
        assert officer.get(f"/desk/letters/{letter.pk}/letter.xml").status_code == 404
        assert officer.get(f"/desk/letters/{letter.pk}/scan/").status_code == 404

    def test_a_reply_may_come_as_a_file(self, special: Story, officer: Client) -> None:
        letter = sent(officer, special)
        upload = SimpleUploadedFile("r.xml", ece.write(WIRE), "application/xml")
        answer = replied(officer, letter, theirs="", dated="", reply_text="", xml=upload)
        assert answer.status_code == 302
        came = letter.replies.get()
        assert (came.theirs, came.dated) == ("1405/12", WIRE.dated)
        assert "می‌شود" in came.body
        answer = officer.get(f"/desk/letters/{came.pk}/scan/")
        assert b"".join(answer.streaming_content) == PDF

    def test_what_a_file_calls_a_pdf_must_be_one(self, special: Story, officer: Client) -> None:
        letter = sent(officer, special)
        html = replace(WIRE, pdf=b"<html>")
        upload = SimpleUploadedFile("r.xml", ece.write(html), "application/xml")
        answer = replied(officer, letter, theirs="", dated="", reply_text="", xml=upload)
        assert answer.status_code == 422
        assert Letter.objects.get(pk=letter.pk).state == "sent"
