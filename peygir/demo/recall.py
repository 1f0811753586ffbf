"""Second calls of the simulated feedback unit: some citizens who said yes now say otherwise.

A few are left for whoever tries the city out.
"""

from datetime import datetime, timedelta
from typing import Final

from peygir.boards import second
from peygir.boards.models import CallClaim
from peygir.demo.town import Town
from peygir.people.models import Staff

LEFT: Final = 4  # second calls that nobody simulated makes
ROLE: Final = "feedback"
LASTS_S: Final = (40, 240)
REACHED: Final = 0.85
DIFFERS: Final = 0.14  # of those reached, about the work of a unit of middling mood


def call_again(town: Town, at: datetime) -> str:
    """Make one second call that ends at `at`, about a simulated case; gives what was kept of it,
    "" when nobody made one or it will be tried again."""
    caller = town.cast.role(ROLE, town.rng)
    if caller is None or caller.staff_id is None:
        return ""
    began = at - timedelta(seconds=town.rng.uniform(*LASTS_S))
    staff_id = caller.staff_id
    if second.waiting(staff_id, at=began) <= LEFT:
        return ""
    if CallClaim.objects.filter(staff_id=staff_id, expires_at__gt=began).exists():
        return ""  # somebody signed in as this person has a call at hand
    card = second.take(staff_id, at=began, simulated=True)
    if card is None:
        return ""
    staff = Staff.objects.get(pk=staff_id)
    return second.record(town.policy, card, _outcome(town, card), staff=staff, at=at)


def _outcome(town: Town, card: second.Card) -> str:
    if card.reporter is None or not town.share(REACHED):
        return town.rng.choice(("no_answer", "busy", "off"))
    differs = town.share(DIFFERS * town.mood(card.call.unit))
    return second.DIFFER if differs else second.AGREE
