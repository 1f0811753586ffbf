"""The chart and the policy, as staff read them."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from peygir.people.models import Delegation, Tenure
from peygir.policy.model import CityPolicy
from tests.city import NOON
from tests.desk.follow import at_desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(qom: CityPolicy) -> Client:
    return at_desk("officer", "d3-civil-expert", fa="زهرا کاظمی")[0]


class TestTheChart:
    def test_shows_who_fills_what_and_what_is_vacant(self, officer: Client) -> None:
        page = officer.get("/desk/organisation/").content.decode()
        assert "زهرا کاظمی" in page
        assert "خالی" in page

    def test_a_post_names_its_superiors_up_to_the_mayor(self, officer: Client) -> None:
        page = officer.get(
            reverse("desk:post", kwargs={"code": "d3-civil-expert"})
        ).content.decode()
        places = [page.index(f"/posts/{code}/") for code in ("d3-civil-head", "d3-mayor", "mayor")]
        assert places == sorted(places)

    def test_the_holder_names_a_substitute_for_some_days(self, qom: CityPolicy) -> None:
        client, holder = at_desk("head", "d3-civil-head")
        _, other = at_desk("other", "d3-civil-expert")
        path = reverse("desk:post", kwargs={"code": "d3-civil-head"})
        given = {"staff": str(other.pk), "since": "", "until": "۱۴۹۰/۱/۵"}
        assert client.post(path, given).status_code == 422  # longer than a year
        last = {"until": in_ten_days()}
        assert client.post(path, given | last).status_code == 302
        made = Delegation.objects.get()
        assert (made.staff_id, made.given_by_id, made.post_id) == (
            other.pk, holder.pk, "d3-civil-head",
        )  # fmt: skip
        end = reverse("desk:delegation_end", kwargs={"delegation_id": made.pk})
        assert client.post(end).status_code == 302
        made.refresh_from_db()
        assert (made.until - made.since).total_seconds() < 60

    def test_nobody_names_a_substitute_for_somebody_elses_post(self, officer: Client) -> None:
        path = reverse("desk:post", kwargs={"code": "d3-mayor"})
        assert officer.post(path, {"staff": "1", "until": "1405/12/01"}).status_code == 403

    def test_a_substitute_names_no_substitute(self, qom: CityPolicy) -> None:
        client, person = at_desk("stand-in", "d4-civil-expert")
        Tenure.objects.filter(staff=person).update(until=NOON)
        path = reverse("desk:post", kwargs={"code": "d4-civil-expert"})
        assert client.post(path, {}).status_code == 403  # no post at all any more

    @pytest.mark.parametrize(
        "fields",
        [
            {},
            {"staff": "abc", "until": "1405/12/30"},
            {"staff": "1", "until": "2027-01-01"},
            {"staff": "1", "until": "1405/13/01", "since": "x"},
            {"staff": "9" * 40, "until": "1499/12/29"},
        ],
    )
    def test_odd_delegations_are_refused(self, qom: CityPolicy, fields: dict[str, str]) -> None:
        client, _ = at_desk("head", "d3-civil-head")
        path = reverse("desk:post", kwargs={"code": "d3-civil-head"})
        assert client.post(path, fields).status_code == 422
        assert not Delegation.objects.exists()


class TestThePolicy:
    @pytest.mark.parametrize("prefix", ["", "/en"])
    def test_is_shown_in_words_with_its_drawing_and_what_was_proved(
        self, officer: Client, prefix: str
    ) -> None:
        with translation.override("fa"):
            page = officer.get(f"{prefix}/desk/policy/").content.decode()
        assert "<svg" in page
        assert page.count("<table") >= 5


def in_ten_days() -> str:
    from datetime import timedelta

    from django.utils import timezone

    from peygir.calendars.jalali import to_jalali

    year, month, day = to_jalali((timezone.now() + timedelta(days=10)).date())
    return f"{year}/{month:02}/{day:02}"
