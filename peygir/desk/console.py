"""The operator console: who calls, what is wrong, is it known already; one screen, keyboard only.

Everything typed travels in the body of a POST, never in an address. Without JavaScript the same
form is sent as a whole and comes back with what is known.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from peygir.boards import callers, nearby
from peygir.boards import cases as board
from peygir.boards.suggest import suggest
from peygir.cases import acts, clocks, holding, policies, words
from peygir.cases.refusals import Refused
from peygir.cases.register import register
from peygir.desk import ending, intake, nav, say, steps, urgent, voices
from peygir.desk.access import StaffRequest, page
from peygir.desk.intake import Intake
from peygir.look.live import live_address, live_token
from peygir.look.numbers import fa
from peygir.notices import outbox
from peygir.people import contacts
from peygir.people.papers import TEXT_MAX
from peygir.policy.asking import reports_no_follow_up
from peygir.policy.model import Category, CityPolicy
from peygir.policy.vocabulary import ROUTING_HEAD

DONE: Final = "peygir_console"  # cookie: what the panel after a registration says, and to whom
DONE_FOR_S: Final = 3600
SUGGESTED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What the page knows about a report while it is typed."""

    suggested: Sequence[Category]
    category: Category | None
    unit: str
    due: datetime | None
    similar: Sequence[nearby.Near]
    district: str
    by_name: bool = False  # `unit` names the post of an official who answers


@page("console")
@never_cache
@require_http_methods(["GET", "POST"])
def console(request: StaffRequest) -> HttpResponse:
    """The empty console, or what was asked for with the whole form: look, hints, register, join."""
    made = intake.read(request.POST, request.policy)
    if request.method == "GET":
        return _with_done(request, made)
    action, _colon, about = request.POST.get("do", "").partition(":")
    if action == "register":
        return _register(request, made)
    if action == "join":
        return _join(request, made, about)
    if action == "object":
        return _object(request, made, about)
    if action == "answer":
        made.answer = ending.read_out(request, about, _citizens_language(made))
        return _register(request, made)
    if action == "end":
        return _end(request, made, about)
    if action == "place":
        _take_place(request, made, about)
    return _show(request, made)


@page("console")
@never_cache
@require_POST
def caller(request: StaffRequest) -> HttpResponse:
    """The caller's column alone, for htmx."""
    made = intake.read(request.POST, request.policy)
    return _part(request, "desk/console_caller.html", made, _known(request, made))


@page("console")
@never_cache
@require_POST
def hints(request: StaffRequest) -> HttpResponse:
    """Subjects, route and likely duplicates alone, for htmx."""
    made = intake.read(request.POST, request.policy)
    given = _hinted(request, made)
    codes = " ".join(one.code for one in given["hints"].suggested)
    same = request.POST.get("shown") == codes
    answer = _part(request, "desk/console_hints.html", made, given | {"same_subjects": same})
    if same:
        answer["HX-Reswap"] = "none"  # what comes out of band is swapped all the same
    return answer


@page("console")
@never_cache
@require_GET
def calls(request: StaffRequest) -> HttpResponse:
    """Who rings at this person's extension now; 204 when nobody does or it is shown already."""
    call = callers.ringing(request.user.extension, at=request.at)
    if call is None or request.GET.get("seen", "") == str(call.pk):
        return HttpResponse(status=204)
    made = Intake(phone=call.phone, e164=call.phone, kind=next(iter(request.policy.kinds)))
    given = _known(request, made) | {"call": call}
    return _part(request, "desk/console_caller.html", made, given)


def _register(request: StaffRequest, made: Intake) -> HttpResponse:
    intake.check(made, request.policy)
    voices.check_about(made, request.policy)
    if made.errors:
        return _show(request, made, status=422)
    language = get_language() or "fa"
    try:
        with transaction.atomic():
            done = register(
                policy=request.policy,
                report=made.report(_citizens_language(made)),
                actor=request.actor,
                at=request.at,
            )
            answered = _answer(request, made, done.case.id)
            about = None if done.case.sealed else done.case.id
            ending.with_case(request, made, about, of=done.event.id)
    except Refused as refused:
        made.errors |= words.refusal_fields(refused, request.policy, language)
        return _show(request, made, status=422)
    what = "sealed" if done.case.sealed else "answered" if answered else "registered"
    return _done(request, what, done.code, sms=_is_told(request, made, done.case.id))


def _answer(request: StaffRequest, made: Intake, case_id: int) -> bool:
    """Close what was answered while the caller was on the line (guidance)."""
    step = voices.answer_step(request, made) if made.answer else None
    if step is None:
        return False
    texts = dict.fromkeys(step.needs, made.answer)
    acts.act(
        policy=request.policy,
        case_id=case_id,
        step=step.code,
        actor=request.actor,
        at=request.at,
        texts=texts,
    )
    return True


