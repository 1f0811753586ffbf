"""Messages that reached nobody: why, and a button to send each once more."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from peygir.cases.models import Case
from peygir.desk import nav
from peygir.desk.access import StaffRequest, page
from peygir.desk.case import message_of
from peygir.desk.follow.common import ID_MAX, language, number_of
from peygir.notices import outbox
from peygir.notices.models import Notice


@page("undelivered")
@never_cache
@require_GET
def undelivered(request: StaffRequest) -> HttpResponse:
    """What was given up, newest first. No number and no text: who may read those has the case."""
    found = outbox.failed(before=number_of(request.GET.get("before", "")))
    ids = [one.case_id for one in found.rows if one.case_id is not None]
    cases = Case.objects.visible_to(request.actor).in_bulk(ids)
    context = {
        "rows": [_row(request, one, cases, found.again) for one in found.rows],
        "older": found.older,
    }
    return nav.show(request, "desk/follow/undelivered.html", context, here="undelivered")


@page("undelivered")
@require_POST
def again(request: StaffRequest, notice_id: int) -> HttpResponse:
    """Queue one of them once more, to go at once."""
    if notice_id > ID_MAX:
        raise Http404
    try:
        outbox.resend(notice_id, request.at)
    except Notice.DoesNotExist:
        raise Http404 from None
    except outbox.NotResendable:
        messages.warning(request, _("This message cannot be sent again; nothing was sent."))
    else:
        messages.success(request, _("The message is on its way once more."))
    return redirect("desk:undelivered")


def _row(
    request: StaffRequest, one: Notice, cases: Mapping[int, Case], sent_again: frozenset[int]
) -> dict[str, Any]:
    case = cases.get(one.case_id or 0)
    return message_of(request.policy, one, language()) | {
        "notice": one,
        "case": case,
        "why": _why(one.failure),
        "again": one.pk in sent_again,
    }


def _why(code: str) -> str:
    """The reason as a sentence; a code that only the gateway knows as it is."""
    no_gateway = _("No gateway is set up for this kind of message.")
    return {
        "not_configured": no_gateway,
        "no_channel": no_gateway,
        "gateway_down": _("The SMS gateway did not answer."),
        "gateway_busy": _("The SMS gateway did not answer."),
        "gateway_login": _("The SMS gateway refused our password."),
        "gateway_refused": _("The SMS gateway refused the message."),
        "server_down": _("The mail server did not answer."),
        "server_busy": _("The mail server did not answer."),
        "server_login": _("The mail server refused our password."),
        "server_refused": _("The mail server refused the message."),
        "not_delivered": _("The network could not deliver it: switched off, or no such number."),
        "no_phone": _("There is no number to send it to."),
        "no_address": _("There is no e-mail address to send it to."),
        "nobody": _("Nobody fills the post."),
        "expired": _("Its time was over before it could go."),
        "fault": _("A fault of our own; the log has its number."),
    }.get(code, code or _("No reason is known."))
