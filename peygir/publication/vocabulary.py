"""Every code that a leaf may name, as the city's own files have it: nothing else has that form by
chance and gets out."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from peygir.cases.models import PolicyVersion
from peygir.cases.policies import by_digest
from peygir.publication.shape import Unpublishable

UNITS: Final = ("unit", "to", "from", "opens")


def check(body: Mapping[str, Any], digest: str) -> None:
    """Raises Unpublishable for a code that is in no version of the city's files.

    `digest`: the version to look in first. A case keeps its own version, and its units may come
    from any other.
    """
    for name, value in body.items():
        named = set(value) if isinstance(value, list) else {value}
        if name not in codes(digest) or named <= codes(digest)[name]:
            continue
        for other in PolicyVersion.objects.values_list("digest", flat=True):
            named -= codes(other)[name]
        if named:
            raise Unpublishable(f"{body.get('t')}: {name}")


@lru_cache(maxsize=256)
def codes(digest: str) -> Mapping[str, frozenset[str]]:
    """Field of a leaf -> the codes of an adopted version that it may hold."""
    policy = by_digest(digest)
    units = frozenset(policy.organisation.units)
    return {
        **dict.fromkeys(UNITS, units),
        "post": frozenset(policy.organisation.posts),
        "kind": frozenset(policy.kinds),
        "cls": frozenset(policy.classes),
        "grp": frozenset(policy.groups),
        "ending": frozenset(policy.endings),
        "why": frozenset(policy.pauses),
    }
