"""The week's claims to inspect: by risk with reasons in words, and by lot; what was found (S26)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from peygir.analysis import draws, risk
from peygir.analysis.checks import CONFIRMED, FALSE, UNCLEAR, Check, Draw
from peygir.analysis.draws import Rate
from peygir.calendars.persian import clean, to_latin_digits
from peygir.cases import may
from peygir.cases.models import Case
from peygir.cases.words import finding
from peygir.desk import case as case_page
from peygir.desk import nav
from peygir.desk.access import StaffRequest, page
from peygir.desk.analysis import asked as addresses
from peygir.desk.analysis import back, frame
from peygir.desk.follow.common import category_name, language, unit_name
from peygir.desk.table import csv_file
from peygir.evaluation.satisfaction import wilson
from peygir.look.numbers import fa
from peygir.people.models import Inspection

LOOKED_BACK: Final = timedelta(days=365)  # checks that the shares are counted over
SHOWN_MAX: Final = 60  # of a list at once
ID_MAX: Final = 2**63 - 1
COLUMNS: Final = (
    "week", "part", "points", "reasons", "unit", "category", "district", "claimed_at", "finding",
    "found_at",
)  # fmt: skip


@page("inspections")
@never_cache
@require_GET
def inspections(request: StaffRequest) -> HttpResponse:
    """What waits, what was false, and how often points were right."""
    return _show(request)


@page("inspections_record")
@require_POST
def draw(request: StaffRequest) -> HttpResponse:
    """Make this week's list."""
    typed = to_latin_digits(clean(request.POST.get("wanted", "")[:10])).strip()
    wanted = int(typed) if typed.isascii() and typed.isdigit() else 0
    try:
        made = draws.draw(request.policy, wanted=wanted, actor=request.actor, at=request.at)
    except draws.Refused as refused:
        if refused.code == "wanted":
            return _show(request, {"wanted": _said(refused.code)}, status=422)
        messages.warning(request, _said(refused.code))
    else:
        messages.success(request, _("The list is made; its seed is %s.") % made.seed)
    return redirect("desk:analysis_inspections")


@page("inspections_record")
@require_POST
def record(request: StaffRequest, check_id: int) -> HttpResponse:
    """Keep what was found of one claim."""
    check = Check.objects.filter(pk=check_id).first() if check_id <= ID_MAX else None
    seen = Case.objects.visible_to(request.actor)
    if check is None or not seen.filter(pk=check.case_id).exists():
        messages.warning(request, _said("unknown"))
        return redirect("desk:analysis_inspections")
    try:
        kept = draws.record(
            check.pk, request.POST.get("finding", ""), actor=request.actor, at=request.at
        )
    except draws.Refused as refused:
        if refused.code == "finding":
            return _show(request, {str(check.pk): _said(refused.code)}, status=422)
        messages.warning(request, _said(refused.code))
        return redirect("desk:analysis_inspections")
    messages.success(request, _("The finding is kept."))
    anchor = "#false" if kept.finding == FALSE else "#waiting"
    return redirect(reverse("desk:analysis_inspections") + anchor)


