"""Referrals go out: whole, once each, whatever happens to the office automation."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from peygir.cases import acts, sweep
from peygir.cases.models import Case
from peygir.channels.office import contact, link
from peygir.channels.office.compose import without_numbers
from peygir.channels.office.models import Handed
from peygir.channels.office.push import push
from peygir.channels.office.reconcile import reconcile
from peygir.people import organisation, staffing
from peygir.people.contacts import Caller
from peygir.policy.model import CityPolicy
from tests.city import PHONE, filling, reported
from tests.office.driver import Automation

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.requirement("M1"),
]
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def drain(at: datetime) -> None:
    """Push until nothing more goes."""
    while push(at=at):
        pass


def waiting() -> int:
    return sum(h.version > h.delivered for h in Handed.objects.all())


@pytest.mark.requirement("M6", "M7")
def test_a_referral_lies_at_once_in_the_managers_inbox(
    automation: Automation, city: CityPolicy, at: datetime
) -> None:
    words = "چالهٔ عمیق روبه‌روی مدرسه، تماس: ۰۹۱۲ ۳۴۵ ۶۷۸۹"
    case = reported(city, at=at, words=words).case
    assert push(at=at) == 1
    (card,) = automation.state()["cards"].values()
    body = card["body"]
    assert body["post"]["code"] == "d3-civil-head"
    assert body["personnel_numbers"] == ["1001"]
    assert body["accepts"] == ["answer", "forward", "return", "acknowledge", "delegate"]
    assert datetime.fromisoformat(body["due_at"]) - datetime.fromisoformat(
        body["opened_at"]
    ) == timedelta(hours=72)
    told = body["case"]
    assert (told["code"], told["district"], told["subject"]["code"]) == (case.code, 3, "C01")
    assert told["text"].startswith("چالهٔ عمیق روبه‌روی مدرسه")
    assert body["link"].endswith(f"/desk/cases/{case.code}/")


@pytest.mark.requirement("M5")
def test_who_answers_for_a_post_now_is_told_of_what_lies_there(
    automation: Automation, city: CityPolicy, managers: Any, at: datetime
) -> None:
    reported(city, at=at)
    drain(at)
    until = at + 2 * DAY
    given = {"post": "d3-civil-head", "staff_id": managers["1004"].pk, "since": at, "until": until}
    boss = organisation.actor_of(managers["1001"], at=at)
    staffing.delegate(policy=city.digest, actor=boss, at=at, **given)
    drain(at)
    (card,) = automation.state()["cards"].values()
    assert "1004" in card["body"]["personnel_numbers"]
    assert card["version"] == 2
    assert len(automation.state()["made"]) == 1


def test_no_telephone_name_or_address_of_the_citizen_leaves(
    automation: Automation, city: CityPolicy, at: datetime
) -> None:
    caller = Caller(phone=PHONE, name="مریم رضایی")
    reported(city, at=at, words="شمارهٔ من 0912-345-6789 است", caller=caller)
    drain(at)
    said = str(automation.state()["cards"])
    for personal in ("912", "۹۱۲", "مریم", "گلستان"):
        assert personal not in said, personal


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("پلاک ۱۲، طبقهٔ ۳", "پلاک ۱۲، طبقهٔ ۳"),
        ("از ساعت ۲۲ تا ۲۴، ۱۴۰۵/۰۸/۳۰", "از ساعت ۲۲ تا ۲۴، ۱۴۰۵/۰۸/۳۰"),
        ("+98 (912) 345-6789 زنگ بزنید", "▒▒▒ زنگ بزنید"),
        ("٠٩١٢٣٤٥٦٧٨٩", "▒▒▒"),
        ("کد ملی ۰۰۱۲۳۴۵۶۷۸", "کد ملی ▒▒▒"),
    ],
)
def test_numbers_that_may_be_somebodys_are_hidden(text: str, shown: str) -> None:
    assert without_numbers(text) == shown


FAULTS = ["down", "slow", "http_500", "loses_answer", "redirect", "huge", "refuses"]


@pytest.mark.parametrize("fault", FAULTS)
def test_under_every_fault_nothing_is_lost_and_nothing_comes_twice(
    automation: Automation,
    city: CityPolicy,
    at: datetime,
    fault: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(link, "READ_S", 0.2)
    cases = [reported(city, at=at).case for _ in range(3)]
    automation.fault(fault)
    for hour in range(3):
        push(at=at + hour * HOUR)
    if fault in ("huge", "redirect"):
        assert waiting() == 3
    automation.fault("")
    drain(at + DAY)
    assert waiting() == 0
    state = automation.state()
    handed = {str(h.id): h for h in Handed.objects.all()}
    assert {h.case_id for h in handed.values()} == {case.id for case in cases}
    assert sorted(state["made"]) == sorted(handed)
    assert set(state["keys"]) <= {f"{i}:{h.version}" for i, h in handed.items()}


def test_a_day_without_the_office_automation_loses_and_doubles_nothing(
    automation: Automation, city: CityPolicy, managers: Any, at: datetime
) -> None:
    first = reported(city, at=at).case
    drain(at)
    automation.fault("down")
    made = [reported(city, at=at + n * HOUR).case for n in range(24)]
    for minute in range(0, 24 * 60, 10):
        push(at=at + timedelta(minutes=minute))
    _answered(city, first.id, at + 3 * HOUR)
    _answered(city, made[0].id, at + 4 * HOUR)
    assert contact.current().failures > 20
    assert waiting() == 25
    automation.fault("")
    drain(at + DAY + HOUR)
    assert waiting() == 0
    state = automation.state()
    told = {c["body"]["case"]["code"]: c["state"] for c in state["cards"].values()}
    assert len(state["made"]) == len(set(state["made"])) == len(told)
    assert told == {c.code: "open" for c in made[1:]} | {
        first.code: "closed",
        made[0].code: "closed",
    }


def _answered(city: CityPolicy, case_id: int, at: datetime) -> None:
    acts.act(
        policy=city,
        case_id=case_id,
        step="answer",
        actor=filling(city, "d3-civil-head"),
        at=at,
        texts={"answer_text": "ترمیم شد", "report_to_citizen": "ترمیم شد"},
    )


def test_what_was_over_before_they_heard_of_it_is_not_told(
    automation: Automation, city: CityPolicy, at: datetime
) -> None:
    case = reported(city, at=at).case
    _answered(city, case.id, at + HOUR)
    assert push(at=at + HOUR) == 0
    assert waiting() == 0
    assert automation.state()["cards"] == {}


@pytest.mark.requirement("M4", "M8")
def test_an_unanswered_referral_is_told_to_have_climbed(
    automation: Automation, handed: Handed, at: datetime
) -> None:
    late = at + timedelta(hours=72, minutes=1)
    sweep.drain(at=late)
    drain(late)
    cards = automation.state()["cards"]
    assert cards[str(handed.id)]["body"]["outcome"] == "climbed"
    assert cards[str(handed.id)]["body"]["case"]["text"] is None
    (above,) = automation.open_cards()
    assert cards[above]["body"]["post"]["code"] == "d3-mayor"
    assert cards[above]["body"]["personnel_numbers"] == ["1003"]


def test_a_worker_that_died_while_telling_is_followed_by_another(
    automation: Automation, city: CityPolicy, at: datetime
) -> None:
    reported(city, at=at)
    Handed.objects.update(lease_until=at + timedelta(minutes=15), attempts=1)
    assert push(at=at + timedelta(minutes=1)) == 0
    assert push(at=at + timedelta(minutes=16)) == 1
    assert push(at=at + timedelta(minutes=17)) == 0


def test_a_simulated_case_never_leaves(
    automation: Automation, city: CityPolicy, at: datetime
) -> None:
    reported(city, at=at, simulated=True)
    assert not Handed.objects.exists()


@pytest.mark.requirement("T7")
def test_a_complaint_about_an_official_never_leaves(
    automation: Automation, city: CityPolicy, at: datetime
) -> None:
    case = reported(city, at=at).case
    Handed.objects.all().delete()
    Case.objects.filter(pk=case.id).update(sealed=True, about_post="d5-mayor")
    sweep.drain(at=at + timedelta(hours=73))
    reconcile(at=at + timedelta(hours=73))
    assert Case.objects.get().post == "d3-mayor"
    assert not Handed.objects.exists()


def test_the_desks_of_the_centre_are_not_handed_over(
    automation: Automation, city: CityPolicy, at: datetime
) -> None:
    assert reported(city, at=at, category="", district=None).case.unit == "reception"
    assert not Handed.objects.exists()


def test_a_city_without_an_office_automation_hands_over_nothing(
    qom: CityPolicy, at: datetime
) -> None:
    reported(qom, at=at)
    assert not Handed.objects.exists()


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://gam.example.ir/api", True),
        ("http://127.0.0.1:8080", True),
        ("http://gam.example.ir", False),
        ("ftp://gam.example.ir", False),
        ("https://user:secret@gam.example.ir", False),
        ("https://gam.example.ir/?next=", False),
        ("//gam.example.ir", False),
        ("https://", False),
    ],
)
def test_only_an_https_address_is_trusted(address: str, safe: bool) -> None:
    assert link.is_safe(address) is safe


@pytest.mark.parametrize(
    ("url", "code"), [("", "not_configured"), ("http://gam.example.ir", "not_https")]
)
def test_without_a_safe_address_everything_waits(
    city: CityPolicy, managers: Any, settings: Any, at: datetime, url: str, code: str
) -> None:
    settings.PEYGIR_OFFICE_URL = url
    reported(city, at=at)
    assert push(at=at) == 0
    assert waiting() == 1
    assert contact.current().failure == code
