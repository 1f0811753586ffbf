"""Texts that say nearly the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peygir.calendars import alike

ROAD = "چالهٔ خیابان گلستان با آسفالت گرم پر شد و نوار زرد برداشته شد"
ROAD_TOO = ROAD.replace("زرد", "زرد هم")
TREE = "درخت خشک روبه‌روی پلاک دوازده بریده و کندهٔ آن برداشته شد"
SHORT = "انجام شد"


def test_each_text_joins_the_first_that_it_is_like() -> None:
    found = alike.groups([ROAD, SHORT, TREE, ROAD_TOO, ROAD, SHORT, ROAD_TOO])
    assert [group.places for group in found] == [[0, 3, 4, 6], [2]]
    assert found[0].likes[0] == found[0].likes[2] == 1
    assert alike.LIKE <= found[0].likes[1] == found[0].likes[3] < 1


def test_a_short_text_is_like_nothing() -> None:
    assert alike.pieces(SHORT) == frozenset()
    assert alike.likeness(alike.pieces(SHORT), alike.pieces(SHORT)) == 0


def test_other_spellings_are_the_same_text() -> None:
    assert alike.pieces(ROAD.replace("ی", "ي")) == alike.pieces(ROAD)


@pytest.mark.parametrize("other", [TREE, ROAD_TOO, ROAD])
def test_likeness_is_the_same_from_both_sides(other: str) -> None:
    a, b = alike.pieces(ROAD), alike.pieces(other)
    assert alike.likeness(a, b) == alike.likeness(b, a)


@given(st.lists(st.sampled_from([ROAD, ROAD_TOO, TREE, SHORT, "", "یک دو سه چهار پنج"])))
def test_every_long_text_belongs_to_one_group(texts: list[str]) -> None:
    places = [at for group in alike.groups(texts) for at in group.places]
    assert sorted(places) == [at for at, text in enumerate(texts) if alike.pieces(text)]
