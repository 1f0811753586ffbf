"""Reporting: one page, one POST. Scripts only make it quicker."""

from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peygir.boards import nearby, voices
from peygir.boards.suggest import suggest
from peygir.calendars.codes import CodeError, check
from peygir.calendars.codes import show as show_code
from peygir.cases import acts, device, register
from peygir.cases.models import Case, Clock
from peygir.cases.models.clock import PAUSED, RUNNING
from peygir.cases.refusals import Refused, WrongStage
from peygir.cases.words import unit_name
from peygir.ledger.entry import CITIZEN
from peygir.people import codes, contacts, erasing, files, photos, throttle
from peygir.people.models import Photo, Reporter
from peygir.portal import confirm, limits, receipt, report_form, visitor
from peygir.portal import voices as form
from peygir.portal.page import Visit, city_map, page, retry_after, show
from peygir.portal.page import limits as city_limits
from peygir.portal.report_form import Typed
from peygir.portal.track import open_case

HINTS_MAX = 4
SUGGESTIONS_MAX = 5
METRES_STEP = 50  # how exactly a stranger learns where somebody else's report is


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What became of a report: the case, the citizen (None: anonymous), new or joined."""

    case_id: int
    citizen_id: int | None
    reporter_id: int
    joined: bool = False


@require_http_methods(["GET", "HEAD", "POST"])
@page
def report(request: Visit) -> HttpResponse:
    """The form; a POST registers a case (or joins one) and leads to the success page."""
    if request.method != "POST":
        return _form(request, _prefilled(request))
    address = request.visitor.address
    known = report_form.case_id_of(request.POST)
    throttle.hit(limits.POSTS, address, at=request.at)
    if known is not None and Case.objects.filter(pk=known).exists():
        return _already(request, known)  # sent twice: by a double tap, or by going back
    turned = request.POST.get("turn", "")
    typed = _read(request, known, turned)
    if turned:
        return _form(request, typed)
    if typed.errors:
        return _form(request, typed, status=422)
    try:
        told = _count(request, typed)
        sent = _send(request, typed, told)
    except IntegrityError:
        if not Case.objects.filter(pk=typed.case_id).exists():
            raise
        return _already(request, typed.case_id)  # a double tap, and the other was faster
    except throttle.TooOften as refused:
        typed.fault("", _("Too many reports were sent from here. Try again later, or call us."))
        return retry_after(request, _form(request, typed, status=429), refused.until)
    except Refused:
        typed.values["join"] = ""
        typed.fault("", _("That case has just been closed. Send yours as a new report."))
        return _form(request, typed, status=409)
    return _to_done(request, sent, told=told)


@require_POST
@page
def hints(request: Visit) -> HttpResponse:
    """A piece of the page: likely subjects and reports nearby, for what is typed so far."""
    throttle.hit(limits.HINTS, request.visitor.address, at=request.at)
    typed = report_form.read(request.POST, [], request.policy)
    return show(request, "hints.html", {"hints": _hints(request, typed)})


def _hints(request: Visit, typed: Typed) -> dict[str, Any]:
    """Likely subjects and reports nearby, with what was chosen of them."""
    policy, language = request.policy, request.language
    likely = suggest(policy, typed.values["words"], most=SUGGESTIONS_MAX)
    chosen = typed.values["suggested"]
    if chosen and chosen not in likely:
        likely = [chosen, *likely[: SUGGESTIONS_MAX - 1]]  # typing on takes no choice away
    lat_e6, lon_e6 = typed.point or (None, None)
    place = nearby.Place(
        lat_e6=lat_e6,
        lon_e6=lon_e6,
        district=typed.district,
        category=typed.category or next(iter(likely), ""),
        text=typed.values["words"],
    )
    found = nearby.near(policy, place, at=request.at, most=HINTS_MAX)
    return {
        "suggestions": [(code, policy.categories[code].words.in_(language)) for code in likely],
        "chosen": chosen,
        "near": [
            _near(policy, one, language) | {"chosen": one.case.pk == typed.join}
            for one in found
            if one.is_open
        ],
    }


@require_safe
@page
def done(request: Visit) -> HttpResponse:
    """The success page of this browser's last report: code, what happens next, by when."""
    last = visitor.done(request)
    case = Case.objects.filter(pk=last[0]).first() if last else None
    if last is None or case is None:
        return redirect("portal:report")
    clocks = Clock.objects.filter(case=case, number__gt=0, state__in=(RUNNING, PAUSED))
    clock = clocks.order_by("number").first()
    waiting = visitor.pending(request)
    kind = case.kind if case.kind in request.policy.kinds else next(iter(request.policy.kinds))
    asks = voices.asks(request.policy, kind)
    reporter = Reporter.objects.filter(pk=request.visitor.opened.get(case.pk, 0)).first()
    context = {
        "case": case,
        "joined": last[1],
        "device": "" if last[1] else device.hash_of(case.pk),
        "due": clock.due_at if clock else None,
        "unit": unit_name(request.policy, case.unit, request.language),
        "sorted": bool(case.category) or not asks.place,
        "asks": asks,
        "kind_help": form.help_of(request.policy, case.kind, request.language),
        "next_words": _next_words(request, case),
        "anonymous": reporter is None or reporter.citizen_id is None,
        "waiting": waiting is not None,
        "resend_at": waiting.sent_at + codes.RESEND_AFTER if waiting else None,
        **receipt.of_case(request, case),
    }
    return show(request, "done.html", context)


