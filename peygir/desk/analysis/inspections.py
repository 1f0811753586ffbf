"""The week's claims to inspect: by risk with reasons in words, and by lot; what was found (S26)."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from peygir.analysis import draws, found, risk
from peygir.analysis.checks import Check, Draw
from peygir.analysis.found import Rate
from peygir.calendars.persian import clean, to_latin_digits
from peygir.cases import may
from peygir.cases.checking import FALSE, HELD, UNCLEAR
from peygir.cases.models import Case
from peygir.cases.words import claim_finding, finding
from peygir.desk import case as case_page
from peygir.desk import nav
from peygir.desk.access import StaffRequest, page
from peygir.desk.analysis import asked as addresses
from peygir.desk.analysis import back, frame, reasons
from peygir.desk.follow.common import category_name, unit_name
from peygir.desk.table import csv_file
from peygir.evaluation.satisfaction import wilson
from peygir.look.numbers import fa
from peygir.notices import inspections as mail
from peygir.people.models import Inspection
from peygir.publication import instants

LOOKED_BACK: Final = timedelta(days=365)  # checks that the shares are counted over
SHOWN_MAX: Final = 60  # of a list at once
ID_MAX: Final = 2**63 - 1
COLUMNS: Final = (
    "week", "list", "part", "points", "reasons", "unit", "category", "district", "claimed_at",
    "finding", "found_at",
)  # fmt: skip
TONES: Final = {HELD: "ok", FALSE: "danger", UNCLEAR: "neutral"}


@page("inspections")
@never_cache
@require_GET
def inspections(request: StaffRequest) -> HttpResponse:
    """What waits, what was false, what was found, and how often points were right."""
    return _show(request)


@page("inspections_record")
@require_POST
def draw(request: StaffRequest) -> HttpResponse:
    """Ask for a further list of this week, or its first where the worker has made none.

    The worker draws it from what the public log says next; without a log it is drawn here.
    """
    many = 0
    try:
        with transaction.atomic():
            made = draws.ask(
                request.policy,
                wanted=_whole(request.POST.get("wanted", "")),
                number=_whole(request.POST.get("number", "1")),
                actor=request.actor,
                at=request.at,
            )
            if not instants.has_log():
                draws.settle(request.policy, made)
                many = made.checks.count()
                mail.announce(request.policy, key=str(made.pk), count=many, at=request.at)
    except draws.Refused as refused:
        if refused.code == "wanted":
            return _show(request, {"wanted": _said(refused.code)}, status=422)
        messages.warning(request, _said(refused.code))
    else:
        waits = _("The list is asked for. It is drawn as soon as the public log has gone on.")
        said = _("The list is made; it has %s claims.") % fa(many) if made.seed else waits
        messages.success(request, said)
    return redirect("desk:analysis_inspections")


@page("inspections_record")
@require_POST
def record(request: StaffRequest, check_id: int) -> HttpResponse:
    """Tell what was found of one claim."""
    return _record(request, check_id, again=False)


@page("inspections_record")
@require_POST
def correct(request: StaffRequest, check_id: int) -> HttpResponse:
    """Put right what was told."""
    return _record(request, check_id, again=True)


@page("inspections")
@require_GET
def sheet(request: StaffRequest) -> HttpResponse:
    """Every check of a year for a spreadsheet, without any case's code. What nobody has looked at
    is left out: a list that goes round beforehand finds everything in order."""
    since = request.at - LOOKED_BACK
    checks = Check.objects.filter(found_at__gte=since).select_related("draw").order_by("pk")
    rows = [
        (
            one.draw.week.isoformat(),
            one.draw.number,
            "lot" if one.by_lot else "risk",
            one.points,
            " ".join(reason[0] for reason in one.reasons),
            one.unit,
            one.category,
            "" if one.district is None else one.district,
            one.claimed_at.isoformat(),
            one.finding,
            one.found_at.isoformat() if one.found_at else "",
        )
        for one in checks
    ]
    return csv_file("inspections", [COLUMNS, *rows])


def _record(request: StaffRequest, check_id: int, *, again: bool) -> HttpResponse:
    check = Check.objects.filter(pk=check_id).first() if check_id <= ID_MAX else None
    seen = Case.objects.visible_to(request.actor)
    if check is None or not seen.filter(pk=check.case_id).exists():
        messages.warning(request, _said("unknown"))
        return redirect("desk:analysis_inspections")
    told = request.POST.get("finding", "")
    given: dict[str, Any] = {"actor": request.actor, "at": request.at, "again": again}
    try:
        kept = found.record(request.policy, check.pk, told, **given)
    except found.Refused as refused:
        if refused.code in ("finding", "unchanged"):
            return _show(request, {str(check.pk): _said(refused.code)}, status=422)
        messages.warning(request, _said(refused.code))
        return redirect("desk:analysis_inspections")
    done = _("The finding is put right, in public.") if again else _("The finding is kept.")
    messages.success(request, done)
    anchor = "#found" if again else "#false" if kept.finding == FALSE else "#waiting"
    return redirect(reverse("desk:analysis_inspections") + anchor)


def _show(
    request: StaffRequest, wrong: Mapping[str, str] | None = None, *, status: int = 200
) -> HttpResponse:
    waiting, untrue, recent = found.waiting(), found.false(), found.recent(at=request.at)
    cases = _visible(request, [*waiting, *untrue, *recent])
    visits = found.visits(waiting)
    records = may.open_page(request.actor, "inspections_record")
    # Whoever only looks on may stand above those who are to be visited: they see what was found.
    seen = [one for one in waiting if records and one.case_id in cases]
    context = {
        "here": "inspections",
        "records": records,
        **_lists(request),
        "waiting": [_row(request, one, cases, visits) for one in seen[:SHOWN_MAX]],
        "waiting_n": len(waiting),
        "untrue": [
            {**_row(request, one, cases, {}), "way": back.way(request, cases[one.case_id])}
            for one in untrue
            if one.case_id in cases
        ][:SHOWN_MAX],
        "false_n": len(untrue),
        "recent": [_row(request, one, cases, {}) for one in recent if one.case_id in cases][
            :SHOWN_MAX
        ],
        "recent_n": len(recent),
        **_judged(request),
        "findings": _findings(),
        "now": request.at,
        "wrong": wrong or {},
        "typed": request.POST,
    }
    return frame.show(request, "inspections", addresses.read(request), context, status=status)


def _lists(request: StaffRequest) -> dict[str, Any]:
    """This week's lists, when the worker makes its own, and what a further one is asked for."""
    policy, week = request.policy, draws.week_of(request.policy, request.at)
    made = list(Draw.objects.filter(week=week).order_by("number"))
    return {
        "lists": made,
        "number": draws.next_number(week),
        "opens": draws.opening(policy, week) if policy.inspections_weekly and not made else None,
        "usual": policy.inspections_weekly or draws.USUAL,
        "most": draws.WANTED_MAX,
        "lot_share": draws.LOT_SHARE,
    }


