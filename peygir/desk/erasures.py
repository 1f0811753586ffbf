"""Erasing closed cases: one person asks, another confirms. No word of a case is on this page."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from peygir.calendars.persian import clean, to_latin_digits
from peygir.cases import erasing, words
from peygir.cases.erasing import CannotErase
from peygir.cases.models import Case
from peygir.desk import nav
from peygir.desk.access import StaffRequest, page
from peygir.people.models import Erasure
from peygir.people.models.erasures import DONE

CODE_MAX: Final = 40
SHOWN_MAX: Final = 50
STATUS: Final = {"unknown": 404, "not_allowed": 403, "same_person": 403}


@page("erasures")
@never_cache
@require_GET
def erasures(request: StaffRequest) -> HttpResponse:
    """What waits for a second person, and what was erased last."""
    return _show(request, typed={"code": request.GET.get("code", "")[:CODE_MAX]})


@page("erasures")
@never_cache
@require_POST
def ask(request: StaffRequest) -> HttpResponse:
    """Ask for one, by its tracking code."""
    typed = {name: request.POST.get(name, "")[:CODE_MAX] for name in ("code", "reason")}
    if typed["reason"] not in erasing.REASONS:
        return _show(request, errors={"reason": _("Choose why.")}, typed=typed, status=422)
    code = to_latin_digits(clean(typed["code"])).replace(" ", "").replace("-", "")
    try:
        erasing.ask(code, typed["reason"], actor=request.actor, at=request.at)
    except CannotErase as refused:
        errors = {"code": said(refused.code)}
        return _show(request, errors=errors, typed=typed, status=STATUS.get(refused.code, 409))
    messages.success(request, _("Somebody else has to confirm it."))
    return redirect("desk:erasures")


@page("erasures")
@never_cache
@require_POST
def confirm(request: StaffRequest, code: str) -> HttpResponse:
    """The second person says yes; nobody can take it back."""
    return _decide(request, code, erasing.confirm, _("Erased. Nobody can read it any more."))


@page("erasures")
@never_cache
@require_POST
def withdraw(request: StaffRequest, code: str) -> HttpResponse:
    """Nothing is erased."""
    return _decide(request, code, erasing.withdraw, _("Nothing was erased; the wish is gone."))


def said(code: str) -> str:
    """Why it was refused."""
    return {
        "unknown": _("There is no such case that you may erase."),
        "not_allowed": _("You may not erase cases."),
        "open": _(
            "The case is still open: somebody has to read what is to be done. Close it first."
        ),
        "erased": _("It is erased already."),
        "already": _("Somebody has asked for it already."),
        "nobody_asked": _("Nobody asks for it any more."),
        "same_person": _("Whoever asked cannot confirm: it takes a second person."),
    }[code]


def _decide(
    request: StaffRequest, code: str, decide: Callable[..., None], done: str
) -> HttpResponse:
    try:
        decide(code, actor=request.actor, at=request.at)
    except CannotErase as refused:
        errors = {"": said(refused.code)}
        return _show(request, errors=errors, status=STATUS.get(refused.code, 409))
    messages.success(request, done)
    return redirect("desk:erasures")


def _show(
    request: StaffRequest,
    *,
    errors: dict[str, str] | None = None,
    typed: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    actor = request.actor
    context = {
        "waiting": [_row(request, *each) for each in erasing.wishes(actor)],
        "ended": [_row(request, *each) for each in erasing.done(actor, SHOWN_MAX)],
        "reasons": [(code, _(reason)) for code, reason in erasing.REASONS.items()],
        "months": erasing.kept_months(),
        "errors": errors or {},
        "typed": {"code": "", "reason": ""} | (typed or {}),
    }
    return nav.show(request, "desk/erasures.html", context, here="erasures", status=status)


def _row(request: StaffRequest, wish: Erasure, case: Case) -> dict[str, Any]:
    at: datetime | None = wish.ended_at
    return {
        "code": case.code,
        "reason": _(erasing.REASONS[wish.reason]) if wish.reason != erasing.AGE else _("its age"),
        "asked_post": _post(request, wish.asked_post),
        "asked_at": wish.asked_at,
        "ended_post": _post(request, wish.ended_post),
        "ended_at": at,
        "is_done": wish.state == DONE,
        "is_own": wish.asked_by == request.actor.staff_id,
    }


def _post(request: StaffRequest, post: str) -> str:
    if not post:
        return _("the system")
    return words.post_name(request.policy, post, get_language() or "fa")
