"""A drawing as a picture: pixels in our colours, words from the right in Persian."""

from io import BytesIO

import pytest
from django.utils.translation import override
from PIL import Image

from peygir.look import charts, samples
from peygir.look.canvas import Canvas
from peygir.look.png import EDGE, SCALE, TITLE, png, sheet

WHITE, TEAL, ORANGE = (255, 255, 255), (0x00, 0x79, 0x7F), (0xB8, 0x3A, 0x0A)


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data)).convert("RGB")


def ink(image: Image.Image) -> tuple[int, int]:
    """First and last column that is not white."""
    wide, high = image.size
    pixels = image.load()
    assert pixels is not None
    dark = [x for x in range(wide) if any(pixels[x, y] != WHITE for y in range(0, high, 2))]
    return dark[0], dark[-1]


def test_it_is_a_png_of_the_drawings_size_and_not_blank() -> None:
    drawn = charts.line("روند", ["۱", "۲", "۳"], [charts.Series("ثبت", [1, 5, 2])])
    data = png(str(drawn.svg), title="روند", below=["قم", "n = ۸"])
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    image = opened(data)
    assert image.width == SCALE * (charts.WIDTH + 2 * EDGE)
    assert image.height > SCALE * (charts.HEIGHT + TITLE)
    colours = {colour for _, colour in image.getcolors(1 << 20) or []}
    assert TEAL in colours  # --series-1 of the light theme
    assert len(colours) > 20


def test_each_series_has_its_own_colour() -> None:
    two = [charts.Series("a", [1, 2]), charts.Series("b", [2, 1])]
    data = png(str(charts.bars("", ["x", "y"], two).svg), title="")
    colours = {colour for _, colour in opened(data).getcolors(1 << 20) or []}
    assert {TEAL, ORANGE} <= colours


@pytest.mark.parametrize(("language", "side"), [("fa", 1), ("en", 0)])
def test_words_begin_at_the_side_where_reading_begins(language: str, side: int) -> None:
    with override(language):
        canvas = Canvas(480, 40)
        image = opened(png(str(canvas.svg("")), title="137" if side == 0 else "روند ۱۳۷"))
    first, last = ink(image)
    edges = (first, image.width - last)
    assert edges[side] == pytest.approx(SCALE * EDGE, abs=6)
    assert edges[1 - side] > image.width / 2


def test_the_table_of_hours_has_every_step_of_the_ramp() -> None:
    data = png(str(charts.heat("", samples.heat_counts()).svg), title="")
    colours = {colour for _, colour in opened(data).getcolors(1 << 20) or []}
    assert {(0xE6, 0xF4, 0xF1), (0x00, 0x4A, 0x52)} <= colours


def test_no_variable_is_left_in_the_sheet() -> None:
    assert "var(" not in sheet()
    assert ".line-1" in sheet()


def test_what_is_no_drawing_or_too_large_is_refused() -> None:
    with pytest.raises(ValueError, match="not a drawing"):
        png("<svg/>", title="")
    with pytest.raises(ValueError, match="too large"):
        png(str(Canvas(480, 9_000).svg("")), title="")


def test_words_are_words_and_nothing_else() -> None:
    data = png(str(Canvas(480, 40).svg("")), title="<b>&", below=['"><script>'])
    assert opened(data).width == SCALE * (480 + 2 * EDGE)
