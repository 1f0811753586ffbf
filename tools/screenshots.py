"""Take the pictures of every screen for docs/screenshots from a running demo.

Start `./run` in one terminal, then: `.venv/bin/python tools/screenshots.py [http://127.0.0.1:8000]`.
Each screen is taken at 360 and 1366 px, light and dark; the demo accounts do what their people do.
"""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
SHOTS = ROOT / "docs" / "screenshots"
WIDTHS = {"phone": (360, 740), "desk": (1366, 768)}
SCHEMES = ("light", "dark")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@dataclass(frozen=True, kw_only=True)
class Screen:
    """One screen: who looks at it, where it is, and what to do before the picture."""

    name: str
    path: str
    account: str = ""
    prepare: Callable[[Page], None] | None = None
    full_page: bool = False


def first_case(page: Page) -> None:
    """Open the first case that the list shows."""
    page.locator("a[href*='/cases/']").first.click()
    page.wait_for_timeout(900)


def first_visit(page: Page) -> None:
    """Open the first field visit of the list."""
    page.locator("a[href*='/field/']:not([href$='/field/'])").first.click()
    page.wait_for_timeout(900)


def next_call(page: Page) -> None:
    """Take the next call, or stay with the one already taken."""
    button = page.locator("form[action$='/feedback/claim/'] button").first
    if button.count():
        button.click()
        page.wait_for_timeout(900)


def first_person(page: Page) -> None:
    """Open the first person of the list."""
    page.locator("main a[href*='/staff/']:not([href$='/add/'])").first.click()
    page.wait_for_timeout(900)


def first_point(page: Page) -> None:
    """Open the first point that the page shows."""
    page.locator("a[href*='/points/']").first.click()
    page.wait_for_timeout(900)


def ringing(page: Page) -> None:
    """Type a caller's number and words, as an operator would."""
    page.locator("input[name=phone]").first.fill("۰۹۱۲۰۰۰۰۱۳۷")
    page.locator("textarea[name=words]").first.fill("چاله عمیق روبه‌روی مدرسه")
    page.wait_for_timeout(1200)


def results(page: Page) -> None:
    """Search as staff do: what is typed is sent in the body, never in the address."""
    page.locator("main input[name=q]").fill("آسفالت")
    page.locator("main form button").first.click()
    page.wait_for_timeout(900)


def second_factor(page: Page) -> None:
    """Begin to set up a second factor, or go on with it; it counts once a code is entered."""
    button = page.locator("form:has(input[value=totp_start]) button")
    if button.count():
        button.click()
        page.wait_for_timeout(900)


def story(page: Page) -> None:
    """Open a case as its reporter, who knows the last digits of their number."""
    code, last4 = _asked(page)
    page.goto(_address(page, f"/t/{code}"))
    page.locator("input[name=last4]").fill(last4)
    page.locator("main form button").first.click()
    page.wait_for_timeout(900)


def answer(page: Page) -> None:
    """Go on to say that it is not fixed."""
    story(page)
    page.locator("a[href$='/answer/']").first.click()
    page.wait_for_timeout(900)


def _asked(page: Page) -> tuple[str, str]:
    """Code and last digits of a case that waits for its citizen's word, from a caller's card."""
    if not _known:
        base = _address(page, "")
        _sign_in(page, base, "feedback")
        page.goto(f"{base}/desk/feedback/")
        next_call(page)
        number = page.locator("a[href^='tel:+']").first.get_attribute("href") or ""
        code = page.locator("form.outcome input[name=code]").get_attribute("value") or ""
        page.locator("form[action$='/feedback/release/'] button").click()
        page.context.clear_cookies()
        _known.extend((code, number[-4:]))
    return _known[0], _known[1]


def _address(page: Page, path: str) -> str:
    return "/".join(page.url.split("/")[:3]) + path


_known: list[str] = []

