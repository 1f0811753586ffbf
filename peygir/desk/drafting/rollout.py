"""A version that takes force unit by unit: where already, where next, and what it has changed."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from peygir.cases import may, policies
from peygir.cases.models import PolicyVersion, Rollout
from peygir.cases.policies import EVERYWHERE
from peygir.desk import nav
from peygir.desk.access import StaffRequest, page
from peygir.desk.drafting import sentences
from peygir.desk.follow.common import day_of, instant_of, language, unit_name
from peygir.evaluation import rollout as figures
from peygir.evaluation.rollout import Row, Span
from peygir.look import charts
from peygir.policy.compare import compare
from peygir.policy.draw import draw
from peygir.policy.errors import PolicyError
from peygir.policy.model import CityPolicy

BARS_MAX = 8  # units in the drawing; all are in the table


@page("policy")
@require_GET
def rollout(request: StaffRequest) -> HttpResponse:
    """The newest staged version; also after it has come everywhere, for the figures."""
    return _show(request)


@page("policy_approve")
@never_cache
@require_POST
def extend(request: StaffRequest) -> HttpResponse:
    """Another unit, or everywhere (unit ""), gets its day."""
    version = _newest()
    unit = request.POST.get("unit", "-")[:40]
    day = day_of(request.POST.get("day", ""))
    if version is None:
        return redirect("desk:rollout")
    if day is None:
        return _show(request, wrong=_("Please give a day such as 1405/09/15."), status=422)
    since = max(request.at, instant_of(request.policy, day))
    try:
        policies.extend(version.digest, {unit: since}, actor=request.actor, at=request.at)
    except PolicyError as wrong:
        said = sentences.fault(wrong, language())["words"]
        return _show(request, wrong=f"{_name(request.policy, unit)}: {said}", status=422)
    messages.success(request, _("The day is set."))
    return redirect("desk:rollout")


def _show(request: StaffRequest, *, wrong: str = "", status: int = 200) -> HttpResponse:
    version = _newest()
    if version is None:
        context: dict[str, Any] = {"version": None, "wrong": wrong}
    else:
        context = _context(request, version, wrong)
    return nav.show(request, "desk/drafting/rollout.html", context, here="policy", status=status)


def _context(request: StaffRequest, version: PolicyVersion, wrong: str) -> dict[str, Any]:
    new, at, lang = policies.by_digest(version.digest), request.at, language()
    old = _before(version)
    dates = dict(Rollout.objects.filter(version=version).values_list("unit", "since"))
    rows = figures.compare([new, old], dates, at=at)
    named = [(_name(new, row.unit), row) for row in rows]
    running = figures.open_by_version()
    numbers = dict(PolicyVersion.objects.values_list("digest", "number"))
    return {
        "version": version,
        "everywhere": EVERYWHERE in dates and dates[EVERYWHERE] <= at,
        "already": [(name, _shown(row)) for name, row in named if row.since <= at],
        "ahead": [(name, row) for name, row in named if row.since > at],
        "rest": _rest(new, dates) if EVERYWHERE not in dates else [],
        "may_extend": may.open_page(request.actor, "policy_approve") and EVERYWHERE not in dates,
        "changes": [each.words.in_(lang) for each in compare(old.files, new.files)],
        "flows": [
            (_("version in force elsewhere"), old, mark_safe(draw(old, lang))),  # noqa: S308 - our own drawing
            (_("version on its way"), new, mark_safe(draw(new, lang))),  # noqa: S308 - our own drawing
        ],
        "running": sorted((numbers[digest], n) for digest, n in running.items()),
        "speed": _bars(
            _("Hours until a determination (median)"),
            named,
            lambda span: _hours(span.determined),
        ),
        "satisfied": _bars(
            _("Satisfied among those who answered, percent"),
            named,
            lambda span: None if span.satisfied.rate is None else round(100 * span.satisfied.rate),
        ),
        "wrong": wrong,
    }


def _newest() -> PolicyVersion | None:
    return PolicyVersion.objects.filter(staged=True).order_by("-number").first()


def _before(version: PolicyVersion) -> CityPolicy:
    """The version that was in force everywhere when this one was adopted."""
    earlier = PolicyVersion.objects.filter(
        number__lt=version.number, force__since__lte=version.adopted_at
    )
    found = earlier.order_by("-number").values_list("digest", flat=True).first()
    return policies.by_digest(found) if found else policies.current()


def _rest(new: CityPolicy, dates: Mapping[str, datetime]) -> list[tuple[str, str]]:
    """Units without a day of their own, and everywhere."""
    units = [u for u in figures.scored_units(new) if u not in dates]
    return [(EVERYWHERE, _("everywhere"))] + [(u, unit_name(new, u)) for u in units]


def _name(policy: CityPolicy, unit: str) -> str:
    return _("everywhere") if unit == EVERYWHERE else unit_name(policy, unit)


def _shown(row: Row) -> dict[str, Any]:
    days = (row.after.until - row.after.since).days if row.after else 0
    return {"row": row, "days": days, "sides": [row.before, row.after] if row.after else []}


def _hours(time: timedelta | None) -> float | None:
    return None if time is None else round(time / timedelta(hours=1), 1)


def _bars(title: str, named: list[tuple[str, Row]], of: Any) -> charts.Chart | None:
    """Before and after, side by side; None while no unit has both."""
    both: list[tuple[str, Span, Span]] = [
        (name, row.before, row.after) for name, row in named if row.before and row.after
    ][:BARS_MAX]
    if all(of(span) is None for _name, *sides in both for span in sides):
        return None
    before = charts.Series(_("the days before"), [of(span) for _unit, span, _after in both])
    after = charts.Series(_("the days since"), [of(span) for _unit, _before, span in both])
    return charts.bars(title, [name for name, _b, _a in both], [before, after])
