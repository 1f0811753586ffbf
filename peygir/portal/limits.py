"""How often a browser or a phone may try something here."""

from datetime import timedelta
from typing import Final

from peygir.people.throttle import Limit
from peygir.policy.model import CityPolicy
from peygir.portal.page import limits

# Many phones share one address of a mobile network: these stop floods, not neighbours.
POSTS: Final = Limit(what="post", most=120, per=timedelta(minutes=10))
HINTS: Final = Limit(what="hint", most=240, per=timedelta(minutes=10))
REPORTS: Final = Limit(what="report", most=40, per=timedelta(hours=1))
ANONYMOUS: Final = Limit(what="anonymous", most=10, per=timedelta(hours=1))
UNKNOWN_CODES: Final = Limit(what="unknown", most=40, per=timedelta(minutes=10))
OPENS: Final = Limit(what="open", most=30, per=timedelta(hours=1))  # per address
OPENS_OF_CASE: Final = Limit(what="open-case", most=5, per=timedelta(hours=1))
SENDS: Final = Limit(what="send", most=20, per=timedelta(hours=1))  # codes, per address
RECEIPTS: Final = Limit(what="receipt", most=120, per=timedelta(minutes=10))
CHECKS: Final = Limit(what="check", most=60, per=timedelta(hours=1))


def of_phone(policy: CityPolicy) -> Limit:
    """Reports from one telephone, as the city says."""
    return Limit(what="phone", most=limits(policy)["reports_per_day"], per=timedelta(days=1))
