"""Draw the week's list of claims to inspect when the offices first open in it (S26)."""

from datetime import datetime

from django.db import transaction

from peygir.analysis import draws
from peygir.cases.policies import current
from peygir.ledger.entry import SYSTEM
from peygir.notices import inspections
from peygir.publication import audits
from peygir.worker.turns import is_adopted, now


def draw() -> bool:
    """One turn of the worker's loop; nothing more to do this week afterwards."""
    if is_adopted():
        draw_at(now())
    return False


@transaction.atomic
def draw_at(at: datetime) -> bool:
    """Draw as many claims as the policy says and tell those who inspect; False where that is done,
    not due yet, or where no claim is left to look at."""
    policy = current()
    if not draws.is_due(policy, at):
        return False
    try:
        made = draws.draw(
            policy,
            wanted=policy.inspections_weekly,
            actor=SYSTEM,
            at=at,
            point=audits.newest(),
        )
    except draws.Refused:
        return False
    inspections.announce(policy, key=str(made.pk), count=made.checks.count(), at=at)
    return True
