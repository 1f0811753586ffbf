"""What a deadline that passed means and costs, for those who count points and those who publish."""

from dataclasses import dataclass

from peygir.policy.model import CityPolicy
from peygir.policy.vocabulary import IMPARTIAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """One deadline that passed: for how many thresholds it stands, and its points (Q10)."""

    levels: int
    breached: bool  # the breach itself is among them
    cost: int


def missed(policy: CityPolicy, stage: str, level: int, collapsed: int) -> Missed:
    """Of a unit's clock in `stage` at its threshold `level` (1: the breach), with `collapsed`
    thresholds before it passed over unfired."""
    lowest = max(1, level - collapsed)
    levels = level - lowest + 1
    breached = lowest == 1
    rules = policy.points
    cost = rules.breach * breached + rules.rung * (levels - breached)
    return Missed(levels=levels, breached=breached, cost=cost if costs(policy, stage) else 0)


def costs(policy: CityPolicy, stage: str) -> bool:
    """Whether lateness in this stage costs points.

    What is examined about an official costs nobody a point: sums would tell that there is a
    complaint (T7). Nor does time that the citizen has to answer in.
    """
    found = policy.stages.get(stage)
    return found is None or not (found.holder == IMPARTIAL or found.waits_for_citizen)


def waits_for_citizen(policy: CityPolicy, stage: str) -> bool:
    """Whether a deadline of this stage is the citizen's own: then nobody is late."""
    found = policy.stages.get(stage)
    return found is not None and found.waits_for_citizen
