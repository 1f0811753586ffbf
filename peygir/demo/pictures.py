"""Street-like pictures, drawn and labelled, so that no photograph of a real place is shown."""

from functools import cache
from io import BytesIO
from random import Random
from typing import Final

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFont, features

from peygir.people import photos

SIZE: Final = (800, 600)
LABEL: Final = "شبیه‌سازی"
LABEL_EN: Final = "SIMULATED"
VARIANTS: Final = 6
SKIES: Final = ("#bcd7ee", "#d9e4ea", "#a8c4dd", "#e7dcc6", "#93a7bf", "#c8dbe6")
WALLS: Final = ("#c9b79c", "#b8a183", "#d8c7ad", "#a89a86", "#cbb9a8", "#bfae92")
ROAD: Final = "#55585c"
PAVEMENT: Final = "#9a9a96"


@cache
def picture(fault: str, variant: int, *, mended: bool) -> photos.Picture:
    """A picture of `fault` (hole, waste, water, green, other), before or after it was mended."""
    image = _street(Random(variant))  # noqa: S311 - a drawing, no secret
    if mended:
        _mended(ImageDraw.Draw(image), fault)
    else:
        _FAULTS.get(fault, _sign)(ImageDraw.Draw(image), Random(variant + 100))  # noqa: S311 - as above
    _label(image)
    out = BytesIO()
    image.save(out, "JPEG", quality=80)
    return photos.prepare(SimpleUploadedFile("drawn.jpg", out.getvalue(), "image/jpeg"))


def fault_of(group: str) -> str:
    """What to draw for a group of subjects."""
    return {
        "streets": "hole",
        "waste": "waste",
        "water": "water",
        "green": "green",
        "order": "waste",
    }.get(group, "other")


def _street(rng: Random) -> Image.Image:
    image = Image.new("RGB", SIZE, rng.choice(SKIES))
    draw = ImageDraw.Draw(image)
    x = -rng.randint(0, 60)
    while x < SIZE[0]:
        width, top = rng.randint(90, 190), rng.randint(90, 240)
        draw.rectangle((x, top, x + width, 360), fill=rng.choice(WALLS), outline="#7d715f")
        for row in range(top + 20, 330, 55):
            for column in range(x + 15, x + width - 30, 45):
                draw.rectangle((column, row, column + 22, row + 30), fill="#5f7487")
        x += width
    draw.rectangle((0, 360, SIZE[0], 410), fill=PAVEMENT)
    draw.rectangle((0, 410, SIZE[0], 425), fill="#d5d5d0")
    draw.rectangle((0, 425, *SIZE), fill=ROAD)
    for dash in range(20, SIZE[0], 130):
        draw.polygon(
            [(dash, 520), (dash + 70, 520), (dash + 64, 532), (dash - 6, 532)], fill="#e8e6da"
        )
    return image


def _hole(draw: ImageDraw.ImageDraw, rng: Random) -> None:
    x = rng.randint(180, 480)
    draw.ellipse((x, 470, x + 190, 545), fill="#2e2c2a", outline="#6f6a63", width=9)
    for _ in range(14):
        at = (x + rng.randint(-40, 220), rng.randint(465, 560))
        draw.ellipse((*at, at[0] + 12, at[1] + 8), fill="#79746c")


def _waste(draw: ImageDraw.ImageDraw, rng: Random) -> None:
    x = rng.randint(120, 520)
    for _ in range(9):
        left, top = x + rng.randint(-70, 110), rng.randint(320, 385)
        draw.ellipse(
            (left, top, left + 70, top + 62), fill=rng.choice(("#222", "#1d3a5f", "#4a4a4a"))
        )
    draw.rectangle((x + 150, 290, x + 230, 400), fill="#3f7d4e", outline="#28522f", width=4)


def _water(draw: ImageDraw.ImageDraw, rng: Random) -> None:
    draw.ellipse((60, 430, 740, 580), fill="#6f8798")
    for _ in range(6):
        x, y = rng.randint(120, 620), rng.randint(455, 555)
        draw.arc((x, y, x + 80, y + 18), 0, 180, fill="#a9bdc9", width=3)


def _green(draw: ImageDraw.ImageDraw, rng: Random) -> None:
    x = rng.randint(200, 500)
    draw.line((x, 400, x + 150, 470), fill="#5b4632", width=22)
    for _ in range(16):
        left, top = x + rng.randint(60, 230), rng.randint(410, 500)
        draw.ellipse((left, top, left + 46, top + 34), fill=rng.choice(("#5d7d3a", "#466430")))


def _sign(draw: ImageDraw.ImageDraw, rng: Random) -> None:
    x = rng.randint(250, 520)
    draw.line((x, 410, x + 60, 240), fill="#6d7177", width=10)
    draw.regular_polygon((x + 64, 225, 38), 8, fill="#a8322d", rotation=20)


def _mended(draw: ImageDraw.ImageDraw, fault: str) -> None:
    if fault == "hole":
        draw.rounded_rectangle((220, 462, 470, 548), 10, fill="#43464a")
    elif fault == "green":
        for x in (150, 420, 640):
            draw.rectangle((x, 300, x + 14, 380), fill="#5b4632")
            draw.ellipse((x - 40, 210, x + 54, 315), fill="#5d7d3a")
    elif fault == "waste":
        draw.rectangle((420, 290, 500, 400), fill="#3f7d4e", outline="#28522f", width=4)


_FAULTS = {"hole": _hole, "waste": _waste, "water": _water, "green": _green}


def _label(image: Image.Image) -> None:
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, SIZE[0], 52), fill="#7a1f1f")
    words, font = _font()
    draw.text((SIZE[0] / 2, 26), words, fill="white", font=font, anchor="mm")


@cache
def _font() -> tuple[str, ImageFont.FreeTypeFont | ImageFont.ImageFont]:
    """Persian letters where they can be joined, else the same word in English."""
    file = settings.BASE_DIR / "peygir" / "look" / "static" / "vendor" / "vazirmatn.woff2"
    if features.check("raqm") and file.is_file():
        try:
            return LABEL, ImageFont.truetype(str(file), 30)
        except OSError:  # this FreeType reads no WOFF2
            pass
    return LABEL_EN, ImageFont.load_default(30)
