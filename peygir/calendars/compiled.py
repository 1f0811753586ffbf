"""Open intervals of a calendar as sorted instants with prefix sums: every question is a bisection.

All numbers are whole microseconds since 1970 in UTC, so that no sum is ever made in local time.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def ticks(at: datetime) -> int:
    """Microseconds since 1970 of an aware instant."""
    return (at - EPOCH) // MICROSECOND


def instant(at: int) -> datetime:
    """The aware UTC instant of a number of microseconds since 1970."""
    return EPOCH + timedelta(microseconds=at)


def to_utc(local: datetime, zone: ZoneInfo) -> datetime:
    """The first instant at which a naive local time is reached on the zone's clocks.

    A time that the clocks show twice (autumn) means the first; a time that they skip (spring)
    means the moment of the skip. So a later local time never becomes an earlier instant.
    """
    early = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    late = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if early <= late:
        return early
    return _skip(late, early, zone)


def _skip(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The second in (before, after] at which the zone's offset changes."""
    low, high = int(before.timestamp()), int(after.timestamp()) + 1
    offset = before.astimezone(zone).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return datetime.fromtimestamp(high, UTC)


@dataclass(frozen=True)
class Compiled:
    """Open time between `first` and `last`: interval i is [starts[i], ends[i]).

    Intervals are sorted and apart; `before[i]` is the open time in all intervals before i, and
    has one entry more than there are intervals.
    """

    first: int
    last: int
    starts: list[int]
    ends: list[int]
    before: list[int]

    def worked(self, at: int) -> int:
        """Open time from `first` to `at`."""
        i = bisect_right(self.starts, at) - 1
        if i < 0:
            return 0
        return self.before[i] + min(at, self.ends[i]) - self.starts[i]

    def is_open(self, at: int) -> bool:
        i = bisect_right(self.starts, at) - 1
        return i >= 0 and at < self.ends[i]

    def next_open(self, at: int) -> int | None:
        """`at` if open, else the next opening; None when there is none before `last`."""
        if self.is_open(at):
            return at
        i = bisect_left(self.starts, at)
        return self.starts[i] if i < len(self.starts) else None

    def forward(self, at: int, amount: int) -> int | None:
        """Earliest instant in hours, not before `at`, by which `amount` has been worked.

        A closing instant counts as in hours. None when the window ends first.
        """
        target = self.worked(at) + amount
        i = bisect_left(self.before, target, lo=1) - 1
        if i >= len(self.starts):
            return None
        due = self.starts[i] + target - self.before[i]
        # Only a zero amount asked in closed time finds an instant that has passed.
        return due if due >= at else self.next_open(at)

    def backward(self, at: int, amount: int) -> int | None:
        """Latest instant in hours with `amount` (above zero) of open time from it to `at`."""
        target = self.worked(at) - amount
        if target < 0:
            return None
        i = bisect_right(self.before, target) - 1
        return self.starts[i] + target - self.before[i]


def compile_intervals(first: int, last: int, intervals: Iterable[tuple[int, int]]) -> Compiled:
    """Join what touches (24:00 and the next 00:00), drop what a clock change emptied, sum up."""
    starts: list[int] = []
    ends: list[int] = []
    for start, end in intervals:
        if end <= start:
            continue
        if ends and start <= ends[-1]:
            ends[-1] = end
        else:
            starts.append(start)
            ends.append(end)
    before = [0]
    for start, end in zip(starts, ends, strict=True):
        before.append(before[-1] + end - start)
    return Compiled(first, last, starts, ends, before)
