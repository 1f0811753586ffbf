"""A head's page: what the units under them have in hand, and what only they can decide (Q13)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from peygir.boards import thanks, workload
from peygir.boards.workload import Load, Proposal
from peygir.cases import acts, words
from peygir.cases.fold import instant
from peygir.cases.refusals import Refused
from peygir.desk import nav, steps
from peygir.desk.access import StaffRequest, page
from peygir.desk.follow.common import (
    TEXT_MAX,
    case_or_404,
    category_name,
    language,
    post_name,
    status_of,
    text_of,
    told,
    tonight,
    unit_name,
    whose,
)
from peygir.evaluation import appeals, points, satisfaction
from peygir.evaluation.models import Point
from peygir.evaluation.satisfaction import Satisfaction
from peygir.look import charts
from peygir.people.models import Unit

PERIOD: Final = timedelta(days=30)
BARS_MAX: Final = 12  # units in the drawing; the table below has them all
POINTS_SHOWN: Final = 30


@page("head")
@never_cache
@require_GET
def head(request: StaffRequest) -> HttpResponse:
    """The units that this person heads and those below."""
    return _show(request)


@page("head")
@require_POST
def proposal(request: StaffRequest, code: str) -> HttpResponse:
    """Approve what a unit proposed for a case, or refuse it with a reason."""
    case = case_or_404(request, code)
    given: dict[str, Any] = {
        "policy": request.policy,
        "case_id": case.pk,
        "actor": request.actor,
        "at": request.at,
    }
    reason = text_of(request, "reason")
    if len(reason) > TEXT_MAX:
        return _show(request, {case.code: _("Please shorten this to 2,000 characters.")}, 422)
    try:
        if request.POST.get("decision") == "approve":
            done = acts.approve(**given)
        else:
            done = acts.refuse(**given, reason=reason)
    except Refused as refused:
        lang = language()
        fields = words.refusal_fields(refused, request.policy, lang)
        said = [words.refusal(refused, request.policy, lang), *fields.values()]
        return _show(request, {case.code: " ".join(said)}, status_of(refused))
    messages.success(request, told(done))
    return redirect("desk:head")


def units_of(request: StaffRequest) -> list[str]:
    """Units that this person heads and every one below, in the order of the chart."""
    policy, own = request.policy, request.actor.heads
    chart = policy.organisation
    return [unit for unit in chart.units if own & set(chart.ancestors(unit))]


def _show(
    request: StaffRequest, faults: Mapping[str, str] | None = None, status: int = 200
) -> HttpResponse:
    policy, at, units = request.policy, request.at, units_of(request)
    since = at - PERIOD
    above = request.actor.above
    loads = workload.loads(units, at=at, tonight=tonight(policy, at), above=above)
    said = satisfaction.by_unit(policy, units, since=since, until=at)
    oldest = workload.oldest(units, above=above)
    sums = points.sums(units, since=since, until=at)
    costs = points.of_units(units, since=since, until=at, limit=POINTS_SHOWN)
    context = {
        "thanks": thanks.of(policy, request.actor, at=at),
        "unit_name": lambda unit: unit_name(policy, unit),
        "units": [unit_name(policy, u) for u in sorted(request.actor.heads)],
        "whole": workload.total(loads.values()),
        "rows": _rows(request, units, loads, said, sums),
        "drawing": _drawing(request, loads),
        "satisfied": satisfaction.total(said.values()),
        "satisfied_chart": _interval(satisfaction.total(said.values())),
        **_proposals(request),
        "faults": dict(faults or {}),
        "typed": request.POST,
        "points": [_point(request, one) for one in costs],
        "whose": whose(policy, costs),
        "points_sum": sum(sums.values()),
        "oldest": [
            (case, category_name(policy, case.category), unit_name(policy, case.unit))
            for case in oldest
        ],
        "pending": [_appeal(request, one) for one in points.pending()[:POINTS_SHOWN]]
        if appeals.may_decide(request.actor)
        else [],
    }
    return nav.show(request, "desk/follow/head.html", context, here="head", status=status)


def _proposals(request: StaffRequest) -> dict[str, Any]:
    """What waits for a decision: of the units that this person heads, and of those below, which
    a head of their own decides."""
    found = workload.proposals(request.policy, request.actor)
    heads = request.actor.heads
    own = [_proposal(request, one) for one in found if one.referral.unit in heads]
    below = [_proposal(request, one) for one in found if one.referral.unit not in heads]
    return {"proposals": own, "proposals_below": below}


def _rows(
    request: StaffRequest,
    units: list[str],
    loads: Mapping[str, Load],
    said: Mapping[str, Satisfaction],
    costs: Mapping[str, int],
) -> list[dict[str, Any]]:
    """Units with anything to show; a city's idle units would only bury the others."""
    kinds = dict(Unit.objects.filter(code__in=units).values_list("code", "kind"))
    rows = []
    for unit in units:
        load, answered = loads.get(unit, Load(unit=unit)), said.get(unit, Satisfaction())
        if load.open or answered.closed or costs.get(unit) or kinds.get(unit) == "department":
            row = {"unit": unit, "name": unit_name(request.policy, unit), "load": load}
            rows.append(row | {"said": answered, "points": costs.get(unit, 0)})
    return sorted(rows, key=lambda row: (-row["load"].late, -row["load"].open))


def _drawing(request: StaffRequest, loads: Mapping[str, Load]) -> charts.Chart | None:
    most = sorted((one for one in loads.values() if one.open), key=lambda one: -one.open)[:BARS_MAX]
    if not most:
        return None
    return charts.bars(
        _("Open and late cases by unit"),
        [unit_name(request.policy, one.unit) for one in most],
        [
            charts.Series(_("Open"), [float(one.open) for one in most]),
            charts.Series(_("Late"), [float(one.late) for one in most]),
        ],
    )


def _interval(said: Satisfaction) -> charts.Chart | None:
    if said.rate is None:
        return None
    low, high = said.interval
    return charts.interval(round(said.rate * 100), round(low * 100), round(high * 100))


def _proposal(request: StaffRequest, one: Proposal) -> dict[str, Any]:
    step = request.policy.step(one.referral.stage, one.step)
    promised: datetime | None = instant(one.promised_for) if one.promised_for else None
    return {
        "case": one.case,
        "title": category_name(request.policy, one.case.category),
        "step": step.words.in_(language()) if step else one.step,
        "unit": unit_name(request.policy, one.referral.unit),
        "post": post_name(request.policy, one.post),
        "promised": promised,
        "texts": {text: steps.label(name) for name, text in one.texts.items()},
        "words": one.words,
    }


def _point(request: StaffRequest, point: Point) -> dict[str, Any]:
    appeal = getattr(point, "appeal", None)
    return {
        "point": point,
        "unit": unit_name(request.policy, point.unit),
        "appeal": appeal,
        "may_appeal": appeal is None
        and point.reason != "reversal"
        and appeals.may_file(request.policy, point, request.actor),
    }


def _appeal(request: StaffRequest, appeal: Any) -> dict[str, Any]:
    return {
        "appeal": appeal,
        "point": appeal.point,
        "unit": unit_name(request.policy, appeal.point.unit),
        "post": post_name(request.policy, appeal.filed_post),
    }
