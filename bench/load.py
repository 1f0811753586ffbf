"""An HTTP client that keeps connections alive and the server busy, in one process.

Each connection sends its next request when the answer to the last one is complete, so the load is
closed: as many requests are under way as there are connections.
"""

import selectors
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field

READ: int = 1 << 16


@dataclass
class Result:
    """Seconds per request, how many of each status, bytes received, and seconds in all."""

    seconds: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    length: int = 0
    span: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.seconds) / self.span if self.span else 0.0

    def only(self, status: int) -> bool:
        return set(self.statuses) == {status}


@dataclass
class _Line:
    """One connection. `buffer` holds what came of the answer so far."""

    link: socket.socket
    sent_at: float = 0.0
    buffer: bytearray = field(default_factory=bytearray)


def drive(
    port: int,
    make: Callable[[int], bytes],
    *,
    connections: int,
    for_s: float = 0.0,
    requests: int = 0,
) -> Result:
    """Send `make(0)`, `make(1)`, … over `connections` for `for_s` seconds or so many `requests`."""
    result, chooser, count = Result(), selectors.DefaultSelector(), 0
    began = time.perf_counter()
    for _ in range(connections):
        line = _Line(_connect(port))
        chooser.register(line.link, selectors.EVENT_READ, line)
        _send(line, make(count))
        count += 1
    waiting = connections
    while waiting:
        for key, _ in chooser.select():
            line = key.data
            if not _take(line, result):
                continue
            over = time.perf_counter() - began >= for_s if for_s else count >= requests
            if over:
                waiting -= 1
                chooser.unregister(line.link)
                line.link.close()
                continue
            _send(line, make(count))
            count += 1
    result.span = time.perf_counter() - began
    return result


def fetch(port: int, request: bytes) -> tuple[int, dict[str, list[str]], bytes]:
    """One request on a connection of its own: status, headers (lower case), body."""
    line = _Line(_connect(port))
    _send(line, request)
    while not (whole := _whole(line.buffer)):
        got = line.link.recv(READ)
        if not got:
            break
        line.buffer += got
    line.link.close()
    head, _, body = bytes(line.buffer).partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    headers: dict[str, list[str]] = {}
    for each in rest:
        name, _, value = each.partition(":")
        headers.setdefault(name.lower(), []).append(value.strip())
    return int(first.split()[1]), headers, body[: whole or None]


def _connect(port: int) -> socket.socket:
    link = socket.create_connection(("127.0.0.1", port), timeout=60)
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return link


def _send(line: _Line, request: bytes) -> None:
    line.sent_at = time.perf_counter()
    line.link.sendall(request)


def _take(line: _Line, result: Result) -> bool:
    """Read what came; True once the answer is whole and counted."""
    got = line.link.recv(READ)
    if not got:
        raise ConnectionError("the server closed a connection")
    line.buffer += got
    if not _whole(line.buffer):
        return False
    result.seconds.append(time.perf_counter() - line.sent_at)
    status = int(bytes(line.buffer[9:12]))
    result.statuses[status] = result.statuses.get(status, 0) + 1
    result.length += len(line.buffer)
    line.buffer.clear()
    return True


def _whole(buffer: bytearray) -> int:
    """How long the body is once all of it is there (at least 1), else 0."""
    head_end = buffer.find(b"\r\n\r\n")
    if head_end < 0:
        return 0
    head = bytes(buffer[:head_end]).lower()
    at = head.find(b"content-length:")
    if at >= 0:
        length = int(head[at + 15 :].split(b"\r\n", 1)[0])
        return max(1, length) if len(buffer) >= head_end + 4 + length else 0
    if b"chunked" in head:
        return 1 if buffer.endswith(b"0\r\n\r\n") else 0
    return 1
