"""What a check finds: a place in a city's files and what is wrong there."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from peygir.policy.errors import PolicyError
from peygir.policy.model import CityPolicy, Words


@dataclass(frozen=True, slots=True)
class Finding:
    """`file` inside the city's folder, dotted `key`, and `reason` in plain English."""

    file: str
    key: str
    reason: str

    def __str__(self) -> str:
        return str(self.error())

    def error(self) -> PolicyError:
        return PolicyError(self.file, self.key, self.reason)


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that is proved about a policy: `words` say it, `look` gives what breaks it."""

    words: Words
    look: Callable[[CityPolicy], Iterable[Finding]]


def flow(key: str, reason: str) -> Finding:
    return Finding("policy.toml", key, reason)


def chart(key: str, reason: str) -> Finding:
    return Finding("organisation.toml", key, reason)
