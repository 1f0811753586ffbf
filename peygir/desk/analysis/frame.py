"""The frame of the analytics desk: its tabs, the filters of each page, what is wrong with them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from peygir.analysis.asking import asof
from peygir.desk import nav, steps
from peygir.desk.access import StaffRequest
from peygir.desk.analysis import asked as asking
from peygir.desk.analysis.asked import Asked
from peygir.desk.follow.common import language

#: (name of the tab, its view, page of `may.PAGES`, words); shown to whoever may open it.
TABS: Final = (
    ("overview", "desk:analysis", "analysis", gettext_noop("Overview")),
    ("places", "desk:analysis_places", "analysis", gettext_noop("Places")),
    ("units", "desk:analysis_units", "analysis", gettext_noop("Units")),
    ("forecast", "desk:analysis_forecast", "analysis", gettext_noop("Next week")),
    ("inspections", "desk:analysis_inspections", "inspections", gettext_noop("Inspections")),
)


def show(
    request: StaffRequest,
    tab: str,
    asked: Asked,
    context: Mapping[str, Any] | None = None,
    *,
    status: int | None = None,
) -> HttpResponse:
    """The page `desk/analysis/<tab>.html` within the frame; 400 where the filters are wrong.

    The template extends desk/analysis/base.html and fills its block `figures`, which is drawn only
    where nothing is wrong. `takes` in the context: names of the filters that the page takes besides
    the days; without it all.
    """
    given = {
        "tab": tab,
        "kept": kept_until(),
        "tabs": _tabs(request, asked),
        "asked": asked,
        "spans": asking.spans(request, asked),
        "choices": _choices(request),
        "narrowed": narrowed(request, asked),
        **(context or {}),
    }
    return nav.show(
        request,
        f"desk/analysis/{tab}.html",
        given,
        here="analysis",
        status=status or (400 if asked.wrong else 200),
    )


def kept_until() -> datetime | None:
    """Up to when the rows are kept; None while they are filled for the first time."""
    return asof()


def is_filling() -> bool:
    """Whether a number would be that of a part of the cases only."""
    return kept_until() is None


def _tabs(request: StaffRequest, asked: Asked) -> list[tuple[str, str, str]]:
    """(name, address with the same filters, words)."""
    return [
        (name, reverse(view) + asked.query(), _(words))
        for name, view, page, words in TABS
        if nav.offers(request.policy, request.actor, page)
    ]


def _choices(request: StaffRequest) -> dict[str, Any]:
    """What each filter offers; a filter with nothing to choose from is left out by the page."""
    policy, speaks = request.policy, language()
    units = policy.organisation.units
    return {
        "district": steps.districts(policy, speaks),
        "group": [(code, words.in_(speaks)) for code, words in policy.groups.items()],
        "category": steps.categories(policy, speaks),
        "unit": [(code, unit.words.in_(speaks)) for code, unit in units.items()],
        "channel": [*asking.channels().items()],
        "kind": [(code, kind.in_(speaks)) for code, kind in policy.kinds.items()],
    }


def narrowed(request: StaffRequest, asked: Asked) -> list[str]:
    """The filters that are set, in words."""
    policy, speaks = request.policy, language()
    org = policy.organisation
    found = [
        org.districts[asked.district].in_(speaks) if asked.district is not None else "",
        policy.groups[asked.group].in_(speaks) if asked.group else "",
        policy.categories[asked.category].words.in_(speaks) if asked.category else "",
        org.units[asked.unit].words.in_(speaks) if asked.unit else "",
        asking.channels()[asked.channel] if asked.channel else "",
        policy.kinds[asked.kind].in_(speaks) if asked.kind else "",
    ]
    return [words for words in found if words]
