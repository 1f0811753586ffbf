"""What is made once for each version of a policy, and kept for the few versions in use."""

from collections.abc import Callable
from functools import wraps
from typing import Final, TypeVar

from peygir.policy.model import CityPolicy

VERSIONS_MAX: Final = 8

Made = TypeVar("Made")


def once(make: Callable[[CityPolicy], Made]) -> Callable[[CityPolicy], Made]:
    """`make`, asked again only about a version that it has not seen lately."""
    kept: dict[str, Made] = {}

    @wraps(make)
    def made(policy: CityPolicy) -> Made:
        found = kept.get(policy.digest)
        if found is None:
            found = make(policy)
            if len(kept) >= VERSIONS_MAX:
                kept.clear()
            kept[policy.digest] = found
        return found

    return made
