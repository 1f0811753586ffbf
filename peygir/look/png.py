"""A drawing as a picture: the same SVG with the light colours, our typeface, its words above it.

The library that makes the pixels knows CSS classes, but no variables, and lays out every text
from left to right. So the variables of our sheets are replaced, and Persian words are given their
direction by marks around them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

import resvg_py
from django.contrib.staticfiles import finders
from django.utils.html import escape

from peygir.look.canvas import number, wrapped
from peygir.look.numbers import is_persian
from peygir.look.typeface import FONT, fonts

SCALE: Final = 2  # pixels for each unit of a drawing: sharp on a slide
EDGE: Final = 24.0
LINE: Final = 22.0
BELOW: Final = 13  # size of the letters below
TITLE: Final = 34.0
WIDTH_MAX, HEIGHT_MAX = 2_000.0, 4_000.0  # units
#: What surrounds right-to-left words: embedding, and its end.
RTL, END = "\u202b", "\u202c"
_SHEETS: Final = ("look/tokens.css", "look/ui.css", "look/drawings.css")
_BOX: Final = re.compile(r'<svg viewBox="0 0 ([\d.]+) ([\d.]+)"')
_TEXT: Final = re.compile(r"(<text\b[^>]*>)([^<]*)(</text>)")
_ANCHOR: Final = re.compile(r'text-anchor="(start|end)"')
_ASIDE: Final = re.compile(r"/\*.*?\*/", re.DOTALL)
_RULE: Final = re.compile(r"([^{}@]+)\{([^{}]*)\}")
_TOKEN: Final = re.compile(r"--([\w-]+):\s*([^;]+);")
_USED: Final = re.compile(r"var\(--([\w-]+)\)")
_PAINTS: Final = re.compile(r"fill|stroke|opacity|paint-order")


def png(svg: str, *, title: str, below: Sequence[str] = ()) -> bytes:
    """`svg`, a drawing of this room, as PNG on white, with `title` above it and lines `below`.

    Raises ValueError for what is no such drawing, or is too large for a picture.
    """
    size = _BOX.match(svg)
    if size is None:
        raise ValueError("not a drawing of this room")
    width, height = float(size[1]), float(size[2])
    if width > WIDTH_MAX or height > HEIGHT_MAX:
        raise ValueError("too large for a picture")
    lines = [line for words in below for line in wrapped(words, width, BELOW)]
    whole = TITLE + height + 16 + LINE * len(lines)
    x = width + EDGE if is_persian() else EDGE
    words = [_words(x, EDGE + 18, title, "title")]
    words += [
        _words(x, EDGE + TITLE + height + 30 + LINE * at, line, "below")
        for at, line in enumerate(lines)
    ]
    inner = _BOX.sub(
        f'<svg x="{EDGE:g}" y="{EDGE + TITLE:g}" width="{size[1]}" height="{size[2]}" '
        f'viewBox="0 0 {size[1]} {size[2]}"',
        svg,
        count=1,
    )
    outer = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" '
        f'width="{number(width + 2 * EDGE)}" height="{number(whole + 2 * EDGE)}">'
        f"{''.join(words)}{inner}</svg>"
    )
    files = [str(path) for path in fonts().values()]
    return resvg_py.svg_to_bytes(
        svg_string=_directed(outer) if is_persian() else outer,
        background="#FFFFFF",
        zoom=SCALE,
        style_sheet=sheet(),
        skip_system_fonts=True,
        font_files=files,
        font_family=FONT,
        sans_serif_family=FONT,
        languages=["fa" if is_persian() else "en"],
    )


def _words(x: float, y: float, words: str, css: str) -> str:
    return (
        f'<text x="{number(x)}" y="{number(y)}" text-anchor="start" class="{css}">'
        f"{escape(words)}</text>"
    )


def _directed(svg: str) -> str:
    """Right to left where the library goes left to right: the start is on the other side."""
    other = {"start": "end", "end": "start"}

    def turned(found: re.Match[str]) -> str:
        opening = _ANCHOR.sub(lambda at: f'text-anchor="{other[at[1]]}"', found[1])
        return f"{opening}{RTL}{found[2]}{END}{found[3]}"

    return _TEXT.sub(turned, svg)


def sheet() -> str:
    """Our rules that paint, with the light colours in place of the variables."""
    return _sheet(tuple((path, path.stat().st_mtime_ns) for path in map(_found, _SHEETS)))


@lru_cache(maxsize=1)
def _sheet(files: tuple[tuple[Path, int], ...]) -> str:
    texts = [_ASIDE.sub("", path.read_text(encoding="utf-8")) for path, _ in files]
    tokens = dict(_TOKEN.findall(texts[0].partition(":root {")[2].partition("}")[0]))
    rules = []
    for text in texts[1:]:
        for selectors, body in _RULE.findall(text.partition("@media print")[0]):
            declared = [each.strip() for each in body.split(";")]
            paints = [each for each in declared if _PAINTS.match(each)]
            plain = [each for each in declared if each.startswith("font-weight")]
            if paints or (plain and ".chart" in selectors):
                rules.append(f"{selectors.strip()} {{ {'; '.join([*paints, *plain])} }}")
    rules += [
        f"text {{ font-family: {FONT}; font-size: 14px; fill: var(--text-2) }}",
        ".chart .title { font-size: 19px; font-weight: 700; fill: var(--text) }",
        f".chart .below {{ font-size: {BELOW}px }}",
    ]
    return _USED.sub(lambda name: tokens.get(name[1], "#000"), "\n".join(rules))


def _found(name: str) -> Path:
    found = finders.find(name)
    assert isinstance(found, str), name
    return Path(found)
