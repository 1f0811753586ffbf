"""Following a case: the code alone shows its status, the reporter's phone opens its story."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from peygir.boards import outside, voices
from peygir.boards.answers import RATING, Answers, answerable, subject_of, takes
from peygir.calendars.codes import CodeError, check
from peygir.calendars.persian import clean, to_latin_digits
from peygir.cases import policies, words
from peygir.cases.models import Case, Clock
from peygir.cases.models.clock import PAUSED, RUNNING
from peygir.people import codes, files, photos, throttle
from peygir.people.models import Paper, Photo, Reporter
from peygir.policy.asking import answered_in_words, by_name, citizens_own
from peygir.policy.lateness import waits_for_citizen
from peygir.policy.model import CityPolicy
from peygir.portal import limits, visitor
from peygir.portal.page import Visit, page, show

CODE_TEXT_MAX: Final = 60
DIGITS_ASKED: Final = 4
LINK_AFTER_CLOSING: Final = timedelta(days=30)
UNITS_PHOTOS: Final = ("before", "after")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A case that this visitor may see in full, and as which of its reporters.

    `subject`: the case that is worked on, another one when theirs was merged into it.
    """

    case: Case
    subject: Case
    reporter: Reporter

    @property
    def policy(self) -> CityPolicy:
        """The version under which the case runs; a newer one takes nothing from its citizens."""
        return policies.by_digest(self.subject.policy)


@require_safe
@page
def track(request: Visit) -> HttpResponse:
    """Ask for a code; a right one leads to its page."""
    typed = request.GET.get("code")
    if typed is None:
        return _ask(request, "", [])
    try:
        return redirect("portal:status", code=check(typed))
    except CodeError as error:
        return _ask(request, typed[:CODE_TEXT_MAX], [_code_sentence(error)], status=422)


@require_safe
@page
def status(request: Visit, code: str) -> HttpResponse:
    """The page of one case, as much of it as this visitor may see."""
    case = _found(request, code)
    if isinstance(case, HttpResponse):
        return case
    return page_of(request, case)


@require_POST
@page
def unlock(request: Visit, code: str) -> HttpResponse:
    """Show the story to whoever knows the last four digits of a reporter's phone."""
    case = _found(request, code)
    if isinstance(case, HttpResponse):
        return case
    throttle.hit(limits.OPENS, request.visitor.address, at=request.at)
    throttle.hit(limits.OPENS_OF_CASE, str(case.pk), at=request.at)
    digits = to_latin_digits(clean(request.POST.get("last4", "")[:CODE_TEXT_MAX])).strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) == DIGITS_ASKED):
        return page_of(request, case, [_("Write the last four digits of the number.")], 422)
    known = Reporter.objects.filter(case_id=case.pk, citizen__phone__endswith=digits)
    reporter = known.order_by("-is_first", "id").first()
    if reporter is None:
        wrong = _("This message was not reported from a number that ends so.")
        return page_of(request, case, [wrong], 422)
    throttle.forgive(limits.OPENS_OF_CASE, str(case.pk))
    answer = redirect("portal:status", code=case.code)
    visitor.remember_opened(request, answer, case.pk, reporter.pk)
    return answer


@require_safe
@page
def link(request: Visit, token: str) -> HttpResponse:
    """The link of a text message: opens the page for its reader and records nothing."""
    read = codes.read_link(token)
    reporter = Reporter.objects.filter(pk=read[1], case_id=read[0]).first() if read else None
    case = Case.objects.filter(pk=reporter.case_id).first() if reporter else None
    if case is None or reporter is None:
        raise Http404
    closed_at = subject_of(case).closed_at
    if closed_at is not None and request.at > closed_at + LINK_AFTER_CLOSING:
        return show(request, "link_over.html", {"code": case.code}, status=410)
    answer = redirect("portal:status", code=case.code)
    visitor.remember_opened(request, answer, case.pk, reporter.pk)
    return answer


@require_safe
@page
def photo(request: Visit, code: str, photo: int) -> HttpResponseBase:
    """A picture of the case: the units' for every reporter, a reporter's own only for that one."""
    opened = open_case(request, code)
    if opened is None:
        raise Http404
    theirs = (opened.case.pk, opened.subject.pk)
    found = Photo.objects.filter(pk=photo, case_id__in=theirs).first()
    if found is None or not _may_see(found, opened.reporter):
        raise Http404
    return photos.serve(found, small="small" in request.GET)


