"""Helpers: a citizen's browser, her report, and the code that her phone received."""

import re
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from peygir.cases.models import Case
from peygir.notices.models import Notice

MOBILE = "۰۹۱۲ ۳۴۵ ۶۷۸۹"
WORDS = "چالهٔ عمیق روبه‌روی مدرسه"


def photo(name: str = "a.jpg", **exif: Any) -> SimpleUploadedFile:
    out = BytesIO()
    made = Image.Exif()
    for tag, value in exif.items():
        made[int(tag[1:])] = value
    Image.new("RGB", (40, 30), "teal").save(out, "JPEG", exif=made)
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/jpeg")


def once(client: Client) -> str:
    """The hidden number of a fresh form."""
    page = client.get("/report/").content.decode()
    found = re.search(r'name="once" value="([^"]+)"', page)
    assert found
    return found[1]


def send(client: Client, **fields: Any) -> Any:
    """Send the report form; what is not given is filled in as Maryam would."""
    given = {"words": WORDS, "address": "گلستان ۱۲", "district": "3", "phone": MOBILE}
    typed = given | {"category": "C01", "kind": "request", "once": once(client)} | fields
    return client.post("/report/", {k: v for k, v in typed.items() if v is not None})


def sent_code() -> str:
    """The last one-time code that was queued as a text message."""
    notice = Notice.objects.filter(template="sms.otp").latest("made_at")
    return str(notice.params["otp"])


def reported(client: Client, **fields: Any) -> Case:
    before = list(Case.objects.values_list("pk", flat=True))  # ids do not sort while time stands
    answer = send(client, **fields)
    assert answer.status_code == 302, answer.content.decode()
    return Case.objects.exclude(pk__in=before).get()


def sign_in(client: Client, phone: str = MOBILE) -> None:
    assert client.post("/mine/", {"phone": phone}).status_code == 302
    assert client.post("/confirm/", {"otp": sent_code()}).status_code == 302
