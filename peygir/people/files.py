"""Papers that come along with a message, as a plan does: PDF only, stored as they came, and handed
out as something to save, never as something to show. Pictures go through `photos`."""

import hashlib
import re
import secrets
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404
from django.utils.translation import gettext

from peygir.ledger.entry import Actor
from peygir.ledger.ids import new_id
from peygir.people.models import Photo

BYTES_MAX: Final = 8 * 1024 * 1024
KIND: Final = "file"
HEAD: Final = re.compile(rb"%PDF-[12]\.[0-9]")
END: Final = b"%%EOF"
END_WITHIN: Final = 2048  # bytes from the end; some programs add a few lines


class FileError(ValueError):
    """A file that is not kept; `code` says why, `sentence` what to do about it."""

    def __init__(self, code: Literal["type", "size", "broken"]) -> None:
        super().__init__(f"file refused: {code}")
        self.code = code

    @property
    def sentence(self) -> str:
        return {
            "type": gettext("This file is no PDF and no picture. Save it as PDF and send that."),
            "size": gettext("This file is larger than 8 megabytes. Send a smaller one."),
            "broken": gettext("This file is damaged: its end is missing. Save it anew."),
        }[self.code]


def is_pdf(upload: UploadedFile) -> bool:
    """Whether the file says of itself, in its first bytes, that it is a PDF."""
    upload.seek(0)
    return HEAD.match(upload.read(16)) is not None


def prepare(upload: UploadedFile) -> bytes:
    """The checked content of a PDF. Raises FileError; writes nothing."""
    if (upload.size or 0) > BYTES_MAX:
        raise FileError("size")
    if not is_pdf(upload):
        raise FileError("type")
    upload.seek(0)
    content: bytes = upload.read()
    if END not in content[-END_WITHIN:]:
        raise FileError("broken")
    return content


def keep(case_id: int, content: bytes, *, actor: Actor, at: datetime) -> Photo:
    """Store a prepared file of a case (which need not exist yet) under a random name."""
    name = f"{at:%Y/%m}/{secrets.token_hex(16)}.pdf"
    path = _file(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(content)
    return Photo.objects.create(
        id=new_id(),
        case_id=case_id,
        kind=KIND,
        path=name,
        width=0,
        height=0,
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        staff_id=actor.staff_id,
        at=at,
    )


def of(case_id: int) -> list[Photo]:
    """Files of a case that are not erased, oldest first."""
    found = Photo.objects.filter(case_id=case_id, kind=KIND, erased_at=None)
    return list(found.order_by("at", "id"))


def serve(found: Photo) -> FileResponse:
    """The file, to be saved; the door has checked that the reader may see the case. Http404."""
    path = _file(found.path)
    if found.kind != KIND or found.erased_at is not None or not path.is_file():
        raise Http404
    answer = FileResponse(path.open("rb"), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{found.pk}.pdf"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _file(name: str) -> Path:
    return Path(settings.PEYGIR_PHOTO_DIR) / name
