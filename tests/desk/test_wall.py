"""The operations wall: who sees it, what it shows, and acts taken on it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from peygir.boards.models import Urgency
from peygir.cases.models import Case
from peygir.look.live import CHANNEL
from peygir.policy.model import CityPolicy
from tests.city import Story, reported, staff_of
from tests.desk.people import signed_in, soup
from tests.urgent import ACTION, CREW, REASON, hazard, on_track, urgent_city

__all__ = ["urgent_city"]

pytestmark = pytest.mark.django_db
WALL = "/desk/operations/"
BOARD = "/desk/operations/board/"
SCRIPT: Any = {"headers": {"X-Wall": "1"}}


def ago(**back: float) -> datetime:
    return datetime.now(UTC) - timedelta(**back)


@pytest.fixture
def danger(urgent_city: CityPolicy) -> Story:
    return hazard(urgent_city, at=ago(minutes=10))


def act(client: Client, story: Story, number: int, step: str, **given: Any) -> Any:
    texts = {f"{story.case.id}-{number}-{step}-{name}": text for name, text in given.items()}
    return client.post(f"{WALL}{story.case.code}/{number}/{step}/", texts, **SCRIPT)


@pytest.mark.requirement("I1", "I2", "I5")
def test_the_wall_shows_three_clocks_ground_place_and_acts(danger: Story) -> None:
    page = soup(signed_in("operations-1").get(WALL))
    row = page.split('id="items"')[1]
    assert "رفع خطر" in row
    assert "خیابان گلستان" in row
    assert row.count("data-due=") == 3
    for label in ("اقدام اولیه", "حل‌وفصل", "بازخورد پیام فوری"):
        assert label in row
    for step in ("acknowledged", "crew_sent", "first_action_taken", "to_supervisors"):
        assert f"/{step}/" in row
    assert "feedback_taken" not in row  # the feedback unit's


@pytest.mark.requirement("I1", "I2", "I3")
def test_seen_crew_first_action_and_supervisors_on_the_wall_itself(danger: Story) -> None:
    client = signed_in("operations-1")
    assert act(client, danger, 2, "acknowledged").status_code == 204
    assert act(client, danger, 2, "crew_sent", crew=CREW).status_code == 204
    assert act(client, danger, 2, "first_action_taken", action_text=ACTION).status_code == 204
    row = Urgency.objects.get(pk=danger.case.id)
    assert row.seen_by == row.acted_by == "operations-1"
    page = soup(client.get(BOARD))
    assert CREW in page
    assert ACTION in page
    assert act(client, danger, 1, "to_supervisors", reason=REASON).status_code == 204
    assert Case.objects.get(pk=danger.case.id).stage == "supervisors"
    board = soup(signed_in("supervisors-1").get(BOARD))
    assert "settled_by_supervisor" in board


@pytest.mark.requirement("I3")
def test_a_settled_danger_shows_no_resolution_that_still_runs(urgent_city: CityPolicy) -> None:
    old, said = hazard(urgent_city, at=ago(hours=30)), "مانع برداشته شد"
    old.after(hours=25).act(
        "settled", staff_of(urgent_city, "operations"), result_text=said, report_to_citizen=said
    )
    board = soup(signed_in("operations-1").get(f"/en{BOARD}"))
    resolution = board.split("Resolution")[1].split("</div>")[0]
    assert "too late" in resolution
    assert "data-left" not in resolution


@pytest.mark.requirement("I10")
def test_a_danger_that_became_special_keeps_the_clocks_of_the_wall_alone(
    urgent_city: CityPolicy,
) -> None:
    old, said = hazard(urgent_city, at=ago(hours=9)), "مانع برداشته شد"
    old.after(hours=2).act(
        "settled", staff_of(urgent_city, "operations"), result_text=said, report_to_citizen=said
    )
    old.after(hours=1).dissatisfied()
    row = soup(signed_in("operations-1").get(BOARD))
    for label in ("اقدام اولیه", "پیام ویژه", "بازخورد پیام فوری"):
        assert label in row
    for label in ("مکاتبهٔ رسمی", "بررسی میدانی", "حل‌وفصل"):
        assert label not in row


def test_supervisors_take_over_by_themselves(danger: Story) -> None:
    client = signed_in("supervisors-1")
    board = soup(client.get(BOARD))
    assert "/to_supervisors/" in board
    assert "/acknowledged/" not in board  # the first action stays with the centre
    assert act(client, danger, 1, "to_supervisors", reason=REASON).status_code == 204
    assert Case.objects.get(pk=danger.case.id).unit == "supervisors"


def test_an_act_without_its_words_is_refused_and_keeps_what_was_typed(danger: Story) -> None:
    client = signed_in("operations-1")
    answer = act(client, danger, 2, "crew_sent", crew="  ")
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in soup(answer)
    assert "csrfmiddlewaretoken" in soup(answer)
    long = "اکیپ " * 2_000
    answer = act(client, danger, 2, "crew_sent", crew=long)
    assert answer.status_code == 422
    assert long.strip() in soup(answer)


def test_the_second_to_acknowledge_is_told(danger: Story) -> None:
    act(signed_in("operations-1"), danger, 2, "acknowledged")
    answer = act(signed_in("operations-2"), danger, 2, "acknowledged")
    assert answer.status_code == 409
    assert 'role="alert"' in soup(answer)


def test_without_a_script_an_act_comes_back_to_the_wall(danger: Story) -> None:
    client = signed_in("operations-1")
    path = f"{WALL}{danger.case.code}/2/acknowledged/"
    assert client.post(path)["Location"] == WALL
    assert 'http-equiv="refresh"' in soup(client.get(WALL))
    assert 'http-equiv="refresh"' not in soup(client.get(f"{WALL}?still"))
    refused = client.post(f"{WALL}{danger.case.code}/2/crew_sent/")
    assert refused.status_code == 422
    assert 'http-equiv="refresh"' not in soup(refused)


def test_strangers_and_other_desks_stay_outside(danger: Story) -> None:
    assert Client().get(WALL).status_code == 302
    assert Client().get(BOARD).status_code == 302
    for post in ("reception-1", "feedback-1", "ict-expert"):
        assert signed_in(post).get(WALL).status_code == 403
    reception = signed_in("reception-2")
    assert act(reception, danger, 2, "acknowledged").status_code == 403
    assert Urgency.objects.get(pk=danger.case.id).seen_at is None


def test_the_mayor_sees_and_does_not_act(danger: Story) -> None:
    client = signed_in("mayor")
    assert danger.case.code in soup(client.get(WALL))
    assert "data-act" not in soup(client.get(BOARD))
    assert act(client, danger, 2, "acknowledged").status_code == 403


@pytest.mark.parametrize("path", ["000000000000/2/acknowledged/", "x/1/x/", "1/99999999999/y/"])
def test_addresses_of_nothing(urgent_city: CityPolicy, path: str) -> None:
    assert signed_in("operations-1").post(f"{WALL}{path}").status_code == 404


def test_other_numbers_and_steps_are_refused(danger: Story) -> None:
    client = signed_in("operations-1")
    for number, step in ((9, "acknowledged"), (1, "acknowledged"), (2, "no-such-step")):
        assert act(client, danger, number, step).status_code == 409


def test_sealed_and_ordinary_messages_never_hang_on_a_wall(danger: Story) -> None:
    plain = reported(danger.policy, category="C02").case
    client = signed_in("mayor")
    Case.objects.filter(pk=danger.case.id).update(sealed=True)
    page = soup(client.get(WALL))
    assert danger.case.code not in page
    assert plain.code not in page


def test_a_city_without_an_urgent_lane_has_no_wall(qom: CityPolicy) -> None:
    client = signed_in("mayor")
    assert client.get(WALL).status_code == 404
    assert WALL not in soup(client.get("/desk/head/"))


@pytest.mark.requirement("I1")
def test_a_new_urgent_message_wakes_the_walls(urgent_city: CityPolicy) -> None:
    with CaptureQueriesContext(connection) as found:
        hazard(urgent_city)
    assert any("pg_notify" in one["sql"] and CHANNEL in one["sql"] for one in found)
    with CaptureQueriesContext(connection) as found:
        reported(urgent_city, category="C02")
    assert not any(CHANNEL in one["sql"] for one in found)


def test_a_row_is_drawn_once_until_something_happens(danger: Story) -> None:
    client = signed_in("operations-1")
    client.get(BOARD)
    with CaptureQueriesContext(connection) as again:
        client.get(BOARD)
    on_track(danger.after(minutes=1), "acknowledged", staff_of(danger.policy, "operations"))
    with CaptureQueriesContext(connection) as anew:
        page = soup(client.get(BOARD))
    assert len(again) <= 9
    assert len(anew) > len(again)
    assert "اقدام اولیه" in page
    assert 'class="urgent-item unseen' not in page


def test_a_watched_wall_stays_signed_in(danger: Story) -> None:
    client = signed_in("operations-1")
    client.get(BOARD)
    assert client.session["wall_renewed"]
