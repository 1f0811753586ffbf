"""People of the desk: who has a sign-in, which posts they fill. Every change is an event."""

from collections.abc import Mapping
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
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
from peygir.ledger.models import Event
from peygir.people import staffing
from peygir.people.models import Delegation, Post, Staff, Tenure
from peygir.people.staffing import StaffingError

LIST_MAX: Final = 500
EVENTS_SHOWN: Final = 20
FIELDS: Final = ("username", "fa", "en", "phone", "email", "extension", "language")


@page("staff")
@never_cache
@require_GET
def people(request: StaffRequest) -> HttpResponse:
    """Everybody with a sign-in, active ones first, with the posts they fill now."""
    found = list(Staff.objects.order_by("-is_active", "fa")[:LIST_MAX])
    posts: dict[int, list[Post]] = {}
    for tenure in Tenure.objects.filter(until=None).select_related("post"):
        posts.setdefault(tenure.staff_id, []).append(tenure.post)
    context = {
        "people": [(person, posts.get(person.pk, [])) for person in found],
        "lang": language(),
        "may_change": may.open_page(request.actor, "staff_change"),
    }
    return nav.show(request, "desk/follow/people.html", context, here="staff")


@page("staff_change")
@never_cache
@require_http_methods(["GET", "POST"])
def add(request: StaffRequest) -> HttpResponse:
    """A new person; their first password is shown once, on the answer to this very request."""
    faults: Mapping[str, str] = {}
    if request.method == "POST":
        try:
            person, password = staffing.add(**_by(request), given=_given(request))
        except StaffingError as wrong:
            faults = sentences(wrong)
        else:
            return _secret(request, person, password)
    context = {"faults": faults, "typed": request.POST, "person": None}
    status = 422 if faults else 200
    return nav.show(request, "desk/follow/person_form.html", context, here="staff", status=status)


@page("staff")
@never_cache
@require_GET
def person(request: StaffRequest, staff_id: int) -> HttpResponse:
    """One person: how to reach them, what they fill and filled, and what was changed."""
    return _show(request, _found(staff_id))


@page("staff_change")
@never_cache
@require_http_methods(["GET", "POST"])
def change(request: StaffRequest, staff_id: int) -> HttpResponse:
    """Correct names and addresses of a person."""
    found, faults = _found(staff_id), {}
    if request.method == "POST":
        try:
            staffing.change(**_by(request), staff_id=staff_id, given=_given(request))
        except StaffingError as wrong:
            faults = dict(sentences(wrong))
        else:
            messages.success(request, _("Saved."))
            return redirect("desk:person", staff_id=staff_id)
    typed: Any = request.POST if faults else {name: getattr(found, name) for name in FIELDS}
    context = {"faults": faults, "typed": typed, "person": found}
    status = 422 if faults else 200
    return nav.show(request, "desk/follow/person_form.html", context, here="staff", status=status)


@page("staff_change")
@never_cache
@require_POST
def password(request: StaffRequest, staff_id: int) -> HttpResponse:
    """A new first password, shown once."""
    _found(staff_id)
    if staff_id == request.user.pk:
        raise PermissionDenied  # the own one is changed in the own account, with the old one
    found, secret = staffing.renew_password(**_by(request), staff_id=staff_id)
    return _secret(request, found, secret)


@page("staff_change")
@require_POST
def activity(request: StaffRequest, staff_id: int) -> HttpResponse:
    """Somebody leaves, or comes back."""
    act = staffing.reactivate if request.POST.get("active") == "yes" else staffing.deactivate
    return _try(request, staff_id, act, staff_id=_found(staff_id).pk)


@page("staff_change")
@require_POST
def start_tenure(request: StaffRequest, staff_id: int) -> HttpResponse:
    """Put a person into a post, today or from a given day on."""
    typed = request.POST.get("since", "").strip()
    day = day_of(typed)
    if typed and day is None:
        return _show(request, _found(staff_id), {"since": _day_hint()})
    since = instant_of(request.policy, day) if day else request.at
    chosen = request.POST.get("post", "")[:60]
    return _try(
        request, staff_id, staffing.start_tenure, staff_id=staff_id, post=chosen, since=since
    )


@page("staff_change")
@require_POST
def end_tenure(request: StaffRequest, staff_id: int) -> HttpResponse:
    """Take a person out of a post, now."""
    tenure_id = number_of(request.POST.get("tenure", "")) or 0
    if not Tenure.objects.filter(pk=tenure_id, staff=staff_id).exists():
        raise Http404
    return _try(request, staff_id, staffing.end_tenure, tenure_id=tenure_id, until=request.at)


def _try(request: StaffRequest, of: int, act: Any, **given: Any) -> HttpResponse:
    """Do it and go back to the person, or show there why not."""
    found = _found(of)
    try:
        act(**_by(request), **given)
    except StaffingError as wrong:
        return _show(request, found, sentences(wrong))
    messages.success(request, _("Saved."))
    return redirect("desk:person", staff_id=of)


def _show(
    request: StaffRequest, found: Staff, faults: Mapping[str, str] | None = None
) -> HttpResponse:
    tenures = Tenure.objects.filter(staff=found).select_related("post").order_by("-since")
    delegations = Delegation.objects.filter(staff=found).select_related("post")
    events = Event.objects.filter(subject="staff", subject_id=found.pk).order_by("-id")
    context = {
        "person": found,
        "lang": language(),
        "tenures": list(tenures),
        "delegations": list(delegations.order_by("-since")),
        "events": [(event, _kind(event.kind)) for event in events[:EVENTS_SHOWN]],
        "posts": [
            (one.code, one.name(language()))
            for one in Post.objects.filter(is_open=True).order_by("unit_id", "-head", "code")
        ],
        "may_change": may.open_page(request.actor, "staff_change"),
        "itself": found.pk == request.user.pk,
        "faults": dict(faults or {}),
        "typed": request.POST,
    }
    status = 422 if faults else 200
    return nav.show(request, "desk/follow/person.html", context, here="staff", status=status)


def _secret(request: StaffRequest, found: Staff, password: str) -> HttpResponse:
    context = {"person": found, "secret": password, "lang": language()}
    return nav.show(request, "desk/follow/secret.html", context, here="staff")


def _by(request: StaffRequest) -> dict[str, Any]:
    return {"policy": request.policy.digest, "actor": request.actor, "at": request.at}


def _given(request: StaffRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "")[:300] for name in FIELDS}


def _found(staff_id: int) -> Staff:
    found = Staff.objects.filter(pk=staff_id).first()
    if found is None:
        raise Http404
    return found


def _day_hint() -> str:
    return _("Please give a day such as 1405/09/15.")


def _kind(kind: str) -> str:
    return {
        "staff.added": _("Added"),
        "staff.changed": _("Details corrected"),
        "staff.password_renewed": _("New first password"),
        "staff.deactivated": _("Deactivated"),
        "staff.reactivated": _("Active again"),
        "staff.tenure_started": _("Put into a post"),
        "staff.tenure_ended": _("Left a post"),
        "staff.delegation_started": _("Named as a substitute"),
        "staff.delegation_ended": _("No longer a substitute"),
    }.get(kind, kind)
