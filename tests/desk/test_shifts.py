"""The telephone is answered day and night: a roster, its gaps, and notes from shift to shift."""

from datetime import datetime, timedelta

import pytest

from peygir.boards import contacts, shifts
from peygir.boards.models import HandOverNote, Shift
from peygir.ledger.entry import SYSTEM
from peygir.policy.model import CityPolicy
from tests.city import NOON
from tests.desk.people import signed_in, soup

pytestmark = pytest.mark.django_db
PAGE, CHANGE = "/desk/shifts/", "/desk/shifts/change/"
WEEK = "1405/08/30"  # a Saturday
GIVEN = {"week": WEEK, "do": "add", "post": "reception-1", "day": "0", "from": "8", "to": "14"}


def test_a_shift_is_entered_shown_and_removed(qom: CityPolicy) -> None:
    head = signed_in("centre-head")
    assert head.post(CHANGE, GIVEN).status_code == 302
    (one,) = shifts.of_week(qom, shifts.saturday(NOON.date()))
    assert one.ends_at - one.starts_at == timedelta(hours=6)
    assert "کاربر ثبت ۱" in soup(head.get(PAGE, {"week": WEEK}))
    head.post(CHANGE, {"week": WEEK, "do": f"remove:{one.pk}"})
    assert not Shift.objects.exists()


def test_a_night_shift_ends_on_the_next_day(qom: CityPolicy) -> None:
    signed_in("centre-head").post(CHANGE, GIVEN | {"from": "22", "to": "6"})
    one = Shift.objects.get()
    assert one.ends_at - one.starts_at == timedelta(hours=8)


@pytest.mark.parametrize(
    "wrong",
    [{"post": "mayor"}, {"post": "x"}, {"from": "8", "to": "7"}, {"day": "9"}, {"from": "\x00"}],
)
def test_what_is_no_shift_is_refused(qom: CityPolicy, wrong: dict[str, str]) -> None:
    answer = signed_in("centre-head").post(CHANGE, GIVEN | wrong)
    assert answer.status_code == 422
    assert 'role="alert"' in soup(answer)
    assert not Shift.objects.exists()


def test_nobody_sits_at_two_telephones(qom: CityPolicy) -> None:
    head = signed_in("centre-head")
    head.post(CHANGE, GIVEN)
    assert head.post(CHANGE, GIVEN | {"from": "13", "to": "20"}).status_code == 422


def test_last_week_is_copied_once(qom: CityPolicy) -> None:
    head = signed_in("centre-head")
    head.post(CHANGE, GIVEN)
    for _twice in range(2):
        head.post(CHANGE, {"week": "1405/09/07", "do": "copy"})
    first, second = Shift.objects.order_by("starts_at")
    assert second.starts_at - first.starts_at == timedelta(days=7)


def test_only_the_head_of_the_centre_changes_the_roster(qom: CityPolicy) -> None:
    reception = signed_in("reception-1")
    assert reception.post(CHANGE, GIVEN).status_code == 403
    assert CHANGE not in soup(reception.get(PAGE))


def test_a_note_reaches_the_next_shift(qom: CityPolicy) -> None:
    signed_in("reception-1").post("/desk/shifts/note/", {"text": "سامانهٔ پیامک کند است"})
    assert HandOverNote.objects.get().post == "reception-1"
    assert "سامانهٔ پیامک کند است" in soup(signed_in("reception-2").get(PAGE))
    assert signed_in("reception-3").post("/desk/shifts/note/", {"text": " "}).status_code == 422


@pytest.mark.requirement("S10")
@pytest.mark.parametrize(
    ("calls", "minutes", "wanted"),
    # 20 calls of 3 minutes in an hour are 1 Erlang. Of 10 Erlang, 13 seats answer 79.6 % in time.
    [(0, 3, 1), (1, 3, 1), (20, 3, 3), (100, 3, 8), (200, 3, 14)],
)
def test_seats_follow_erlang_c(calls: float, minutes: int, wanted: int) -> None:
    assert shifts.seats(calls, timedelta(minutes=minutes)) == wanted


@pytest.mark.requirement("S10")
def test_an_hour_with_too_few_seats_is_a_gap(qom: CityPolicy) -> None:
    at = NOON
    for week in range(4):
        for minute in range(0, 60, 3):
            call = datetime(2026, 11, 21, 6, minute, tzinfo=NOON.tzinfo) - timedelta(weeks=week)
            ended = contacts.Ended(channel="phone", outcome="information")
            contacts.ended(qom, ended, actor=SYSTEM, at=call)
    signed_in("centre-head").post(CHANGE, GIVEN)
    hours = shifts.coverage(qom, shifts.saturday(at.date()), at=at)
    local = {hour for day in hours for hour in range(24) if day[hour].calls}
    assert len(local) == 2  # half past: the city's hours begin half an hour beside UTC's
    busy = hours[0][9]
    assert (busy.filled, busy.calls) == (1, 10)
    assert (busy.needed, busy.gap) == (2, 1)
    assert hours[0][8].gap == 0
    assert hours[3][3].gap == 1, "somebody must be there at night too"
