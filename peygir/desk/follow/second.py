"""Second calls: by lot and by somebody else, a citizen who said yes is asked again."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from peygir.boards import feedback as calls
from peygir.boards import field, second, serving
from peygir.boards.models import SecondCall
from peygir.boards.second import Card
from peygir.cases.models import Case
from peygir.desk import nav
from peygir.desk.access import StaffRequest, page
from peygir.desk.analysis import back
from peygir.desk.follow.common import category_name, place, script, shown, unit_name
from peygir.desk.follow.feedback import OUTCOMES
from peygir.evaluation.satisfaction import wilson
from peygir.look import charts
from peygir.policy.model import CityPolicy
from peygir.policy.vocabulary import UNREACHED

LOOKED_BACK: Final = timedelta(weeks=12)
WEEKS: Final = LOOKED_BACK.days // 7
DRAWN_MAX: Final = 9  # units in the picture; the table has them all
LOTS_SHOWN: Final = timedelta(days=10)
CALLER: Final = "feedback"  # the role; the head of the centre looks on


@page("feedback")
@never_cache
@require_GET
def queue(request: StaffRequest) -> HttpResponse:
    """The second call at hand, or how many wait. Looking takes nothing."""
    _there_are_calls(request)
    return _show(request, second.current(request.user.pk, at=request.at))


@page("feedback")
@require_POST
def claim(request: StaffRequest) -> HttpResponse:
    """Take the next one; never one whose first word this person took."""
    _may_call(request)
    if second.take(request.user.pk, at=request.at) is None:
        messages.info(request, _("No second call waits for you now."))
    return redirect("desk:second_calls")


@page("feedback")
@require_POST
def release(request: StaffRequest) -> HttpResponse:
    """Give the call back."""
    calls.release(request.user.pk)
    return redirect("desk:second_calls")


@page("feedback")
@require_POST
def outcome(request: StaffRequest) -> HttpResponse:
    """Keep what came of the call."""
    _may_call(request)
    card = second.current(request.user.pk, at=request.at)
    if card is None or card.case.code != request.POST.get("code", ""):
        messages.warning(
            request, _("This call was taken over or already recorded; nothing was written twice.")
        )
        return redirect("desk:second_calls")
    try:
        found = second.record(
            request.policy,
            card,
            request.POST.get("outcome", ""),
            staff=request.user,
            at=request.at,
        )
    except ValueError:
        return _show(request, card, _("Please say how the call ended."), 422)
    said = {
        second.AGREE: _("Kept: the citizen says the same as before."),
        second.DIFFER: _("Kept: the citizen says otherwise. See below what must be done."),
        second.NOBODY: _("Kept: the citizen could not be reached again."),
    }
    messages.success(request, said.get(found, _("Kept; the call will be tried again.")))
    return redirect("desk:second_calls")


def counted(request: StaffRequest) -> dict[str, Any]:
    """What second calls of LOOKED_BACK found, by unit, and the lots of the last days."""
    rows = second.results(request.at - LOOKED_BACK, at=request.at)
    return {
        "second_drawn": _drawing(request.policy, rows),
        "second": [
            {
                "name": unit_name(request.policy, row.unit),
                "row": row,
                "share": row.differ / row.reached if row.reached else None,
                "between": wilson(row.differ, row.reached),
            }
            for row in rows
        ],
        "second_weeks": WEEKS,
        "second_share": second.PER_10_000 / 10_000,
        "lots": second.draws((request.at - LOTS_SHOWN).date()),
    }


def _drawing(policy: CityPolicy, rows: Sequence[second.Result]) -> charts.Chart | None:
    """How often second answers contradict the first: of all, and of the units with the most."""
    most = sorted((row for row in rows if row.reached), key=lambda row: -row.reached)[:DRAWN_MAX]
    if not most:
        return None
    of_all = sum(row.reached for row in rows), sum(row.differ for row in rows)
    counted = [of_all, *((row.reached, row.differ) for row in most)]
    between = [wilson(differ, reached) for reached, differ in counted]
    return charts.shares(
        _("Second answers that contradict the first"),
        [_("All units"), *(unit_name(policy, row.unit) for row in most)],
        [
            (low, differ / reached, high)
            for (reached, differ), (low, high) in zip(counted, between, strict=True)
        ],
        [reached for reached, _differ in counted],
    )


def _may_call(request: StaffRequest) -> None:
    """Whoever may not record an outcome must not hold a call."""
    _there_are_calls(request)
    if CALLER not in request.actor.roles:
        raise PermissionDenied


def _there_are_calls(request: StaffRequest) -> None:
    if not serving.stages(request.policy, "calls"):
        raise Http404


def _show(
    request: StaffRequest, card: Card | None, wrong: str = "", status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "waiting": second.waiting(request.user.pk, at=request.at),
        "may_call": CALLER in request.actor.roles,
        "card": card,
        "wrong": wrong,
        "share": second.PER_10_000 / 10_000,
        "days": second.CALLED_WITHIN.days,
        "outcomes": [(code, _(OUTCOMES[code])) for code in UNREACHED],
        "differing": _differing(request),
    }
    if card is not None:
        context |= _card(request, card)
    else:
        rows = second.results(request.at - LOOKED_BACK, at=request.at)
        context |= {"second_drawn": _drawing(request.policy, rows), "second_weeks": WEEKS}
    return nav.show(request, "desk/follow/second.html", context, here="feedback", status=status)


def _card(request: StaffRequest, card: Card) -> dict[str, Any]:
    policy, case = request.policy, card.case
    before, after = field.photos(case.pk)
    papers = field.papers(case.pk, "words", "address", "result_text", "report_to_citizen")
    address = papers["address"].text if "address" in papers else ""
    return {
        "case": case,
        "title": category_name(policy, case.category),
        "where": place(policy, case, address),
        "papers": papers,
        "opening": script(policy, "script.feedback.opening", case),
        "question": script(policy, "script.feedback.question", case),
        "before": shown(before),
        "after": shown(after),
        "unit": unit_name(policy, case.executive_unit),
    }


def _differing(request: StaffRequest) -> list[dict[str, Any]]:
    """Cases whose citizen says otherwise now, with what must be done; those that one may see."""
    found: list[SecondCall] = second.differing()
    seen = Case.objects.visible_to(request.actor).in_bulk([one.case_id for one in found])
    return [
        {
            "code": seen[one.case_id].code,
            "title": category_name(request.policy, seen[one.case_id].category),
            "way": back.way(request, seen[one.case_id]),
        }
        for one in found
        if one.case_id in seen
    ]
