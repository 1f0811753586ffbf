"""Search: code, phone, words; only what the reader may see; nothing in an address."""

from datetime import UTC, datetime, timedelta

import pytest

from peygir.calendars.phones import PhoneError, parse_phone
from tests.city import NOON, PHONE, Make
from tests.desk.people import signed_in, soup

pytestmark = pytest.mark.django_db


def now(**back: float) -> datetime:
    return datetime.now(UTC) - timedelta(**back)


def shown(page: str, code: str) -> bool:
    return f"/desk/cases/{code}/" in page


@pytest.mark.parametrize("form", ["{0}", "{0:.6}-{0}", "fa"])
def test_a_code_opens_its_case_in_any_digits(story: Make, form: str) -> None:
    code = story(at=now(hours=1)).case.code
    typed = {
        "{0}": code,
        "{0:.6}-{0}": f"{code[:6]}-{code[6:11]}-{code[11:]}",
        "fa": code.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")),
    }[form]
    answer = signed_in("reception-1").post("/desk/search/", {"q": typed})
    assert answer["Location"] == f"/desk/cases/{code}/"


def test_part_of_a_code_lists_its_day(story: Make) -> None:
    code = story(at=now(hours=1)).case.code
    assert shown(soup(signed_in("reception-1").post("/desk/search/", {"q": code[:8]})), code)


def test_a_part_of_a_code_that_could_be_a_landline_lists_its_day(story: Make) -> None:
    """The codes of Bahman and Esfand 1405 begin like numbers of two provinces."""
    reception, typed = signed_in("reception-1"), []
    for days in (75, 95, 105):
        code = story(at=NOON + timedelta(days=days)).case.code
        for part in (code[:7], code[:8], code[:11]):
            typed += [part] if _is_phone(part) else []
            assert shown(soup(reception.post("/desk/search/", {"q": part})), code)
    assert typed


def _is_phone(digits: str) -> bool:
    try:
        return bool(parse_phone(digits))
    except PhoneError:
        return False


def test_a_phone_finds_its_reports_for_those_who_may_look_people_up(story: Make) -> None:
    code = story(at=now(hours=1)).case.code
    assert shown(soup(signed_in("reception-1").post("/desk/search/", {"q": "۰۹۱۲ ۳۴۵ ۶۷۸۹"})), code)
    assert not shown(soup(signed_in("mayor").post("/desk/search/", {"q": PHONE})), code)


@pytest.mark.parametrize("words", ["چاله مدرسه", "مدرسه", "چالهٔ عميق", "گلستان", "مدر"])
def test_words_are_found_however_they_are_spelt(story: Make, words: str) -> None:
    code = story(at=now(hours=1)).case.code
    assert shown(soup(signed_in("reception-1").post("/desk/search/", {"q": words})), code)


def test_filters_narrow_and_others_cases_stay_unknown(story: Make) -> None:
    own, other = story(at=now(hours=1)), story(at=now(hours=2), district=5)
    client = signed_in("d3-civil-expert")
    page = soup(client.post("/desk/search/", {"q": "چاله"}))
    assert shown(page, own.case.code)
    assert not shown(page, other.case.code)
    assert not shown(soup(client.post("/desk/search/", {"q": other.case.code})), other.case.code)
    closed = client.post("/desk/search/", {"q": "چاله", "state": "closed"})
    assert not shown(soup(closed), own.case.code)
    assert shown(soup(client.post("/desk/search/", {"q": "چاله", "district": "3"})), own.case.code)


@pytest.mark.parametrize(
    "q", ["", "\x00", "' | & ! ( ) :* <->", "‮", "!" * 500, "a" * 5000, "😀", "12345678901234567890"]
)
def test_hostile_searches_find_nothing_and_break_nothing(story: Make, q: str) -> None:
    story(at=now(hours=1))
    form = {"q": q, "below": "9" * 30, "district": "-1", "unit": "\x00", "state": "x"}
    assert signed_in("reception-1").post("/desk/search/", form).status_code == 200


def test_the_search_form_is_posted_so_that_no_address_holds_a_number(story: Make) -> None:
    page = soup(signed_in("reception-1").get("/desk/search/?q=09123456789"))
    assert "09123456789" not in page.split("<main")[1]
    assert page.count('method="post" action="/desk/search/"') == 2
