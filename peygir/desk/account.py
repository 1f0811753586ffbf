"""A person's own account: password, language, extension, second factor."""

from base64 import b32encode

import segno
from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect
from django.urls import reverse, translate_url
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from django_otp import login as otp_login
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from peygir.calendars.persian import clean, to_latin_digits
from peygir.cases import may
from peygir.cases.words import post_name
from peygir.desk import nav
from peygir.desk.access import StaffRequest, page
from peygir.desk.guard import too_many
from peygir.people import staffing
from peygir.people.models import Staff

RECOVERY_CODES = 8
EXTENSION_MAX = 20


class NewPassword(PasswordChangeForm):
    """Django's, whose Persian asks for the old password a second time."""

    def __init__(self, user: Staff, data: QueryDict | None = None) -> None:
        super().__init__(user, data)
        self.fields["new_password2"].help_text = _("The new password once more.")


class Preferences(forms.Form):
    """Language of the pages, and the telephone extension for the screen pop."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=[("fa", "فارسی"), ("en", "English")],
        widget=forms.RadioSelect,
    )
    extension = forms.CharField(
        label=gettext_lazy("Telephone extension"), required=False, max_length=EXTENSION_MAX
    )

    def clean_extension(self) -> str:
        digits = to_latin_digits(clean(self.cleaned_data["extension"])).strip()
        if digits and not (digits.isascii() and digits.isalnum()):
            raise forms.ValidationError(_("An extension has digits only."))
        return digits


@page("account")
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def account(request: StaffRequest) -> HttpResponse:
    """One page, several small forms; `do` says which was sent."""
    if request.method == "GET":
        return _show(request)
    action = ACTIONS.get(request.POST.get("do", ""))
    if action is None:
        return _show(request, status=422)
    return action(request)


def _password(request: StaffRequest) -> HttpResponse:
    form = NewPassword(request.user, request.POST)
    if too_many(request, "password", request.user.username):
        form.add_error(None, _("Too many attempts. Wait a quarter of an hour and try again."))
        return _show(request, password=form, status=429)
    if not form.is_valid():
        return _show(request, password=form, status=422)
    person = form.save(commit=False)
    person.needs_new_password = False
    person.save(update_fields=["password", "needs_new_password"])
    update_session_auth_hash(request, person)
    messages.success(request, _("Your password was changed."))
    return redirect("desk:account")


def _preferences(request: StaffRequest) -> HttpResponse:
    form = Preferences(request.POST)
    if not form.is_valid():
        return _show(request, preferences=form, status=422)
    person = request.user
    person.language = form.cleaned_data["language"]
    person.extension = form.cleaned_data["extension"]
    person.save(update_fields=["language", "extension"])
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(translate_url(reverse("desk:account"), person.language))


def _totp_start(request: StaffRequest) -> HttpResponse:
    """A new secret, not yet in force: the person first proves that the phone knows it."""
    TOTPDevice.objects.filter(user=request.user, confirmed=False).delete()
    TOTPDevice.objects.create(user=request.user, name="phone", confirmed=False)
    return HttpResponseRedirect(reverse("desk:account") + "#factor")


def _totp_confirm(request: StaffRequest) -> HttpResponse:
    device = TOTPDevice.objects.filter(user=request.user, confirmed=False).first()
    token = "".join(to_latin_digits(clean(request.POST.get("token", "")[:40])).split())
    if device is None:
        return _show(request, status=422)
    if too_many(request, "factor", request.user.username) or not device.verify_token(token):
        wrong = _("This code is not right. Take the newest one that your phone shows.")
        return _show(request, factor_error=wrong, status=422)
    TOTPDevice.objects.filter(user=request.user, confirmed=True).delete()
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    otp_login(request, device)
    return _show(request, recovery=_new_codes(request))


def _codes(request: StaffRequest) -> HttpResponse:
    if not TOTPDevice.objects.filter(user=request.user, confirmed=True).exists():
        return _show(request, status=422)
    return _show(request, recovery=_new_codes(request))


def _totp_remove(request: StaffRequest) -> HttpResponse:
    """Needs the password: a screen left open must not take the second lock off."""
    right = not too_many(request, "password", request.user.username)
    if not right or not request.user.check_password(request.POST.get("password", "")[:200]):
        return _show(request, remove_error=_("The password is not right."), status=422)
    TOTPDevice.objects.filter(user=request.user).delete()
    StaticDevice.objects.filter(user=request.user).delete()
    messages.success(request, _("The second factor was taken off."))
    return redirect("desk:account")


ACTIONS = {
    "password": _password,
    "preferences": _preferences,
    "totp_start": _totp_start,
    "totp_confirm": _totp_confirm,
    "totp_remove": _totp_remove,
    "codes": _codes,
}


def _new_codes(request: StaffRequest) -> list[str]:
    """Fresh one-time recovery codes; the old ones no longer count. Shown this once."""
    device, _made = StaticDevice.objects.get_or_create(user=request.user, name="recovery")
    device.token_set.all().delete()
    codes = [StaticToken.random_token() for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


def _show(
    request: StaffRequest,
    *,
    password: PasswordChangeForm | None = None,
    preferences: Preferences | None = None,
    factor_error: str = "",
    remove_error: str = "",
    recovery: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    person = request.user
    devices = list(TOTPDevice.objects.filter(user=person))
    waiting = next((one for one in devices if not one.confirmed), None)
    given = {
        "password": password or NewPassword(person),
        "preferences": preferences
        or Preferences(initial={"language": person.language, "extension": person.extension}),
        "must_change": person.needs_new_password,
        "has_factor": any(one.confirmed for one in devices),
        "waiting": waiting,
        "qr": _qr(waiting.config_url) if waiting else "",
        "key": _key(waiting) if waiting else "",
        "factor_error": factor_error,
        "remove_error": remove_error,
        "recovery": recovery or [],
        "posts": _posts(request),
    }
    return nav.show(request, "desk/account.html", given, here="account", status=status)


def _posts(request: StaffRequest) -> list[tuple[str, str]]:
    """The posts that this person fills or stands in for, where a substitute may be named."""
    actor, language = request.actor, get_language() or "fa"
    if not may.open_page(actor, "organisation"):
        return []
    own = [p for p in sorted(actor.posts) if staffing.may_delegate(actor, p, at=request.at)]
    return [(post, post_name(request.policy, post, language)) for post in own]


def _key(device: TOTPDevice) -> str:
    """The secret in groups of four, for who sets up on this same phone or sees no picture."""
    plain = b32encode(device.bin_key).decode()
    return " ".join(plain[i : i + 4] for i in range(0, len(plain), 4))


def _qr(text: str) -> SafeString:
    """The picture that an authenticator reads; drawn here, so no service learns the secret."""
    drawn = segno.make(text, error="m").svg_inline(scale=4, light="#fff", dark="#000")
    return mark_safe(drawn)  # noqa: S308 - segno draws squares only; the text is not in it
