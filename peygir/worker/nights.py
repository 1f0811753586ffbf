"""What waits for the night."""

from peygir.boards import reconcile
from peygir.cases import policies
from peygir.worker import turns


def turn() -> bool:
    """Go on comparing rows and events for a second; True when more waits. Other long counts take
    their turns between."""
    if not turns.is_adopted():
        return False
    policy, at = policies.current(), turns.now()
    return reconcile.is_due(policy, at=at) and reconcile.turn(policy, at=at)
