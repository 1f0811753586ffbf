"""Qom's whole cycle by keys alone, on a phone's width and on a desk's: both endings, two cycles.

The people are the demo's own accounts, made by what `./run` makes them with.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.test import Client

from peygir.cases.models import Case
from peygir.demo import cast, texts
from peygir.notices.models import Notice
from peygir.people.models import Call, Inspection
from peygir.policy.model import CityPolicy
from tests.fixtures import ROOT
from tests.journeys.keyboard import Keys

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.parametrize("size", [(360, 780), (1366, 768)], ids=["360", "1366"]),
]

CALLER = "09351112233"
EXTENSION = "201"
SECRET = "a-secret-of-the-exchange"
Sit = Callable[[str], Keys]


@pytest.fixture
def sit(
    browser: Any, live_server: Any, qom: CityPolicy, size: Any, settings: Any, tmp_path: Path
) -> Iterator[Sit]:
    """Sit down as somebody: `sit("operator")` signs in by keys, `sit("")` is a citizen."""
    settings.PEYGIR_PHOTO_DIR = tmp_path
    settings.PEYGIR_PHONE_SECRET = SECRET
    contexts: list[Any] = []
    words = texts.load(ROOT / "cities" / qom.name, qom)
    cast.hire(qom, words, at=datetime.now(UTC), rng=Random(137))

    def sit(who: str) -> Keys:
        context = browser.new_context(
            locale="fa-IR", viewport={"width": size[0], "height": size[1]}, base_url=live_server.url
        )
        contexts.append(context)
        keys = Keys(context.new_page())
        if who:
            keys.sign_in(live_server.url, who, cast.PASSWORD)
        return keys

    yield sit
    for context in contexts:
        context.close()


def only() -> Case:
    return Case.objects.get()


def take_call(operator: Keys) -> None:
    """The telephone rings at the operator's extension; what is said is typed and registered."""
    page = operator.page
    page.goto("/desk/account/")
    operator.write("[name=extension]", EXTENSION)
    operator.go("#preferences button")
    ring = {"event": "ring", "call_id": "137.1", "number": CALLER, "extension": EXTENSION}
    given = {"content_type": "application/json", "headers": {"X-Peygir-Secret": SECRET}}
    assert Client().post("/channels/phone/ring", ring, **given).status_code == 204
    page.goto("/desk/console/")
    page.wait_for_selector("#caller [data-call]")  # who calls is there
    page.wait_for_selector("#id_words:focus")
    page.keyboard.type("سه شب است زباله جمع نشده")
    page.wait_for_selector("#hints input[type=radio]")
    operator.to("#hints input[type=radio]")
    page.keyboard.press("Digit1")
    page.keyboard.press("F4")
    page.keyboard.type("خیابان گلستان، پلاک ۱۲")
    operator.choose("district", "3")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".panel.done")
    assert (only().unit, only().channel) == ("d3-services", "phone")


def file_result(keys: Keys) -> None:
    """From the inbox to the case, the result written, sent without the ten seconds."""
    code = only().code
    keys.page.goto("/desk/inbox/")
    keys.go(f"a[href*='/cases/{code}/']")
    keys.write("[name='report-result_text']", "زباله جمع و جای آن شسته شد")
    keys.press("[name='report-report_to_citizen__same']", "Space")
    keys.page.keyboard.press("Control+Enter")
    with keys.page.expect_navigation():
        keys.page.keyboard.press("Control+Enter")
    assert only().stage == "feedback"


def next_call(keys: Keys) -> None:
    keys.page.goto("/desk/feedback/")
    keys.go("form[action$='/feedback/claim/'] button")
    keys.page.wait_for_selector(".call-card")


def is_dissatisfied(caller: Keys) -> None:
    """The citizen is called and says what is still wrong."""
    next_call(caller)
    caller.write("[name=objection_reason]", "هنوز همان است")
    caller.go("button[value=no]")
    assert only().stage == "special_follow_up"


def is_satisfied(caller: Keys) -> None:
    next_call(caller)
    caller.go("button[value=yes]")
    assert (only().stage, only().ending) == ("closed", "satisfied")


def says_no_on_the_web(citizen: Keys) -> None:
    """From a case's own page, which knows the citizen by now, to what is still wrong."""
    citizen.go("a[href$='/answer/']")
    citizen.choose("reason", "badly")
    citizen.write("[name=text]", "دوباره همان شد")
    citizen.go("main form button.main")
    assert only().stage == "special_follow_up"


def track(citizen: Keys) -> None:
    citizen.page.goto("/track/")
    citizen.write("[name=code]", only().code)
    with citizen.page.expect_navigation():
        citizen.page.keyboard.press("Enter")


