"""A sheet of SVG in plain text. Only presentation attributes: no style sheet, no script."""

from xml.sax.saxutils import escape, quoteattr

FONT = "Vazirmatn, Tahoma, 'Noto Sans Arabic', sans-serif"
INK, SOFT, RULE, PAPER = "#1b2430", "#5a6675", "#c3ccd6", "#ffffff"


class Canvas:
    """Coordinates run from left to right; for Persian the finished sheet is mirrored."""

    def __init__(self, width: float, height: float, language: str) -> None:
        self.width, self.height, self.language = width, height, language
        self._rtl = language != "en"
        self._parts: list[str] = []

    def rect(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        round_: float,
        fill: str,
        line: str,
    ) -> None:
        left = self._x(x) - width if self._rtl else x
        self._parts.append(
            f'<rect x="{left:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
            f'rx="{round_}" fill="{fill}" stroke="{line}" stroke-width="1.5"/>'
        )

    def text(
        self, x: float, y: float, text: str, *, size: int = 13, bold: bool = False, ink: str = INK
    ) -> None:
        """Beginning at `x`, as the language reads."""
        self._text(x, y, text, size, bold, ink, "start")

    def text_end(self, x: float, y: float, text: str, *, ink: str) -> None:
        """Ending at `x`, as the language reads."""
        self._text(x, y, text, 12, False, ink, "end")

    def centred(
        self, x: float, y: float, text: str, *, size: int = 13, bold: bool = False, ink: str = INK
    ) -> None:
        self._text(x, y, text, size, bold, ink, "middle")

    def path(self, points: list[tuple[float, float]], *, line: str, dashed: bool = False) -> None:
        """A line with an arrow at its end."""
        way = " L ".join(f"{self._x(x):.1f} {y:.1f}" for x, y in points)
        dashes = ' stroke-dasharray="6 4"' if dashed else ""
        self._parts.append(
            f'<path d="M {way}" fill="none" stroke="{line}" stroke-width="2" '
            f'stroke-linejoin="round"{dashes} marker-end="url(#arrow)"/>'
        )

    def rule(self, x1: float, y1: float, x2: float, y2: float) -> None:
        self._parts.append(
            f'<line x1="{self._x(x1):.1f}" y1="{y1:.1f}" x2="{self._x(x2):.1f}" y2="{y2:.1f}" '
            f'stroke="{RULE}" stroke-width="1"/>'
        )

    def dot(self, x: float, y: float, *, fill: str) -> None:
        self._parts.append(f'<circle cx="{self._x(x):.1f}" cy="{y:.1f}" r="7" fill="{fill}"/>')

    def svg(self, title: str) -> str:
        size = f"{self.width:.0f} {self.height:.0f}"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" role="img" '
            f'xml:lang="{self.language}" aria-label={quoteattr(title)} '
            f'font-family="{FONT}" class="policy">\n<title>{escape(title)}</title>\n'
            '<defs><marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" '
            'markerHeight="7" orient="auto"><path d="M 0 0 L 10 5 L 0 10 z" '
            f'fill="{INK}"/></marker></defs>\n'
            f'<rect width="100%" height="100%" fill="{PAPER}"/>\n'
            + "\n".join(self._parts)
            + "\n</svg>\n"
        )

    def _text(
        self, x: float, y: float, text: str, size: int, bold: bool, ink: str, anchor: str
    ) -> None:
        weight = ' font-weight="700"' if bold else ""
        way = ' direction="rtl"' if self._rtl else ""
        self._parts.append(
            f'<text x="{self._x(x):.1f}" y="{y:.1f}" font-size="{size}" fill="{ink}" '
            f'text-anchor="{anchor}"{way}{weight}>{escape(text)}</text>'
        )

    def _x(self, x: float) -> float:
        return self.width - x if self._rtl else x


def wrap(text: str, most: int) -> list[str]:
    """Lines of at most `most` characters, broken between words."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > most:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
