"""Pictures: hostile files are refused by name, good ones are written anew without metadata."""

import zlib
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from peygir.ledger.entry import CITIZEN
from peygir.people import photos
from tests.city import NOON


def jpeg(side: int = 64, *, place: bool = False, orientation: int = 1) -> bytes:
    image, out = Image.new("RGB", (side, side // 2), "teal"), BytesIO()
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "a secret camera"
    if place:
        exif[photos.GPS_IFD] = {1: "N", 2: (34.0, 38.0, 24.0), 3: "E", 4: (50.0, 52.0, 48.0)}
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


def upload(content: bytes, name: str = "a.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/jpeg")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.PEYGIR_PHOTO_DIR = tmp_path
    return tmp_path


@pytest.mark.django_db
def test_a_photo_is_stored_with_its_place_and_without_its_metadata(folder: Path) -> None:
    kept = photos.store(7, upload(jpeg(place=True)), kind="report", actor=CITIZEN, at=NOON)
    assert (kept.lat_e6, kept.lon_e6) == (34_640_000, 50_880_000)
    with Image.open(folder / kept.path) as stored:
        assert stored.format == "JPEG"
        assert not stored.getexif()
    assert b"secret" not in (folder / kept.path).read_bytes()
    assert photos.of(7, "report") == [kept]
    answer = photos.serve(kept, small=True)
    assert answer["X-Content-Type-Options"] == "nosniff"
    answer.close()


@pytest.mark.django_db
def test_erasing_deletes_the_files(folder: Path) -> None:
    kept = photos.store(7, upload(jpeg()), kind="report", actor=CITIZEN, at=NOON)
    photos.erase(7, at=NOON)
    assert not list(folder.rglob("*.jpg"))
    kept.refresh_from_db()
    with pytest.raises(Http404):
        photos.serve(kept)


def test_a_turned_photo_is_stored_upright() -> None:
    picture = photos.prepare(upload(jpeg(64, orientation=6)))
    assert (picture.width, picture.height) == (32, 64)


def test_a_large_photo_is_made_smaller() -> None:
    assert photos.prepare(upload(jpeg(3000))).width == photos.SIDE_MAX


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "LA", "I;16"])
def test_every_kind_of_png_becomes_a_jpeg(mode: str) -> None:
    out = BytesIO()
    Image.new(mode, (20, 20)).save(out, "PNG")
    assert photos.prepare(upload(out.getvalue())).jpeg.startswith(b"\xff\xd8")


def refused(content: bytes) -> str:
    with pytest.raises(photos.PhotoError) as caught:
        photos.prepare(upload(content))
    assert caught.value.sentence
    return caught.value.code


def bomb(width: int, height: int) -> bytes:
    """A PNG that claims a size it does not hold."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        crc = zlib.crc32(kind + body).to_bytes(4, "big")
        return len(body).to_bytes(4, "big") + kind + body + crc

    size = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 2, 0, 0, 0])
    data = chunk(b"IDAT", zlib.compress(b"\0" * 100))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + data + chunk(b"IEND", b"")


def test_hostile_files_are_refused_by_name() -> None:
    assert refused(b"<svg onload=alert(1)>") == "type"
    assert refused(b"GIF89a" + b"\0" * 100) == "type"
    assert refused(b"%PDF-1.7") == "type"
    assert refused(b"\xff\xd8\xff" + b"\0" * (photos.BYTES_MAX + 1)) == "size"
    assert refused(b"") == "broken"
    assert refused(jpeg(256)[:700]) == "broken"
    assert refused(bomb(7000, 7000)) == "pixels"
    assert refused(bomb(11000, 11000)) == "pixels"
    assert refused(bomb(60000, 60000)) == "pixels"
    assert refused(bomb(100, 100)) == "broken"


@settings(max_examples=60, deadline=None)
@given(cut=st.integers(2, 600), noise=st.binary(max_size=80), png=st.booleans())
def test_no_bytes_make_it_fail_otherwise(cut: int, noise: bytes, png: bool) -> None:
    head = bomb(30, 30) if png else jpeg(place=True)
    with suppress(photos.PhotoError):
        photos.prepare(upload(head[:cut] + noise + head[cut:]))
