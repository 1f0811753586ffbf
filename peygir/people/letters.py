"""Writing, signing, numbering and answering official letters.

draft → signed → sent (it has a number now) → answered or closed. Who may do which is the door's
question; that a letter is where it must be is this module's.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.http import FileResponse, Http404

from peygir.calendars.jalali import to_jalali
from peygir.calendars.persian import clean, search_key
from peygir.ledger.entry import Actor
from peygir.ledger.ids import new_id
from peygir.people import files, photos
from peygir.people.models import Letter, Photo
from peygir.people.models.letters import (
    ANSWERED,
    CAME,
    CLOSED,
    DRAFT,
    IN,
    OUT,
    SENT,
    SIGNED,
)

KINDS: Final = ("body", "unit", "council", "other")
COPIES_MAX: Final = 10
ATTACHED_MAX: Final = 6  # photos with one letter
NEXT: Final = """
insert into people_letterserial as s (year, last) values (%s, 1)
on conflict (year) do update set last = s.last + 1 returning last
"""


class WrongState(ValueError):
    """The letter is no longer, or not yet, where this could be done with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a letter says and to whom. `reply_by`: end of the day by which an answer is due."""

    to_kind: str
    addressee: str
    subject: str
    body: str
    signatory: str
    to_code: str = ""
    copies: Sequence[str] = ()
    attachments: Sequence[int] = ()  # photos of the same case
    answers: int | None = None
    follows: int | None = None
    refers_to: str = ""
    reply_by: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back. `theirs`: the writer's own number; `scan`: checked content or None."""

    theirs: str
    dated: date
    body: str
    scan: tuple[str, bytes] | None = None  # file ending (pdf, jpg) and content


def draft(
    case_id: int, words: Words, *, referral: int | None, actor: Actor, at: datetime
) -> Letter:
    """A new letter of a case."""
    letter = Letter(
        id=new_id(),
        case_id=case_id,
        referral=referral,
        direction=OUT,
        state=DRAFT,
        drafted_post=actor.post,
        staff_id=actor.staff_id,
        at=at,
    )
    _write(letter, words)
    letter.save(force_insert=True)
    return letter


@transaction.atomic
def change(letter_id: int, words: Words) -> Letter:
    """Other words for a draft. Raises WrongState once it is signed."""
    letter = _locked(letter_id, DRAFT)
    _write(letter, words)
    letter.save()
    return letter


@transaction.atomic
def sign(letter_id: int, *, actor: Actor, at: datetime) -> Letter:
    letter = _locked(letter_id, DRAFT)
    letter.state, letter.signed_post, letter.signed_at = SIGNED, actor.post, at
    letter.save()
    return letter


@transaction.atomic
def take_back(letter_id: int) -> Letter:
    """A signed letter becomes a draft again; it had no number yet."""
    letter = _locked(letter_id, SIGNED)
    letter.state, letter.signed_post, letter.signed_at = DRAFT, "", None
    letter.save()
    return letter


@transaction.atomic
def send(letter_id: int, *, day: date, at: datetime) -> Letter:
    """Number and date a signed letter. `day`: today in the city, which decides the year.

    Whoever sends another one meanwhile waits for this transaction; if it fails, the number is the
    next one's.
    """
    letter = _locked(letter_id, SIGNED)
    letter.year = to_jalali(day)[0]
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [letter.year])
        (letter.serial,) = cursor.fetchone()
    letter.state, letter.dated, letter.sent_at = SENT, day, at
    _index(letter)
    letter.save()
    return letter


@transaction.atomic
def receive(letter_id: int, reply: Reply, *, actor: Actor, at: datetime) -> Letter:
    """Keep what was answered to a letter of ours, which is answered then."""
    sent = _locked(letter_id, SENT)
    came = Letter(
        id=new_id(),
        case_id=sent.case_id,
        referral=sent.referral,
        direction=IN,
        state=CAME,
        theirs=clean(reply.theirs),
        dated=reply.dated,
        to_kind=sent.to_kind,
        to_code=sent.to_code,
        addressee=sent.addressee,
        subject=sent.subject,
        body=clean(reply.body),
        answers=sent,
        drafted_post=actor.post,
        staff_id=actor.staff_id,
        at=at,
        answered_at=at,
    )
    if reply.scan is not None:
        _keep(came, *reply.scan)
    _index(came)
    came.save(force_insert=True)
    sent.state, sent.answered_at = ANSWERED, at
    sent.save()
    return came


