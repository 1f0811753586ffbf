"""How often somebody may try something. Keys are keyed digests: no number or address is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils.crypto import salted_hmac

from peygir.ledger.statement import run
from peygir.people.models import Throttle

KEY_LETTERS: Final = 40

# In the order of keys, so that two that count the same ones never wait for each other.
COUNT: Final = """
insert into people_throttle as t (key, window_ends_at, count)
select key, ends, 1 from unnest(%(keys)s::text[], %(ends)s::timestamptz[]) as x(key, ends)
order by key
on conflict (key) do update set
 count = case when t.window_ends_at <= %(at)s::timestamptz then 1
  else least(t.count, 1000000) + 1 end,
 window_ends_at = case when t.window_ends_at <= %(at)s::timestamptz then excluded.window_ends_at
  else t.window_ends_at end
returning key, count, window_ends_at
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
    [until] = count([(limit, who)], at=at)
    if until is not None:
        raise TooOften(until)


def count(tries: Sequence[tuple[Limit, str]], *, at: datetime) -> list[datetime | None]:
    """Count a try of each; for each None, or until when its limit is used up. All are different."""
    keys = [key(limit, who) for limit, who in tries]
    ends = [at + limit.per for limit, _ in tries]
    rows = run(COUNT, {"keys": keys, "ends": ends, "at": at})
    found = {name: (number, until) for name, number, until in rows}
    counted = zip(tries, (found[name] for name in keys), strict=True)
    return [until if number > limit.most else None for (limit, _), (number, until) in counted]


def forgive(limit: Limit, who: str) -> None:
    """Forget the tries of `who`, because one of them succeeded."""
    Throttle.objects.filter(key=key(limit, who)).delete()


def sweep(*, at: datetime) -> int:
    """Delete windows that are over; gives how many."""
    return Throttle.objects.filter(window_ends_at__lt=at).delete()[0]


def key(limit: Limit, who: str) -> str:
    """Under which `who` is counted; tells nothing of them."""
    digest = salted_hmac("peygir.throttle", who, algorithm="sha256").hexdigest()
    return f"{limit.what}:{digest[:KEY_LETTERS]}"
