"""Field visits: the round of today, the page of one visit, and what the phone sends (Q8, Q9).

Every page works as a plain form. With JavaScript it also works without a network: the worker script
keeps the pages, and visits wait on the phone until they are sent.
"""

import json
import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.contrib.staticfiles import finders
from django.http import Http404, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from peygir.boards import cases, field, serving
from peygir.cases.models import Case
from peygir.desk import nav
from peygir.desk.access import StaffRequest, page
from peygir.desk.follow import visits
from peygir.desk.follow.common import (
    case_or_404,
    category_name,
    language,
    number_of,
    photo_path,
    place,
    script,
    unit_name,
)
from peygir.look import chips
from peygir.look.numbers import fa
from peygir.notices import outbox
from peygir.people import codes, contacts, throttle
from peygir.people.models import Citizen

CODES_PER_HOUR: Final = 6
#: Files that the pages need without a network.
ASSETS: Final = (
    "look/tokens.css",
    "look/ui.css",
    "look/app.js",
    "look/photo.js",
    "look/icon.svg",
    "vendor/vazirmatn.woff2",
    "vendor/htmx.min.js",
    "desk/desk.css",
    "desk/desk.js",
    "desk/follow.css",
    "desk/field.js",
    "desk/field-queue.js",
    "desk/field-sign.js",
)


@page("field")
@require_GET
def field_list(request: StaffRequest) -> HttpResponse:
    """The round: open cases of special follow-up, soonest due first; phones sort by distance."""
    if not serving.stages(request.policy, "field"):
        raise Http404
    district = number_of(request.GET.get("district", ""))
    if district not in request.policy.organisation.districts:
        district = None
    found = field.stops(request.actor.sees, district=district)
    context = {
        "rows": [_row(request, stop) for stop in found],
        "district": district,
        "districts": [
            (number, words.in_(language()))
            for number, words in request.policy.organisation.districts.items()
        ],
        "answers": list(field.answers(request.user.pk)),
        **_phone(request),
    }
    return nav.show(request, "desk/follow/field.html", context, here="field")


@page("field")
@require_GET
def visit_page(request: StaffRequest, code: str) -> HttpResponse:
    """What an inspector must know on the spot, and the form of the visit."""
    return show_visit(request, case_or_404(request, code))


@page("field")
@require_POST
def citizen_code(request: StaffRequest, code: str) -> HttpResponse:
    """Send the citizen a code to read out to the inspector, as their own confirmation."""
    case = case_or_404(request, code)
    said, status = _send_code(request, case)
    if _wants_json(request):
        return JsonResponse({"words": said}, status=status)
    (messages.success if status == 200 else messages.warning)(request, said)
    return redirect("desk:field_visit", code=case.code)


@page("field")
@never_cache
@require_POST
def visits_endpoint(request: StaffRequest) -> HttpResponse:
    """Take a visit once: 201 the first time, 409 with the same body when it comes again.

    422 names the fields that are wrong; nothing is stored then, and the phone keeps its copy.
    """
    given = visits.parse(request)
    before = visits.known(given.visit, request) if given.visit.int else None
    if before is not None:
        return _answer(request, before, 409)
    case = cases.by_code(request.actor, request.POST.get("code", "")[:20])
    if case is None:
        given.faults["code"] = _("There is no such case, or it is not yours to see.")
    if case is None or given.faults:
        return _refuse(request, case, given)
    body, is_new = visits.keep(request, case, given)
    return _answer(request, body, 201 if is_new else 409)


@page("field")
@never_cache
@require_GET
def ticket(request: StaffRequest) -> HttpResponse:
    """Who is signed in on this phone, and the token with which waiting visits may be sent."""
    return JsonResponse({"staff": request.user.pk, "token": get_token(request)})


@page("field")
@require_GET
def worker(request: StaffRequest) -> HttpResponse:
    """The service worker, served here so that it may keep the pages below this address."""
    source = finders.find("desk/field-worker.js")
    assert isinstance(source, str), "the worker script is part of this room"
    assets = json.dumps([static(name) for name in ASSETS])
    with open(source, encoding="utf-8") as file:  # noqa: PTH123 - a path that Django found
        text = f"const ASSETS = {assets};\n{file.read()}"
    return HttpResponse(
        text, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"}
    )


def _row(request: StaffRequest, stop: field.Stop) -> dict[str, Any]:
    policy, case = request.policy, stop.case
    return {
        "case": case,
        "title": category_name(policy, case.category),
        "where": place(policy, case, stop.address),
        "words": stop.words,
        "visited": stop.visited,
        "deadline": chips.deadline(request.at, stop.due_at, stop.started_at),
        "lat": None if case.lat_e6 is None else case.lat_e6 / 1e6,
        "lon": None if case.lon_e6 is None else case.lon_e6 / 1e6,
    }


