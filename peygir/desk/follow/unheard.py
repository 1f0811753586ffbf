"""Objections to non-follow-up, by district, as a page and as a file (I9)."""

from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from peygir.boards import objections as board
from peygir.boards.objections import Filters
from peygir.calendars.persian import to_latin_digits
from peygir.cases.models import Case
from peygir.desk import nav
from peygir.desk.access import StaffRequest, page
from peygir.desk.follow.common import ID_MAX, language, number_of, unit_name
from peygir.desk.table import csv_file
from peygir.look import charts
from peygir.look.dates import jalali_words
from peygir.policy.asking import called
from peygir.policy.model import CityPolicy

COLUMNS: Final = (
    "code", "district", "district_name", "subject", "unit", "registered", "objections", "times",
)  # fmt: skip
WHY: Final = ("objected", "reopened")


@page("objections")
@never_cache
@require_GET
def objections(request: StaffRequest) -> HttpResponse:
    """Counts by district, a drawing of them, and the messages; filters stand in the address."""
    filters = _filters(request)
    below = number_of(request.GET.get("below", ""))
    found = board.page(request.actor, filters, below=below if below and below <= ID_MAX else None)
    rows = board.by_district(request.actor)
    visible = Case.objects.visible_to(request.actor)
    seen = set(visible.filter(pk__in=[c.pk for c in found.cases]).values_list("pk", flat=True))
    policy = request.policy
    context = {
        "rows": [
            (row, _district(policy, row.district), _link(district=row.district or 0))
            for row in rows
        ],
        "total": sum(row.both for row in rows),
        "drawing": _drawing(policy, rows),
        "filters": filters,
        "districts": [(n, w.in_(language())) for n, w in policy.organisation.districts.items()],
        "lines": [_line(policy, case, found.said, seen) for case in found.cases],
        "older": _link(district=filters.district, why=filters.why, below=found.older)
        if found.older
        else None,
        "newest": _link(district=filters.district, why=filters.why) if below else None,
        "csv_path": "csv/" + _link(district=filters.district, why=filters.why),
    }
    return nav.show(request, "desk/follow/unheard.html", context, here="objections")


@page("objections")
@never_cache
@require_GET
def objections_csv(request: StaffRequest) -> HttpResponse:
    """The same messages as a file, without anybody's words, name or number."""
    found = board.page(request.actor, _filters(request), size=board.FILE_MAX)
    return csv_file("objections", [COLUMNS, *(_cells(request.policy, one) for one in found.cases)])


def _filters(request: StaffRequest) -> Filters:
    digits = to_latin_digits(request.GET.get("district", "").strip()[:4])
    known = {0, *request.policy.organisation.districts}
    district = int(digits) if digits.isascii() and digits.isdigit() else None
    why = request.GET.get("why", "")
    return Filters(district=district if district in known else None, why=why if why in WHY else "")


def _link(**wanted: Any) -> str:
    return "?" + urlencode({k: v for k, v in wanted.items() if v not in (None, "")})


def _district(policy: CityPolicy, number: int | None) -> str:
    names = policy.organisation.districts.get(number or 0)
    return names.in_(language()) if names else _("District not known yet")


def _drawing(policy: CityPolicy, rows: list[board.Row]) -> charts.Chart | None:
    if not rows:
        return None
    return charts.bars(
        _("Open objections and reopened messages by district"),
        [_district(policy, row.district) for row in rows],
        [
            charts.Series(_("Objected to"), [float(row.objected) for row in rows]),
            charts.Series(_("Reopened"), [float(row.reopened) for row in rows]),
        ],
    )


def _subject(policy: CityPolicy, case: Case) -> str:
    words = called(policy, case.category, case.kind)
    return words.in_(language()) if words else _("Not sorted yet")


def _line(policy: CityPolicy, case: Case, said: Any, seen: set[int]) -> dict[str, Any]:
    words = said.get(case.pk)
    return {
        "case": case,
        "open": case.pk in seen,
        "subject": _subject(policy, case),
        "unit": unit_name(policy, case.executive_unit or case.unit),
        "district": _district(policy, case.district),
        "words": words.words[:90] if words else "",
    }


def _cells(policy: CityPolicy, case: Case) -> list[object]:
    return [
        case.code,
        case.district or "",
        _district(policy, case.district),
        _subject(policy, case),
        unit_name(policy, case.executive_unit or case.unit),
        jalali_words(case.opened_at),
        case.objections,
        case.cycle,
    ]
