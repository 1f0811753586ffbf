"""An A4 page for a printer: words shaped in the typeface of our pages, from the side they begin."""

from datetime import datetime
from typing import Final

from fpdf import FPDF
from fpdf.enums import Align, XPos, YPos

from peygir.look.typeface import FONT as FONT
from peygir.look.typeface import fonts

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
