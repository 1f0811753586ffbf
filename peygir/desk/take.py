"""What staff do to one case: an address parses a form, makes one act, shows the page again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peygir.boards import cases as board
from peygir.calendars.persian import clean, to_latin_digits
from peygir.cases import acts, words
from peygir.cases.models import Case
from peygir.cases.refusals import NotAllowed, Refused, Stale, WrongEvidence
from peygir.desk import case as case_page
from peygir.desk import deadlines, filled, steps
from peygir.desk.access import StaffRequest, page
from peygir.desk.follow.common import status_of
from peygir.people import photos
from peygir.people.papers import TEXT_MAX

KIND_OF_PHOTO = {"photo_before": "before", "photo_after": "after"}


@page("case")
@require_POST
def step(request: StaffRequest, code: str, step: str) -> HttpResponse:
    """Take a step of the policy with whatever it needs."""
    found = case_page.visible(request, code)
    language = get_language() or "fa"
    state, policy = board.state_of(found), case_page.policy_of(request, found)
    number = _number(request.POST.get("referral", ""))
    if steps.on_own_page(policy, state, step, number):
        sentence = _("This is done on the page of social networks, where it is looked over.")
        return _refused(request, found, step, sentence, {}, 409)
    open_steps = steps.open_steps(policy, state, request.actor, at=request.at, language=language)
    mine = (one for one in open_steps if one.code == step and one.referral == number)
    opened = next(mine, None)
    version = _number(request.POST.get("version", ""))
    if opened is None:  # moved on, or never theirs: the act itself says which
        return _act(request, found, step, lambda: _bare(request, found, step, version, number))
    read = filled.read(request, opened, language)
    if read.errors:
        sentence = _("Something is missing or not right; please correct the marked fields.")
        return _refused(request, found, opened.form, sentence, read.errors, 422)
    return _act(
        request,
        found,
        opened.form,
        lambda: _take(request, found, opened, read, version),
        opened.words,
    )


def _bare(
    request: StaffRequest, found: Case, step: str, version: int | None, number: int | None
) -> acts.Done:
    return acts.act(**_given(request, found), step=step, version=version, referral=number)


def _take(
    request: StaffRequest,
    found: Case,
    opened: steps.Open,
    read: filled.Filled,
    version: int | None,
) -> acts.Done:
    """Pictures and act stand or fall together."""
    evidence = dict(read.evidence)
    for name, pictures in read.photos.items():
        kept = [
            photos.keep(found.pk, one, kind=KIND_OF_PHOTO[name], actor=request.actor, at=request.at)
            for one in pictures
        ]
        evidence[name] = [photo.pk for photo in kept]
    return acts.act(
        **_given(request, found),
        step=opened.code,
        evidence=evidence,
        texts=read.texts,
        version=version,
        referral=opened.referral,
    )


@page("case")
@require_POST
def approve(request: StaffRequest, code: str) -> HttpResponse:
    """The head approves what the unit proposed."""
    found = case_page.visible(request, code)
    given = _given(request, found)
    return _act(request, found, "approve", lambda: acts.approve(**given), _("Approved"))


@page("case")
@require_POST
def refuse(request: StaffRequest, code: str) -> HttpResponse:
    found = case_page.visible(request, code)

    def do() -> acts.Done:
        return acts.refuse(**_given(request, found), reason=_said(request, "refusal_reason"))

    return _act(request, found, "refuse", do, _("Refused with reasons"))


@page("case")
@require_POST
def note(request: StaffRequest, code: str) -> HttpResponse:
    found = case_page.visible(request, code)

    def do() -> acts.Done:
        return acts.note(**_given(request, found), text=_said(request, "note"))

    return _act(request, found, "note", do, _("Note for colleagues"))


@page("case")
@require_POST
def pause(request: StaffRequest, code: str) -> HttpResponse:
    """Stop the holder's clock until the end of a day so many days ahead."""
    found = case_page.visible(request, code)
    days = _number(request.POST.get("days", ""))
    reason = request.POST.get("reason", "")[:40]

    def do() -> acts.Done:
        if days is None or not 1 <= days <= 60:
            raise WrongEvidence({"until": "not_ahead"})
        rule = request.policy.pauses.get(reason)
        until = deadlines.day_ends(request.at) + timedelta(days=days - 1, minutes=-1)
        if rule is not None and days * timedelta(days=1) == rule.longest:
            until = min(until, request.at + rule.longest)
        return acts.pause(**_given(request, found), reason=reason, until=until)

    return _act(request, found, "pause", do, _("The clock is paused"))


@page("case")
@require_POST
def resume(request: StaffRequest, code: str) -> HttpResponse:
    found = case_page.visible(request, code)

    def do() -> acts.Done:
        if not request.actor.roles & {rule.approval for rule in request.policy.pauses.values()}:
            raise NotAllowed("resume")
        return acts.resume(**_given(request, found))

    return _act(request, found, "resume", do, _("The clock goes on"))


def _act(
    request: StaffRequest,
    found: Case,
    form: str,
    do: Callable[[], acts.Done],
    done_words: str = "",
) -> HttpResponse:
    """Do it in one transaction; then back to the case, or the refused form with its text."""
    language = get_language() or "fa"
    try:
        with transaction.atomic():
            done = do()
    except Refused as refused:
        sentence = words.refusal(refused, request.policy, language)
        fields = words.refusal_fields(refused, request.policy, language)
        named = {f"{form}-{name}": text for name, text in fields.items()}
        since = _since(request, found, language) if isinstance(refused, Stale) else []
        return _refused(request, found, form, sentence, named, status_of(refused), since)
    code = found.code
    said = _("Waits for the head's approval") if done.proposed else done_words
    messages.success(request, _("%(what)s: recorded.") % {"what": said or code})
    return HttpResponseRedirect(reverse("desk:case", kwargs={"code": code}) + f"?done={form}")


def _refused(
    request: StaffRequest,
    found: Case,
    form: str,
    sentence: str,
    fields: Any,
    status: int,
    since: Any = (),
) -> HttpResponse:
    typed = {name: request.POST.get(name, "") for name in request.POST}
    trouble = case_page.Trouble(
        form=form, sentence=sentence, fields=fields, typed=typed, since=since
    )
    found.refresh_from_db()
    return case_page.show(request, found, trouble=trouble, status=status)


def _since(request: StaffRequest, found: Case, language: str) -> list[words.Line]:
    """What others did after the version that the form was made from."""
    version = _number(request.POST.get("version", "")) or 0
    story = words.timeline(found.pk, request.policy, language)
    acted = [line for line in story if line.kind != "clock.fired"]  # a clock changes no version
    return acted[version:]


def _given(request: StaffRequest, found: Case) -> dict[str, Any]:
    """What every act is told."""
    return {
        "policy": request.policy,
        "case_id": found.pk,
        "actor": request.actor,
        "at": request.at,
    }


def _said(request: StaffRequest, name: str) -> str:
    """A typed remark, whole. Raises WrongEvidence when it is longer than a paper may be."""
    text = clean(request.POST.get(name, "")).strip()
    if len(text) > TEXT_MAX:
        raise WrongEvidence({name: "too_long"})
    return text


def _number(typed: str) -> int | None:
    digits = to_latin_digits(typed.strip()[:10])
    return int(digits) if digits.isascii() and digits.isdigit() else None
