"""The citizen's own word: it is fixed, it is not, or an objection to how a case went."""

from collections.abc import Mapping
from typing import Any, Final

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from peygir.boards import answers, contacts
from peygir.calendars.persian import clean
from peygir.cases import acts, device, refusals, words
from peygir.ledger.entry import CITIZEN
from peygir.people import photos, throttle
from peygir.policy.asking import answered_in_words, by_name
from peygir.portal import limits, track
from peygir.portal.page import Visit, page, show

TEXT_MAX: Final = 1_000
WORD: Final = "citizen_word"
REASON: Final = "objection_reason"
PHOTO: Final = "photo_after"


def reasons(opened: track.Opened) -> list[tuple[str, str]]:
    """The few reasons that cover most refusals, in the reader's language."""
    in_words = answered_in_words(opened.policy, opened.subject.stage)
    beside = [("beside", _("It does not answer what I asked"))] if in_words else []
    of_work = [("again", _("The problem came back")), ("badly", _("The work was done badly"))]
    return [
        *beside,
        ("nothing", _("Nothing was done")),
        ("partly", _("Only a part was done")),
        *(of_work if _is_signed(opened) or not in_words else []),
        ("other", _("Something else")),
    ]


def _is_signed(opened: track.Opened) -> bool:
    """Whether it is an official's answer that is objected to: it then goes to the superior."""
    return by_name(opened.policy, opened.subject.stage)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def answer(request: Visit, code: str) -> HttpResponse:
    """GET shows the question for a reason; only a POST records anything."""
    opened = track.open_case(request, code)
    if opened is None:
        return redirect("portal:status", code=code)
    can = _can(request, opened)
    if not can.asked:
        return _moved_on(request, opened)
    if request.method != "POST":
        return _why(request, opened, can, {}, "")
    throttle.hit(limits.POSTS, request.visitor.address, at=request.at)
    if request.POST.get("answer") == "yes":
        return _yes(request, opened, can)
    return _no(request, opened, can)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def object_to(request: Visit, code: str) -> HttpResponse:
    """An objection: to a case that nobody follows up, or to its closing while that is open."""
    opened = track.open_case(request, code)
    if opened is None:
        return redirect("portal:status", code=code)
    can = _can(request, opened)
    if can.objection is None:
        return show(request, "object_late.html", {"case": opened.case}, status=410)
    if request.method != "POST":
        return _objection(request, opened, "", {})
    throttle.hit(limits.POSTS, request.visitor.address, at=request.at)
    text = clean(request.POST.get("text", "").replace("\x00", ""))
    wrong = _text_fault(text, needed=True)
    if wrong:
        return _objection(request, opened, text, {"text": [wrong]}, 422)
    refused = _act(request, opened, can.objection, {}, {REASON: text})
    if refused is not None:
        return _objection(request, opened, text, {"": [_said(request, refused)]}, 409)
    messages.success(request, _("Your objection has been recorded."))
    return redirect("portal:status", code=opened.case.code)


def _yes(request: Visit, opened: track.Opened, can: answers.Answers) -> HttpResponse:
    if can.yes is None:
        return _moved_on(request, opened)
    word = _word(request) | device.revealed(opened.subject.pk, request.POST.get("secret", ""))
    given = {WORD: word, answers.RATING: _rating(request)}
    if _act(request, opened, can.yes, given, {}) is not None:
        return _moved_on(request, opened)
    messages.success(request, _("Thank you. With your word the message is closed."))
    return redirect("portal:status", code=opened.case.code)


def _no(request: Visit, opened: track.Opened, can: answers.Answers) -> HttpResponse:
    if can.no is None:
        return _moved_on(request, opened)
    text = clean(request.POST.get("text", "").replace("\x00", ""))
    known = dict(reasons(opened))
    reason = known.get(request.POST.get("reason", ""), "")
    wrong: dict[str, list[str]] = {}
    if not reason:
        wrong["reason"] = [_("Say what is still wrong.")]
    fault = _text_fault(text, needed=request.POST.get("reason") == "other")
    if fault:
        wrong["text"] = [fault]
    picture = _picture(request.FILES.get("photo"), wrong)
    if wrong:
        return _why(request, opened, can, wrong, text, 422)
    said = f"{reason}: {text}" if text else reason
    given = {WORD: _word(request), answers.RATING: _rating(request)}
    refused = _act(request, opened, can.no, given, {REASON: said}, picture)
    if refused is not None:
        return _moved_on(request, opened)
    messages.success(request, _("Your word has been recorded. We look into it again."))
    return redirect("portal:status", code=opened.case.code)


