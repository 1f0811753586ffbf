"""Is a request really theirs? HMAC-SHA256 over its instant and its bytes, by a key that both know.

Two keys may count at once, so that one can be changed without a moment of refusal.
"""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

WINDOW: Final = timedelta(minutes=5)  # clocks may differ by so much; within it ids are remembered
SCHEME: Final = "v1="
SECRET_MIN: Final = 24  # characters; a shorter key counts as none


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The signature of a request, as its header carries it."""
    return SCHEME + hmac.new(secret.encode(), _signed(timestamp, body), hashlib.sha256).hexdigest()


def fault(timestamp: str, given: str, body: bytes, *, at: datetime) -> str:
    """Why this request is not believed, as a code; "" when it is.

    `timestamp`: epoch seconds in Latin digits. Every key is tried, so that the time taken does not
    tell which one fits.
    """
    wanted = [sign(secret, timestamp, body) for secret in secrets()]
    fits = [hmac.compare_digest(each.encode(), given.encode()) for each in wanted]
    if not any(fits):
        return "wrong_signature"
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12):
        return "wrong_time"
    off = abs(at.timestamp() - int(timestamp))
    return "wrong_time" if off > WINDOW.total_seconds() else ""


def secrets() -> list[str]:
    """The keys that count now: the first two of the setting that are long enough."""
    return [s for s in settings.PEYGIR_OFFICE_SECRETS.split() if len(s) >= SECRET_MIN][:2]


def _signed(timestamp: str, body: bytes) -> bytes:
    return timestamp.encode() + b"." + body
