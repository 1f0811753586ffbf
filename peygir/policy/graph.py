"""The policy as a finite graph: its stages, the steps between them, and who holds what."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from peygir.policy.model import CityPolicy, Step
from peygir.policy.vocabulary import CLOSED, ROUTING, SAME

UNREACHED_STEP = "unreached"  # attempts to reach the citizen are counted by this step

Place = tuple[str, bool]
"""A stage, and whether the citizen was tried in vain as often as the policy asks (`attempts`)."""

Moves = dict[Place, set[Place]]


@dataclass(frozen=True, slots=True)
class Edge:
    """A step as it may be taken in `source`; `key` is its place in policy.toml."""

    source: str  # a stage, or "closed"
    step: Step
    key: str

    @property
    def target(self) -> str:
        return self.source if self.step.to == SAME else self.step.to

    @property
    def moves(self) -> bool:
        """False when the step leaves the lead unit's referral as it is."""
        return self.step.to != SAME

    @property
    def reports(self) -> bool:
        """A human takes the step and the citizen hears of it."""
        return bool(self.step.tells or self.step.determines) and set(self.step.by) != {"system"}


def edges(policy: CityPolicy) -> Iterator[Edge]:
    """Every step in every stage where it may be taken, and those open after closing."""
    for stage in policy.stages.values():
        for step in stage.steps.values():
            yield Edge(stage.code, step, f"stages.{stage.code}.steps.{step.code}")
        for step in policy.anywhere.values():
            if step.code not in stage.steps:
                yield Edge(stage.code, step, f"anywhere.{step.code}")
    for step in policy.after_closing.values():
        yield Edge(CLOSED, step, f"after_closing.{step.code}")


def holders(policy: CityPolicy, stage: str) -> frozenset[str]:
    """The units that may come to hold a case in `stage`."""
    holder = policy.stages[stage].holder
    return routed(policy) if holder == ROUTING else frozenset({holder})


def routed(policy: CityPolicy) -> frozenset[str]:
    """Every unit that a category leads to in some district."""
    chart = policy.organisation
    found = {
        chart.route(category.function, district)
        for category in policy.categories.values()
        for district in chart.districts
    }
    return frozenset(unit for unit in found if unit is not None)


def worst_moves(policy: CityPolicy, usable: Callable[[Step], bool]) -> Moves:
    """Where a case can still go when every limit is used up, by place.

    A limited step that leads on (`then`) leads there; one that does not is gone. Limits only ever
    take steps away within a cycle, so whatever can be reached here can be reached in each state of
    stage and counters. Steps for some subjects only, and merging (which needs another case), are
    left out: what is proved holds for a case that has neither. `usable` leaves out more.
    """
    moves: Moves = {(stage, tried): set() for stage in policy.stages for tried in (False, True)}
    for edge in edges(policy):
        if edge.source == CLOSED or not edge.moves or not usable(edge.step):
            continue
        if edge.step.only_for or "merged_into" in edge.step.needs:
            continue
        target = edge.target if edge.step.limit is None else edge.step.then
        for tried in (False, True):
            if target is None or ("attempts" in edge.step.needs and not tried):
                continue
            after = (tried or edge.step.code == UNREACHED_STEP) and not edge.step.new_cycle
            moves[edge.source, tried].add((target, after and target != CLOSED))
    return moves


def stranded(moves: Moves) -> list[str]:
    """The stages from which, in some state, no way leads to `closed`."""
    reaching: set[Place] = {(CLOSED, False)}
    grown = True
    while grown:
        found = {place for place, targets in moves.items() if targets & reaching}
        grown = not found <= reaching
        reaching |= found
    return list(dict.fromkeys(stage for stage, tried in moves if (stage, tried) not in reaching))


def loop(moves: dict[str, set[str]]) -> list[str]:
    """The stages of one loop, in order; [] when there is none."""
    done: set[str] = set()

    def walk(stage: str, path: list[str]) -> list[str]:
        if stage in path:
            return path[path.index(stage) :]
        if stage in done:
            return []
        for target in sorted(moves.get(stage, ())):
            if found := walk(target, [*path, stage]):
                return found
        done.add(stage)
        return []

    for stage in moves:
        if found := walk(stage, []):
            return found
    return []
