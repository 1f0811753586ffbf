"""The short form of a crisis for operators: words and place, one tap for the subject."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from peygir.cases import overlays, words
from peygir.cases.refusals import Refused
from peygir.cases.register import register
from peygir.desk import intake, nav
from peygir.desk.access import StaffRequest, page
from peygir.desk.follow.common import language
from peygir.desk.intake import Intake


@page("console")
@never_cache
@require_http_methods(["GET", "POST"])
def fast(request: StaffRequest) -> HttpResponse:
    """One call in twenty seconds; the whole console where no crisis asks for the short form."""
    held = [run for run in overlays.holding(request.at) if run.overlay.short]
    if not held:
        return redirect("desk:console")
    made = intake.read(request.POST, request.policy)
    if request.method == "GET":
        return _show(request, held, made, done=request.GET.get("done", "")[:12])
    made.anonymous = not made.phone
    intake.check(made, request.policy)
    if made.errors:
        return _show(request, held, made, status=422)
    lang = get_language() or "fa"
    try:
        done = register(
            policy=request.policy, report=made.report(lang), actor=request.actor, at=request.at
        )
    except Refused as refused:
        made.errors |= words.refusal_fields(refused, request.policy, lang)
        return _show(request, held, made, status=422)
    return redirect(f"{request.path}?done={done.code}")


def _show(
    request: StaffRequest,
    held: list[overlays.Run],
    made: Intake,
    *,
    done: str = "",
    status: int = 200,
) -> HttpResponse:
    lang, policy = language(), request.policy
    taps = dict.fromkeys(code for run in held for code in run.overlay.one_tap)
    context = {
        "made": made,
        "done": done if done.isdecimal() else "",
        "taps": [
            (code, policy.categories[code].words.in_(lang))
            for code in taps
            if code in policy.categories
        ],
        "districts": [(n, w.in_(lang)) for n, w in policy.organisation.districts.items()],
        "grounds": [(code, one.in_(lang)) for code, one in policy.urgent.grounds.items()]
        if policy.urgent
        else [],
        "said": policy.texts["portal.urgent"].in_(lang),
    }
    return nav.show(request, "desk/crisis/fast.html", context, here="console", status=status)
