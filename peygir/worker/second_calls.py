"""Draw whom to call a second time: each finished day once, from a root signed after it."""

import secrets
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from peygir.boards import second
from peygir.cases.policies import current
from peygir.publication import audits
from peygir.worker.turns import is_adopted, now

SETTLES: Final = timedelta(hours=1)  # what closed before midnight is signed by then


def draw() -> bool:
    """One turn of the worker's loop; nothing more to do today afterwards."""
    if is_adopted():
        draw_at(now())
    return False


def draw_at(at: datetime) -> bool:
    """Draw among yesterday's closings; False where that is done, or where nobody is called."""
    policy = current()
    if not policy.served_by("calls"):
        return False
    day = (at - SETTLES).astimezone(ZoneInfo(policy.calendar.zone)).date() - timedelta(days=1)
    try:
        seed = second.seed_of(audits.basis().point.root, day)
    except audits.Refused:  # no log yet: a lot all the same, only not one to be repeated from it
        seed = secrets.token_hex(32)
    return second.draw(policy, day, seed=seed, at=at) is not None
