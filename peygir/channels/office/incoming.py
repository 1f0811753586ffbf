"""POST /channels/office/messages: what a manager did over there. See docs/reference/channels.md."""

import logging
from datetime import datetime
from typing import Any, Final

import orjson
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from peygir.channels.office import contact, message, say, signature
from peygir.channels.office.take import take

log = logging.getLogger("peygir.office")

BODY_MAX: Final = 128 * 1024  # bytes of one request
TIMESTAMP, SIGNATURE = "X-Office-Timestamp", "X-Office-Signature"


@csrf_exempt  # no cookie speaks here: every request brings its signature
@require_POST
def messages(request: HttpRequest) -> HttpResponse:
    """200 when it is done, now or before; 409 and 422 say why not, in both languages."""
    at: datetime = request.at  # type: ignore[attr-defined]  # set by conf.door
    if not signature.secrets():
        return _answer(say.of("not_configured"), 401)
    length = request.headers.get("Content-Length") or "0"
    if not length.isdecimal() or int(length) > BODY_MAX:
        return _answer(say.of("too_large"), 413)
    given = (request.headers.get(TIMESTAMP, ""), request.headers.get(SIGNATURE, ""))
    fault = signature.fault(*given, request.body, at=at)
    if fault:
        log.warning("A message of the office automation was not believed (%s).", fault)
        return _answer(say.of(fault), 401)
    contact.heard(at)
    return _taken(request.body, at)


def _taken(content: bytes, at: datetime) -> HttpResponse:
    try:
        body = orjson.loads(content)
    except orjson.JSONDecodeError:
        return _answer(say.of("not_json"), 400)
    if not isinstance(body, dict):
        return _answer(say.of("not_json"), 400)
    found, faults = message.read(body)
    if found is None:
        return _answer(say.of("wrong_message", faults), 422)
    outcome = take(found, at=at)
    if outcome.code:
        log.warning("A message of the office automation was refused (%s).", outcome.code)
    return _answer(outcome.body, outcome.status)


def _answer(body: dict[str, Any], status: int) -> HttpResponse:
    return HttpResponse(orjson.dumps(body), status=status, content_type="application/json")
