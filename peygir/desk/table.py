"""A table as a file for a spreadsheet."""

import csv
from collections.abc import Iterable
from io import StringIO
from typing import Final

from django.http import HttpResponse

BOM: Final = "\ufeff"  # so that a spreadsheet reads Persian names
FORMULA: Final = ("=", "+", "-", "@", "\t")


def csv_file(name: str, rows: Iterable[Iterable[object]]) -> HttpResponse:
    """`rows` as `name`.csv, to be saved. `name`: our own letters, digits and hyphens."""
    out = StringIO()
    sheet = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        sheet.writerow([_plain(cell) for cell in row])
    return HttpResponse(
        BOM + out.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def _plain(cell: object) -> object:
    """Words that begin as a formula would stay words in a spreadsheet."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
