"""Units: what goes from one to another, what comes round again, where long waits arose."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from peygir.analysis import asking
from peygir.cases.models import Case
from peygir.desk.access import StaffRequest, page
from peygir.desk.analysis import asked as addresses
from peygir.desk.analysis import frame
from peygir.desk.analysis.asked import Asked
from peygir.desk.analysis.figure import Column, Figure, Row
from peygir.desk.analysis.links import about, to_rows
from peygir.desk.analysis.overview import of_units
from peygir.desk.case import title as title_of
from peygir.desk.follow.common import language, unit_name
from peygir.look import charts
from peygir.look.dates import duration
from peygir.look.flow import Band, flow

BANDS: Final = 16
LISTED: Final = 80
BARS: Final = 12
LONGEST: Final = 12
DAY_S: Final = 86_400


@page("analysis")
@never_cache
@require_GET
def units(request: StaffRequest) -> HttpResponse:
    """The page of units."""
    asked = addresses.read(request)
    if asked.wrong or frame.is_filling():
        return frame.show(request, "units", asked)
    sums = asking.by(asked.filter(request.policy), "unit")
    context: dict[str, Any] = {
        "by_unit": of_units(request, asked, sums),
        "flows": flows(request, asked),
        "second": _second(request, asking.again_of(sums), asked),
        "waits": waits(request, asked),
        "longest": longest(request, asked),
    }
    return frame.show(request, "units", asked, context)


def flows(request: StaffRequest, asked: Asked) -> Figure:
    """Hand-overs between units."""
    found = asking.flows(asked.filter(request.policy))
    names = {each: unit_name(request.policy, each) for one in found for each in _both(one)}
    bands = [
        Band(start=names[each.from_unit], end=names[each.to_unit], n=each.n)
        for each in found[:BANDS]
    ]
    title = _("From unit to unit")
    return Figure(
        name="flows",
        title=title,
        columns=[
            Column(key="from_unit", kind="code"),
            Column(key="from", words=_("From unit"), kind="words"),
            Column(key="to_unit", kind="code"),
            Column(key="to", words=_("To unit"), kind="words"),
            Column(key="n", words=_("Hand-overs")),
        ],
        rows=[
            Row(
                cells=(
                    each.from_unit,
                    names[each.from_unit],
                    each.to_unit,
                    names[each.to_unit],
                    each.n,
                ),
                links=(
                    *("",) * 4,
                    to_rows(asked, each.n, giver=each.from_unit, taker=each.to_unit),
                ),
            )
            for each in found[:LISTED]
        ],
        svg=flow(title, bands) if bands else None,
        note=_(
            "The largest are drawn; each hand-over counts. Channel and kind do not filter here."
        ),
        n=sum(each.n for each in found),
    )


def second(request: StaffRequest, asked: Asked) -> Figure:
    """Cases that went round again, by unit, with the interval of the share."""
    return _second(request, asking.second_cycles(asked.filter(request.policy)), asked)


def _second(request: StaffRequest, found: Sequence[asking.Again], asked: Asked) -> Figure:
    names = [unit_name(request.policy, each.code) if each.code else "—" for each in found]
    title = _("Second cycles, by unit")
    shown = [at for at, each in enumerate(found) if each.again][:BARS]
    series = [charts.Series(_("Percent"), [round(100 * found[at].share, 1) for at in shown])]
    return Figure(
        name="second",
        title=title,
        columns=[
            Column(key="unit", kind="code"),
            Column(key="name", words=_("Unit"), kind="words"),
            Column(key="n", words=_("Registered")),
            Column(key="again", words=_("Second cycle or later")),
            Column(key="share", words=_("Share"), kind="share"),
            Column(key="low", words=_("At least"), kind="share"),
            Column(key="high", words=_("At most"), kind="share"),
        ],
        rows=[
            Row(
                cells=(each.code, name, each.n, each.again, each.share, each.low, each.high),
                links=(
                    *("",) * 2,
                    to_rows(asked, each.n, **about("unit", each.code)),
                    to_rows(asked, each.again, **about("unit", each.code), again=1),
                    *("",) * 3,
                ),
            )
            for each, name in zip(found, names, strict=True)
        ],
        svg=charts.bars(title, [names[at] for at in shown], series).svg if shown else None,
        note=_("Percent of those registered; at least and at most: the 95 percent interval."),
        n=sum(each.n for each in found),
    )


def waits(request: StaffRequest, asked: Asked) -> Figure:
    """Where the longest stay of each case was."""
    found = asking.waits(asked.filter(request.policy))
    stages = request.policy.stages
    names = [
        (
            stages[each.stage].words.in_(language()) if each.stage in stages else each.stage,
            unit_name(request.policy, each.unit),
        )
        for each in found
    ]
    title = _("Where cases waited longest")
    days = [round(each.seconds / DAY_S, 1) for each in found[:BARS]]
    shown = names[:BARS]
    twice = {unit for at, (_stage, unit) in enumerate(shown) if unit in dict(shown[:at]).values()}
    labels = [f"{unit} · {stage}" if unit in twice else unit for stage, unit in shown]
    return Figure(
        name="waits",
        title=title,
        columns=[
            Column(key="stage_code", kind="code"),
            Column(key="stage", words=_("Stage"), kind="words"),
            Column(key="unit_code", kind="code"),
            Column(key="unit", words=_("Unit"), kind="words"),
            Column(key="cases", words=_("Cases")),
            Column(key="seconds", words=_("Time in all"), kind="time"),
            Column(key="mean_s", words=_("Mean"), kind="time"),
            Column(key="share", words=_("Share"), kind="share"),
        ],
        rows=[
            Row(
                cells=(
                    each.stage,
                    stage,
                    each.unit,
                    unit,
                    each.cases,
                    each.seconds,
                    each.seconds // max(1, each.cases),
                    each.share,
                ),
                links=(
                    *("",) * 4,
                    to_rows(asked, each.cases, stage=each.stage, holder=each.unit),
                    *("",) * 3,
                ),
            )
            for each, (stage, unit) in zip(found[:LISTED], names, strict=False)
        ],
        svg=charts.bars(title, labels, [charts.Series(_("Days in all"), days)]).svg
        if found
        else None,
        note=_("Days in all of the longest stay of each case. A stay that lasts counts up to now."),
        n=sum(each.cases for each in found),
    )


def longest(request: StaffRequest, asked: Asked) -> list[tuple[str, str, str, str, str]]:
    """The longest stays of cases that this person may see: (code, title, how long, stage, unit)."""
    stays = asking.longest(asked.filter(request.policy), 10 * LONGEST)
    mine = Case.objects.visible_to(request.actor).filter(sealed=False)
    cases = mine.in_bulk([each.case_id for each in stays])
    stages, speaks = request.policy.stages, language()
    found = []
    for each in stays:
        case = cases.get(each.case_id)
        if case is not None:
            stage = stages[each.stage].words.in_(speaks) if each.stage in stages else each.stage
            still = _("still there")
            found.append(
                (
                    reverse("desk:case", kwargs={"code": case.code}),
                    title_of(request.policy, case, speaks),
                    duration(timedelta(seconds=each.seconds)),
                    f"{stage} · {still}" if each.lasts else stage,
                    unit_name(request.policy, each.unit),
                )
            )
    return found[:LONGEST]


def _both(each: asking.Flow) -> tuple[str, str]:
    return each.from_unit, each.to_unit
