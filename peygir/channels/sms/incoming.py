"""What Kannel tells us: a message from a citizen, or what became of one of ours."""

import hmac
import logging
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from peygir.calendars import phones
from peygir.cases import policies
from peygir.channels.sms import reply
from peygir.channels.sms.commands import parse
from peygir.channels.sms.models import Received
from peygir.channels.sms.outgoing import SALT
from peygir.notices import deliver, parts

log = logging.getLogger("peygir.sms")

REMEMBERED: Final = timedelta(days=2)  # Kannel repeats a message within minutes, if at all
UCS2: Final = "2"  # Kannel's coding of messages beyond the GSM letters
ARRIVED: Final = 1
TAKEN: Final = frozenset({4, 8})  # queued at the operator; taken by the operator
REFUSED: Final = frozenset({2, 16})


@csrf_exempt
@require_http_methods(["GET", "POST"])
def receive(request: HttpRequest) -> HttpResponse:
    """A message from a citizen, by Kannel's get-url or as a form. The body is the SMS back.

    Parameters: secret, from, text, charset and coding (of text's bytes), id (Kannel's own).
    A sender that is no mobile number of the country is not answered.
    """
    raw = request.META.get("QUERY_STRING", "").encode("ascii", "replace")
    if request.method == "POST":
        raw += b"&" + request.body
    given = {
        k: v.encode("latin-1") for k, v in parse_qsl(raw.decode("latin-1"), encoding="latin-1")
    }
    if not _knows_secret(given.get("secret", b"")):
        return HttpResponse("wrong secret", status=403, content_type="text/plain")
    try:
        phone = phones.parse_mobile(_text(given, "from", "utf-8"))
    except phones.PhoneError:
        return _sms("")
    at: datetime = request.at  # type: ignore[attr-defined]  # set by conf.door
    # A fault forgets the message as well, so that it counts when Kannel repeats it.
    with transaction.atomic():
        if _is_repeated(_text(given, "id", "utf-8"), at):
            return _sms("")
        return _sms(reply.answer(phone, parse(_words(given)), policies.current(), at))


@require_GET
def delivery(request: HttpRequest) -> HttpResponse:
    """What became of a message: `token` (signed) names it, `status` is Kannel's number."""
    try:
        notice_id = int(signing.Signer(salt=SALT).unsign(request.GET.get("token", "")))
        status = int(request.GET.get("status", ""))
    except (signing.BadSignature, ValueError):
        return HttpResponse("unknown message", status=403, content_type="text/plain")
    at: datetime = request.at  # type: ignore[attr-defined]  # set by conf.door
    if status == ARRIVED:
        deliver.report(notice_id, delivered=True, at=at)
    elif status in REFUSED:
        deliver.report(notice_id, delivered=False, at=at, code="not_delivered")
    elif status not in TAKEN:
        log.warning("A delivery report said %d, which means nothing here.", status)
    return HttpResponse(status=204)


def _knows_secret(given: bytes) -> bool:
    expected = settings.PEYGIR_SMS_SECRET.encode()
    return bool(expected) and hmac.compare_digest(given, expected)


def _words(given: dict[str, bytes]) -> str:
    """The text. Kannel sends the bytes as they came and names their charset, not always rightly."""
    charset = _text(given, "charset", "ascii") or "utf-8"
    if given.get("coding") == UCS2.encode() and not charset.casefold().startswith("utf"):
        charset = "utf-16-be"
    for each in (charset, "utf-8", "latin-1"):
        try:
            return given.get("text", b"").decode(each)
        except (UnicodeDecodeError, LookupError):
            continue
    return ""


def _text(given: dict[str, bytes], name: str, charset: str) -> str:
    return given.get(name, b"").decode(charset, "replace").strip()


def _is_repeated(identity: str, at: datetime) -> bool:
    if not identity:
        return False
    Received.objects.filter(at__lt=at - REMEMBERED).delete()
    return not Received.objects.get_or_create(pk=identity[:80], defaults={"at": at})[1]


def _sms(text: str) -> HttpResponse:
    """A body that Kannel sends back to the sender; an empty one when there is nothing to say.

    Always 200: for any other status Kannel tells the sender that it could not fetch the content.
    """
    answer = HttpResponse(text, content_type="text/plain; charset=UTF-8")
    answer["X-Kannel-Coding"] = "0" if parts.is_gsm(text) else "2"
    return answer
