"""What somebody does on a page before its picture; nothing that is kept, where possible."""

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from playwright.sync_api import Locator, Page

from peygir.witness.answer import Witness
from peygir.witness.memory import Memory
from peygir.witness.server import Server
from tools.scenes import KNOWN
from tools.town import press

CALLER = "۰۹۱۲۰۰۰۰۱۳۷"


def follow(page: Page, link: Locator) -> None:
    with page.expect_navigation():
        link.click()
    page.wait_for_timeout(700)


def first_case(page: Page) -> None:
    """Open the first case that the list shows."""
    follow(page, page.locator("main a[href*='/cases/']").first)


def first_visit(page: Page) -> None:
    """Open the first field visit of the list."""
    follow(page, page.locator("a[href*='/field/']:not([href$='/field/'])").first)


def next_call(page: Page) -> None:
    """Take the next call, or stay with the one already taken."""
    if page.locator("form[action$='/feedback/claim/'] button").count():
        press(page, "form[action$='/feedback/claim/'] button")


def first_person(page: Page) -> None:
    """Open the first person of the list."""
    follow(page, page.locator("main a[href*='/staff/']:not([href$='/add/'])").first)


def first_ranked(page: Page) -> None:
    """Ask why the first of the ranking is where it is."""
    follow(page, page.locator("tbody th a").first)


def first_point(page: Page) -> None:
    """Open the first point that the page shows."""
    follow(page, page.locator("a[href*='/points/']").first)


def said(page: Page, words: str) -> None:
    """Type a caller's number and words, as an operator would."""
    page.locator("input[name=phone]").first.fill(CALLER)
    page.locator("textarea[name=words]").first.fill(words)
    page.wait_for_timeout(1200)


def ringing(page: Page) -> None:
    said(page, "چاله عمیق روبه‌روی مدرسه")


def asked(page: Page) -> None:
    """A caller asks what the knowledge base answers."""
    said(page, "برق کوچه رفته")
    page.wait_for_selector("#answers details")
    page.keyboard.press("Alt+Digit1")
    page.wait_for_selector("#answers details[open]")


def urgent(page: Page) -> None:
    said(page, "سیم برق لخت از تیر آویزان است و بچه‌ها رد می‌شوند")
    page.locator("#hints input[type=radio]").first.dispatch_event("click")
    page.locator("input[name=urgent]").nth(1).dispatch_event("click")
    page.wait_for_timeout(1200)


def question(page: Page) -> None:
    """Ask the knowledge base as a citizen."""
    page.locator("main input[name=q]").fill("سگ ولگرد")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.wait_for_selector("details[open]")


def first_claim(page: Page) -> None:
    """Unfold the first claim of the list."""
    page.locator("#waiting .claim summary").first.click()


def results(page: Page) -> None:
    """Search as staff do: what is typed is sent in the body, never in the address."""
    page.locator("main input[name=q]").fill("آسفالت")
    page.locator("main form button").first.click()
    page.wait_for_timeout(900)


def second_factor(page: Page) -> None:
    """Begin to set up a second factor, or go on with it; it counts once a code is entered."""
    if page.locator("form:has(input[value=totp_start]) button").count():
        press(page, "form:has(input[value=totp_start]) button")


def story(page: Page) -> None:
    """Open a case as its reporter, who knows the last digits of their number."""
    page.goto(_address(page, f"/t/{KNOWN['code']}"))
    page.locator("input[name=last4]").fill(KNOWN["last4"])
    press(page, "main form button")


def answer(page: Page) -> None:
    """Go on to say that it is not fixed."""
    story(page)
    follow(page, page.locator("a[href$='/answer/']").first)


def newest_draft(page: Page) -> None:
    follow(page, page.locator("main li.item a").first)


def draft_before(page: Page) -> None:
    follow(page, page.locator("main li.item a").nth(1))


def change_of_draft(page: Page) -> None:
    newest_draft(page)
    follow(page, page.locator("a[href$='/change/classes/']").first)


def write_letter(page: Page) -> None:
    follow(page, page.locator("#waits a.button").first)


def first_letter(page: Page) -> None:
    follow(page, page.locator("#register .row-title a").first)


def drafted_words(page: Page) -> None:
    """The first track whose words wait for somebody else's approval."""
    for path in [link.get_attribute("href") for link in page.locator(".row-title a").all()]:
        page.goto(_address(page, path or ""))
        if page.locator("form[action$='/approve/']").count():
            return


