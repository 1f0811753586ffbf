"""The report after a crisis as a file for the council: A4, in the reader's language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.contrib.staticfiles import finders
from fpdf import FPDF
from fpdf.enums import Align, XPos, YPos

FONT: Final = "Vazirmatn"
FILES: Final = {"": "vendor/print/Vazirmatn-Regular.ttf", "B": "vendor/print/Vazirmatn-Bold.ttf"}
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
    page.words(sheet.title, size=16, style="B")
    page.words(sheet.head, size=10)
    for heading, lines in sheet.sections:
        page.ln(3)
        page.words(heading, size=12, style="B")
        for line in lines:
            page.words(line, size=10)
    return bytes(page.output())


class _Page(FPDF):
    def __init__(self, sheet: Sheet) -> None:
        super().__init__(format="A4")
        self.sheet = sheet
        for style, path in _fonts().items():
            self.add_font(FONT, style, path)
        self.set_margins(MARGIN, 15, MARGIN)
        self.set_auto_page_break(True, margin=20)
        self.set_creation_date(sheet.made_at)
        self.set_lang("fa" if sheet.is_rtl else "en")
        self.set_title(sheet.title)
        self._shape()

    def header(self) -> None:
        self._shape()

    def footer(self) -> None:
        self.set_y(-15)
        self.set_font(FONT, "", 8)
        self.cell(0, 8, self.sheet.foot, align=Align.C)

    def words(self, text: str, *, size: int, style: str = "") -> None:
        self.set_font(FONT, style, size)
        align = Align.R if self.sheet.is_rtl else Align.L
        self.multi_cell(0, LINE, text, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _shape(self) -> None:
        if self.sheet.is_rtl:
            self.set_text_shaping(True, direction="rtl", script="Arab", language="fa")
        else:
            self.set_text_shaping(True, direction="ltr", script="Latn", language="en")


@lru_cache(maxsize=1)
def _fonts() -> dict[str, Path]:
    found = {}
    for style, name in FILES.items():
        path = finders.find(name)
        assert isinstance(path, str), f"{name} is fetched by ./run"
        found[style] = Path(path)
    return found
