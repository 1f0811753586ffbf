"""Pictures: what arrives is hostile until it has been decoded, measured and written anew.

A stored picture is a JPEG that this module encoded itself, so no metadata and no second format
hides in it. The place is read from the original before it is left behind.
"""

import hashlib
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Final, Literal

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404
from django.utils.translation import gettext
from PIL import Image, ImageOps, UnidentifiedImageError

from peygir.ledger.entry import Actor
from peygir.ledger.ids import new_id
from peygir.people import files
from peygir.people.models import Photo

BYTES_MAX: Final = 8 * 1024 * 1024
PIXELS_MAX: Final = 40_000_000
SIDE_MAX: Final = 1600  # of the stored picture
SMALL_SIDE: Final = 480  # of the one that pages show
QUALITY: Final = 82
FORMATS: Final = ("JPEG", "PNG", "WEBP")
GPS_IFD: Final = 0x8825

Reason = Literal["type", "size", "pixels", "broken"]


class PhotoError(ValueError):
    """A file that is no picture we keep; `code` says why, `sentence` what to do about it."""

    def __init__(self, code: Reason) -> None:
        super().__init__(f"photo refused: {code}")
        self.code: Reason = code

    @property
    def sentence(self) -> str:
        return {
            "type": gettext("This file is no photo we can read. Send a JPEG, PNG or WebP picture."),
            "size": gettext("This photo is larger than 8 megabytes. Send a smaller one."),
            "pixels": gettext("This photo has more than 40 million points. Send a smaller one."),
            "broken": gettext("This photo is damaged and cannot be opened. Choose another one."),
        }[self.code]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A checked picture, not stored yet. The position is in microdegrees, None when it has none."""

    jpeg: bytes
    small: bytes
    width: int
    height: int
    lat_e6: int | None
    lon_e6: int | None


def prepare(upload: UploadedFile) -> Picture:
    """Decode, measure, turn upright and encode anew. Raises PhotoError; writes nothing."""
    if (upload.size or 0) > BYTES_MAX:
        raise PhotoError("size")
    if not upload.size:
        raise PhotoError("broken")
    upload.seek(0)
    try:
        with Image.open(upload, formats=FORMATS) as image:  # reads the header only
            if image.width * image.height > PIXELS_MAX:
                raise PhotoError("pixels")
            lat_e6, lon_e6 = _position(image)
            image.draft("RGB", (SIDE_MAX, SIDE_MAX))  # a JPEG decodes at a fraction of its size
            upright = _plain(image)
    except PhotoError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PhotoError("pixels") from None
    except UnidentifiedImageError:
        raise PhotoError("type") from None
    except Exception:  # decoders raise whatever they like on a hostile file, and none of it is ours
        raise PhotoError("broken") from None
    upright.thumbnail((SIDE_MAX, SIDE_MAX))
    width, height = upright.size
    jpeg = _encoded(upright)
    upright.thumbnail((SMALL_SIDE, SMALL_SIDE))
    small = _encoded(upright)
    return Picture(jpeg=jpeg, small=small, width=width, height=height, lat_e6=lat_e6, lon_e6=lon_e6)


def keep(case_id: int, picture: Picture, *, kind: str, actor: Actor, at: datetime) -> Photo:
    """Store a prepared picture of a case (which need not exist yet) under a random name.

    `kind`: report, before, after, visit, signature. A file without a row, left by a transaction
    that failed, is in nobody's way and under a name that nobody can guess.
    """
    name = f"{at:%Y/%m}/{secrets.token_hex(16)}.jpg"
    for path, content in ((_file(name), picture.jpeg), (_small(_file(name)), picture.small)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(content)
    return Photo.objects.create(
        id=new_id(),
        case_id=case_id,
        kind=kind,
        path=name,
        width=picture.width,
        height=picture.height,
        size_bytes=len(picture.jpeg),
        sha256=hashlib.sha256(picture.jpeg).hexdigest(),
        staff_id=actor.staff_id,
        at=at,
        lat_e6=picture.lat_e6,
        lon_e6=picture.lon_e6,
    )


def store(case_id: int, upload: UploadedFile, *, kind: str, actor: Actor, at: datetime) -> Photo:
    """`prepare` and `keep` in one. Raises PhotoError."""
    return keep(case_id, prepare(upload), kind=kind, actor=actor, at=at)


def of(case_id: int, *kinds: str) -> list[Photo]:
    """Photos of a case that are not erased, oldest first, of the given kinds (all when none)."""
    found = Photo.objects.filter(case_id=case_id, erased_at=None).exclude(kind=files.KIND)
    return list((found.filter(kind__in=kinds) if kinds else found).order_by("at", "id"))


def serve(photo: Photo, *, small: bool = False) -> FileResponse:
    """The picture as an answer; the door has checked that the reader may see the case. Http404."""
    if photo.kind == files.KIND:
        return files.serve(photo)
    path = _file(photo.path)
    if photo.erased_at is not None or not path.is_file():
        raise Http404
    shown = _small(path) if small and _small(path).is_file() else path
    answer = FileResponse(shown.open("rb"), content_type="image/jpeg")
    answer["Content-Disposition"] = "inline"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, max-age=3600"
    return answer


def content(photo: Photo) -> bytes | None:
    """The stored JPEG, for a paper that it is printed on; None when it is gone."""
    path = _file(photo.path)
    return path.read_bytes() if photo.erased_at is None and path.is_file() else None


def erase(case_id: int, *, at: datetime) -> None:
    """Delete the pictures and files of a case; their rows stay, empty, because events name their
    ids."""
    for photo in [*of(case_id), *files.of(case_id)]:
        for path in (_file(photo.path), _small(_file(photo.path))):
            path.unlink(missing_ok=True)
    Photo.objects.filter(case_id=case_id, erased_at=None).update(
        erased_at=at, lat_e6=None, lon_e6=None, sha256=""
    )


def _file(name: str) -> Path:
    return Path(settings.PEYGIR_PHOTO_DIR) / name


def _small(path: Path) -> Path:
    return path.with_suffix(".small.jpg")


def _plain(image: Image.Image) -> Image.Image:
    """Upright, three colours, transparent parts white."""
    upright = ImageOps.exif_transpose(image)
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        seen = upright.convert("RGBA")
        ground = Image.new("RGB", seen.size, "white")
        ground.paste(seen, mask=seen.getchannel("A"))
        return ground
    return upright.convert("RGB")


def _encoded(image: Image.Image) -> bytes:
    out = BytesIO()
    image.info.clear()  # neither EXIF nor a colour profile nor comments go along
    image.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


def _position(image: Image.Image) -> tuple[int | None, int | None]:
    """Where it was taken, in microdegrees; (None, None) when the file does not say it properly."""
    with suppress(Exception):  # hostile or sloppy metadata is the same as none
        gps = image.getexif().get_ifd(GPS_IFD)
        lat = _degrees(gps[2]) * (-1 if gps[1] == "S" else 1)
        lon = _degrees(gps[4]) * (-1 if gps[3] == "W" else 1)
        if abs(lat) <= 90 and abs(lon) <= 180 and (lat or lon):
            return round(lat * 1e6), round(lon * 1e6)
    return None, None


def _degrees(parts: Sequence[Any]) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    return degrees + minutes / 60 + seconds / 3600
