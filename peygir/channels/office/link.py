"""HTTP to the office automation: one address from the settings, limits on time and size.

Nothing that they or a citizen say decides where a request goes: paths are made of our own ids,
and a redirection is a failure, not an instruction.
"""

import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import orjson
from django.conf import settings

CONNECT_S: Final = 5.0
READ_S: Final = 10.0  # without a byte
WHOLE_S: Final = 30.0  # of one answer
ANSWER_MAX: Final = 2 * 1024 * 1024  # bytes
LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})
#: Answers of a system that is not itself; everything else below 500 is about the request.
AWAY: Final = frozenset({401, 403, 407, 408, 425, 429})


class Trouble(Exception):
    """It did not work. `code` is shown to staff; `down`: nothing else would work now either."""

    def __init__(self, code: str, *, down: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.down = down


@dataclass(frozen=True, slots=True)
class Answer:
    """What they answered; `body` is empty when it was no JSON object."""

    status: int
    body: Mapping[str, Any]


class Link:
    """An open connection: requests with our key, answers read within limits."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def get(self, path: str, **params: str | int) -> Answer:
        return self._call(self._client.build_request("GET", path, params=params))

    def put(self, path: str, body: Mapping[str, Any], *, key: str) -> Answer:
        """Say how something stands. `key` makes a repetition recognisable."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        content = orjson.dumps(body)
        return self._call(self._client.build_request("PUT", path, content=content, headers=headers))

    def _call(self, request: httpx.Request) -> Answer:
        until = time.monotonic() + WHOLE_S
        try:
            answer = self._client.send(request, stream=True)
            try:
                found = Answer(answer.status_code, _body(answer, until))
            finally:
                answer.close()
        except httpx.HTTPError:
            raise Trouble("no_answer", down=True) from None  # its text may hold the address
        if answer.is_redirect:
            raise Trouble("redirected", down=True)
        if found.status in AWAY or found.status >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise Trouble(f"http_{found.status}", down=True)
        return found


@contextmanager
def opened() -> Iterator[Link]:
    """A connection for some requests. Raises Trouble when the settings allow none."""
    address = settings.PEYGIR_OFFICE_URL.rstrip("/")
    if not address:
        raise Trouble("not_configured", down=True)
    if not is_safe(address):
        raise Trouble("not_https", down=True)
    timeout = httpx.Timeout(READ_S, connect=CONNECT_S)
    with httpx.Client(
        base_url=address,
        headers={"Authorization": f"Bearer {settings.PEYGIR_OFFICE_TOKEN}"},
        timeout=timeout,
        follow_redirects=False,
        trust_env=False,  # no proxy of the machine's environment sees what is sent
        verify=_certificates(address),
    ) as client:
        yield Link(client)


def is_safe(address: str) -> bool:
    """Whether the address is one of https, or on this machine."""
    parts = urlsplit(address)
    if not parts.hostname or parts.username or parts.query or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOCAL)


def _certificates(address: str) -> ssl.SSLContext | bool:
    """Whom to believe: the city's own authority if it named one, else those of the system."""
    if not address.startswith("https:"):
        return False
    try:
        return ssl.create_default_context(cafile=settings.PEYGIR_OFFICE_CA or None)
    except OSError:
        raise Trouble("no_certificates", down=True) from None


def _body(answer: httpx.Response, until: float) -> Mapping[str, Any]:
    """The JSON object of an answer that is neither too long nor too slow."""
    read = bytearray()
    for piece in answer.iter_bytes():
        read += piece
        if len(read) > ANSWER_MAX:
            raise Trouble("too_large", down=True)
        if time.monotonic() > until:
            raise Trouble("too_slow", down=True)
    try:
        found = orjson.loads(read)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
