"""The week's shifts, who is at the telephone now, where seats are missing, and hand-over notes."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from peygir.boards import shifts
from peygir.boards.models import Shift
from peygir.calendars.jalali import numeric
from peygir.calendars.persian import clean, to_latin_digits
from peygir.cases import may
from peygir.cases.words import post_name
from peygir.desk import nav
from peygir.desk.access import StaffRequest, page
from peygir.desk.follow.common import day_of, language
from peygir.look.dates import weekdays
from peygir.look.numbers import fa

YEARS: Final = timedelta(days=800)  # no roster is made further away than this


@page("shifts")
@never_cache
@require_GET
def roster(request: StaffRequest) -> HttpResponse:
    """The page of a week; `week` (a Jalali day of it) stands in the address."""
    return _show(request, _week(request))


@page("shifts_change")
@require_POST
def change(request: StaffRequest) -> HttpResponse:
    """Enter a shift, take one away, or copy the week before."""
    week, action = _week(request), request.POST.get("do", "")
    what, _colon, about = action.partition(":")
    if what == "remove":
        known = about.isascii() and about.isdigit() and len(about) < 19
        Shift.objects.filter(pk=int(about) if known else 0).delete()
    elif what == "copy":
        policy, actor, at = request.policy, request.actor, request.at
        n = shifts.copy_last(policy, week, actor=actor, at=at)
        said = ngettext("%(n)s shift was copied.", "%(n)s shifts were copied.", n)
        messages.success(request, said % {"n": fa(n)})
    else:
        wrong = _add(request, week)
        if wrong:
            return _show(request, week, wrong, 422)
    return redirect(_address(week))


@page("shifts")
@require_POST
def note(request: StaffRequest) -> HttpResponse:
    """Leave a note to the next shift."""
    text = clean(request.POST.get("text", "").replace("\x00", "")).strip()
    week = _week(request)
    if not text:
        return _show(request, week, {"text": _("Write what the next shift must know.")}, 422)
    if len(text) > shifts.NOTE_MAX:
        return _show(request, week, {"text": _("Please shorten this to 2,000 characters.")}, 422)
    shifts.leave(text, actor=request.actor, at=request.at)
    messages.success(request, _("The note is there for the next shift."))
    return redirect(_address(week))


def _add(request: StaffRequest, week: date) -> dict[str, str]:
    """Sentences by field when the shift cannot be entered."""
    zone = ZoneInfo(request.policy.calendar.zone)
    day = _number(request.POST.get("day", ""), 6)
    first, last = _number(request.POST.get("from", ""), 23), _number(request.POST.get("to", ""), 24)
    if day is None or first is None or last is None:
        return {"from": _("Choose the day and both hours.")}
    start = datetime.combine(week + timedelta(days=day), time(first), zone)
    over = last <= first  # it ends on the next day
    end = datetime.combine(start.date() + timedelta(days=over), time(), zone)
    end += timedelta(hours=last)
    post = request.POST.get("post", "")[:60]
    try:
        shifts.add(request.policy, post, start, end, actor=request.actor, at=request.at)
    except shifts.WrongShift as wrong:
        return _sentence(str(wrong))
    return {}


def _sentence(wrong: str) -> dict[str, str]:
    return {
        "post": {"post": _("Choose a post that answers the telephone.")},
        "order": {"from": _("The shift must end after it begins.")},
        "long": {"to": _("A shift is at most 12 hours long.")},
        "overlap": {"post": _("This post has another shift in these hours.")},
    }[wrong]


def _show(
    request: StaffRequest, week: date, wrong: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    policy, at = request.policy, request.at
    hours = shifts.coverage(policy, week, at=at)
    context: dict[str, Any] = {
        "week": week,
        "week_typed": numeric(week),
        "days": [(str(at), name) for at, name in enumerate(weekdays())],
        "before": _address(week - timedelta(days=7)),
        "after": _address(week + timedelta(days=7)),
        "on": [_shown(request, one) for one in shifts.on(at)],
        "shifts": _by_day(request, week),
        "hours": hours,
        "gaps": sum(hour.gap > 0 for row in hours for hour in row),
        "notes": [(n, post_name(policy, n.post, language())) for n in shifts.notes()],
        "posts": [(code, post_name(policy, code, language())) for code in shifts.posts(policy)],
        "clock": [(str(h), fa(f"{h:02}:00")) for h in range(25)],
        "may_change": may.open_page(request.actor, "shifts_change"),
        "wrong": wrong or {},
        "given": {k: request.POST.get(k, "") for k in ("post", "day", "from", "to", "text")},
    }
    return nav.show(request, "desk/shifts.html", context, here="shifts", status=status)


def _by_day(request: StaffRequest, week: date) -> list[tuple[str, list[dict[str, Any]]]]:
    zone = ZoneInfo(request.policy.calendar.zone)
    found: list[tuple[str, list[dict[str, Any]]]] = [(name, []) for name in weekdays()]
    for one in shifts.of_week(request.policy, week):
        day = (one.starts_at.astimezone(zone).date() - week).days
        found[max(0, day)][1].append(_shown(request, one))
    return found


def _shown(request: StaffRequest, one: Shift) -> dict[str, Any]:
    return {
        "id": one.pk,
        "post": post_name(request.policy, one.post, language()),
        "from": one.starts_at,
        "to": one.ends_at,
    }


def _week(request: StaffRequest) -> date:
    typed = request.POST.get("week", "") or request.GET.get("week", "")
    today = request.at.astimezone(ZoneInfo(request.policy.calendar.zone)).date()
    day = day_of(typed[:20]) if typed else None
    return shifts.saturday(day if day is not None and abs(day - today) < YEARS else today)


def _address(week: date) -> str:
    return f"{reverse('desk:shifts')}?week={numeric(week)}"


def _number(typed: str, most: int) -> int | None:
    digits = to_latin_digits(typed[:2])
    return int(digits) if digits.isascii() and digits.isdigit() and int(digits) <= most else None
