"""The one place that decides what a chip says and how it looks, so that the two never part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext, gettext_noop

from peygir.look.dates import duration, jalali_words

NEAR_SHARE = 0.25  # of the allowance; with less than this left the deadline is near (ux §3)


@dataclass(frozen=True, kw_only=True)
class Chip:
    """`tone` is a CSS tone, `icon` a name of icons.html, `band` the inbox band it belongs to."""

    tone: str
    icon: str
    words: str
    title: str = ""
    band: str = "later"


STATUSES = {
    "registered": ("info", "dot", gettext_noop("Registered")),
    "referred": ("info", "arrow", gettext_noop("Referred")),
    "in_progress": ("warn", "work", gettext_noop("In progress")),
    "awaiting_citizen": ("neutral", "wait", gettext_noop("Awaiting the citizen")),
    "special_follow_up": ("reopened", "eye", gettext_noop("Special follow-up")),
    "long_running": ("neutral", "calendar", gettext_noop("Long-running")),
    "closed": ("ok", "tick", gettext_noop("Closed")),
    "reopened": ("reopened", "loop", gettext_noop("Reopened")),
    "rejected": ("danger", "cross", gettext_noop("Rejected with reasons")),
}


def status(key: str, words: str = "") -> Chip:
    """The chip of a status; `words` (a city's own name for its stage) replaces the usual ones.

    A stage that only one city knows is neutral and says its own name.
    """
    tone, icon, usual = STATUSES.get(key, ("neutral", "dot", ""))
    return Chip(tone=tone, icon=icon, words=words or (gettext(usual) if usual else key))


def deadline(
    now: datetime,
    due_at: datetime | None,
    started_at: datetime | None = None,
    paused: str | bool = False,
    *,
    working_minutes: int | None = None,
) -> Chip:
    """The deadline chip: neutral, warn in the last quarter, danger when past, paused.

    `paused` is True or the words for what is awaited. `working_minutes` is the working time left
    (or, once past, overdue); with it the words count working time, without it clock time. No
    `due_at` means that nothing is being timed.
    """
    if paused:
        reason = paused if isinstance(paused, str) else gettext("Awaiting the citizen")
        words = gettext("Paused: %(reason)s") % {"reason": reason}
        return Chip(tone="neutral", icon="pause", words=words, title=_due(due_at))
    if due_at is None:
        return Chip(tone="neutral", icon="dot", words=gettext("No deadline"))
    left = due_at - now
    late = left <= timedelta(0)
    tone, band = _tone(left, due_at - started_at if started_at else None)
    return Chip(
        tone=tone,
        icon="late" if late else "clock",
        words=_words(left, late=late, working_minutes=working_minutes),
        title=_due(due_at),
        band=band,
    )


def _tone(left: timedelta, allowance: timedelta | None) -> tuple[str, str]:
    if left <= timedelta(0):
        return "danger", "late"
    if allowance and left <= allowance * NEAR_SHARE:
        return "warn", "near"
    return "neutral", "later"


def _words(left: timedelta, *, late: bool, working_minutes: int | None) -> str:
    if working_minutes is not None:
        time = {"time": duration(working_minutes)}
        return (
            gettext("%(time)s of working time past") % time
            if late
            else gettext("%(time)s of working time left") % time
        )
    time = {"time": duration(left)}
    return gettext("%(time)s past") % time if late else gettext("%(time)s left") % time


def _due(due_at: datetime | None) -> str:
    return gettext("Due: %(when)s") % {"when": jalali_words(due_at)} if due_at else ""
