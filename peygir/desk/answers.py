"""Speed and quality of answers side by side, near-copies, and the review by lot."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from peygir.boards import shifts
from peygir.cases import may
from peygir.cases.models import Case
from peygir.cases.words import post_name, unit_name
from peygir.desk import nav
from peygir.desk.access import StaffRequest, page
from peygir.desk.follow.common import language
from peygir.evaluation import copies, quality
from peygir.evaluation.models import Review, Sample
from peygir.evaluation.quality import Row
from peygir.people.models import Paper

DAYS: Final = 28
COPIES_SHOWN: Final = 20
CODES_SHOWN: Final = 8
ALL: Final = frozenset({"feedback", "centre_head", "mayor"})  # others see their own units
ID_MAX: Final = 2**63 - 1
REVIEW: Final = "#review"  # where the next drawn answer waits


@page("quality")
@never_cache
@require_GET
def answers(request: StaffRequest) -> HttpResponse:
    """The last four weeks: by unit or (`by=post`) by post."""
    return _show(request)


@page("quality_review")
@require_POST
def draw(request: StaffRequest) -> HttpResponse:
    """Draw last week's answers for review."""
    week = _last_week(request)
    since, until = shifts.span(request.policy, week)
    found = quality.answers(since=since, until=until)
    try:
        sample = quality.draw(week, found, actor=request.actor, at=request.at)
    except quality.Drawn:
        messages.warning(request, _("This week was drawn already; a draw is never repeated."))
    else:
        messages.success(request, _("The draw is recorded with its seed: %s") % sample.seed)
    return redirect(reverse("desk:quality") + REVIEW)


@page("quality_review")
@require_POST
def review(request: StaffRequest, event_id: int) -> HttpResponse:
    """Keep the marks of one answer."""
    typed = {name: request.POST.get(name, "") for name in quality.RUBRIC}
    if not all(one in ("0", "1", "2") for one in typed.values()):
        return _show(request, {event_id: _("Give a mark for each of the four questions.")}, 422)
    marks = {name: int(one) for name, one in typed.items()}
    known = 0 < event_id <= ID_MAX
    if known and quality.mark(event_id, marks, actor=request.actor, at=request.at):
        messages.success(request, _("The marks are kept."))
    else:
        messages.warning(request, _("This answer is reviewed already, or it is your own."))
    return redirect(reverse("desk:quality") + REVIEW)


def _show(
    request: StaffRequest, wrong: dict[int, str] | None = None, status: int = 200
) -> HttpResponse:
    by = "post" if request.GET.get("by") == "post" else "unit"
    units = None if request.actor.roles & ALL else request.actor.sees
    found = quality.answers(since=request.at - timedelta(days=DAYS), until=request.at, units=units)
    groups = copies.of(found)
    rows = quality.rows(found, by=by, copied=copies.events(groups))
    reviews = may.open_page(request.actor, "quality_review")
    week = _last_week(request)
    context = {
        "by": by,
        "rows": [(_name(request, by, row), row) for row in rows],
        "copies": [_group(request, one) for one in groups[:COPIES_SHOWN]],
        "reviews": reviews,
        "week": week,
        "sample": Sample.objects.filter(week=week).first(),
        "waiting": _waiting(request) if reviews else [],
        "rubric": _rubric(),
        "marks": [("0", _("no")), ("1", _("partly")), ("2", _("yes"))],
        "least": quality.RANKED_FROM,
        "per_unit": quality.PER_UNIT,
        "wrong": wrong or {},
        "typed": {name: request.POST.get(name, "") for name in quality.RUBRIC},
    }
    return nav.show(request, "desk/quality.html", context, here="quality", status=status)


def _name(request: StaffRequest, by: str, row: Row) -> str:
    name = unit_name if by == "unit" else post_name
    return name(request.policy, row.code, language())


def _group(request: StaffRequest, one: copies.Group) -> dict[str, Any]:
    codes = list(dict.fromkeys(answer.code for answer in one.answers))
    return {
        "post": post_name(request.policy, one.post, language()),
        "text": one.text,
        "cases": one.cases,
        "least": one.least,
        "codes": codes[:CODES_SHOWN],
    }


def _waiting(request: StaffRequest) -> Sequence[dict[str, Any]]:
    """Drawn answers that nobody has reviewed, with what was asked and what was answered; those
    of cases that this person may not see, and their own, are left out."""
    rows = list(Review.objects.filter(at=None).exclude(post=request.actor.post).order_by("pk")[:60])
    seen = Case.objects.visible_to(request.actor).filter(pk__in={row.case_id for row in rows})
    codes = dict(seen.values_list("pk", "code"))
    papers = Paper.objects.filter(case_id__in=codes, erased_at=None).order_by("-id")
    asked = {p.case_id: p.text for p in papers if p.kind == "words"}
    texts = {p.pk: p.text for p in papers}
    return [
        {
            "id": row.pk,
            "code": codes[row.case_id],
            "unit": unit_name(request.policy, row.unit, language()),
            "asked": asked.get(row.case_id, ""),
            "answer": texts[row.paper_id],
        }
        for row in rows
        if row.case_id in codes and row.paper_id in texts
    ]


def _rubric() -> list[tuple[str, str]]:
    return [
        ("complete", _("Complete: does it answer everything that was asked?")),
        ("correct", _("Correct: does it say what was done, and is it so?")),
        ("courteous", _("Courteous: does it speak to a person?")),
        ("clear", _("Clear: would a neighbour understand it at once?")),
    ]


def _last_week(request: StaffRequest) -> date:
    """The Saturday of the last whole week."""
    today = request.at.astimezone(ZoneInfo(request.policy.calendar.zone)).date()
    return shifts.saturday(today) - timedelta(days=7)
