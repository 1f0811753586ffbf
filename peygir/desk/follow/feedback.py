"""The feedback queue: one call at a time, and what came of it (Q6)."""

from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from peygir.boards import cases, feedback, field, second, serving
from peygir.boards.feedback import Card
from peygir.cases import policies, words
from peygir.cases.refusals import Refused
from peygir.desk import nav, steps
from peygir.desk.access import StaffRequest, page
from peygir.desk.follow import calls
from peygir.desk.follow.common import (
    category_name,
    language,
    number_of,
    place,
    post_name,
    script,
    shown,
    status_of,
    told,
    unit_name,
)
from peygir.evaluation import satisfaction
from peygir.look.dates import jalali_words, local
from peygir.people.models import Staff

PERIOD: Final = timedelta(days=30)
FRESH_S: Final = 300  # seconds
SLOT_DAYS: Final = 4  # today and three days ahead: a citizen may be called later, not put off
OUTCOMES: Final[dict[str, str]] = {
    "reached": gettext_noop("Reached"),
    "no_answer": gettext_noop("No answer"),
    "busy": gettext_noop("Busy"),
    "off": gettext_noop("Switched off"),
    "wrong_number": gettext_noop("Wrong number"),
}
KEYS: Final = (
    ("Digit1", gettext_noop("satisfied")),
    ("Digit2", gettext_noop("dissatisfied")),
    ("Digit3", gettext_noop("no answer")),
    ("F2", gettext_noop("what is still wrong")),
    ("Digit7", gettext_noop("another time")),
)


@page("feedback")
@never_cache
@require_GET
def queue(request: StaffRequest) -> HttpResponse:
    """The call at hand, or what waits. Looking takes nothing: a call is taken by `claim`."""
    if not serving.stages(request.policy, "calls"):
        raise Http404
    return _show(request, _current(request))


@page("feedback")
@require_POST
def claim(request: StaffRequest) -> HttpResponse:
    """Take the next call. Whoever may not record its outcome must not hold it."""
    if "feedback" not in request.actor.roles:
        raise PermissionDenied
    feedback.take(request.user.pk, _units(request), at=request.at)
    return redirect("desk:feedback")


@page("feedback")
@require_POST
def release(request: StaffRequest) -> HttpResponse:
    """Give the call back, for a break or for somebody else."""
    feedback.release(request.user.pk)
    return redirect("desk:feedback")


@page("feedback")
@require_POST
def reporter(request: StaffRequest) -> HttpResponse:
    """Call another reporter of the same case."""
    card = _current(request)
    chosen = number_of(request.POST.get("reporter", ""))
    if card is not None and (chosen is None or not feedback.choose(card, chosen)):
        messages.warning(request, _("A colleague is calling this citizen, or there is no number."))
    return redirect("desk:feedback")


@page("feedback")
@require_POST
def outcome(request: StaffRequest) -> HttpResponse:
    """Record what came of the call, and bring the next one."""
    case = cases.by_code(request.actor, request.POST.get("code", "")[:20])
    card = None
    if case is not None:
        card = feedback.resume(request.user.pk, _units(request), case.pk, at=request.at)
    if card is None:
        messages.warning(
            request, _("This call was taken over or already recorded; nothing was written twice.")
        )
        return redirect("desk:feedback")
    given = calls.parse(request.POST, request)
    if given.faults:
        return _show(request, card, faults=given.faults, status=422)
    try:
        done = calls.record(request, card, given)
    except Refused as refused:
        lang = language()
        faults = dict(words.refusal_fields(refused, request.policy, lang))
        said = words.refusal(refused, request.policy, lang)
        return _show(request, card, faults=faults, said=said, status=status_of(refused))
    messages.success(request, told(done))
    feedback.take(request.user.pk, _units(request), at=request.at)
    return redirect("desk:feedback")


def _units(request: StaffRequest) -> frozenset[str]:
    """The feedback desk's own people, and the head of the centre above it."""
    return request.actor.sees


