"""Tell the public log how many contacts each finished day had."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from peygir.boards import contacts
from peygir.cases.policies import current
from peygir.policy.model import CityPolicy
from peygir.publication import intake
from peygir.worker.turns import is_adopted, now

SETTLES: Final = timedelta(hours=5)  # calls of the last minute end, and late ones are entered


def tell() -> bool:
    """One turn of the worker's loop; nothing more to do today afterwards."""
    if is_adopted():
        tell_at(now())
    return False


def tell_at(at: datetime) -> int:
    """Tell of every day that is over and settled at `at`; how many."""
    policy = current()
    zone = ZoneInfo(policy.calendar.zone)
    yesterday = (at - SETTLES).astimezone(zone).date() - timedelta(days=1)
    return sum(_tell(policy, day, zone) for day in intake.untold(yesterday))


def _tell(policy: CityPolicy, day: date, zone: ZoneInfo) -> bool:
    since = datetime.combine(day, time(), zone)
    until = datetime.combine(day + timedelta(days=1), time(), zone)
    found = contacts.figures(policy, since=since, until=until)
    outcomes: Counter[str] = Counter()
    for (_channel, outcome), n in found.table.items():
        outcomes[outcome] += n
    return intake.tell(
        day,
        calls=found.count(channel=contacts.PHONE),
        messages=outcomes[contacts.CASE],
        follow_ups=outcomes[contacts.FOLLOW_UP],
        outcomes=outcomes,
    )
