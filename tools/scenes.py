"""What the people of a demo did before a picture; played again, a scene adds nothing."""

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page

from tools.town import Town, press, typed

REPLAY_MS = 300_000
#: Whom the letters go to, one after the other: codes of outside bodies.
LIST_WAITS = 40  # of two seconds each
BODIES = ("police", "environment", "governorate")
#: What a scene found out for the hands: code and last digits of a case that waits for its citizen.
KNOWN: dict[str, str] = {}


def somebody_is_asked(town: Town) -> None:
    """A case that waits for its citizen's word, from a caller's card."""
    if KNOWN:
        return
    with town.page("feedback") as page:
        page.goto(f"{town.base}/desk/feedback/")
        if page.locator("form[action$='/feedback/claim/'] button").count():
            press(page, "form[action$='/feedback/claim/'] button")
        number = page.locator("a[href^='tel:+']").first.get_attribute("href") or ""
        code = page.locator("form.outcome input[name=code]").get_attribute("value") or ""
        press(page, "form[action$='/feedback/release/'] button")
    KNOWN.update(code=code, last4=number[-4:])


def shifts_are_entered(town: Town) -> None:
    """Two posts for each day of the week, and a note."""
    with town.page("centre") as page:
        page.goto(f"{town.base}/desk/shifts/")
        if page.locator("button[value^='remove:']").count():
            return
        posts = page.locator("#id_post option").evaluate_all("all => all.map((o) => o.value)")
        for day in range(7):
            for post, first, last in zip(posts, (7, 15), (15, 23), strict=False):
                for name, value in (("post", post), ("day", day), ("from", first), ("to", last)):
                    page.locator(f"select[name={name}]").select_option(str(value))
                press(page, "button[value=add]")
        page.locator("textarea[name=text]").fill(
            "آبگرفتگی زیرگذر شهدا هنوز باز است؛ به تماس‌های آن بگویید اکیپ در راه است."
        )
        press(page, "form[action$='/shifts/note/'] button")


def answers_are_drawn(town: Town) -> None:
    with town.page("feedback") as page:
        page.goto(f"{town.base}/desk/quality/")
        if page.locator("form[action$='/draw/'] button").count():
            press(page, "form[action$='/draw/'] button")


def erasure_is_asked_for(town: Town) -> None:
    """A closed case whose words somebody wants to be gone, and that waits for a second person."""
    with town.page("mayor") as page:
        page.goto(f"{town.base}/desk/erasures/")
        if page.locator("form[action$='/withdraw/']").count():
            return
        page.goto(f"{town.base}/desk/analysis/rows/?closed=1")
        code = re.search(r"/cases/(\d{12})/", page.content())
        if code is None:
            raise LookupError("no closed case is found")
        page.goto(f"{town.base}/desk/erasures/")
        page.locator("input[name=code]").fill(code[1])
        page.locator("input[name=reason]").first.check(force=True)
        press(page, "form[action$='/erasures/ask/'] button")


def claims_are_inspected(town: Town) -> None:
    """The week's list, a few of whose claims were looked at; one of them is false."""
    with town.page("inspector") as page:
        page.goto(f"{town.base}/desk/analysis/inspections/")
        for wait in range(2 * LIST_WAITS):  # the worker draws it from what the log says next
            if page.locator("#waiting .claim").count():
                break
            if wait == LIST_WAITS:  # no week's own list: ask for one
                page.locator("#list details").evaluate("one => one.open = true")
                press(page, "#list form button")
            page.wait_for_timeout(2000)
            page.reload()
        else:
            return
        for finding in ("held", "held", "false", "held")[page.locator("#found .claim").count() :]:
            row = page.locator("#waiting .claim").last
            row.locator("summary").click()
            row.locator(f"input[value={finding}]").check(force=True)
            with page.expect_navigation():
                row.locator("form button").click()


