"""A letter on A4, as it is printed, stamped and sent: always in the city's own language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Final

from fpdf.enums import Align, XPos, YPos

from peygir.look.numbers import fa
from peygir.look.pdf import FONT, Page

MARGIN: Final = 25  # mm
LINE: Final = 8
PICTURE: Final = 180  # height of an attached picture at most
ALWAYS: Final = datetime(2000, 1, 1, tzinfo=UTC)  # the same letter, the same file
INK, GREY, RULE = (28, 31, 35), (96, 102, 110), (140, 146, 154)
_ISOLATE, _END = "\u2066", "\u2069"


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """What stands on the paper, in words, digits as they are to be printed.

    `block`: name and value of number, date, attachment; `marks`: lines above the body (in reply to,
    following); `head`: the letterhead, largest first; `stamp`: across a letter not sent yet, or "";
    `pictures`: JPEG files, each on a page of its own below `picture_title` with its number.
    """

    head: Sequence[str]
    block: Sequence[tuple[str, str]]
    marks: Sequence[str]
    addressee: str
    subject: str
    body: str
    signature: Sequence[str]
    copies: Sequence[str]
    copies_title: str
    foot: str
    stamp: str = ""
    pictures: Sequence[bytes] = ()
    picture_title: str = ""


def ltr(text: str) -> str:
    """A number with signs in it, kept in its own order inside words from right to left."""
    return f"{_ISOLATE}{text}{_END}"


def draw(printed: Printed) -> bytes:
    """The letter as a PDF file."""
    page = _Page(printed)
    page.add_page()
    page.lines(printed.addressee, bold=True, size=13)
    page.lines(printed.subject, bold=True)
    for mark in printed.marks:
        page.lines(mark, size=10, colour=GREY)
    page.ln(4)
    for paragraph in printed.body.split("\n"):
        page.lines(paragraph) if paragraph.strip() else page.ln(LINE / 2)
    page.signed(printed.signature)
    if printed.copies:
        page.ln(8)
        page.lines(printed.copies_title, bold=True, size=10)
        for copy in printed.copies:
            page.lines(f"- {copy}", size=10)
    for n, content in enumerate(printed.pictures, start=1):
        page.add_page()
        page.lines(printed.picture_title % {"n": fa(n)}, bold=True)
        page.image(BytesIO(content), x=MARGIN, w=page.epw, h=PICTURE, keep_aspect_ratio=True)
    return bytes(page.output())


class _Page(Page):
    """A4 with a letterhead on every page, everything from right to left."""

    def __init__(self, printed: Printed) -> None:
        super().__init__(
            title=printed.subject, is_rtl=True, side=MARGIN, foot=MARGIN, made_at=ALWAYS
        )
        self.printed = printed

    def header(self) -> None:
        super().header()
        self.set_text_color(*INK)
        top = self.get_y()
        for size, words in zip((16, 12, 10), self.printed.head, strict=False):
            self.set_font(FONT, "B" if size > 10 else "", size)
            self.cell(0, 8, words, align=Align.C, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        bottom = self.get_y()
        self.set_y(top)
        self.set_font(FONT, "", 10)
        for name, value in self.printed.block:  # at the left, where a Persian letter has them
            self.cell(48, 6, f"{name}: {value}", align=Align.R, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_y(max(bottom, self.get_y()) + 3)
        self.set_draw_color(*RULE)
        self.line(MARGIN, self.get_y(), self.w - MARGIN, self.get_y())
        self.ln(8)
        if self.printed.stamp:
            self._stamped()

    def footer(self) -> None:
        self.set_y(-18)
        self.set_draw_color(*RULE)
        self.line(MARGIN, self.get_y(), self.w - MARGIN, self.get_y())
        self.set_font(FONT, "", 9)
        self.set_text_color(*GREY)
        self.cell(0, 8, self.printed.foot, align=Align.C)

    def lines(
        self,
        text: str,
        *,
        bold: bool = False,
        size: int = 12,
        colour: tuple[int, int, int] = INK,
    ) -> None:
        self.set_text_color(*colour)
        self.words(text, size=size, height=LINE if size > 10 else 6, bold=bold)

    def signed(self, names: Sequence[str]) -> None:
        """Name and post at the left, kept together."""
        self.ln(12)
        if self.will_page_break(LINE * len(names)):
            self.add_page()
        self.set_text_color(*INK)
        self.set_font(FONT, "B", 12)
        for name in names:
            self.cell(80, LINE, name, align=Align.C, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _stamped(self) -> None:
        where = self.get_y()
        self.set_font(FONT, "B", 64)
        self.set_text_color(228, 230, 233)
        with self.rotation(35, self.w / 2, self.h / 2):
            self.set_xy(0, self.h / 2 - 20)
            self.cell(self.w, 40, self.printed.stamp, align=Align.C)
        self.set_xy(MARGIN, where)
