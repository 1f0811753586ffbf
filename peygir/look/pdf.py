"""An A4 page for a printer: words shaped in the typeface of our pages, from the side they begin."""

from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.contrib.staticfiles import finders
from fpdf import FPDF
from fpdf.enums import Align, XPos, YPos

FONT: Final = "Vazirmatn"
FILES: Final = {"": "vendor/print/Vazirmatn-Regular.ttf", "B": "vendor/print/Vazirmatn-Bold.ttf"}
TOP: Final = 15  # mm


class Page(FPDF):
    """A4. `is_rtl`: Persian. `side` and `foot`: margins in mm. `made_at` stands in the file: the
    same words and the same instant are the same file."""

    def __init__(
        self, *, title: str, is_rtl: bool, side: int, foot: int, made_at: datetime
    ) -> None:
        super().__init__(format="A4")
        self.is_rtl = is_rtl
        for style, path in fonts().items():
            self.add_font(FONT, style, path)
        self.set_margins(side, TOP, side)
        self.set_auto_page_break(True, margin=foot)
        self.set_creation_date(made_at)
        self.set_lang("fa" if is_rtl else "en")
        self.set_title(title)
        self._shape()

    def header(self) -> None:
        """On every page: how letters are shaped is forgotten when one ends."""
        self._shape()

    def words(self, text: str, *, size: int, height: float, bold: bool = False) -> None:
        """A paragraph from margin to margin, in lines of `height` mm; what follows is below it."""
        self.set_font(FONT, "B" if bold else "", size)
        align = Align.R if self.is_rtl else Align.L
        self.multi_cell(0, height, text, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _shape(self) -> None:
        if self.is_rtl:
            self.set_text_shaping(True, direction="rtl", script="Arab", language="fa")
        else:
            self.set_text_shaping(True, direction="ltr", script="Latn", language="en")


@lru_cache(maxsize=1)
def fonts() -> dict[str, Path]:
    """The files of the typeface by style: "" and "B"."""
    found = {}
    for style, name in FILES.items():
        path = finders.find(name)
        assert isinstance(path, str), f"{name} is fetched by ./run"
        found[style] = Path(path)
    return found
