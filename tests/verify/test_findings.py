"""What inspections found of claims: each once, and no share of what was chosen for doubt."""

from typing import Any

import pytest

from peygir.verify.matters import Matter, Matters
from peygir.verify.worth import FULL
from tests.verify.book import MEHR, NOON_BEFORE, NOW, Book
from tests.verify.fortnight import DAY, HOUR

pytestmark = pytest.mark.requirement("S26")


@pytest.fixture
def book() -> Book:
    return Book()


def claimed(book: Book, *cases: str) -> None:
    for case in cases:
        book.register(case)
        book.done(case, NOW + HOUR)


def checked(book: Book, case: str, claim: str, by: str, at: int = NOW + DAY, **fields: Any) -> None:
    given = {"claim": claim, "by": by, "unit": "d1-civil", "cyc": 1} | fields
    book.tell(case, "case.checked", at, **given)


def quality(book: Book) -> tuple[int, int | None]:
    part = book.unit("d1")["parts"]["quality"]
    return part["n"], part.get("raw")


def test_the_lot_makes_the_share_and_every_false_claim_costs(book: Book) -> None:
    claimed(book, "a", "b", "c", "d", "e")
    for case, claim, by in (
        ("a", "held", "lot"), ("b", "false", "lot"), ("c", "false", "risk"), ("d", "held", "risk"),
    ):  # fmt: skip
        checked(book, case, claim, by)
    book.tell("e", "case.inspected", NOW + DAY, found="done")
    found = book.unit("d1")["m"]
    assert (found["inspected"], found["inspected_false"]) == (5, 2)
    assert (found["lot_checked"], found["lot_false"]) == (2, 1)
    assert (found["risk_checked"], found["risk_false"]) == (2, 1)
    assert (found["sampled"], found["held_bp"]) == (3, FULL * 2 // 3)
    assert quality(book) == (3, FULL * 2 // 3)
    # Two false claims at 30 hundredths of a point, of at least 30 closings.
    assert book.unit("d1")["penalty"] == 2 * 30 * 100 // 30


def test_a_unit_is_no_worse_for_being_looked_at_by_risk_when_its_claims_hold(book: Book) -> None:
    claimed(book, "a", "b")
    checked(book, "a", "held", "lot")
    before = book.unit("d1")["score"]
    checked(book, "b", "held", "risk")
    assert book.unit("d1")["score"] == before


def test_nobody_could_tell_is_told_and_counts_in_nothing(book: Book) -> None:
    claimed(book, "a")
    checked(book, "a", "unclear", "lot")
    found = book.totals()
    assert found["checked_unclear"] == 1
    assert not {"inspected", "sampled", "held_bp", "lot_checked"} & found.keys()


@pytest.mark.parametrize("by", ["lot", "risk"])
def test_a_further_finding_puts_the_first_one_right(book: Book, by: str) -> None:
    claimed(book, "a")
    checked(book, "a", "false", by)
    checked(book, "a", "held", by, NOW + 2 * DAY)
    found = book.totals()
    assert (found["inspected"], found["corrected_for"]) == (1, 1)
    assert "inspected_false" not in found
    checked(book, "a", "false", by, NOW + 3 * DAY)
    found = book.totals()
    assert (found["inspected"], found["inspected_false"]) == (1, 1)
    assert (found["corrected_for"], found["corrected_against"]) == (1, 1)
    checked(book, "a", "false", by, NOW + 4 * DAY)
    assert book.totals() == found, "the same again changes nothing"
    checked(book, "a", "unclear", by, NOW + 5 * DAY)
    assert (book.totals()["checked_unclear"], book.totals()["corrected_for"]) == (1, 2)


def test_it_is_put_right_in_the_month_in_which_it_was_found(book: Book) -> None:
    book.register(at=NOON_BEFORE - 3 * HOUR)
    book.done("a", NOON_BEFORE - 2 * HOUR)
    checked(book, "a", "false", "lot", NOON_BEFORE)
    book.fold.watch = (MEHR.first - 31, MEHR.first, book.index)
    checked(book, "a", "held", "lot")
    before, now = book.made("1405-06"), book.made()
    assert before["totals"]["held_bp"] == FULL
    assert "inspected" not in now["totals"]
    assert now["totals"]["corrected_for"] == 1
    assert list(book.fold.changed.values()) == [["case.checked", {"d1-civil": 1}]]


def test_a_visit_and_a_check_of_one_claim_count_once(book: Book) -> None:
    claimed(book, "a", "b")
    checked(book, "a", "false", "risk")
    book.tell("a", "case.inspected", NOW + 2 * DAY, found="not_done")
    book.tell("b", "case.inspected", NOW + DAY, found="done")
    checked(book, "b", "held", "lot", NOW + 2 * DAY)
    found = book.totals()
    assert (found["inspected"], found["inspected_false"]) == (2, 1)
    assert (found["risk_checked"], found["sampled"]) == (1, 1)
    assert "lot_checked" not in found


def test_where_they_differ_both_count_and_a_correction_gives_the_visit_its_place(
    book: Book,
) -> None:
    claimed(book, "a")
    checked(book, "a", "false", "risk")
    book.tell("a", "case.inspected", NOW + 2 * DAY, found="not_done")
    checked(book, "a", "held", "risk", NOW + 3 * DAY)
    found = book.totals()
    assert (found["inspected"], found["inspected_false"], found["sampled"]) == (2, 1, 1)
    assert quality(book) == (1, 0)


def test_each_cycle_has_its_own_claim_and_the_unit_that_made_it_answers(book: Book) -> None:
    claimed(book, "a")
    again = {"cyc": 2, "to": "d2-civil", "due": NOW + 9 * DAY, "sla": DAY}
    book.tell("a", "case.reopened", NOW + 4 * HOUR, **again)
    book.done("a", NOW + 5 * HOUR, unit="d2-civil")
    checked(book, "a", "false", "lot")
    checked(book, "a", "held", "lot", cyc=2, unit="d2-civil")
    by_unit = {row["code"]: row["m"].get("held_bp") for row in book.made()["by"]["unit"]}
    assert (by_unit["d1-civil"], by_unit["d2-civil"]) == (0, FULL)
    posts = {row["code"]: row["m"].get("inspected_false") for row in book.made()["by"]["post"]}
    assert posts["d1-civil-head"] == 1


def test_a_closed_case_keeps_what_was_found_of_it() -> None:
    book = Book()
    claimed(book, "a")
    checked(book, "a", "false", "risk", post="d1-civil-second")
    book.close("a", NOW + 2 * DAY)
    kept = book.fold.matters.get("a".ljust(22, "A"))
    assert kept is not None
    (look,) = kept.looks
    assert (look.cycle, look.way, look.found) == (1, "risk", "false")
    assert look.dims[1] == "d1-civil-second"
    assert Matter.again(kept.plain()).looks == kept.looks
    empty = Matters()
    empty.put("b".ljust(22, "A"), kept)
    again = empty.get("b".ljust(22, "A"))
    assert again is not None
    assert again.looks == kept.looks
    checked(book, "a", "held", "risk", NOW + 3 * DAY, post="d1-civil-second")
    assert "inspected_false" not in book.totals()
