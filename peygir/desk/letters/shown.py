"""How a letter is called and where it stands, on every page that shows one."""

import re
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from peygir.calendars.persian import to_persian_digits
from peygir.look.chips import Chip
from peygir.look.numbers import fa
from peygir.people.models import Letter
from peygir.people.models.letters import SENT


def isolated(text: str) -> str:
    """`text` with codes and numbers that have signs in them kept in their own order."""
    digits = r"[0-9۰-۹]+(?:[-/][0-9۰-۹]+)+"
    return re.sub(digits, lambda found: f"\u2066{found[0]}\u2069", text)


def last_day(letter: Letter) -> datetime | None:
    """An instant of the last day on which a reply is in time."""
    return letter.reply_by - timedelta(minutes=1) if letter.reply_by else None


def number(letter: Letter) -> str:
    """Ours in Persian digits, as it stands on the paper; theirs in those of the page's language."""
    return to_persian_digits(letter.number) if letter.is_out else fa(letter.theirs)


def chip(letter: Letter, at: datetime, *, is_closed: bool) -> Chip:
    """Where a letter stands. `is_closed`: its case is, so that no answer is late any more."""
    if letter.state == SENT and is_closed:
        return Chip(tone="neutral", icon="dot", words=_("No reply; the message is closed"))
    if letter.state == SENT and letter.reply_by and letter.reply_by <= at:
        return Chip(tone="danger", icon="late", words=_("Reply overdue"))
    tone, icon, words = {
        "draft": ("neutral", "dot", _("Draft")),
        "signed": ("info", "tick", _("Signed")),
        "sent": ("info", "arrow", _("Sent, reply awaited")),
        "answered": ("ok", "tick", _("Answered")),
        "closed": ("neutral", "cross", _("Closed without reply")),
        "came": ("ok", "back", _("Came in")),
    }[letter.state]
    return Chip(tone=tone, icon=icon, words=words)
