"""The operator console: who calls, what is wrong, is it known already."""

from datetime import UTC, datetime, timedelta

import pytest

from peygir.boards import callers
from peygir.cases.models import Case
from peygir.ledger.ids import new_id
from peygir.notices.models import Notice
from peygir.people.models import Call, Citizen, Paper, Reporter
from tests.city import PHONE, Make
from tests.desk.people import signed_in, soup

pytestmark = pytest.mark.django_db
CONSOLE = "/desk/console/"
WORDS = "چالهٔ بزرگ جلوی مدرسه"


def now(**back: float) -> datetime:
    return datetime.now(UTC) - timedelta(**back)


def typed(**more: str) -> dict[str, str]:
    given = {
        "phone": "۰۹۱۲۳۴۵۶۷۸۹",
        "name": "مریم",
        "words": WORDS,
        "category": "C01",
        "district": "3",
        "address": "خیابان گلستان، پلاک ۱۲",
        "kind": "request",
        "channel": "phone",
    }
    return given | {"do": "register"} | more


@pytest.mark.requirement("Q3")
def test_a_call_becomes_a_case_with_a_code_on_the_screen(story: Make) -> None:
    story(at=now(hours=1))
    client = signed_in("reception-1")
    assert client.post(CONSOLE, typed())["Location"] == CONSOLE
    case = Case.objects.latest("id")
    assert (case.unit, case.channel, case.kind) == ("d3-civil", "phone", "request")
    page = soup(client.get(CONSOLE))
    assert f"/desk/cases/{case.code}/" in page
    assert 'data-draft-done="console"' in page
    assert case.code not in soup(client.get(CONSOLE))


def test_anonymous_callers_and_letters_are_registered(story: Make) -> None:
    story(at=now(hours=1))
    client = signed_in("reception-1")
    form = typed(phone="", anonymous="1", channel="letter", kind="criticism")
    assert client.post(CONSOLE, form).status_code == 302
    case = Case.objects.latest("id")
    assert (case.channel, case.kind) == ("letter", "criticism")
    assert Reporter.objects.get(case_id=case.pk).citizen is None


def test_a_subject_picked_from_the_full_list_goes_before_a_suggestion(story: Make) -> None:
    story(at=now(hours=1))
    signed_in("reception-1").post(CONSOLE, typed(category_other="W01"))
    assert Case.objects.latest("id").category == "W01"


def test_a_district_in_the_address_is_understood(story: Make) -> None:
    story(at=now(hours=1))
    signed_in("reception-1").post(CONSOLE, typed(district="", address="منطقهٔ ۵، خیابان امام"))
    assert Case.objects.latest("id").unit == "d5-civil"


def test_without_subject_reception_sorts_it(story: Make) -> None:
    story(at=now(hours=1))
    signed_in("reception-1").post(CONSOLE, typed(category="", district="", address=""))
    assert Case.objects.latest("id").stage == "reception"


@pytest.mark.parametrize(
    "wrong",
    [
        {"words": ""},
        {"words": "ا" * 3000},
        {"phone": "12"},
        {"phone": ""},
        {"address": "ن" * 600},
    ],
)
def test_what_is_wrong_is_named_and_everything_typed_stays(
    story: Make, wrong: dict[str, str]
) -> None:
    story(at=now(hours=1))
    answer = signed_in("reception-1").post(CONSOLE, typed(**wrong))
    page = soup(answer)
    assert answer.status_code == 422
    assert f'href="#id_{next(iter(wrong))}"' in page
    assert "مریم" in page
    assert Case.objects.count() == 1


@pytest.mark.parametrize("junk", ["\x00", "‮" * 50, "-" * 4000, "😀", "99999999999999999999"])
def test_hostile_values_never_break_it(story: Make, junk: str) -> None:
    story(at=now(hours=1))
    client = signed_in("reception-1")
    form = dict.fromkeys(typed(), junk) | {"lat_e6": junk, "lon_e6": junk, "objection_reason": junk}
    for do in (
        "register",
        "look",
        "hints",
        f"join:{junk}",
        f"object:{junk}",
        f"place:{junk}",
        junk,
    ):
        assert client.post(CONSOLE, form | {"do": do}).status_code < 500
    for part in ("caller/", "hints/"):
        assert client.post(CONSOLE + part, form).status_code == 200
    assert client.get(f"{CONSOLE}calls/?seen=x").status_code == 204


@pytest.mark.requirement("Q3", "T10")
def test_a_status_call_is_answered_without_a_key(story: Make) -> None:
    it = story(at=now(hours=1))
    page = soup(signed_in("reception-1").post(f"{CONSOLE}caller/", {"phone": "09123456789"}))
    assert 'class="script"' in page
    assert it.case.code[:6] in page
    assert "خیابان گلستان، پلاک ۱۲" in page
    assert 'data-key="F8"' in page
    assert 'data-key="F9"' in page


