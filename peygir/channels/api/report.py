"""From a JSON object to a report: every field checked, every fault named at once."""

from collections.abc import Mapping
from typing import Any, Final

from peygir.boards import voices
from peygir.calendars.phones import PhoneError, parse_mobile
from peygir.cases.register import Report
from peygir.ledger.ids import new_id
from peygir.people.contacts import Caller
from peygir.policy.model import CityPolicy

TEXT_MAX: Final[Mapping[str, int]] = {
    "words": 2000,
    "address": 300,
    "name": 120,
    "category": 24,
    "kind": 24,
    "reference": 80,
    "language": 5,
    "phone": 40,
    "about_code": 40,
    "about_post": 48,
    "about_unit": 40,
}
DEGREES: Final = {"lat": 90, "lon": 180}
KNOWN: Final = frozenset({*TEXT_MAX, *DEGREES, "district"})
CHANNEL_MAX: Final = 16


def read(
    policy: CityPolicy, body: Mapping[str, Any], *, channel: str
) -> tuple[Report, dict[str, str]]:
    """The report that `body` makes, and its faults by field.

    A fault is unknown, text, too_long, number or phone.

    What the policy knows (kind, category, district) is checked by `cases.register`.
    """
    faults = dict.fromkeys(sorted(set(body) - KNOWN)[:20], "unknown")
    texts = {name: _text(body, name, most, faults) for name, most in TEXT_MAX.items()}
    point = {name: _degrees(body, name, most, faults) for name, most in DEGREES.items()}
    district = body.get("district")
    if district is not None and (isinstance(district, bool) or not isinstance(district, int)):
        faults["district"] = "number"
        district = None
    report = Report(
        case_id=new_id(),
        words=texts["words"],
        channel=channel[:CHANNEL_MAX],
        kind=texts["kind"] or next(iter(policy.kinds)),
        category=texts["category"],
        district=district,
        address=texts["address"],
        lat_e6=point["lat"] if point["lon"] is not None else None,
        lon_e6=point["lon"] if point["lat"] is not None else None,
        caller=_caller(texts, faults),
        language="en" if texts["language"].startswith("en") else "fa",
        about_case=_earlier(texts, faults),
        about_post=texts["about_post"],
        about_unit=texts["about_unit"],
    )
    return report, faults


def _earlier(texts: Mapping[str, str], faults: dict[str, str]) -> int | None:
    """The case whose tracking code was given, in any digits; that it exists is all that is told."""
    if not texts["about_code"]:
        return None
    found = voices.earlier(texts["about_code"])
    if found is None:
        faults["about_code"] = "unknown"
    return found


def _text(body: Mapping[str, Any], name: str, most: int, faults: dict[str, str]) -> str:
    value = body.get(name, "")
    if not isinstance(value, str) or "\x00" in value:
        faults[name] = "text"
    elif len(value) > most:
        faults[name] = "too_long"
    else:
        return value.strip()
    return ""


def _degrees(body: Mapping[str, Any], name: str, most: int, faults: dict[str, str]) -> int | None:
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > most:
        faults[name] = "number"
        return None
    return round(value * 1_000_000)


def _caller(texts: Mapping[str, str], faults: dict[str, str]) -> Caller | None:
    if not texts["phone"]:
        return None
    try:
        return Caller(phone=parse_mobile(texts["phone"]), name=texts["name"])
    except PhoneError:
        faults["phone"] = "phone"
        return None
