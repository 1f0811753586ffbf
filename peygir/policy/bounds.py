"""The numbers that follow from a policy: how long, how often, how many acts."""

from dataclasses import dataclass
from datetime import timedelta

from peygir.policy.graph import edges
from peygir.policy.model import CityPolicy, Ladder, Words
from peygir.policy.sayings import number, say_delta
from peygir.policy.spans import climbed, longest
from peygir.policy.vocabulary import CLOSED


@dataclass(frozen=True, slots=True)
class Bound:
    """`value` is a time or a number of acts; `code` is stable ("mayor.execution")."""

    code: str
    words: Words
    value: timedelta | int

    def text(self, language: str) -> str:
        if isinstance(self.value, int):
            return f"{self.words.in_(language)}: {number(self.value, language)}"
        return f"{self.words.in_(language)}: {say_delta(self.value, language)}"


def bounds(policy: CityPolicy) -> tuple[Bound, ...]:
    """Of a sound policy. A silent case is one on which nobody does anything."""
    silent = {
        stage: climbed(policy, stage) or longest(policy, stage) + _mayor_after(policy.ladder)
        for stage, given in policy.stages.items()
        if not given.waits_for_citizen  # the system itself goes on there
    }
    found = [Bound(f"mayor.{s}", _silent_in(policy, s), time) for s, time in silent.items()]
    pause = max((p.longest for p in policy.pauses.values()), default=timedelta())
    lived = _mayor_after(policy.citizen_ladder)
    found += [
        Bound(
            "mayor",
            Words(
                fa="حداکثر زمان تا خبر شدن شهردار از هر پیام ساکت",
                en="Longest time before the mayor holds a silent case",
            ),
            max(silent.values()),
        ),
        Bound(
            "mayor.paused",
            Words(
                fa="همان، با بلندترین توقف تأییدشده",
                en="The same, with the longest pause approved",
            ),
            min(max(silent.values()) + pause, lived),
        ),
        Bound(
            "mayor.open",
            Words(
                fa="حداکثر زمان تا خبر شدن شهردار از هر پیام باز، هرچه رخ دهد",
                en="Longest time before the mayor learns of any open case, whatever happens",
            ),
            lived,
        ),
        Bound(
            "acts.word",
            Words(
                fa="کمترین کار تا خاتمه با حرف شهروند",
                en="Acts in the shortest closing by the citizen's word, registering included",
            ),
            _acts(policy, by_word=True),
        ),
        Bound(
            "acts.any",
            Words(
                fa="کمترین کار تا خاتمه از هر راه",
                en="Acts in the shortest closing by any way, registering included",
            ),
            _acts(policy, by_word=False),
        ),
        Bound(
            "promises",
            Words(
                fa="بلندترین زنجیرهٔ وعده در یک چرخه",
                en="Longest chain of promises in one cycle",
            ),
            _promises(policy),
        ),
    ]
    return tuple(found)


def _silent_in(policy: CityPolicy, stage: str) -> Words:
    words = policy.stages[stage].words
    return Words(
        fa=f"حداکثر زمان تا خبر شدن شهردار از پیام ساکت در «{words.fa}»",
        en=f"Longest time before the mayor holds a silent case in “{words.en}”",
    )


def _mayor_after(ladder: Ladder) -> timedelta:
    """From the deadline (or, on the citizen's clock, from the start) to the mayor's rung."""
    return next(t.after or timedelta() for t in ladder.thresholds if t.told == "mayor")


def _acts(policy: CityPolicy, *, by_word: bool) -> int:
    """The fewest acts from nothing to closed. An approval is an act of its own."""
    cost = dict.fromkeys(policy.beginnings, 1)
    for _ in range(len(policy.stages) + 1):
        for edge in edges(policy):
            ending = policy.endings.get(edge.step.ending or "")
            if edge.source not in cost or "merged_into" in edge.step.needs:
                continue
            if ending is not None and by_word and not ending.citizens_word:
                continue
            spent = cost[edge.source] + 1 + bool(edge.step.approval)
            cost[edge.target] = min(spent, cost.get(edge.target, spent))
    return cost[CLOSED]


def _promises(policy: CityPolicy) -> timedelta:
    chains = [
        edge.step.longest * edge.step.limit
        for edge in edges(policy)
        if edge.step.rearm and edge.step.longest and edge.step.limit
    ]
    return max(chains, default=timedelta())
