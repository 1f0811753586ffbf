"""The report after a crisis as a file for the council: A4, in the reader's language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fpdf.enums import Align

from peygir.look.pdf import FONT, Page

MARGIN: Final = 20  # mm
LINE: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What is printed: a title, and sections of a heading with its lines. `is_rtl`: Persian."""

    title: str
    head: str
    sections: Sequence[tuple[str, Sequence[str]]]
    foot: str
    is_rtl: bool
    made_at: datetime


def draw(sheet: Sheet) -> bytes:
    """The report as a PDF file."""
    page = _Page(sheet)
    page.add_page()
    page.words(sheet.title, size=16, height=LINE, bold=True)
    page.words(sheet.head, size=10, height=LINE)
    for heading, lines in sheet.sections:
        page.ln(3)
        page.words(heading, size=12, height=LINE, bold=True)
        for line in lines:
            page.words(line, size=10, height=LINE)
    return bytes(page.output())


class _Page(Page):
    def __init__(self, sheet: Sheet) -> None:
        super().__init__(
            title=sheet.title,
            is_rtl=sheet.is_rtl,
            side=MARGIN,
            foot=MARGIN,
            made_at=sheet.made_at,
        )
        self.foot = sheet.foot

    def footer(self) -> None:
        self.set_y(-15)
        self.set_font(FONT, "", 8)
        self.cell(0, 8, self.foot, align=Align.C)
