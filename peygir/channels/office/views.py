"""The staff page of the connection: what waits, what differed, and a way to try again."""

import re
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_otp import user_has_device

from peygir.cases import may, policies
from peygir.cases.words import post_name
from peygir.channels.office import contact, status_words
from peygir.channels.office.message import NUMBER
from peygir.channels.office.models import Person
from peygir.channels.office.project import tell_anew
from peygir.channels.office.state import standing
from peygir.ledger.entry import Actor
from peygir.people import organisation
from peygir.people.models import Staff

PAGE = "office"
LINKS = "staff_change"  # who may say whose number it is: those who keep the list of people
USERNAME = re.compile(r"[a-z0-9._-]{1,60}")

View = Callable[[HttpRequest, Actor], HttpResponse]


def guarded(view: View) -> Callable[[HttpRequest], HttpResponse]:
    """Open a view to those whom `may.PAGES` lets in, signed in with their second factor."""

    @login_required
    @wraps(view)
    def entered(request: HttpRequest) -> HttpResponse:
        staff = cast("Staff", request.user)
        verified: bool = staff.is_verified()  # type: ignore[attr-defined]  # added by OTPMiddleware
        if user_has_device(staff) and not verified:
            return redirect("desk:second_factor")
        actor = organisation.actor_of(staff, at=_at(request))
        if not may.open_page(actor, PAGE):
            raise PermissionDenied
        if staff.needs_new_password:
            return redirect("desk:account")
        return view(request, actor)

    return entered


@require_safe
@guarded
def status(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What waits on our side and theirs, the last comparisons, and messages that were refused."""
    return _show(request, actor)


@require_POST
@guarded
def again(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Let everything go now that waits for its time, and compare both sides anew."""
    contact.try_again(_at(request))
    messages.success(request, _("It is tried again now; this page shows how it went in a minute."))
    return redirect("office:status")


@require_POST
@guarded
def link_person(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Say whose personnel number it is. An empty user name takes the number away."""
    if not may.open_page(actor, LINKS):
        raise PermissionDenied
    number = request.POST.get("number", "").strip()
    username = request.POST.get("username", "").strip().lower()
    errors = _link(number, username, at=_at(request))
    if errors:
        return _show(request, actor, errors=errors, given=(number, username), status=422)
    if username:
        messages.success(
            request,
            _("The number is linked; what it said is taken when both sides are next compared."),
        )
    else:
        messages.success(request, _("The number stands for nobody any more."))
    contact.try_again(_at(request))
    return redirect("office:status")


@transaction.atomic
def _link(number: str, username: str, *, at: datetime) -> dict[str, str]:
    """Link them and tell anew what lies with this person; gives what is wrong, by field."""
    if not NUMBER.fullmatch(number):
        return {"number": _("Please give the number in Latin letters and digits.")}
    if not username:
        Person.objects.filter(pk=number).delete()
        return {}
    found = None
    if USERNAME.fullmatch(username):
        found = Staff.objects.filter(username=username, is_active=True).first()
    if found is None:
        return {"username": _("Nobody who works here has this user name.")}
    Person.objects.filter(staff_id=found.pk).exclude(pk=number).delete()
    Person.objects.update_or_create(number=number, defaults={"staff_id": found.pk})
    tell_anew(organisation.actor_of(found, at=at).posts, at=at)
    return {}


def _show(
    request: HttpRequest,
    actor: Actor,
    *,
    errors: dict[str, str] | None = None,
    given: tuple[str, str] = ("", ""),
    status: int = 200,
) -> HttpResponse:
    language = get_language() or "fa"
    staff = cast("Staff", request.user)
    policy = policies.current()
    found = standing(at=_at(request))
    shown = {
        "here": PAGE,
        "nav": [{"name": "desk", "path": settings.LOGIN_REDIRECT_URL, "words": _("Staff pages")}],
        "reader": staff.name(language),
        "now": _at(request),
        "standing": found,
        "say": status_words,
        "post_name": lambda code: post_name(policy, code, language),
        "may_open": may.open_page(actor, "case"),
        "may_link": may.open_page(actor, LINKS),
        "errors": errors or {},
        "given": given,
    }
    return render(request, "office/status.html", shown, status=status)


def _at(request: HttpRequest) -> datetime:
    at: datetime = request.at  # type: ignore[attr-defined]  # set by conf.door
    return at