def visit(keys: Keys, finding: str, outcome: str) -> None:
    """Down the form of a visit, up to the code if one is needed."""
    keys.choose("finding", finding)
    keys.write("[name=findings]", "محل دیده شد")
    keys.write("[name=statement]", "شهروند خودش آمد")
    keys.choose("outcome", outcome)


def open_visit(keys: Keys) -> None:
    keys.page.goto("/desk/field/")
    keys.go(f"a[href*='/field/{only().code}/']")


def is_not_confirmed(inspector: Keys) -> None:
    """The inspector finds nothing done: the same case goes back, as its next cycle."""
    cycle = only().cycle
    open_visit(inspector)
    visit(inspector, "not_done", "not_confirmed")
    inspector.go("#visit button.main")
    inspector.page.wait_for_selector("[data-queue-count][data-count='0']")
    assert (only().stage, only().cycle) == ("execution", cycle + 1)


def is_confirmed(inspector: Keys) -> None:
    """The citizen confirms at the place with the code that their own telephone was sent."""
    open_visit(inspector)
    inspector.press("[data-code-form] button")
    inspector.page.wait_for_selector("[data-code-words]:not(:empty)")
    visit(inspector, "done", "confirmed")
    sent = Notice.objects.filter(template="sms.otp", case_id=only().pk).latest("made_at")
    inspector.write("#visit [name=otp]", str(sent.params["otp"]))
    inspector.go("#visit button.main")
    inspector.page.wait_for_selector("[data-queue-count][data-count='0']")
    assert (only().stage, only().ending) == ("closed", "confirmed_in_field")


def report(keys: Keys) -> None:
    """The report page from its first field to the code, as on a phone with a keyboard."""
    page = keys.page
    page.goto("/report/")
    keys.write("[name=words]", "سه شب است زباله جمع نشده")
    page.wait_for_selector("#suggestions input[value=W01]")
    keys.choose("suggested", "W01")
    keys.write("[name=address]", "خیابان گلستان، پلاک ۱۲")
    keys.choose("district", "3")
    keys.write("[name=phone]", "09123456789")
    keys.go("main form[data-report] button.main")
    page.wait_for_selector(".panel .code")


@pytest.mark.requirement("Q3", "Q5", "Q6", "Q7", "Q8", "Q9")
def test_a_call_goes_round_twice_and_closes_with_the_citizens_word(sit: Sit) -> None:
    take_call(sit("operator"))
    executive, caller = sit("executive"), sit("feedback")
    file_result(executive)
    is_dissatisfied(caller)
    is_not_confirmed(sit("inspector"))
    file_result(executive)
    is_satisfied(caller)
    assert only().cycle == 2
    assert Call.objects.filter(direction="out", outcome="reached").count() == 2
    assert Inspection.objects.count() == 1


@pytest.mark.requirement("Q3", "Q6", "Q7", "Q8")
def test_a_caller_whom_nobody_reaches_confirms_at_the_place(sit: Sit) -> None:
    take_call(sit("operator"))
    file_result(sit("executive"))
    caller = sit("feedback")
    next_call(caller)
    caller.go("button[value=no_answer]")  # by hand: nobody answers; the case waits for its time
    assert Call.objects.get(direction="out").outcome == "no_answer"
    assert only().stage == "feedback"
    citizen = sit("")
    track(citizen)
    citizen.write("[name=last4]", CALLER[-4:])
    with citizen.page.expect_navigation():
        citizen.page.keyboard.press("Enter")
    says_no_on_the_web(citizen)
    is_confirmed(sit("inspector"))


@pytest.mark.requirement("Q6", "Q7")
def test_a_caller_enters_by_hand_that_the_citizen_is_satisfied(sit: Sit) -> None:
    report(sit(""))
    file_result(sit("executive"))
    is_satisfied(sit("feedback"))


@pytest.mark.requirement("Q8", "Q9")
def test_a_report_from_the_web_goes_round_twice_and_closes_with_the_citizens_code(sit: Sit) -> None:
    citizen, executive, inspector = sit(""), sit("executive"), sit("inspector")
    report(citizen)
    otp = Notice.objects.get(template="sms.otp").params["otp"]
    citizen.write("[name=otp]", otp)
    with citizen.page.expect_navigation():
        citizen.page.keyboard.press("Enter")
    file_result(executive)
    track(citizen)
    says_no_on_the_web(citizen)
    is_not_confirmed(inspector)
    file_result(executive)
    is_dissatisfied(sit("feedback"))
    is_confirmed(inspector)
    assert Inspection.objects.count() == 2
