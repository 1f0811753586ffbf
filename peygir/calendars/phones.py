"""Phone numbers: three digit sets in, E.164 stored, the national form shown."""

from typing import Literal

import phonenumbers
from phonenumbers import (
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    PhoneNumberType,
    ValidationResult,
)

from peygir.calendars.persian import DASHES, clean, to_latin_digits

REGION = "IR"
TEXT_MAX = 40
SEPARATORS = f"()._/ \n\N{ZWNJ}{DASHES}"
LOCAL_DIGITS = 8  # a landline as written inside its own province

Reason = Literal["empty", "characters", "length", "not_mobile", "foreign", "invalid"]


class PhoneError(ValueError):
    """Text that is no usable number. `reason` is for doors; the number itself is not repeated."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"not a usable phone number: {reason}")
        self.reason: Reason = reason


def parse_mobile(text: str) -> str:
    """E.164 of a mobile number of the country, as a person types it. Raises PhoneError."""
    number = _parse(_digits(text))
    if phonenumbers.number_type(number) != PhoneNumberType.MOBILE:
        raise PhoneError("not_mobile")
    return _e164(number)


def parse_phone(text: str, area: str = "") -> str:
    """E.164 of a mobile or landline number of the country.

    `area` ("025") completes eight digits written without an area code. Raises PhoneError.
    """
    digits = _digits(text)
    if area and len(digits) == LOCAL_DIGITS and digits[0] not in "+0":
        digits = area + digits
    return _e164(_parse(digits))


def show(e164: str) -> str:
    """The number as people of the country write it: "0912 345 6789". ASCII digits.

    A number from elsewhere is shown in international form. Raises PhoneError if it is none.
    """
    number = _number(e164)
    local = number.country_code == phonenumbers.country_code_for_region(REGION)
    form = PhoneNumberFormat.NATIONAL if local else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, form)


def last4(e164: str) -> str:
    """The four digits that a person may be asked to recognise a number by."""
    return e164[-4:]


def _digits(text: str) -> str:
    """Digits with an optional leading +, separators gone. Raises PhoneError."""
    if len(text) > TEXT_MAX:
        raise PhoneError("length")
    plain = to_latin_digits(clean(text))
    digits = "".join(c for c in plain if c not in SEPARATORS)
    if not digits:
        raise PhoneError("empty")
    tail = digits.removeprefix("+")
    # A right-to-left field often shows and copies the plus sign at the end.
    if digits == tail and digits.endswith("+"):
        tail = digits.removesuffix("+")
        digits = "+" + tail
    if not (tail.isascii() and tail.isdigit()):
        raise PhoneError("characters")
    return digits


def _parse(digits: str) -> PhoneNumber:
    number = _number(digits)
    if number.country_code != phonenumbers.country_code_for_region(REGION):
        raise PhoneError("foreign")
    # A landline without its area code is possible "locally", which helps nobody.
    if phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        raise PhoneError("length")
    if not phonenumbers.is_valid_number(number):
        raise PhoneError("invalid")
    return number


def _number(digits: str) -> PhoneNumber:
    try:
        return phonenumbers.parse(digits, REGION)
    except NumberParseException as error:
        # All else that can be wrong with digits alone is how many they are.
        unknown = error.error_type == NumberParseException.INVALID_COUNTRY_CODE
        raise PhoneError("invalid" if unknown else "length") from error


def _e164(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)
