"""Bytes that a phone must fetch before a citizen can act (ux §1, compressed as served)."""

import gzip
import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from peygir.policy.model import CityPolicy
from tests.city import Story

KB = 1024
ASSET = re.compile(r'(?:src|href)="/static/([^"]+\.(?:css|js|woff2))"')


def weight(client: Client, path: str) -> dict[str, int]:
    """Compressed size of the page and of each file that it loads at once."""
    page = client.get(path).content
    sizes = {"page": len(gzip.compress(page, 6))}
    for name in set(ASSET.findall(page.decode())):
        found = finders.find(name)
        assert isinstance(found, str), name
        with open(found, "rb") as file:  # noqa: PTH123 - the finder gives a string
            content = file.read()
        sizes[name] = len(content) if name.endswith("woff2") else len(gzip.compress(content, 6))
    return sizes


@pytest.mark.parametrize("path", ["/", "/report/", "/track/", "/mine/"])
def test_a_page_weighs_at_most_sixty_kilobytes(city: CityPolicy, client: Client, path: str) -> None:
    sizes = weight(client, path)
    assert sum(sizes.values()) <= 60 * KB, sizes
    assert not any("leaflet" in name or "htmx" in name for name in sizes)


@pytest.mark.parametrize("path", ["/track/", "status"])
def test_following_a_case_weighs_little_more_than_its_font(
    city: CityPolicy, client: Client, path: str
) -> None:
    """The typeface is shown when it arrives (font-display: swap): text does not wait for it."""
    sizes = weight(client, f"/t/{Story(city).case.code}" if path == "status" else path)
    font = sizes.pop("vendor/vazirmatn.woff2")
    assert sum(sizes.values()) <= 20 * KB, sizes
    assert font <= 40 * KB