@page("inspections")
@require_GET
def sheet(request: StaffRequest) -> HttpResponse:
    """Every check of a year for a spreadsheet, without any case's code. What nobody has looked at
    is left out: a list that goes round beforehand finds everything in order."""
    since = request.at - LOOKED_BACK
    found = Check.objects.filter(found_at__gte=since).select_related("draw").order_by("pk")
    rows = [
        (
            one.draw_id.isoformat(),
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
        for one in found
    ]
    return csv_file("inspections", [COLUMNS, *rows])


def _show(
    request: StaffRequest, wrong: Mapping[str, str] | None = None, *, status: int = 200
) -> HttpResponse:
    waiting, untrue = draws.waiting(), draws.false()
    cases = _visible(request, [*waiting, *untrue])
    visits = draws.visits(waiting)
    since = request.at - LOOKED_BACK
    records = may.open_page(request.actor, "inspections_record")
    # Whoever only looks on may stand above those who are to be visited: they see what was found.
    seen = [one for one in waiting if records and one.case_id in cases]
    context = {
        "here": "inspections",
        "records": records,
        "drawn": Draw.objects.filter(pk=draws.week_of(request.policy, request.at)).first(),
        "week": draws.week_of(request.policy, request.at),
        "last": Draw.objects.order_by("-week").first(),
        "waiting": [_row(request, one, cases, visits) for one in seen[:SHOWN_MAX]],
        "waiting_n": len(waiting),
        "untrue": [
            {**_row(request, one, cases, {}), "way": back.way(request, cases[one.case_id])}
            for one in untrue
            if one.case_id in cases
        ][:SHOWN_MAX],
        "false_n": len(untrue),
        "rates": _rates(since),
        "right": _right(since),
        "weights": _weights(),
        "version": risk.VERSION,
        "findings": _findings(),
        "usual": draws.WANTED,
        "most": draws.WANTED_MAX,
        "lot_share": draws.LOT_SHARE,
        "wrong": wrong or {},
        "typed": request.POST,
    }
    return frame.show(request, "inspections", addresses.read(request), context, status=status)


def _row(
    request: StaffRequest,
    check: Check,
    cases: Mapping[int, Case],
    visits: Mapping[int, Inspection],
) -> dict[str, Any]:
    case, visit = cases[check.case_id], visits.get(check.case_id)
    policy = case_page.policy_of(request, case)
    return {
        "check": check,
        "code": case.code,
        "title": category_name(policy, check.category),
        "unit": unit_name(policy, check.unit),
        "reasons": [(words, points) for words, points in _reasons(check)],
        "own": check.unit in request.actor.units,
        "visit_path": _visit_path(request, case),
        "visit": finding(visit.finding) if visit else "",
        "chosen": draws.suggested(visit) if visit else "",
    }


def _visit_path(request: StaffRequest, case: Case) -> str:
    """Where a visit to the case is kept, with its words and pictures; "" for whoever makes none."""
    visits = nav.offers(request.policy, request.actor, "field")
    return reverse("desk:field_visit", args=[case.code]) if visits else ""


def _visible(request: StaffRequest, checks: Sequence[Check]) -> dict[int, Case]:
    wanted = {one.case_id for one in checks}
    seen = Case.objects.visible_to(request.actor).filter(pk__in=wanted)
    return {case.pk: case for case in seen}


def _reasons(check: Check) -> list[tuple[str, int]]:
    return [(_reason(code, n), points) for code, points, n in check.reasons]


def _reason(code: str, n: int) -> str:
    mark = "٪" if language() == "fa" else "%"
    said = {"n": fa(n), "share": f"\u2066{fa(n)}{mark}\u2069"}  # kept together in a sentence
    match code:
        case "unit_false":
            return _("Of this unit's inspected claims %(share)s were false.") % said
        case "returned":
            return _("Said to be done before and found not done: %(n)s times.") % said
        case "no_photo":
            return _("There is no photo of the work.")
        case "copied":
            return _("Nearly the same words as in other claims of the unit: %(n)s in all.") % said
        case "recurs":
            return _("The same subject at the same place: %(n)s other cases in half a year.") % said
        case "unreached":
            nobody = _("Nobody left a number who could be asked.")
            return _("The citizen was called in vain: %(n)s times.") % said if n else nobody
        case "last_hour":
            return _("Said to be done %(n)s minutes before the deadline.") % said
        case _:
            return _("Took %(share)s of the usual time of its subject.") % said


def _weights() -> list[tuple[str, int]]:
    """What each reason is, in general words, with its points."""
    words = {
        "unit_false": _("Share of the unit's claims that inspections of half a year found false"),
        "returned": _("The case was said to be done before, and was not"),
        "no_photo": _("No photo of the work, where the step takes one"),
        "copied": _("Three claims of the unit or more with three fifths of their word pairs alike"),
        "recurs": _("Two other cases or more of the subject at the place within half a year"),
        "unreached": _("The citizen gave no word: called in vain, or no number"),
        "last_hour": _("Said to be done in the last hour before the deadline"),
        "quick": _("Done in a quarter of the subject's median time or less"),
    }
    return [(words[code], points) for code, points in risk.WEIGHTS.items()]


def _rates(since: datetime) -> list[dict[str, Any]]:
    names = {False: _("By risk"), True: _("At random")}
    found = draws.rates(since)
    return [_rate(names[lot], found[lot]) for lot in (False, True)]


def _right(since: datetime) -> list[dict[str, Any]]:
    """Each reason and how often it was right; those never met are left out."""
    names = dict(zip(risk.WEIGHTS, (words for words, _points in _weights()), strict=True))
    found = draws.by_reason(since)
    return [_rate(names[code], rate) for code, rate in found.items() if rate.told]


def _rate(words: str, rate: Rate) -> dict[str, Any]:
    low, high = wilson(rate.false, rate.told)
    return {"words": words, "rate": rate, "low": low, "high": high}


def _findings() -> list[tuple[str, str]]:
    return [
        (CONFIRMED, _("The work is done")),
        (FALSE, _("It is not, or only in part")),
        (UNCLEAR, _("Nobody could tell")),
    ]


def _said(code: str) -> str:
    said = {
        "drawn": _("This week's list is made already; it is never made twice."),
        "nothing": _("No claim of the last two weeks is left to inspect."),
        "wanted": _("Write a number from 1 to %(most)s.") % {"most": fa(draws.WANTED_MAX)},
        "unknown": _("This claim is not on the list, or somebody recorded it already."),
        "own": _("Nobody judges a claim of their own unit."),
        "finding": _("Please say what was found."),
    }
    return said[code]
