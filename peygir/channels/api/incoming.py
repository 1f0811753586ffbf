"""POST /channels/api/cases: register one report. See docs/reference/channels.md."""

import hmac
from datetime import datetime
from typing import Any, Final

import orjson
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from peygir.cases import policies
from peygir.cases.models import Case
from peygir.cases.refusals import WrongEvidence
from peygir.cases.register import Report, register
from peygir.channels.api.report import read
from peygir.ledger.entry import CITIZEN
from peygir.ledger.statement import run
from peygir.policy.model import CityPolicy

BODY_MAX: Final = 64 * 1024  # bytes of one request
CLAIM: Final = """
insert into channel_api_handedover (client, reference, case_id) values (%s, %s, %s)
on conflict (client, reference) do nothing returning case_id
"""


@csrf_exempt  # no cookie speaks here: every request brings its key
@require_POST
def cases(request: HttpRequest) -> HttpResponse:
    """201 with the new case; 200 with the case of a repeated `reference`; 4xx naming each fault."""
    client = _client(request)
    if client is None:
        return _answer({"error": "unknown key"}, 401)
    if int(request.headers.get("Content-Length") or 0) > BODY_MAX:
        return _answer({"error": f"more than {BODY_MAX} bytes"}, 413)
    try:
        body = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        return _answer({"error": "not JSON"}, 400)
    if not isinstance(body, dict):
        return _answer({"error": "not a JSON object"}, 400)
    policy = policies.current()
    report, faults = read(policy, body, channel=client)
    if faults:
        return _answer({"errors": faults}, 422)
    at: datetime = request.at  # type: ignore[attr-defined]  # set at the door
    try:
        return _register(policy, report, client, str(body.get("reference", "")), at)
    except WrongEvidence as refused:
        return _answer({"errors": refused.fields}, 422)


@transaction.atomic
def _register(
    policy: CityPolicy, report: Report, client: str, reference: str, at: datetime
) -> HttpResponse:
    assert report.case_id is not None
    if reference and not run(CLAIM, (client, reference, report.case_id)):
        return _known(client, reference)
    done = register(policy=policy, report=report, actor=CITIZEN, at=at)
    clock = done.case.clock(1)
    answer = {"code": done.code, "unit": done.case.unit, "due": clock.due_at.isoformat()}
    if done.case.sealed:  # the code is for the citizen; who examines it is nobody else's business
        answer = {"code": done.code}
    return _answer(answer, 201)


def _known(client: str, reference: str) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(
            "select case_id from channel_api_handedover where client = %s and reference = %s",
            [client, reference],
        )
        (case_id,) = cursor.fetchone()
    case = Case.objects.get(pk=case_id)
    if case.sealed:
        return _answer({"code": case.code}, 200)
    return _answer({"code": case.code, "unit": case.unit, "status": case.status}, 200)


def _client(request: HttpRequest) -> str | None:
    """Whose key the request brings; None without one. PEYGIR_API_KEYS: "app:key bot:key"."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    found = None
    for pair in settings.PEYGIR_API_KEYS.split():
        name, _, key = pair.partition(":")
        if key and hmac.compare_digest(key.encode(), given):
            found = name
    return found


def _answer(body: dict[str, Any], status: int) -> HttpResponse:
    return HttpResponse(orjson.dumps(body), status=status, content_type="application/json")
