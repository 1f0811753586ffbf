"""What an operator reads out: how a message stands, in one or two sentences for the caller."""

from datetime import datetime

from django.utils.translation import gettext as _

from peygir.cases import policies
from peygir.cases.models import Case, Clock
from peygir.cases.words import unit_name
from peygir.desk.case import title
from peygir.look.dates import jalali_words
from peygir.policy.model import CityPolicy

__all__ = ["status", "title"]


def status(
    policy: CityPolicy, case: Case, clock: Clock | None, *, at: datetime, language: str
) -> str:
    """The answer to "what became of my message?"; `clock` is that of whoever holds it now."""
    names = {
        "about": title(policy, case, language),
        "unit": unit_name(policy, case.unit, language),
        "due": jalali_words(clock.due_at) if clock else "",
        "date": jalali_words(case.promised_for) if case.promised_for else "",
    }
    if case.closed_at is not None:
        ending = policy.endings.get(case.ending)
        how = {"how": ending.words.in_(language) if ending else ""}
        return _("Your message about “%(about)s” is closed: %(how)s.") % {**names, **how}
    stage = policies.by_digest(case.policy).stages.get(case.stage)
    desk = stage.desk if stage is not None else ""
    return f"{_stands(case, clock, at, desk)} {_next(case, desk)}".strip() % names


def _stands(case: Case, clock: Clock | None, at: datetime, desk: str) -> str:
    if case.status == "awaiting_citizen":
        return _("The unit has reported your message about “%(about)s” as done.")
    if case.status == "special_follow_up" and desk == "field":
        return _("Special follow-up has your message about “%(about)s”; a visit is due by %(due)s.")
    if case.status == "long_running" and case.promised_for:
        return _("Your message about “%(about)s” is with %(unit)s and promised for %(date)s.")
    if clock is not None and clock.due_at <= at:
        return _("Your message about “%(about)s” is with %(unit)s and late since %(due)s.")
    return _("Your message about “%(about)s” is with %(unit)s; an answer is due by %(due)s.")


def _next(case: Case, desk: str) -> str:
    if case.status == "awaiting_citizen" and desk != "calls":
        return _("You may say on the site or by SMS whether you are satisfied.")
    if case.status == "awaiting_citizen":
        return _("We call you to ask whether you are satisfied.")
    if case.objections:
        return _("Your objection is recorded and stands in the file.")
    return ""
