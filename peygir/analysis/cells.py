"""Cells of H3: the hexagons that places are counted by. Numbers here, text where pages see them."""

import re
from typing import Any, Final

import h3.api.basic_int as h3

FINEST: Final = 10  # resolution of the rows: about 130 m across
RESOLUTIONS: Final = (7, 8, 9, 10)
WRITTEN: Final = re.compile(r"[0-9a-f]{15}")


def cell_of(lat_e6: int | None, lon_e6: int | None) -> int | None:
    """The finest cell of a point in microdegrees; None without a point."""
    if lat_e6 is None or lon_e6 is None:
        return None
    found: int = h3.latlng_to_cell(lat_e6 / 1e6, lon_e6 / 1e6, FINEST)
    return found


def parent_sql(column: str, resolution: int) -> str:
    """SQL of the cell of `resolution` that the finest cell in `column` belongs to.

    A cell belongs to one parent even where its edge, and so a point, lies across the parent's. Bits
    52 to 55 are the resolution; three bits for each finer digit follow, all ones for none.
    """
    assert resolution in RESOLUTIONS
    if resolution == FINEST:
        return column
    finer = (1 << 3 * (15 - resolution)) - 1
    return f"(({column} & ~(15::bigint << 52)) | ({resolution}::bigint << 52) | {finer}::bigint)"


def written(cell: int) -> str:
    """As H3 writes a cell: hexadecimal."""
    return f"{cell:x}"


def read(text: str) -> tuple[int, int]:
    """The cell that is written so, and its resolution. Raises ValueError for anything else."""
    cell = int(text, 16) if WRITTEN.fullmatch(text) else 0
    if not h3.is_valid_cell(cell) or h3.get_resolution(cell) not in RESOLUTIONS:
        raise ValueError(f"no cell: {text[:20]!r}")
    return cell, h3.get_resolution(cell)


def around(cell: int) -> list[int]:
    """The cell and its six neighbours."""
    found: list[int] = h3.grid_disk(cell, 1)
    return found


def boundary(text: str) -> list[tuple[float, float]]:
    """Corners of a written cell: (latitude, longitude) in degrees, in order."""
    corners: Any = h3.cell_to_boundary(int(text, 16))
    return [(lat, lon) for lat, lon in corners]
