"""Nobody is disturbed at night, and staff not on holidays, but for what cannot wait."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from peygir.cases.sweep import drain
from peygir.notices import quiet
from peygir.notices.models import Notice
from peygir.policy.model import CityPolicy
from tests.city import NOON, Make, staff_of
from tests.urgent import ACTION, REASON, hazard, on_track, urgent_city

__all__ = ["urgent_city"]
pytestmark = pytest.mark.django_db

THURSDAY_NIGHT = datetime(2026, 11, 26, 22, 30, tzinfo=UTC)  # Friday 02:00 in the city
FRIDAY_SEVEN = datetime(2026, 11, 27, 3, 30, tzinfo=UTC)
SATURDAY_SEVEN = datetime(2026, 11, 28, 3, 30, tzinfo=UTC)


@pytest.mark.parametrize("told", [quiet.citizen_time, quiet.staff_time])
def test_in_the_daytime_of_a_working_day_nothing_waits(
    qom: CityPolicy, told: Callable[..., datetime]
) -> None:
    assert told(NOON, qom.calendar) == NOON


def test_pitfall_3_no_notice_at_two_in_the_morning_or_on_a_holiday(qom: CityPolicy) -> None:
    assert quiet.citizen_time(THURSDAY_NIGHT, qom.calendar) == FRIDAY_SEVEN
    assert quiet.staff_time(THURSDAY_NIGHT, qom.calendar) == SATURDAY_SEVEN
    assert quiet.staff_time(FRIDAY_SEVEN, qom.calendar) == SATURDAY_SEVEN
    late = datetime(2026, 11, 21, 18, 30, tzinfo=UTC)  # 22:00
    assert quiet.citizen_time(late, qom.calendar) == datetime(2026, 11, 22, 3, 30, tzinfo=UTC)


def test_pitfall_3_a_deadline_of_friday_night_is_told_on_saturday_morning(story: Make) -> None:
    story(at=THURSDAY_NIGHT - timedelta(hours=48))
    drain(at=THURSDAY_NIGHT + timedelta(minutes=1))
    told = Notice.objects.get(template="mail.breach")
    assert told.not_before == SATURDAY_SEVEN


def test_a_digest_goes_at_the_full_hour(qom: CityPolicy) -> None:
    at = NOON + timedelta(minutes=1)  # 13:31 in the city
    assert quiet.digest_time(at, qom.calendar) == NOON + timedelta(minutes=30)


def test_a_report_at_night_gets_its_code_at_once_and_news_wait_for_the_morning(story: Make) -> None:
    it = story(at=THURSDAY_NIGHT)
    code = Notice.objects.get(template="sms.registered")
    assert code.not_before == THURSDAY_NIGHT + timedelta(seconds=10)
    it.after(minutes=5).report()
    news = Notice.objects.get(template="sms.result")
    assert news.not_before == FRIDAY_SEVEN


def test_the_code_that_was_promised_at_night_goes_though_newer_news_wait(
    story: Make, sent_by: Callable[..., list[str]]
) -> None:
    it = story(at=THURSDAY_NIGHT).after(seconds=5)
    it.report()
    sent = sent_by(THURSDAY_NIGHT + timedelta(seconds=20))
    assert len(sent) == 1
    assert "رهگیری" in sent[0]


@pytest.mark.requirement("I1")
def test_whoever_reports_a_danger_at_night_hears_at_once_what_is_done(
    urgent_city: CityPolicy, sent_by: Callable[..., list[str]]
) -> None:
    it = hazard(urgent_city, at=THURSDAY_NIGHT)
    assert len(sent_by(THURSDAY_NIGHT + timedelta(seconds=20))) == 1
    operator = staff_of(urgent_city, "operations")
    on_track(it.after(minutes=20), "first_action_taken", operator, action_text=ACTION)
    sent = sent_by(it.at + timedelta(seconds=20))
    assert len(sent) == 2
    assert "اقدام اولیه" in sent[1]
    on_track(it.after(minutes=1), "not_urgent", operator, reason=REASON)
    assert len(sent_by(it.at + timedelta(hours=1))) == 2  # no danger any more: in the morning
    assert len(sent_by(FRIDAY_SEVEN)) == 3
