"""Places: cells that stand out, and one subject at one place again and again (S17)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from peygir.analysis import asking
from peygir.analysis.asking import Cell, Place
from peygir.analysis.cells import FINEST, RESOLUTIONS, boundary
from peygir.analysis.places import before
from peygir.desk.access import StaffRequest, page
from peygir.desk.analysis import asked as addresses
from peygir.desk.analysis import frame
from peygir.desk.analysis.asked import Asked
from peygir.desk.analysis.figure import Column, Figure, Row
from peygir.desk.analysis.links import between, to_rows
from peygir.desk.follow.common import category_name
from peygir.look.borders import borders
from peygir.look.hexes import Hex, hexes
from peygir.look.numbers import fa

USUAL: Final = 8
HOT: Final = 1.96  # of Gi*: hotter than chance explains, at 95 percent
LISTED: Final = 30  # cells in the table
RANKED: Final = 9  # that bear their number on the map
DRAWN: Final = 700  # cells on the map, the ones with most: a page stays small
LEAST: Final = 3
RECURRING: Final = 60


@page("analysis")
@never_cache
@require_GET
def places(request: StaffRequest) -> HttpResponse:
    """The page of places; `size` (7 to 10) in the address says how fine the cells are."""
    asked = addresses.read(request)
    if asked.wrong or frame.is_filling():
        return frame.show(request, "places", asked)
    size, known = _size(request)
    context: dict[str, Any] = {
        "cells": cells(request, asked),
        "recurring": recurring(request, asked),
        "sizes": _sizes(request, asked, size),
        "known_size": known,
    }
    return frame.show(request, "places", asked, context, status=200 if known else 400)


def cells(request: StaffRequest, asked: Asked) -> Figure:
    """Cells by how many problems were reported, and whether they stand out."""
    size = _size(request)[0]
    found = asking.hot_spots(asked.filter(request.policy), size)
    here = sorted(
        (each for each in found if each.n), key=lambda one: (-max(one.z, HOT), -one.n, one.cell)
    )  # what stands out, and then what has most
    most = sorted(here, key=lambda each: -each.n)[:DRAWN]
    rank = {each.cell: at for at, each in enumerate(here[:RANKED], start=1) if each.z >= HOT}
    title = _("Where problems are reported")
    return Figure(
        name="cells",
        title=title,
        columns=[
            Column(key="rank", words=_("No.")),
            Column(key="cell", kind="code"),
            Column(key="problems", words=_("Problems")),
            Column(key="before", words=_("Same span earlier")),
            Column(key="gi", words=_("Gi*"), kind="decimal"),
            Column(key="latitude", kind="code"),
            Column(key="longitude", kind="code"),
            Column(key="place", words=_("Middle of the cell"), kind="place"),
        ],
        rows=[_cell(request, asked, at, each) for at, each in enumerate(here[:LISTED], start=1)],
        svg=hexes(title, [_hex(asked, each, rank.get(each.cell, 0)) for each in most], borders()),
        note=_map_note(len(here)),
        more={"size": size},
        n=sum(each.n for each in here),
    )


def _map_note(found: int) -> str:
    note = _(
        "Outlined: hotter than chance explains (Gi* of at least 1.96, its neighbours included)."
        " Further reports of one event are left out. Earlier: a year before, or just before a"
        " span of more than half a year."
    )
    if found <= DRAWN:
        return note
    cut = {"drawn": fa(DRAWN), "all": fa(found)}
    drawn = _("Drawn are the %(drawn)s cells with most, of %(all)s.") % cut
    return f"{note} {drawn}"


def recurring(request: StaffRequest, asked: Asked) -> Figure:
    """One subject at one place, again and again."""
    found = asking.recurring(asked.filter(request.policy), LEAST, RECURRING)
    return Figure(
        name="recurring",
        title=_("The same subject at the same place, again and again"),
        columns=[
            Column(key="category", kind="code"),
            Column(key="subject", words=_("Subject"), kind="words"),
            Column(key="cell", kind="code"),
            Column(key="problems", words=_("Problems")),
            Column(key="open", words=_("Open")),
            Column(key="again", words=_("Second cycle or later")),
            Column(key="reporters", words=_("Reporters")),
            Column(key="first", words=_("First"), kind="day"),
            Column(key="last", words=_("Last"), kind="day"),
            Column(key="latitude", kind="code"),
            Column(key="longitude", kind="code"),
            Column(key="place", words=_("Middle of the cell"), kind="place"),
        ],
        rows=[_place(request, asked, each) for each in found],
        note=_("A place is a cell about %(across)s metres across.") % {"across": fa(130)},
        none=_("No subject was reported %(n)s times or more at one place.") % {"n": fa(LEAST)},
        n=sum(each.n for each in found),
    )


def middle_of(cell: str) -> tuple[float, float, str]:
    """Latitude and longitude of a cell's middle, to a ten-thousandth of a degree; both in words."""
    corners = boundary(cell)
    latitude = sum(lat for lat, _lon in corners) / len(corners)
    longitude = sum(lon for _lat, lon in corners) / len(corners)
    return round(latitude, 4), round(longitude, 4), f"{latitude:.4f}, {longitude:.4f}"


def _cell(request: StaffRequest, asked: Asked, at: int, each: Cell) -> Row:
    earlier, where = before(asked.filter(request.policy)), {"cell": each.cell, "problems": 1}
    until = earlier.until - timedelta(days=1)
    return Row(
        cells=(at, each.cell, each.n, each.before, each.z, *middle_of(each.cell)),
        links=(
            *("",) * 2,
            to_rows(asked, each.n, **where),
            between(asked, earlier.since, until, each.before, **where),
            *("",) * 4,
        ),
    )


def _hex(asked: Asked, each: Cell, rank: int) -> Hex:
    told = {"n": fa(each.n), "before": fa(each.before)}
    return Hex(
        ring=tuple((lon, lat) for lat, lon in boundary(each.cell)),
        n=each.n,
        words=_("%(n)s problems; %(before)s before") % told,
        href=to_rows(asked, each.n, cell=each.cell, problems=1) if rank else "",
        marked=each.z >= HOT,
        rank=rank,
    )


def _place(request: StaffRequest, asked: Asked, each: Place) -> Row:
    where = {"cell": each.cell, "category": each.category, "group": "", "problems": 1}
    return Row(
        cells=(
            each.category,
            category_name(request.policy, each.category),
            each.cell,
            each.n,
            each.open,
            each.again,
            each.reporters,
            each.first,
            each.last,
            *middle_of(each.cell),
        ),
        links=(
            *("",) * 3,
            to_rows(asked, each.n, **where),
            to_rows(asked, each.open, **where, open=1),
            to_rows(asked, each.again, **where, again=1),
            *("",) * 6,
        ),
    )


def _size(request: StaffRequest) -> tuple[int, bool]:
    """The resolution in the address, and whether there is such a one."""
    typed = request.GET.get("size", "")
    if not typed:
        return USUAL, True
    found = {str(size): size for size in RESOLUTIONS}.get(typed)
    return found or USUAL, found is not None


def _sizes(request: StaffRequest, asked: Asked, size: int) -> Sequence[tuple[str, str, bool]]:
    words = {
        7: _("Quarters"),
        8: _("Neighbourhoods"),
        9: _("Blocks"),
        FINEST: _("Street corners"),
    }
    return [(words[each], request.path + asked.query(size=each), each == size) for each in words]
