"""An event as a plain value: what acts decide, what folds read, what projectors are given."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who did it: a post (with the person in it), a citizen, or the system itself."""

    kind: str  # post | citizen | system
    post: str = ""
    staff_id: int | None = None
    roles: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()  # units whose posts this person fills or stands in for
    heads: frozenset[str] = frozenset()  # of them, those that this person heads
    sees: frozenset[str] = frozenset()  # those units and every unit below them
    posts: frozenset[str] = frozenset()  # every post that this person fills or stands in for
    above: frozenset[str] = frozenset()  # those posts and every superior of theirs


SYSTEM = Actor(kind="system")
CITIZEN = Actor(kind="citizen")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event before it has a number. `facts`: JSON of codes, numbers and ids."""

    subject: str
    subject_id: int
    kind: str
    happened_at: datetime
    policy: str
    actor: Actor = SYSTEM
    stage: str = ""
    step: str = ""
    cycle: int = 1
    unit: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    papers: bytes | None = None
    clock: int | None = None
    generation: int | None = None
    rung: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded(Entry):
    """An entry with its number in the ledger."""

    id: int


def recorded(entry: Entry, number: int) -> Recorded:
    fields = {name: getattr(entry, name) for name in Entry.__dataclass_fields__}
    return Recorded(id=number, **fields)


def blind(key: bytes, *texts: str) -> bytes:
    """HMAC-SHA256 of the papers under the case's own erasable key: proves them, reveals nothing."""
    return hmac.new(key, "\x00".join(texts).encode(), hashlib.sha256).digest()