def _current(request: StaffRequest) -> Card | None:
    return feedback.current(request.user.pk, _units(request), at=request.at)


def _show(
    request: StaffRequest,
    card: Card | None,
    *,
    faults: dict[str, str] | None = None,
    said: str = "",
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "waiting": feedback.waiting(_units(request), at=request.at),
        "second": second.waiting(request.user.pk, at=request.at),
        "satisfied": _satisfaction(request),
        "may_call": "feedback" in request.actor.roles,
        "card": card,
        "faults": faults or {},
        "said": said,
        "typed": request.POST,
        "redial": request.policy.redial,
        "outcomes": {code: _(one) for code, one in OUTCOMES.items()},
    }
    if card is not None:
        context |= _card(request, card)
    keys = [(key, _(one)) for key, one in KEYS] if card else []
    template = "desk/follow/feedback.html"
    return nav.show(request, template, context, here="feedback", keys=keys, status=status)


def _card(request: StaffRequest, card: Card) -> dict[str, Any]:
    policy, case = request.policy, card.case
    before, after = field.photos(case.pk)
    parts = ("opening", "result", "question", "satisfied", "dissatisfied", "later", "ending")
    papers = field.papers(case.pk, "words", "address", "result_text", "report_to_citizen")
    address = papers["address"].text if "address" in papers else ""
    callers = Staff.objects.in_bulk([c.staff_id for c in card.calls if c.staff_id])
    return {
        "case": case,
        "title": category_name(policy, case.category),
        "where": place(policy, case, address),
        "papers": papers,
        "script": {part: script(policy, f"script.feedback.{part}", case) for part in parts},
        "before": shown(before),
        "after": shown(after),
        "unit": unit_name(policy, case.executive_unit),
        "tries": [
            (c, callers[c.staff_id].name(language()) if c.staff_id in callers else "")
            for c in card.calls
        ],
        "attempts_max": policy.redial.attempts,
        "leads": _leads(card),
        "others": _others(request, card),
        "days": _days(request),
        "post": post_name(policy, request.actor.post),
    }


def _leads(card: Card) -> dict[str, str]:
    """Names of the stages to which a no and too many calls in vain lead."""
    policy = policies.by_digest(card.case.policy)
    no, unreached = card.steps.no, card.steps.unreached
    to = {"no": no.to if no else "", "unreached": (unreached.then or "") if unreached else ""}
    found = {name: policy.stages.get(stage) for name, stage in to.items()}
    return {name: stage.words.in_(language()) if stage else "" for name, stage in found.items()}


def _others(request: StaffRequest, card: Card) -> list[steps.Open]:
    """What else may be done with the referral that the call is about: steps with no key here."""
    policy = policies.for_case(card.case.policy, request.policy.digest)
    keys = {getattr(card.steps, name) for name in ("yes", "no", "unreached", "later")}
    own = policy.stages[card.referral.stage].steps
    found = steps.open_steps(
        policy, cases.state_of(card.case), request.actor, at=request.at, language=language()
    )
    number = card.referral.number if policy.stages[card.referral.stage].track else None
    return [o for o in found if o.code in own and o.referral == number and own[o.code] not in keys]


def _days(request: StaffRequest) -> list[tuple[str, str]]:
    today = local(request.at).date()
    days = [today + timedelta(days=ahead) for ahead in range(SLOT_DAYS)]
    return [(day.isoformat(), jalali_words(day)) for day in days]


def _satisfaction(request: StaffRequest) -> satisfaction.Satisfaction:
    """Of the whole city; counted once in FRESH_S, because every card shows it."""
    key = f"satisfied:{request.policy.digest}:{int(request.at.timestamp() / FRESH_S)}"
    kept: satisfaction.Satisfaction | None = cache.get(key)
    if kept is None:
        units = request.policy.organisation.units
        found = satisfaction.by_unit(
            request.policy, units, since=request.at - PERIOD, until=request.at
        )
        kept = satisfaction.total(found.values())
        cache.set(key, kept, FRESH_S)
    return kept
