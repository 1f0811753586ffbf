"""When something happened, as far as clocks bear out that the city does not control.

`hi` of a leaf: when a quorum of witnesses had seen the first anchored tree that holds it. `lo`:
when they had seen the last one without it. What helps the city counts no earlier than `lo` less
the tolerance of the channel; what hurts it (a case is opened) counts no later than `hi`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Window(NamedTuple):
    """Epoch seconds; None: no witness says."""

    lo: int | None = None
    hi: int | None = None


class Clamp:
    """Windows of leaves by rising index. `seen`: (leaves, epoch second) of anchored trees."""

    def __init__(self, seen: Sequence[tuple[int, int]] = ()) -> None:
        self.seen = sorted(set(seen))
        self._next, self._window, self._end = 0, Window(), 0
        self._lo: int | None = None
        self._turn(0)

    def window(self, index: int) -> Window:
        """Of leaf `index`, which is not below any asked for before."""
        if index >= self._end:
            self._turn(index)
        return self._window

    def _turn(self, index: int) -> None:
        seen, at = self.seen, self._next
        while at < len(seen) and seen[at][0] <= index:
            self._lo = seen[at][1] if self._lo is None else max(self._lo, seen[at][1])
            at += 1
        self._next = at
        hi = seen[at][1] if at < len(seen) else None
        self._window = Window(self._lo, hi)
        self._end = seen[at][0] if at < len(seen) else 1 << 62


def opened_at(stated: int, window: Window) -> int:
    """When a time that begins to count began."""
    return stated if window.hi is None else min(stated, window.hi)


def done_at(stated: int, window: Window, tolerance: int) -> int:
    """When something that stops a time was done."""
    return stated if window.lo is None else max(stated, window.lo - tolerance)


def is_late_logged(stated: int, window: Window, tolerance: int) -> bool:
    """Whether the stated time lies outside what witnesses bear out."""
    if window.lo is not None and stated < window.lo - tolerance:
        return True
    return window.hi is not None and stated > window.hi
