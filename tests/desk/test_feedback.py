"""The feedback queue: one call at a time, honest outcomes."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from peygir.boards import feedback
from peygir.boards.models import CallClaim
from peygir.calendars import codes
from peygir.ledger.models import Event
from peygir.look.numbers import fa
from peygir.people import contacts
from peygir.people.contacts import Caller
from peygir.people.models import Call, Paper
from peygir.policy.model import CityPolicy
from tests.city import PHONE, Story
from tests.desk.follow import BEFORE, answered, at_desk, stored

pytestmark = pytest.mark.django_db

QUEUE = "/desk/feedback/"
DESK = frozenset({"feedback"})


@pytest.fixture
def agent(qom: CityPolicy) -> Client:
    return at_desk("caller", "feedback-1")[0]


def take(client: Client) -> str:
    return client.post(reverse("desk:feedback_claim"), follow=True).content.decode()


def ends(client: Client, it: Story, outcome: str, **fields: str) -> int:
    """Post what came of the call about `it`; gives the status."""
    given = {"code": it.case.code, "outcome": outcome, **fields}
    return client.post(reverse("desk:feedback_outcome"), given).status_code


class TestTheCard:
    @pytest.mark.requirement("Q6")
    def test_shows_whom_to_call_what_was_reported_and_what_was_done(
        self, agent: Client, qom: CityPolicy
    ) -> None:
        it = answered(qom)
        assert it.case.code not in agent.get(QUEUE).content.decode()
        page = take(agent)
        assert f"tel:{PHONE}" in page
        for words in ("مریم رضایی", "چالهٔ عمیق", "آسفالت ترمیم شد", "از مرکز ۱۳۷ تماس می‌گیرم"):
            assert words in page

    def test_the_code_in_a_sentence_reads_left_to_right(
        self, agent: Client, qom: CityPolicy
    ) -> None:
        shown = fa(codes.show(answered(qom).case.code))
        assert f"\u2066{shown}\u2069" in take(agent)

    def test_looking_takes_nothing(self, agent: Client, qom: CityPolicy) -> None:
        answered(qom)
        agent.get(QUEUE)
        assert not CallClaim.objects.exists()

    def test_the_oldest_deadline_comes_first(self, agent: Client, qom: CityPolicy) -> None:
        newer = answered(qom, at=BEFORE + timedelta(hours=5), caller=Caller(phone="+989120000001"))
        older = answered(qom, caller=Caller(phone="+989120000002"))
        page = take(agent)
        assert older.case.code in page
        assert newer.case.code not in page

    def test_says_when_nobody_waits(self, agent: Client) -> None:
        assert "اکنون کسی منتظر تماس نیست" in agent.get(QUEUE).content.decode()


class TestClaims:
    def test_two_people_never_call_about_the_same_case(self, qom: CityPolicy) -> None:
        answered(qom)
        (one, _), (two, _) = at_desk("one", "feedback-1"), at_desk("two", "feedback-2")
        assert f"tel:{PHONE}" in take(one)
        assert f"tel:{PHONE}" not in take(two)

    def test_nor_the_same_citizen_about_two_cases(self, qom: CityPolicy) -> None:
        answered(qom)
        answered(qom, category="W01")
        (one, _), (two, _) = at_desk("one", "feedback-1"), at_desk("two", "feedback-2")
        assert f"tel:{PHONE}" in take(one)
        assert f"tel:{PHONE}" not in take(two)

    def test_a_call_not_finished_in_time_is_given_back(self, qom: CityPolicy) -> None:
        it = answered(qom)
        at = it.at + timedelta(hours=1)
        assert feedback.take(1, DESK, at=at) is not None
        assert feedback.take(2, DESK, at=at) is None
        later = feedback.take(2, DESK, at=at + feedback.LEASE + timedelta(seconds=1))
        assert later is not None
        assert later.case.pk == it.case.id

    def test_a_long_call_still_counts_when_nobody_took_it_over(self, qom: CityPolicy) -> None:
        it = answered(qom)
        at = it.at + timedelta(hours=1)
        feedback.take(1, DESK, at=at)
        much_later = at + timedelta(hours=1)
        assert feedback.current(1, DESK, at=much_later) is None
        assert feedback.resume(1, DESK, it.case.id, at=much_later) is not None

    def test_giving_back_lets_a_colleague_call(self, agent: Client, qom: CityPolicy) -> None:
        answered(qom)
        take(agent)
        agent.post(reverse("desk:feedback_release"))
        assert not CallClaim.objects.exists()


class TestOutcomes:
    @pytest.mark.requirement("Q6", "Q7")
    def test_satisfied_closes_the_case_and_is_in_the_call_book(
        self, agent: Client, qom: CityPolicy
    ) -> None:
        it = answered(qom)
        take(agent)
        assert ends(agent, it, "yes") == 302
        case = stored(it)
        assert (case.stage, case.ending, case.satisfied) == ("closed", "satisfied", True)
        call = Call.objects.get()
        assert (call.direction, call.outcome, call.case_id) == ("out", "reached", case.pk)
        evidence = Event.objects.latest("id").facts["evidence"]
        assert evidence["citizen_word"]["via"] == "call"
        assert evidence["call"]["outcome"] == "reached"

    @pytest.mark.requirement("Q6", "Q8")
    def test_dissatisfied_goes_to_special_follow_up_with_the_reason(
        self, agent: Client, qom: CityPolicy
    ) -> None:
        it = answered(qom)
        take(agent)
        assert ends(agent, it, "no", objection_reason="چاله هنوز هست") == 302
        case = stored(it)
        assert (case.stage, case.satisfied) == ("special_follow_up", False)
        assert Paper.objects.get(kind="objection_reason").text == "چاله هنوز هست"

    @pytest.mark.parametrize("code", ["no_answer", "busy", "off", "wrong_number"])
    @pytest.mark.requirement("Q6")
    def test_not_reached_is_its_own_outcome_and_waits_before_the_next_try(
        self, agent: Client, qom: CityPolicy, code: str
    ) -> None:
        it = answered(qom)
        take(agent)
        assert ends(agent, it, code) == 302
        case = stored(it)
        assert (case.stage, case.satisfied) == ("feedback", None)
        referral = case.referrals.get(closed_at=None)
        assert referral.not_before is not None
        wait = referral.not_before - referral.opened_at
        assert abs(wait - qom.redial.waits[code]) < timedelta(seconds=2)
        assert Call.objects.get().outcome == code

    def test_another_time_is_kept_until_then(self, agent: Client, qom: CityPolicy) -> None:
        from django.utils import timezone

        from peygir.look.dates import local

        it = answered(qom)
        take(agent)
        tomorrow = local(timezone.now() + timedelta(days=1)).date().isoformat()
        assert ends(agent, it, "later", day=tomorrow, time="۱۶:۳۰") == 302
        referral = stored(it).referrals.get(closed_at=None)
        assert referral.not_before is not None
        assert f"{local(referral.not_before):%H:%M}" == "16:30"
        assert it.case.code not in take(agent)

    @pytest.mark.parametrize(
        "fields",
        [
            {"outcome": "later"},
            {"outcome": "later", "day": "1405-01-01", "time": "10:00"},
            {"outcome": "later", "day": "9999-12-31", "time": "10:00"},
            {"outcome": "later", "day": "0001-01-01", "time": "00:00"},
            {"outcome": "later", "day": "x" * 5000, "time": "99:99"},
            {"outcome": ""},
            {"outcome": "'; drop table cases_case; --"},
            {"outcome": "no", "objection_reason": "ن" * 9000},
        ],
    )
    def test_what_cannot_be_right_is_refused_and_nothing_is_lost(
        self, agent: Client, qom: CityPolicy, fields: dict[str, str]
    ) -> None:
        it = answered(qom)
        take(agent)
        answer = agent.post(reverse("desk:feedback_outcome"), {"code": it.case.code, **fields})
        assert answer.status_code == 422
        assert "errors-title" in answer.content.decode()
        assert stored(it).stage == "feedback"
        assert not Call.objects.exists()
        assert CallClaim.objects.exists()

    def test_the_same_outcome_sent_twice_is_written_once(
        self, agent: Client, qom: CityPolicy
    ) -> None:
        it = answered(qom)
        take(agent)
        ends(agent, it, "no_answer")
        assert ends(agent, it, "no_answer") == 302
        assert Call.objects.count() == 1

    def test_after_three_tries_over_two_days_somebody_visits(
        self, agent: Client, qom: CityPolicy
    ) -> None:
        it = answered(qom, at=BEFORE - timedelta(days=10))
        for _ in range(2):
            it.after(hours=30).act("unreached", call={"outcome": "no_answer"})
        take(agent)
        ends(agent, it, "no_answer")
        assert stored(it).stage == "special_follow_up"


class TestWhoIsCalled:
    def test_an_anonymous_report_says_so_and_its_attempt_names_no_call(
        self, agent: Client, qom: CityPolicy
    ) -> None:
        it = answered(qom, caller=None)
        page = take(agent)
        assert "گزارش‌دهنده ناشناس است" in page
        assert "tel:+" not in page
        assert ends(agent, it, "no_number") == 302
        assert not Call.objects.exists()
        call = Event.objects.latest("id").facts["evidence"]["call"]
        assert call["anonymous"] is True

    def test_another_reporter_of_the_same_case_may_be_called(
        self, agent: Client, qom: CityPolicy
    ) -> None:
        it = answered(qom)
        contacts.meet(
            it.case.id,
            Caller(phone="+989350000000", name="رضا"),
            {},
            channel="web",
            language="fa",
            actor=it.holder(),
            at=it.at,
            first=False,
        )
        page = take(agent)
        assert f'href="tel:{PHONE}"' in page
        other = contacts.reporters(it.case.id)[1]
        agent.post(reverse("desk:feedback_reporter"), {"reporter": str(other.pk)})
        page = agent.get(QUEUE).content.decode()
        assert 'href="tel:+989350000000"' in page
        assert f'href="tel:{PHONE}"' not in page

    @pytest.mark.parametrize("reporter", ["", "0", "999999999999999999999", "abc", "-1", "۵"])
    def test_an_unknown_reporter_is_refused(
        self, agent: Client, qom: CityPolicy, reporter: str
    ) -> None:
        answered(qom)
        take(agent)
        answer = agent.post(reverse("desk:feedback_reporter"), {"reporter": reporter}, follow=True)
        assert answer.status_code == 200
        assert f'href="tel:{PHONE}"' in answer.content.decode()

    def test_the_head_of_the_centre_looks_but_holds_no_call(self, qom: CityPolicy) -> None:
        answered(qom)
        client, _ = at_desk("centre", "centre-head")
        assert client.get(QUEUE).status_code == 200
        assert client.post(reverse("desk:feedback_claim")).status_code == 403
        assert not CallClaim.objects.exists()

    def test_nobody_else_opens_the_queue(self, qom: CityPolicy) -> None:
        client, _ = at_desk("civil", "d3-civil-expert")
        assert client.get(QUEUE).status_code == 403
        assert client.post(reverse("desk:feedback_claim")).status_code == 403
