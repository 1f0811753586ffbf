"""Qom's whole cycle by keys alone, on a phone's width and on a desk's: both endings, two cycles."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from peygir.cases.models import Case
from peygir.notices.models import Notice
from peygir.people.models import Call, Inspection
from peygir.policy.model import CityPolicy
from tests.city import hire
from tests.journeys.keyboard import Keys

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.parametrize("size", [(360, 780), (1366, 768)], ids=["360", "1366"]),
]

PASSWORD = "a-long-password-137"
POSTS = {
    "operator": "reception-1",
    "executive": "d3-civil-expert",
    "caller": "feedback-1",
    "inspector": "special-follow-up-1",
}
Sit = Callable[[str], Keys]


@pytest.fixture
def sit(
    browser: Any, live_server: Any, qom: CityPolicy, size: Any, settings: Any, tmp_path: Path
) -> Iterator[Sit]:
    """Sit down as somebody: `sit("operator")` signs in by keys, `sit("")` is a citizen."""
    settings.PEYGIR_PHOTO_DIR = tmp_path
    contexts: list[Any] = []
    for username, post in POSTS.items():
        hire(username, post, password=PASSWORD)

    def sit(who: str) -> Keys:
        context = browser.new_context(
            locale="fa-IR", viewport={"width": size[0], "height": size[1]}, base_url=live_server.url
        )
        contexts.append(context)
        keys = Keys(context.new_page())
        if who:
            keys.sign_in(live_server.url, who, PASSWORD)
        return keys

    yield sit
    for context in contexts:
        context.close()


def only() -> Case:
    return Case.objects.get()


def file_result(keys: Keys) -> None:
    """From the inbox to the case, the result written, sent without the ten seconds."""
    code = only().code
    keys.page.goto("/desk/inbox/")
    keys.go(f"a[href*='/cases/{code}/']")
    keys.write("[name='report-result_text']", "آسفالت ترمیم شد")
    keys.press("[name='report-report_to_citizen__same']", "Space")
    keys.page.keyboard.press("Control+Enter")
    with keys.page.expect_navigation():
        keys.page.keyboard.press("Control+Enter")
    assert only().stage == "feedback"


def next_call(keys: Keys) -> None:
    keys.page.goto("/desk/feedback/")
    keys.go("form[action$='/feedback/claim/'] button")
    keys.page.wait_for_selector(".call-card")


def visit(keys: Keys, finding: str, outcome: str) -> None:
    """Down the form of a visit, up to the code if one is needed."""
    keys.choose("finding", finding)
    keys.write("[name=findings]", "محل دیده شد")
    keys.write("[name=statement]", "شهروند خودش آمد")
    keys.choose("outcome", outcome)


def open_visit(keys: Keys) -> None:
    keys.page.goto("/desk/field/")
    keys.go(f"a[href*='/field/{only().code}/']")


@pytest.mark.requirement("Q3", "Q5", "Q6", "Q7")
def test_a_call_is_registered_done_and_closed_with_the_citizens_word(sit: Sit) -> None:
    operator = sit("operator")
    page = operator.page
    page.keyboard.type("09351112233")  # the focus waits in the number
    page.keyboard.press("F2")
    page.keyboard.type("چالهٔ عمیق روبه‌روی مدرسه")
    page.wait_for_selector("#hints input[type=radio]")
    operator.to("#hints input[type=radio]")
    page.keyboard.press("Digit1")
    page.keyboard.press("F4")
    page.keyboard.type("خیابان گلستان، پلاک ۱۲")
    operator.choose("district", "3")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".panel.done")
    assert (only().unit, only().channel) == ("d3-civil", "phone")

    file_result(sit("executive"))

    caller = sit("caller")
    next_call(caller)
    caller.go("button[value=no_answer]")  # by hand: nobody answers; the case waits for its time
    assert Call.objects.get().outcome == "no_answer"
    assert only().stage == "feedback"


@pytest.mark.requirement("Q6", "Q7")
def test_a_caller_enters_by_hand_that_the_citizen_is_satisfied(sit: Sit) -> None:
    citizen = sit("")
    report(citizen)
    file_result(sit("executive"))
    caller = sit("caller")
    next_call(caller)
    caller.go("button[value=yes]")
    assert (only().stage, only().ending) == ("closed", "satisfied")


def report(keys: Keys) -> None:
    """The report page from its first field to the code, as on a phone with a keyboard."""
    page = keys.page
    page.goto("/report/")
    keys.write("[name=words]", "چاله وسط خیابان")
    page.wait_for_selector("#suggestions input[value=C01]")
    keys.choose("suggested", "C01")
    keys.write("[name=address]", "خیابان گلستان، پلاک ۱۲")
    keys.choose("district", "3")
    keys.write("[name=phone]", "09123456789")
    keys.go("main form[data-report] button.main")
    page.wait_for_selector(".panel .code")


@pytest.mark.requirement("Q8", "Q9")
def test_a_report_from_the_web_goes_round_twice_and_closes_with_the_citizens_code(sit: Sit) -> None:
    citizen, executive, inspector = sit(""), sit("executive"), sit("inspector")
    report(citizen)
    otp = Notice.objects.get(template="sms.otp").params["otp"]
    citizen.write("[name=otp]", otp)
    with citizen.page.expect_navigation():
        citizen.page.keyboard.press("Enter")
    file_result(executive)

    citizen.page.goto("/track/")
    citizen.write("[name=code]", only().code)
    with citizen.page.expect_navigation():
        citizen.page.keyboard.press("Enter")
    citizen.go("a[href$='/answer/']")
    citizen.choose("reason", "badly")
    citizen.write("[name=text]", "دوباره کنده شد")
    citizen.go("main form button.main")
    assert only().stage == "special_follow_up"

    open_visit(inspector)
    visit(inspector, "not_done", "not_confirmed")
    inspector.go("#visit button.main")
    inspector.page.wait_for_selector("[data-queue-count][data-count='0']")
    assert (only().stage, only().cycle) == ("execution", 2)

    file_result(executive)
    caller = sit("caller")
    next_call(caller)
    caller.write("[name=objection_reason]", "هنوز چاله هست")
    caller.go("button[value=no]")
    assert only().stage == "special_follow_up"

    open_visit(inspector)
    inspector.press("[data-code-form] button")
    inspector.page.wait_for_selector("[data-code-words]:not(:empty)")
    visit(inspector, "done", "confirmed")
    sent = Notice.objects.filter(template="sms.otp", case_id=only().pk).latest("made_at")
    inspector.write("#visit [name=otp]", str(sent.params["otp"]))
    inspector.go("#visit button.main")
    inspector.page.wait_for_selector("[data-queue-count][data-count='0']")
    assert (only().stage, only().ending) == ("closed", "confirmed_in_field")
    assert Inspection.objects.count() == 2