SCREENS = (
    Screen(name="home", path="/"),
    Screen(name="report", path="/report/", full_page=True),
    Screen(name="track", path="/track/"),
    Screen(name="story", path="/track/", prepare=story, full_page=True),
    Screen(name="answer", path="/track/", prepare=answer, full_page=True),
    Screen(name="mine", path="/mine/"),
    Screen(name="sign-in", path="/desk/login/"),
    Screen(name="console", path="/desk/console/", account="operator", prepare=ringing),
    Screen(name="inbox", path="/desk/inbox/", account="executive"),
    Screen(
        name="case", path="/desk/inbox/", account="executive", prepare=first_case, full_page=True
    ),
    Screen(
        name="search", path="/desk/search/", account="operator", prepare=results, full_page=True
    ),
    Screen(name="feedback", path="/desk/feedback/", account="feedback"),
    Screen(name="field", path="/desk/field/", account="inspector"),
    Screen(
        name="visit", path="/desk/field/", account="inspector", prepare=first_visit, full_page=True
    ),
    Screen(name="head", path="/desk/head/", account="head", full_page=True),
    Screen(name="mayor", path="/desk/head/", account="mayor", full_page=True),
    Screen(
        name="call", path="/desk/feedback/", account="feedback", prepare=next_call, full_page=True
    ),
    Screen(name="account", path="/desk/account/", account="operator", full_page=True),
    Screen(
        name="second-factor",
        path="/desk/account/",
        account="operator",
        prepare=second_factor,
        full_page=True,
    ),
    Screen(name="undelivered", path="/desk/undelivered/", account="centre"),
    Screen(name="person", path="/desk/staff/", account="admin", prepare=first_person),
    Screen(name="point", path="/desk/head/", account="head", prepare=first_point),
    Screen(name="simulator", path="/desk/simulator/", account="centre"),
    Screen(name="outbox", path="/dev/outbox/"),
    Screen(name="ranking", path="/desk/ranking/", account="mayor"),
    Screen(name="organisation", path="/desk/organisation/", account="admin"),
    Screen(name="staff", path="/desk/staff/", account="admin"),
    Screen(name="policy", path="/desk/policy/", account="mayor", full_page=True),
)


def main(base: str, only: set[str]) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    chosen = [s for s in SCREENS if not only or s.name in only]
    with sync_playwright() as playwright:
        chrome = next((p for p in ("/usr/bin/chromium",) if Path(p).exists()), None)
        browser = playwright.chromium.launch(executable_path=chrome, args=FLAGS)
        for done, screen in enumerate(chosen, 1):
            print(f"[{done}/{len(chosen)}] {screen.name}", flush=True)
            for width in WIDTHS:
                for scheme in SCHEMES:
                    _take(browser, base, screen, width, scheme)
        browser.close()


def _take(browser: Browser, base: str, screen: Screen, width: str, scheme: str) -> None:
    with _opened(browser, width, scheme) as page:
        if screen.account:
            _sign_in(page, base, screen.account)
        page.goto(base + screen.path, wait_until="load")
        page.wait_for_timeout(700)
        if screen.prepare:
            screen.prepare(page)
        path = SHOTS / f"{screen.name}-{width}-{scheme}.png"
        page.screenshot(path=path, full_page=screen.full_page)
        _shrink(path)


def _shrink(path: Path) -> None:
    """Flat colours need no more than 256 of them."""
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(256).save(path, optimize=True)


@contextmanager
def _opened(browser: Browser, width: str, scheme: str) -> Iterator[Page]:
    across, down = WIDTHS[width]
    settings: dict[str, Any] = {
        "viewport": {"width": across, "height": down},
        "color_scheme": scheme,
        "locale": "fa-IR",
        "timezone_id": "Asia/Tehran",
    }
    context = browser.new_context(**settings)
    yield context.new_page()
    context.close()


def _sign_in(page: Page, base: str, account: str) -> None:
    from_demo = (ROOT / "peygir" / "demo" / "cast.py").read_text(encoding="utf-8")
    found = re.search(r'PASSWORD.*=\s*"([^"]+)"', from_demo)
    assert found, "the demo's password is not where it was"
    page.goto(f"{base}/desk/login/")
    page.locator("input[name=username]").fill(account)
    page.locator("input[name=password]").fill(found[1])
    page.locator("form button[type=submit]").first.click()
    page.wait_for_timeout(900)


if __name__ == "__main__":
    given = sys.argv[1:]
    address = next((a for a in given if a.startswith("http")), "http://127.0.0.1:8000")
    main(address, {a for a in given if not a.startswith("http")})
