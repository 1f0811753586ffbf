"""A figure as a file: its numbers for a spreadsheet, its drawing as a picture."""

from collections.abc import Callable, Mapping
from typing import Final

from django.http import Http404, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from peygir.desk.access import StaffRequest, page
from peygir.desk.analysis import asked as addresses
from peygir.desk.analysis import forecast, frame, overview, places, units
from peygir.desk.analysis.asked import Asked
from peygir.desk.analysis.figure import Figure
from peygir.desk.table import csv_file
from peygir.look.context import city_name
from peygir.look.dates import jalali_words
from peygir.look.numbers import fa, listed
from peygir.look.png import png

#: name of a figure in addresses -> what makes it.
BUILDERS: Final[Mapping[str, Callable[[StaffRequest, Asked], Figure]]] = {
    "trend": overview.trend,
    "subjects": overview.subjects,
    "districts": overview.districts,
    "rhythm": overview.rhythm,
    "channels": overview.ways,
    "endings": overview.endings,
    "units": overview.units,
    "cells": places.cells,
    "recurring": places.recurring,
    "flows": units.flows,
    "second": units.second,
    "waits": units.waits,
    "ahead": forecast.ahead,
    "ahead_behind": forecast.behind,
    "ahead_district": forecast.by_district,
    "ahead_unit": forecast.by_unit,
}


@page("analysis")
@never_cache
@require_GET
def csv(request: StaffRequest, name: str) -> HttpResponse:
    """The numbers of a figure: UTF-8 with a mark, Latin digits, codes beside names."""
    asked = addresses.read(request)
    if asked.wrong:
        return _refused(asked)
    drawn = _figure(request, asked, name)
    return csv_file(_file_name(asked, drawn), drawn.sheet())


@page("analysis")
@never_cache
@require_GET
def picture(request: StaffRequest, name: str) -> HttpResponse:
    """The drawing of a figure as PNG, saying what it shows."""
    asked = addresses.read(request)
    if asked.wrong:
        return _refused(asked)
    drawn = _figure(request, asked, name)
    if drawn.svg is None:
        raise Http404
    data = png(str(drawn.svg), title=drawn.title, below=_below(request, asked, drawn))
    file = f"{_file_name(asked, drawn)}.png"
    return HttpResponse(
        data,
        content_type="image/png",
        headers={"Content-Disposition": f'inline; filename="{file}"'},
    )


def _figure(request: StaffRequest, asked: Asked, name: str) -> Figure:
    """Raises Http404 for a name that is none, and while the rows are not there."""
    if name not in BUILDERS or frame.is_filling():
        raise Http404
    return BUILDERS[name](request, asked)


def _refused(asked: Asked) -> HttpResponse:
    return HttpResponse(
        "\n".join(asked.wrong.values()), status=400, content_type="text/plain; charset=utf-8"
    )


def _file_name(asked: Asked, drawn: Figure) -> str:
    first, last = drawn.span or (asked.first, asked.last)
    return f"{drawn.name}-{first}-{last}"


def _below(request: StaffRequest, asked: Asked, drawn: Figure) -> list[str]:
    """What a picture must say that is not on its page any more."""
    first, last = drawn.span or (asked.first, asked.last)
    span = _("%(first)s to %(last)s") % {
        "first": jalali_words(first),
        "last": jalali_words(last),
    }
    kept = frame.kept_until()
    n = _("n = %(n)s") % {"n": fa(drawn.n)} if drawn.n is not None else ""
    until = _("Kept up to %(at)s") % {"at": jalali_words(kept)} if kept else ""
    lines = [
        listed([city_name(), span]),
        listed(frame.narrowed(request, asked)),
        drawn.note,
        " · ".join(part for part in (n, until) if part),
        render_to_string("desk/analysis/simulated.txt", request=request).strip(),
    ]
    return [line for line in lines if line]
