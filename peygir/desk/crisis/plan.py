"""The plan of an overlay: its versions, the comments of council members, the approval (I14)."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from peygir.cases import plans, policies
from peygir.cases.fold import instant
from peygir.cases.models import OverlayPlan
from peygir.cases.plans import PlanError
from peygir.cases.words import post_name
from peygir.desk import nav
from peygir.desk.access import StaffRequest, page
from peygir.desk.follow.common import language


@page("crisis")
@never_cache
@require_http_methods(["GET", "POST"])
def plan(request: StaffRequest, code: str) -> HttpResponse:
    """All versions of one plan; a POST begins, writes, comments or approves the open one."""
    if code not in request.policy.overlays:
        raise Http404
    if request.method == "GET":
        return _show(request, code)
    try:
        said = _act(request, code)
    except PlanError as refused:
        return _show(request, code, wrong=_refusal(refused.code), status=409)
    messages.success(request, said)
    return redirect("desk:crisis_plan", code=code)


def _act(request: StaffRequest, code: str) -> str:
    policy, text = policies.current(), request.POST.get("text", "")
    given: dict[str, Any] = {"actor": request.actor, "at": request.at}
    what = request.POST.get("do", "")
    if what == "begin":
        plans.begin(policy, code, **given)
        return _("A new version is begun.")
    one = OverlayPlan.objects.filter(code=code).order_by("-number").first()
    if one is None:
        raise PlanError("gone")
    version = request.POST.get("version", "")
    seen = int(version) if version.isdecimal() and len(version) < len("1000000") else 0
    if what == "write":
        plans.write(policy, one.pk, text=text, version=seen, **given)
        return _("The draft is changed.")
    if what == "comment":
        plans.comment(policy, one.pk, text=text, **given)
        return _("Your comment is kept with the plan.")
    if what == "approve":
        plans.approve(policy, one.pk, version=seen, **given)
        return _("The plan is approved.")
    raise PlanError("state")


def _show(request: StaffRequest, code: str, *, wrong: str = "", status: int = 200) -> HttpResponse:
    policy, lang = request.policy, language()
    versions = list(OverlayPlan.objects.filter(code=code).prefetch_related("comments"))
    context = {
        "code": code,
        "words": policy.overlays[code].words.in_(lang),
        "versions": [_version(request, one, lang) for one in versions],
        "may_write": plans.may_write(policy, code, request.actor),
        "may_comment": plans.may_comment(policy, code, request.actor),
        "wrong": wrong,
        "typed": request.POST.get("text", "") if wrong else "",
        "doing": request.POST.get("do", ""),
        "text_max": plans.TEXT_MAX,
        "comment_max": plans.COMMENT_MAX,
    }
    return nav.show(request, "desk/crisis/plan.html", context, here="crisis", status=status)


def _version(request: StaffRequest, one: OverlayPlan, lang: str) -> dict[str, Any]:
    def who(post: str) -> str:
        return post_name(request.policy, post, lang)

    steps = [(instant(s["at"]), _did(s["what"]), who(s["post"])) for s in one.steps]
    comments = [(c.at, who(c.post), c.text) for c in one.comments.all()]
    return {
        "plan": one,
        "steps": steps,
        "comments": comments,
        "is_writer": plans.wrote(one, request.actor),
    }


def _did(what: str) -> str:
    return {
        "opened": _("begun"),
        "written": _("written"),
        "commented": _("commented"),
        "approved": _("approved"),
    }[what]


def _refusal(code: str) -> str:
    return {
        "gone": _("There is no version yet; begin one."),
        "not_allowed": _("Your post may not do this."),
        "stale": _("Somebody changed the plan meanwhile; look at it and try again."),
        "state": _("This version is approved and is changed no more; begin a new one."),
        "empty": _("Please write something first."),
        "too_long": _("This is too long."),
        "same_person": _("Whoever wrote a part of the plan cannot approve it."),
    }.get(code, _("This could not be done."))