def grades(opened: Opened, step: str | None) -> list[tuple[str, str]]:
    """How good an answer was, the best first; [] where `step` takes no rating along."""
    if step is None or not takes(opened.policy, opened.subject, step, RATING):
        return []
    names = (_("Very good"), _("Good"), _("Middling"), _("Poor"), _("Very poor"))
    return [(str(5 - at), name) for at, name in enumerate(names)]


def open_case(request: Visit, code: str) -> Opened | None:
    """The case, if this visitor may see all of it: opened in this browser, or reported by them."""
    case = Case.objects.filter(code=_digits(code)).first()
    return _opened(request, case) if case else None


def page_of(
    request: Visit, case: Case, wrong: Sequence[str] = (), status: int = 200
) -> HttpResponse:
    """The case's page with a fault at the question for the digits, if there was one."""
    opened = _opened(request, case)
    shown = opened.subject if opened else subject_of(case)
    key = f"status.{shown.status}"
    said = request.policy.texts.get(key)
    context: dict[str, Any] = {
        "case": case,
        "merged": shown.pk != case.pk,
        "shown": shown,
        "status_words": said.in_(request.language) if said else shown.status,
        "simulated": case.simulated,
        "wrong": list(wrong),
        "opened": opened is not None,
        "has_phone": Reporter.objects.filter(case_id=case.pk, citizen__isnull=False).exists(),
    }
    if opened is not None:
        context |= _story(request, opened)
    return show(request, "status.html", context, status=status)


def _story(request: Visit, opened: Opened) -> Mapping[str, Any]:
    case, policy = opened.subject, opened.policy
    category = policy.categories.get(case.category)
    clocks = Clock.objects.filter(case=case, number__gt=0, state__in=(RUNNING, PAUSED))
    clock = clocks.order_by("number").first()
    before, after = _pair(opened)
    can: Answers = answerable(policy, case, at=request.at, reporter=opened.reporter)
    lines = _lines(request, opened)
    return {
        "category": category.words.in_(request.language) if category else "",
        "unit": _holder(request, opened) if case.is_open else "",
        "due": clock.due_at if clock else None,
        "late": clock is not None and clock.due_at <= request.at,
        "lines": lines,
        "by_name": by_name(policy, case.stage),
        "in_words": answered_in_words(policy, case.stage),
        "answered_by": next((line["who"] for line in reversed(lines) if line["signed"]), ""),
        "before": before,
        "after": after,
        "can": can,
        "grades": grades(opened, can.yes),
        "address": _own_text(opened.reporter, "address"),
        "unconfirmed": _unconfirmed(opened.reporter),
        "papers": _answer_text(case),
        **_voice(request, opened),
        "owner": _owner(request, opened),
        "files": [p for p in files.of(opened.case.pk) if _may_see(p, opened.reporter)],
    }


def _holder(request: Visit, opened: Opened) -> str:
    """Who has the case now; nobody while it waits for the citizen."""
    case, policy = opened.subject, opened.policy
    if waits_for_citizen(policy, case.stage):
        return ""
    return words.holder_name(policy, case.unit, case.post, request.language)


def _owner(request: Visit, opened: Opened) -> dict[str, str] | None:
    """The body outside the municipality that owns the matter, and its telephone (S8)."""
    bodies = opened.policy.organisation.outside_bodies
    body = bodies.get(outside.body_of(opened.subject.pk) or "")
    return {"name": body.in_(request.language), "phone": body.phone} if body else None


def _voice(request: Visit, opened: Opened) -> dict[str, Any]:
    """Its kind where that has a way of its own, the message that it is about, and the kind by
    which somebody complains of the handling ("": this city has none, or it is one itself)."""
    case, kinds = opened.case, request.policy.kinds
    earlier = Case.objects.filter(pk=case.about_case or 0).values_list("code", flat=True)
    complains = [code for code, kind in kinds.items() if kind.sealed]
    own = case.kind in kinds and case.kind not in voices.plain_kinds(request.policy)
    return {
        "kind_words": kinds[case.kind].in_(request.language) if own else "",
        "earlier_code": earlier.first() or "",
        "complains": complains[0] if complains and not case.sealed else "",
    }


def _lines(request: Visit, opened: Opened) -> list[dict[str, Any]]:
    """The time line in the citizen's words; what other reporters wrote is left out."""
    case, reporter = opened.case, opened.reporter
    told = words.timeline(case.pk, opened.policy, request.language, audience="citizen")
    shown = [(line, _text(line, opened, own=reporter.is_first)) for line in told]
    if opened.subject.pk != case.pk:  # from the merge on, what happened to both
        since = case.closed_at or case.opened_at
        both = words.timeline(opened.subject.pk, opened.policy, request.language, "citizen")
        shown += [(line, _text(line, opened, own=False)) for line in both if line.at >= since]
    last = len(shown) - 1
    return [
        {
            "at": line.at,
            "words": line.words,
            "who": line.who,
            "text": text,
            "now": at == last,
            "signed": line.signed,
        }
        for at, (line, text) in enumerate(shown)
    ]