def _next_words(request: Visit, case: Case) -> str:
    """What becomes of a message that goes a way of its own."""
    kind = request.policy.kinds.get(case.kind)
    if kind is None or kind.start is None:
        return ""
    if kind.about == "unit":
        return _("Your thanks are shown to them, and you are told when they have seen them.")
    if kind.sealed:
        return _(
            "Neither the one you complain of nor anybody below them sees it."
            " You are told what was decided."
        )
    return _("You are told what was decided, and why.")


def _prefilled(request: Visit) -> Typed:
    """An empty form that does not ask again what is known: phone and name after signing in."""
    citizen = request.visitor.citizen
    given = {"phone": citizen.phone or "", "name": citizen.name} if citizen else {}
    try:
        about = check(request.GET.get("about", ""))
    except CodeError:
        about = ""
    kind = request.GET.get("kind", "")
    if kind in request.policy.kinds:
        given["kind"] = kind
    if about:
        given["about"] = about
    if about and not voices.asks(request.policy, kind or next(iter(request.policy.kinds))).case:
        given["words"] = _("Following my message %(code)s: ") % {"code": show_code(about)}
    return report_form.empty(request.policy, **given)


def _read(request: Visit, known: int | None, turned: str = "") -> Typed:
    """The form, its new photos stored at once, so that no fault makes anybody send them again.

    `turned`: the kind of message to show the fields of, where nothing is sent yet.
    """
    if known is not None and request.POST.get("drop_photos"):
        photos.erase(known, at=request.at)
    kept = len(photos.of(known)) if known is not None else 0
    posted = request.POST.dict() | ({"kind": turned} if turned in request.policy.kinds else {})
    typed = report_form.read(
        posted,
        request.FILES.getlist("photo"),
        request.policy,
        kept=kept,
        attached=request.FILES.getlist("attachment"),
        kept_files=len(files.of(known)) if known is not None else 0,
        whole=not turned,
    )
    for picture in typed.pictures:
        photos.keep(typed.case_id, picture, kind="report", actor=CITIZEN, at=request.at)
    for paper in typed.papers:
        files.keep(typed.case_id, paper, actor=CITIZEN, at=request.at)
    typed.kept = kept + len(typed.pictures)
    return typed


def _count(request: Visit, typed: Typed) -> bool:
    """Count the report, and the code that it will send; whether one may be sent. Raises TooOften
    when it is the report that is too much."""
    address, caller = request.visitor.address, typed.caller
    if caller is None:
        throttle.hit(limits.ANONYMOUS, address, at=request.at)
        return False
    tries = [(limits.REPORTS, address), (limits.of_phone(request.policy), caller.phone)]
    if not _is_mine(request, caller):
        tries.append((limits.SENDS, address))
    report, phone, *code = throttle.count(tries, at=request.at)
    until = report or phone
    if until is not None:
        raise throttle.TooOften(until)
    return code == [None]


@transaction.atomic
def _send(request: Visit, typed: Typed, told: bool) -> Sent:
    """Register or join, and send the code that asks whether the number is right.

    An erased case takes no further report: that is a case of its own.
    """
    typed.caller = _caller(request, typed)
    if typed.join is None or erasing.is_erased(typed.join):
        sent = _register(request, typed)
    else:
        sent = _join(request, typed, typed.join)
    if told:
        _send_code(request, sent)
    return sent


def _register(request: Visit, typed: Typed) -> Sent:
    kept = photos.of(typed.case_id) if typed.kept else []
    made = register.register(
        policy=request.policy,
        report=typed.report(language=request.language, photo_ids=[photo.pk for photo in kept]),
        actor=CITIZEN,
        at=request.at,
    )
    return Sent(case_id=made.case.id, citizen_id=made.citizen_id, reporter_id=made.reporter_id)


