"""Addresses of the letters: parse, one act, answer. Nothing is sent by us but through the policy's
step; numbers come only with it."""

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from peygir.boards import cases as case_board
from peygir.boards import letters as board
from peygir.boards import serving, tracks
from peygir.calendars import codes
from peygir.cases import acts, may, words
from peygir.cases.refusals import Refused
from peygir.desk import nav
from peygir.desk.access import StaffRequest, page
from peygir.desk.case import title
from peygir.desk.follow.common import language, number_of, status_of
from peygir.desk.letters import ece, form, paper
from peygir.desk.letters import page as pages
from peygir.desk.letters.page import Place
from peygir.desk.letters.shown import chip, last_day, number
from peygir.look import chips
from peygir.look.dates import local
from peygir.people import letters
from peygir.people.models import Letter
from peygir.people.models.letters import OUT

STATES: Final = ("late", "draft", "signed", "sent", "answered", "closed", "in")
Do = Callable[[], Any]


@page("letters")
@never_cache
@require_GET
def register(request: StaffRequest) -> HttpResponse:
    """Tracks that wait for a letter, and every letter of cases that the reader may see."""
    state = request.GET.get("state", "")
    filters = board.Filters(
        words=request.GET.get("q", "").strip()[:100],
        state=state if state in STATES else "",
        year=_year(request.GET.get("year", "")),
        case_id=_case_id(request),
    )
    before = number_of(request.GET.get("before", ""))
    found = board.read(request.actor, filters, at=request.at, before=before)
    stages = serving.stages(request.policy, pages.DESK)
    waits = tracks.waiting(request.actor, stages) if _writes(request) else []
    under_way = board.under_way([one.case.pk for one in waits])
    context = {
        "late": [_row(request, one, found) for one in found.late],
        "rows": [_row(request, one, found) for one in found.rows],
        "older": _older(request, found.older),
        "filters": filters,
        "state": filters.state,
        "states": _states(),
        "waits": [_waiting(request, one, under_way) for one in waits] if not filters.any else [],
    }
    return nav.show(request, "desk/letters/register.html", context, here="letters")


@page("letters_write")
@require_http_methods(["GET", "POST"])
def new(request: StaffRequest, code: str, referral: int) -> HttpResponse:
    """Write a letter from the case's letter track; it starts with words that fit the case."""
    place = pages.track_or_404(request, code, referral)
    assert place.track is not None
    if not pages.may_write(request, place):
        raise PermissionDenied
    if request.method == "GET":
        typed = form.template(place.policy, place.case, place.track.unit, at=request.at)
        return pages.show_form(request, place, typed)
    read = form.read(request, place.case, place.track.unit)
    if read.words is None:
        return pages.show_form(request, place, request.POST, errors=read.errors, status=422)
    letter = letters.draft(
        place.case.pk, read.words, referral=referral, actor=request.actor, at=request.at
    )
    messages.success(request, _("The draft is kept; look at it before it is signed."))
    return redirect("desk:letter", letter_id=letter.pk)


@page("letters")
@never_cache
@require_GET
def letter(request: StaffRequest, letter_id: int) -> HttpResponse:
    found, place = pages.letter_or_404(request, letter_id)
    return pages.show(request, found, place)


@page("letters_write")
@require_http_methods(["GET", "POST"])
def change(request: StaffRequest, letter_id: int) -> HttpResponse:
    """Other words for a draft."""
    found, place = _mine(request, letter_id, pages.may_write)
    if request.method == "GET":
        return pages.show_form(request, place, form.typed_of(found), letter=found)
    assert place.track is not None
    read = form.read(request, place.case, place.track.unit)
    if read.words is None:
        return pages.show_form(
            request, place, request.POST, letter=found, errors=read.errors, status=422
        )
    written = read.words
    return _do(request, found, place, lambda: letters.change(found.pk, written), _("Kept."))


@page("letters_write")
@require_POST
def sign(request: StaffRequest, letter_id: int) -> HttpResponse:
    found, place = _mine(request, letter_id, pages.may_sign)

    def do() -> None:
        letters.sign(found.pk, actor=request.actor, at=request.at)

    return _do(request, found, place, do, _("The letter is signed; now it can be sent."))


@page("letters_write")
@require_POST
def take_back(request: StaffRequest, letter_id: int) -> HttpResponse:
    """A signed letter becomes a draft again."""
    found, place = _mine(request, letter_id, pages.may_sign)
    return _do(request, found, place, lambda: letters.take_back(found.pk), _("A draft again."))


@page("letters_write")
@require_POST
def send(request: StaffRequest, letter_id: int) -> HttpResponse:
    """Number it and take the step of the policy that a letter was sent: both, or neither."""
    found, place = _mine(request, letter_id, pages.may_write)
    step = place.step("letter")
    if step is None:
        raise Http404

    def do() -> None:
        sent = letters.send(found.pk, day=local(request.at).date(), at=request.at)
        _take(request, place, step.code, {"letter": sent.pk})

    said = _("The letter has its number. Print it, or hand over its file.")
    return _do(request, found, place, do, said)


@page("letters_write")
@require_POST
def reply(request: StaffRequest, letter_id: int) -> HttpResponse:
    """Keep what was answered, and take the step of the policy that a reply came.

    Where the track has ended meanwhile (another letter was answered first) it is kept alone.
    """
    found, place = _mine(request, letter_id, pages.may_keep)
    step = place.step("letter_reply")
    read = form.read_reply(request, found)
    came = read.reply
    if came is None:
        sentence = _("Something is missing or not right; please correct the marked fields.")
        return pages.show(request, found, place, errors=read.errors, sentence=sentence, status=422)

    def do() -> None:
        kept = letters.receive(found.pk, came, actor=request.actor, at=request.at)
        if step is not None:
            _take(request, place, step.code, {"letter_reply": kept.pk})

    return _do(request, found, place, do, _("The reply is kept with the case."))


