"""The week's claims to inspect: who draws and records, and what a false one needs."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils.translation import override

from peygir.analysis import found, risk
from peygir.analysis.checks import Check, Draw
from peygir.cases.checking import FALSE
from peygir.cases.models import Case
from peygir.desk import nav
from peygir.desk.analysis import reasons
from peygir.ledger.models import Event
from peygir.look.numbers import fa
from peygir.notices.models import Notice
from peygir.policy.model import CityPolicy
from tests.city import NOON, Make, Story, filling
from tests.desk.people import signed_in, soup
from tests.desk.test_console import now
from tests.house.source import ROOT
from tests.scenarios.player import Player, load

pytestmark = pytest.mark.django_db
PAGE = "/desk/analysis/inspections/"


def claimed(story: Make, *, count: int = 1, back: float = 20, **fields: Any) -> list[Story]:
    """Cases that the unit of district 3 says are done."""
    made = []
    for _one in range(count):
        it = story(at=now(hours=back), **fields).after(hours=9)
        it.report()
        made.append(it)
    return made


def drawn(client: Any, wanted: str = "۲۰") -> Any:
    return client.post(f"{PAGE}draw/", {"wanted": wanted}, follow=True)


@pytest.mark.requirement("S26")
def test_a_list_is_drawn_with_its_seed_and_reasons_in_words(story: Make) -> None:
    (it,) = claimed(story)
    client = signed_in("special-follow-up-1")
    assert "این هفته" in soup(client.get(PAGE))
    page = soup(drawn(client))
    made = Draw.objects.get()
    assert made.seed in page
    assert it.case.code in page.replace("\u2066", "")
    assert "عکسی از کار نیست" in page
    again = soup(drawn(client))  # from a page that was open before
    assert "همین حالا ساخته شده" in again
    assert Draw.objects.count() == 1


@pytest.mark.requirement("S26")
def test_a_further_list_of_the_week_is_made_and_told(story: Make) -> None:
    claimed(story)
    client = signed_in("special-follow-up-1")
    drawn(client)
    claimed(story)
    page = soup(client.get(PAGE))
    assert "ساختن فهرستی دیگر" in page
    assert 'name="number" value="2"' in page
    client.post(f"{PAGE}draw/", {"wanted": "5", "number": "2"})
    assert sorted(Draw.objects.values_list("number", flat=True)) == [1, 2]
    assert Notice.objects.filter(template="mail.inspections").count() == 2


@pytest.mark.parametrize("wanted", ["", "0", "-1", "201", "ده", "9" * 30])
def test_a_number_that_is_none_is_refused_and_kept(story: Make, wanted: str) -> None:
    claimed(story)
    answer = drawn(signed_in("centre-head"), wanted)
    assert answer.status_code == 422
    assert Draw.objects.count() == 0
    assert f'value="{wanted[:10]}' in soup(answer) or wanted == ""


def test_with_no_claim_the_week_is_not_used_up(qom: CityPolicy) -> None:
    page = soup(drawn(signed_in("centre-head")))
    assert "نمانده" in page
    assert Draw.objects.count() == 0


@pytest.mark.requirement("S26")
def test_what_was_found_is_recorded_and_counted(story: Make) -> None:
    claimed(story, count=2)
    client = signed_in("special-follow-up-1")
    drawn(client)
    first, second = Check.objects.order_by("pk")
    assert client.post(f"{PAGE}{first.pk}/", {"finding": "held"}).status_code == 302
    wrong = client.post(f"{PAGE}{second.pk}/", {})
    assert wrong.status_code == 422
    assert "بگویید چه یافته شد" in soup(wrong)
    client.post(f"{PAGE}{second.pk}/", {"finding": "false"})
    page = soup(client.post(f"{PAGE}{second.pk}/", {"finding": "held"}, follow=True))
    assert "پیش‌تر ثبت کرده" in page
    assert sorted(Check.objects.values_list("finding", flat=True)) == ["false", "held"]
    sheet = soup(client.get(f"{PAGE}csv/"))
    assert sheet.count("d3-civil") == 2
    code = Case.objects.values_list("code", flat=True)[0]
    assert code not in sheet


@pytest.mark.requirement("S26")
def test_a_finding_is_put_right_and_both_stay_in_the_case_s_story(story: Make) -> None:
    (it,) = claimed(story)
    client = signed_in("special-follow-up-1")
    drawn(client)
    check = Check.objects.get()
    early = soup(client.post(f"{PAGE}{check.pk}/correction/", {"finding": "held"}, follow=True))
    assert "در فهرست نیست" in early
    client.post(f"{PAGE}{check.pk}/", {"finding": "false"})
    same = client.post(f"{PAGE}{check.pk}/correction/", {"finding": "false"})
    assert same.status_code == 422
    assert "همین پیش‌تر گفته شده" in soup(same)
    client.post(f"{PAGE}{check.pk}/correction/", {"finding": "held"})
    assert Check.objects.get().finding == "held"
    page = soup(client.get(PAGE))
    assert "تصحیح یافته" in page
    assert "یافته‌های چهار هفته (۱)" in page
    kinds = Event.objects.filter(subject_id=it.case.id).values_list("kind", flat=True)
    assert list(kinds).count("case.checked") == 2
    mayor = soup(signed_in("mayor").get(PAGE))
    assert "/correction/" not in mayor


def test_the_page_says_when_the_week_s_list_comes(story: Make, qom: CityPolicy) -> None:
    saturday = NOON.replace(hour=0) + timedelta(days=7)
    with time_machine.travel(saturday, tick=False):
        assert "خودبه‌خود ساخته می‌شود" in soup(signed_in("centre-head").get(PAGE))


def test_what_is_yet_to_be_looked_at_stays_out_of_the_file(story: Make) -> None:
    claimed(story)
    client = signed_in("special-follow-up-1")
    drawn(client)
    assert "d3-civil" not in soup(client.get(f"{PAGE}csv/"))


def test_those_who_claimed_never_see_the_list(story: Make, qom: CityPolicy) -> None:
    claimed(story)
    drawn(signed_in("centre-head"))
    check = Check.objects.get()
    for post in ("d3-civil-expert", "d3-mayor", "reception-1"):
        client = signed_in(post)
        assert client.get(PAGE).status_code == 403
        assert client.get(f"{PAGE}csv/").status_code == 403
        answer = client.post(f"{PAGE}{check.pk}/", {"finding": "held"})
        assert answer.status_code == 403
    assert Check.objects.get().finding == ""


def test_a_viewer_draws_and_records_nothing(story: Make) -> None:
    (it,) = claimed(story)
    drawn(signed_in("centre-head"))
    check = Check.objects.get()
    mayor = signed_in("mayor")
    page = soup(mayor.get(PAGE)).replace("\u2066", "")
    assert "برای بازرسی (۱)" in page
    assert it.case.code not in page, "a deputy stands above those who are to be visited"
    assert f"{PAGE}{check.pk}/" not in page
    assert mayor.post(f"{PAGE}{check.pk}/", {"finding": "false"}).status_code == 403
    assert mayor.post(f"{PAGE}draw/", {"wanted": "3"}).status_code == 403


def test_a_sealed_case_or_one_that_is_none_is_unknown(story: Make) -> None:
    (it,) = claimed(story)
    client = signed_in("special-follow-up-1")
    drawn(client)
    check = Check.objects.get()
    Case.objects.filter(pk=it.case.id).update(sealed=True)
    assert it.case.code not in soup(client.get(PAGE)).replace("\u2066", "")
    for number in (check.pk, check.pk + 7, 2**63):
        page = soup(client.post(f"{PAGE}{number}/", {"finding": "false"}, follow=True))
        assert "در فهرست نیست" in page
    assert Check.objects.get().finding == ""


class TestFalse:
    """A claim found false: what the page says must be done, and that nothing moved by itself."""

    def said(self, it: Story, *, days: int = 0) -> str:
        client = signed_in("special-follow-up-1", username="inspector")
        drawn(client)
        check = Check.objects.get()
        told = ("stage", "unit", "cycle", "closed_at")
        before = Case.objects.values(*told).get(pk=it.case.id)
        client.post(f"{PAGE}{check.pk}/", {"finding": "false"})
        assert Case.objects.values(*told).get(pk=it.case.id) == before, "a finding moves no case"
        with time_machine.travel(now(days=-days), tick=False):
            return soup(signed_in("mayor").get(PAGE)).replace("\u2066", "")

    def test_one_that_waits_for_the_citizens_word(self, story: Make) -> None:
        (it,) = claimed(story)
        assert "منتظر سخن شهروند نزد" in self.said(it)

    @pytest.mark.requirement("S26")
    def test_one_that_waits_for_a_visit_goes_back_by_it(self, story: Make) -> None:
        (it,) = claimed(story)
        it.after(hours=1).dissatisfied()
        assert "منتظر بازدید است" in self.said(it)
        inspectors = soup(signed_in("special-follow-up-2").get(PAGE))
        assert f'<a href="/desk/field/{it.case.code}/">رفتن به آنجا' in inspectors
        it.after(hours=1).inspected("not_done")
        it.act("not_confirmed")
        assert found.false() == []

    @pytest.mark.requirement("S26")
    def test_a_closed_one_by_an_objection_of_whoever_may_record_it(self, story: Make) -> None:
        (it,) = claimed(story)
        it.after(hours=1).satisfied()
        page = self.said(it)
        assert "اعتراض به خاتمه" in page
        assert "واحد دریافت" in page

    def test_a_closed_one_whose_time_is_over(self, story: Make) -> None:
        (it,) = claimed(story)
        it.after(hours=1).satisfied()
        assert "دیگر با هیچ گامی" in self.said(it, days=20)

    def test_one_that_is_at_work_again(self, story: Make, qom: CityPolicy) -> None:
        (it,) = claimed(story)
        self.said(it)
        it.after(hours=1).act("reclassify", filling(qom, "reception-1"), category="C02")
        assert "دوباره نزد" in soup(signed_in("centre-head").get(PAGE))

    def test_one_that_waits_elsewhere(self, story: Make) -> None:
        (it,) = claimed(story)
        self.said(it)
        Case.objects.filter(pk=it.case.id).update(stage="reception", unit="reception")
        assert "به آن‌ها بگویید" in soup(signed_in("centre-head").get(PAGE))


def test_a_visit_to_a_closed_case_is_kept_and_suggests_the_finding(story: Make) -> None:
    (it,) = claimed(story)
    it.after(hours=1).satisfied()
    client = signed_in("special-follow-up-1")
    drawn(client)
    assert f"/desk/field/{it.case.code}/" in soup(client.get(PAGE))
    visit = {
        "visit": "00000000-0000-4000-8000-000000000137", "code": it.case.code,
        "finding": "partly", "outcome": "absent", "findings": "نیمی از چاله پر شده است",
    }  # fmt: skip
    kept = client.post("/desk/field/visits/", visit, headers={"Accept": "application/json"})
    assert kept.status_code == 201, kept.content
    page = soup(client.get(PAGE))
    assert "بازدیدی پس از آن می‌گوید" in page
    assert 'value="false" checked' in page
    check = Check.objects.get()
    client.post(f"{PAGE}{check.pk}/", {"finding": "false"})
    assert Check.objects.get().inspection is not None


def test_the_menu_has_it_where_units_claim_work(qom: CityPolicy) -> None:
    actor = filling(qom, "special-follow-up-1")
    assert "inspections" in {entry["name"] for entry in nav.menu(actor, qom)}
    assert "analysis" not in {entry["name"] for entry in nav.menu(actor, qom)}
    page = soup(signed_in("special-follow-up-1").get(PAGE))
    assert "/desk/analysis/forecast/" not in page, "a tab that this person may not open"


@pytest.mark.parametrize("language", ["fa", "en"])
@pytest.mark.parametrize("n", [0, 7])
def test_every_reason_has_a_sentence_of_its_own(language: str, n: int) -> None:
    with override(language):
        found = {code: reasons.reason(code, n) for code in risk.WEIGHTS}
        numbers = [words for words in found.values() if fa(7) in words]
    assert len(set(found.values())) == len(risk.WEIGHTS)
    assert len(numbers) == (7 if n else 0)  # all but the missing photo name a number


@pytest.mark.parametrize(("name", "claims"), [("special", 1), ("urgent", 1)])
def test_a_city_with_tracks_has_claims_too(isfahan: CityPolicy, name: str, claims: int) -> None:
    folder = ROOT / "cities" / "isfahan" / "scenarios"
    Player(isfahan, load(folder / f"{name}.toml")).play()
    Case.objects.update(inspection=None)  # as if nobody had been there
    found = risk.suspects(isfahan, at=NOON + timedelta(days=9))
    assert len(found) == claims


def test_points_are_judged_by_what_was_drawn_at_random(story: Make) -> None:
    claimed(story, count=10)
    client = signed_in("special-follow-up-1")
    drawn(client, "10")
    for check in Check.objects.all():
        check.finding, check.found_at = FALSE if check.by_lot else "held", now()
        check.save()
    page = soup(client.get(PAGE))
    rates = found.rates(now() - timedelta(days=1))
    assert rates[True].share == 1.0
    assert rates[False].share == 0.0
    assert "۱۰۰٪" in page
