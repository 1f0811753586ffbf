"""Official letters: written, signed, numbered, sent, answered; who may, and what is refused."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from peygir.boards import letters as board
from peygir.ledger import read
from peygir.ledger.ids import new_id
from peygir.people.models import Letter
from peygir.people.models.letters import ANSWERED, CAME, CLOSED, DRAFT, SENT, SIGNED
from tests.city import Story, filling
from tests.desk.people import signed_in, soup
from tests.desk.special import invited, made, special, stored, track

pytestmark = pytest.mark.django_db
__all__ = ["special"]
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.PEYGIR_PHOTO_DIR = tmp_path


@pytest.fixture
def officer(isfahan: Any) -> Client:
    return signed_in("letters-1")


def typed(**fields: str) -> dict[str, str]:
    return {
        "to": "body:environment",
        "addressee": "مدیرکل محترم حفاظت محیط زیست",
        "subject": "زمین رهاشده",
        "body": "با سلام و احترام\nخواهشمند است موضوع بررسی شود.",
        "signatory": "letters-head",
        "reply_by": "",
    } | fields


def drafted(client: Client, it: Story, **fields: str) -> Letter:
    path = f"/desk/letters/new/{it.case.code}/{track(it, 'letter')}/"
    answer = client.post(path, typed(**fields))
    assert answer.status_code == 302, soup(answer)[:2000]
    return Letter.objects.latest("at")


def sent(client: Client, it: Story, **fields: str) -> Letter:
    letter = drafted(client, it, **fields)
    head = signed_in("letters-head", username=f"head-{letter.pk}")
    assert head.post(f"/desk/letters/{letter.pk}/sign/").status_code == 302
    assert client.post(f"/desk/letters/{letter.pk}/send/").status_code == 302
    letter.refresh_from_db()
    return letter


def replied(client: Client, letter: Letter, **fields: Any) -> Any:
    given = {"theirs": "۱۲/۳۴۵", "dated": "1405/08/29", "reply_text": "زمین پاک‌سازی می‌شود"}
    return client.post(f"/desk/letters/{letter.pk}/reply/", given | fields)


def test_the_number_of_a_letter_that_came_in_has_the_digits_of_the_page(
    special: Story, officer: Client
) -> None:
    assert replied(officer, sent(officer, special), theirs="98-12/3457").status_code == 302
    came = Letter.objects.get(state=CAME)
    assert came.theirs == "98-12/3457"
    pages = ("/desk/letters/", f"/desk/letters/{came.pk}/")
    for path in pages:
        page = soup(officer.get(path))
        assert "۹۸-۱۲/۳۴۵۷" in page, path
        assert "98-12/3457" not in page, path
        assert "98-12/3457" in soup(officer.get(f"/en{path}")), path


@pytest.mark.requirement("I10", "I11")
def test_a_letter_goes_out_with_the_next_number_and_its_reply_ends_the_track(
    special: Story, officer: Client
) -> None:
    page = soup(officer.get("/desk/letters/"))
    assert special.case.code[:6] in page or "letters/new/" in page
    form = soup(officer.get(f"/desk/letters/new/{special.case.code}/{track(special, 'letter')}/"))
    assert "با سلام" in form or "Greetings" in form
    letter = drafted(officer, special)
    assert (letter.state, letter.number) == (DRAFT, "")
    assert officer.post(f"/desk/letters/{letter.pk}/sign/").status_code == 403
    assert officer.post(f"/desk/letters/{letter.pk}/send/").status_code == 409
    head = signed_in("letters-head")
    assert head.post(f"/desk/letters/{letter.pk}/sign/").status_code == 302
    assert officer.post(f"/desk/letters/{letter.pk}/send/").status_code == 302
    letter.refresh_from_db()
    assert (letter.state, letter.serial) == (SENT, 1)
    last = read.of("case", special.case.id)[-1]
    assert (last.step, last.facts["evidence"]["letter"]) == ("letter_sent", letter.pk)
    assert sent(officer, special).serial == 2
    scan = SimpleUploadedFile("<script>alert(1)</script>.pdf", PDF, "text/html")
    assert replied(officer, letter, scan=scan).status_code == 302
    letter.refresh_from_db()
    came = letter.replies.get()
    assert (letter.state, came.state, came.theirs) == (ANSWERED, CAME, "۱۲/۳۴۵")
    last = read.of("case", special.case.id)[-1]
    assert (last.step, last.facts["evidence"]["letter_reply"]) == ("reply_received", came.pk)
    assert {"letter"} & {r.stage for r in stored(special).referrals.filter(closed_at=None)} == set()
    answer = officer.get(f"/desk/letters/{came.pk}/scan/")
    assert answer["Content-Disposition"] == f'attachment; filename="reply-{came.pk}.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "application/pdf"
    assert b"".join(answer.streaming_content) == PDF


def test_a_draft_is_changed_and_a_signed_letter_is_not(special: Story, officer: Client) -> None:
    letter = drafted(officer, special)
    change = f"/desk/letters/{letter.pk}/change/"
    assert "زمین رهاشده" in soup(officer.get(change))
    assert officer.post(change, typed(subject="موضوع دیگر")).status_code == 302
    letter.refresh_from_db()
    assert letter.subject == "موضوع دیگر"
    head = signed_in("letters-head")
    head.post(f"/desk/letters/{letter.pk}/sign/")
    answer = officer.post(change, typed())
    assert answer.status_code == 409
    letter.refresh_from_db()
    assert (letter.state, letter.subject) == (SIGNED, "موضوع دیگر")
    assert head.post(f"/desk/letters/{letter.pk}/draft/").status_code == 302
    letter.refresh_from_db()
    assert (letter.state, letter.signed_post) == (DRAFT, "")


def test_a_letter_may_be_closed_without_reply(special: Story, officer: Client) -> None:
    letter = sent(officer, special)
    assert officer.post(f"/desk/letters/{letter.pk}/close/").status_code == 302
    letter.refresh_from_db()
    assert letter.state == CLOSED
    assert replied(officer, letter).status_code == 409


def test_a_letter_that_cannot_be_sent_takes_no_number(special: Story, officer: Client) -> None:
    """The step fails after the number was drawn: the number is the next letter's."""
    letter = drafted(officer, special)
    signed_in("letters-head").post(f"/desk/letters/{letter.pk}/sign/")
    from peygir.cases import acts
    from tests.city import filling

    acts.act(
        policy=special.policy, case_id=special.case.id, step="letter_not_needed",
        actor=filling(special.policy, "letters-1"), at=special.at, texts={"reason": "لازم نیست"},
        referral=track(special, "letter"),
    )  # fmt: skip
    assert officer.post(f"/desk/letters/{letter.pk}/send/").status_code in (403, 404)
    letter.refresh_from_db()
    assert (letter.state, letter.serial) == (SIGNED, None)
    assert sent(officer, made(special.policy)).serial == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("to", "body:nobody"), ("to", "power"), ("subject", ""), ("subject", "ا" * 201),
        ("body", ""), ("body", "ا" * 8001), ("signatory", "mayor-of-nowhere"), ("signatory", ""),
        ("reply_by", "1300/01/01"), ("reply_by", "soon"), ("copies", "\n".join("abcdefghijklm")),
        ("answers", "1"), ("follows", "x"), ("refers_to", "9" * 61), ("addressee", "ا" * 161),
    ],
)  # fmt: skip
def test_a_wrong_letter_is_not_kept_and_nothing_is_lost(
    special: Story, officer: Client, field: str, value: str
) -> None:
    path = f"/desk/letters/new/{special.case.code}/{track(special, 'letter')}/"
    answer = officer.post(path, typed(**{field: value}))
    assert answer.status_code == 422
    page = soup(answer)
    assert f'id="id_{field}' in page
    if field != "body":
        assert "خواهشمند است موضوع بررسی شود" in page
    assert not Letter.objects.exists()


