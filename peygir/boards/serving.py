"""Which stages a staff page serves: those of the policy in force, and of versions before it that
cases still live under."""

import time
from functools import lru_cache
from typing import Final

from peygir.cases import policies
from peygir.cases.models import PolicyVersion, Referral
from peygir.policy.model import CityPolicy

LOOKS_EVERY_S: Final = 30.0  # how long a page may go on for the last case of an old version


def stages(policy: CityPolicy, desk: str) -> list[str]:
    """Codes of the stages that `desk` (a word of `vocabulary.DESKS`) serves; empty: it has none."""
    now = policy.served_by(desk)
    return [*now, *_older(policy.digest, desk, int(time.monotonic() / LOOKS_EVERY_S))]


@lru_cache(maxsize=32)
def _older(digest: str, desk: str, tick: int) -> tuple[str, ...]:
    """Stages of earlier versions in which somebody still waits."""
    known = policies.by_digest(digest)
    rows = PolicyVersion.objects.filter(city=known.name).exclude(digest=digest)
    before = {s for row in rows.only("digest") for s in _served(row.digest, desk)}
    gone = before - set(known.served_by(desk))
    if not gone:
        return ()
    waiting = Referral.objects.filter(closed_at=None, stage__in=gone)
    return tuple(sorted(set(waiting.values_list("stage", flat=True))))


@lru_cache(maxsize=64)
def _served(digest: str, desk: str) -> tuple[str, ...]:
    return policies.by_digest(digest).served_by(desk)
