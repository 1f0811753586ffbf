"""Borders of the city's districts, where the city has put them into its data folder."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from math import cos, radians
from pathlib import Path
from typing import Any, Final

from django.conf import settings

GEOJSON_BYTES_MAX: Final = 8 << 20

Point = tuple[float, float]
Ring = tuple[Point, ...]
Borders = Mapping[str, tuple[Ring, ...]]  # number of a district -> rings of (longitude, latitude)


def borders_file() -> Path:
    """Where a city puts the borders of its districts, as GeoJSON; the property `district` is the
    number."""
    return Path(settings.PEYGIR_DATA_DIR) / "districts.geojson"


def borders(path: Path | None = None) -> Borders:
    """The borders in degrees; {} where there is no file or nothing can be made of it."""
    path = path or borders_file()
    changed = _changed(path)
    return {} if changed is None else _read(path, changed)


def drawn(width: float, path: Path | None = None) -> Borders:
    """The borders on a drawing `width` wide, in whole units."""
    path = path or borders_file()
    changed = _changed(path)
    return {} if changed is None else _drawn(path, changed, width)


def _changed(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None


@lru_cache(maxsize=2)
def _drawn(path: Path, changed: int, width: float) -> Borders:
    found = _read(path, changed)
    every = [point for rings in found.values() for ring in rings for point in ring]
    if not every:
        return {}
    placed = Projection(every, width)
    return {code: tuple(tuple(placed.ring(r)) for r in rings) for code, rings in found.items()}


@lru_cache(maxsize=2)
def _read(path: Path, _changed: int) -> Borders:
    if path.stat().st_size > GEOJSON_BYTES_MAX:
        return {}
    try:
        features = json.loads(path.read_bytes())["features"]
        found = {
            str(one["properties"]["district"]): tuple(_outlines(one["geometry"]))
            for one in features
        }
    except (ValueError, KeyError, TypeError, IndexError):
        return {}
    return found if any(found.values()) else {}


def _outlines(geometry: Mapping[str, Any]) -> Iterator[Ring]:
    shapes = geometry["coordinates"]
    for shape in [shapes] if geometry["type"] == "Polygon" else shapes:
        for ring in shape:
            yield tuple((float(point[0]), float(point[1])) for point in ring)


class Projection:
    """Degrees onto a drawing `width` wide: east is where it is on any map, in every language."""

    def __init__(
        self, points: Sequence[Point], width: float, *, highest: float = 1e9, edge: float = 4
    ) -> None:
        west, east = min(x for x, _ in points), max(x for x, _ in points)
        self.south, self.north = min(y for _, y in points), max(y for _, y in points)
        self.west, self.edge = west, edge
        self.shrink = cos(radians((self.south + self.north) / 2))
        wide = ((east - west) or 1) * self.shrink
        high = (self.north - self.south) or 1e-9
        self.scale = min((width - 2 * edge) / wide, (highest - 2 * edge) / high)
        self.aside = (width - 2 * edge - wide * self.scale) / 2  # equal room on both sides
        self.height = high * self.scale + 2 * edge

    def __call__(self, point: Point) -> Point:
        x = self.edge + self.aside + (point[0] - self.west) * self.shrink * self.scale
        return x, self.edge + (self.north - point[1]) * self.scale

    def ring(self, ring: Ring) -> list[Point]:
        """The ring in whole units, without points that fall together."""
        found: list[Point] = []
        for each in ring:
            x, y = self(each)
            point = (float(round(x)), float(round(y)))
            if not found or found[-1] != point:
                found.append(point)
        return found


def area(ring: Sequence[Point]) -> float:
    """Twice the area of a ring, to compare."""
    pairs = zip(ring, [*ring[1:], *ring[:1]], strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs))


def middle(ring: Sequence[Point]) -> Point:
    """Where the name of a shape stands: inside it, on the height of its centre, where it is widest.

    Borders have most points where they wind; the mean of the points would lie there.
    """
    pairs = list(zip(ring, [*ring[1:], *ring[:1]], strict=True))
    turns = [(x1 * y2 - x2 * y1, (y1 + y2) / 3) for (x1, y1), (x2, y2) in pairs]
    total = sum(turn for turn, _ in turns)
    if not total:
        return sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring)
    y = sum(turn * height for turn, height in turns) / total
    crossed = sorted(
        x1 + (y - y1) * (x2 - x1) / (y2 - y1)
        for (x1, y1), (x2, y2) in pairs
        if min(y1, y2) <= y < max(y1, y2)
    )
    start, end = max(
        zip(crossed[::2], crossed[1::2], strict=True), key=lambda part: part[1] - part[0]
    )
    return (start + end) / 2, y
