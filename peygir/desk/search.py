"""Search by code, phone or words. It is posted: what is sought stands in no address or log."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from peygir.boards import cases as board
from peygir.boards import search as finding
from peygir.boards.search import Filters, Found
from peygir.calendars.persian import clean, to_latin_digits
from peygir.calendars.phones import PhoneError, parse_phone
from peygir.cases import may
from peygir.desk import nav, steps
from peygir.desk.access import StaffRequest, page
from peygir.desk.case import title

TYPED_MAX = 200


@page("search")
@never_cache
@require_http_methods(["GET", "POST"])
def search(request: StaffRequest) -> HttpResponse:
    """A whole code opens its case; anything else lists what this person may see, newest first."""
    given = request.POST
    typed = clean(given.get("q", "")[:TYPED_MAX]).strip()
    filters = _filters(request)
    below = to_latin_digits(given.get("below", "")[:19])
    last = int(below) if below.isascii() and below.isdigit() else None
    code = finding.code_of(typed)
    if code and not filters.state:
        found = board.by_code(request.actor, code)
        if found is not None:
            return redirect("desk:case", code=found.code)
    return _show(request, typed, filters, last)


def _show(request: StaffRequest, typed: str, filters: Filters, below: int | None) -> HttpResponse:
    language = get_language() or "fa"
    problem, found = "", None
    if typed:
        try:
            found = _find(request, typed, filters, below)
        except finding.TooMany:
            problem = _("This took too long. Add a word, or choose a subject or a district.")
    given: dict[str, Any] = {
        "q": typed,
        "found": found,
        "problem": problem,
        "filters": filters,
        "title_of": lambda one: title(request.policy, one, language),
        "categories": steps.categories(request.policy, language),
        "districts": steps.districts(request.policy, language),
        "units": steps.units(request.policy, language),
        "may_phone": may.open_page(request.actor, "contact"),
    }
    return nav.show(
        request, "desk/search.html", given, here="search", status=422 if problem else 200
    )


def _find(request: StaffRequest, typed: str, filters: Filters, below: int | None) -> Found:
    """A phone number if it is one and this person may look people up, else a code, else words.

    The beginning of some days' codes could be a short landline number as well (0512 2871): what is
    found is shown.
    """
    if may.open_page(request.actor, "contact"):
        try:
            phone = parse_phone(typed)
        except PhoneError:
            pass
        else:
            by_phone = finding.by_phone(request.actor, phone, filters, below=below)
            if by_phone.cases:
                return by_phone
    by_code = finding.by_code_start(request.actor, typed, filters, below=below)
    if by_code is not None:
        return by_code
    return finding.by_words(request.actor, typed, filters, below=below)


def _filters(request: StaffRequest) -> Filters:
    given = request.POST
    district = to_latin_digits(given.get("district", "").strip()[:4])
    units, categories = request.policy.organisation.units, request.policy.categories
    return Filters(
        state=given.get("state", "") if given.get("state") in ("open", "closed") else "",
        category=given.get("category", "") if given.get("category") in categories else "",
        district=int(district) if district.isascii() and district.isdigit() else None,
        unit=given.get("unit", "") if given.get("unit") in units else "",
    )
