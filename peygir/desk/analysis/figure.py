"""A figure of the analytics desk: one drawing, its numbers as a table, the same as a file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from django.utils.safestring import SafeString

from peygir.look.dates import duration, jalali_short
from peygir.look.numbers import fa, isolate, percent

Cell = str | int | float | date | None
Kind = Literal["words", "number", "share", "time", "day", "decimal", "place", "code"]


@dataclass(frozen=True, kw_only=True)
class Column:
    """`key`: its heading in the file. Units: share of one, time in seconds. A
    code stands in the file only."""

    key: str
    words: str = ""
    kind: Kind = "number"

    def shown(self, cell: Cell) -> str:
        """A cell as the reader of the active language reads it."""
        if cell is None:
            return "—"
        if isinstance(cell, date):
            return jalali_short(cell)
        if isinstance(cell, str):
            return isolate(fa(cell)) if self.kind == "place" else cell
        if self.kind == "share":
            return percent(cell, 1)
        if self.kind == "time":
            return duration(timedelta(seconds=cell))
        if self.kind == "decimal":
            return isolate(fa(cell, 1))
        return fa(cell)

    def filed(self, cell: Cell) -> object:
        """A cell as a spreadsheet takes it: Latin digits, days as ISO has them."""
        if cell is None:
            return ""
        if isinstance(cell, date):
            return cell.isoformat()
        return round(cell, 6) if isinstance(cell, float) else cell


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of a figure's table; `links`: for each cell the address of its cases, "" for none."""

    cells: tuple[Cell, ...]
    links: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Figure:
    """`name` stands in the addresses of its files. `n`: how many cases it was counted over. `none`:
    what is said without rows, where it is another thing than that nothing was registered."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    svg: SafeString | None = None  # None: nothing can be drawn of it
    note: str = ""
    none: str = ""
    more: Mapping[str, object] = field(default_factory=dict)  # in the addresses of its files
    n: int | None = None
    span: tuple[date, date] | None = None  # its days, where they are not those asked for

    @property
    def heads(self) -> list[Column]:
        """The columns that a page shows."""
        return [each for each in self.columns if each.kind != "code"]

    def lines(self) -> Iterator[list[tuple[str, str, bool]]]:
        """The rows as a page shows them: (words, address of the cases or "", is it a number)."""
        for row in self.rows:
            links = row.links or ("",) * len(row.cells)
            yield [
                (column.shown(cell), link, column.kind != "words")
                for column, cell, link in zip(self.columns, row.cells, links, strict=True)
                if column.kind != "code"
            ]

    def sheet(self) -> Iterator[list[object]]:
        """The rows as a file has them, its headings first."""
        yield [column.key for column in self.columns]
        for row in self.rows:
            pairs = zip(self.columns, row.cells, strict=True)
            yield [column.filed(cell) for column, cell in pairs]
