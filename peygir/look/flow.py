"""What goes from one place to another: senders at the inline start, bands, receivers at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from peygir.look.canvas import Canvas, fitting
from peygir.look.numbers import fa

WIDTH = 640
NAMES = 196.0  # room for a name on each side
POST = 10.0  # width of the bar of a sender or receiver
THIN, GAP, LEAST = 260.0, 14.0, 1.5  # height of all bands together, between names, of one band


@dataclass(frozen=True, kw_only=True)
class Band:
    """`n` went from one to another; both are what they are called."""

    start: str
    end: str
    n: int


def flow(title: str, bands: Sequence[Band]) -> SafeString:
    """The bands; each side is ordered by how much goes out or comes in, most at the top.

    The same name on both sides is two places. A band is told by the colour of its sender, the
    four largest of which have one of their own.
    """
    senders, receivers = _sums(bands, "start"), _sums(bands, "end")
    scale = THIN / max(1, sum(senders.values()))
    left, right = _tops(senders, scale), _tops(receivers, scale)
    height = max(_bottom(left, senders, scale), _bottom(right, receivers, scale)) + 8
    canvas = Canvas(WIDTH, height)
    colour = {name: min(5, at) for at, name in enumerate(senders, start=1)}
    start, end = NAMES + POST, WIDTH - NAMES - POST
    down, up = dict(left), dict(right)
    for band in sorted(bands, key=lambda each: (-senders[each.start], -receivers[each.end])):
        thick = max(LEAST, band.n * scale)
        canvas.ribbon(
            start, down[band.start], end, up[band.end], thick, f"flow-{colour[band.start]}"
        )
        down[band.start] += band.n * scale
        up[band.end] += band.n * scale
    for name, y in left.items():
        thick = max(LEAST, senders[name] * scale)
        canvas.rect(NAMES, y, POST, thick, f"flow-post flow-{colour[name]}")
        _name(canvas, NAMES - 6, y + thick / 2, name, senders[name], "end")
    for name, y in right.items():
        thick = max(LEAST, receivers[name] * scale)
        canvas.rect(WIDTH - NAMES - POST, y, POST, thick, "flow-post flow-6")
        _name(canvas, WIDTH - NAMES + 6, y + thick / 2, name, receivers[name], "start")
    return canvas.svg(title, "flow broad")


def _sums(bands: Sequence[Band], side: str) -> dict[str, int]:
    """How much each name sends or receives, the most first."""
    found: dict[str, int] = {}
    for band in bands:
        name = getattr(band, side)
        found[name] = found.get(name, 0) + band.n
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def _tops(sums: Mapping[str, int], scale: float) -> dict[str, float]:
    """The upper edge of each name's bar: a name needs the height of a line."""
    found, y = {}, 8.0
    for name, n in sums.items():
        found[name] = y
        y += max(n * scale, 6) + GAP
    return found


def _bottom(tops: Mapping[str, float], sums: Mapping[str, int], scale: float) -> float:
    return max((y + sums[name] * scale for name, y in tops.items()), default=0.0)


def _name(canvas: Canvas, x: float, y: float, name: str, n: int, anchor: str) -> None:
    told = fa(n)
    words = fitting(name, NAMES - 26 - len(told) * 9)
    canvas.text(x, y + 5, f"{words} · {told}", anchor)