@page("letters_write")
@require_POST
def close(request: StaffRequest, letter_id: int) -> HttpResponse:
    """No reply is awaited any more."""
    found, place = _mine(request, letter_id, pages.may_keep)
    return _do(request, found, place, lambda: letters.close(found.pk), _("Closed without reply."))


@page("letters")
@never_cache
@require_GET
def printed(request: StaffRequest, letter_id: int) -> HttpResponse:
    """The letter as PDF; a draft says across the page that it is one."""
    found, place = pages.letter_or_404(request, letter_id)
    if found.direction != OUT or found.erased_at is not None:
        raise Http404
    return _file(paper.pdf_of(place, found), "application/pdf", f"letter-{_name(found)}.pdf")


@page("letters")
@never_cache
@require_GET
def wire(request: StaffRequest, letter_id: int) -> HttpResponse:
    """A sent letter as XML, not certified."""
    found, place = pages.letter_or_404(request, letter_id)
    if found.direction != OUT or found.serial is None or found.erased_at is not None:
        raise Http404
    content = ece.write(paper.wire_of(place, found))
    return _file(content, "application/xml", f"letter-{_name(found)}-not-certified.xml")


@page("letters")
@never_cache
@require_GET
def scan(request: StaffRequest, letter_id: int) -> HttpResponseBase:
    """The scan of a reply, to be saved."""
    found, _place = pages.letter_or_404(request, letter_id)
    return letters.serve(found)


def _mine(
    request: StaffRequest, letter_id: int, allows: Callable[[StaffRequest, Place], bool]
) -> tuple[Letter, Place]:
    found, place = pages.letter_or_404(request, letter_id)
    if not allows(request, place):
        raise PermissionDenied
    return found, place


def _take(request: StaffRequest, place: Place, step: str, evidence: dict[str, Any]) -> None:
    assert place.track is not None
    is_track = place.policy.stages[place.track.stage].track
    acts.act(
        policy=request.policy,
        case_id=place.case.pk,
        step=step,
        actor=request.actor,
        at=request.at,
        evidence=evidence,
        referral=place.track.number if is_track else None,
    )


def _do(request: StaffRequest, found: Letter, place: Place, do: Do, said: str) -> HttpResponse:
    """Do it in one transaction; back to the letter, or the letter again with what was refused."""
    try:
        with transaction.atomic():
            do()
    except letters.WrongState:
        sentence = _("Somebody changed this letter meanwhile; look at it and try again.")
        found.refresh_from_db()
        return pages.show(request, found, place, sentence=sentence, status=409)
    except Refused as refused:
        sentence = words.refusal(refused, request.policy, language())
        found.refresh_from_db()
        return pages.show(request, found, place, sentence=sentence, status=status_of(refused))
    messages.success(request, said)
    return redirect("desk:letter", letter_id=found.pk)


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    """A file to be saved; its name is made of our own letters and digits."""
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _name(found: Letter) -> str:
    return f"{found.year}-{found.serial}" if found.serial is not None else f"draft-{found.pk}"


def _row(request: StaffRequest, one: Letter, found: board.Register) -> dict[str, Any]:
    case = found.cases[one.case_id]
    return {
        "letter": one,
        "number": number(one),
        "case": case,
        "chip": chip(one, request.at, is_closed=case.closed_at is not None),
        "last_day": last_day(one),
        "answers": number(one.answers) if one.answers else "",
    }


def _waiting(
    request: StaffRequest, one: tracks.Waiting, under_way: dict[tuple[int, int], Letter]
) -> dict[str, Any]:
    newest = under_way.get((one.case.pk, one.referral.number))
    return {
        "letter": newest,
        "chip": chip(newest, request.at, is_closed=False) if newest else None,
        "case": one.case,
        "referral": one.referral.number,
        "title": title(request.policy, one.case, language()),
        "unit": words.unit_name(request.policy, one.referral.unit, language()),
        "deadline": chips.deadline(request.at, one.clock.due_at, one.clock.started_at),
        "may_write": may.open_page(request.actor, "letters_write"),
    }


def _writes(request: StaffRequest) -> bool:
    return may.open_page(request.actor, "letters_write")


def _states() -> list[tuple[str, str]]:
    names = (
        _("Reply overdue"),
        _("Draft"),
        _("Signed"),
        _("Sent, reply awaited"),
        _("Answered"),
        _("Closed without reply"),
        _("Came in"),
    )
    return list(zip(STATES, names, strict=True))


def _year(typed: str) -> int | None:
    number = number_of(typed[:4])
    return number if number is not None and number < 2**15 else None


def _case_id(request: StaffRequest) -> int | None:
    """The case whose letters alone are wanted; one that is not to be seen has none."""
    typed = request.GET.get("case", "")
    if not typed:
        return None
    try:
        found = case_board.by_code(request.actor, codes.check(typed))
    except codes.CodeError:
        found = None
    return found.pk if found else 0


def _older(request: StaffRequest, key: int | None) -> str:
    if key is None:
        return ""
    kept = {n: request.GET[n] for n in ("q", "state", "year", "case") if request.GET.get(n)}
    return f"{reverse('desk:letters')}?{urlencode(kept | {'before': key})}"