@transaction.atomic
def _act(
    request: Visit,
    opened: track.Opened,
    step: str,
    evidence: Mapping[str, Any],
    texts: Mapping[str, str],
    picture: photos.Picture | None = None,
) -> refusals.Refused | None:
    """Take the step with whatever of this it takes along; gives why it was refused, if it was."""
    case, policy = opened.subject, opened.policy
    found = {k: v for k, v in evidence.items() if answers.takes(policy, case, step, k)}
    written = {k: v for k, v in texts.items() if answers.takes(policy, case, step, k)}
    if picture is not None:
        kept = photos.keep(case.pk, picture, kind="report", actor=CITIZEN, at=request.at)
        if answers.takes(policy, case, step, PHOTO):
            found[PHOTO] = [kept.pk]
    about = None if case.sealed else case.pk
    contact = contacts.Ended(channel="web", outcome=contacts.FOLLOW_UP, case_id=about)
    contacts.ended(policy, contact, actor=CITIZEN, at=request.at)
    try:
        acts.act(
            policy=policy,
            case_id=case.pk,
            step=step,
            actor=CITIZEN,
            at=request.at,
            evidence=found,
            texts=written,
        )
    except refusals.Refused as refused:
        transaction.set_rollback(True)
        return refused
    return None


def _can(request: Visit, opened: track.Opened) -> answers.Answers:
    return answers.answerable(
        opened.policy, opened.subject, at=request.at, reporter=opened.reporter
    )


def _word(request: Visit) -> dict[str, Any]:
    return {"via": "web", "at": int(request.at.timestamp())}


def _rating(request: Visit) -> int | None:
    """How good the citizen finds the answer, 1 to 5; None when they do not say."""
    given = request.POST.get("rating", "")
    return int(given) if given in {"1", "2", "3", "4", "5"} else None


def _picture(upload: UploadedFile | None, wrong: dict[str, list[str]]) -> photos.Picture | None:
    if upload is None:
        return None
    try:
        return photos.prepare(upload)
    except photos.PhotoError as error:
        wrong["photo"] = [error.sentence]
        return None


def _text_fault(text: str, *, needed: bool) -> str:
    if needed and not text:
        return _("Write in one sentence what is wrong.")
    return (
        _("The text is too long; one or two sentences are enough.") if len(text) > TEXT_MAX else ""
    )


def _said(request: Visit, refused: refusals.Refused) -> str:
    return words.refusal(refused, request.policy, request.language)


def _moved_on(request: Visit, opened: track.Opened) -> HttpResponse:
    """Somebody answered already, or the case does not wait for this visitor's word."""
    messages.warning(request, _("This message is not waiting for your word now; nothing changed."))
    return track.page_of(request, opened.case, status=409)


def _why(
    request: Visit,
    opened: track.Opened,
    can: answers.Answers,
    wrong: dict[str, list[str]],
    text: str,
    status: int = 200,
) -> HttpResponse:
    context = {
        "case": opened.case,
        "reasons": reasons(opened),
        "by_name": _is_signed(opened),
        "in_words": answered_in_words(opened.policy, opened.subject.stage),
        "reason": request.POST.get("reason"),
        "text": text,
        "grades": track.grades(opened, can.no),
        "rating": request.POST.get("rating"),
        "wrong": wrong,
    }
    return show(request, "not_fixed.html", context, status=status)


def _objection(
    request: Visit,
    opened: track.Opened,
    text: str,
    wrong: dict[str, list[str]],
    status: int = 200,
) -> HttpResponse:
    context = {"case": opened.case, "text": text, "wrong": wrong}
    return show(request, "object.html", context, status=status)
