"""How a letter is called and where it stands, on every page that shows one."""

from datetime import datetime

from django.utils.translation import gettext as _

from peygir.calendars.persian import to_persian_digits
from peygir.look.chips import Chip
from peygir.people.models import Letter
from peygir.people.models.letters import SENT


def number(letter: Letter) -> str:
    """The number in Persian digits, as it stands on the paper; theirs as they wrote it."""
    return to_persian_digits(letter.number) if letter.is_out else letter.theirs


def chip(letter: Letter, at: datetime) -> Chip:
    """Where a letter stands."""
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