def test_it_needs_an_addressee(special: Story, officer: Client) -> None:
    path = f"/desk/letters/new/{special.case.code}/{track(special, 'letter')}/"
    assert officer.post(path, typed(to="", addressee="")).status_code == 422
    letter = drafted(officer, special, to="", addressee="رئیس محترم دادگستری")
    assert (letter.to_kind, letter.addressee) == ("other", "رئیس محترم دادگستری")


@pytest.mark.parametrize(
    ("name", "content", "field"),
    [
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "scan"),
        ("a.pdf", b"<html>%PDF-1.7", "scan"),
        ("a.pdf", b"%PDF-1.7 cut short", "scan"),
        ("a.pdf", b"%PDF-1.7" + b"0" * (8 * 1024 * 1024) + b"%%EOF", "scan"),
        ("a.exe", b"MZ", "scan"),
        ("a.xml", b"<Letter/>", "xml"),
    ],
)
def test_hostile_files_are_refused_in_words(
    special: Story, officer: Client, name: str, content: bytes, field: str
) -> None:
    letter = sent(officer, special)
    answer = replied(officer, letter, **{field: SimpleUploadedFile(name, content)})
    assert answer.status_code == 422
    assert f'href="#id_{field}"' in soup(answer)
    letter.refresh_from_db()
    assert letter.state == SENT
    assert not letter.replies.exists()


