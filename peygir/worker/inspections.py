"""Draw the lists of claims to inspect: the week's own from the tree of the public log that belongs
to the opening of the offices, a further one from that of the moment when somebody asked (S26)."""

from datetime import datetime

from django.db import transaction

from peygir.analysis import draws
from peygir.analysis.checks import Draw
from peygir.cases.policies import current
from peygir.ledger.entry import SYSTEM
from peygir.notices import inspections
from peygir.policy.model import CityPolicy
from peygir.publication import instants
from peygir.worker.turns import is_adopted, now


def draw() -> bool:
    """One turn of the worker's loop; nothing more to do this week afterwards."""
    if is_adopted():
        at = now()
        settle_at(at)
        draw_at(at)
    return False


@transaction.atomic
def draw_at(at: datetime) -> bool:
    """Draw as many claims as the policy says and tell those who inspect; False where that is done,
    not due yet, where the log has not gone on since, or where no claim is left to look at."""
    policy = current()
    opened = draws.opening(policy, draws.week_of(policy, at))
    if opened is None or not draws.is_due(policy, at):
        return False
    try:
        tree = instants.tree_at(opened)
        if tree is None:
            return False
    except instants.NoLog:
        tree = None
    try:
        made = draws.draw(
            policy,
            wanted=policy.inspections_weekly,
            actor=SYSTEM,
            at=at,
            until=opened,
            tree=tree,
        )
    except draws.Refused:
        return False
    _announce(policy, made, at)
    return True


@transaction.atomic
def settle_at(at: datetime) -> int:
    """Draw the lists that somebody asked for and whose leaf is there; how many."""
    policy, count = current(), 0
    for asked in draws.asked():
        try:
            tree = instants.tree_at(asked.at)
        except instants.NoLog:
            tree = None
        else:
            if tree is None:
                continue
        root, size = (tree.root, tree.size) if tree else (None, None)
        _announce(policy, draws.settle(policy, asked, root=root, size=size), at)
        count += 1
    return count


def _announce(policy: CityPolicy, made: Draw, at: datetime) -> None:
    inspections.announce(policy, key=str(made.pk), count=made.checks.count(), at=at)
