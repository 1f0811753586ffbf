"""Cells of the city shaded by a count, with the borders of its districts over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from peygir.look.borders import Borders, Point, Projection, Ring, area, middle
from peygir.look.canvas import Canvas, number, tone
from peygir.look.numbers import fa
from peygir.look.treemap import shades

WIDTH, HIGHEST = 640, 560


@dataclass(frozen=True, kw_only=True)
class Hex:
    """A cell: its corners (longitude, latitude), what is counted, all of it in words. `marked`: it
    stands out among its neighbours."""

    ring: Ring
    n: int
    words: str
    href: str = ""
    marked: bool = False
    rank: int = 0  # 1 … stands in the cell, 0 does not


def hexes(title: str, cells: Sequence[Hex], districts: Borders) -> SafeString:
    """The cells, and borders of districts where there are any. Nothing at all is an empty map."""
    points = [point for each in cells for point in each.ring]
    points += [point for rings in districts.values() for ring in rings for point in ring]
    if not points:
        return Canvas(WIDTH, 40).svg(title, "hexes")
    placed = Projection(points, WIDTH, highest=HIGHEST)
    canvas = Canvas(WIDTH, placed.height + 30, plain=True)
    top = max((each.n for each in cells), default=1)
    for each in sorted(cells, key=lambda cell: cell.marked):
        css = f"hex heat-{tone(each.n, top)}{' marked' if each.marked else ''}"
        with canvas.link(each.href):
            canvas.shape(_path([placed(point) for point in each.ring]), css, each.words)
    for rings in districts.values():
        for ring in rings:
            canvas.shape(_path(placed.ring(ring)), "border-line")
    for code, rings in districts.items():
        x, y = middle(placed.ring(max(rings, key=area)))
        canvas.text(x, y + 6, fa(code), "middle", "halo")
    for each in cells:
        if each.rank:
            x, y = middle([placed(point) for point in each.ring[:6]])
            canvas.text(x, y + 5, fa(each.rank), "middle", "halo strong")
    canvas.mirrored = canvas.rtl  # the legend is read, the map is not
    shades(canvas, placed.height + 8, fa(1), fa(top))
    return canvas.svg(title, "hexes")


def _path(points: Sequence[Point]) -> str:
    return "M" + " ".join(f"{number(x)},{number(y)}" for x, y in points) + "Z"
