"""A treemap: areas that compare, shades that say a second thing, legible names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from peygir.look.canvas import HEAT_STEPS, Canvas, fitting, tone, wrapped
from peygir.look.numbers import fa
from peygir.look.typeface import breadth

WIDTH, HEIGHT = 960, 340
GAP = 2.0


@dataclass(frozen=True, kw_only=True)
class Tile:
    """`value` is its area. `shade`: 0 to 1, None for one that has none. `words`: all of it in a
    sentence, for whoever points at it."""

    name: str
    value: float
    shade: float | None = None
    href: str = ""
    words: str = ""
    last: bool = False  # of all the rest together, however much it is


@dataclass(frozen=True)
class Box:
    x: float
    y: float
    width: float
    height: float


def treemap(title: str, tiles: Sequence[Tile], *, low: str = "", high: str = "") -> SafeString:
    """The tiles, largest first from the inline start. `low`, `high`: what the lightest and the
    darkest shade say; "" leaves the legend out."""
    found = sorted(
        (each for each in tiles if each.value > 0), key=lambda each: (each.last, -each.value)
    )
    legend = 26 if high else 0
    canvas = Canvas(WIDTH, HEIGHT + legend)
    boxes = squarified([each.value for each in found], Box(0, 0, WIDTH, HEIGHT))
    for tile, box in zip(found, boxes, strict=True):
        with canvas.link(tile.href):
            _tile(canvas, tile, box)
    if high:
        shades(canvas, HEIGHT + 8, low, high)
    return canvas.svg(title, "treemap")


def shades(canvas: Canvas, y: float, low: str, high: str) -> None:
    """The steps of the ramp from `low` to `high`, at the inline start."""
    start = breadth(low)
    canvas.text(0, y + 12, low, "start")
    for step in range(1, HEAT_STEPS + 1):
        canvas.rect(start + 8 + (step - 1) * 22, y, 22, 14, f"heat-{step}")
    canvas.text(start + 16 + HEAT_STEPS * 22, y + 12, high, "start")


def squarified(values: Sequence[float], box: Box) -> list[Box]:
    """A box for each value (all above 0) whose areas are as the values; best if largest first.

    Rows are laid along the shorter side and grow while their boxes come nearer to squares
    (Bruls, Huizing and van Wijk, Squarified treemaps, 2000).
    """
    scale = box.width * box.height / (sum(values) or 1)
    areas, found = [value * scale for value in values], list[Box]()
    while areas:
        side = min(box.width, box.height)
        count = 1
        while count < len(areas) and _worst(areas[: count + 1], side) <= _worst(
            areas[:count], side
        ):
            count += 1
        row, areas = areas[:count], areas[count:]
        placed, box = _laid(row, box)
        found += placed
    return found


def _worst(row: Sequence[float], side: float) -> float:
    """The largest ratio of sides in a row laid along `side`."""
    whole = sum(row)
    return max(side**2 * max(row) / whole**2, whole**2 / (side**2 * min(row)))


def _laid(row: Sequence[float], box: Box) -> tuple[list[Box], Box]:
    """The boxes of a row, and what of `box` is left."""
    thick = sum(row) / min(box.width, box.height)
    placed, along = list[Box](), 0.0
    for area in row:
        length = area / thick
        if box.width >= box.height:
            placed.append(Box(box.x, box.y + along, thick, length))
        else:
            placed.append(Box(box.x + along, box.y, length, thick))
        along += length
    if box.width >= box.height:
        return placed, Box(box.x + thick, box.y, box.width - thick, box.height)
    return placed, Box(box.x, box.y + thick, box.width, box.height - thick)


def _tile(canvas: Canvas, tile: Tile, box: Box) -> None:
    step = 0 if tile.shade is None else max(1, tone(tile.shade, 1))
    width, height = box.width - GAP, box.height - GAP
    canvas.rect(box.x, box.y, max(1, width), max(1, height), f"heat-{step}", tile.words)
    if width < 44 or height < 22:
        return
    room, most = width - 12, max(1, int((height - 22) // 18))
    lines = wrapped(tile.name, room)
    if len(lines) > most:
        lines[most - 1 :] = [" ".join(lines[most - 1 :])]
    lines = [fitting(line, room) for line in lines]
    for at, words in enumerate(lines):
        canvas.text(box.x + 7, box.y + 19 + at * 18, words, "start", f"ink-{step}")
    if height >= 24 + len(lines) * 18:
        y = box.y + 21 + len(lines) * 18
        canvas.text(box.x + 7, y, fa(tile.value), "start", f"ink-{step} strong")
