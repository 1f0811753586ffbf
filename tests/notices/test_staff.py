"""Staff: urgent deadlines go at once to whoever answers; the words of every letter."""

from datetime import timedelta
from typing import Any

import pytest

from peygir.cases.sweep import drain
from peygir.notices import deliver, digest
from peygir.notices.models import DevMessage, Notice
from peygir.policy.model import CityPolicy
from tests.city import NOON, Make, hire
from tests.notices.queued import queued

pytestmark = pytest.mark.django_db


def letters() -> list[DevMessage]:
    return list(DevMessage.objects.filter(channel="email").order_by("id"))


@pytest.fixture
def late(story: Make) -> Any:
    """A report that reception has not sorted for three hours, at an instant of the night."""
    it = story(category="", district=None, at=NOON + timedelta(hours=12))
    it.after(hours=3)
    drain(at=it.at)
    return it


def head_of(policy: CityPolicy, unit: str) -> str:
    return policy.organisation.head_of(unit) or ""


def test_two_who_answer_for_a_post_both_get_the_urgent_letter(late: Any) -> None:
    post = Notice.objects.get(template="mail.breach").post
    post = post or head_of(late.policy, "reception")
    hire("sara", post, email="sara@example.org")
    hire("reza", post, email="reza@example.org", language="en")
    for _ in range(3):
        deliver.deliver(at=late.at)
    told = {letter.recipient: letter for letter in letters()}
    assert set(told) == {"sara@example.org", "reza@example.org"}
    assert late.case.code in told["reza@example.org"].subject
    assert "مهلت گذشت" in told["sara@example.org"].subject
    assert f"/desk/cases/{late.case.code}/" in told["sara@example.org"].body


def test_an_urgent_letter_that_nobody_can_get_shows_as_a_failure(late: Any) -> None:
    deliver.deliver(at=late.at)
    notice = Notice.objects.get(template="mail.breach")
    assert (notice.state, notice.failure) == ("failed", "nobody")


def test_an_urgent_letter_about_what_is_settled_is_not_sent(late: Any) -> None:
    late.act("refer", category="C01", district=3)
    deliver.deliver(at=late.at)
    notice = Notice.objects.get(template="mail.breach")
    assert (notice.state, notice.failure) == ("cancelled", "settled")


def test_a_warning_reaches_everybody_who_works_in_the_unit(story: Make) -> None:
    it = story()
    posts = [p.code for p in it.policy.organisation.posts.values() if p.unit == "d3-civil"]
    for number, post in enumerate(posts):
        hire(f"person{number}", post)
    drain(at=NOON + timedelta(hours=25))
    digest.digest(at=NOON + timedelta(hours=26))
    told = Notice.objects.filter(audience="staff", staff_id__isnull=False)
    assert told.count() == len(posts)
    assert set(told.values_list("template", flat=True)) == {"mail.warning"}


def test_a_proposal_taken_back_before_the_digest_is_not_told(story: Make) -> None:
    from peygir.cases import acts

    it = story()
    hire("sara", head_of(it.policy, "d3-civil"))
    it.act("infeasible", answer_text="پیاده‌رو نیست", report_to_citizen="امکان ندارد")
    acts.approve(policy=it.policy, case_id=it.case.id, actor=it.holder(head=True), at=it.at)
    assert digest.digest(at=NOON + timedelta(hours=26)) == 0
    assert Notice.objects.get(template="mail.approval").failure == "settled"


def test_somebody_who_left_is_not_written_to(late: Any) -> None:
    person = hire("sara", email="sara@example.org", is_active=False)
    notice = queued(None, audience="staff", staff_id=person.pk, channel="email")
    deliver.deliver(at=late.at)
    notice.refresh_from_db()
    assert (notice.state, notice.failure) == ("failed", "nobody")


@pytest.mark.parametrize("language", ["fa", "en"])
def test_every_letter_to_staff_is_filled_in_both_languages(
    story: Make, sent_by: Any, language: str
) -> None:
    it = story()
    person = hire("sara", head_of(it.policy, "d3-civil"), language=language)
    names = {key.split(".")[1] for key in it.policy.texts if key.startswith("mail.")}
    due = int(NOON.timestamp())
    others = {"digest", "approval", "inspections"}  # they say something else than a deadline
    for name in sorted(names - others):
        queued(
            None,
            key=name,
            audience="staff",
            staff_id=person.pk,
            channel="email",
            template=f"mail.{name}",
            params={"due": due},
            case_id=it.case.id,
        )
    bodies = sent_by(NOON, "email")
    assert len(bodies) == len(names - others)
    for body in bodies:
        assert "{" not in body
        assert "۱۴۰۵" in body if language == "fa" else "1405" in body


def test_promise_and_hand_over_are_filled(qom: CityPolicy) -> None:
    from peygir.notices import words

    values = {"code": "050830042174", "date": int(NOON.timestamp())}
    assert "۱۴۰۵/۰۸/۳۰" in words.fill(qom, "sms.promise", "fa", values)
    assert "1405/08/30" in words.fill(qom, "sms.promise", "en", values)
    body = next(iter(qom.organisation.outside_bodies))
    said = words.fill(qom, "sms.handed_over", "fa", {"code": "1", "body": body})
    assert qom.organisation.outside_bodies[body].fa in said
