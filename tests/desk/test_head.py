"""A head's page: workload, promises to approve, points and objections."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from peygir.boards import workload
from peygir.calendars.persian import to_persian_digits
from peygir.cases import sweep
from peygir.evaluation.models import Appeal, Point
from peygir.people.models import Paper
from peygir.policy.model import CityPolicy
from tests.city import NOON, Story
from tests.desk.follow import BEFORE, answered, at_desk, promised, stored

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _the_next_day() -> Iterator[None]:
    """Promises lie ahead and points are of these thirty days, whatever the machine's date is."""
    with time_machine.travel(NOON + timedelta(days=1)):
        yield


HEAD = "/desk/head/"


def decide(client: Client, it: Story, decision: str, reason: str = "") -> int:
    path = reverse("desk:head_proposal", kwargs={"code": it.case.code})
    return client.post(path, {"decision": decision, "reason": reason}).status_code


def district_mayor(it: Story) -> Client:
    unit = it.policy.organisation.scored(it.case.unit)
    return at_desk(f"head-of-{unit}", f"{unit}-mayor")[0]


class TestPromises:
    @pytest.mark.requirement("Q13")
    def test_a_head_approves_a_promise_and_the_citizen_gets_a_date(self, qom: CityPolicy) -> None:
        it = promised(qom)
        client = district_mayor(it)
        page = client.get(HEAD).content.decode()
        assert "در برنامهٔ آسفالت فصل است" in page
        assert decide(client, it, "approve") == 302
        case = stored(it)
        assert (case.status, case.stage) == ("long_running", "execution")
        assert case.promised_for is not None
        assert case.informed_at is not None
        assert not workload.proposals(qom, it.holder(head=True))

    @pytest.mark.requirement("Q13")
    def test_a_refusal_needs_a_reason_and_the_clock_went_on(self, qom: CityPolicy) -> None:
        it = promised(qom)
        client = district_mayor(it)
        answer = client.post(
            reverse("desk:head_proposal", kwargs={"code": it.case.code}), {"decision": "refuse"}
        )
        assert answer.status_code == 422
        assert "errors-title" in answer.content.decode()
        assert decide(client, it, "refuse", "تاریخ بسیار دور است") == 302
        case = stored(it)
        assert (case.status, case.promised_for) == ("referred", None)
        assert Paper.objects.get(kind="refusal_reason").text == "تاریخ بسیار دور است"
        assert decide(client, it, "approve") == 409

    def test_neither_the_unit_itself_nor_another_district_decides(self, qom: CityPolicy) -> None:
        it = promised(qom)
        stranger, _ = at_desk("other", "d7-mayor")
        expert, _ = at_desk("expert", f"{it.case.unit}-expert")
        assert decide(stranger, it, "approve") == 404
        assert decide(expert, it, "approve") == 403
        assert stored(it).promised_for is None

    def test_a_very_long_reason_is_refused(self, qom: CityPolicy) -> None:
        it = promised(qom)
        assert decide(district_mayor(it), it, "refuse", "ن" * 5000) == 422


class TestWorkload:
    def test_counts_open_late_and_again_by_unit(self, qom: CityPolicy) -> None:
        first, second = Story(qom, at=BEFORE), Story(qom, at=BEFORE + timedelta(hours=40))
        second.after(hours=1).report()
        second.after(hours=1).dissatisfied()
        second.inspected("not_done")
        second.act("not_confirmed")
        at = BEFORE + timedelta(hours=50)
        found = workload.loads(["d3-civil", "feedback"], at=at, tonight=at + timedelta(hours=1))
        load = found["d3-civil"]
        assert (load.open, load.late, load.again) == (2, 1, 1)
        assert "feedback" not in found
        # the median of 50 h and 10 h
        assert load.age == timedelta(hours=30)
        assert workload.total(found.values()).open == 2
        assert first.case.id == workload.oldest(["d3-civil"])[0].pk

    def test_a_head_sees_the_units_below_and_no_other(self, qom: CityPolicy) -> None:
        Story(qom, at=BEFORE)
        Story(qom, at=BEFORE, district=5)
        client, _ = at_desk("mayor-of-3", "d3-mayor")
        page = client.get(HEAD).content.decode()
        assert "unit=d3-civil" in page
        assert "unit=d5-civil" not in page
        everybody, _ = at_desk("the-mayor", "mayor")
        assert "unit=d5-civil" in everybody.get(HEAD).content.decode()

    def test_is_read_in_few_queries(
        self, qom: CityPolicy, django_assert_max_num_queries: object
    ) -> None:
        for district in (3, 4, 5):
            Story(qom, at=BEFORE, district=district)
            answered(qom, district=district)
        client, _ = at_desk("the-mayor", "mayor")
        with django_assert_max_num_queries(26):  # type: ignore[operator]  # a fixture of pytest-django
            assert client.get(HEAD).status_code == 200