@transaction.atomic
def _join(request: StaffRequest, made: Intake, code: str) -> HttpResponse:
    """This caller reports what another case already follows."""
    found = board.by_code(request.actor, code[:12])
    intake.check_caller(made)
    if found is None:
        made.errors["words"] = _("That case was not found; register the message as a new one.")
    if made.errors or found is None:
        return _show(request, made, status=422)
    report = made.report(_citizens_language(made))
    try:
        with transaction.atomic():
            contacts.meet(
                found.pk,
                report.caller,
                {"words": report.words},
                channel=report.channel,
                language=report.language,
                actor=request.actor,
                at=request.at,
                first=False,
            )
            joined = acts.join(
                policy=request.policy,
                case_id=found.pk,
                actor=request.actor,
                at=request.at,
                channel=made.channel,
            )
    except Refused as refused:
        language = get_language() or "fa"
        made.errors["words"] = words.refusal(refused, request.policy, language)
        return _show(request, made, status=409)
    ending.with_case(request, made, found.pk, of=joined.event.id)
    return _done(request, "joined", found.code, sms=_is_told(request, made, found.pk))


def _end(request: StaffRequest, made: Intake, about: str) -> HttpResponse:
    """The contact ended without a message: information, another body, nobody there …"""
    if not ending.without_case(request, made, about):
        return _show(request, made, status=422)
    return _done(request, "ended", about.partition(":")[0], sms=False)


def _object(request: StaffRequest, made: Intake, code: str) -> HttpResponse:
    """The caller complains that a message of theirs is not followed up (F9)."""
    found = board.by_code(request.actor, code[:12])
    language = get_language() or "fa"
    if found is None:
        made.errors["objection_reason"] = _("That case was not found.")
        return _show(request, made, status=422)
    if len(made.objection) > TEXT_MAX:
        over = _("This is too long; at most %(most)s characters.")
        made.errors["objection_reason"] = over % {"most": fa(TEXT_MAX)}
        return _show(request, made, status=422)
    step = reports_no_follow_up(policies.by_digest(found.policy))
    if step is None:
        made.errors["objection_reason"] = _("This city takes no complaint about a message.")
        return _show(request, made, status=409)
    try:
        acts.act(
            policy=request.policy,
            case_id=found.pk,
            step=step.code,
            actor=request.actor,
            at=request.at,
            texts={"objection_reason": made.objection},
        )
    except Refused as refused:
        sentences = words.refusal_fields(refused, request.policy, language).values()
        made.errors["objection_reason"] = " ".join(sentences) or words.refusal(
            refused, request.policy, language
        )
        return _show(request, made, status=422 if sentences else 409)
    ending.with_case(request, made, found.pk)
    return _done(request, "objected", found.code, sms=_is_told(request, made, found.pk))


def _is_told(request: StaffRequest, made: Intake, case_id: int) -> bool:
    """Whether this caller gets an SMS of what was just done."""
    return bool(made.e164) and outbox.is_told(case_id, made.e164, request.at)


def _done(request: StaffRequest, what: str, code: str, *, sms: bool) -> HttpResponse:
    """Back to an empty console, which says once what was done."""
    answer = redirect("desk:console")
    answer.set_signed_cookie(
        DONE,
        f"{what}.{code}.{int(sms)}",
        salt=_salt(request),
        max_age=DONE_FOR_S,
        httponly=True,
        samesite="Lax",
        secure=settings.IS_HTTPS,
    )
    return answer


def _with_done(request: StaffRequest, made: Intake) -> HttpResponse:
    kept = request.get_signed_cookie(DONE, default="", salt=_salt(request), max_age=DONE_FOR_S)
    what, _dot, rest = (kept or "").partition(".")
    code, _dot, sms = rest.partition(".")
    answer = _show(
        request, made, done={"what": what, "code": code, "sms": sms == "1"} if code else None
    )
    if DONE in request.COOKIES:
        answer.delete_cookie(DONE, samesite="Lax")
    return answer


def _salt(request: StaffRequest) -> str:
    return f"{DONE}.{request.user.pk}"  # nobody sees what another did at the same desk


def _take_place(request: StaffRequest, made: Intake, about: str) -> None:
    """Without JavaScript: one of the caller's earlier addresses goes into the form."""
    places = callers.caller(request.actor, made.e164).places if made.e164 else ()
    if about.isascii() and about.isdigit() and int(about) < len(places):
        place = places[int(about)]
        made.address, made.district = place.address, place.district
        made.lat_e6, made.lon_e6 = place.lat_e6, place.lon_e6


def _citizens_language(made: Intake) -> str:
    """Of the one who calls, not of the operator: as we know them, else the city's own."""
    known = contacts.language_of(made.e164) if made.e164 else None
    return known or "fa"


