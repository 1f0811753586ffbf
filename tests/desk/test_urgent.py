"""Urgency at the console, on a case's page, for its citizen and at the doors of other systems."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from peygir.cases.models import Case
from peygir.policy.model import CityPolicy
from tests.city import staff_of
from tests.desk.people import signed_in, soup
from tests.urgent import ACTION, REASON, hazard, on_track, urgent_city

__all__ = ["urgent_city"]

pytestmark = pytest.mark.django_db
CONSOLE = "/desk/console/"


def typed(**more: str) -> dict[str, Any]:
    given = {"phone": "09123456789", "words": "آب از لوله بیرون می‌زند", "category": "S11"}
    return given | {"district": "3", "kind": "request", "channel": "phone", "do": "register"} | more


@pytest.mark.requirement("I4")
def test_a_subject_proposes_and_the_operator_confirms_one_of_three_grounds(
    urgent_city: CityPolicy,
) -> None:
    client = signed_in("reception-1")
    proposing = next(c for c in urgent_city.categories.values() if c.urgent_when)
    page = soup(client.post(CONSOLE, typed(category=proposing.code, do="hints")))
    assert page.count('name="urgent"') == 4  # three grounds, and none
    assert proposing.urgent_when is not None
    assert proposing.urgent_when.fa in page
    client.post(CONSOLE, typed(category=proposing.code))
    assert Case.objects.latest("id").urgent == ""  # proposed is not confirmed
    client.post(CONSOLE, typed(category=proposing.code, urgent="resource_waste"))
    case = Case.objects.latest("id")
    assert (case.urgent, case.unit) == ("resource_waste", "operations")


@pytest.mark.parametrize("ground", ["very", "", "hazard' or 1=1", "HAZARD"])
def test_no_other_ground_makes_urgent(urgent_city: CityPolicy, ground: str) -> None:
    signed_in("reception-1").post(CONSOLE, typed(category="C01", urgent=ground))
    assert Case.objects.latest("id").urgent == ""


def test_a_city_without_the_lane_asks_nothing(qom: CityPolicy) -> None:
    client = signed_in("reception-1")
    assert 'name="urgent"' not in soup(client.get(CONSOLE))
    client.post(CONSOLE, typed(category="C01", urgent="hazard"))
    assert Case.objects.latest("id").urgent == ""


@pytest.mark.requirement("I2", "I4")
def test_the_case_page_says_ground_and_times_and_takes_urgency_back(
    urgent_city: CityPolicy,
) -> None:
    it = hazard(urgent_city, at=datetime.now(UTC) - timedelta(hours=4))
    centre = staff_of(urgent_city, "operations")
    on_track(it.after(minutes=6), "acknowledged", centre)
    on_track(it.after(minutes=150), "first_action_taken", centre, action_text=ACTION)
    path = f"/desk/cases/{it.case.code}/"
    client = signed_in("operations-1")
    page = soup(client.get(path)).split('id="urgency"')[1].split("</section>")[0]
    assert "رفع خطر" in page
    assert "۶ دقیقه" in page
    assert "danger-tone" in page  # 36 minutes past two hours
    assert client.post(f"{path}steps/not_urgent/").status_code == 422  # never without a reason
    client.post(f"{path}steps/not_urgent/", {"not_urgent-reason": REASON})
    assert Case.objects.get(pk=it.case.id).urgent == ""


@pytest.mark.requirement("I5")
def test_the_citizen_sees_that_it_is_urgent_and_cannot_say_so(urgent_city: CityPolicy) -> None:
    it = hazard(urgent_city)
    assert "فوری" in soup(Client().get(f"/t/{it.case.code}"))
    page = soup(Client().get("/report/"))
    assert 'name="urgent"' not in page
