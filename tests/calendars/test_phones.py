"""Phone numbers as people type them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peygir.calendars.phones import PhoneError, last4, parse_mobile, parse_phone, show


@pytest.mark.parametrize(
    "text",
    [
        "09123456789", "۰۹۱۲ ۳۴۵ ۶۷۸۹", "٠٩١٢٣٤٥٦٧٨٩", "9123456789", "+98 912-345-6789",
        "00989123456789", "989123456789", "(0912) 345.6789", "\u202a+989123456789\u202c",
        "989123456789+", "0912/3456789", "0912\u200c345\u20116789",
    ],
)  # fmt: skip
def test_one_mobile_number_has_one_form(text: str) -> None:
    assert parse_mobile(text) == "+989123456789"


@pytest.mark.parametrize("text", ["09001234567", "09901234567", "09991234567", "09351234567"])
def test_every_mobile_prefix_is_accepted(text: str) -> None:
    assert parse_mobile(text) == "+98" + text[1:]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"), (" - ", "empty"), ("+", "characters"), ("شماره من", "characters"),
        ("0912345678a", "characters"), ("++989123456789", "characters"), ("²³", "characters"),
        ("091234567", "length"), ("0912345678901", "length"), ("9" * 30, "length"),
        ("9" * 41, "length"), ("1", "length"), ("+1 202 555 0123", "foreign"),
        ("+999123456789", "invalid"), ("02537771234", "not_mobile"), ("09823456789", "invalid"),
    ],
)  # fmt: skip
def test_what_is_no_mobile_number_is_refused_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(PhoneError) as error:
        parse_mobile(text)
    assert error.value.reason == reason
    assert not any(c.isdigit() for c in str(error.value))  # nobody's number in a log


@pytest.mark.parametrize("text", ["025 3777 1234", "۰۲۵۳۷۷۷۱۲۳۴", "37771234", "+982537771234"])
def test_a_landline_takes_the_area_of_the_city(text: str) -> None:
    assert parse_phone(text, "025") == "+982537771234"


def test_a_landline_without_area_is_too_short() -> None:
    with pytest.raises(PhoneError, match="length"):
        parse_phone("37771234")


def test_a_number_is_shown_as_people_write_it() -> None:
    assert show("+989123456789") == "0912 345 6789"
    assert show("+982537771234") == "025 3777 1234"
    assert show("+12025550123") == "+1 202-555-0123"
    assert last4("+989123456789") == "6789"


@given(st.text(max_size=50))
def test_any_text_gives_a_number_or_an_error(text: str) -> None:
    with suppress(PhoneError):
        assert parse_phone(text).startswith("+98")
