"""Digests: one message to each person, at a time at which they may be disturbed."""

from datetime import timedelta

import pytest

from peygir.calendars.persian import to_persian_digits
from peygir.cases.models import Case
from peygir.cases.sweep import drain
from peygir.notices import digest, relevance
from peygir.notices.models import Notice
from tests.city import NOON, Make, hire

pytestmark = pytest.mark.django_db


@pytest.fixture
def head(story: Make) -> object:
    """The head of the unit that holds potholes of district 3, and her post."""
    it = story()
    post = it.policy.organisation.head_of("d3-civil")
    assert post is not None
    return hire("sara", post, fa="سارا احمدی")


def digests() -> list[Notice]:
    return list(Notice.objects.filter(audience="staff", staff_id__isnull=False).order_by("id"))


@pytest.mark.usefixtures("head")
def test_many_deadlines_are_one_message_to_each_person(story: Make, sent_by: object) -> None:
    for _ in range(36):
        story()
    drain(at=NOON + timedelta(hours=49))
    at = NOON + timedelta(hours=50)
    assert digest.digest(at=at) >= 1
    (notice,) = digests()
    assert notice.template == "mail.digest"
    assert (notice.params["count"], notice.params["overdue"]) == (37, 37)
    codes = sorted(Case.objects.values_list("code", flat=True))[: digest.LINES_MAX]
    assert [code for code, _ in notice.params["cases"]] == codes
    (body,) = sent_by(at, "email")  # type: ignore[operator]  # a fixture
    assert "۳۷" in body
    assert all(to_persian_digits(code) in body for code in codes)


@pytest.mark.usefixtures("head")
def test_one_deadline_is_its_own_letter(sent_by: object) -> None:
    drain(at=NOON + timedelta(hours=49))
    at = NOON + timedelta(hours=50)
    digest.digest(at=at)
    (notice,) = digests()
    assert notice.template == "mail.breach"
    (body,) = sent_by(at, "email")  # type: ignore[operator]  # a fixture
    assert "/desk/" in body


def test_a_post_without_anybody_is_told_through_its_superior(story: Make) -> None:
    it = story()
    chart = it.policy.organisation
    above = chart.posts[chart.head_of("d3-civil") or ""].superior
    assert above is not None
    boss = hire("boss", above)
    drain(at=NOON + timedelta(hours=49))
    digest.digest(at=NOON + timedelta(hours=50))
    assert {n.staff_id for n in digests()} == {boss.pk}


def test_where_nobody_at_all_can_be_told_it_shows_as_a_failure(story: Make) -> None:
    story()
    drain(at=NOON + timedelta(hours=49))
    digest.digest(at=NOON + timedelta(hours=50))
    assert Notice.objects.filter(failure="nobody", state="failed").exists()


@pytest.mark.usefixtures("head")
def test_running_the_digest_twice_tells_once() -> None:
    drain(at=NOON + timedelta(hours=49))
    at = NOON + timedelta(hours=50)
    assert digest.digest(at=at) == 1
    assert digest.digest(at=at) == 0
    assert len(digests()) == 1


def test_one_person_with_two_posts_gets_one_message(story: Make) -> None:
    it = story()
    story(district=2)
    chart = it.policy.organisation
    hire("both", chart.head_of("d3-civil") or "", chart.head_of("d2-civil") or "")
    drain(at=NOON + timedelta(hours=49))
    digest.digest(at=NOON + timedelta(hours=50))
    (notice,) = digests()
    assert notice.params["count"] == 2


def test_what_waited_a_week_is_not_told_any_more(story: Make) -> None:
    story()
    assert relevance.cancel_old(at=NOON + timedelta(days=8)) >= 1
    assert Notice.objects.get(template="sms.registered").failure == "too_old"
