"""What waits for the night."""

from peygir.boards import reconcile
from peygir.cases import policies
from peygir.worker import turns


def turn() -> bool:
    """Compare rows and events, once in a night; other long counts wait meanwhile."""
    if turns.is_adopted():
        policy, at = policies.current(), turns.now()
        if reconcile.is_due(policy, at=at):
            reconcile.compare(policy, at=at)
    return False
