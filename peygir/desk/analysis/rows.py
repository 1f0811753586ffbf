"""The cases behind a number, of which each reader is shown those that they may see."""

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from peygir.analysis import asking
from peygir.analysis.rows import CASES_MAX
from peygir.boards.cases import said
from peygir.cases.models import Case
from peygir.desk.access import StaffRequest, page
from peygir.desk.analysis import asked as addresses
from peygir.desk.analysis import frame
from peygir.desk.analysis.asked import Asked
from peygir.desk.analysis.links import WrongRows, read_rows
from peygir.desk.case import title as title_of
from peygir.desk.follow.common import language, number_of, place, unit_name

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
        ids = _ids(request, asked)
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


def _ids(request: StaffRequest, asked: Asked) -> list[int]:
    """The cases that the number counted. Raises WrongRows."""
    chosen, rows, stage, holder = read_rows(request, asked)
    if stage or holder:
        stays = asking.longest(chosen, CASES_MAX, stage=stage, unit=holder)
        return [each.case_id for each in stays]
    return asking.cases(chosen, CASES_MAX, rows=rows)


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
