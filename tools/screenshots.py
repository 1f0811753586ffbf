"""Take the pictures of every screen for docs/screenshots from a running demo.

Start `./run CITY` in one terminal, then
`.venv/bin/python -m tools.screenshots [CITY] [http://…] [NAME …]` with the same city, or none for
the default one; the address says where it runs, names choose screens.
Each screen is taken at 360 and 1366 px, light and dark; the demo accounts do what their people do.
"""

import sys
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

from tools.screens import SCREENS, Screen
from tools.town import ROOT, SCHEMES, WIDTHS, Scheme, Town

SHOTS = ROOT / "docs" / "screenshots"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
#: What is longer is cut: by then everybody has seen what the page is like. Pixels by width.
TALLEST = {"phone": 2000, "desk": 1900}
COLOURS = 256


def main(base: str, city: str, only: set[str]) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    chosen = [s for s in SCREENS if s.city == city and (not only or s.name in only)]
    with sync_playwright() as playwright:
        chrome = next((p for p in ("/usr/bin/chromium",) if Path(p).exists()), None)
        browser = playwright.chromium.launch(executable_path=chrome, args=FLAGS)
        town = Town(browser, base)
        for done, screen in enumerate(chosen, 1):
            print(f"[{done}/{len(chosen)}] {screen.name}", flush=True)
            if screen.scene:
                screen.scene(town)
            for width in WIDTHS:
                for scheme in SCHEMES:
                    _take(town, screen, width, scheme)
        browser.close()


def _take(town: Town, screen: Screen, width: str, scheme: Scheme) -> None:
    with town.page(screen.account, width=width, scheme=scheme) as page:
        page.goto(town.base + screen.path, wait_until="load")
        page.wait_for_timeout(700)
        if screen.prepare:
            screen.prepare(page)
        path = SHOTS / f"{screen.name}-{width}-{scheme}.png"
        page.screenshot(path=path, full_page=screen.full_page)
        _shrink(path, TALLEST[width])


def _shrink(path: Path, tallest: int) -> None:
    """Flat colours need no more than the few that are seen most; the others go to the nearest."""
    with Image.open(path) as picture:
        kept = picture.convert("RGB").crop((0, 0, picture.width, min(picture.height, tallest)))
        counts: Any = kept.getcolors(kept.width * kept.height) or ()  # (how many, (r, g, b))
        palette = Image.new("P", (1, 1))
        common = sorted(counts, reverse=True)[:COLOURS]
        palette.putpalette([part for _count, colour in common for part in colour])
        kept.quantize(palette=palette, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    given = sys.argv[1:]
    cities = {path.parent.name for path in (ROOT / "cities").glob("[a-z]*/policy.toml")}
    main(
        next((a for a in given if a.startswith("http")), "http://127.0.0.1:8000"),
        next((a for a in given if a in cities), ""),
        {a for a in given if not a.startswith("http") and a not in cities},
    )
