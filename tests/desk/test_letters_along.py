"""What goes along with a letter, and answers that come when its track is over."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from peygir.cases import acts
from peygir.cases.models import Case
from peygir.ledger import read
from peygir.people import photos
from peygir.people.models import Letter, Photo
from peygir.people.models.letters import ANSWERED, CLOSED
from tests.city import Story, filling
from tests.desk.people import signed_in, soup
from tests.desk.special import made, special, track
from tests.desk.test_letters import drafted, replied, sent, typed

pytestmark = pytest.mark.django_db
__all__ = ["special"]


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.PEYGIR_PHOTO_DIR = tmp_path


@pytest.fixture
def officer(isfahan: Any) -> Client:
    return signed_in("letters-1")


def photo(it: Story, kind: str = "visit") -> Photo:
    drawn = BytesIO()
    Image.new("RGB", (80, 60), "green").save(drawn, "JPEG")
    upload = SimpleUploadedFile("x.jpg", drawn.getvalue(), "image/jpeg")
    actor = filling(it.policy, "special-follow-up-1")
    return photos.store(it.case.id, upload, kind=kind, actor=actor, at=it.at)


@pytest.mark.requirement("I10")
def test_photos_of_the_message_go_along_on_pages_of_their_own(
    special: Story, officer: Client
) -> None:
    path = f"/desk/letters/new/{special.case.code}/{track(special, 'letter')}/"
    assert 'name="attachments"' not in soup(officer.get(path))
    seen, signature = photo(special), photo(special, "signature")
    form = soup(officer.get(path))
    assert f'value="{seen.pk}"' in form
    assert f'value="{signature.pk}"' not in form
    plain = drafted(officer, special)
    letter = drafted(officer, special, attachments=str(seen.pk))
    assert letter.attachments == [seen.pk]
    assert f'value="{seen.pk}" checked' in soup(officer.get(f"/desk/letters/{letter.pk}/change/"))
    assert f"/desk/photos/{seen.pk}/" in soup(officer.get(f"/desk/letters/{letter.pk}/"))
    with_it, without = (
        officer.get(f"/desk/letters/{one.pk}/letter.pdf").content for one in (letter, plain)
    )
    assert (with_it.count(b"/Type /Page\n"), without.count(b"/Type /Page\n")) == (2, 1)
    photos.erase(special.case.id, at=special.at)
    erased = officer.get(f"/desk/letters/{letter.pk}/letter.pdf").content
    assert erased.count(b"/Type /Page\n") == 1


def test_nobody_attaches_what_is_not_the_messages(special: Story, officer: Client) -> None:
    path = f"/desk/letters/new/{special.case.code}/{track(special, 'letter')}/"
    other = photo(made(special.policy))
    for wrong in (other.pk, photo(special, "signature").pk, "x"):
        answer = officer.post(path, typed(attachments=str(wrong)))
        assert answer.status_code == 422
        assert 'href="#id_attachments"' in soup(answer)


def test_an_answer_that_comes_when_the_track_is_over_is_kept_all_the_same(
    special: Story, officer: Client
) -> None:
    first, second, third = (sent(officer, special) for _ in range(3))
    assert replied(officer, first).status_code == 302
    number = len(read.of("case", special.case.id))
    page = soup(officer.get(f"/desk/letters/{second.pk}/"))
    assert f"/desk/letters/{second.pk}/reply/" in page
    assert replied(officer, second).status_code == 302
    assert officer.post(f"/desk/letters/{third.pk}/close/").status_code == 302
    for letter in (second, third):
        letter.refresh_from_db()
    assert (second.state, third.state) == (ANSWERED, CLOSED)
    assert len(read.of("case", special.case.id)) == number
    stranger = signed_in("d3-services-head", username="stranger")
    assert replied(stranger, third).status_code in (403, 404)


def test_a_closed_message_makes_nobody_wait_for_an_answer(special: Story, officer: Client) -> None:
    letter = sent(officer, special, subject="نامهٔ دیرشده")
    Letter.objects.filter(pk=letter.pk).update(reply_by=special.at)
    assert "نامهٔ دیرشده" in soup(officer.get("/desk/letters/?state=late"))
    acts.act(
        policy=special.policy,
        case_id=special.case.id,
        step="merge",
        actor=filling(special.policy, "centre-head"),
        at=special.at,
        evidence={"merged_into": made(special.policy).case.id},
    )
    assert "نامهٔ دیرشده" not in soup(officer.get("/desk/letters/?state=late"))
    assert "بی‌پاسخ؛ پیام بسته شده است" in soup(officer.get("/desk/letters/"))


def test_the_list_of_tracks_leads_to_the_letter_that_is_under_way(
    special: Story, officer: Client
) -> None:
    new = f"/desk/letters/new/{special.case.code}/"
    assert new in soup(officer.get("/desk/letters/"))
    letter = drafted(officer, special)
    page = soup(officer.get("/desk/letters/"))
    assert new not in page
    assert page.index(f"/desk/letters/{letter.pk}/") < page.index('id="register"')


def test_a_letter_about_an_unsorted_message_leaves_its_subject_to_the_writer(
    special: Story, officer: Client
) -> None:
    Case.objects.filter(pk=special.case.id).update(category="", district=None)
    page = soup(officer.get(f"/desk/letters/new/{special.case.code}/{track(special, 'letter')}/"))
    body = page.split('id="id_body"')[1].split("</textarea>")[0]
    assert "دسته‌بندی نشده" not in body
    assert "دربارهٔ «درخواست» در اصفهان" in body