def whole_story(page: Page) -> None:
    follow(page, page.locator("a[href$='/story/']").first)


def special_case(page: Page) -> None:
    follow(page, page.locator("#waits a[href*='/cases/']").first)


def crisis_work(page: Page) -> None:
    follow(page, page.locator("#crisis-live a.button").first)


def crisis_report(page: Page) -> None:
    follow(page, page.locator("main section:last-of-type a[href*='/crisis/']").first)


def complaint(page: Page) -> None:
    """A complaint about an official, up to who it is about."""
    press(page, "button[value=complaint_official]")
    page.locator("textarea[name=words]").fill(
        "برای پایان کار ساختمان سه بار مراجعه کردم و هر بار بی‌دلیل گفتند هفتهٔ بعد."
    )
    page.locator("#id_about_unit").select_option("d6-planning")
    press(page, "#card-about button[name=turn]")
    page.locator("input[name=about_post]").first.dispatch_event("click")


def complaint_sent(page: Page) -> None:
    complaint(page)
    press(page, "main form button.main")


def complaint_by_telephone(page: Page) -> None:
    page.locator("input[name=phone]").first.fill(CALLER)
    page.locator("select[name=kind]").select_option("complaint_official")
    page.wait_for_selector("#id_about_unit")
    page.locator("#id_about_unit").select_option("d6-planning")
    page.wait_for_timeout(900)
    page.locator("textarea[name=words]").first.fill("سه بار مراجعه کردم و پاسخ ندادند")
    page.wait_for_timeout(1200)


def busiest_body(page: Page) -> None:
    """The body to which most was handed over."""
    rows = page.locator("main tr:has(a[href*='/outside/'])").all()
    counts = [int("0" + row.locator("td.num").nth(3).inner_text().strip()) for row in rows]
    follow(page, rows[counts.index(max(counts))].locator("th a"))


def first_followed(page: Page) -> None:
    """Follow the first case that a list of public entries shows."""
    follow(page, page.locator("ol.log a[href*='case=']").first)


def receipt(page: Page) -> None:
    """Look up a receipt of the published lists."""
    page.locator("#id_code").fill(_receipt(page))
    press(page, "main form button.main")


def opening(page: Page) -> None:
    """Open what the leaf of a receipt hides."""
    page.locator("#id_leaf").fill(_receipt(page))
    press(page, "form[action$='openings/open/'] button")


def second_call(page: Page) -> None:
    """Take the next second call, or stay with the one already taken."""
    if page.locator("form[action$='/second/claim/'] button").count():
        press(page, "form[action$='/second/claim/'] button")


def witness(page: Page) -> None:
    """A newspaper's witness, shown the newest state of the city's log for the first time."""
    year = _year(page)
    keys = page.request.get(_address(page, "/log/vkeys.txt")).text().split()
    point = page.request.get(_address(page, f"/log/{year}/checkpoint")).body()
    with TemporaryDirectory() as folder:
        memory = Memory.begin(Path(folder) / "witness", "newspaper.example")
        memory.follow(keys[keys.index("checkpoint") + 1])
        with Server(("127.0.0.1", 0), Witness(memory), time.time) as server:
            thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
            thread.start()
            address = f"http://127.0.0.1:{server.server_address[1]}/"
            answer = page.request.post(f"{address}add-checkpoint", data=b"old 0\n\n" + point)
            if not answer.ok:
                raise LookupError(f"the witness says {answer.status}")
            page.goto(address, wait_until="load")
            server.shutdown()
            thread.join()


def _receipt(page: Page) -> str:
    """A receipt of this year's log, from the lists that everybody can read."""
    year = _year(page)
    for first in "0123456789ABCDEFGHJKMNPQRSTVWXYZ":
        listed = page.request.get(_address(page, f"/log/{year}/receipts/{first}0.txt"))
        if listed.ok:
            return listed.text().split()[0]
    raise LookupError("no receipt is listed yet")


def _year(page: Page) -> str:
    """The year of the public log that is written now."""
    path = page.request.get(_address(page, "/observatory/check/")).text()
    return path.split("/log/archives/log-")[1][:4]


def _address(page: Page, path: str) -> str:
    return "/".join(page.url.split("/")[:3]) + path
