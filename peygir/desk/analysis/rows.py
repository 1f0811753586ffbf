"""The cases behind a number, of which each reader is shown those that they may see."""

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from peygir.analysis import asking
from peygir.analysis.rows import CASES_MAX, Rows
from peygir.boards.cases import said
from peygir.cases.models import Case
from peygir.desk.access import StaffRequest, page
from peygir.desk.analysis import asked as addresses
from peygir.desk.analysis import frame
from peygir.desk.analysis.asked import Asked
from peygir.desk.analysis.links import WrongRows, read_rows
from peygir.desk.case import title as title_of
from peygir.desk.follow.common import language, number_of, place, unit_name
from peygir.look.dates import weekdays
from peygir.look.numbers import fa

PAGE: Final = 50


@dataclass(frozen=True, kw_only=True)
class Line:
    """One case in the list."""

    href: str
    code: str
    title: str
    at: Any
    place: str
    unit: str
    status: str


@page("analysis")
@never_cache
@require_GET
def rows(request: StaffRequest) -> HttpResponse:
    """The list; `page` counts from 1. At most the newest CASES_MAX cases are listed."""
    asked = addresses.read(request)
    if asked.wrong or frame.is_filling():
        return frame.show(request, "rows", asked)
    try:
        ids, which = _ids(request, asked)
    except WrongRows:
        wrong = {"problem": _("This address names cases that cannot be. Open them anew.")}
        return frame.show(request, "rows", asked, wrong, status=400)
    mine = Case.objects.visible_to(request.actor).filter(pk__in=ids, sealed=False)
    seen = mine.count()
    at = min(max(1, number_of(request.GET.get("page", "")) or 1), max(1, -(-seen // PAGE)))
    cases = list(mine.order_by("-opened_at", "-pk")[(at - 1) * PAGE : at * PAGE])
    words = said(case.pk for case in cases)
    context: dict[str, Any] = {
        "problem": "",
        "which": which,
        "counted": len(ids),
        "seen": seen,
        "most": CASES_MAX,
        "lines": [
            _line(request, case, words[case.pk].address if case.pk in words else "")
            for case in cases
        ],
        "newer": _page(request, at - 1) if at > 1 else None,
        "older": _page(request, at + 1) if at * PAGE < seen else None,
    }
    return frame.show(request, "rows", asked, context)


def _ids(request: StaffRequest, asked: Asked) -> tuple[list[int], list[str]]:
    """The cases that the number counted, and which they are in words. Raises WrongRows."""
    chosen, rows, stage, holder = read_rows(request, asked)
    which = frame.narrowed(request, asked) + _which(request, rows)
    if chosen.unit != asked.unit:
        which.append(unit_name(request.policy, chosen.unit))
    if stage or holder:
        stays = asking.longest(chosen, CASES_MAX, stage=stage, unit=holder)
        known = request.policy.stages.get(stage)
        place = known.words.in_(language()) if known else stage
        which += [place, unit_name(request.policy, holder)]
        return [each.case_id for each in stays], [words for words in which if words]
    return asking.cases(chosen, CASES_MAX, rows=rows), which


def _which(request: StaffRequest, rows: Rows) -> list[str]:
    """What besides the filters makes these cases."""
    flags = {
        _("Closed"): rows.counted == "closed",
        _("Missed a deadline"): rows.late,
        _("Second cycle or later"): rows.again,
        _("Open"): rows.still_open,
        _("Not sorted yet"): rows.unsorted,
        _("No district yet"): rows.nowhere,
        _("No unit yet"): rows.nobodys,
        _("In one cell of the map"): bool(rows.cell),
    }
    found = [words for words, wanted in flags.items() if wanted]
    if rows.hour is not None:
        day, hour = divmod(rows.hour, 24)
        found.append(_("%(day)s, hour %(hour)s") % {"day": weekdays()[day], "hour": fa(hour)})
    if rows.ending:
        found.append(request.policy.endings[rows.ending].words.in_(language()))
    units = [unit_name(request.policy, each) for each in (rows.giver, rows.taker) if each]
    if len(units) == 2:
        found.append(_("from %(giver)s to %(taker)s") % {"giver": units[0], "taker": units[1]})
    return found


def _line(request: StaffRequest, case: Case, address: str) -> Line:
    return Line(
        href=reverse("desk:case", kwargs={"code": case.code}),
        code=case.code,
        title=title_of(request.policy, case, language()),
        at=case.opened_at,
        place=place(request.policy, case, address),
        unit=unit_name(request.policy, case.executive_unit or case.unit),
        status=case.status,
    )


def _page(request: StaffRequest, number: int) -> str:
    given = request.GET.copy()
    given["page"] = str(number)
    return f"{request.path}?{given.urlencode()}"