@pytest.mark.parametrize("moved", ["report", "special", "closed", "late"])
def test_the_script_says_how_the_newest_open_case_stands(story: Make, moved: str) -> None:
    it = story(at=now(hours=70 if moved == "late" else 30))
    if moved != "late":
        it.report()
    if moved == "special":
        it.dissatisfied()
    if moved == "closed":
        it.satisfied()
    page = soup(signed_in("reception-1").post(f"{CONSOLE}caller/", {"phone": PHONE}))
    assert ('class="script"' in page) is (moved != "closed")


@pytest.mark.requirement("I9")
def test_a_complaint_about_the_open_case_is_recorded(story: Make) -> None:
    it = story(at=now(hours=1))
    client = signed_in("reception-1")
    empty = client.post(CONSOLE, typed(do=f"object:{it.case.code}", objection_reason=""))
    assert empty.status_code == 422
    form = typed(do=f"object:{it.case.code}", objection_reason="کسی نیامد")
    assert client.post(CONSOLE, form).status_code == 302
    assert Case.objects.get(pk=it.case.id).objections == 1


def test_hints_suggest_subjects_route_deadline_and_what_is_known(story: Make) -> None:
    it = story(at=now(hours=1))
    client = signed_in("reception-1")
    page = soup(client.post(f"{CONSOLE}hints/", typed(), HTTP_HX_REQUEST="true"))
    assert 'value="C01"' in page
    assert it.policy.organisation.units["d3-civil"].words.fa in page
    assert f"join:{it.case.code}" in page
    assert 'hx-swap-oob="innerHTML"' in page
    suggested = client.post(
        f"{CONSOLE}hints/", {"words": "زباله جمع نکرده"}, HTTP_HX_REQUEST="true"
    )
    assert 'value="W01"' in soup(suggested)


def test_joining_adds_the_caller_to_the_case_and_keeps_the_words(story: Make) -> None:
    it = story(at=now(hours=1))
    client = signed_in("reception-1")
    form = typed(phone="09351112233", do=f"join:{it.case.code}")
    assert client.post(CONSOLE, form).status_code == 302
    assert Case.objects.get(pk=it.case.id).reporters == 2
    assert Reporter.objects.filter(case_id=it.case.id).count() == 2
    assert Paper.objects.filter(case_id=it.case.id, kind="words").count() == 2
    assert it.case.code in soup(client.get(CONSOLE))
    told = Notice.objects.filter(template="sms.registered").latest("id")
    assert told.citizen_id == Citizen.objects.get(phone="+989351112233").pk
    nobody = typed(phone="", do=f"join:{it.case.code}")
    assert client.post(CONSOLE, nobody).status_code == 422


@pytest.mark.requirement("Q3")
def test_an_sms_is_promised_to_nobody_who_wants_none(story: Make) -> None:
    story(at=now(hours=1))
    client = signed_in("reception-1")
    client.post(CONSOLE, typed())
    assert "The caller gets it by SMS" in soup(client.get(f"/en{CONSOLE}"))
    Citizen.objects.update(wants_sms=False)
    client.post(CONSOLE, typed())
    assert "No SMS goes out" in soup(client.get(f"/en{CONSOLE}"))


def test_a_closed_case_cannot_be_joined(story: Make) -> None:
    it = story(at=now(hours=30))
    it.report()
    it.satisfied()
    answer = signed_in("reception-1").post(CONSOLE, typed(do=f"join:{it.case.code}"))
    assert answer.status_code == 409
    assert Reporter.objects.filter(case_id=it.case.id).count() == 1


def test_without_javascript_an_earlier_address_is_taken_by_a_button(story: Make) -> None:
    story(at=now(hours=1))
    page = soup(
        signed_in("reception-1").post(CONSOLE, typed(address="", district="", do="place:0"))
    )
    assert 'name="address" value="خیابان گلستان، پلاک ۱۲"' in page


def test_the_ringing_telephone_fills_the_page_of_its_extension_only(story: Make) -> None:
    story(at=now(hours=1))
    mine = signed_in("reception-1", extension="201")
    other = signed_in("reception-2", extension="202")
    call = Call.objects.create(
        id=new_id(), direction="in", phone=PHONE, extension="201", rang_at=now(seconds=3)
    )
    page = soup(mine.get(f"{CONSOLE}calls/"))
    assert f'data-call="{call.pk}"' in page
    assert "مریم رضایی" in page
    assert mine.get(f"{CONSOLE}calls/?seen={call.pk}").status_code == 204
    assert other.get(f"{CONSOLE}calls/").status_code == 204
    assert "data-live" in soup(mine.get(CONSOLE))


def test_a_call_that_was_never_hung_up_is_forgotten(story: Make) -> None:
    story(at=now(hours=1))
    Call.objects.create(
        id=new_id(), direction="in", phone=PHONE, extension="201", rang_at=now(hours=2)
    )
    assert callers.ringing("201", at=now()) is None
    assert callers.ringing("", at=now()) is None


def test_an_unknown_number_is_said_to_be_new(story: Make) -> None:
    story(at=now(hours=1))
    page = soup(signed_in("reception-1").post(f"{CONSOLE}caller/", {"phone": "09351112233"}))
    assert 'class="script"' not in page
    assert not Citizen.objects.filter(phone="+989351112233").exists()
