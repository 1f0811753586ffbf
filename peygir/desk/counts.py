"""How many got in touch, by what channel, when, and what came of it; with every definition."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from peygir.boards import contacts
from peygir.boards.contacts import Figures
from peygir.calendars.errors import JalaliError
from peygir.calendars.jalali import numeric, parse_jalali, to_jalali
from peygir.desk import ending, nav
from peygir.desk.access import StaffRequest, page
from peygir.desk.follow.common import language
from peygir.desk.table import csv_file
from peygir.look import charts
from peygir.look.numbers import fa

DAYS: Final = 28  # shown when nothing is asked for
COLUMNS: Final = ("day", "calls", "messages", "follow_ups", "contacts")


@page("contacts")
@never_cache
@require_GET
def counts(request: StaffRequest) -> HttpResponse:
    """The page of a period; `since` and `until` (Jalali days) stand in the address."""
    first, last, wrong = _period(request)
    found = _figures(request, first, last)
    query = f"?since={numeric(first)}&until={numeric(last)}"
    context = {
        "first": first,
        "last": last,
        "typed": {"since": numeric(first), "until": numeric(last)},
        "wrong": wrong,
        "longest": contacts.DAYS_MAX,
        "found": found,
        "totals": _totals(found),
        "by_day": _by_day(found, first, last),
        "heat": charts.heat(_("Contacts by weekday and hour"), found.heat),
        "rows": _rows(found),
        "outcomes": ending.outcomes(),
        "articles": [(_title(request, code), fa(n)) for code, n in found.articles],
        "bodies": [(_body(request, code), fa(n)) for code, n in found.bodies],
        "csv_path": reverse("desk:contacts_csv") + query,
    }
    return nav.show(request, "desk/contacts.html", context, here="contacts")


@page("contacts")
@require_GET
def counts_csv(request: StaffRequest) -> HttpResponse:
    """The days of the period for a spreadsheet: UTF-8 with a mark, Latin digits."""
    first, last, _wrong = _period(request)
    found = _figures(request, first, last)
    days = [(day.isoformat(), *found.days.get(day, (0, 0, 0, 0))) for day in _span(first, last)]
    channels = [
        (channel, *(found.table.get((channel, outcome), 0) for outcome in contacts.OUTCOMES))
        for channel in sorted({channel for channel, _outcome in found.table})
    ]
    rows = [COLUMNS, *days, (), ("channel", *contacts.OUTCOMES), *channels]
    return csv_file(f"contacts-{first}-{last}", rows)


def _period(request: StaffRequest) -> tuple[date, date, str]:
    """First and last day, and what is wrong with those asked for."""
    today = request.at.astimezone(ZoneInfo(request.policy.calendar.zone)).date()
    usual = (today - timedelta(days=DAYS - 1), today)
    try:
        last = _day(request, "until") or usual[1]
        first = _day(request, "since") or min(usual[0], last)
    except (JalaliError, ValueError, OverflowError):
        return *usual, _("Write both days like 1405/08/30.")
    if first > last:
        return *usual, _("The first day is after the last one.")
    if (last - first).days >= contacts.DAYS_MAX:
        most = {"most": fa(contacts.DAYS_MAX)}
        first = last - timedelta(days=contacts.DAYS_MAX - 1)
        return first, last, _("At most %(most)s days are counted at once.") % most
    return first, last, ""


def _day(request: StaffRequest, name: str) -> date | None:
    typed = request.GET.get(name, "")[:20].strip()
    return parse_jalali(typed) if typed else None


def _figures(request: StaffRequest, first: date, last: date) -> Figures:
    zone = ZoneInfo(request.policy.calendar.zone)
    since = datetime.combine(first, time(), zone).astimezone(UTC)
    until = datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC)
    return contacts.figures(request.policy, since=since, until=until)


def _totals(found: Figures) -> Mapping[str, int]:
    return {
        "all": found.count(),
        "calls": found.count(channel=contacts.PHONE),
        "messages": found.count(outcome=contacts.CASE),
        "follow_ups": found.count(outcome=contacts.FOLLOW_UP),
        "dropped": found.count(channel=contacts.PHONE, outcome=contacts.DROPPED),
    }


def _by_day(found: Figures, first: date, last: date) -> charts.Chart:
    days = list(_span(first, last))
    numbers = [found.days.get(day, (0, 0, 0, 0)) for day in days]
    names = (_("Calls"), _("Messages"), _("Follow-ups"))
    series = [charts.Series(name, [row[at] for row in numbers]) for at, name in enumerate(names)]
    labels = [fa("{1}/{2}".format(*to_jalali(day))) for day in days]
    return charts.line(_("Calls, messages and follow-ups by day"), labels, series)


def _rows(found: Figures) -> list[tuple[str, list[int], int]]:
    """Channel, a count for each outcome, and their sum; the busiest channel first."""
    words = ending.channels()
    codes = {channel for channel, _outcome in found.table}
    rows = [
        (
            words.get(code, code),
            [found.table.get((code, outcome), 0) for outcome in contacts.OUTCOMES],
            found.count(channel=code),
        )
        for code in codes
    ]
    return sorted(rows, key=lambda row: (-row[2], row[0]))


def _span(first: date, last: date) -> list[date]:
    return [first + timedelta(days=at) for at in range((last - first).days + 1)]


def _title(request: StaffRequest, code: str) -> str:
    article = request.policy.articles.get(code)
    return article.title.in_(language()) if article else code


def _body(request: StaffRequest, code: str) -> str:
    body = request.policy.organisation.outside_bodies.get(code)
    return body.in_(language()) if body else code
