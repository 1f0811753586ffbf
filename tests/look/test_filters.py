"""What a reader sees of a number, a date, a code."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.template import engines
from django.test import RequestFactory
from django.utils.translation import override

from peygir.look import dates, numbers

NOON = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)  # Saturday, 13:30 in the city


def show(source: str, **context: Any) -> str:
    return engines["jinja2"].from_string(source).render(context)


class TestNumbers:
    def test_are_persian_in_persian_and_latin_in_english(self) -> None:
        assert show("{{ 12345 | fa }}") == "۱۲٬۳۴۵"
        with override("en"):
            assert show("{{ 12345 | fa }}") == "12,345"

    def test_words_in_a_row_have_the_comma_of_the_language(self) -> None:
        assert show("{{ ['الف', '', 'ب'] | listed }}") == "الف، ب"
        with override("en"):
            assert show("{{ ['a', '', 'b'] | listed }}") == "a, b"

    def test_the_same_template_serves_both_languages(self) -> None:
        template = engines["jinja2"].from_string("{{ 12 | fa }}")
        assert template.render() == "۱۲"
        with override("en"):
            assert template.render() == "12"  # a constant that was folded would still be Persian

    def test_have_a_persian_decimal_mark_and_minus(self) -> None:
        assert numbers.fa(Decimal("-2.5")) == "−۲٫۵"

    def test_inside_a_text_change_digits_only(self) -> None:
        assert numbers.fa("پلاک 12, 3.5") == "پلاک ۱۲, ۳.۵"

    def test_nothing_is_a_dash(self) -> None:
        assert numbers.fa(None) == numbers.percent(None) == "—"

    def test_shares_are_isolated(self) -> None:
        assert numbers.percent(0.876, 1) == '<bdi dir="ltr">۸۷٫۶٪</bdi>'

    def test_changes_carry_their_sign(self) -> None:
        assert numbers.signed(3) == '<bdi dir="ltr">+۳</bdi>'
        assert numbers.signed(-2) == '<bdi dir="ltr">−۲</bdi>'
        assert numbers.signed(0) == '<bdi dir="ltr">۰</bdi>'


class TestDates:
    def test_long_form_is_jalali_in_the_citys_zone(self) -> None:
        assert dates.jalali_words(NOON) == "شنبه ۳۰ آبان ۱۴۰۵، ۱۳:۳۰"
        assert 'datetime="2026-11-21T13:30+03:30"' in str(dates.jalali(NOON))

    def test_english_adds_the_gregorian_day(self) -> None:
        with override("en"):
            expected = "Saturday 30 Aban 1405 (21 November 2026), 13:30"
            assert dates.jalali_words(NOON) == expected

    def test_a_day_has_no_clock(self) -> None:
        assert dates.jalali_words(date(2026, 11, 20)) == "جمعه ۲۹ آبان ۱۴۰۵"

    def test_late_evening_in_utc_is_the_next_day_in_the_city(self) -> None:
        evening = datetime(2026, 11, 21, 20, 30, tzinfo=UTC)  # 00:00 in the city
        assert "۱۴۰۵/۰۹/۰۱" in str(dates.jalali_short(evening))
        assert "۱۴۰۵/۰۹/۰۱ ۰۰:۰۰" in str(dates.jalali_short(evening, clock=True))

    def test_a_naive_instant_is_refused(self) -> None:
        with pytest.raises(ValueError, match="zone"):
            dates.jalali(datetime(2026, 11, 21))  # noqa: DTZ001 (naive is the point)

    def test_under_two_days_are_relative_with_the_date_in_the_title(self) -> None:
        shown = str(dates.ago(NOON - timedelta(hours=5), NOON))
        assert ">۵ ساعت پیش<" in shown
        assert 'title="شنبه ۳۰ آبان ۱۴۰۵، ۰۸:۳۰"' in shown
        assert ">۵ ساعت دیگر<" in str(dates.ago(NOON + timedelta(hours=5), NOON))

    def test_from_two_days_on_the_date_itself_is_shown(self) -> None:
        assert "پیش" not in str(dates.ago(NOON - timedelta(hours=48), NOON))

    def test_the_filter_takes_the_time_of_the_request(self) -> None:
        request = RequestFactory().get("/")
        request.at = NOON  # type: ignore[attr-defined]  # set by the door
        shown = show("{{ t | ago }}", request=request, t=NOON - timedelta(hours=1))
        assert "۱ ساعت پیش" in shown
        assert "شنبه" in show("{{ t | ago }}", t=NOON)

    @pytest.mark.parametrize(
        ("minutes", "words"),
        [
            (0, "۱ دقیقه"),
            (300, "۵ ساعت"),
            (330, "۵ ساعت و ۳۰ دقیقه"),
            (10 * 60 + 20, "۱۰ ساعت"),
            (51 * 60, "۲ روز و ۳ ساعت"),
            (48 * 60 + 10, "۲ روز"),
            (9 * 24 * 60 + 300, "۹ روز"),
        ],
    )
    def test_durations_have_at_most_two_units(self, minutes: int, words: str) -> None:
        assert dates.duration(minutes) == dates.duration(timedelta(minutes=minutes)) == words


class TestIslands:
    def test_codes_are_isolated_and_grouped(self) -> None:
        expected = '<bdi dir="ltr" class="code">۰۵۰۸۳۰-۰۴۲۱۷-۴</bdi>'
        assert show("{{ '050830042174' | code }}") == expected

    def test_phones_are_national_and_isolated(self) -> None:
        expected = '<bdi dir="ltr" class="phone">۰۹۱۲ ۳۴۵ ۶۷۸۹</bdi>'
        assert show("{{ '+989123456789' | phone }}") == expected

    def test_what_is_no_phone_is_shown_as_it_is(self) -> None:
        assert "ناشناس" in show("{{ 'ناشناس' | phone }}")
        assert "—" in show("{{ none | phone }}")

    def test_peoples_words_are_escaped_in_their_own_direction(self) -> None:
        shown = show("{{ '<b>چراغ' | dir_auto }}")
        assert shown == '<div dir="auto" class="said">&lt;b&gt;چراغ</div>'

    def test_signed_numbers_and_addresses_are_isolated(self) -> None:
        assert show("{{ -5 | isolate }}") == '<bdi dir="ltr">−۵</bdi>'
        assert show("{{ 'a&b' | isolate }}") == '<bdi dir="ltr">a&amp;b</bdi>'


class TestNamesThatNobodyGave:
    def test_may_be_tested(self) -> None:
        assert show("{% if nobody %}a{% else %}b{% endif %}") == "b"
        assert show("{{ nobody == 1 }}") == "False"

    def test_may_not_be_printed(self) -> None:
        with pytest.raises(Exception, match="nobody"):
            show("{{ nobody }}")
