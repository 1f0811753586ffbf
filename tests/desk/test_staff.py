"""People with a sign-in: every change is an event, nothing is deleted."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from peygir.ledger.models import Event
from peygir.people import organisation, staffing
from peygir.people.models import Staff, Tenure
from peygir.policy.model import CityPolicy
from tests.city import NOON
from tests.desk.follow import at_desk

pytestmark = pytest.mark.django_db

NEW = {"username": "z.kazemi", "fa": "زهرا کاظمی", "en": "Zahra Kazemi", "phone": "۰۹۱۲۳۴۵۶۷۸۹",
       "email": "z@example.org", "extension": "204", "language": "fa"}  # fmt: skip


@pytest.fixture
def admin(qom: CityPolicy) -> Client:
    return at_desk("admin", "ict-expert")[0]


def page_of(person: Staff, what: str) -> str:
    return reverse(f"desk:person_{what}", kwargs={"staff_id": person.pk})


def kinds() -> list[str]:
    return list(Event.objects.filter(subject="staff").order_by("id").values_list("kind", flat=True))


class TestAdding:
    def test_the_first_password_is_shown_once_and_works(self, admin: Client) -> None:
        answer = admin.post(reverse("desk:staff_add"), NEW)
        assert "no-store" in answer["Cache-Control"]
        secret = re.search(r'class="secret"><bdi dir="ltr">([^<]+)<', answer.content.decode())
        assert secret is not None
        person = Staff.objects.get(username="z.kazemi")
        assert person.check_password(secret[1])
        assert person.needs_new_password
        assert person.phone == "+989123456789"
        again = admin.get(reverse("desk:person", kwargs={"staff_id": person.pk}))
        assert secret[1] not in again.content.decode()

    def test_the_event_holds_no_name_and_no_number(self, admin: Client) -> None:
        admin.post(reverse("desk:staff_add"), NEW)
        event = Event.objects.get(subject="staff")
        assert (event.kind, event.facts) == ("staff.added", {})

    @pytest.mark.parametrize(
        "fields",
        [
            {"username": ""},
            {"username": "a"},
            {"username": "admin"},
            {"username": "نام"},
            {"username": "x" * 500},
            {"fa": "  "},
            {"fa": "ن" * 200},
            {"phone": "12"},
            {"email": "nobody"},
            {"extension": "12; drop"},
        ],
    )
    def test_what_cannot_be_right_is_refused(self, admin: Client, fields: dict[str, str]) -> None:
        answer = admin.post(reverse("desk:staff_add"), NEW | fields)
        assert answer.status_code == 422
        assert Staff.objects.count() == 1

    def test_only_administrators_change_staff(self, qom: CityPolicy) -> None:
        client, _ = at_desk("centre", "centre-head")
        assert client.get(reverse("desk:staff")).status_code == 200
        assert client.get(reverse("desk:staff_add")).status_code == 403
        assert client.post(reverse("desk:staff_add"), NEW).status_code == 403


class TestPosts:
    def test_somebody_is_put_into_a_post_and_leaves_it(
        self, admin: Client, qom: CityPolicy
    ) -> None:
        _, person = at_desk("clerk")
        answer = admin.post(page_of(person, "tenure"), {"post": "d3-civil-expert", "since": ""})
        assert answer.status_code == 302
        tenure = Tenure.objects.get(staff=person)
        assert organisation.actor_of(person, at=tenure.since).units == {"d3-civil"}
        admin.post(page_of(person, "tenure_end"), {"tenure": str(tenure.pk)})
        tenure.refresh_from_db()
        assert tenure.until is not None
        assert kinds() == ["staff.tenure_started", "staff.tenure_ended"]
        facts = Event.objects.filter(subject="staff").latest("id").facts
        assert facts["post"] == "d3-civil-expert"

    @pytest.mark.parametrize(
        "fields", [{"post": ""}, {"post": "nowhere"}, {"post": "mayor", "since": "soon"}]
    )
    def test_odd_posts_and_days_are_refused(
        self, admin: Client, qom: CityPolicy, fields: dict[str, str]
    ) -> None:
        _, person = at_desk("clerk")
        assert admin.post(page_of(person, "tenure"), fields).status_code == 422
        assert kinds() == []

    def test_the_same_post_twice_is_refused(self, admin: Client, qom: CityPolicy) -> None:
        _, person = at_desk("clerk", "d3-civil-expert")
        answer = admin.post(page_of(person, "tenure"), {"post": "d3-civil-expert"})
        assert answer.status_code == 422

    def test_anothers_tenure_is_not_found(self, admin: Client, qom: CityPolicy) -> None:
        _, one = at_desk("one", "d3-civil-expert")
        _, two = at_desk("two")
        tenure = Tenure.objects.get(staff=one)
        answer = admin.post(page_of(two, "tenure_end"), {"tenure": str(tenure.pk)})
        assert answer.status_code == 404


class TestLeaving:
    def test_whoever_leaves_loses_posts_and_sign_in_but_is_not_deleted(
        self, admin: Client, qom: CityPolicy
    ) -> None:
        client, person = at_desk("clerk", "d3-civil-expert")
        assert admin.post(page_of(person, "activity"), {"active": "no"}).status_code == 302
        person.refresh_from_db()
        assert not person.is_active
        assert not Tenure.objects.filter(staff=person, until=None).exists()
        assert client.get(reverse("desk:organisation")).status_code == 302  # to the sign-in
        admin.post(page_of(person, "activity"), {"active": "yes"})
        assert kinds() == ["staff.tenure_ended", "staff.deactivated", "staff.reactivated"]

    def test_nobody_deactivates_themselves(self, admin: Client) -> None:
        own = Staff.objects.get(username="admin")
        assert admin.post(page_of(own, "activity"), {"active": "no"}).status_code == 422
        own.refresh_from_db()
        assert own.is_active

    def test_a_renewed_password_replaces_the_old_one(self, admin: Client, qom: CityPolicy) -> None:
        _, person = at_desk("clerk")
        assert admin.post(page_of(person, "password")).status_code == 200
        person.refresh_from_db()
        assert not person.check_password("a-long-password-137")
        assert person.needs_new_password
        own = Staff.objects.get(username="admin")
        assert admin.post(page_of(own, "password")).status_code == 403

    def test_details_are_corrected_and_the_event_names_the_fields_only(
        self, admin: Client, qom: CityPolicy
    ) -> None:
        _, person = at_desk("clerk")
        given = {"fa": "زهرا کاظمی", "phone": "", "email": "", "extension": "", "language": "fa"}
        assert admin.post(page_of(person, "change"), given).status_code == 302
        assert Event.objects.get(subject="staff").facts == {"fields": ["fa"]}
        assert admin.post(page_of(person, "change"), {"fa": ""}).status_code == 422

    def test_unknown_people_are_not_found(self, admin: Client) -> None:
        for name in ("person_change", "person_password", "person_activity", "person_tenure"):
            path = reverse(f"desk:{name}", kwargs={"staff_id": 999_999})
            assert admin.post(path, {}).status_code == 404
        assert staffing.new_password() != staffing.new_password()
        assert NOON.tzinfo is not None
