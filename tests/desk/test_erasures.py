"""The page on which two people erase a case; no word of any case is on it."""

import pytest

from peygir.people import papers
from peygir.people.models import Erasure
from peygir.policy.model import CityPolicy
from tests.city import Make, Story, reported
from tests.desk.people import signed_in, soup

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed(story: Make) -> Story:
    it = story()
    it.after(hours=1).report()
    it.after(hours=1).satisfied()
    return it


def spelled(code: str) -> str:
    """As people type it: groups, Persian digits."""
    digits = code.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    return f"{digits[:4]}-{digits[4:8]} {digits[8:]}"


def test_one_asks_and_another_confirms(closed: Story) -> None:
    head, mayor, code = signed_in("centre-head"), signed_in("mayor"), closed.case.code
    shown = soup(head.get(f"/desk/cases/{code}/"))
    assert f"/desk/erasures/?code={code}" in shown
    assert code in soup(head.get(f"/desk/erasures/?code={code}"))
    typed = {"code": spelled(code), "reason": "request"}
    answer = head.post("/desk/erasures/ask/", typed, follow=True)
    assert "نفر دیگری باید" in soup(answer)
    own = soup(head.get("/desk/erasures/"))
    assert f"/desk/erasures/{code}/confirm/" not in own
    answer = head.post(f"/desk/erasures/{code}/confirm/")
    assert answer.status_code == 403
    assert "نفر دوم" in soup(answer)
    assert f"/desk/erasures/{code}/confirm/" in soup(mayor.get("/desk/erasures/"))
    answer = mayor.post(f"/desk/erasures/{code}/confirm/", follow=True)
    assert "هیچ‌کس دیگر" in soup(answer)
    assert {paper.text for paper in papers.of(closed.case.id)} == {""}
    after = soup(head.get(f"/desk/cases/{code}/"))
    assert "پاک شده است" in after
    assert "گلستان" not in after
    english = soup(mayor.get("/en/desk/erasures/"))
    assert "the citizen asked for it" in english


def test_it_can_be_refused(closed: Story) -> None:
    head, mayor, code = signed_in("centre-head"), signed_in("mayor"), closed.case.code
    head.post("/desk/erasures/ask/", {"code": code, "reason": "order"})
    assert mayor.post(f"/desk/erasures/{code}/withdraw/").status_code == 302
    assert Erasure.objects.get().state == "withdrawn"
    assert mayor.post(f"/desk/erasures/{code}/confirm/").status_code == 409


def test_what_is_wrong_is_said_by_the_form_and_nothing_is_lost(
    closed: Story, qom: CityPolicy
) -> None:
    head = signed_in("centre-head")
    answer = head.post("/desk/erasures/ask/", {"code": closed.case.code})
    assert answer.status_code == 422
    assert closed.case.code in soup(answer)
    answer = head.post("/desk/erasures/ask/", {"code": "1" * 90, "reason": "order"})
    assert answer.status_code == 404
    still_open = reported(qom).case.code
    answer = head.post("/desk/erasures/ask/", {"code": still_open, "reason": "order"})
    assert answer.status_code == 409
    assert "هنوز باز است" in soup(answer)
    assert "/desk/erasures/" not in soup(head.get(f"/desk/cases/{still_open}/")).split("<main")[1]


def test_what_the_worker_erased_is_listed(closed: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    from peygir.cases import erasing

    erasing.by_age(at=closed.at.replace(year=closed.at.year + 6))
    shown = soup(signed_in("centre-head").get("/desk/erasures/"))
    assert "سامانه" in shown
    monkeypatch.setattr(erasing, "kept_months", lambda: None)
    assert "زمانی تعیین نکرده" in soup(signed_in("mayor").get("/desk/erasures/"))
