"""The month before the running one: counted like any month, and said to be provisional."""

import pytest

from peygir.verify.figures import Basis, figures, late_window
from peygir.verify.fold import Fold
from peygir.verify.months import DAY_SECONDS, LAST, LIVE, replaced_period
from peygir.verify.rules import Rules
from tests.verify.book import MEHR, NOW, Book
from tests.verify.fortnight import DAY, HOUR, rule_set

pytestmark = pytest.mark.requirement("T11", "T13")
ABAN_2 = MEHR.end + 1  # a day of the month after


@pytest.fixture
def book() -> Book:
    made = Book()
    made.register("a")
    made.close("a", NOW + 2 * HOUR)
    made.register("b", NOW + HOUR)
    made.register("c", NOW + 30 * DAY)  # in the month after
    return made


def test_it_counts_what_the_month_counts_and_says_when_it_is_final(book: Book) -> None:
    period = replaced_period(LAST, ABAN_2)
    assert (period.name, period.first, period.end) == (LAST, MEHR.first, MEHR.end)
    last = figures(book.fold, period, Basis("x", book.index, ""))
    month = book.made("1405-07")
    assert last["totals"] == month["totals"]
    assert last["totals"]["closed"] == 1
    assert last["by"] == month["by"]
    assert last["month"] == "1405-07"
    offset = book.fold.tallies.offset
    assert last["final_at"] == MEHR.end * DAY_SECONDS - offset + late_window(book.fold)
    assert "final_at" not in month


def test_the_window_for_late_leaves_is_the_newest_rule_sets(book: Book) -> None:
    assert late_window(Fold(lambda _leaf: Rules(rule_set()))) == 0
    book.fold.set_rules(Rules(rule_set() | {"late_window_s": 7 * DAY_SECONDS}))
    assert late_window(book.fold) == 7 * DAY_SECONDS


def test_the_running_month_goes_as_far_as_it_has_come() -> None:
    period = replaced_period(LIVE, ABAN_2)
    assert (period.name, period.first, period.end) == (LIVE, MEHR.end, ABAN_2 + 1)
