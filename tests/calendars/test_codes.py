"""Tracking codes: unique, well scrambled, and every common slip is found."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peygir.calendars.codes import DAMM, CodeError, check, make, show

DAY = date(2026, 11, 21)  # 1405/08/30
CODE = "050830042174"


@pytest.mark.parametrize(
    "text",
    [
        CODE,
        "۰۵۰۸۳۰-۰۴۲۱۷-۴",
        "٠٥٠٨٣٠ ٠٤٢١٧ ٤",
        " 050830\u201304217\u20114\u200f ",
        "0508/3004.2174",
        "050830\u200c042174\n",
    ],
)
def test_a_code_is_read_however_it_is_typed(text: str) -> None:
    assert check(text) == CODE


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "length"), ("05083004217", "length"), ("0508300421744", "length"),
        ("0" * 99, "length"),
        ("050830O42174", "characters"), ("کد من", "characters"), ("05083004217٪", "characters"),
        ("05083004217²", "characters"), ("050830042175", "check_digit"),
    ],
)  # fmt: skip
def test_a_wrong_code_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(CodeError) as error:
        check(text)
    assert error.value.reason == reason


def test_a_made_code_holds_its_day_and_passes_the_check() -> None:
    assert make(DAY, 0) == "050830000176"
    assert check(make(DAY, 99_999)).startswith("050830")
    assert show(CODE) == "050830-04217-4"


@pytest.mark.parametrize("serial", [-1, 100_000])
def test_a_serial_outside_the_day_is_refused(serial: int) -> None:
    with pytest.raises(ValueError, match="outside 0 to 99999"):
        make(DAY, serial)


def test_a_day_has_a_hundred_thousand_codes_and_no_neighbours() -> None:
    codes = [make(DAY, serial) for serial in range(100_000)]
    assert len(set(codes)) == 100_000
    assert all(abs(int(a[6:11]) - int(b[6:11])) > 1000 for a, b in pairwise(codes))


def test_the_table_finds_every_wrong_digit_and_every_swap_wherever_it_stands() -> None:
    # A row of distinct digits tells two next digits apart, a column tells two states apart, so
    # a difference lives on to the end; the last condition tells the two orders of a pair apart.
    digits = "0123456789"
    assert all(sorted(row) == sorted(digits) for row in DAMM)
    assert all(sorted(column) == sorted(digits) for column in zip(*DAMM, strict=True))
    assert all(DAMM[d][d] == "0" for d in range(10))
    for state in range(10):
        for a in range(10):
            for b in range(a):
                first = DAMM[int(DAMM[state][a])][b]
                assert first != DAMM[int(DAMM[state][b])][a]


@given(st.integers(0, 99_999), st.dates(date(2021, 3, 21), date(2100, 1, 1)))
def test_every_single_slip_in_a_code_is_found(serial: int, day: date) -> None:
    code = make(day, serial)
    assert check(show(code)) == code
    slips = {code[:i] + d + code[i + 1 :] for i in range(12) for d in "0123456789"}
    slips |= {code[:i] + code[i + 1] + code[i] + code[i + 2 :] for i in range(11)}
    for slip in slips - {code}:
        with pytest.raises(CodeError, match="check_digit"):
            check(slip)
