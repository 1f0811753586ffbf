"""The inbox: bands, filters, what climbed, several at once; and how many queries it takes."""

import gzip
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from peygir.boards import inbox as board
from peygir.cases import sweep
from peygir.cases.models import Case
from peygir.people import organisation
from tests.city import Make, reported, staff_of
from tests.desk.people import signed_in, soup

pytestmark = pytest.mark.django_db


def now(**back: float) -> datetime:
    return datetime.now(UTC) - timedelta(**back)


def shown(page: str, code: str) -> bool:
    return f"/desk/cases/{code}/" in page


@pytest.mark.requirement("Q4")
def test_the_three_bands_stand_in_the_order_of_urgency(story: Make) -> None:
    late, later = story(at=now(hours=60)), story(at=now(minutes=5))
    page = soup(signed_in("d3-civil-expert").get("/desk/inbox/"))
    assert page.index('id="band-late"') < page.index(late.case.code)
    assert (
        page.index('id="band-late"') < page.index('id="band-later"') < page.index(later.case.code)
    )
    assert "گذشته" in page
    assert "نفر بعدی" in page or "next to be told" in page


def test_an_executive_sees_the_own_unit_only(story: Make) -> None:
    own, other = story(at=now(hours=1)), story(at=now(hours=1), district=5)
    page = soup(signed_in("d3-civil-expert").get("/desk/inbox/"))
    assert shown(page, own.case.code)
    assert not shown(page, other.case.code)
    assert not shown(soup(signed_in("d3-green-expert").get("/desk/inbox/")), own.case.code)


def test_a_district_mayor_sees_every_unit_of_the_district(story: Make) -> None:
    own, other = story(at=now(hours=1)), story(at=now(hours=1), district=5)
    client = signed_in("d3-mayor")
    page = soup(client.get("/desk/inbox/"))
    assert shown(page, own.case.code)
    assert not shown(page, other.case.code)
    assert not shown(soup(client.get("/desk/inbox/?mine=1")), own.case.code)
    assert shown(soup(client.get("/desk/inbox/?unit=d3-civil")), own.case.code)
    assert not shown(soup(client.get("/desk/inbox/?unit=d5-civil")), other.case.code)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("category=C01", True),
        ("category=W01", False),
        ("class=technical_civil", True),
        ("class=services", False),
        ("district=3", True),
        ("district=%DB%B3", True),
        ("district=4", False),
        ("stage=execution", True),
        ("stage=feedback", False),
        ("band=late", False),
        ("returned=1", False),
        ("cycled=1", False),
        ("proposed=1", False),
        ("words=%DA%86%D8%A7%D9%84%D9%87", True),
        ("words=%D9%86%DB%8C%D8%B3%D8%AA%D8%B4", False),
        ("after=nonsense", True),
        ("after=9999999999999999-1", True),
        ("after=nan-5", True),
        ("district=%00&category=%00&unit=%00&words=%00", True),
    ],
)
def test_filters_live_in_the_address_and_nonsense_is_ignored(
    story: Make, query: str, found: bool
) -> None:
    it = story(at=now(hours=1))
    answer = signed_in("d3-civil-expert").get(f"/desk/inbox/?{query}")
    assert answer.status_code == 200
    assert shown(soup(answer), it.case.code) is found


@pytest.mark.requirement("Q10")
def test_what_climbed_stands_on_top_of_the_superiors_inbox(story: Make) -> None:
    it = story(at=now(hours=48 + 73))
    while sweep.sweep(at=now()):
        continue
    ladder = set(organisation.told(it.policy, "d3-civil", it.policy.ladder)) - {"d3-civil-head"}
    assert "mayor" in ladder
    for post in (*ladder, "deputy-finance-head"):
        page = soup(signed_in(post).get("/desk/inbox/"))
        told = 'id="told-title"' in page and shown(page.split('id="told-title"')[1], it.case.code)
        assert told is (post in ladder), post


def test_pages_follow_each_other_without_gap_or_overlap(story: Make) -> None:
    policy = story(at=now(hours=9)).policy
    for minute in range(54):
        reported(policy, at=now(hours=8, minutes=minute))
    actor = staff_of(policy, "d3-civil")
    first = board.read(policy, actor, board.Filters(), at=now(), day_ends=now(hours=-8), after="")
    second = board.read(
        policy, actor, board.Filters(), at=now(), day_ends=now(hours=-8), after=first.older
    )
    codes = [*board.codes(first.rows), *board.codes(second.rows)]
    assert (len(first.rows), len(codes), len(set(codes))) == (50, 55, 55)
    assert second.older == ""
    assert first.counts.open == 55


def test_the_page_takes_five_queries_however_many_rows(story: Make) -> None:
    policy = story(at=now(hours=60)).policy
    for minute in range(30):
        reported(policy, at=now(hours=2, minutes=minute))
    actor = staff_of(policy, "d3-civil", head=True)
    with CaptureQueriesContext(connection) as captured:
        board.read(policy, actor, board.Filters(), at=now(), day_ends=now(hours=-8), after="")
    assert len(captured) <= 5


def test_drawing_more_rows_asks_the_database_no_more(story: Make) -> None:
    policy = story(at=now(hours=60)).policy
    client = signed_in("d3-civil-expert")
    client.get("/desk/inbox/")  # what a process remembers
    asked = []
    for rows in (1, 12):
        for minute in range(rows):
            reported(policy, at=now(hours=2, minutes=20 * rows + minute))
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/desk/inbox/").status_code == 200
        asked.append(len(captured))
    assert asked[0] == asked[1]


def test_a_full_page_stays_small(story: Make) -> None:
    policy = story(at=now(hours=60)).policy
    for minute in range(55):
        reported(policy, at=now(hours=2, minutes=minute))
    answer = signed_in("d3-civil-expert").get("/desk/inbox/")
    assert len(gzip.compress(answer.content)) < 60_000


def test_reception_refers_several_and_each_answers_for_itself(story: Make) -> None:
    good, stays = story(at=now(hours=1), category="", district=None), story(at=now(hours=1))
    client = signed_in("reception-1")
    form = {
        "case": [good.case.code, stays.case.code, "123", "\x00"],
        "category": "C01",
        "district": "۳",
    }
    answer = client.post("/desk/inbox/bulk/", form)
    page = soup(answer)
    assert answer.status_code == 200
    assert Case.objects.get(pk=good.case.id).unit == "d3-civil"
    assert page.count("cross") or page.count("danger-tone")
    assert 'id="results"' in page


def test_bulk_needs_a_selection_and_a_known_subject(story: Make) -> None:
    it = story(at=now(hours=1), category="", district=None)
    client = signed_in("reception-1")
    assert client.post("/desk/inbox/bulk/", {}).status_code == 422
    form = {"case": it.case.code, "category": "nonsense", "district": "99"}
    assert client.post("/desk/inbox/bulk/", form).status_code == 422
    assert Case.objects.get(pk=it.case.id).stage == "reception"


def test_an_executive_cannot_refer_by_bulk(story: Make) -> None:
    it = story(at=now(hours=1))
    form = {"case": it.case.code, "category": "C01", "district": "5"}
    answer = signed_in("d3-civil-expert").post("/desk/inbox/bulk/", form)
    assert answer.status_code == 422
    assert Case.objects.get(pk=it.case.id).unit == "d3-civil"
