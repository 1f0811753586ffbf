"""The secret of the device that reported: its hash with the report, itself with the citizen's yes;
without either everything is as ever."""

import hashlib
from typing import Any

import pytest
from django.test import Client

from peygir.cases import device
from peygir.cases.models import Case
from peygir.ledger import read
from peygir.ledger.models import Event
from peygir.policy.model import CityPolicy
from peygir.portal.report_form import joinable
from peygir.verify.canonical import to_base64url
from tests.city import Story
from tests.portal.citizens import once, reported, send

pytestmark = [pytest.mark.usefixtures("city"), pytest.mark.requirement("T13")]

SECRET = to_base64url(bytes(range(32)))
HASH = to_base64url(hashlib.sha256(bytes(range(32))).digest())


def registered(case_id: int) -> dict[str, Any]:
    found: dict[str, Any] = Event.objects.get(subject_id=case_id, kind="case.registered").facts
    return found


class TestReporting:
    def test_the_registration_keeps_the_hash(self, client: Client) -> None:
        case = reported(client, device=HASH)
        assert registered(case.pk)["device"] == HASH == device.hash_of(case.pk)
        page = client.get("/report/done/").content.decode()
        assert f'data-device-done="{case.code}" data-device-hash="{HASH}"' in page

    def test_without_scripts_there_is_none(self, client: Client) -> None:
        case = reported(client)
        assert "device" not in registered(case.pk)
        assert device.hash_of(case.pk) == ""
        assert 'data-device-hash=""' in client.get("/report/done/").content.decode()

    @pytest.mark.parametrize(
        "value", ["x", HASH + "A", HASH[:-1], "=" * 43, HASH[:-1] + "é", "<b>" * 400, "\x00" * 43]
    )
    def test_anything_else_is_left_out_and_the_report_counts(
        self, client: Client, value: str
    ) -> None:
        case = reported(client, device=value)
        assert "device" not in registered(case.pk)

    def test_a_refused_form_asks_the_device_anew(self, client: Client) -> None:
        page = send(client, words="", device=HASH, once=once(client))
        assert page.status_code == 422
        assert HASH not in page.content.decode()
        assert 'name="device" value="" data-own data-device' in page.content.decode()

    def test_whoever_joins_has_none(self, client: Client, city: CityPolicy) -> None:
        story = Story(city, device=HASH)
        send(client, join=joinable(story.case.id), phone="09351112233", device=SECRET)
        assert Case.objects.count() == 1
        assert HASH not in client.get("/report/done/").content.decode()


class TestAnswering:
    def story(self, city: CityPolicy, **fields: Any) -> Story:
        told = Story(city, **fields)
        told.report()
        return told

    def say_yes(self, story: Story, **fields: Any) -> dict[str, Any]:
        client = Client()
        client.post(f"/t/{story.case.code}/open/", {"last4": "6789"})
        sent = client.post(f"/t/{story.case.code}/answer/", {"answer": "yes"} | fields)
        assert sent.status_code == 302
        assert Case.objects.get(pk=story.case.id).stage == "closed"
        word: dict[str, Any] = read.of("case", story.case.id)[-1].facts["evidence"]["citizen_word"]
        return word

    def test_the_word_reveals_the_secret(self, city: CityPolicy) -> None:
        word = self.say_yes(self.story(city, device=HASH), secret=SECRET)
        assert (word["via"], word["secret"]) == ("web", SECRET)

    @pytest.mark.parametrize("secret", ["", HASH, SECRET[:-1], SECRET + "=", "راز", "x" * 5000])
    def test_a_wrong_one_is_left_out_and_the_word_counts(
        self, city: CityPolicy, secret: str
    ) -> None:
        word = self.say_yes(self.story(city, device=HASH), secret=secret)
        assert word.keys() == {"via", "at"}

    def test_a_case_without_one_takes_none(self, city: CityPolicy) -> None:
        assert "secret" not in self.say_yes(self.story(city), secret=SECRET)

    def test_the_page_asks_this_device_for_it_and_holds_none(self, city: CityPolicy) -> None:
        story, client = self.story(city, device=HASH), Client()
        client.post(f"/t/{story.case.code}/open/", {"last4": "6789"})
        page = client.get(f"/t/{story.case.code}").content.decode()
        assert f'name="secret" value="" data-own data-device-of="{story.case.code}"' in page

    def test_what_the_public_knows_is_revealed_no_second_time(self, city: CityPolicy) -> None:
        story = self.story(city, device=HASH)
        assert device.revealed(story.case.id, SECRET) == {"secret": SECRET}
        self.say_yes(story, secret=SECRET)
        assert device.revealed(story.case.id, SECRET) == {}

    def test_of_a_case_that_is_not_there(self) -> None:
        assert device.revealed(1, SECRET) == {}
