"""POST /channels/phone/ring: the exchange says that a call rings, is answered, or has ended."""

import hmac
import json
from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from peygir.channels.phone.calls import EXTENSION, WHATS, Ring, told

FIELD_MAX: Final = 80


class WrongRing(ValueError):
    """A field that cannot be right; its name."""


@csrf_exempt
@require_POST
def ring(request: HttpRequest) -> HttpResponse:
    """JSON or a form with `event` (ring, answer, hangup), `call_id`, `number`, `extension`.

    The header X-Peygir-Secret must hold the shared secret. 204 when it was noted; 400 names what
    is wrong. A number that is withheld, or no number at all, is a call like any other.
    """
    if not _knows_secret(request):
        return HttpResponse("wrong secret", status=403, content_type="text/plain")
    try:
        told(_ring(_given(request)), at=request.at)  # type: ignore[attr-defined]  # conf.door
    except WrongRing as wrong:
        return JsonResponse({"wrong": str(wrong)}, status=400)
    return HttpResponse(status=204)


def _knows_secret(request: HttpRequest) -> bool:
    expected = settings.PEYGIR_PHONE_SECRET.encode()
    given = request.headers.get("X-Peygir-Secret", "").encode()
    return bool(expected) and hmac.compare_digest(given, expected)


def _given(request: HttpRequest) -> Mapping[str, Any]:
    if request.content_type != "application/json":
        return request.POST.dict()
    try:
        given = json.loads(request.body)
    except ValueError:
        raise WrongRing("body") from None
    if not isinstance(given, dict):
        raise WrongRing("body")
    return given


def _ring(given: Mapping[str, Any]) -> Ring:
    what, call = _word(given, "event") or "ring", _word(given, "call_id")
    extension = _word(given, "extension")
    known = next((each for each in WHATS if each == what), None)
    if known is None:
        raise WrongRing("event")
    if not call:
        raise WrongRing("call_id")
    if extension and not EXTENSION.fullmatch(extension):
        raise WrongRing("extension")
    return Ring(what=known, call=call, number=_word(given, "number"), extension=extension)


def _word(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise WrongRing(name)
    text = str(value).strip()
    if len(text) > FIELD_MAX or "\x00" in text:
        raise WrongRing(name)
    return text
