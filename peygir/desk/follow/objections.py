"""Objecting to negative points, and deciding about objections (Q10)."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from peygir.cases.models import Case
from peygir.desk import nav
from peygir.desk.access import StaffRequest, page
from peygir.desk.follow.common import language, post_name, unit_name, whose
from peygir.evaluation import appeals
from peygir.evaluation.appeals import AppealRefused
from peygir.evaluation.models import Appeal, Point

SENTENCES = {
    "missing": gettext_noop("Please give the reason."),
    "too_long": gettext_noop("Please shorten this to 2,000 characters."),
    "again": gettext_noop("There is already an objection to this point."),
    "decided": gettext_noop("This objection is already decided."),
    "reversal": gettext_noop("This point makes up for another; there is nothing to object to."),
}


@page("head")
@never_cache
@require_http_methods(["GET", "POST"])
def point(request: StaffRequest, point_id: int) -> HttpResponse:
    """One point: what for, which case, and what came of an objection."""
    found = Point.objects.select_related("appeal").filter(pk=point_id).first()
    if found is None or not _concerns(request, found):
        raise Http404
    fault = ""
    if request.method == "POST":
        try:
            appeals.file(
                policy=request.policy,
                point_id=found.pk,
                actor=request.actor,
                at=request.at,
                reason=request.POST.get("reason", ""),
            )
        except AppealRefused as refused:
            fault = _sentence(refused)
        else:
            messages.success(request, _("Your objection is filed; the head of the centre decides."))
            return redirect("desk:point", point_id=found.pk)
    return _show(request, found, fault)


@page("head")
@never_cache
@require_http_methods(["POST"])
def decision(request: StaffRequest, appeal_id: int) -> HttpResponse:
    """The centre's head accepts or rejects an objection, with an answer."""
    if not appeals.may_decide(request.actor):
        raise PermissionDenied
    found = Appeal.objects.select_related("point").filter(pk=appeal_id).first()
    if found is None:
        raise Http404
    try:
        appeals.decide(
            policy=request.policy,
            appeal_id=appeal_id,
            actor=request.actor,
            at=request.at,
            accept=request.POST.get("decision") == "accept",
            answer=request.POST.get("answer", ""),
        )
    except AppealRefused as refused:
        return _show(request, found.point, _sentence(refused))
    messages.success(request, _("The objection is decided."))
    return redirect("desk:head")


def _concerns(request: StaffRequest, found: Point) -> bool:
    return appeals.may_decide(request.actor) or appeals.may_file(
        request.policy, found, request.actor
    )


def _show(request: StaffRequest, found: Point, fault: str) -> HttpResponse:
    appeal = Appeal.objects.filter(point=found).first()
    policy = request.policy
    context = {
        "point": found,
        "case": Case.objects.visible_to(request.actor).filter(pk=found.case_id).first(),
        "unit": unit_name(policy, found.unit),
        "scored": unit_name(policy, found.scored),
        "whose": whose(policy, [found]).get(found.pk, ""),
        "appeal": appeal,
        "appeal_post": post_name(policy, appeal.filed_post) if appeal else "",
        "may_file": appeal is None
        and found.reason != "reversal"
        and appeals.may_file(policy, found, request.actor),
        "may_decide": appeal is not None
        and appeal.state == "pending"
        and appeals.may_decide(request.actor),
        "fault": fault,
        "typed": request.POST,
        "rules": policy.points,
        "lang": language(),
    }
    status = 422 if fault else 200
    return nav.show(request, "desk/follow/point.html", context, here="head", status=status)


def _sentence(refused: AppealRefused) -> str:
    if refused.code == "not_allowed":
        raise PermissionDenied
    return _(SENTENCES[refused.code])