def _row(
    request: StaffRequest,
    check: Check,
    cases: Mapping[int, Case],
    visits: Mapping[int, Inspection],
) -> dict[str, Any]:
    case, visit = cases[check.case_id], visits.get(check.case_id)
    policy = case_page.policy_of(request, case)
    said = reasons.of_check(check)
    return {
        "check": check,
        "code": case.code,
        "title": category_name(policy, check.category),
        "unit": unit_name(policy, check.unit),
        "strongest": said[0][0] if said else _("No reason stands against it."),
        "more": max(0, len(said) - 1),
        "reasons": said,
        "own": check.unit in request.actor.units,
        "visit_path": _visit_path(request, case),
        "visit": finding(visit.finding) if visit else "",
        "chosen": found.suggested(visit) if visit else "",
        "found": claim_finding(check.finding),
        "short": _short().get(check.finding, ""),
        "tone": TONES.get(check.finding, "neutral"),
    }


def _visit_path(request: StaffRequest, case: Case) -> str:
    """Where a visit to the case is kept, with its words and pictures; "" for whoever makes none."""
    visits = nav.offers(request.policy, request.actor, "field")
    return reverse("desk:field_visit", args=[case.code]) if visits else ""


def _visible(request: StaffRequest, checks: Sequence[Check]) -> dict[int, Case]:
    wanted = {one.case_id for one in checks}
    seen = Case.objects.visible_to(request.actor).filter(pk__in=wanted)
    return {case.pk: case for case in seen}


def _judged(request: StaffRequest) -> dict[str, Any]:
    """How often each part of the lists and each reason was right; reasons never met are left
    out."""
    since, weights = request.at - LOOKED_BACK, reasons.weights()
    parts, by_reason = found.rates(since), found.by_reason(since)
    return {
        "rates": [_rate(_("By risk"), parts[False]), _rate(_("At random"), parts[True])],
        "right": [
            _rate(words, by_reason[code]) for code, words, _n in weights if by_reason[code].told
        ],
        "weights": [(words, points) for _code, words, points in weights],
        "version": risk.VERSION,
    }


def _rate(words: str, rate: Rate) -> dict[str, Any]:
    low, high = wilson(rate.false, rate.told)
    return {"words": words, "rate": rate, "low": low, "high": high}


def _short() -> dict[str, str]:
    return {HELD: _("Was done"), FALSE: _("False"), UNCLEAR: _("Nobody could tell")}


def _findings() -> list[tuple[str, str]]:
    return [
        (HELD, _("The work is done")),
        (FALSE, _("It is not, or only in part")),
        (UNCLEAR, _("Nobody could tell")),
    ]


def _whole(typed: str) -> int:
    """A number as people type it; 0 for none."""
    text = to_latin_digits(clean(typed[:10])).strip()
    return int(text) if text.isascii() and text.isdigit() else 0


def _said(code: str) -> str:
    said = {
        "drawn": _("That list was made in this very moment; here it is."),
        "nothing": _("No claim of the last two weeks is left to inspect."),
        "wanted": _("Write a number from 1 to %(most)s.") % {"most": fa(draws.WANTED_MAX)},
        "unknown": _("This claim is not on the list, or somebody recorded it already."),
        "own": _("Nobody judges a claim of their own unit."),
        "finding": _("Please say what was found."),
        "unchanged": _("That is what was told already."),
        "gone": _("The case has no such claim any more; nothing was recorded."),
    }
    return said[code]
