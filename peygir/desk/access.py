"""The entrance of every staff page: who is it, as what do they act, may they open this page?"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from peygir.cases import may, overlays, policies
from peygir.ledger.entry import Actor
from peygir.people import organisation, sign_in
from peygir.people.models import Staff
from peygir.policy.model import CityPolicy


class StaffRequest(HttpRequest):
    """A request from somebody signed in: the instant of arrival, the actor, the policy in force."""

    at: datetime
    actor: Actor
    policy: CityPolicy
    user: Staff


View = Callable[..., HttpResponseBase]


def page(name: str) -> Callable[[View], View]:
    """Open a view to the roles that `may.PAGES[name]` lists; 403 for others, sign-in for strangers.

    Every view of this room carries this mark: a test walks all addresses with every role.
    """
    roles = may.PAGES[name]

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _sign_in(request)
            if not _is_verified(request) and sign_in.has_factor(_person(request)):
                return redirect("desk:second_factor")
            staff = as_staff(request)
            if not staff.actor.roles & roles:
                raise PermissionDenied
            if staff.user.needs_new_password and name != "account":
                return redirect("desk:account")
            return view(staff, *args, **kwargs)

        guarded.page = name  # type: ignore[attr-defined]  # read by the matrix test
        return guarded

    return mark


def for_anybody(view: View) -> View:
    """Mark a view that needs no sign-in (sign in, sign out, second factor, the banner)."""
    view.page = ""  # type: ignore[attr-defined]  # read by the matrix test
    return view


def as_staff(request: HttpRequest) -> StaffRequest:
    """The same request, knowing its actor and policy."""
    staff: StaffRequest = request  # type: ignore[assignment]  # filled in here
    staff.actor = organisation.actor_of(_person(request), at=staff.at)
    staff.policy = overlays.worded(policies.current(), staff.at)
    return staff


def _person(request: HttpRequest) -> Staff:
    assert isinstance(request.user, Staff)
    return request.user


def _is_verified(request: HttpRequest) -> bool:
    """Whether the second factor was shown in this session; django-otp adds the method."""
    return bool(request.user.is_verified())  # type: ignore[union-attr]  # see above


def _sign_in(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Refresh": "true"})
    return redirect_to_login(request.get_full_path(), reverse("desk:login"))
