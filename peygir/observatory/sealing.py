"""Whether the public log goes on and is seen: said in red on every page while it is not."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from peygir.ledger.log import status, stops
from peygir.ledger.models import Checkpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Halt:
    """Since when what is amiss, in words."""

    at: datetime
    title: str
    words: str


def began() -> datetime | None:
    """When the first state of the log was signed; None before that."""
    first = Checkpoint.objects.order_by("origin", "size").first()
    return None if first is None else first.signed_at


def stop(at: datetime) -> Halt | None:
    """None while the log goes on and enough witnesses see it."""
    found = stops.current()
    if found is not None:
        title = gettext(
            "The public log stands still. Nothing new is published until somebody has looked at it."
        )
        return Halt(at=found.at, title=title, words=_words(found.reason))
    lonely = status.unwitnessed(at).first()
    if lonely is None:
        return None
    return Halt(
        at=lonely.signed_at,
        title=gettext("Nobody outside the city has seen the newest entries."),
        words=gettext("Too few witnesses answer. No figures are published until they do."),
    )


def _words(reason: str) -> str:
    known = {
        stops.GUARD: gettext("The database is behind what was signed before."),
        stops.NO_GUARD: gettext("It is not known what was signed before."),
        stops.KEYS: gettext("The keys that signed before are gone."),
        stops.FORK: gettext("Outside witnesses have seen another log than the city's."),
        stops.FILES: gettext("A published file does not say what the database says."),
        stops.DISK: gettext("A file could not be written."),
        stops.LEAVES: gettext("An event could not be written as a public entry."),
        stops.POLICY: gettext("The list of witnesses cannot be read."),
    }
    return known.get(reason, reason)
