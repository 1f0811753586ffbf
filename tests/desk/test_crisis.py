"""The switch for two people, the plan, what it does to cases, and the report after it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from peygir.boards import overlays as board
from peygir.cases import overlay_tasks, policies
from peygir.cases.models import Case, OverlayPlan, OverlayRun
from peygir.ledger.entry import SYSTEM
from peygir.policy.model import CityPolicy
from tests.city import NOON, reported
from tests.desk.people import signed_in, soup
from tests.fixtures import ROOT

pytestmark = pytest.mark.django_db

Browsers = dict[str, Client]


@pytest.fixture
def people(isfahan: CityPolicy) -> Browsers:
    roles = ("centre_head", "deputy", "council", "reception", "executive")
    posts = {
        role: next(p.code for p in isfahan.organisation.posts.values() if role in p.roles)
        for role in roles
    }
    return {role: signed_in(post) for role, post in posts.items()}


def switch_on(people: Browsers, **given: object) -> OverlayRun:
    head, deputy = people["centre_head"], people["deputy"]
    answer = head.post("/desk/crisis/ask/storm/", {"hours": "۴۸", **given})
    assert answer.status_code == 302, soup(answer)
    run = OverlayRun.objects.get(state="proposed")
    assert deputy.post(f"/desk/crisis/runs/{run.pk}/confirm/").status_code == 302
    run.refresh_from_db()
    return run


@pytest.mark.requirement("I13")
def test_two_people_switch_it_on_and_everybody_sees_it(people: Browsers) -> None:
    head, deputy = people["centre_head"], people["deputy"]
    page = soup(head.get("/desk/crisis/"))
    assert "توفان و آبگرفتگی" in page
    assert "/desk/crisis/ask/storm/" in page
    assert "/desk/crisis/ask/storm/" not in soup(deputy.get("/desk/crisis/"))
    head.post("/desk/crisis/ask/storm/", {"hours": "48", "districts": ["3", "5"]})
    run = OverlayRun.objects.get()
    confirm = f"/desk/crisis/runs/{run.pk}/confirm/"
    assert confirm in soup(deputy.get("/desk/crisis/live/"))
    assert confirm not in soup(head.get("/desk/crisis/live/"))
    assert head.post(confirm).status_code == 409
    assert deputy.post(confirm).status_code == 302
    for role in ("reception", "executive"):
        home = people[role].get("/desk/", follow=True)
        assert "گزارش‌های فوری اول رسیدگی می‌شود" in soup(home)
    polled = Client().get("/desk/banner/?seen=none")
    assert "توفان" in soup(polled)
    assert Client().get(f"/desk/banner/?seen={run.pk}").status_code == 204
    english = soup(people["reception"].get("/en/desk/console/"))
    assert "Storm and flooding" in english


@pytest.mark.requirement("I13")
def test_a_crisis_of_two_districts_says_so_to_staff_and_citizens(people: Browsers) -> None:
    switch_on(people, districts=["3", "5"])
    where = "محدوده: منطقهٔ ۳، منطقهٔ ۵."
    assert where in soup(people["reception"].get("/desk/console/"))
    for path in ("/", "/crisis/", "/desk/banner/?seen=none"):
        assert where in soup(Client().get(path)), path
    assert "It holds for: District 3, District 5." in soup(Client().get("/en/crisis/"))


def test_a_crisis_everywhere_names_no_place(people: Browsers) -> None:
    switch_on(people)
    assert "محدوده:" not in soup(Client().get("/crisis/"))


def test_a_banner_that_nothing_is_shown_in_asks_for_nothing(people: Browsers) -> None:
    assert Client().get("/desk/banner/?seen=none").status_code == 204
    assert 'id="crisis-banner"' in soup(people["reception"].get("/desk/console/"))


@pytest.mark.parametrize(
    "given",
    [{"hours": ""}, {"hours": "0"}, {"hours": "169"}, {"hours": "48", "districts": "x"}],
)
def test_a_switch_without_sense_is_refused_with_words(
    people: Browsers, given: dict[str, str]
) -> None:
    answer = people["centre_head"].post("/desk/crisis/ask/storm/", given)
    assert answer.status_code == 409
    assert 'role="alert"' in soup(answer)
    assert not OverlayRun.objects.exists()


@pytest.mark.requirement("I14")
def test_a_plan_is_drafted_commented_by_the_council_and_approved_by_another(
    people: Browsers,
) -> None:
    head, deputy, council = (people[role] for role in ("centre_head", "deputy", "council"))
    path = "/desk/crisis/plans/storm/"
    assert head.post(path, {"do": "begin"}).status_code == 302
    plan = OverlayPlan.objects.get()
    assert (
        head.post(
            path, {"do": "write", "version": plan.version, "text": "نخست زیرگذرها"}
        ).status_code
        == 302
    )
    assert council.post(path, {"do": "write", "version": 2, "text": "x"}).status_code == 409
    assert (
        council.post(path, {"do": "comment", "text": "تجربهٔ ۱۴۰۴ را بیفزایید"}).status_code == 302
    )
    plan.refresh_from_db()
    assert head.post(path, {"do": "write", "version": 1, "text": "x"}).status_code == 409
    assert head.post(path, {"do": "approve", "version": plan.version}).status_code == 409
    assert 'value="approve"' not in soup(head.get(path))
    assert 'value="approve"' in soup(deputy.get(path))
    assert deputy.post(path, {"do": "approve", "version": plan.version}).status_code == 302
    page = soup(council.get(path))
    assert "نخست زیرگذرها" in page
    assert "تجربهٔ ۱۴۰۴ را بیفزایید" in page
    assert council.post(path, {"do": "comment", "text": "دیر"}).status_code == 409
    run = switch_on(people)
    assert run.plan == plan.pk
    assert head.post(path, {"do": "begin"}).status_code == 302
    assert OverlayPlan.objects.count() == 2


@pytest.mark.requirement("I13")
def test_the_report_says_what_was_paused_merged_and_what_it_cost(
    isfahan: CityPolicy, people: Browsers
) -> None:
    at = datetime.now(UTC)
    planned = reported(isfahan, category="U03", district=3, at=at)
    run = switch_on(people)
    assert run.on_at is not None
    soon = run.on_at + timedelta(seconds=1)
    floods = [reported(isfahan, category="R02", district=3, at=soon) for _ in range(3)]
    head = people["centre_head"]
    path = f"/desk/crisis/runs/{run.pk}/"
    assert head.post(f"{path}pause/", {"hours": "24"}).status_code == 302
    given = {"code": floods[0].code, "where": "district"}
    assert head.post(f"{path}group/", given).status_code == 302
    assert head.post(f"{path}group/", {"code": "1"}).status_code == 409
    while overlay_tasks.turn(at=soon):
        pass
    assert Case.objects.filter(lead_id=floods[0].case.id).count() == 2
    with time_machine.travel(soon + timedelta(hours=2), tick=False):
        page = soup(people["council"].get(path))
        sheet = soup(people["council"].get(f"{path}pauses.csv"))
        printed = [people["council"].get(f"{language}{path}report.pdf") for language in ("", "/en")]
    assert all(one.content.startswith(b"%PDF") for one in printed)
    assert planned.code in sheet
    assert "توفان" in page
    assert head.post(f"{path}off/").status_code == 302
    assert people["executive"].get(path).status_code == 403


@pytest.mark.requirement("I13")
@pytest.mark.parametrize(("hours", "offered"), [("24", "۲۴"), ("2", "۲"), ("168", "۲۴")])
def test_clocks_stand_still_for_the_hours_that_the_page_offers(
    isfahan: CityPolicy, people: Browsers, hours: str, offered: str
) -> None:
    planned = reported(isfahan, category="U03", district=3, at=datetime.now(UTC))
    run = switch_on(people, hours=hours)
    path = f"/desk/crisis/runs/{run.pk}/"
    head = people["centre_head"]
    field = re.search(r'<input[^>]*name="hours"[^>]*>', soup(head.get(path)))
    assert field is not None
    assert f'value="{offered}"' in field[0]
    assert head.post(f"{path}pause/", {"hours": offered}).status_code == 302
    while overlay_tasks.turn(at=datetime.now(UTC)):
        pass
    (stood,) = board.pauses(run)
    assert stood.code == planned.code
    assert stood.until <= run.expires_at
    listed = soup(people["council"].get(path)).split('class="dense"')[1]
    assert listed.count('<th scope="row">') == 1
    assert planned.code in soup(people["council"].get(f"{path}pauses.csv"))


def test_clocks_never_stand_still_for_longer_than_their_reason_allows(people: Browsers) -> None:
    run = switch_on(people, hours="168")
    answer = people["centre_head"].post(f"/desk/crisis/runs/{run.pk}/pause/", {"hours": "73"})
    assert answer.status_code == 409
    assert not run.tasks.exists()


@pytest.mark.requirement("I13")
def test_a_call_is_registered_by_words_and_place_alone(people: Browsers) -> None:
    reception = people["reception"]
    assert reception.get("/desk/crisis/fast/").status_code == 302
    switch_on(people)
    page = soup(reception.get("/desk/crisis/fast/"))
    assert "آب" in page
    given = {"words": "درخت روی خودرو افتاده", "address": "چهارباغ", "district": "3"}
    answer = reception.post("/desk/crisis/fast/", given, follow=True)
    assert answer.status_code == 200
    assert Case.objects.get().district == 3
    assert Case.objects.get().code in answer.redirect_chain[-1][0]
    assert reception.post("/desk/crisis/fast/", {"words": ""}).status_code == 422


@pytest.mark.requirement("S9")
def test_a_season_has_a_board_of_its_own(qom: CityPolicy) -> None:
    policy, _ = policies.adopt(ROOT / "cities" / "shiraz", actor=SYSTEM, at=NOON)
    policies._latest.cache_clear()
    posts = {
        role: next(p.code for p in policy.organisation.posts.values() if role in p.roles)
        for role in ("centre_head", "deputy")
    }
    head, deputy = (signed_in(post) for post in posts.values())
    before = reported(policy, category="W01", district=3)
    assert head.get("/desk/season/nowruz/").status_code == 200
    head.post("/desk/crisis/ask/nowruz/", {"hours": "720"})
    run = OverlayRun.objects.get()
    deputy.post(f"/desk/crisis/runs/{run.pk}/confirm/")
    run.refresh_from_db()
    assert run.on_at is not None
    inside = reported(policy, category="W01", district=3, at=run.on_at + timedelta(microseconds=1))
    with time_machine.travel(run.on_at + timedelta(hours=1), tick=False):
        page = soup(head.get("/desk/season/nowruz/"))
        sheet = soup(head.get("/desk/season/nowruz.csv"))
        assert head.get("/desk/season/storm/").status_code == 404
        officer = signed_in("nowruz-welcome")
        assert 'href="/desk/season/nowruz/"' in soup(officer.get("/desk/inbox/"))
        board = soup(officer.get("/desk/season/nowruz/"))
        assert "منطقهٔ ۳" in board
        assert "/desk/crisis/" not in board  # they have no key to it
        assert "/desk/season/" in soup(officer.get("/desk/banner/?season=1"))
        assert "/desk/season/" not in soup(officer.get("/desk/banner/?fast=1"))
    assert inside.code in sheet
    assert before.code not in sheet
    assert "منطقهٔ ۳" in page