@transaction.atomic
def close(letter_id: int) -> Letter:
    """No answer is awaited any more."""
    letter = _locked(letter_id, SENT)
    letter.state = CLOSED
    letter.save()
    return letter


def prepare(upload: UploadedFile) -> tuple[str, bytes]:
    """The checked content of a scan: a PDF as it came, a picture encoded anew.

    Raises `files.FileError` or `photos.PhotoError`; both have a `sentence`.
    """
    if (upload.size or 0) > files.BYTES_MAX:
        raise files.FileError("size")
    if files.is_pdf(upload):
        return "pdf", files.prepare(upload)
    try:
        return "jpg", photos.prepare(upload).jpeg
    except photos.PhotoError as error:
        if error.code == "type":
            raise files.FileError("type") from None
        raise


def serve(letter: Letter) -> FileResponse:
    """The scan, to be saved and never shown; the door has checked who reads. Raises Http404."""
    path = Path(settings.PEYGIR_PHOTO_DIR) / letter.scan
    if not letter.scan or letter.erased_at is not None or not path.is_file():
        raise Http404
    ending = path.suffix
    kind = "application/pdf" if ending == ".pdf" else "image/jpeg"
    answer = FileResponse(path.open("rb"), content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="reply-{letter.pk}{ending}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def attached(letter: Letter) -> list[Photo]:
    """The photos that go with the letter, in its order, but for those erased since."""
    kept = {photo.pk: photo for photo in photos.of(letter.case_id)}
    return [kept[pk] for pk in letter.attachments if pk in kept]


def of(case_id: int) -> list[Letter]:
    """Letters of a case, oldest first."""
    return list(Letter.objects.filter(case_id=case_id).order_by("at", "id"))


def erase(case_id: int, *, at: datetime) -> None:
    """Destroy what the letters of a case say; numbers, days and the bodies that they went to stay.

    An addressee who is in no directory may be somebody with a name.
    """
    for letter in Letter.objects.filter(case_id=case_id, erased_at=None).exclude(scan=""):
        (Path(settings.PEYGIR_PHOTO_DIR) / letter.scan).unlink(missing_ok=True)
    found = Letter.objects.filter(case_id=case_id, erased_at=None)
    found.filter(to_kind="other").update(addressee="")
    found.update(
        subject="",
        body="",
        search="",
        copies=[],
        refers_to="",
        scan="",
        scan_bytes=0,
        erased_at=at,
    )


def _locked(letter_id: int, state: str) -> Letter:
    """The letter in `state` under its lock. Raises WrongState."""
    letter = Letter.objects.select_for_update().filter(pk=letter_id).first()
    if letter is None or letter.state != state or letter.erased_at is not None:
        raise WrongState(letter_id)
    return letter


def _write(letter: Letter, words: Words) -> None:
    letter.to_kind, letter.to_code = words.to_kind, words.to_code
    letter.addressee, letter.subject = clean(words.addressee), clean(words.subject)
    letter.body, letter.signatory = clean(words.body), words.signatory
    letter.copies = [clean(copy) for copy in words.copies]
    letter.attachments = list(words.attachments)
    letter.answers_id, letter.follows_id = words.answers, words.follows
    letter.refers_to, letter.reply_by = clean(words.refers_to), words.reply_by
    _index(letter)


def _index(letter: Letter) -> None:
    letter.search = search_key(f"{letter.number} {letter.addressee} {letter.subject}")


def _keep(letter: Letter, ending: str, content: bytes) -> None:
    """Under a random name of ours; nothing of the sender's file name is used."""
    letter.scan = f"{letter.at:%Y/%m}/{secrets.token_hex(16)}.{ending}"
    path = Path(settings.PEYGIR_PHOTO_DIR) / letter.scan
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(content)
    letter.scan_bytes = len(content)
