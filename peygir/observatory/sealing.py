"""Whether the public log goes on: said in red on every page while it does not."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from peygir.ledger.log import stops


@dataclass(frozen=True, slots=True, kw_only=True)
class Halt:
    """Since when nothing is sealed, and why in words."""

    at: datetime
    words: str


def stop() -> Halt | None:
    """None while the log goes on."""
    found = stops.current()
    return None if found is None else Halt(at=found.at, words=_words(found.reason))


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
