"""Scores of units and posts, in whole numbers only (hundredths of a point, basis points).

As `clocks.md` section 3 recommends: no cliffs, few cases are drawn to the average of all, a unit is
compared with what its own mix of subjects lets one expect, and nobody with few answers is ranked.
Weights are the rule set's, which the log names.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import isqrt
from typing import Any, NamedTuple

from peygir.verify.tallies import Cell, add_cell, add_part
from peygir.verify.worth import FULL, QUALITY, RESOLVED, SATISFIED, TIMELY

SHRINK = 20  # imaginary cases like everybody's
RATIO_CAP = 12_500  # better than expected counts up to 125 percent
Z2 = 38_416  # the square of 1.96, in ten-thousandths: an interval of 95 percent
NO_PRIOR = 5000  # where nobody has any case
PARTS = (TIMELY, RESOLVED, SATISFIED, QUALITY)
LEAST_CLOSED = 30  # penalties are for each 100 closings, of at least so many


class Share(NamedTuple):
    """`worth` is a sum of basis points over `n` cases."""

    worth: int
    n: int

    @property
    def raw(self) -> int | None:
        return self.worth // self.n if self.n else None

    def shrunk(self, prior: int) -> int:
        return (self.worth + SHRINK * prior) // (self.n + SHRINK)

    def interval(self) -> tuple[int, int]:
        """Wilson's, in basis points; all of it for no case."""
        return wilson(self.worth, self.n)


class Part(NamedTuple):
    """One part of a score: basis points as observed, drawn to the average and set against the mix;
    what it adds to the score in hundredths of a point, and its n."""

    raw: int | None
    adjusted: int
    low: int
    high: int
    points: int
    n: int


class Score(NamedTuple):
    """Hundredths of a point."""

    total: int
    low: int
    high: int
    parts: dict[str, Part]
    penalty: int


def wilson(worth: int, n: int) -> tuple[int, int]:
    """The 95 percent interval of a share of `worth` basis points over `n`, in basis points."""
    if n <= 0:
        return 0, FULL
    worth = min(max(worth, 0), n * FULL)
    middle = 2 * worth + Z2
    root = isqrt(Z2 * (Z2 + 4 * worth * (n * FULL - worth) // (n * FULL)))
    below = 2 * (n * FULL + Z2)
    return max(0, FULL * (middle - root) // below), min(FULL, -(-FULL * (middle + root) // below))


def score(
    cells: dict[str, Cell],
    everybody: dict[str, Cell],
    counts: Cell,
    weights: dict[str, Any],
    *,
    is_ranked_kind: bool = True,
) -> Score:
    """`cells`: "class|group|season" (of a post "class|season"): parts of one unit; `everybody`:
    the same of all.

    `counts`: the unit's measures of the period. `weights`: `parts`, `classes`, `penalties`, the
    cap, from the rule set.
    """
    parts, total, low, high = {}, 0, 0, 0
    for name in PARTS:
        weight = weights["parts"][name]
        by_class = weights["classes"] if name == TIMELY else {}
        part = _part_of(name, weight, cells, everybody, by_class)
        parts[name] = part
        total += part.points
        low += weight * part.low // 100
        high += weight * part.high // 100
    penalty = _penalty(counts, weights["penalties"], weights["penalty_cap"] * 100)
    bounded = [max(0, min(FULL, value - penalty)) for value in (total, low, high)]
    return Score(bounded[0], min(bounded[:2]), max(bounded[0], bounded[2]), parts, penalty)


def prior_of(everybody: dict[str, Cell], name: str, by_class: dict[str, int]) -> int:
    """What everybody reaches, in basis points."""
    found = _share(everybody, name, by_class).raw
    return NO_PRIOR if found is None else found


def ranks(rows: Iterable[tuple[str, int, int, int]], ranked_from: int) -> dict[str, int]:
    """Places by score, then fewer points for each 100 cases, then code; `rows`: code, score, n,
    points for each 100 cases (0 or less)."""
    able = [row for row in rows if row[2] >= ranked_from]
    able.sort(key=lambda row: (-row[1], -row[3], row[0]))
    return {row[0]: place for place, row in enumerate(able, start=1)}


def merge_parts(cells: dict[str, Cell], others: dict[str, Cell]) -> None:
    for key, cell in others.items():
        add_cell(cells.setdefault(key, {}), cell)


def still_open(cells: dict[str, Cell], key: str, worth: int) -> None:
    """Count work that is late and not done yet."""
    add_part(cells.setdefault(key, {}), TIMELY, worth, 1)


def _part_of(
    name: str,
    weight: int,
    cells: dict[str, Cell],
    everybody: dict[str, Cell],
    by_class: dict[str, int],
) -> Part:
    share = _share(cells, name, by_class)
    n = sum(cell.get(f"{name}_n", 0) for cell in cells.values())
    prior = prior_of(everybody, name, by_class)
    expected = _expected(name, cells, everybody, by_class, prior)
    fit = min(RATIO_CAP, FULL * prior // expected) if expected else FULL
    adjusted = min(FULL, share.shrunk(prior) * fit // FULL)
    low, high = share.interval()
    return Part(
        share.raw,
        adjusted,
        min(adjusted, low * fit // FULL),
        max(adjusted, min(FULL, high * fit // FULL)),
        weight * adjusted // 100,
        n,
    )


def _expected(
    name: str,
    cells: dict[str, Cell],
    everybody: dict[str, Cell],
    by_class: dict[str, int],
    prior: int,
) -> int:
    """What everybody would reach with this unit's mix of subjects."""
    worth = count = 0
    for key, cell in cells.items():
        n = cell.get(f"{name}_n", 0) * by_class.get(key.split("|", 1)[0], 1)
        if n > 0:
            all_cell = everybody.get(key, {})
            of_all = Share(all_cell.get(name, 0), all_cell.get(f"{name}_n", 0))
            worth += n * of_all.shrunk(prior)
            count += n
    return worth // count if count else prior


def _share(cells: dict[str, Cell], name: str, by_class: dict[str, int]) -> Share:
    worth = count = 0
    for key, cell in cells.items():
        weight = by_class.get(key.split("|", 1)[0], 1)
        worth += weight * cell.get(name, 0)
        count += weight * cell.get(f"{name}_n", 0)
    return Share(worth, count)


def _penalty(counts: Cell, penalties: dict[str, int], cap: int) -> int:
    """Hundredths of a point, for each 100 closings."""
    closed = max(LEAST_CLOSED, counts.get("closed", 0))
    lost = sum(weight * abs(counts.get(what, 0)) for what, weight in penalties.items())
    return max(0, min(cap, lost * 100 // closed))