def test_a_picture_is_encoded_anew(special: Story, officer: Client) -> None:
    letter = sent(officer, special)
    picture = BytesIO()
    Image.new("RGB", (40, 30), "white").save(picture, "PNG")
    upload = SimpleUploadedFile("x.svg", picture.getvalue() + b"<script>", "image/svg+xml")
    assert replied(officer, letter, scan=upload).status_code == 302
    came = letter.replies.get()
    answer = officer.get(f"/desk/letters/{came.pk}/scan/")
    assert answer["Content-Type"] == "image/jpeg"
    assert b"<script>" not in b"".join(answer.streaming_content)


@pytest.mark.parametrize(
    ("field", "value"),
    [("theirs", ""), ("theirs", "9" * 61), ("dated", "1420/01/01"), ("dated", "x"),
     ("reply_text", ""), ("reply_text", "ا" * 8001)],
)  # fmt: skip
def test_a_wrong_reply_is_not_kept(special: Story, officer: Client, field: str, value: str) -> None:
    letter = sent(officer, special)
    assert replied(officer, letter, **{field: value}).status_code == 422
    assert not letter.replies.exists()


class TestTheRegister:
    def test_overdue_replies_stand_first_and_the_search_finds(
        self, special: Story, officer: Client
    ) -> None:
        late = sent(officer, special, subject="نامهٔ دیرشده")
        Letter.objects.filter(pk=late.pk).update(reply_by=special.at)
        other = made(special.policy)
        sent(officer, other, subject="نامهٔ تازه", to="council:council", addressee="")
        page = soup(officer.get("/desk/letters/"))
        assert page.index("نامهٔ دیرشده") < page.index("نامهٔ تازه")
        assert "نامهٔ تازه" not in soup(officer.get("/desk/letters/?state=late"))
        for query in ("تازه", f"{late.year}/2", "شورای اسلامی"):
            found = soup(officer.get("/desk/letters/", {"q": query}))
            assert "نامهٔ تازه" in found, query
            assert "نامهٔ دیرشده" not in found, query
        assert "نامهٔ تازه" not in soup(officer.get(f"/desk/letters/?case={special.case.code}"))
        for query in ("?year=x", "?year=99999999", "?before=x", "?case=1", "?state=z", "?q=%00"):
            assert officer.get(f"/desk/letters/{query}").status_code == 200, query

    def test_each_letter_stands_on_one_page_however_many_are_overdue(
        self, special: Story, officer: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(board, "LATE_MAX", 1)
        monkeypatch.setattr(board, "PAGE", 2)
        late = sent(officer, special)
        Letter.objects.filter(pk=late.pk).update(reply_by=special.at)
        late.refresh_from_db()
        for serial in range(2, 7):
            late.pk, late.serial = new_id(), serial
            late.save(force_insert=True)
        actor, seen = filling(special.policy, "letters-1"), list[int]()
        before = None
        while before is not None or not seen:
            page = board.read(actor, board.Filters(), at=late.sent_at or special.at, before=before)
            seen += [letter.pk for letter in (*page.late, *page.rows)]
            before = page.older
        assert sorted(seen) == sorted(Letter.objects.values_list("pk", flat=True))

    @pytest.mark.requirement("I11")
    def test_the_council_sees_letters_of_cases_that_it_was_invited_to_only(
        self, special: Story, officer: Client
    ) -> None:
        letter = sent(officer, special)
        other = sent(officer, made(special.policy), subject="پرونده‌ای دیگر")
        member = signed_in("council-1")
        assert "زمین رهاشده" not in soup(member.get("/desk/letters/"))
        invited(special)
        page = soup(member.get("/desk/letters/"))
        assert "زمین رهاشده" in page
        assert "پرونده‌ای دیگر" not in page
        assert member.get(f"/desk/letters/{letter.pk}/").status_code == 200
        assert member.get(f"/desk/letters/{letter.pk}/letter.pdf").status_code == 200
        assert member.post(f"/desk/letters/{letter.pk}/close/").status_code == 403
        for path in ("", "letter.pdf", "letter.xml", "scan/"):
            assert member.get(f"/desk/letters/{other.pk}/{path}").status_code == 404

    def test_a_strange_number_is_no_letter(self, officer: Client) -> None:
        for number in (0, 1, 2**63, 2**80):
            assert officer.get(f"/desk/letters/{number}/").status_code == 404
        assert officer.get("/desk/letters/new/123456789012/1/").status_code == 404
        assert officer.get("/desk/letters/new/x/99999999/").status_code == 404
