"""Our typeface as files, and how much room words take in it."""

from functools import lru_cache
from pathlib import Path
from typing import Final

import uharfbuzz
from django.contrib.staticfiles import finders

FONT: Final = "Vazirmatn"
LATIN_WIDER: Final = 1.15  # pages set Latin letters in a typeface of the reader's machine
FILES: Final = {"": "vendor/print/Vazirmatn-Regular.ttf", "B": "vendor/print/Vazirmatn-Bold.ttf"}


@lru_cache(maxsize=1)
def fonts() -> dict[str, Path]:
    """The files of the typeface by style: "" and "B"."""
    found = {}
    for style, name in FILES.items():
        path = finders.find(name)
        assert isinstance(path, str), f"{name} is fetched by ./run"
        found[style] = Path(path)
    return found


@lru_cache(maxsize=8_192)
def breadth(words: str, size: float = 14) -> float:
    """How wide `words` stand when they are set in letters of `size`: in the same unit."""
    font = _shaped_by()
    buffer = uharfbuzz.Buffer()
    buffer.add_str(words)
    buffer.guess_segment_properties()
    uharfbuzz.shape(font, buffer)
    advance = sum(each.x_advance for each in buffer.glyph_positions or ())
    wider = LATIN_WIDER if words.isascii() else 1
    return float(advance * size / font.face.upem) * wider


@lru_cache(maxsize=1)
def _shaped_by() -> uharfbuzz.Font:
    return uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(fonts()[""]))))
