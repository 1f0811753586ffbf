"""One's own messages: after one code, remembered for thirty days, ended by one button."""

from functools import partial

from django.conf import settings as django_settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from peygir.boards import mine as board
from peygir.calendars import phones
from peygir.calendars.persian import clean
from peygir.people import codes, contacts, throttle
from peygir.policy.asking import called
from peygir.portal import confirm, limits, visitor
from peygir.portal.page import Visit, page, show
from peygir.portal.report_form import NAME_MAX, phone_sentence

LANGUAGES = [code for code, _name in django_settings.LANGUAGES]
NUMBER_LETTERS_MAX = 19  # of a 63-bit id
ID_MAX = 2**63 - 1


@require_http_methods(["GET", "HEAD", "POST"])
@page
def mine(request: Visit) -> HttpResponse:
    """The list, or the question for the phone that opens it."""
    if request.method == "POST":
        return _send(request)
    if request.visitor.citizen is None:
        return show(request, "sign_in.html", {"wrong": [], "phone": ""})
    before = request.GET.get("before", "")
    known = before.isascii() and before.isdigit() and len(before) <= NUMBER_LETTERS_MAX
    last = min(int(before), ID_MAX) if known else None
    found = board.page(request.visitor.citizen.pk, before=last)
    context = {
        "found": found,
        "citizen": request.visitor.citizen,
        "called": partial(called, request.policy),
        "status_words": request.policy.texts,
        "language": request.language,
        "languages": django_settings.LANGUAGES,
    }
    return show(request, "mine.html", context)


@require_POST
@page
def settings(request: Visit) -> HttpResponse:
    """Name, language of messages, and whether text messages are wanted at all."""
    citizen = request.visitor.citizen
    if citizen is None:
        return redirect("portal:mine")
    citizen.name = " ".join(clean(request.POST.get("name", "")).split())[:NAME_MAX]
    if request.POST.get("language") in LANGUAGES:
        citizen.language = request.POST["language"]
    citizen.wants_sms = not request.POST.get("no_sms")
    citizen.save(update_fields=["name", "language", "wants_sms"])
    messages.success(request, _("Saved."))
    return redirect("portal:mine")


@require_POST
@page
def sign_out(request: Visit) -> HttpResponse:
    """End the sign-in itself, not only this browser's memory of it."""
    if request.visitor.sign_in is not None:
        codes.sign_out(request.visitor.sign_in)
    answer = redirect("portal:home")
    visitor.forget(answer)
    messages.success(request, _("You have signed out. This browser no longer shows your messages."))
    return answer


def _send(request: Visit) -> HttpResponse:
    typed = request.POST.get("phone", "")
    try:
        phone = phones.parse_mobile(typed)
    except phones.PhoneError as error:
        wrong = {"wrong": [phone_sentence(error)], "phone": typed[: phones.TEXT_MAX]}
        return show(request, "sign_in.html", wrong, status=422)
    throttle.hit(limits.POSTS, request.visitor.address, at=request.at)
    citizen = contacts.by_phone(phone)
    confirm.send(request, citizen.pk if citizen else None)
    answer = redirect("portal:confirm")
    visitor.remember_pending(answer, citizen.pk if citizen else 0, at=request.at)
    visitor.forget(answer, visitor.DONE)
    return answer
