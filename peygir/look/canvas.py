"""What every drawing is made with: a canvas that mirrors itself in Persian, and what it becomes.

Colours come from CSS tokens by class, so a drawing follows the theme, prints in black, and can be
made into pixels with the light ones (`peygir.look.png`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from peygir.look.numbers import fa, is_persian
from peygir.look.typeface import breadth

HEAT_STEPS = 7
ZWNJ = "\u200c"
Point = tuple[float, float]


@dataclass(frozen=True)
class Chart:
    """A drawing and the same numbers as a table; the first cell of each row is its heading."""

    svg: SafeString
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Canvas:
    """Collects shapes. x grows in reading direction; Persian drawings are mirrored here only.

    `plain`: a map, whose east stays where it is.
    """

    def __init__(self, width: float, height: float, *, plain: bool = False) -> None:
        self.width, self.height = width, height
        self.rtl = is_persian()
        self.mirrored = self.rtl and not plain
        self.shapes: list[str] = []
        self.linked = False

    def line(self, x1: float, y1: float, x2: float, y2: float, css: str) -> None:
        self.shapes.append(
            f'<line x1="{self._x(x1)}" y1="{number(y1)}" x2="{self._x(x2)}" y2="{number(y2)}" '
            f'class="{css}"/>'
        )

    def polyline(self, points: Sequence[tuple[float, float]], css: str) -> None:
        joined = " ".join(f"{self._x(x)},{number(y)}" for x, y in points)
        self.shapes.append(f'<polyline points="{joined}" class="{css}"/>')

    def shape(self, path: str, css: str, words: str = "") -> None:
        """A path as it is, in units of the canvas and never mirrored."""
        inside = f"<title>{escape(words)}</title>" if words else ""
        self.shapes.append(f'<path d="{escape(path)}" class="{css}">{inside}</path>')

    def ribbon(self, x1: float, y1: float, x2: float, y2: float, thick: float, css: str) -> None:
        """A band from one side to another, `thick` all along; the y are those of its upper edge."""
        a, b, m = self._x(x1), self._x(x2), self._x((x1 + x2) / 2)
        up, down = number(y1), number(y1 + thick)
        over, under = number(y2), number(y2 + thick)
        self.shapes.append(
            f'<path d="M{a},{up}C{m},{up} {m},{over} {b},{over}V{under}C{m},{under} {m},{down} '
            f'{a},{down}Z" class="{css}"/>'
        )

    @contextmanager
    def link(self, href: str) -> Iterator[None]:
        """Whatever is drawn within leads to `href`, and names it; without one it leads nowhere."""
        if not href:
            yield
            return
        self.linked = True
        self.shapes.append(f'<a href="{escape(href)}">')
        yield
        self.shapes.append("</a>")

    def rect(
        self, x: float, y: float, width: float, height: float, css: str, words: str = ""
    ) -> None:
        start = self.width - x - width if self.mirrored else x
        inside = f"<title>{escape(words)}</title>" if words else ""
        self.shapes.append(
            f'<rect x="{number(start)}" y="{number(y)}" width="{number(width)}" '
            f'height="{number(max(0, height))}" rx="2" class="{css}">{inside}</rect>'
        )

    def circle(self, x: float, y: float, radius: float, css: str) -> None:
        self.shapes.append(
            f'<circle cx="{self._x(x)}" cy="{number(y)}" r="{radius}" class="{css}"/>'
        )

    def text(self, x: float, y: float, words: str, anchor: str, css: str = "") -> None:
        """`anchor` is start, middle or end in reading direction, as SVG itself has it."""
        kind = f' class="{css}"' if css else ""
        self.shapes.append(
            f'<text x="{self._x(x)}" y="{number(y)}" text-anchor="{anchor}"{kind}>'
            f"{escape(words)}</text>"
        )

    def svg(self, title: str, css: str = "") -> SafeString:
        return format_html(
            '<svg viewBox="0 0 {} {}" direction="{}" role="{}" class="{}">'
            "<title>{}</title>{}</svg>",
            number(self.width),
            number(self.height),
            "rtl" if self.rtl else "ltr",
            "group" if self.linked else "img",  # what is one picture holds nothing to be opened
            css,
            title,
            mark_safe("".join(self.shapes)),  # noqa: S308 (the shapes escape their texts above)
        )

    def _x(self, x: float) -> str:
        return number(self.width - x if self.mirrored else x)


def tone(value: float, top: float) -> int:
    """Which step of the ramp shows `value` where `top` is the darkest; 0 for nothing."""
    return 0 if value <= 0 else min(HEAT_STEPS, max(1, round(value / top * HEAT_STEPS + 0.499)))


def fitting(label: str, room: float) -> str:
    """The label, cut where `room` ends."""
    if breadth(label) <= room:
        return label
    most = int(len(label) * room / breadth(label)) + 4
    label = label[:most]
    while label and breadth(f"{label}…") > room:
        label = label[:-1].rstrip(f" {ZWNJ}")
    return f"{label}…"


def wrapped(words: str, room: float, size: float = 14) -> list[str]:
    """Words in lines of at most `room`, in letters of `size`; a longer word has its own line."""
    lines: list[str] = []
    for word in words.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and breadth(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def short(value: float) -> str:
    """A number of a scale."""
    return fa(int(value)) if value == int(value) else fa(value, 1)


def number(value: float) -> str:
    """A coordinate, to a tenth."""
    return f"{value:.1f}".rstrip("0").rstrip(".")
