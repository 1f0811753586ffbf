"""The overview: how many, when, about what, where, by which way, and how it ended."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

from django.http import HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from peygir.analysis import asking
from peygir.analysis.asking import Dimension, Moment, Sum
from peygir.calendars.jalali import to_jalali
from peygir.desk.access import StaffRequest, page
from peygir.desk.analysis import asked as addresses
from peygir.desk.analysis import frame
from peygir.desk.analysis.asked import Asked
from peygir.desk.analysis.figure import Column, Figure, Row
from peygir.desk.analysis.links import about, between, to_rows
from peygir.desk.follow.common import language, unit_name
from peygir.look import charts
from peygir.look.dates import month_name, weekdays
from peygir.look.numbers import fa, percent
from peygir.look.treemap import Tile, treemap

TILES_MAX: Final = 40
BARS_MAX: Final = 16
SMALL: Final = 5  # a share of fewer says nothing, and would make all others pale
SHOWN: Final[tuple[Dimension, ...]] = ("category", "district", "channel", "ending")
STEP_DAYS: Final = {"day": 45, "week": 230}  # up to so many days; beyond, by month


@page("analysis")
@never_cache
@require_GET
def overview(request: StaffRequest) -> HttpResponse:
    """The first page of the desk."""
    asked = addresses.read(request)
    if asked.wrong or frame.is_filling():
        return frame.show(request, "overview", asked)
    step = _step(asked)
    found = asking.overview(asked.filter(request.policy), step, SHOWN)
    sums = found.sums
    context: dict[str, Any] = {
        "totals": totals(asked, sums["category"]),
        "trend": _trend(asked, step, found.moments),
        "subjects": _subjects(request, asked, sums["category"]),
        "districts": _districts(request, asked, sums["district"]),
        "rhythm": _rhythm(asked, found.rhythm),
        "channels": _ways(request, asked, sums["channel"]),
        "endings": _endings(request, asked, sums["ending"]),
    }
    return frame.show(request, "overview", asked, context)


def totals(asked: Asked, sums: Sequence[Sum]) -> list[tuple[str, str, str]]:
    """(number, words, address of the cases) of the tiles on top."""
    opened, closed = sum(each.opened for each in sums), sum(each.closed for each in sums)
    late, again = sum(each.late for each in sums), sum(each.again for each in sums)

    def share(words: str, n: int) -> str:
        return format_html("{} · {}", words, percent(n / opened)) if opened else words

    return [
        (fa(opened), _("Registered"), to_rows(asked, opened)),
        (fa(closed), _("Closed"), to_rows(asked, closed, closed=1)),
        (fa(late), share(_("Missed a deadline"), late), to_rows(asked, late, late=1)),
        (fa(again), share(_("Second cycle or later"), again), to_rows(asked, again, again=1)),
    ]


def trend(request: StaffRequest, asked: Asked) -> Figure:
    """Registered, closed and late over time; by day, week or month as the span allows."""
    step = _step(asked)
    return _trend(asked, step, asking.trend(asked.filter(request.policy), step))


def _step(asked: Asked) -> asking.Step:
    days = (asked.last - asked.first).days + 1
    if days > STEP_DAYS["week"]:
        return "month"
    return "day" if days <= STEP_DAYS["day"] else "week"


def _trend(asked: Asked, step: asking.Step, moments: Sequence[Moment]) -> Figure:
    ends = [each.day - timedelta(days=1) for each in moments[1:]] + [asked.last]
    names = (_("Registered"), _("Closed"), _("Late"))
    title = {
        "day": _("Registered, closed and late, by day"),
        "week": _("Registered, closed and late, by week"),
        "month": _("Registered, closed and late, by month"),
    }[step]
    labels = [_label(each.day, step) for each in moments]
    series = [
        charts.Series(names[0], [each.opened for each in moments]),
        charts.Series(names[1], [each.closed for each in moments]),
        charts.Series(names[2], [each.late for each in moments]),
    ]
    counted = sum(each.opened for each in moments)
    return Figure(
        name="trend",
        title=title,
        columns=[
            Column(key="from", words=_("From"), kind="day"),
            Column(key="to", words=_("To"), kind="day"),
            Column(key="opened", words=names[0]),
            Column(key="closed", words=names[1]),
            Column(key="late", words=names[2]),
        ],
        rows=[_moment(asked, *pair) for pair in zip(moments, ends, strict=True)] * bool(counted),
        svg=charts.line(title, labels, series).svg,
        note=_trend_note(step),
        n=counted,
    )


def _trend_note(step: str) -> str:
    late = _("Late are those registered then that have missed a deadline since.")
    if step == "day":
        return late
    cut = _("What begins or ends within a week or month is cut there.")
    return f"{late} {cut}"


def subjects(request: StaffRequest, asked: Asked) -> Figure:
    """Subjects by how many and how late."""
    return _subjects(request, asked, asking.by(asked.filter(request.policy), "category"))


def districts(request: StaffRequest, asked: Asked) -> Figure:
    """Districts, those with the most first."""
    return _districts(request, asked, asking.by(asked.filter(request.policy), "district"))


def _districts(request: StaffRequest, asked: Asked, sums: Sequence[Sum]) -> Figure:
    names = request.policy.organisation.districts
    words = {str(code): name.in_(language()) for code, name in names.items()}
    return _bars(asked, sums, "district", _("By district"), words, _("No district yet"))


def ways(request: StaffRequest, asked: Asked) -> Figure:
    """Channels."""
    return _ways(request, asked, asking.by(asked.filter(request.policy), "channel"))


def _ways(request: StaffRequest, asked: Asked, sums: Sequence[Sum]) -> Figure:
    return _bars(asked, sums, "channel", _("By channel"), addresses.channels(), "—")


def endings(request: StaffRequest, asked: Asked) -> Figure:
    """How cases closed in the span had ended."""
    return _endings(request, asked, asking.by(asked.filter(request.policy), "ending"))


def _endings(request: StaffRequest, asked: Asked, sums: Sequence[Sum]) -> Figure:
    found = [each for each in sums if each.code and each.closed]
    found.sort(key=lambda each: (-each.closed, each.code))
    names = {code: each.words.in_(language()) for code, each in request.policy.endings.items()}
    title = _("How closed cases ended")
    series = [charts.Series(_("Closed"), [each.closed for each in found])]
    total = sum(each.closed for each in found)
    return Figure(
        name="endings",
        title=title,
        columns=[
            Column(key="ending", kind="code"),
            Column(key="name", words=_("Ending"), kind="words"),
            Column(key="closed", words=_("Closed")),
            Column(key="share", words=_("Share"), kind="share"),
        ],
        rows=[
            Row(
                cells=(
                    each.code,
                    names.get(each.code, each.code),
                    each.closed,
                    each.closed / total,
                ),
                links=("", "", to_rows(asked, each.closed, closed=1, ending=each.code), ""),
            )
            for each in found
        ],
        svg=charts.bars(title, [names.get(one.code, one.code) for one in found], series).svg,
        n=total,
    )


def rhythm(request: StaffRequest, asked: Asked) -> Figure:
    """When messages come: weekday by hour."""
    return _rhythm(asked, asking.rhythm(asked.filter(request.policy)))


def _rhythm(asked: Asked, counts: Sequence[Sequence[int]]) -> Figure:
    title = _("Registered, by weekday and hour")
    return Figure(
        name="rhythm",
        title=title,
        columns=[
            Column(key="weekday", words=_("Day"), kind="words"),
            *(Column(key=str(hour), words=fa(hour)) for hour in range(24)),
        ],
        rows=[
            Row(
                cells=(name, *hours),
                links=("", *(to_rows(asked, n, hour=day * 24 + h) for h, n in enumerate(hours))),
            )
            for day, (name, hours) in enumerate(zip(weekdays(), counts, strict=True))
        ]
        * any(map(any, counts)),
        svg=charts.heat(title, counts).svg,
        n=sum(map(sum, counts)),
    )


def sums_table(asked: Asked, dimension: Dimension, head: str) -> list[Column]:
    """The columns of a figure over one dimension."""
    return [
        Column(key=dimension, kind="code"),
        Column(key="name", words=head, kind="words"),
        Column(key="opened", words=_("Registered")),
        Column(key="closed", words=_("Closed")),
        Column(key="late", words=_("Missed a deadline")),
        Column(key="late_share", words=_("Share"), kind="share"),
        Column(key="again", words=_("Second cycle or later")),
        Column(key="median_s", words=_("Median until closed"), kind="time"),
    ]


def sums_row(asked: Asked, dimension: Dimension, each: Sum, name: str) -> Row:
    """One code of a dimension; its numbers lead to its cases."""
    where = about(dimension, each.code)
    return Row(
        cells=(
            each.code,
            name,
            each.opened,
            each.closed,
            each.late,
            each.late / each.opened if each.opened else None,
            each.again,
            each.waited_median_s,
        ),
        links=(
            "",
            "",
            to_rows(asked, each.opened, **where),
            to_rows(asked, each.closed, **where, closed=1),
            to_rows(asked, each.late, **where, late=1),
            "",
            to_rows(asked, each.again, **where, again=1),
            "",
        ),
    )


def _subjects(request: StaffRequest, asked: Asked, sums: Sequence[Sum]) -> Figure:
    names = {code: each.words.in_(language()) for code, each in request.policy.categories.items()}
    unsorted = _("Not sorted yet")
    title = _("By subject")
    shares = [each.late / each.opened for each in sums if each.opened >= SMALL]
    darkest = max(shares, default=0.0) or 1.0
    tiles = [
        Tile(
            name=names.get(each.code, each.code or unsorted),
            value=each.opened,
            shade=min(1.0, each.late / each.opened / darkest),
            href=to_rows(asked, each.opened, **about("category", each.code)),
            words=_("%(name)s: %(n)s, %(late)s late")
            % {
                "name": names.get(each.code, each.code or unsorted),
                "n": fa(each.opened),
                "late": fa(each.late),
            },
        )
        for each in sums[:TILES_MAX]
        if each.opened
    ]
    rest = sum(each.opened for each in sums[TILES_MAX:])
    if rest:
        tiles.append(Tile(name=_("All other subjects"), value=rest, words=fa(rest), last=True))
    return Figure(
        name="subjects",
        title=title,
        columns=sums_table(asked, "category", _("Subject")),
        rows=[
            sums_row(asked, "category", each, names.get(each.code, each.code or unsorted))
            for each in sums
        ],
        svg=treemap(
            title,
            tiles,
            low=_("%(share)s late") % {"share": _share(0.0)},
            high=_("%(share)s late") % {"share": _share(darkest)},
        ),
        note=_("Area: registered. Darker: a larger share missed a deadline."),
        n=sum(each.opened for each in sums),
    )


def _bars(
    asked: Asked,
    sums: Sequence[Sum],
    dimension: Dimension,
    title: str,
    names: dict[str, str],
    without: str,
) -> Figure:
    called = [names.get(each.code, each.code or without) for each in sums]
    shown = sums[:BARS_MAX]
    series = [
        charts.Series(_("Registered"), [each.opened for each in shown]),
        charts.Series(_("Late"), [each.late for each in shown]),
    ]
    return Figure(
        name=f"{dimension}s",
        title=title,
        columns=sums_table(asked, dimension, title),
        rows=[
            sums_row(asked, dimension, each, name) for each, name in zip(sums, called, strict=True)
        ],
        svg=charts.bars(title, called[:BARS_MAX], series).svg,
        n=sum(each.opened for each in sums),
    )


def units(request: StaffRequest, asked: Asked) -> Figure:
    """Units that answer for the work, those with the most first."""
    return of_units(request, asked, asking.by(asked.filter(request.policy), "unit"))


def of_units(request: StaffRequest, asked: Asked, sums: Sequence[Sum]) -> Figure:
    """The same, where the sums are known."""
    names = {each.code: unit_name(request.policy, each.code) for each in sums if each.code}
    return _bars(asked, sums, "unit", _("By unit"), names, _("No unit yet"))


def _moment(asked: Asked, each: Moment, last: date) -> Row:
    return Row(
        cells=(each.day, last, each.opened, each.closed, each.late),
        links=(
            "",
            "",
            between(asked, each.day, last, each.opened),
            between(asked, each.day, last, each.closed, closed=1),
            between(asked, each.day, last, each.late, late=1),
        ),
    )


def _label(day: date, step: str) -> str:
    _year, month, number = to_jalali(day)
    name = month_name(month)
    return name if step == "month" else f"{fa(number)} {name}"


def _share(value: float) -> str:
    """A share in the text of a drawing, where nothing can be isolated."""
    return f"{fa(round(value * 100))}{'٪' if language() == 'fa' else '%'}"
