"""The board of a season's headquarters (S9): what came in while it held, apart from all else."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from peygir.boards import overlays as board
from peygir.cases import may
from peygir.cases.models import OverlayRun
from peygir.desk import nav
from peygir.desk.access import StaffRequest, page
from peygir.desk.follow.common import language
from peygir.desk.table import csv_file
from peygir.look import chips
from peygir.look.dates import local
from peygir.policy.overlay import Overlay

RUNS_MAX = 10
COLUMNS = ("case", "kind", "subject", "district", "status", "opened", "closed")


@page("season")
@never_cache
@require_GET
def season(request: StaffRequest, code: str) -> HttpResponse:
    """Cases registered while it held, by kind, district, status and subject."""
    overlay, runs = _found(request, code)
    chosen = _chosen(request, runs)
    figures = board.figures(chosen, request.at)
    context = {
        "code": code,
        "words": overlay.words.in_(language()),
        "runs": runs,
        "chosen": chosen[0] if len(chosen) == 1 else None,
        "may_crisis": may.open_page(request.actor, "crisis"),
        "is_on": any(run.state == "on" and run.expires_at > request.at for run in runs),
        "total": figures["kind"].total(),
        "parts": [
            (title, _rows(request, name, figures[name]))
            for name, title in (
                ("kind", _("Kind of message")),
                ("district", _("District")),
                ("status", _("Status")),
                ("category", _("Subject")),
            )
        ],
    }
    return nav.show(request, "desk/crisis/season.html", context, here="crisis")


@page("season")
@never_cache
@require_GET
def season_csv(request: StaffRequest, code: str) -> HttpResponse:
    """The same cases one by one, without anything about people."""
    _, runs = _found(request, code)
    rows: list[Sequence[object]] = [COLUMNS]
    for run in _chosen(request, runs):
        found = board.cases(run, request.at).order_by("opened_at", "id")
        for case in found.iterator(chunk_size=1000):
            closed = local(case.closed_at).isoformat(timespec="minutes") if case.closed_at else ""
            opened = local(case.opened_at).isoformat(timespec="minutes")
            place = case.district if case.district is not None else ""
            rows.append((case.code, case.kind, case.category, place, case.status, opened, closed))
    return csv_file(code, rows)


def _found(request: StaffRequest, code: str) -> tuple[Overlay, list[OverlayRun]]:
    overlay = request.policy.overlays.get(code)
    if overlay is None or overlay.kind != "season":
        raise Http404
    runs = OverlayRun.objects.filter(code=code, on_at__isnull=False).order_by("-on_at")
    return overlay, list(runs[:RUNS_MAX])


def _chosen(request: StaffRequest, runs: list[OverlayRun]) -> list[OverlayRun]:
    """The run of the address; else the newest, which is this year's."""
    asked = request.GET.get("run", "")
    return [run for run in runs if str(run.pk) == asked] or runs[:1]


def _rows(request: StaffRequest, name: str, counted: Counter[Any]) -> list[tuple[str, int]]:
    policy, lang = request.policy, language()
    names: dict[str, dict[Any, str]] = {
        "kind": {code: one.in_(lang) for code, one in policy.kinds.items()},
        "district": {n: one.in_(lang) for n, one in policy.organisation.districts.items()},
        "status": {code: chips.status(code).words for code in counted if name == "status"},
        "category": {code: one.words.in_(lang) for code, one in policy.categories.items()},
    }
    words = names[name]
    unknown = _("not sorted yet")
    return [(words.get(code, str(code or unknown)), n) for code, n in counted.most_common()]
