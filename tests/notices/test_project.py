"""From events to notices: who hears what, when, and in which language."""

from datetime import timedelta

import pytest

from peygir.cases import acts
from peygir.cases.sweep import drain, sweep
from peygir.ledger.entry import CITIZEN
from peygir.ledger.read import of
from peygir.notices import project as projector
from peygir.notices.models import Notice
from peygir.people import contacts
from peygir.people.contacts import Caller
from peygir.people.models import Citizen
from tests.city import NOON, PHONE, Make, staff_of

pytestmark = pytest.mark.django_db

OTHER = Caller(phone="+989351112233", name="علی")


def templates(**where: object) -> list[str]:
    return list(Notice.objects.filter(**where).order_by("id").values_list("template", flat=True))


@pytest.mark.requirement("Q3")
def test_the_reporter_gets_the_code_ten_seconds_after_registration(story: Make) -> None:
    it = story()
    notice = Notice.objects.get()
    assert (notice.template, notice.params) == ("sms.registered", {"code": it.case.code})
    assert notice.not_before == NOON + timedelta(seconds=10)
    assert notice.urgent


def test_an_anonymous_report_and_a_citizen_who_wants_no_sms_hear_nothing(story: Make) -> None:
    story(caller=None)
    Citizen.objects.create(phone=PHONE, first_seen_at=NOON, wants_sms=False)
    story()
    assert not Notice.objects.exists()


@pytest.mark.requirement("Q6", "T8")
def test_a_result_is_told_with_its_report_and_then_asked_about(story: Make) -> None:
    it = story().after(hours=20)
    it.at = it.at.replace(hour=10)
    it.report()
    told, asked = Notice.objects.exclude(template="sms.registered").order_by("id")
    assert (told.template, asked.template) == ("sms.result", "sms.feedback_question")
    assert told.paper_id is not None
    assert asked.stage == "feedback"
    assert told.not_before < asked.not_before


def test_everybody_who_reported_the_event_hears_of_it_under_their_own_code(story: Make) -> None:
    lead, other = story(), story(caller=OTHER)
    acts.merge(
        policy=lead.policy,
        case_id=other.case.id,
        into=lead.case.id,
        actor=staff_of(lead.policy, "reception"),
        at=lead.at,
    )
    Notice.objects.all().delete()
    lead.report()
    told = Notice.objects.filter(template="sms.result").order_by("id")
    assert {n.params["code"] for n in told} == {lead.case.code, other.case.code}
    assert {n.case_id for n in told} == {lead.case.id}
    asked = Notice.objects.get(template="sms.feedback_question")
    assert asked.params["code"] == lead.case.code, "the word that closes belongs to the first"


def test_one_who_joins_gets_the_code_and_the_others_are_left_alone(story: Make) -> None:
    it = story()
    Notice.objects.all().delete()
    contacts.meet(
        it.case.id, OTHER, {}, channel="web", language="en", actor=CITIZEN, at=it.at, first=False
    )
    acts.join(policy=it.policy, case_id=it.case.id, actor=CITIZEN, at=it.at, channel="web")
    notice = Notice.objects.get()
    assert (notice.template, notice.language) == ("sms.registered", "en")
    assert notice.citizen_id == Citizen.objects.get(phone=OTHER.phone).pk


@pytest.mark.requirement("Q12")
def test_a_warning_goes_to_the_unit_and_a_breach_up_the_ladder(story: Make) -> None:
    it = story()
    drain(at=it.at + timedelta(hours=25), batch=10)
    warning = Notice.objects.get(template="mail.warning")
    assert (warning.unit, warning.post) == ("d3-civil", "")
    drain(at=it.at + timedelta(hours=49))
    breach = Notice.objects.get(template="mail.breach")
    assert breach.unit == ""
    assert breach.post
    assert breach.digest
    assert breach.params["due"] == int((it.at + timedelta(hours=48)).timestamp())


def test_a_deadline_of_two_hours_is_told_at_once(story: Make) -> None:
    it = story(category="", district=None)
    assert it.case.stage == "reception"
    drain(at=it.at + timedelta(hours=3))
    breach = Notice.objects.get(audience="staff", template="mail.breach")
    assert breach.urgent
    assert breach.not_before == it.at + timedelta(hours=3)


def test_a_batch_of_deadlines_is_one_statement(
    story: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(20):
        it = story()
    inserted = []
    insert = projector._insert
    monkeypatch.setattr(
        projector, "_insert", lambda sql, rows: (inserted.append(len(rows)), insert(sql, rows))
    )
    sweep(at=it.at + timedelta(hours=60))
    assert inserted == [0, 20], "one statement for citizens (none here), one for staff"
    assert Notice.objects.filter(audience="staff").count() == 20


def test_a_proposal_is_told_to_the_head_who_may_approve_it(story: Make) -> None:
    it = story()
    it.act("infeasible", answer_text="پیاده‌رو نیست", report_to_citizen="امکان ندارد")
    notice = Notice.objects.get(template="mail.approval")
    assert notice.post
    assert notice.digest


def test_an_event_projected_twice_tells_once(story: Make) -> None:
    it = story()
    before = Notice.objects.count()
    projector.project(of("case", it.case.id))
    assert Notice.objects.count() == before