def policy_is_drafted(town: Town) -> None:
    """A version that takes force unit by unit, one that waits for a second person, one replayed."""
    now = datetime.now(UTC).date()
    with town.page("centre") as page, town.page("mayor") as mayor:
        page.goto(f"{town.base}/desk/policy/drafts/")
        if page.locator("main li.item").count() >= 3:
            return
        path = _draft(page, town, "services", "20")
        page.locator("input[name=how][value=units]").dispatch_event("click")
        page.locator("form[action$='/plan/'] summary").click()
        page.locator("#id_unit-d3").fill(typed(now - timedelta(days=6)))
        page.locator("#id_unit-d5").fill(typed(now + timedelta(days=8)))
        press(page, "form[action$='/plan/'] button")
        press(page, "form[action$='/propose/'] button")
        mayor.goto(path)
        press(mayor, "form[action$='/approve/'] button")
        page.wait_for_timeout(4000)  # until every process knows the new version
        page.goto(f"{town.base}/desk/console/")
        _say(page, "سه شب است زباله جمع نشده", "خیابان گلستان، پلاک ۱۲")
        press(page, "button[value=register]")
        _draft(page, town, "technical_civil", "36")
        _replay(page)
        press(page, "form[action$='/propose/'] button")
        _draft(page, town, "services", "12")
        _replay(page)


def _draft(page: Page, town: Town, which: str, hours: str) -> str:
    """Begin a draft that gives a class other hours; the page is left on it."""
    page.goto(f"{town.base}/desk/policy/drafts/")
    press(page, "form[action$='/begin/'] button")
    path = page.url.split("#")[0]
    page.goto(f"{path}change/classes/")
    page.locator(f"#id_due-{which}").fill(hours)
    press(page, "main form.card button")
    return path


def _replay(page: Page) -> None:
    press(page, "form[action$='/replay/ask/'] button")
    page.wait_for_selector(".headline", timeout=REPLAY_MS)


def something_urgent(town: Town) -> None:
    """Two messages of the urgent lane: one seen with a crew on its way, one just registered."""
    told = (
        ("سیم برق روی پیاده‌رو افتاده و جرقه می‌زند", "چهارباغ بالا، نبش کوچهٔ ۱۲"),
        ("دریچهٔ جوی نیست و دیشب یک نفر در آن افتاده", "خیابان کاوه، جنب مدرسه"),
    )
    with town.page("dispatcher") as wall, town.page("operator") as page:
        wall.goto(f"{town.base}/desk/operations/")
        if wall.locator(".urgent-item.unseen").count():
            return
        for words, address in told:
            page.goto(f"{town.base}/desk/console/")
            _say(page, words, address)
            page.locator("input[name=urgent]").nth(1).dispatch_event("click")
            page.wait_for_timeout(900)
            press(page, "button[value=register]")
            if words == told[0][0]:
                wall.goto(f"{town.base}/desk/operations/")
                _send_crew(wall)


def _say(page: Page, words: str, address: str) -> None:
    """On the console: a whole message, up to its registration."""
    page.locator("input[name=phone]").first.fill("۰۹۱۲۰۰۰۰۱۳۷")
    page.locator("textarea[name=words]").first.fill(words)
    page.wait_for_selector("#hints input[type=radio]")
    page.locator("#hints input[type=radio]").first.dispatch_event("click")
    page.locator("input[name=address]").fill(address)
    page.locator("select[name=district]").select_option("3")
    page.wait_for_timeout(900)


def _send_crew(wall: Page) -> None:
    own = wall.locator(".urgent-item.unseen").first
    name = own.get_attribute("id")
    own.locator("form[data-act] button").first.click()
    wall.wait_for_selector(f"#{name}:not(.unseen)")
    acts = wall.locator(f"#{name} details.act")
    if acts.count():
        acts.first.locator("summary").click()
        acts.first.locator("textarea").first.fill("گروه برق، خودرو ۲۱")
        acts.first.locator("form button").click()
        wall.wait_for_timeout(1500)


def letters_are_written(town: Town) -> None:
    """Three letters: one answered, one sent, one that waits for a signature."""
    with town.page("letters") as page, town.page("centre") as centre:
        page.goto(f"{town.base}/desk/letters/")
        if page.locator("#register .inbox-row").count() >= 3:
            return
        for number in range(3):
            page.goto(f"{town.base}/desk/letters/")
            page.locator("#waits a.button").nth(number).click()
            page.wait_for_selector("#id_to")
            page.locator("#id_to").select_option(f"body:{BODIES[number]}")
            press(page, "main form button.main")
            if number == 2:
                return
            centre.goto(page.url)
            press(centre, "form[action$='/sign/'] button")
            page.reload()
            press(page, "form[action$='/send/'] button")
            if number == 0:
                page.locator("#id_theirs").fill("۱۲/۴۵۶")
                page.locator("#id_dated").fill(typed(datetime.now(UTC).date()))
                page.locator("#id_reply_text").fill("اصلاح شبکه تا پایان هفته انجام می‌شود.")
                press(page, "#reply button.main")