def _join(request: Visit, typed: Typed, case_id: int) -> Sent:
    """One more reporter of an open case; somebody who already is one is only told so."""
    caller = typed.caller
    citizen = contacts.by_phone(caller.phone) if caller else None
    mine = Reporter.objects.filter(case_id=case_id, citizen=citizen).first() if citizen else None
    if mine is None:
        case = Case.objects.filter(pk=case_id).first()
        if case is None:
            raise WrongStage("join", "unknown")
        met = contacts.meet(
            case_id,
            caller,
            {"words": typed.values["words"]},
            channel="web",
            language=request.language,
            actor=CITIZEN,
            at=request.at,
            first=False,
        )
        acts.join(
            policy=request.policy, case_id=case_id, actor=CITIZEN, at=request.at, channel="web"
        )
        who = (met.citizen_id, met.reporter_id)
    else:
        who = (mine.citizen_id, mine.pk)
    Photo.objects.filter(case_id=typed.case_id).update(case_id=case_id)
    return Sent(case_id=case_id, citizen_id=who[0], reporter_id=who[1], joined=True)


def _caller(request: Visit, typed: Typed) -> contacts.Caller | None:
    """Nobody renames a citizen whose number they merely typed."""
    caller = typed.caller
    return replace(caller, renames=_is_mine(request, caller)) if caller else None


def _is_mine(request: Visit, caller: contacts.Caller) -> bool:
    """Whether this browser has proved the number."""
    mine = request.visitor.citizen
    return mine is not None and mine.phone == caller.phone


def _send_code(request: Visit, sent: Sent) -> None:
    if sent.citizen_id is not None:
        confirm.deliver(request, sent.citizen_id)


def _to_done(request: Visit, sent: Sent, *, told: bool) -> HttpResponse:
    """`told`: a code for the number was sent, or is kept back where only its owner knows."""
    answer = redirect("portal:done")
    visitor.remember_done(answer, sent.case_id, joined=sent.joined)
    visitor.remember_opened(request, answer, sent.case_id, sent.reporter_id)
    mine = request.visitor.citizen
    if sent.citizen_id is None or (mine is not None and mine.pk == sent.citizen_id):
        visitor.forget(answer, visitor.PENDING)
    elif told:  # else the case exists, and the number stays unconfirmed
        visitor.remember_pending(answer, sent.citizen_id, at=request.at)
    return answer


def _already(request: Visit, case_id: int) -> HttpResponse:
    """As after the first sending, whose answer the browser may have thrown away. That the sender
    is whoever reported first is known by the signed number in the form."""
    first = Reporter.objects.filter(case_id=case_id, is_first=True).earliest("id")
    sent = Sent(case_id=case_id, citizen_id=first.citizen_id, reporter_id=first.pk)
    [until] = throttle.count([(limits.SENDS, request.visitor.address)], at=request.at)
    if until is None:
        with transaction.atomic():
            _send_code(request, sent)
    return _to_done(request, sent, told=until is None)


def _near(policy: Any, one: nearby.Near, language: str) -> dict[str, Any]:
    """What a stranger may know of somebody else's report: subject, about how far, since when."""
    category = policy.categories.get(one.case.category)
    metres = None if one.metres is None else max(1, -(-one.metres // METRES_STEP)) * METRES_STEP
    return {
        "token": report_form.joinable(one.case.pk),
        "words": category.words.in_(language) if category else _("Not sorted yet"),
        "metres": metres,
        "opened_at": one.case.opened_at,
        "reporters": one.case.reporters,
    }


def _form(request: Visit, typed: Typed, status: int = 200) -> HttpResponse:
    policy, language = request.policy, request.language
    subjects = {code: [] for code in policy.groups}  # type: dict[str, list[tuple[str, str]]]
    for category in policy.categories.values():
        subjects[category.group].append((category.code, category.words.in_(language)))
    pictures = photos.of(typed.case_id) if typed.case_id else []
    opened = open_case(request, typed.values["about"]) if typed.values["about"] else None
    frame = city_map(policy)
    context = {
        "typed": typed,
        "wrong": typed.errors,
        "hints": _hints(request, typed) if typed.errors and typed.values["words"] else None,
        "subjects": [(policy.groups[g].in_(language), found) for g, found in subjects.items()],
        **form.shown(policy, typed.values, language, opened.subject if opened else None),
        "kept_files": len(files.of(typed.case_id)) if typed.case_id else 0,
        "districts": [(n, w.in_(language)) for n, w in policy.organisation.districts.items()],
        "photos_max": city_limits(policy)["photos"],
        "kept": len(pictures),
        "text_max": city_limits(policy)["text"],
        "urgent": policy.texts["portal.urgent"].in_(language),
        "zoom": frame["zoom"],
        "bbox": ",".join(str(each) for each in frame["bbox"]),
        "centre": ",".join(str(each) for each in frame["centre"]),
        # A path of this same host, «/tiles/{z}/{x}/{y}.png»: without one the map is a plain grid.
        "tiles": settings.PEYGIR_TILE_URL,
    }
    return show(request, "report.html", context, status=status)
