"""What an overlay does to many cases, the list of pauses, and the report after it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from peygir.boards import cases
from peygir.boards import overlays as board
from peygir.calendars import codes
from peygir.cases import overlay_tasks, overlays
from peygir.cases.models import Case, OverlayPlan, OverlayRun
from peygir.cases.switching import STATES, SwitchError
from peygir.cases.words import post_name
from peygir.desk import nav
from peygir.desk.access import StaffRequest, page
from peygir.desk.crisis import parts, pdf
from peygir.desk.follow.common import language, span_words
from peygir.desk.table import csv_file
from peygir.look.dates import duration, jalali_words, local
from peygir.look.numbers import fa

PAUSE_COLUMNS = ("case", "referral", "from", "until", "went_on", "reason", "post")


@page("crisis_switch")
@require_POST
def group(request: StaffRequest, run_id: int) -> HttpResponse:
    """Merge the reports of one incident into the case whose code was given."""
    try:
        lead = _lead(request)
        same = request.POST.get("where") == "district"
        overlay_tasks.group(
            run_id,
            lead=lead,
            district=lead.district if same else None,
            actor=request.actor,
            at=request.at,
        )
    except SwitchError as refused:
        messages.error(request, parts.refusal(refused.code))
        return _report(request, run_id, status=409)
    messages.success(request, _("The reports are being merged; the page shows how far it is."))
    return redirect("desk:crisis_report", run_id=run_id)


@page("crisis_switch")
@require_POST
def pause(request: StaffRequest, run_id: int) -> HttpResponse:
    """Let the running clocks in scope stand still for some hours, at most until its end."""
    try:
        span = parts.hours(request.POST.get("hours", ""), timedelta(days=90))
        if span is None:
            raise SwitchError("expiry")
        # Never longer than it holds: what is asked for beyond its end goes on with its end.
        until = min(request.at + span, parts.run_or_404(run_id).expires_at)
        overlay_tasks.pause(run_id, until=until, actor=request.actor, at=request.at)
    except SwitchError as refused:
        messages.error(request, parts.refusal(refused.code))
        return _report(request, run_id, status=409)
    messages.success(request, _("The clocks are being stopped; the council sees each of them."))
    return redirect("desk:crisis_report", run_id=run_id)


@page("crisis")
@never_cache
@require_GET
def report(request: StaffRequest, run_id: int) -> HttpResponse:
    """One run: what changed, when, by whom, and what it cost. Printable on A4."""
    return _report(request, run_id)


@page("crisis")
@never_cache
@require_GET
def pauses_csv(request: StaffRequest, run_id: int) -> HttpResponse:
    """Every clock that stood still, for a spreadsheet: UTF-8 with a mark, local time, codes."""
    run = parts.run_or_404(run_id)
    rows: list[Sequence[object]] = [PAUSE_COLUMNS]
    for one in board.pauses(run):
        times = [local(each).isoformat(timespec="minutes") for each in (one.since, one.until)]
        went_on = "yes" if one.went_on else "no"
        rows.append((one.code, one.number, *times, went_on, one.reason, one.post))
    return csv_file(f"pauses-{run.code}-{local(run.proposed_at):%Y%m%d}", rows)


@page("crisis")
@never_cache
@require_GET
def report_pdf(request: StaffRequest, run_id: int) -> HttpResponse:
    """The same as a file, in the reader's language."""
    run = parts.run_or_404(run_id)
    given = _told(request, run)
    name = f"report-{run.code}-{local(run.proposed_at):%Y%m%d}.pdf"
    return HttpResponse(
        pdf.draw(_sheet(request, given)),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _report(request: StaffRequest, run_id: int, status: int = 200) -> HttpResponse:
    context = _told(request, parts.run_or_404(run_id))
    return nav.show(request, "desk/crisis/report.html", context, here="crisis", status=status)


def _sheet(request: StaffRequest, given: dict[str, Any]) -> pdf.Sheet:
    """What the page says, line by line."""
    after, one = given["after"], given["one"]
    cost = after.cost
    figures = (
        (after.cases, _("messages registered meanwhile")),
        (cost.moved, _("deadlines moved")),
        (cost.late_without, _("would have been late by the ordinary deadline")),
        (cost.late_with, _("were late all the same")),
        (len(after.paused), _("clocks stood still")),
        (after.merged, _("reports merged into incidents")),
    )
    longer = _("Together the deadlines became longer by %(time)s.")
    stood = [
        " · ".join(
            (
                fa(each.code),
                f"{jalali_words(each.since)} – {jalali_words(each.until)}",
                given["reasons"].get(each.reason, each.reason),
            )
        )
        for each in after.paused
    ]
    happened = [
        " · ".join(part for part in (jalali_words(at), words, who) if part)
        for at, words, who in given["events"]
    ]
    sections = (
        (_("When, where and by whom"), [one["scope"], *happened]),
        (_("What changed"), [f"{words}: {span}" for words, span in given["dues"]]),
        (
            _("What it cost"),
            [*(f"{words}: {fa(n)}" for n, words in figures)]
            + ([longer % {"time": duration(cost.longer)}] if cost.moved else []),
        ),
        (_("Clocks that stood still, for the council"), stood or [_("None.")]),
    )
    lang = language()
    return pdf.Sheet(
        title=_("Report: %(name)s") % {"name": one["words"]},
        head=given["banner_words"],
        sections=sections,
        foot=f"{request.policy.words.in_(lang)} · {jalali_words(request.at)}",
        is_rtl=not lang.startswith("en"),
        made_at=request.at,
    )


def _told(request: StaffRequest, run: OverlayRun) -> dict[str, Any]:
    """Everything that the report says of a run."""
    after, lang = board.after(run, request.at), language()
    overlay, policy = overlays.overlay_of(run), request.policy
    dues = {**overlay.due_by_class, **overlay.due_by_stage}
    named = {code: one.words for code, one in policy.classes.items()}
    named |= {code: one.words for code, one in policy.stages.items()}

    def who(post: str) -> str:
        return post_name(policy, post, lang)

    return {
        "one": parts.shown(request, run),
        "after": after,
        "events": [
            (event.happened_at, parts.state_words(STATES[event.kind])[1], who(event.actor.post))
            for event in after.events
        ],
        "dues": [
            (named[code].in_(lang), span_words(span))
            for code, span in dues.items()
            if code in named
        ],
        "texts": sorted(overlay.texts),
        "banner_words": overlay.banner.in_(lang),
        "reasons": {code: one.words.in_(lang) for code, one in policy.pauses.items()},
        "plan": OverlayPlan.objects.filter(pk=run.plan).first() if run.plan else None,
        "may_work": bool(request.actor.roles & {overlay.by, overlay.second}),
    }


def _lead(request: StaffRequest) -> Case:
    try:
        found = cases.by_code(request.actor, codes.check(request.POST.get("code", "")[:40]))
    except codes.CodeError:
        found = None
    if found is None:
        raise SwitchError("lead")
    return found
