"""Signing in and out, and the second factor of those who chose one."""

from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse, translate_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django_otp import login as otp_login
from django_otp import match_token, user_has_device

from peygir.calendars.persian import clean, to_latin_digits
from peygir.desk.access import for_anybody
from peygir.desk.guard import succeeded, too_many
from peygir.people.models import Staff

NAME_MAX, PASSWORD_MAX, TOKEN_MAX = 60, 200, 40  # characters; longer ones cannot be right


@for_anybody
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """A name and a password; a wrong pair says the same whichever of the two is wrong."""
    if request.method == "GET":
        if request.user.is_authenticated:
            return redirect("desk:home")
        return _form(request)
    username = clean(request.POST.get("username", "")).strip()[: NAME_MAX + 1]
    password = request.POST.get("password", "")[: PASSWORD_MAX + 1]
    if too_many(request, "login", username):
        words = _("Too many attempts. Wait a quarter of an hour and try again.")
        return _form(request, username, words, status=429)
    if not username or not password:
        return _form(request, username, _("Enter your user name and your password."), status=422)
    staff = authenticate(request, username=username, password=password)
    if not isinstance(staff, Staff):
        words = _("The user name or the password is not right. Check the keyboard's language.")
        return _form(request, username, words, status=422)
    succeeded("login", username)
    login(request, staff)
    return HttpResponseRedirect(_next(request, staff))


@for_anybody
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("desk:login")


@for_anybody
@never_cache
@sensitive_post_parameters("token")
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """The six digits of the authenticator, or one of the recovery codes."""
    if not isinstance(request.user, Staff):
        return redirect("desk:login")
    if not user_has_device(request.user) or request.user.is_verified():  # type: ignore[attr-defined]  # of django-otp
        return redirect("desk:home")
    error, status = "", 200
    if request.method == "POST":
        token = to_latin_digits(clean(request.POST.get("token", "")[:TOKEN_MAX]))
        device = None
        if too_many(request, "factor", request.user.username):
            error, status = _("Too many attempts. Wait a quarter of an hour and try again."), 429
        else:
            device = match_token(request.user, "".join(token.split()))
        if device is not None:
            succeeded("factor", request.user.username)
            otp_login(request, device)
            return HttpResponseRedirect(_next(request, request.user))
        error = error or _("This code is not right. Take the newest one that your phone shows.")
        status = 422 if status == 200 else status
    given = {"error": error, "next": request.GET.get("next", "")}
    return render(request, "desk/second_factor.html", given, status=status)


def _form(
    request: HttpRequest, username: str = "", error: str = "", *, status: int = 200
) -> HttpResponse:
    target = request.POST.get("next") or request.GET.get("next", "")
    given = {"username": username[:NAME_MAX], "error": error, "next": target[:500]}
    return render(request, "desk/login.html", given, status=status)


def _next(request: HttpRequest, staff: Staff) -> str:
    """Where the person wanted to go, if that is ours; else their first page in their language."""
    target = request.POST.get("next", "")
    hosts = {request.get_host()}
    if target and url_has_allowed_host_and_scheme(target, hosts, request.is_secure()):
        return target
    return translate_url(reverse("desk:home"), staff.language)
