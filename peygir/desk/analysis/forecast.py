"""The next seven days: how many messages are expected, how sure that is, and where they will go."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from peygir.analysis import asking
from peygir.analysis import forecast as method
from peygir.analysis.asking import Dimension, Filter
from peygir.analysis.forecast import Forecast
from peygir.calendars.jalali import numeric, to_jalali
from peygir.calendars.working import weekday
from peygir.desk.access import StaffRequest, page
from peygir.desk.analysis import asked as addresses
from peygir.desk.analysis import frame
from peygir.desk.analysis.asked import Asked
from peygir.desk.analysis.figure import Column, Figure, Row
from peygir.desk.analysis.links import about, between, to_rows
from peygir.desk.follow.common import language, unit_name
from peygir.look import charts
from peygir.look.dates import month_name, weekdays
from peygir.look.numbers import fa

SHOWN_DAYS: Final = 28  # of the past, in the drawing
TAKES: Final = ("district", "group", "category", "unit", "channel", "kind")


@page("analysis")
@never_cache
@require_GET
def forecast(request: StaffRequest) -> HttpResponse:
    """The week ahead, of what the filters leave; the days of the address do not matter here."""
    asked = addresses.read(request)
    context: dict[str, Any] = {"takes": TAKES, "least": method.LEAST_WEEKS}
    if asked.wrong or frame.is_filling():
        return frame.show(request, "forecast", asked, context)
    opened, today = _opened(request, asked)
    found = method.forecast(opened, request.policy.calendar, today)
    if found is not None:
        context |= {
            "found": found,
            "today": today,
            "ahead": _ahead(asked, opened, found),
            "behind": _behind(asked, opened, found),
            "divided": [_part(request, asked, found, today, one) for one in ("district", "unit")],
            "factors": _factors(found),
        }
    return frame.show(request, "forecast", asked, context)


def ahead(request: StaffRequest, asked: Asked) -> Figure:
    """The seven days, as a file has them."""
    opened, today = _opened(request, asked)
    return _ahead(asked, opened, method.forecast(opened, request.policy.calendar, today))


def behind(request: StaffRequest, asked: Asked) -> Figure:
    """The four weeks before and the seven days, as a file has them."""
    opened, today = _opened(request, asked)
    return _behind(asked, opened, method.forecast(opened, request.policy.calendar, today))


def by_district(request: StaffRequest, asked: Asked) -> Figure:
    """The week's messages by district."""
    return _by(request, asked, "district")


def by_unit(request: StaffRequest, asked: Asked) -> Figure:
    """The week's messages by the unit that will have to answer."""
    return _by(request, asked, "unit")


def _by(request: StaffRequest, asked: Asked, dimension: Dimension) -> Figure:
    opened, today = _opened(request, asked)
    found = method.forecast(opened, request.policy.calendar, today)
    return _part(request, asked, found, today, dimension)


def _opened(request: StaffRequest, asked: Asked) -> tuple[Mapping[date, int], date]:
    """What each day brought, and the first day that the rows do not hold as a whole."""
    today = addresses.today(request)
    kept = asking.asof()
    if kept is not None:
        today = min(today, kept.astimezone(ZoneInfo(request.policy.calendar.zone)).date())
    moments = asking.trend(_days(request, asked, today, method.HISTORY_DAYS))
    first = next((at for at, one in enumerate(moments) if one.opened), len(moments))
    return {one.day: one.opened for one in moments[first:]}, today


def _days(request: StaffRequest, asked: Asked, today: date, days: int) -> Filter:
    chosen = asked.filter(request.policy)
    return replace(chosen, since=today - timedelta(days=days), until=today)


def _ahead(asked: Asked, opened: Mapping[date, int], found: Forecast | None) -> Figure:
    title = _("Messages of the next seven days")
    columns = [
        Column(key="weekday", words=_("Day"), kind="words"),
        Column(key="day", words=_("Date"), kind="day"),
        Column(key="expected", words=_("Expected")),
        Column(key="low", words=_("Lowest")),
        Column(key="high", words=_("Highest")),
        Column(key="week_before", words=_("A week before")),
        Column(key="holiday", words=_("Holiday"), kind="words"),
    ]
    if found is None:
        return Figure(name="ahead", title=title, columns=columns, rows=[])
    names = weekdays()
    before = [opened.get(one.day - timedelta(days=7), 0) for one in found.days]
    rows = [
        Row(
            cells=(
                names[weekday(one.day)],
                one.day,
                one.expected,
                one.low,
                one.high,
                then,
                _("holiday") if one.holiday else "",
            ),
            links=("",) * 5 + (_to_day(asked, one.day - timedelta(days=7), then), ""),
        )
        for one, then in zip(found.days, before, strict=True)
    ]
    labels = [f"{names[weekday(one.day)]} {fa(to_jalali(one.day)[2])}" for one in found.days]
    values = [(one.low, one.expected, one.high) for one in found.days]
    return Figure(
        name="ahead",
        title=title,
        columns=columns,
        rows=rows,
        svg=charts.ranges(title, labels, values, before).svg,
        note=_("The band holds four days in five."),
        span=(found.days[0].day, found.days[-1].day),
    )