def _text(line: words.Line, opened: Opened, *, own: bool) -> str:
    """What stands below a line. `own`: whether this reporter may have written its objection."""
    if line.kind == "case.registered":
        return _own_text(opened.reporter, "words")
    return line.text if own or line.step not in citizens_own(opened.policy) else ""


def _pair(opened: Opened) -> tuple[Any, Any]:
    """The newest photo from before the work (else the reporter's own) and from after it."""
    cases = {opened.case.pk, opened.subject.pk}
    found = [photo for pk in cases for photo in photos.of(pk)]
    seen = sorted((p for p in found if _may_see(p, opened.reporter)), key=lambda p: (p.at, p.pk))
    before = [p for p in seen if p.kind == "before"] or [p for p in seen if p.kind == "report"][:1]
    after = [p for p in seen if p.kind == "after"]
    case = opened.case
    return _picture(case, before, _("Before the work")), _picture(case, after, _("After the work"))


def _picture(case: Case, found: Sequence[Photo], words: str) -> Mapping[str, Any] | None:
    if not found:
        return None
    src = reverse("portal:photo", kwargs={"code": case.code, "photo": found[-1].pk})
    return {"src": src, "alt": words, "at": found[-1].at}


def _may_see(photo: Photo, reporter: Reporter) -> bool:
    if photo.erased_at is not None:
        return False
    if photo.case_id != reporter.case_id:
        return photo.kind in UNITS_PHOTOS
    own = photo.kind in ("report", files.KIND) and photo.staff_id is None
    return photo.kind in UNITS_PHOTOS or (own and (reporter.is_first or photo.at == reporter.at))


def _own_text(reporter: Reporter, kind: str) -> str:
    """What this reporter wrote: stored at the instant of the report."""
    own = Paper.objects.filter(case_id=reporter.case_id, kind=kind, at=reporter.at, erased_at=None)
    paper = own.order_by("id" if reporter.is_first else "-id").first()
    return paper.text if paper else ""


def _answer_text(case: Case) -> str:
    """The last thing that a unit told the citizen, before the reasons that stand in the file."""
    told = Paper.objects.filter(
        case_id=case.pk, kind__in=("report_to_citizen", "answer_text"), erased_at=None
    )
    paper = told.order_by("-at", "-kind", "-id").first()
    return paper.text if paper else ""


def _unconfirmed(reporter: Reporter) -> bool:
    """A number typed into the page and not proved; one that called us is its own proof."""
    citizen = reporter.citizen
    return reporter.channel == "web" and citizen is not None and citizen.confirmed_at is None


def _opened(request: Visit, case: Case) -> Opened | None:
    reporters = Reporter.objects.select_related("citizen").filter(case_id=case.pk)
    known = request.visitor.opened.get(case.pk)
    reporter = reporters.filter(pk=known).first() if known is not None else None
    if reporter is None and request.visitor.citizen is not None:
        reporter = reporters.filter(citizen=request.visitor.citizen).order_by("-is_first").first()
    return Opened(case=case, subject=subject_of(case), reporter=reporter) if reporter else None


def _found(request: Visit, code: str) -> Case | HttpResponse:
    """The case of a code as it stands in the address, or the answer that says what is wrong."""
    try:
        digits = check(code)
    except CodeError as error:
        return _ask(request, code[:CODE_TEXT_MAX], [_code_sentence(error)], status=404)
    case = Case.objects.filter(code=digits).first()
    if case is None:
        throttle.hit(limits.UNKNOWN_CODES, request.visitor.address, at=request.at)
        return _ask(request, digits, [_("No message has this code. Look at it again.")], status=404)
    if digits != code and request.method != "POST":
        return redirect("portal:status", code=digits)
    return case


def _digits(code: str) -> str:
    try:
        return check(code)
    except CodeError:
        return ""


def _ask(request: Visit, typed: str, wrong: list[str], status: int = 200) -> HttpResponse:
    return show(request, "track.html", {"typed": typed, "wrong": wrong}, status=status)


def _code_sentence(error: CodeError) -> str:
    return {
        "length": _("A tracking code has 12 digits. Look at it again."),
        "characters": _("A tracking code has digits only. Look at it again."),
        "check_digit": _("One digit of this code is wrong or two have changed places."),
    }[error.reason]
