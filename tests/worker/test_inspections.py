"""The week's list is drawn when the offices open, and those who inspect are told."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from peygir.analysis import draws
from peygir.analysis.checks import Check, Draw
from peygir.cases import policies
from peygir.ledger.entry import SYSTEM
from peygir.notices import deliver, words
from peygir.notices.models import DevMessage, Notice
from peygir.policy.model import CityPolicy
from peygir.worker import inspections
from tests.city import NOON, Make, hire

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("S26")]

SATURDAY = NOON.replace(hour=0)  # 03:30 in Tehran: nobody works yet


@pytest.fixture
def opens(qom: CityPolicy) -> datetime:
    """When the week's first working hour begins."""
    found = draws.opening(qom, draws.week_of(qom, SATURDAY + timedelta(days=7)))
    assert found is not None
    return found


def claim(story: Make, at: datetime) -> None:
    it = story(at=at - timedelta(days=2)).after(hours=9)
    it.report()


def test_once_the_week_s_first_office_opens(story: Make, qom: CityPolicy, opens: datetime) -> None:
    claim(story, opens)
    assert not inspections.draw_at(opens - timedelta(minutes=1))
    assert inspections.draw_at(opens)
    made = Draw.objects.get()
    assert (made.number, made.staff_id, made.by_lot) == (1, None, 1)
    assert made.week == draws.week_of(qom, opens)
    claim(story, opens)
    assert not inspections.draw_at(opens + timedelta(minutes=10)), "once a week"
    assert inspections.draw_at(opens + timedelta(days=7))
    assert Check.objects.count() == 2


def test_a_holiday_at_the_week_s_beginning_puts_it_off(qom: CityPolicy, opens: datetime) -> None:
    day = opens.astimezone(qom.calendar.tz).date()
    closed = replace(qom.calendar, closures=qom.calendar.closures | {day})
    later = draws.opening(replace(qom, calendar=closed), draws.week_of(qom, opens))
    assert later is not None
    assert later - opens >= timedelta(hours=20)
    week = [day + timedelta(days=number) for number in range(7)]
    shut = replace(closed, closures=closed.closures | {*week})
    assert draws.opening(replace(qom, calendar=shut), draws.week_of(qom, opens)) is None


def test_a_week_without_claims_waits_for_one(story: Make, opens: datetime) -> None:
    assert not inspections.draw_at(opens)
    claim(story, opens)
    assert inspections.draw_at(opens + timedelta(hours=5))


def test_those_who_inspect_are_told_each_once(
    story: Make, qom: CityPolicy, opens: datetime
) -> None:
    inspector = hire("inspector", "special-follow-up-1", "special-follow-up-2")
    hire("expert", "d3-civil-expert")
    claim(story, opens)
    inspections.draw_at(opens)
    (notice,) = Notice.objects.filter(template="mail.inspections")
    assert (notice.staff_id, notice.params) == (inspector.pk, {"count": 1})
    subject, body = words.mail(notice, qom, "fa")
    assert "۱" in subject
    assert "/desk/analysis/inspections/" in body
    deliver.deliver(at=notice.not_before)
    assert DevMessage.objects.get(channel="email").subject == subject


def test_a_policy_that_asks_for_none_draws_none(
    story: Make, qom: CityPolicy, opens: datetime
) -> None:
    files = dict(qom.files)
    files["policy.toml"] = files["policy.toml"].replace("weekly = 20", "weekly = 0")
    policies.adopt_files("qom", files, actor=SYSTEM, at=NOON)
    policies.settle(at=opens)
    claim(story, opens)
    assert not inspections.draw_at(opens)
    assert not Notice.objects.filter(template="mail.inspections").exists()