class TestPointsAndObjections:
    @pytest.mark.requirement("Q10")
    def test_a_late_case_shows_its_points_and_the_head_objects(self, qom: CityPolicy) -> None:
        it = Story(qom, at=BEFORE)
        sweep.drain(at=BEFORE + timedelta(hours=49))
        point = Point.objects.get()
        client, _ = at_desk("mayor-of-3", "d3-mayor")
        path = reverse("desk:point", kwargs={"point_id": point.pk})
        assert path in client.get(HEAD).content.decode()
        assert it.case.code in client.get(path).content.decode()
        assert client.post(path, {"reason": " "}).status_code == 422
        assert client.post(path, {"reason": "حکم توقف داشتیم"}).status_code == 302
        assert client.post(path, {"reason": "حکم توقف داشتیم"}).status_code == 422
        assert Appeal.objects.get().reason == "حکم توقف داشتیم"

    @pytest.mark.requirement("Q10")
    def test_the_head_of_the_centre_decides_and_the_sum_is_made_up(self, qom: CityPolicy) -> None:
        Story(qom, at=BEFORE)
        sweep.drain(at=BEFORE + timedelta(hours=49))
        point = Point.objects.get()
        district, _ = at_desk("mayor-of-3", "d3-mayor")
        district.post(reverse("desk:point", kwargs={"point_id": point.pk}), {"reason": "برف"})
        centre, _ = at_desk("centre", "centre-head")
        assert "برف" in centre.get(HEAD).content.decode()
        path = reverse("desk:objection", kwargs={"appeal_id": Appeal.objects.get().pk})
        assert district.post(path, {"decision": "accept", "answer": "بله"}).status_code == 403
        assert centre.post(path, {"decision": "accept"}).status_code == 422
        assert centre.post(path, {"decision": "accept", "answer": "پذیرفته"}).status_code == 302
        assert sorted(Point.objects.values_list("points", flat=True)) == [-1, 1]
        assert centre.post(path, {"decision": "reject", "answer": "نه"}).status_code == 422

    def test_the_sum_counts_more_than_the_rows_that_are_shown(
        self, qom: CityPolicy, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from peygir.desk.follow import head

        monkeypatch.setattr(head, "POINTS_SHOWN", 1)
        Story(qom, at=BEFORE)
        Story(qom, at=BEFORE, category="W01")
        sweep.drain(at=BEFORE + timedelta(hours=49))
        client, _ = at_desk("mayor-of-3", "d3-mayor")
        page = client.get(HEAD).content.decode()
        total = sum(Point.objects.values_list("points", flat=True))
        assert total < -1
        shown = {p for p in Point.objects.values_list("pk", flat=True) if f"points/{p}/" in page}
        assert len(shown) == 1
        assert to_persian_digits(str(-total)) in page.split('id="points"')[0]

    def test_points_of_others_are_not_found(self, qom: CityPolicy) -> None:
        Story(qom, at=BEFORE)
        sweep.drain(at=BEFORE + timedelta(hours=49))
        path = reverse("desk:point", kwargs={"point_id": Point.objects.get().pk})
        stranger, _ = at_desk("other", "d7-mayor")
        assert stranger.get(path).status_code == 404
        assert (
            stranger.get(reverse("desk:point", kwargs={"point_id": 2**63 - 1})).status_code == 404
        )

    def test_executive_staff_who_head_nothing_have_no_such_page(self, qom: CityPolicy) -> None:
        client, _ = at_desk("expert", "d3-civil-expert")
        assert client.get(HEAD).status_code == 403
