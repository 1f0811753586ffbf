"""How many bytes a page costs its reader, compressed, with everything that it loads.

python -m bench.budgets: each page once, its styles, scripts, fonts and pictures once each.
"""

import gzip
import re
from collections.abc import Mapping
from typing import Final

from bench.common import prepare_django
from bench.load import fetch
from bench.server import CSRF, free_port, get, serving, session

PAGES: Final = (
    ("/", "", "first page"),
    ("/report/", "", "report form"),
    ("/track/", "", "tracking"),
    ("/desk/inbox/", "executive", "inbox"),
    ("/desk/console/", "operator", "console"),
    ("/desk/search/", "operator", "search"),
)
LOADED: Final = re.compile(rb"""(?:href|src)="(/static/[^"#?]+)""")
FONTS: Final = re.compile(rb"""url\(["']?([^"')]+\.woff2)""")


def main() -> None:
    prepare_django()
    for line in measure():
        print(line)


def measure() -> list[str]:
    with serving(free_port()) as (port, _):
        return [_line(port, *page) for page in PAGES]


def _line(port: int, path: str, username: str, name: str) -> str:
    cookies = session(username) if username else CSRF
    status, _, body = fetch(port, get(path, cookies))
    assert status == 200, (path, status)
    sizes = {asset: _size(port, asset, cookies) for asset in sorted(_assets(port, body, cookies))}
    page, rest = len(gzip.compress(body)), sum(sizes.values())
    largest = max(sizes, key=lambda asset: sizes[asset], default="")
    return (
        f"{name}: page {page / 1000:.1f} kB, {len(sizes)} files {rest / 1000:.1f} kB "
        f"(largest {largest.rsplit('/', 1)[-1]} {sizes.get(largest, 0) / 1000:.1f} kB), "
        f"together {(page + rest) / 1000:.1f} kB"
    )


def _assets(port: int, body: bytes, cookies: Mapping[str, str]) -> set[str]:
    """Static files that the page names, and the fonts that its styles name."""
    found = {match.decode() for match in LOADED.findall(body)}
    for style in [asset for asset in found if asset.endswith(".css")]:
        _, _, text = fetch(port, get(style, cookies))
        folder = style.rsplit("/", 1)[0]
        for font in FONTS.findall(text):
            found.add(_joined(folder, font.decode()))
    return found


def _joined(folder: str, name: str) -> str:
    if name.startswith("/"):
        return name
    while name.startswith("../"):
        folder, name = folder.rsplit("/", 1)[0], name[3:]
    return f"{folder}/{name}"


def _size(port: int, asset: str, cookies: Mapping[str, str]) -> int:
    """Bytes on the wire: fonts and pictures are compressed already."""
    status, _, body = fetch(port, get(asset, cookies))
    assert status == 200, (asset, status)
    if asset.rsplit(".", 1)[-1] in ("woff2", "png", "jpg", "webp"):
        return len(body)
    return len(gzip.compress(body))


if __name__ == "__main__":
    main()
