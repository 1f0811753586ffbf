"""One-time codes, links in text messages, and limits on trying."""

from datetime import timedelta

import pytest
from django.utils.crypto import get_random_string

from peygir.people import codes, throttle
from peygir.people.models import Citizen, OneTimeCode, Throttle
from tests.city import NOON, PHONE

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def citizen() -> Citizen:
    return Citizen.objects.create(phone=PHONE, first_seen_at=NOON)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 100_000:05}"


def test_the_right_code_proves_the_phone_once(citizen: Citizen) -> None:
    code = codes.issue(citizen.pk, "phone", per_hour=5, at=NOON)
    assert len(code) == codes.DIGITS
    assert code.encode() not in bytes(OneTimeCode.objects.get().digest)
    checked = codes.verify(citizen.pk, "phone", code, at=NOON + MINUTE)
    assert checked.outcome == "ok"
    citizen.refresh_from_db()
    assert citizen.confirmed_at == NOON + MINUTE
    assert codes.verify(citizen.pk, "phone", code, at=NOON + MINUTE).outcome == "expired"


def test_a_code_is_not_good_for_another_purpose_or_person(citizen: Citizen) -> None:
    code = codes.issue(citizen.pk, "phone", per_hour=5, at=NOON)
    other = Citizen.objects.create(phone="+989121111111", first_seen_at=NOON)
    assert codes.verify(citizen.pk, "visit", code, at=NOON).outcome == "expired"
    assert codes.verify(other.pk, "phone", code, at=NOON).outcome == "expired"


def test_five_wrong_tries_spend_a_code(citizen: Citizen) -> None:
    code = codes.issue(citizen.pk, "phone", per_hour=5, at=NOON)
    outcomes = [codes.verify(citizen.pk, "phone", wrong(code), at=NOON).outcome for _ in range(5)]
    assert outcomes == ["wrong"] * 4 + ["too_many"]
    assert codes.verify(citizen.pk, "phone", code, at=NOON).outcome == "too_many"


def test_a_code_dies_after_five_minutes_and_when_another_is_sent(citizen: Citizen) -> None:
    first = codes.issue(citizen.pk, "phone", per_hour=5, at=NOON)
    assert codes.verify(citizen.pk, "phone", first, at=NOON + codes.LIFE).outcome == "expired"
    later = NOON + codes.RESEND_AFTER
    second = codes.issue(citizen.pk, "phone", per_hour=5, at=later)
    if first != second:
        assert codes.verify(citizen.pk, "phone", first, at=later).outcome == "wrong"
    assert codes.verify(citizen.pk, "phone", second, at=later).outcome == "ok"


def test_codes_are_not_sent_in_a_hurry_nor_without_end(citizen: Citizen) -> None:
    codes.issue(citizen.pk, "phone", per_hour=2, at=NOON)
    with pytest.raises(throttle.TooOften) as soon:
        codes.issue(citizen.pk, "phone", per_hour=2, at=NOON + timedelta(seconds=10))
    assert soon.value.until == NOON + codes.RESEND_AFTER == codes.resend_at(citizen.pk, "phone")
    codes.issue(citizen.pk, "phone", per_hour=2, at=NOON + 2 * MINUTE)
    with pytest.raises(throttle.TooOften) as often:
        codes.issue(citizen.pk, "phone", per_hour=2, at=NOON + 4 * MINUTE)
    assert often.value.until == NOON + timedelta(hours=1)


def test_signing_out_ends_the_sign_in_everywhere(citizen: Citizen) -> None:
    code = codes.issue(citizen.pk, "phone", per_hour=5, at=NOON)
    row = codes.verify(citizen.pk, "phone", code, at=NOON).row
    assert row is not None
    assert codes.signed_in(row.pk, at=NOON + timedelta(days=29)) == citizen
    assert codes.signed_in(row.pk, at=NOON + timedelta(days=30)) is None
    codes.sign_out(row.pk)
    assert codes.signed_in(row.pk, at=NOON) is None


def test_sweeping_keeps_what_still_stands_for_a_sign_in(citizen: Citizen) -> None:
    code = codes.issue(citizen.pk, "phone", per_hour=5, at=NOON)
    codes.verify(citizen.pk, "phone", code, at=NOON)
    codes.issue(citizen.pk, "phone", per_hour=5, at=NOON + 2 * MINUTE)
    assert codes.sweep(at=NOON + timedelta(days=3)) == 1
    assert codes.sweep(at=NOON + timedelta(days=31)) == 1


def test_a_link_names_one_case_and_one_reporter_and_cannot_be_made_up() -> None:
    token = codes.link(8_000_000_000_000_000_000, 35)
    assert codes.read_link(token) == (8_000_000_000_000_000_000, 35)
    assert len(token) < 40
    for false in ("", "-", "a-b-c", token[:-1] + "g", "1" + token, "٣-٤-x", get_random_string(40)):
        assert codes.read_link(false) is None


def test_a_limit_counts_within_its_window_and_forgives() -> None:
    limit = throttle.Limit(what="try", most=2, per=timedelta(hours=1))
    for minute in (0, 1):
        throttle.hit(limit, PHONE, at=NOON + minute * MINUTE)
    with pytest.raises(throttle.TooOften) as caught:
        throttle.hit(limit, PHONE, at=NOON + 2 * MINUTE)
    assert caught.value.until == NOON + timedelta(hours=1)
    throttle.hit(limit, "+989121111111", at=NOON + 2 * MINUTE)
    throttle.hit(limit, PHONE, at=NOON + timedelta(hours=1))
    throttle.forgive(limit, PHONE)
    throttle.hit(limit, PHONE, at=NOON + timedelta(hours=1))
    assert not Throttle.objects.filter(key__contains=PHONE[-10:]).exists()
    assert throttle.sweep(at=NOON + timedelta(days=1)) == 2


def test_several_limits_are_counted_at_once_each_by_its_own() -> None:
    tight = throttle.Limit(what="tight", most=1, per=timedelta(hours=1))
    wide = throttle.Limit(what="wide", most=5, per=timedelta(hours=2))
    tries = [(wide, PHONE), (tight, PHONE)]
    assert throttle.count(tries, at=NOON) == [None, None]
    assert throttle.count(tries, at=NOON + MINUTE) == [None, NOON + timedelta(hours=1)]
