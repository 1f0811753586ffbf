"""Where this year's log stands, and the lock of those who move it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from peygir.calendars.jalali import to_jalali
from peygir.ledger.models import Head
from peygir.ledger.statement import run
from peygir.verify.merkle import Frontier

LOCK: Final = 0x137_5EA1  # of the database's advisory locks: one process seals at a time


@contextmanager
def alone() -> Iterator[bool]:
    """Whether nobody else seals at the moment, and nobody will until the block ends."""
    [(ours,)] = run("select pg_try_advisory_lock(%s::bigint)", (LOCK,))
    try:
        yield ours
    finally:
        if ours and connection.is_usable():
            run("select pg_advisory_unlock(%s::bigint)", (LOCK,))


def city_name() -> str:
    """What the log of every year of this city is called."""
    return f"ledger.{settings.PEYGIR_CITY}/137"


def origin_of(year: int) -> str:
    return f"{city_name()}/{year}"


def year_of(at: datetime) -> int:
    """The Jalali year of an instant where the city is."""
    return to_jalali(at.astimezone(ZoneInfo(settings.TIME_ZONE)).date())[0]


def current() -> Head | None:
    """The head, or None before the log begins."""
    return Head.objects.first()


def locked() -> Head:
    """The head, for the rest of the transaction nobody else's."""
    return Head.objects.select_for_update().get()


def frontier(head: Head) -> Frontier:
    return Frontier.load(bytes(head.frontier))
