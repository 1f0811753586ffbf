"""What inspections found of claims that work was done: every claim is told once.

A claim belongs to one cycle of a case. It is looked at in the stage that the policy visits, or
because a list drew it: by lot among all claims, or by risk among the suspicious ones. Those by
risk say nothing of how often a unit's claims hold, because they were chosen for being doubtful; so
they cost what a false claim costs and are left out of the share (`docs/decisions` 0027).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import NamedTuple

from peygir.verify.tallies import Dims

VISITED, BY_LOT, BY_RISK = "visit", "lot", "risk"
HELD, UNTRUE, UNCLEAR = "held", "false", "unclear"
LOOK_WAYS = (VISITED, BY_LOT, BY_RISK)
LOOK_WORDS = (HELD, UNTRUE, UNCLEAR)
LOOK_STRUCT = struct.Struct(">B2qB6H")


class Look(NamedTuple):
    """One finding about the claim of `cycle`, made at `claimed`, and whose claim it was."""

    cycle: int
    at: int
    claimed: int
    way: str
    found: str
    dims: Dims


def told_once(looks: Sequence[Look]) -> list[Look | None]:
    """Those that count, each at its place: a check that finds again what a visit of the same claim
    found, or the other way round, counts no second time."""
    told: list[Look | None] = []
    for look in looks:
        is_check = look.way != VISITED
        again = any(
            one is not None
            and (one.cycle, one.found) == (look.cycle, look.found)
            and (one.way != VISITED) is not is_check
            for one in told
        )
        told.append(None if again else look)
    return told


def check_of(looks: Sequence[Look], cycle: int) -> int | None:
    """The place of what was found of a drawn claim; None: nobody has looked yet."""
    places = [n for n, one in enumerate(looks) if one.cycle == cycle and one.way != VISITED]
    return places[0] if places else None
