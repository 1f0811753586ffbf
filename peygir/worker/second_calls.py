"""Draw whom to call a second time: each finished day once, from the tree of its midnight.

The seed of a day comes from the first leaf of a case after it, whenever the worker gets round to
it: who lets it run earlier or later draws the same. Days on which no worker ran are drawn later.
"""

import secrets
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from peygir.boards import second
from peygir.boards.models import SecondDraw
from peygir.cases.policies import current
from peygir.policy.model import CityPolicy
from peygir.publication import instants
from peygir.worker.turns import is_adopted, now

SETTLES: Final = timedelta(hours=1)  # what closed before midnight is signed by then
LOOKED_BACK: Final = second.CALLED_WITHIN.days  # days: nobody is called about an older closing


def draw() -> bool:
    """One turn of the worker's loop; nothing more to do today afterwards."""
    if is_adopted():
        draw_at(now())
    return False


def draw_at(at: datetime) -> bool:
    """Draw among the closings of each day that is over and was not drawn, the oldest first; whether
    any was. A day waits for the leaf that its seed comes from; where nobody is called none is
    drawn."""
    policy = current()
    if not policy.served_by("calls"):
        return False
    made = [second.draw(policy, day, seed=seed, at=at) for day, seed in _due(policy, at)]
    return any(made)


def _due(policy: CityPolicy, at: datetime) -> list[tuple[date, str]]:
    """Days to draw and their seeds."""
    zone = ZoneInfo(policy.calendar.zone)
    last = (at - SETTLES).astimezone(zone).date() - timedelta(days=1)
    first = last - timedelta(days=LOOKED_BACK - 1)
    drawn = set(SecondDraw.objects.filter(day__gte=first).values_list("day", flat=True))
    days = [first + timedelta(days=number) for number in range(LOOKED_BACK)]
    due = []
    for day in days:
        if day not in drawn:
            seed = _seed(day, datetime.combine(day + timedelta(days=1), time(), zone))
            if seed:
                due.append((day, seed))
    return due


def _seed(day: date, midnight: datetime) -> str:
    """The seed of a day; "" while its leaf is not there."""
    try:
        tree = instants.tree_at(midnight)
    except instants.NoLog:  # a lot all the same, only not one to be repeated from the log
        return secrets.token_hex(32)
    return second.seed_of(tree.root, day) if tree is not None else ""
