"""What an operator typed about a caller and a problem: read leniently, checked strictly."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from peygir.boards import voices
from peygir.calendars.persian import clean, to_latin_digits
from peygir.calendars.phones import PhoneError, parse_phone
from peygir.cases.register import Report
from peygir.people.contacts import Caller
from peygir.policy.model import CityPolicy

CHANNELS: Final = ("phone", "in_person", "letter")
NAME_MAX, ADDRESS_MAX, PHONE_MAX = 120, 500, 40
DEGREES_MAX_E6: Final = 180_000_000
DISTRICT_SAID: Final = re.compile(
    r"(?:منطقه|منطقهٔ|ناحیه|district)[\s:.‌]*(\d{1,2})(?!\d)", re.IGNORECASE
)


@dataclass(slots=True, kw_only=True)
class Intake:
    """The console's form as typed. `district`: chosen, else read from the address."""

    phone: str = ""
    e164: str = ""  # "" when `phone` is no usable number
    anonymous: bool = False
    name: str = ""
    words: str = ""
    kind: str = ""
    channel: str = "phone"
    category: str = ""
    address: str = ""
    district: int | None = None
    said_district: bool = False  # it was read from the address
    lat_e6: int | None = None
    lon_e6: int | None = None
    objection: str = ""
    urgent: str = ""  # the ground that the operator chose
    about_code: str = ""  # as typed; `about_case`: of which case it is
    about_case: int | None = None
    about_post: str = ""
    about_unit: str = ""
    answer: str = ""  # given while the caller is on the line
    placed: bool = True  # whether the kind asks for subject and place
    errors: dict[str, str] = field(default_factory=dict)

    def report(self, language: str) -> Report:
        caller = (
            Caller(phone=self.e164, name=self.name) if self.e164 and not self.anonymous else None
        )
        return Report(
            words=self.words,
            channel=self.channel,
            kind=self.kind,
            category=self.category if self.placed else "",
            district=self.district if self.placed else None,
            address=self.address if self.placed else "",
            lat_e6=self.lat_e6 if self.placed else None,
            lon_e6=self.lon_e6 if self.placed else None,
            caller=caller,
            language=language,
            urgent=self.urgent,
            about_case=self.about_case,
            about_post=self.about_post,
            about_unit="" if self.about_post else self.about_unit,
        )


def read(given: QueryDict, policy: CityPolicy) -> Intake:
    """The form as typed, cleaned; what is no known choice counts as not chosen."""
    category = given.get("category_other", "") or given.get("category", "")
    made = Intake(
        phone=clean(given.get("phone", "")[:PHONE_MAX]).strip(),
        anonymous=bool(given.get("anonymous")),
        name=" ".join(clean(given.get("name", "")).split())[:NAME_MAX],
        words=clean(given.get("words", "")).strip(),
        kind=given.get("kind", "")
        if given.get("kind") in policy.kinds
        else next(iter(policy.kinds)),
        channel=given.get("channel", "") if given.get("channel") in CHANNELS else CHANNELS[0],
        category=category if category in policy.categories else "",
        address=" ".join(clean(given.get("address", "")).split()),
        lat_e6=_coordinate(given.get("lat_e6", "")),
        lon_e6=_coordinate(given.get("lon_e6", "")),
        objection=clean(given.get("objection_reason", "")).strip(),
    )
    made.e164 = _e164(made.phone, policy)
    # What is sealed goes to nobody but its examiner, however urgent it is.
    if policy.urgent is not None and not policy.kinds[made.kind].sealed:
        ground = given.get("urgent", "")
        made.urgent = ground if ground in policy.urgent.grounds else ""
    _district(made, given.get("district", ""), policy)
    if made.lat_e6 is None or made.lon_e6 is None:
        made.lat_e6 = made.lon_e6 = None
    _about(made, given, policy)
    return made


def _about(made: Intake, given: QueryDict, policy: CityPolicy) -> None:
    """What the kind asks of an earlier message, an official or a unit; what it does not is left
    out, so that nothing typed for another kind goes along."""
    asks = voices.asks(policy, made.kind)
    if asks.case:
        made.about_code = clean(given.get("about_code", "")[:PHONE_MAX]).strip()
    if asks.unit or asks.post:
        made.about_unit = given.get("about_unit", "")[:40]
    if asks.post:
        made.about_post = given.get("about_post", "")[:60]
    made.answer = clean(given.get("answer", "")).strip()
    made.placed = asks.place


def check(made: Intake, policy: CityPolicy) -> None:
    """Fill `made.errors` with a sentence for each field that keeps it from being registered."""
    limits = policy.city.get("limits", {})
    longest = int(limits.get("text", 2000)) if isinstance(limits, Mapping) else 2000
    if not made.words:
        made.errors["words"] = _("Write in a sentence what the caller says.")
    elif len(made.words) > longest:
        most = {"most": longest}
        made.errors["words"] = _("This is too long; at most %(most)s characters.") % most
    if len(made.address) > ADDRESS_MAX:
        most = {"most": ADDRESS_MAX}
        made.errors["address"] = _("This is too long; at most %(most)s characters.") % most
    check_caller(made)


def check_caller(made: Intake) -> None:
    if made.anonymous or made.e164:
        return
    if made.phone:
        made.errors["phone"] = _("This is no telephone number of the country; check its digits.")
    else:
        made.errors["phone"] = _("Enter the caller's number, or mark the caller as anonymous.")


def _e164(typed: str, policy: CityPolicy) -> str:
    area = policy.city.get("area_code", "")
    try:
        return parse_phone(typed, area=area if isinstance(area, str) else "")
    except PhoneError:
        return ""


def _district(made: Intake, chosen: str, policy: CityPolicy) -> None:
    known = policy.organisation.districts
    digits = to_latin_digits(chosen.strip()[:4])
    if digits.isascii() and digits.isdigit() and int(digits) in known:
        made.district = int(digits)
        return
    said = DISTRICT_SAID.search(to_latin_digits(made.address))
    if said is not None and int(said.group(1)) in known:
        made.district, made.said_district = int(said.group(1)), True


def _coordinate(typed: str) -> int | None:
    plain = typed.strip()[:11]
    digits = plain.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or int(digits) > DEGREES_MAX_E6:
        return None
    return int(plain)
