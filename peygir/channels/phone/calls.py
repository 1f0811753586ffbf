"""A call as the exchange reports it: one row, and a word to the operator's open page.

The number stays in the database: what travels to the page is the id of the row.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from django.conf import settings
from django.db import transaction

from peygir.boards import contacts as kept
from peygir.calendars import phones
from peygir.calendars.persian import to_latin_digits
from peygir.cases import policies
from peygir.ledger.entry import SYSTEM
from peygir.look.live import announce
from peygir.people import contacts
from peygir.people.models import Call, Staff

What = Literal["ring", "answer", "hangup"]
WHATS: Final[tuple[What, ...]] = ("ring", "answer", "hangup")
EXTENSION: Final = re.compile(r"[A-Za-z0-9_.-]{1,20}")
NUMBER_MAX: Final = 20
WITHHELD: Final = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """What the exchange says. `number` as it writes it, empty or a word when it is withheld."""

    what: What
    call: str  # the exchange's own id of the call
    number: str = ""
    extension: str = ""


@transaction.atomic
def told(ring: Ring, *, at: datetime) -> Call:
    """Bring the call's row up to date and tell the page of its extension. Safe to repeat.

    An answer or a hang-up of a call that we have not heard ring makes the row as well.
    """
    phone = normal(ring.number)
    citizen = contacts.by_phone(phone) if phone else None
    first = {
        "direction": "in",
        "phone": phone,
        "citizen": citizen,
        "extension": ring.extension,
        "rang_at": at,
    }
    Call.objects.get_or_create(pk=row_id(ring.call), defaults=first)
    call = Call.objects.select_for_update().get(pk=row_id(ring.call))
    before = call.extension
    if ring.extension:
        call.extension = ring.extension
        staff = Staff.objects.filter(extension=ring.extension, is_active=True).first()
        call.staff_id = staff.pk if staff else None
    if phone and not call.phone:
        call.phone, call.citizen = phone, citizen
    if ring.what == "answer" and call.answered_at is None:
        call.answered_at = at
    if ring.what == "hangup" and call.ended_at is None:
        call.ended_at = at
        if call.answered_at is None:
            _missed(call, at)
        call.outcome = call.outcome or ("answered" if call.answered_at else "missed")
    call.save()
    topics = sorted({f"ext-{e}" for e in (before, call.extension) if e})
    if topics:
        announce(topics, [call.pk])
    return call


def _missed(call: Call, at: datetime) -> None:
    """Nobody took it: a contact all the same. One that was taken is recorded by whoever took it."""
    contact = kept.Ended(channel=kept.PHONE, outcome=kept.DROPPED, started_at=call.rang_at)
    try:
        kept.ended(policies.current(), contact, actor=SYSTEM, at=at)
    except policies.NoPolicy:
        return  # a city that is not set up yet counts nothing


def row_id(call: str) -> int:
    """The same positive 63-bit number for the same call of the exchange."""
    digest = hashlib.sha256(f"peygir.call:{call}".encode()).digest()
    return int.from_bytes(digest[:8]) >> 1


def normal(number: str) -> str:
    """E.164 where the number is one of the country; else its digits; "" when it is withheld."""
    try:
        return phones.parse_phone(number, settings.PEYGIR_PHONE_AREA)
    except phones.PhoneError:
        digits = re.sub(r"[^0-9+]", "", to_latin_digits(number))
        is_number = len(digits) >= 3 and len(digits) <= NUMBER_MAX
        return digits if is_number else WITHHELD