def _known(request: StaffRequest, made: Intake) -> dict[str, Any]:
    """What the caller's column shows."""
    language = get_language() or "fa"
    known = callers.caller(request.actor, made.e164) if made.e164 else None
    newest = known.newest_open if known else None
    said = ""
    if known is not None and newest is not None:
        clock = known.clocks.get(newest.pk)
        said = say.status(request.policy, newest, clock, at=request.at, language=language)
    own = policies.by_digest(newest.policy) if newest else request.policy
    return {
        "known": known,
        "newest": newest,
        "takes_objections": reports_no_follow_up(own) is not None,
        "say": said,
        "title_of": lambda one: say.title(request.policy, one, language),
        "call": None,
    }


def _hinted(request: StaffRequest, made: Intake) -> dict[str, Any]:
    """What the form and the column of likely duplicates show."""
    policy, language = request.policy, get_language() or "fa"
    codes = suggest(policy, made.words, most=SUGGESTED) if made.words else []
    if made.category and made.category not in codes:
        codes = [made.category, *codes][:SUGGESTED]
    category = policy.categories.get(made.category)
    unit, post = holding.route(policy, made.category, made.district) or "", ""
    due = None
    if category is not None:
        stage = policy.begins(made.kind, urgent=bool(made.urgent))
        holder = policy.stages[stage].holder
        if made.urgent and holder in policy.organisation.units:
            unit = holder  # the urgent lane is held by one unit, whatever the subject and place
        elif not unit:
            stage = policy.start_unsorted
        if holder == ROUTING_HEAD and stage != policy.start_unsorted:
            post = policy.organisation.head_of(unit) or ""
        clock = clocks.unit_clock(
            policy, stage=stage, class_code=category.class_code, at=request.at
        )
        due = clocks.instant(clock["due"])
    names = policy.organisation.districts.get(made.district or 0)
    found = Hints(
        suggested=[policy.categories[code] for code in codes],
        category=category,
        unit=words.holder_name(policy, unit, post, language) if unit else "",
        by_name=bool(post),
        due=due,
        similar=_similar(request, made),
        district=names.in_(language) if names else "",
    )
    return {
        **ending.shown(request, made),
        "answered": voices.answered(request, made),
        "hints": found,
        "proposals": urgent.proposals(policy, category, found.suggested, language),
        "title_of": lambda one: say.title(policy, one, language),
    }


def _similar(request: StaffRequest, made: Intake) -> Sequence[nearby.Near]:
    """Likely duplicates, as soon as there is something to compare."""
    if not made.words or not made.placed or (made.lat_e6 is None and not made.category):
        return ()
    place = nearby.Place(
        lat_e6=made.lat_e6,
        lon_e6=made.lon_e6,
        district=made.district,
        category=made.category,
        text=made.words[:2000],
    )
    return nearby.near(request.policy, place, at=request.at)


def _part(
    request: StaffRequest, template: str, made: Intake, given: dict[str, Any]
) -> HttpResponse:
    language = get_language() or "fa"
    base = {"made": made, "policy": request.policy, "language": language, "now": request.at}
    return render(request, template, base | given)


def _show(
    request: StaffRequest, made: Intake, *, done: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """The whole console."""
    language = get_language() or "fa"
    policy = request.policy
    extension = request.user.extension
    given = {
        "made": made,
        "done": done,
        "grounds": urgent.grounds(policy, language),
        "kinds": [(code, names.in_(language)) for code, names in policy.kinds.items()],
        "channels": [(code, _channel(code)) for code in intake.CHANNELS],
        "categories": steps.categories(policy, language),
        "districts": steps.districts(policy, language),
        "extension": extension,
        "map": policy.city["map"],
        # A path of this same host, as for the citizens' page: without one the map is a plain grid.
        "tiles": settings.PEYGIR_TILE_URL,
        "live_url": _live_url(request, extension) if extension else "",
        "outcomes": ending.outcomes(),
        **_known(request, made),
        **_hinted(request, made),
        **voices.shown(request, made),
    }
    return nav.show(
        request,
        "desk/console.html",
        given,
        here="console",
        keys=_keys(request.policy),
        status=status,
    )


def _live_url(request: StaffRequest, extension: str) -> str:
    return f"{live_address(request)}?token={live_token([f'ext-{extension}'])}"


def _channel(code: str) -> str:
    return ending.channels()[code]


def _keys(policy: CityPolicy) -> list[tuple[str, str]]:
    urgent = [("Alt+U", _("urgency"))] if policy.urgent else []
    return [
        ("F2", _("words")),
        ("F4", _("address")),
        ("F6", _("map")),
        *urgent,
        ("F8", _("same address")),
        ("F9", _("complaint about the open message")),
        ("1-5", _("pick in the list that has the focus")),
        ("Alt+1…3", _("open an answer")),
        ("Alt+K", _("how the contact ended without a message")),
        ("Ctrl+Enter", _("register")),
    ]
