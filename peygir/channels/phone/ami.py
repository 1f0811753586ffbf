"""Asterisk's manager interface: sign in, listen, and turn its events into rings.

A line protocol over TCP: "Key: value" lines, an empty line ends a message. Only the rights to
read calls are needed (`read = call,agent` in manager.conf); nothing is ever sent but the login.
"""

import re
import socket
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import unquote, urlsplit

from peygir.channels.phone.calls import Ring

PORT: Final = 5038
TIMEOUT_S: Final = 60  # without any event for this long we ask whether the exchange is there
LINES_MAX: Final = 200  # of one message
_EXTENSION: Final = re.compile(r"^[A-Za-z]+/([A-Za-z0-9_.]+)")

Event = Mapping[str, str]


class NoExchange(Exception):
    """The exchange cannot be reached, or it refused the login."""


def events(url: str, *, timeout_s: float = TIMEOUT_S) -> Iterator[Event | None]:
    """The events of the exchange at ami://user:secret@host:port, until it goes away.

    None when nothing happened for `timeout_s`: the caller may stop then. Raises NoExchange.
    """
    parts = urlsplit(url)
    try:
        connection = socket.create_connection((parts.hostname or "", parts.port or PORT), 10)
    except OSError as error:
        raise NoExchange(type(error).__name__) from None
    with connection:
        connection.settimeout(timeout_s)
        reader = _Reader(connection)
        _send(connection, Action="Login", Username=unquote(parts.username or ""),
              Secret=unquote(parts.password or ""), Events="on")  # fmt: skip
        while (message := reader.read()) is not _END:
            if message is None:
                _send(connection, Action="Ping")
            elif message.get("response") == "Error":
                raise NoExchange("the login was refused")
            if message is None or "event" in message:
                yield message
    raise NoExchange("the exchange closed the connection")


def ring_of(event: Event) -> Ring | None:
    """What an event means for an operator's screen; None for all the others.

    `DialBegin` rings an extension (a queue dials its agents in the same way), `DialEnd` says that
    it was answered, and the end of the caller's own channel ends the call.
    """
    name, call = event.get("event"), event.get("linkedid") or event.get("uniqueid", "")
    if not call:
        return None
    number, extension = event.get("calleridnum", ""), _extension(event)
    if name in ("DialBegin", "AgentCalled") and extension:
        return Ring(what="ring", call=call, number=number, extension=extension)
    answered = name == "AgentConnect" or (name == "DialEnd" and event.get("dialstatus") == "ANSWER")
    if answered and extension:
        return Ring(what="answer", call=call, number=number, extension=extension)
    if name == "Hangup" and event.get("uniqueid") == call:
        return Ring(what="hangup", call=call)
    return None


def _extension(event: Event) -> str:
    found = _EXTENSION.match(event.get("destchannel", "") or event.get("interface", ""))
    if found is None:
        return ""
    return found[1][:20]


def _send(connection: socket.socket, **fields: str) -> None:
    # A line break in a value would be another command.
    lines = [f"{name}: {' '.join(value.splitlines())}" for name, value in fields.items()]
    connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())


_END: Final[Event] = {"": "end"}


class _Reader:
    """Messages out of a stream; None when the time is up in the middle of waiting."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._buffer = b""

    def read(self) -> Event | None:
        while b"\r\n\r\n" not in self._buffer:
            try:
                more = self._connection.recv(65_536)
            except TimeoutError:
                return None
            except OSError:
                return _END
            if not more:
                return _END
            self._buffer += more
        message, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        lines = message.decode("utf-8", "replace").splitlines()[:LINES_MAX]
        pairs = (line.partition(":") for line in lines)
        return {key.strip().casefold(): value.strip() for key, _, value in pairs}
