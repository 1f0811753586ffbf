"""The policy as a finite graph: its stages, the steps between them, and who holds what."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from peygir.policy.model import CityPolicy, Stage, Step
from peygir.policy.vocabulary import (
    ABOVE_ANSWERER,
    CLOSED,
    DONE,
    HOLDERS,
    IMPARTIAL,
    NAMED_UNIT,
    ROUTED,
    SAME,
    SAME_POST,
    START,
)

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
    goes: str  # SAME, a stage, or "closed"
    tells: str | None  # text template sent to the citizen(s)

    @property
    def target(self) -> str:
        return self.source if self.goes == SAME else self.goes

    @property
    def moves(self) -> bool:
        """False when the step leaves the lead unit's referral as it is."""
        return self.goes != SAME

    @property
    def reports(self) -> bool:
        """A human takes the step and the citizen hears of it."""
        return bool(self.tells or self.step.determines) and set(self.step.by) != {"system"}


def edges(policy: CityPolicy) -> Iterator[Edge]:
    """Every step in every stage where it may be taken, and those open after closing.

    What ends a track counts as a step of each stage that runs it, for it may be the last one.
    """
    for stage in policy.stages.values():
        for step in stage.steps.values():
            key = f"stages.{stage.code}.steps.{step.code}"
            for source, goes, tells in _ways(policy, stage, step):
                yield Edge(source, step, key, goes, tells)
        if stage.track:
            continue
        for step in policy.anywhere.values():
            if step.code not in stage.steps:
                for goes in _goes(policy, step):
                    yield Edge(stage.code, step, f"anywhere.{step.code}", goes, step.tells)
    for step in policy.after_closing.values():
        for goes in _goes(policy, step):
            yield Edge(CLOSED, step, f"after_closing.{step.code}", goes, step.tells)


def waiting(policy: CityPolicy) -> tuple[str, ...]:
    """The stages in which a case may wait: all but the tracks beside them."""
    return tuple(code for code, stage in policy.stages.items() if not stage.track)


def _ways(policy: CityPolicy, stage: Stage, step: Step) -> Iterator[tuple[str, str, str | None]]:
    """From where, to where, and what the citizen hears."""
    if not stage.track:
        for goes in _goes(policy, step):
            yield stage.code, goes, step.tells
        return
    for host in policy.stages.values():
        if stage.code in host.tracks:
            if step.to == DONE and host.then is not None and not stage.lasting:
                yield host.code, host.then, host.tells or step.tells
            else:
                yield host.code, SAME, step.tells


def _goes(policy: CityPolicy, step: Step) -> tuple[str, ...]:
    return policy.beginnings if step.to == START else (step.to,)


def holders(policy: CityPolicy, stage: str) -> frozenset[str]:
    """The units that may come to hold a case in `stage`."""
    holder = policy.stages[stage].holder
    if holder in ROUTED or holder == NAMED_UNIT:
        return routed(policy)
    if holder == IMPARTIAL:
        return frozenset(policy.impartial)
    if holder in (SAME_POST, ABOVE_ANSWERER):  # a post that held the case before, or above it
        return frozenset()
    assert holder not in HOLDERS
    return frozenset({holder})


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
    moves: Moves = {(stage, tried): set() for stage in waiting(policy) for tried in (False, True)}
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
