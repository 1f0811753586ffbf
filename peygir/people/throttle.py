"""How often somebody may try something. Keys are keyed digests: no number or address is stored."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection
from django.utils.crypto import salted_hmac

from peygir.people.models import Throttle

KEY_LETTERS: Final = 40

HIT: Final = """
insert into people_throttle as t (key, window_ends_at, count)
values (%(key)s, %(ends)s, 1)
on conflict (key) do update set
 count = case when t.window_ends_at <= %(at)s then 1 else least(t.count, 1000000) + 1 end,
 window_ends_at = case when t.window_ends_at <= %(at)s then %(ends)s else t.window_ends_at end
returning count, window_ends_at
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most `most` tries of `what` in each window `per`, for each person or place that tries."""

    what: str
    most: int
    per: timedelta


class TooOften(Exception):
    """The limit is used up; it may be tried again at `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__("too often")
        self.until = until


def hit(limit: Limit, who: str, *, at: datetime) -> None:
    """Count one try of `who` (a phone, an address, an id). Raises TooOften beyond the limit."""
    values: dict[str, Any] = {"key": _key(limit, who), "at": at, "ends": at + limit.per}
    with connection.cursor() as cursor:
        cursor.execute(HIT, values)
        count, until = cursor.fetchone()
    if count > limit.most:
        raise TooOften(until)


def forgive(limit: Limit, who: str) -> None:
    """Forget the tries of `who`, because one of them succeeded."""
    Throttle.objects.filter(key=_key(limit, who)).delete()


def sweep(*, at: datetime) -> int:
    """Delete windows that are over; gives how many."""
    return Throttle.objects.filter(window_ends_at__lt=at).delete()[0]


def _key(limit: Limit, who: str) -> str:
    digest = salted_hmac("peygir.throttle", who, algorithm="sha256").hexdigest()
    return f"{limit.what}:{digest[:KEY_LETTERS]}"
