"""The chart: units, posts, who fills them, who is told what, and who stands in for whom."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from peygir.cases import may
from peygir.desk import nav
from peygir.desk.access import StaffRequest, page
from peygir.desk.follow.common import day_of, instant_of, language, number_of
from peygir.desk.follow.staffing_words import sentences
from peygir.people import staffing
from peygir.people.models import Delegation, Post, Staff, Tenure, Unit
from peygir.people.staffing import StaffingError
from peygir.policy.vocabulary import SCORED_KINDS


@page("organisation")
@require_GET
def organisation(request: StaffRequest) -> HttpResponse:
    """The whole tree as nested lists, open units and posts only."""
    units = list(Unit.objects.filter(is_open=True).order_by("code"))
    order = {code: place for place, code in enumerate(request.policy.organisation.units)}
    units.sort(key=lambda unit: order.get(unit.code, len(order)))
    context = {
        "roots": [unit for unit in units if unit.parent_id is None],
        "below": _grouped(units, "parent_id"),
        "posts": _posts(request),
        "lang": language(),
        "may_change": may.open_page(request.actor, "organisation_change"),
        "scored_kinds": SCORED_KINDS,
    }
    return nav.show(request, "desk/follow/organisation.html", context, here="organisation")


@page("organisation")
@never_cache
@require_http_methods(["GET", "POST"])
def post(request: StaffRequest, code: str) -> HttpResponse:
    """One post: its superiors up to the top, its holders, its substitutes."""
    found = Post.objects.select_related("unit", "superior").filter(code=code).first()
    if found is None:
        raise Http404
    faults: Mapping[str, str] = {}
    if request.method == "POST":
        if not staffing.may_delegate(request.actor, code, at=request.at):
            raise PermissionDenied
        faults = _delegate(request, code)
        if not faults:
            messages.success(request, _("The substitute is named."))
            return redirect("desk:post", code=code)
    return _show_post(request, found, faults)


@page("organisation")
@require_POST
def end_delegation(request: StaffRequest, delegation_id: int) -> HttpResponse:
    """A substitute stops now."""
    found = Delegation.objects.filter(pk=delegation_id).first()
    if found is None:
        raise Http404
    if not staffing.may_delegate(request.actor, found.post_id, at=request.at):
        raise PermissionDenied
    try:
        staffing.end_delegation(
            policy=request.policy.digest,
            actor=request.actor,
            at=request.at,
            delegation_id=delegation_id,
        )
    except StaffingError as wrong:
        messages.warning(request, " ".join(sentences(wrong).values()))
    else:
        messages.success(request, _("The delegation is over."))
    return redirect("desk:post", code=found.post_id)


def _delegate(request: StaffRequest, code: str) -> Mapping[str, str]:
    since, until = _days(request)
    if until is None:
        return {"until": _("Please give a day such as 1405/09/15.")}
    if since is None:
        return {"since": _("Please give a day such as 1405/09/15.")}
    try:
        staffing.delegate(
            policy=request.policy.digest,
            actor=request.actor,
            at=request.at,
            post=code,
            staff_id=number_of(request.POST.get("staff", "")) or 0,
            since=since,
            until=until,
        )
    except StaffingError as wrong:
        return sentences(wrong)
    return {}


def _days(request: StaffRequest) -> tuple[datetime | None, datetime | None]:
    """From the start of the first day (now, when none is given) to the end of the last."""
    typed = request.POST.get("since", "").strip()
    first, last = day_of(typed), day_of(request.POST.get("until", ""))
    since = request.at if not typed else (instant_of(request.policy, first) if first else None)
    until = instant_of(request.policy, last) + timedelta(days=1) if last else None
    return since, until


def _show_post(request: StaffRequest, found: Post, faults: Mapping[str, str]) -> HttpResponse:
    delegations = Delegation.objects.filter(post=found, until__gt=request.at)
    tenures = Tenure.objects.filter(post=found).select_related("staff")
    context = {
        "post": found,
        "lang": language(),
        "chain": _chain(found),
        "tenures": list(tenures.order_by("-since")),
        "delegations": list(delegations.select_related("staff", "given_by").order_by("since")),
        "may_delegate": staffing.may_delegate(request.actor, found.code, at=request.at),
        "people": [
            (person.pk, person.name(language()))
            for person in Staff.objects.filter(is_active=True).order_by("fa")
        ],
        "faults": dict(faults),
        "typed": request.POST,
        "roles": found.roles,
    }
    status = 422 if faults else 200
    return nav.show(request, "desk/follow/post.html", context, here="organisation", status=status)


def _chain(found: Post) -> list[Post]:
    """Superiors, nearest first."""
    chain: list[Post] = []
    above = found.superior
    while above is not None and above not in chain:
        chain.append(above)
        above = above.superior
    return chain


def _posts(request: StaffRequest) -> Mapping[str, list[dict[str, Any]]]:
    """Unit code -> its posts, heads first, each with who acts for it now."""
    now = Q(since__lte=request.at) & (Q(until=None) | Q(until__gt=request.at))
    held = _grouped(Tenure.objects.filter(now).select_related("staff"), "post_id")
    stand_ins = _grouped(Delegation.objects.filter(now).select_related("staff"), "post_id")
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in Post.objects.filter(is_open=True).order_by("-head", "code"):
        row = {"post": one, "held": held.get(one.code, []), "for_now": stand_ins.get(one.code, [])}
        found[one.unit_id].append(row)
    return found


def _grouped(rows: Any, name: str) -> Mapping[Any, list[Any]]:
    found: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return found
