"""A running demo city, and its people in a browser: each signs in once."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Page, ViewportSize

from peygir.calendars.jalali import to_jalali

Scheme = Literal["light", "dark"]

ROOT = Path(__file__).resolve().parents[1]
WIDTHS: dict[str, ViewportSize] = {
    "phone": {"width": 360, "height": 740},
    "desk": {"width": 1366, "height": 768},
}
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


class Town:
    """The city that is served at `base`."""

    def __init__(self, browser: Browser, base: str) -> None:
        self.base = base
        self._browser = browser
        self._signed_in: dict[str, Any] = {}

    @contextmanager
    def page(
        self, account: str = "", *, width: str = "desk", scheme: Scheme = "light"
    ) -> Iterator[Page]:
        """A page of somebody: a demo account, or a citizen ("")."""
        context = self._browser.new_context(
            viewport=WIDTHS[width],
            color_scheme=scheme,
            locale="fa-IR",
            timezone_id="Asia/Tehran",
            storage_state=self._signed_in.get(account),
        )
        page = context.new_page()
        if account and account not in self._signed_in:
            self._sign_in(page, account)
            self._signed_in[account] = context.storage_state()
        yield page
        context.close()

    def _sign_in(self, page: Page, account: str) -> None:
        from_demo = (ROOT / "peygir" / "demo" / "cast.py").read_text(encoding="utf-8")
        found = re.search(r'PASSWORD.*=\s*"([^"]+)"', from_demo)
        assert found, "the demo's password is not where it was"
        page.goto(f"{self.base}/desk/login/")
        page.locator("input[name=username]").fill(account)
        page.locator("input[name=password]").fill(found[1])
        press(page, "form button[type=submit]")


def press(page: Page, selector: str) -> None:
    """Press the first of these, and wait for the page that it leads to."""
    with page.expect_navigation():
        page.locator(selector).first.click()
    page.wait_for_timeout(300)


def typed(day: date) -> str:
    """A day as people type it, 1405/09/20."""
    year, month, number = to_jalali(day)
    return f"{year}/{month:02}/{number:02}"
