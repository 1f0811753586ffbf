"""The page of a crisis: what happened, what to do, a short report, tracking.

It is the same for everybody and holds nothing about anybody, so any cache may keep it for half a
minute; it needs neither script nor font. The report is posted without a token for the same reason:
it acts in nobody's name, and what comes from another site's page is refused.
"""

from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from peygir.cases import overlays, policies, register
from peygir.cases.refusals import Refused
from peygir.ledger.entry import CITIZEN
from peygir.people import throttle
from peygir.portal import limits, report_form, visitor
from peygir.portal.page import Visit, banner_of, page, too_often
from peygir.portal.report_form import Typed

FRESH_S = 30  # how long a cache may show it; browsers ask again with the ETag
OURS = ("same-origin", "same-site", "none", "")


@require_safe
@page
def crisis(request: Visit) -> HttpResponse:
    """Whole without a script, below 25 KB with its one style sheet."""
    answer = _page(request, report_form.empty(request.policy))
    etag = f'"{sha256(answer.content).hexdigest()[:32]}"'
    answer["ETag"] = etag
    answer["Cache-Control"] = f"public, max-age={FRESH_S}"
    conditional = get_conditional_response(request, etag=etag, response=answer)
    assert isinstance(conditional, HttpResponse)
    return conditional


@csrf_exempt
@require_POST
@page
def send(request: Visit) -> HttpResponse:
    """The short report: words and a place, a telephone if one likes."""
    if request.headers.get("Sec-Fetch-Site", "") not in OURS:
        raise PermissionDenied
    throttle.hit(limits.POSTS, request.visitor.address, at=request.at)
    typed = report_form.read(request.POST, [], request.policy)
    if typed.caller is not None:  # nobody renames a citizen whose number they merely typed
        typed.caller = replace(typed.caller, renames=False)
    if not typed.errors and not (typed.values["address"].strip() or typed.district):
        typed.fault("address", _("Write an address or choose the district."))
    if typed.errors:
        return _page(request, typed, status=422)
    until = _count(request, typed)
    if until is not None:
        return too_often(request, until)
    try:
        made = register.register(
            policy=policies.current(),
            report=typed.report(language=request.language, photo_ids=[]),
            actor=CITIZEN,
            at=request.at,
        )
    except Refused:
        typed.fault("words", _("Something is missing or not right; please correct it."))
        return _page(request, typed, status=422)
    answer = redirect("portal:done")
    visitor.remember_done(answer, made.case.id, joined=False)
    visitor.remember_opened(request, answer, made.case.id, made.reporter_id)
    return answer


def _count(request: Visit, typed: Typed) -> datetime | None:
    """Count the report; until when no more is taken from here, or None."""
    address, caller = request.visitor.address, typed.caller
    tries = [(limits.ANONYMOUS, address)]
    if caller is not None:
        tries = [(limits.REPORTS, address), (limits.of_phone(request.policy), caller.phone)]
    return next((until for until in throttle.count(tries, at=request.at) if until), None)


def _page(request: Visit, typed: Typed, status: int = 200) -> HttpResponse:
    lang, policy = request.language, request.policy
    held = overlays.holding(request.at)
    taps = dict.fromkeys(code for run in held for code in run.overlay.one_tap)
    context = {
        "held": [
            {
                "words": run.overlay.words.in_(lang),
                "banner": banner_of(request, run),
                "advice": run.overlay.advice.in_(lang) if run.overlay.advice else "",
            }
            for run in held
        ],
        "urgent": policy.texts["portal.urgent"].in_(lang),
        "typed": typed.values,
        "wrong": typed.errors,
        "taps": [
            (code, policy.categories[code].words.in_(lang))
            for code in taps
            if code in policy.categories
        ],
        "districts": [(n, w.in_(lang)) for n, w in policy.organisation.districts.items()],
        "phone": str(policy.city["phone"]),
    }
    return render(request, "portal/crisis.html", context, status=status)
