"""Proves a policy over the finite graph of its stages, steps and limits, and prints its bounds.

A policy that fails is refused with file, key and reason; nobody may adopt it.
"""

from dataclasses import dataclass

from peygir.policy.bounds import Bound, bounds
from peygir.policy.findings import Finding, Rule
from peygir.policy.model import CityPolicy, Words
from peygir.policy.rules_chart import CHART, PEOPLE
from peygir.policy.rules_flow import FLOW
from peygir.policy.rules_overlays import OVERLAYS
from peygir.policy.rules_scores import SCORES
from peygir.policy.rules_texts import TEXTS
from peygir.policy.rules_ways import SHAPE, WAYS

__all__ = ["RULES", "Finding", "Report", "check", "require"]

RULES: tuple[Rule, ...] = (*CHART, *SHAPE, *PEOPLE, *FLOW, *WAYS, *TEXTS, *OVERLAYS, *SCORES)


@dataclass(frozen=True, slots=True)
class Report:
    """What was proved, how far things can go, and what is wrong.

    With findings in the chart of the organisation or in the shape of the stages nothing else is
    looked at, for the other rules walk them. `bounds` are empty unless everything was proved.
    """

    proved: tuple[Words, ...]
    bounds: tuple[Bound, ...]
    findings: tuple[Finding, ...]

    @property
    def is_sound(self) -> bool:
        return not self.findings


def check(policy: CityPolicy) -> Report:
    """Try every rule. Never raises for a policy that `load` made."""
    proved: tuple[Words, ...] = ()
    for rules in (CHART, SHAPE):
        more, findings = _try(policy, rules)
        proved += more
        if findings:
            return Report(proved, (), findings)
    more, findings = _try(policy, RULES[len(CHART) + len(SHAPE) :])
    return Report(proved + more, () if findings else bounds(policy), findings)


def require(policy: CityPolicy) -> Report:
    """The report of a sound policy. Raises PolicyError with the first finding of another."""
    report = check(policy)
    for finding in report.findings:
        raise finding.error()
    return report


def _try(
    policy: CityPolicy, rules: tuple[Rule, ...]
) -> tuple[tuple[Words, ...], tuple[Finding, ...]]:
    proved: list[Words] = []
    found: dict[Finding, None] = {}  # once each, in order
    for rule in rules:
        wrong = list(rule.look(policy))
        found |= dict.fromkeys(wrong)
        if not wrong:
            proved.append(rule.words)
    return tuple(proved), tuple(found)
