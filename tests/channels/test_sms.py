"""The SMS channel without a gateway: what citizens write, what is answered, what is refused."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from django.test import Client

from peygir.cases import acts
from peygir.cases.models import Case
from peygir.channels.sms import reply
from peygir.channels.sms.commands import Command, parse
from peygir.channels.sms.outgoing import delivery_address
from peygir.people.contacts import Caller
from peygir.people.models import Citizen, Paper
from tests.city import NOON, PHONE, Make, staff_of
from tests.notices.queued import queued

SECRET = "a-secret-of-kannel"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("31", Command(kind="yes")),
        (" ۳۱ ", Command(kind="yes")),
        ("٣١", Command(kind="yes")),
        ("33", Command(kind="no")),
        ("33 هنوز چاله هست", Command(kind="no", rest="هنوز چاله هست")),
        ("31 050830042174", Command(kind="yes", code="050830042174")),
        ("بله", Command(kind="yes")),
        ("No.", Command(kind="no")),
        ("لغو", Command(kind="stop")),
        ("STOP", Command(kind="stop")),
        ("۰۵۰۸۳۰-۰۴۲۱۷-۴", Command(kind="status", code="050830042174")),
        ("کد من 050830 04217 4 است", Command(kind="status", code="050830042174")),
        ("050830042175", Command(kind="other")),  # its check digit is wrong
        ("سلام", Command(kind="other")),
        ("", Command(kind="other")),
        ("310", Command(kind="other")),
        ("\x00" * 50 + "۳۱" * 5000, Command(kind="other")),
    ],
)
def test_a_text_is_understood(text: str, expected: Command) -> None:
    assert parse(text) == expected


@pytest.fixture
def write(client: Client, settings: Any) -> Any:
    """A citizen writes at an instant; gives the answer."""
    settings.PEYGIR_SMS_SECRET = SECRET
    sent = iter(range(1000))

    def write(text: str, *, phone: str = PHONE, at: Any = NOON, **given: str) -> Any:
        values = {"secret": SECRET, "from": phone, "text": text, "id": f"m{next(sent)}"} | given
        query = "&".join(f"{k}={quote(v)}" for k, v in values.items())
        with time_machine.travel(at, tick=False):
            return client.get(f"/channels/sms/in?{query}")

    return write


@pytest.mark.django_db
class TestAnswers:
    @pytest.mark.requirement("Q7", "Q9")
    def test_31_closes_the_case_that_asks(self, story: Make, write: Any) -> None:
        it = story().after(hours=1)
        it.report()
        assert write("۳۱", at=it.at + timedelta(minutes=5)).content == b""
        case = Case.objects.get(pk=it.case.id)
        assert (case.ending, case.satisfied) == ("satisfied", True)

    @pytest.mark.requirement("Q8")
    def test_33_sends_special_follow_up_with_the_citizens_words(
        self, story: Make, write: Any
    ) -> None:
        it = story().after(hours=1)
        it.report()
        write("33 هنوز چاله هست", at=it.at)
        assert Case.objects.get(pk=it.case.id).stage == "special_follow_up"
        assert (
            Paper.objects.get(case_id=it.case.id, kind="objection_reason").text == "هنوز چاله هست"
        )

    def test_33_of_a_merged_report_counts_for_the_leading_case(
        self, story: Make, write: Any
    ) -> None:
        lead = story()
        other = story(caller=Caller(phone="+989351112233"))
        reception = staff_of(lead.policy, "reception")
        given = {"policy": lead.policy, "actor": reception, "at": lead.at}
        acts.merge(**given, case_id=other.case.id, into=lead.case.id)
        lead.report()
        write(f"33 {other.case.code}", phone="+989351112233")
        assert Case.objects.get(pk=lead.case.id).stage == "special_follow_up"

    def test_with_two_cases_the_code_is_asked_for_and_then_it_counts(
        self, story: Make, write: Any
    ) -> None:
        one, two = story(), story()
        for it in (one, two):
            it.report()
        said = write("31").content.decode()
        assert one.case.code in said
        assert two.case.code in said
        write(f"31 {two.case.code}")
        assert Case.objects.get(pk=one.case.id).closed_at is None
        assert Case.objects.get(pk=two.case.id).ending == "satisfied"

    def test_31_where_nothing_asks_changes_nothing_and_says_so(
        self, story: Make, write: Any
    ) -> None:
        it = story()
        assert write("31").content
        assert Case.objects.get(pk=it.case.id).version == it.case.version

    def test_a_stranger_cannot_answer_for_the_citizen(self, story: Make, write: Any) -> None:
        it = story()
        it.report()
        write(f"31 {it.case.code}", phone="+989351112233")
        assert Case.objects.get(pk=it.case.id).closed_at is None

    def test_the_gateway_repeats_a_message_and_it_counts_once(
        self, story: Make, write: Any
    ) -> None:
        it = story()
        it.report()
        write("33", id="same")
        assert write("33", id="same").content == b""
        assert Case.objects.get(pk=it.case.id).objections == 0

    def test_a_message_that_met_a_fault_counts_when_it_comes_again(
        self, story: Make, write: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        it = story()
        it.report()
        with monkeypatch.context() as broken:
            broken.setattr(reply.acts, "act", lambda **given: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                write("31", id="same")
        write("31", id="same")
        assert Case.objects.get(pk=it.case.id).ending == "satisfied"

    def test_a_code_is_answered_in_persian(self, story: Make, write: Any) -> None:
        it = story()
        answer = write(it.case.code)
        assert "ارجاع شد" in answer.content.decode()
        assert answer["X-Kannel-Coding"] == "2"

    def test_whoever_wants_no_more_messages_gets_none(self, story: Make, write: Any) -> None:
        story()
        write("لغو")
        assert not Citizen.objects.get().wants_sms
        write("شروع")
        assert Citizen.objects.get().wants_sms

    def test_replies_stop_after_ten_an_hour_but_answers_still_count(
        self, story: Make, write: Any
    ) -> None:
        it = story()
        it.report()
        said = [bool(write("سلام").content) for _ in range(12)]
        assert said == [True] * 10 + [False] * 2
        write("31")
        assert Case.objects.get(pk=it.case.id).ending == "satisfied"


@pytest.mark.django_db
class TestHostile:
    def test_without_the_secret_nothing_is_heard(self, client: Client, settings: Any) -> None:
        settings.PEYGIR_SMS_SECRET = ""
        assert client.get("/channels/sms/in?secret=&from=0912&text=31").status_code == 403
        settings.PEYGIR_SMS_SECRET = SECRET
        assert client.get("/channels/sms/in?secret=x&from=0912&text=31").status_code == 403

    def test_bytes_are_read_in_the_charset_that_is_named(self, story: Make, write: Any) -> None:
        it = story()
        it.report()
        raw = "".join(f"%{b:02x}" for b in "۳۱".encode("utf-16-be"))
        client, query = Client(), f"secret={SECRET}&from={quote(PHONE)}&text={raw}"
        with time_machine.travel(NOON, tick=False):
            client.get(f"/channels/sms/in?{query}&charset=UTF-16BE&coding=2")
        assert Case.objects.get(pk=it.case.id).ending == "satisfied"

    @pytest.mark.parametrize(
        "given",
        [
            {"phone": "BANK"},
            {"phone": ""},
            {"phone": "+12025550123"},
            {"text": "%ff%fe\x00", "charset": "no-such-charset"},
            {"text": "ا" * 5000},
            {"id": "x" * 500},
        ],
    )
    def test_nonsense_is_taken_calmly(self, qom: Any, write: Any, given: dict[str, str]) -> None:
        given = {"text": "سلام"} | given
        text = given.pop("text")
        assert write(text, **given).status_code == 200

    def test_a_delivery_report_needs_our_own_signature(self, client: Client, settings: Any) -> None:
        maryam = Citizen.objects.create(phone=PHONE, first_seen_at=NOON)
        notice = queued(maryam.pk)
        path = delivery_address(notice.pk).removeprefix(settings.PEYGIR_BASE_URL)
        assert client.get("/channels/sms/delivery?token=1:x&status=1").status_code == 403
        assert client.get(path.replace("%d", "abc")).status_code == 403
        client.get(path.replace("%d", "8"))
        notice.refresh_from_db()
        assert notice.state == "queued"
        client.get(path.replace("%d", "16"))
        notice.refresh_from_db()
        assert (notice.state, notice.failure) == ("failed", "not_delivered")