def words_are_drafted(town: Town) -> None:
    """Words for the social networks that wait for somebody else's approval."""
    with town.page("social") as page:
        page.goto(f"{town.base}/desk/social/")
        links = page.locator(".row-title a").all()
        for path in [link.get_attribute("href") for link in links][:2]:
            page.goto(f"{town.base}{path}")
            field = page.locator("#id_post_draft")
            if not field.count():
                continue
            if not field.input_value().strip():
                field.fill("شهروندی از مشکلی در یکی از معابر منطقه خبر داده است؛ پیگیر آن هستیم.")
            press(page, "#draft form button")


def council_is_invited(town: Town) -> None:
    with town.page("centre") as page:
        page.goto(f"{town.base}/desk/letters/")
        links = page.locator("#waits a[href*='/cases/']").all()
        for path in [link.get_attribute("href") for link in links][:3]:
            page.goto(f"{town.base}{path}")
            if page.locator("form[action$='/council/invite/'] option[value=council-1]").count():
                choice = page.locator("form[action$='/council/invite/'] select")
                choice.select_option("council-1")
                press(page, "form[action$='/council/invite/'] button")


def plan_is_written(town: Town) -> None:
    """A version with a comment; it stays a draft."""
    with town.page("centre") as page, town.page("deputy") as deputy:
        page.goto(f"{town.base}/desk/crisis/plans/storm/")
        if page.locator("section.card").count():
            return
        press(page, "form:has(input[value=begin]) button")
        page.locator("textarea[name=text]").first.fill(
            "۱. مرکز ۱۳۷ با سه نوبت کامل کار می‌کند و تماس‌ها با فرم کوتاه ثبت می‌شود.\n"
            "۲. گزارش‌های یک رویداد در یک پرونده جمع می‌شود و به همهٔ گزارش‌دهندگان یک پیامک می‌رود.\n"
            "۳. زیرگذرها و حاشیهٔ رودخانه هر دو ساعت بازدید می‌شود.\n"
            "۴. سخنگو: رئیس مرکز؛ خبر هر چهار ساعت در درگاه شهروندان به‌روز می‌شود."
        )
        press(page, "form:has(input[value=write]) button")
        deputy.goto(page.url)
        deputy.locator("#id_comment").fill(
            "شمارهٔ ستاد بحران استان هم در متن پیامک بیاید تا تماس‌ها تقسیم شود."
        )
        press(deputy, "form:has(input[value=comment]) button")


def crisis_is_asked_for(town: Town) -> None:
    with town.page("centre") as page:
        page.goto(f"{town.base}/desk/crisis/")
        if not page.locator("#crisis-live form").count():
            press(page, "form[action*='/crisis/ask/'] button")


def crisis_is_on(town: Town) -> None:
    with town.page("deputy") as page:
        page.goto(f"{town.base}/desk/crisis/")
        if page.locator("form[action$='/confirm/'] button").count():
            press(page, "form[action$='/confirm/'] button")
    with town.page("centre") as page, town.page("executive") as unit:
        page.goto(f"{town.base}/desk/crisis/")
        page.locator("#crisis-live a.button").first.click()
        page.wait_for_selector("form[action$='/group/']")
        unit.goto(f"{town.base}/desk/inbox/")
        link = unit.locator("main a[href*='/cases/']").first.get_attribute("href") or ""
        page.locator("form[action$='/group/'] input[name=code]").fill(link.split("/cases/")[1][:12])
        page.locator("form[action$='/group/'] input[value=all]").dispatch_event("click")
        press(page, "form[action$='/group/'] button")
        if page.locator("form[action$='/pause/'] button").count():
            press(page, "form[action$='/pause/'] button")
            page.wait_for_url("**/runs/*/")  # not so when it was refused
        page.wait_for_timeout(5000)  # the worker merges and stops clocks


def crisis_is_over(town: Town) -> None:
    with town.page("centre") as page:
        page.goto(f"{town.base}/desk/crisis/")
        if page.locator("form[action$='/off/'] button").count():
            press(page, "form[action$='/off/'] button")


def manager_has_mail(town: Town) -> None:
    """A message that is not simulated: only such ones are handed to the office automation."""
    with town.page("operator") as page:
        page.goto(f"{town.base}/desk/console/")
        _say(page, "سه شب است زباله جمع نشده", "بلوار وکیل‌آباد، نبش کوچهٔ ۲۰")
        press(page, "button[value=register]")
        page.wait_for_timeout(5000)  # the worker tells the other side
