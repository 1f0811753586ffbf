"""The switch for two people, and the banner that every desk page shows."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from peygir.calendars.persian import to_latin_digits
from peygir.cases import may, overlays, policies, switching
from peygir.cases.models import OverlayPlan, OverlayRun
from peygir.cases.switching import SwitchError
from peygir.desk import nav
from peygir.desk.access import StaffRequest, for_anybody, page
from peygir.desk.crisis import parts
from peygir.desk.follow.common import language
from peygir.policy.overlay import Overlay, Scope

EARLIER_MAX = 20


@page("crisis")
@never_cache
@require_GET
def crisis(request: StaffRequest) -> HttpResponse:
    """What holds, what may be switched on, the plans, and earlier times."""
    return _show(request)


@page("crisis")
@never_cache
@require_GET
def live(request: StaffRequest) -> HttpResponse:
    """What holds or waits alone: asked for every two seconds, so the second person sees it."""
    return nav.show(request, "desk/crisis/live.html", {"live": parts.live(request)}, here="crisis")


@page("crisis_switch")
@require_POST
def ask(request: StaffRequest, code: str) -> HttpResponse:
    """The first person asks for it, with a scope and an end."""
    overlay = request.policy.overlays.get(code)
    try:
        if overlay is None:
            raise SwitchError("unknown")
        span = parts.hours(request.POST.get("hours", ""), overlay.longest)
        if span is None:
            raise SwitchError("expiry")
        switching.propose(
            policies.current(),
            code,
            scope=_scope(request),
            until=request.at + span,
            actor=request.actor,
            at=request.at,
        )
    except SwitchError as refused:
        return _show(request, wrong=parts.refusal(refused.code), typed=request.POST, status=409)
    messages.success(request, _("Now somebody else has thirty seconds to confirm."))
    return redirect("desk:crisis")


@page("crisis_switch")
@require_POST
def confirm(request: StaffRequest, run_id: int) -> HttpResponse:
    """The second person says yes."""
    try:
        run = switching.confirm(run_id, actor=request.actor, at=request.at)
    except SwitchError as refused:
        return _show(request, wrong=parts.refusal(refused.code), status=409)
    words = overlays.overlay_of(run).words.in_(language())
    messages.success(request, _("%(name)s is switched on.") % {"name": words})
    return redirect("desk:crisis")


@page("crisis_switch")
@require_POST
def off(request: StaffRequest, run_id: int) -> HttpResponse:
    """End it now; or take back a wish that waits."""
    try:
        switching.switch_off(run_id, actor=request.actor, at=request.at)
    except SwitchError as refused:
        return _show(request, wrong=parts.refusal(refused.code), status=409)
    messages.success(request, _("It is switched off. The report after it is ready."))
    return redirect("desk:crisis_report", run_id=run_id)


@for_anybody
@never_cache
@require_safe
def banner(request: HttpRequest) -> HttpResponse:
    """The banner alone, asked for every three seconds by every open desk page.

    It holds what the public page says anyway, so it asks neither who reads it nor the database
    (but for the look-up of overlays that a process makes every two seconds). 204 when `seen` is
    what it would say.
    """
    at = request.at  # type: ignore[attr-defined]  # set on arrival by conf.door
    held = nav.held(at)
    if request.GET.get("seen", "") == held["held_seen"]:
        return HttpResponse(status=204)
    held["may_fast"] = request.GET.get("fast") == "1"  # the link alone; the page asks for itself
    held["may_season"] = request.GET.get("season") == "1"
    return render(request, "desk/crisis/banner.html", held)


def _show(
    request: StaffRequest,
    *,
    wrong: str = "",
    typed: Mapping[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    lang = language()
    runs = OverlayRun.objects.prefetch_related("tasks")[:EARLIER_MAX]
    shown = [parts.shown(request, run) for run in runs]
    plans: dict[str, OverlayPlan] = {}
    for plan in OverlayPlan.objects.order_by("number"):
        plans[plan.code] = plan
    context = {
        "live": parts.live(request),
        "wrong": wrong,
        "typed": typed or {},
        "overlays": [
            _offered(request, one, plans.get(one.code)) for one in request.policy.overlays.values()
        ],
        "earlier": [one for one in shown if not one["waits"] and not one["on"]],
        "districts": [
            (n, words.in_(lang)) for n, words in request.policy.organisation.districts.items()
        ],
        "classes": [(c.code, c.words.in_(lang)) for c in request.policy.classes.values()],
        "may_switch": may.open_page(request.actor, "crisis_switch"),
    }
    return nav.show(request, "desk/crisis/crisis.html", context, here="crisis", status=status)


def _offered(request: StaffRequest, overlay: Overlay, plan: OverlayPlan | None) -> dict[str, Any]:
    lang = language()
    return {
        "code": overlay.code,
        "kind": overlay.kind,
        "words": overlay.words.in_(lang),
        "banner": overlay.banner.in_(lang),
        "may_ask": overlay.by in request.actor.roles,
        "hours": min(24, int(overlay.longest / timedelta(hours=1))),
        "most": int(overlay.longest / timedelta(hours=1)),
        "plan": plan,
    }


def _scope(request: StaffRequest) -> Scope:
    """What was ticked. Raises SwitchError for a district that is no number."""
    numbers = [to_latin_digits(text) for text in request.POST.getlist("districts") if text]
    if not all(text.isdecimal() and len(text) < len("1000") for text in numbers):
        raise SwitchError("scope")
    return Scope(
        districts=tuple(int(text) for text in numbers),
        classes=tuple(code for code in request.POST.getlist("classes") if code),
        categories=tuple(code for code in request.POST.getlist("categories") if code),
    )
