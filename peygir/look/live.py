"""Live pages: who may listen to which topics, and how a change is announced.

A topic is a short word such as `unit:water-2` or `board`. Only ids travel; the page refetches.
"""

import json
from collections.abc import Sequence

from django.conf import settings
from django.core import signing
from django.db import connection
from django.http import HttpRequest

CHANNEL = "peygir_live"
SALT = "peygir.live"
TOKEN_AGE_S_MAX = 12 * 3600
TOPICS_MAX = 50
PAYLOAD_BYTES_MAX = 7_900  # PostgreSQL refuses 8,000


def live_token(topics: Sequence[str]) -> str:
    """A signed permission to listen to `topics`, for the address of the live server."""
    assert len(topics) <= TOPICS_MAX
    return signing.dumps(list(topics), salt=SALT, compress=True)


def live_topics(token: str) -> frozenset[str]:
    """The topics that a token permits. Raises django.core.signing.BadSignature."""
    return frozenset(signing.loads(token, salt=SALT, max_age=TOKEN_AGE_S_MAX))


def live_address(request: HttpRequest) -> str:
    """Where this page finds the live server, without the token."""
    address = str(settings.PEYGIR_LIVE_URL)
    if not address.startswith(":"):
        return address
    host = request.META.get("HTTP_HOST", "localhost")
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    if not set(name) <= _HOST_LETTERS:
        name = "localhost"
    return f"{request.scheme}://{name}{address}"


def announce(topics: Sequence[str], ids: Sequence[int | str] = ()) -> None:
    """Tell listeners of `topics`, once the running transaction commits, that `ids` changed."""
    message = json.dumps({"topics": list(topics), "ids": list(ids)}, separators=(",", ":"))
    if len(message.encode()) > PAYLOAD_BYTES_MAX:
        message = json.dumps({"topics": list(topics), "ids": []})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, message])


_HOST_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-[]:")
