"""The operations wall: urgent messages as they come in, on a big screen and at every desk (I1-I5).

The page works as it stands and loads itself again; with JavaScript its board is fetched whenever
the live server tells of a change, and acts are sent without leaving it.
"""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any, Final

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from peygir.boards import cases as cases_board
from peygir.boards import wall as wall_board
from peygir.boards.urgency import TOPIC
from peygir.calendars.persian import clean
from peygir.cases import acts, words
from peygir.cases.models import Case
from peygir.cases.refusals import Refused
from peygir.desk import nav, wall_rows
from peygir.desk.access import StaffRequest, page
from peygir.desk.follow.common import status_of
from peygir.desk.wall_rows import Act, Row, Trouble
from peygir.look.dates import local
from peygir.look.live import live_address, live_token
from peygir.look.numbers import fa
from peygir.people.papers import TEXT_MAX

RENEWED: Final = "wall_renewed"  # session key: when the wall last put off the end of the session
RENEWS_EVERY_S: Final = 1_800


@page("operations")
@never_cache
@require_GET
def operations(request: StaffRequest) -> HttpResponse:
    """The whole page."""
    return _page(request)


@page("operations")
@never_cache
@require_GET
def board(request: StaffRequest) -> HttpResponse:
    """The board alone, for a page that is open, which says what it has already (`have`).

    A wall that is watched stays signed in.
    """
    _renew(request)
    typed = request.GET.get("have", "")[:18]
    have = int(typed) if typed.isascii() and typed.isdigit() else 0
    return HttpResponse(_board(request, have=have))


@page("operations")
@require_POST
def take(request: StaffRequest, code: str, number: int, step: str) -> HttpResponse:
    """One act on one referral of an urgent case: 204 for a script, else back to the wall."""
    found = cases_board.by_code(request.actor, code)
    if found is None or found.sealed:
        raise Http404
    act, texts, faults = _read(request, found, number, step)
    if faults:
        return _refused(request, found, act, _("Something is missing."), faults, 422)
    language = get_language() or "fa"
    try:
        with transaction.atomic():
            acts.act(
                policy=request.policy,
                case_id=found.pk,
                step=step,
                actor=request.actor,
                at=request.at,
                texts=texts,
                referral=number,
            )
    except Refused as refused:
        sentence = words.refusal(refused, request.policy, language)
        fields = words.refusal_fields(refused, request.policy, language)
        return _refused(request, found, act, sentence, fields, status_of(refused))
    if _is_script(request):
        return HttpResponse(status=204)
    messages.success(request, _("%(what)s: recorded.") % {"what": act.words if act else code})
    return redirect("desk:operations")


def _page(
    request: StaffRequest, trouble: Trouble | None = None, about: int = 0, status: int = 200
) -> HttpResponse:
    if request.policy.urgent is None:
        raise Http404
    given = {
        "board": mark_safe(_board(request, trouble, about)),  # noqa: S308 - our own templates
        "is_still": "still" in request.GET or trouble is not None,
        "fragment_path": nav.address("desk:operations_board"),
    }
    keys = [
        ("KeyJ", _("next")),
        ("KeyK", _("before")),
        ("KeyA", _("first act of the chosen message")),
        ("KeyM", _("sound")),
        ("KeyF", _("full screen")),
    ]
    template = "desk/operations.html"
    return nav.show(request, template, given, here="operations", keys=keys, status=status)


def _board(
    request: StaffRequest, trouble: Trouble | None = None, about: int = 0, have: int = 0
) -> SafeString:
    """Figures and rows. `trouble`: of the act that was refused on the case `about`; `have`: the
    last event that the page has shown."""
    language, at, actor = get_language() or "fa", request.at, request.actor
    keys, more = wall_board.open_now(actor)
    drawn = wall_rows.drawn(request.policy, actor, keys, at=at, language=language, have=have)
    if trouble is not None:
        again = _row_of(request, about)
        places = [key.case_id for key in keys]
        if again is not None and about in places:
            drawn[places.index(about)] = wall_rows.draw(again, trouble)
    token = format_html(
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">', get_token(request)
    )
    given = {
        "rows": mark_safe("".join(drawn).replace(wall_rows.CSRF_MARK, token)),  # noqa: S308 - drawn by our own templates
        "more": more,
        "unseen": sum(not key.seen for key in keys),
        "open": len(keys) + more,
        "figures": wall_board.figures(since=_day_began(at), at=at),
        "now": at,
        "live": f"{live_address(request)}?token={live_token([TOPIC])}",
    }
    return mark_safe(render_to_string("desk/wall_board.html", given))  # noqa: S308 - drawn by our own template


def _row_of(request: StaffRequest, case_id: int) -> Row | None:
    """One row as it is now, not kept."""
    item = wall_board.items([case_id]).get(case_id)
    if item is None:
        return None
    language = get_language() or "fa"
    return wall_rows.row(request.policy, request.actor, item, at=request.at, language=language)


def _read(
    request: StaffRequest, found: Case, number: int, step: str
) -> tuple[Act | None, dict[str, str], dict[str, str]]:
    """The act that the form is about (None: not theirs, or not any more), its texts, and faults by
    kind of evidence."""
    shown = _row_of(request, found.pk) if found.urgent else None
    ours = shown.acts if shown else ()
    act = next((one for one in ours if (one.number, one.step) == (number, step)), None)
    texts: dict[str, str] = {}
    faults: dict[str, str] = {}
    for asked in (act.fields or ()) if act else ():
        text = clean(request.POST.get(asked.name, "")).strip()
        if len(text) > TEXT_MAX:
            over = _("This is too long; at most %(most)s characters.")
            faults[asked.evidence] = over % {"most": fa(TEXT_MAX)}
        elif text:
            texts[asked.evidence] = text
        else:
            faults[asked.evidence] = _("This is needed.")
    return act, texts, faults


def _refused(
    request: StaffRequest,
    found: Case,
    act: Act | None,
    sentence: str,
    fields: Mapping[str, str],
    status: int,
) -> HttpResponse:
    """The row again with what was typed, and why it was refused."""
    trouble = Trouble(
        act=act.id if act else "",
        sentence=sentence,
        fields=fields,
        typed={name: request.POST.get(name, "")[: TEXT_MAX * 2] for name in request.POST},
    )
    if not _is_script(request):
        return _page(request, trouble, found.pk, status)
    row = _row_of(request, found.pk)
    if row is None:
        raise Http404
    html = wall_rows.draw(row, trouble)
    token = format_html(
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">', get_token(request)
    )
    return HttpResponse(html.replace(wall_rows.CSRF_MARK, token), status=status)


def _is_script(request: StaffRequest) -> bool:
    return request.headers.get("X-Wall") == "1"


def _day_began(at: datetime) -> datetime:
    """Midnight in the city before `at`."""
    here = local(at)
    return datetime.combine(here.date(), time(), here.tzinfo)


def _renew(request: StaffRequest) -> None:
    """Nobody signs in anew in front of a wall: while it asks, its session does not end."""
    moment = int(request.at.timestamp())
    before: Any = request.session.get(RENEWED, 0)
    if not isinstance(before, int) or moment - before >= RENEWS_EVERY_S:
        request.session[RENEWED] = moment