def _phone(request: StaffRequest) -> dict[str, Any]:
    return {
        "staff_id": request.user.pk,
        "worker_path": reverse("desk:field_worker"),
        "ticket_path": reverse("desk:field_ticket"),
        "visits_path": reverse("desk:field_visits"),
        "list_path": reverse("desk:field"),
    }


def show_visit(
    request: StaffRequest, case: Case, faults: Mapping[str, str] | None = None, status: int = 200
) -> HttpResponse:
    """The page of one visit. `faults`: field -> sentence; what was typed is shown again."""
    policy = request.policy
    before, after = field.photos(case.pk)
    kinds = ("words", "address", "result_text", "report_to_citizen", "objection_reason")
    papers = field.papers(case.pk, *kinds)
    address = papers["address"].text if "address" in papers else ""
    waiting = field.waiting(case)
    context = {
        "case": case,
        "title": category_name(policy, case.category),
        "where": place(policy, case, address),
        "papers": papers,
        "unit": unit_name(policy, case.executive_unit),
        "reporters": contacts.reporters(case.pk),
        "before": [_picture(p.pk) for p in before],
        "after": [_picture(p.pk) for p in after],
        "visits": field.visits(case.pk),
        "script": {
            p: script(policy, f"script.inspection.{p}", case)
            for p in ("opening", "account", "confirm")
        },
        "here_now": waiting is not None,
        "ways": _ways(request, case, waiting),
        "visit": str(uuid.uuid4()),
        "started": request.at.isoformat(),
        "typed": request.POST,
        "faults": dict(faults or {}),
        "code_waits": visits.waiting(case),
        "lat": None if case.lat_e6 is None else case.lat_e6 / 1e6,
        "lon": None if case.lon_e6 is None else case.lon_e6 / 1e6,
        **_phone(request),
    }
    return nav.show(request, "desk/follow/visit.html", context, here="field", status=status)


def _ways(request: StaffRequest, case: Case, waits: field.Waiting | None) -> list[tuple[str, str]]:
    """What the inspector may choose: form word and its words; all plain ones where none waits."""
    words = {
        "confirmed": _("Confirms"),
        "not_confirmed": _("Does not confirm"),
        "absent": _("Not there"),
        "unreachable": _("Not there; done: close"),
        "done": "",
    }
    if waits is None:
        return [(name, words[name]) for name in ("confirmed", "not_confirmed", "absent")]
    if "done" in waits.ways:
        words["done"] = waits.ways["done"][0].words.in_(language())
    open_here = {"absent", *waits.ways}
    if not field.attempts_suffice(request.policy, case):
        open_here.discard("unreachable")
    return [(name, said) for name, said in words.items() if name in open_here]


def _picture(photo_id: int) -> dict[str, str]:
    return {"src": photo_path(photo_id), "small": photo_path(photo_id, small=True)}


def _answer(request: StaffRequest, body: Any, status: int) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse(body, status=status)
    said = body["words"] or _("This visit was already kept.")
    (messages.success if body["moved"] else messages.warning)(request, said)
    if body.get("code_again"):
        return redirect("desk:field_visit", code=body["case"])
    return redirect("desk:field")


def _refuse(request: StaffRequest, case: Case | None, given: visits.Visit) -> HttpResponse:
    if _wants_json(request) or case is None:
        body = {"faults": given.faults, "words": " ".join(given.faults.values())}
        return JsonResponse(body, status=422)
    return show_visit(request, case, given.faults, status=422)


def _send_code(request: StaffRequest, case: Case) -> tuple[str, int]:
    citizen = _reachable(case)
    if citizen is None:
        return _("No reporter of this case left a number; let the citizen sign."), 409
    try:
        code = codes.issue(
            citizen.pk, "visit", per_hour=CODES_PER_HOUR, at=request.at, case_id=case.pk
        )
    except throttle.TooOften as early:
        wait = max(early.until - request.at, timedelta(seconds=1))
        seconds = int(wait.total_seconds())
        return _("Another code can be sent in %(n)s seconds.") % {"n": fa(seconds)}, 429
    outbox.queue_code(citizen.pk, code, "visit", citizen.language, request.at, case.pk)
    return _("A code is on its way to the citizen's phone. Ask for it and enter it."), 200


def _reachable(case: Case) -> Citizen | None:
    for one in contacts.reporters(case.pk):
        if one.citizen is not None and one.citizen.phone:
            return one.citizen
    return None


def _wants_json(request: StaffRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")
