"""What the pages of this folder share: a run in words, refusals in words."""

from datetime import timedelta
from math import ceil
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from peygir.boards import overlays as board
from peygir.calendars.persian import to_latin_digits
from peygir.cases import overlays, words
from peygir.cases.models import OverlayRun
from peygir.cases.models.overlay import PROPOSED
from peygir.cases.switching import CONFIRM_WITHIN
from peygir.desk.access import StaffRequest
from peygir.desk.follow.common import language
from peygir.policy.overlay import Overlay


def run_or_404(run_id: int) -> OverlayRun:
    run = OverlayRun.objects.filter(pk=run_id).first()
    if run is None:
        raise Http404
    return run


def state_words(state: str) -> tuple[str, str]:
    """Tone and words of a run's state."""
    return {
        "proposed": ("warn", _("waits for the second confirmation")),
        "on": ("danger", _("switched on")),
        "off": ("neutral", _("switched off")),
        "expired": ("neutral", _("ended by itself")),
        "lapsed": ("neutral", _("nobody confirmed in time")),
    }[state]


def scope_words(request: StaffRequest, run: OverlayRun) -> str:
    """Where it holds, in words."""
    said = words.scope_words(request.policy, overlays.scope_of(run.scope), language())
    return said or _("the whole city, every subject")


def shown(request: StaffRequest, run: OverlayRun) -> dict[str, Any]:
    """One run as the pages draw it."""
    overlay = overlays.overlay_of(run)
    tone, state = state_words(run.state)
    roles, me = request.actor.roles, request.actor.staff_id
    left = run.proposed_at + CONFIRM_WITHIN - request.at
    waits = run.state == PROPOSED and left >= timedelta()
    lang = language()
    return {
        "run": run,
        "words": overlay.words.in_(lang),
        "kind": overlay.kind,
        "tone": tone if run.state != PROPOSED or waits else "neutral",
        "state": state if run.state != PROPOSED or waits else state_words("lapsed")[1],
        "scope": scope_words(request, run),
        "asked_by": words.post_name(request.policy, run.proposed_post, lang),
        "confirmed_by": words.post_name(request.policy, run.confirmed_post, lang),
        "waits": waits,
        "until": run.proposed_at + CONFIRM_WITHIN,
        "may_confirm": waits and overlay.second in roles and me != run.proposed_by,
        "may_end": (waits or run.state == "on") and bool(roles & {overlay.by, overlay.second}),
        "on": run.state == "on" and run.expires_at > request.at,
        "tasks": [_task(task) for task in run.tasks.all()],
        "pause_hours": _pause_hours(request, run, overlay),
    }


def live(request: StaffRequest) -> list[dict[str, Any]]:
    """What holds or waits for its second person."""
    found = [shown(request, run) for run in board.live().prefetch_related("tasks")]
    return [one for one in found if one["waits"] or one["on"]]


def refusal(code: str) -> str:
    """Why a switch was refused and what can be done now."""
    return {
        "unknown": _("There is no such plan in the policy in force."),
        "not_allowed": _("Your post may not do this."),
        "same_person": _("Somebody else must confirm: never the person who asked."),
        "too_late": _("Thirty seconds are over. Ask again, and confirm at once."),
        "state": _("It has been decided meanwhile; look at the page again."),
        "scope": _("Please choose districts, classes and subjects from the lists."),
        "expiry": _("Please give an end that lies ahead and within the time allowed."),
        "already": _("It holds already, or waits for its second confirmation."),
        "lead": _("Choose an open case with a subject: the others are merged into it."),
        "no_pause": _("This plan lets no clock stand still."),
    }.get(code, _("This could not be done."))


def hours(text: str, most: timedelta) -> timedelta | None:
    """Whole hours as typed, in any digits; None when they are no time or too long."""
    digits = to_latin_digits(text.strip())
    if not digits.isdecimal() or len(digits) > len("2160"):
        return None
    span = timedelta(hours=int(digits))
    return span if timedelta() < span <= most else None


def _pause_hours(request: StaffRequest, run: OverlayRun, overlay: Overlay) -> int:
    """For how many hours its clocks may stand still from now on, the last one begun; 0: not."""
    rule = request.policy.pauses.get(overlay.pause or "")
    if rule is None:
        return 0
    left = min(rule.longest, run.expires_at - request.at) - timedelta(seconds=1)  # ends are rounded
    return max(0, ceil(left / timedelta(hours=1)))


def _task(task: Any) -> dict[str, Any]:
    words = {"group": _("Merging into one incident"), "pause": _("Letting clocks stand still")}
    return {
        "words": words[task.what],
        "total": task.total,
        "done": task.done,
        "passed_over": task.passed_over,
        "finished": task.finished_at is not None,
    }
