"""Speed and quality of answers: ratings, a review by lot, and answers that are nearly the same."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from peygir.boards import shifts
from peygir.cases import policies
from peygir.evaluation import copies, quality
from peygir.evaluation.models import Review, Sample
from peygir.evaluation.quality import Answer
from peygir.ledger.entry import SYSTEM
from peygir.policy.model import CityPolicy
from tests.city import NOON, Make
from tests.desk.people import signed_in, soup
from tests.desk.test_console import now
from tests.house.source import ROOT
from tests.scenarios.player import Player, load

pytestmark = pytest.mark.django_db
PAGE = "/desk/quality/"
BY = ("unit", "post")
SAID = "چالهٔ خیابان گلستان با آسفالت گرم پر شد و نوار زرد برداشته شد"


def answered(story: Make, *, count: int = 1, back: float = 5) -> list[Answer]:
    """Messages that the unit of district 3 answered in two hours."""
    for _one in range(count):
        one = story(at=now(hours=back)).after(hours=2)
        one.act("report", result_text="لکه‌گیری انجام شد", report_to_citizen=SAID)
    return quality.answers(since=now(days=30), until=now())


@pytest.mark.requirement("M3")
def test_speed_and_quality_stand_side_by_side(story: Make) -> None:
    (answer,) = answered(story)
    assert (answer.unit, answer.took, answer.text) == ("d3-civil", timedelta(hours=2), SAID)
    (row,) = quality.rows([answer], by="unit")
    assert (row.answers, row.took, row.ratings, row.rank) == (1, timedelta(hours=2), 0, None)
    head = signed_in("centre-head")
    assert "امتیاز شهروندان، ۱ تا ۵: از ۰ مورد" in soup(head.get(PAGE))
    assert "d3-civil" not in soup(head.get(PAGE, {"by": "post"})), "posts have names"


@pytest.mark.parametrize("by", ["unit", "post"])
def test_the_page_shows_whether_it_counts_by_unit_or_by_post(qom: CityPolicy, by: str) -> None:
    page = soup(signed_in("centre-head").get(PAGE, {"by": by}))
    switch = re.findall(r'<a class="button" href="[?]by=(\w+)"( aria-current="page")?', page)
    assert dict(switch) == {one: ' aria-current="page"' if one == by else "" for one in BY}
    sheet = Path(str(finders.find("look/ui.css"))).read_text("utf-8")
    marked = re.search(r"[.]button\[aria-current\] {([^}]*)}", sheet)
    assert marked is not None, "the eye must see it too"
    assert "border: 2px solid var(--brand)" in marked[1]


def given(*ratings: int, unit: str = "a") -> list[Answer]:
    return [
        Answer(at, at, "1", unit, f"{unit}-1", NOON, at, "متن", timedelta(hours=1), rating)
        for at, rating in enumerate(ratings, start=len(unit) * 1000)
    ]


@pytest.mark.requirement("M3")
def test_nobody_is_ranked_by_few_ratings() -> None:
    few = quality.rows(given(*[5] * 29), by="unit")
    assert few[0].rank is None
    many = quality.rows(given(*[3] * 30) + given(*[5] * 30, unit="bb"), by="unit")
    assert [(row.code, row.rank, row.rating) for row in many] == [("bb", 1, 5), ("a", 2, 3)]


def test_a_draw_is_made_once_and_can_be_repeated_from_its_seed(story: Make) -> None:
    found = answered(story, count=5)
    week = date(2026, 11, 14)
    sample = quality.draw(week, found, actor=SYSTEM, at=NOON)
    drawn = sorted(Review.objects.values_list("pk", flat=True))
    assert drawn == sorted(one.event_id for one in quality.lots(sample.seed, found))
    assert len(drawn) == quality.PER_UNIT
    with pytest.raises(quality.Drawn):
        quality.draw(week, found, actor=SYSTEM, at=NOON)


@pytest.mark.requirement("M3")
def test_an_answer_drawn_by_lot_is_reviewed_once(story: Make, qom: CityPolicy) -> None:
    head = signed_in("centre-head")
    today = now().astimezone().date()
    last = shifts.span(qom, shifts.saturday(today) - timedelta(days=7))[0]
    story(at=last + timedelta(hours=9)).after(hours=2).act(
        "report", result_text="لکه‌گیری انجام شد", report_to_citizen=SAID
    )
    head.post(f"{PAGE}draw/")
    assert Sample.objects.get().answers == 1
    review = Review.objects.get()
    assert SAID in soup(head.get(PAGE))
    marks = {"complete": "2", "correct": "1", "courteous": "2"}
    assert head.post(f"{PAGE}{review.pk}/", marks).status_code == 422
    head.post(f"{PAGE}{review.pk}/", marks | {"clear": "2"})
    head.post(f"{PAGE}{review.pk}/", dict.fromkeys(quality.RUBRIC, "0"))
    review.refresh_from_db()
    assert (review.complete, review.correct, review.clear) == (2, 1, 2)
    (row,) = quality.rows(quality.answers(since=now(days=30), until=now()), by="unit")
    assert (row.reviewed, row.marks) == (1, 7 / 8)


def test_a_mark_that_is_none_is_refused() -> None:
    for wrong in ({}, dict.fromkeys(quality.RUBRIC, 3), dict.fromkeys(quality.RUBRIC, -1)):
        with pytest.raises(ValueError, match="four marks"):
            quality.mark(1, wrong, actor=SYSTEM, at=NOON)


@pytest.mark.requirement("M3")
def test_near_copies_of_one_post_are_listed(story: Make) -> None:
    answered(story, count=2)
    one = story(at=now(hours=5)).after(hours=2)
    one.act("report", result_text="شد", report_to_citizen=SAID.replace("زرد", "زرد هم"))
    groups = copies.of(quality.answers(since=now(days=30), until=now()))
    assert [group.cases for group in groups] == [3]
    assert 0.5 < groups[0].least < 1
    page = soup(signed_in("centre-head").get(PAGE))
    assert one.case.code in page.replace("\u2066", "")


def test_different_answers_and_short_ones_are_no_copies() -> None:
    texts = [
        "درخت خشک روبه‌روی پلاک دوازده بریده و کندهٔ آن برداشته شد",
        "چراغ بوستان محله تعویض شد و کابل آن نیز عایق گردید",
        "انجام شد",
        "انجام شد",
        "انجام شد",
    ]
    found = [
        Answer(at, at, str(at), "u", "p", NOON, at, text, None, None)
        for at, text in enumerate(texts)
    ]
    assert copies.of(found) == []


def test_a_head_sees_the_answers_of_own_units_only(story: Make) -> None:
    answered(story, count=3)
    assert SAID in soup(signed_in("d3-mayor").get(PAGE))
    assert SAID not in soup(signed_in("d5-mayor").get(PAGE))


@pytest.mark.requirement("M3")
def test_a_citizens_rating_belongs_to_the_answer_before_it() -> None:
    folder = ROOT / "cities" / "mashhad"  # the city whose citizens rate answers
    policy, _ = policies.adopt(folder, actor=SYSTEM, at=NOON)
    Player(policy, load(folder / "scenarios" / "objection.toml")).play()
    found = quality.answers(since=NOON - timedelta(days=40), until=NOON + timedelta(days=40))
    rated = [(one.post, one.rating) for one in found if one.rating is not None]
    assert rated == [("d4-civil-head", 2), ("d4-mayor", 5)]
    assert all(one.took is not None for one in found)
