"""Which referrals the office automation serves: `[office] units` of city.toml, and all below them.

A complaint about an official (sealed) and a simulated case never leave this system. Calls to
citizens, field visits and the like have pages of their own; what waits in an inbox is handed over.
"""

from collections.abc import Mapping
from functools import lru_cache

from peygir.cases import policies
from peygir.cases.models import PolicyVersion
from peygir.policy.model import CityPolicy
from peygir.policy.vocabulary import EVERY_UNIT

#: Kinds of unit that work at this system itself; they go along only when they are named.
OWN_DESKS = frozenset({"centre", "desk"})


def units(own: CityPolicy, now: CityPolicy) -> frozenset[str]:
    """The units whose referrals go to the office automation, of a case that lives under `own`.

    `now`: the policy in force. A version that takes force unit by unit brings its office along.
    """
    return _units(own.digest) | _units(now.digest)


def versions() -> list[CityPolicy]:
    """Every adopted policy whose cases may have to do with the office automation; [] without."""
    now = policies.current()
    found = map(policies.by_digest, PolicyVersion.objects.values_list("digest", flat=True))
    return [own for own in found if units(own, now)]


def stages(policy: CityPolicy) -> tuple[str, ...]:
    """The stages whose holders work from an inbox; not those that wait for the citizen's word."""
    inbox = policy.served_by("inbox")
    return tuple(code for code in inbox if not policy.stages[code].waits_for_citizen)


@lru_cache(maxsize=8)
def _units(digest: str) -> frozenset[str]:
    policy = policies.by_digest(digest)
    named, org = set(_named(policy)), policy.organisation
    if EVERY_UNIT in named:
        return frozenset(org.units)
    below = (code for code, unit in org.units.items() if unit.kind not in OWN_DESKS)
    return frozenset({*named, *(code for code in below if named & {*org.ancestors(code)})})


def _named(policy: CityPolicy) -> list[str]:
    table = policy.city.get("office")
    return [*table["units"]] if isinstance(table, Mapping) else []
