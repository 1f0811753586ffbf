"""Proving a phone by a one-time code: after a report, and once for one's own messages."""

from contextlib import suppress

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from peygir.calendars.persian import clean, to_latin_digits
from peygir.look.numbers import fa
from peygir.notices import outbox
from peygir.people import codes, throttle
from peygir.people.models import Citizen
from peygir.portal import limits, visitor
from peygir.portal.page import Visit, page, show
from peygir.portal.page import limits as city_limits

OTP_TEXT_MAX = 20


def send(request: Visit, citizen_id: int | None) -> None:
    """Issue a code and queue its text message; nothing goes to somebody whom we never met.

    Raises throttle.TooOften for this address.
    """
    throttle.hit(limits.SENDS, request.visitor.address, at=request.at)
    if citizen_id:
        with transaction.atomic():
            deliver(request, citizen_id)


def deliver(request: Visit, citizen_id: int) -> None:
    """The same, in a transaction under way, where the address has been counted already.

    One phone's own limits only keep the message back: to say so would tell a stranger which
    numbers are known here.
    """
    per_hour = city_limits(request.policy)["codes_per_hour"]
    with suppress(throttle.TooOften):
        code = codes.issue(citizen_id, "phone", per_hour=per_hour, at=request.at)
        outbox.queue_code(citizen_id, code, "phone", request.language, request.at)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def confirm(request: Visit) -> HttpResponse:
    """Ask for the code that was sent; the right one signs this browser in for thirty days."""
    waiting = visitor.pending(request)
    if waiting is None:
        return redirect("portal:mine")
    citizen_id = waiting.citizen_id
    if request.method != "POST":
        return _ask(request, waiting, "")
    throttle.hit(limits.CHECKS, request.visitor.address, at=request.at)
    typed = request.POST.get("otp", "")[:OTP_TEXT_MAX]
    digits = "".join(to_latin_digits(clean(typed)).split())
    if not (digits.isascii() and digits.isdigit() and len(digits) == codes.DIGITS):
        wrong = _("The code has %(n)s digits; type it as it stands in the text message.")
        return _ask(request, waiting, wrong % {"n": fa(codes.DIGITS)}, status=422)
    if not citizen_id:
        return _ask(request, waiting, _sentence("wrong"), status=422)
    checked = codes.verify(citizen_id, "phone", digits, at=request.at)
    if checked.row is None:
        return _ask(request, waiting, _sentence(checked.outcome), status=422)
    answer = redirect("portal:done" if visitor.done(request) else "portal:mine")
    visitor.remember_sign_in(answer, checked.row)
    visitor.forget(answer, visitor.PENDING)
    return answer


@require_POST
@page
def again(request: Visit) -> HttpResponse:
    """Send another code; the countdown on the page says when one may be asked for."""
    waiting = visitor.pending(request)
    if waiting is None:
        return redirect("portal:mine")
    answer = redirect("portal:confirm")
    if request.at >= waiting.sent_at + codes.RESEND_AFTER:
        known = Citizen.objects.filter(pk=waiting.citizen_id).exists()  # may have been erased
        send(request, waiting.citizen_id if known else None)
        visitor.remember_pending(answer, waiting.citizen_id, at=request.at)
    return answer


def _ask(request: Visit, waiting: visitor.Pending, wrong: str, status: int = 200) -> HttpResponse:
    resend_at = waiting.sent_at + codes.RESEND_AFTER
    context = {"resend_at": resend_at, "wrong": [wrong] if wrong else [], "digits": codes.DIGITS}
    return show(request, "confirm.html", context, status=status)


def _sentence(outcome: str) -> str:
    return {
        "wrong": _("This is not the code that was sent. Look at the newest text message."),
        "expired": _("This code is no longer good. Ask for a new one."),
        "too_many": _("Too many wrong tries with this code. Ask for a new one."),
    }[outcome]