def _behind(asked: Asked, opened: Mapping[date, int], found: Forecast | None) -> Figure:
    """What the last weeks brought and the next one may bring, on one line of time."""
    title = _("Four weeks behind, seven days ahead")
    columns = [
        Column(key="day", words=_("Date"), kind="day"),
        Column(key="found", words=_("Found")),
        Column(key="expected", words=_("Expected")),
        Column(key="low", words=_("Lowest")),
        Column(key="high", words=_("Highest")),
    ]
    if found is None:
        return Figure(name="ahead_behind", title=title, columns=columns, rows=[])
    first = found.days[0].day
    past = [first - timedelta(days=back) for back in range(SHOWN_DAYS, 0, -1)]
    counts = [opened.get(day) for day in past]
    bands = [(one.low, one.expected, one.high) for one in found.days]
    labels = [_label(day) for day in (*past, *(one.day for one in found.days))]
    rows = [
        Row(
            cells=(day, n, None, None, None),
            links=("", _to_day(asked, day, n or 0), "", "", ""),
        )
        for day, n in zip(past, counts, strict=True)
    ]
    rows += [Row(cells=(one.day, None, one.expected, one.low, one.high)) for one in found.days]
    drawn = charts.fan(
        title, labels, [*counts, *[None] * len(bands)], [*[None] * len(past), *bands]
    )
    return Figure(
        name="ahead_behind",
        title=title,
        columns=columns,
        rows=rows,
        svg=drawn.svg,
        note=_("The band holds four days in five."),
        span=(past[0], found.days[-1].day),
    )


def _to_day(asked: Asked, day: date, n: int) -> str:
    """The messages of one day of the past."""
    return between(asked, day, day, n)


def _part(
    request: StaffRequest, asked: Asked, found: Forecast | None, today: date, dimension: Dimension
) -> Figure:
    """How the week's messages divide, as those of the last four weeks did."""
    titles = {"district": _("Expected by district"), "unit": _("Expected by unit")}
    heads = {"district": _("District"), "unit": _("Unit")}
    sums = asking.by(_days(request, asked, today, SHOWN_DAYS), dimension)
    recent = {each.code: each.opened for each in sums if each.opened}
    parts = method.shares(found.total, recent) if found else {}
    past: dict[str, object] = {
        "since": numeric(today - timedelta(days=SHOWN_DAYS)),
        "until": numeric(today - timedelta(days=1)),
    }
    return Figure(
        name=f"ahead_{dimension}",
        title=titles[dimension],
        columns=[
            Column(key=dimension, kind="code"),
            Column(key="name", words=heads[dimension], kind="words"),
            Column(key="last_28_days", words=_("Last four weeks")),
            Column(key="expected", words=_("Expected in seven days")),
        ],
        rows=[
            Row(
                cells=(code, _name(request, dimension, code), n, parts[code]),
                links=("", "", to_rows(asked, n, **past, **about(dimension, code)), ""),
            )
            for code, n in recent.items()
            if code in parts
        ],
        note=_("Divided as the messages of the last four weeks were."),
        span=(today, today + timedelta(days=method.AHEAD - 1)),
    )


def _name(request: StaffRequest, dimension: Dimension, code: str) -> str:
    if not code:
        return _("Not sorted yet")
    if dimension == "unit":
        return unit_name(request.policy, code)
    words = request.policy.organisation.districts.get(int(code))
    return words.in_(language()) if words else fa(code)


def _factors(found: Forecast) -> Sequence[tuple[str, float]]:
    """(day of the week, its part of a usual day); the holiday last."""
    pairs = list(zip(weekdays(), found.factors.weekdays, strict=True))
    return [*pairs, (_("Holiday beside its weekday"), found.factors.holiday)]


def _label(day: date) -> str:
    _year, month, number = to_jalali(day)
    return f"{fa(number)} {month_name(month)}"
