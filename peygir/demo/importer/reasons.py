"""Why a row or a file was not imported, in the reader's language; and the report of bad rows."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from peygir.demo.importer.source import Bad

#: A cell that starts so would be run as a formula by a spreadsheet.
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def row_reason(bad: Bad) -> str:
    """One sentence about one row."""
    return _row_sentences().get(bad.code, bad.code) % _plain(bad.details)


def file_reason(code: str, details: Mapping[str, object]) -> str:
    """One sentence about the whole file."""
    return {
        "unreadable": _("The file cannot be read: %(reason)s."),
        "damaged": _("The compressed file is damaged after line %(line)s."),
        "header": _("The first line cannot be read as %(encoding)s; set `encoding` in the map."),
        "columns": _("The file lacks these columns: %(missing)s. It has: %(found)s."),
    }.get(code, code) % _plain(details)


class Report:
    """A CSV file of the rows that were not imported; made when the first one comes."""

    def __init__(self, path: Path) -> None:
        self.path, self.count = path, 0

    def add(self, bad: Bad) -> None:
        first = self.count == 0
        self.count += 1
        with self.path.open("w" if first else "a", encoding="utf-8-sig" if first else "utf-8",
                            newline="") as file:  # fmt: skip
            writer = csv.writer(file)
            if first:
                writer.writerow([_("Line"), _("Row id"), _("Reason")])
            writer.writerow([bad.line, harmless(bad.key), harmless(row_reason(bad))])


def harmless(text: str) -> str:
    """`text` as a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _row_sentences() -> dict[str, str]:
    return {
        "too_long": _("The line or one of its texts is too long."),
        "encoding": _("The line is not in the encoding that the map names."),
        "csv": _("The line is not correct CSV: look at its quotation marks."),
        "width": _("The line has %(found)s cells, the header has %(wanted)s."),
        "id": _("The row has no id, or one of more than 80 characters."),
        "time": _("The time in column “%(column)s” cannot be read; see `time` in the map."),
        "closed_before_opened": _("It was closed before it was opened."),
        "ahead": _("Its time lies in the future."),
        "words": _("There is not a word about what was reported."),
        "place": _("Latitude and longitude are no place on earth."),
        "evidence": _("The policy does not accept it: %(fields)s."),
        "refused": _("The policy does not allow it: %(reason)s."),
        "data": _("It holds characters that cannot be stored."),
    }


def _plain(details: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in details.items()}
