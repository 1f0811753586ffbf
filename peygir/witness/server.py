"""The witness over HTTP: `POST /add-checkpoint` for logs, a page for people, JSON for programs."""

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import BoundedSemaphore
from typing import Any, Final

from peygir.witness.answer import REQUEST_BYTES_MAX, Answer, Witness
from peygir.witness.page import CSS, page

TIMEOUT_S: Final = 10  # of a client that says nothing
AT_ONCE_MAX: Final = 64
HTML: Final = "text/html; charset=utf-8"

Clock = Callable[[], float]  # epoch seconds


class Server(ThreadingHTTPServer):
    """Serves one witness until `shutdown`."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], witness: Witness, clock: Clock) -> None:
        self.witness, self.clock = witness, clock
        self.places = BoundedSemaphore(AT_ONCE_MAX)
        super().__init__(address, Handler)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """As many at once as there are places; the others wait."""
        with self.places:
            super().process_request_thread(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no error of ours, and its address is nobody's business."""


class Handler(BaseHTTPRequestHandler):
    server: Server
    timeout = TIMEOUT_S
    server_version = "peygir-witness"
    sys_version = ""
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if self.path != "/add-checkpoint":
            self._send(Answer(404), close=True)
        elif not length.isascii() or not length.isdigit():
            self._send(Answer(411), close=True)
        elif int(length) > REQUEST_BYTES_MAX:
            self._send(Answer(413), close=True)
        else:
            data = self.rfile.read(int(length))
            self._send(self.server.witness.add_checkpoint(data, at=int(self.server.clock())))

    def do_GET(self) -> None:
        memory = self.server.witness.memory
        if self.path == "/":
            self._send(Answer(200, page(memory, "fa"), HTML))
        elif self.path == "/en":
            self._send(Answer(200, page(memory, "en"), HTML))
        elif self.path == "/witness.css":
            self._send(Answer(200, CSS.encode(), "text/css; charset=utf-8"))
        elif self.path == "/vkey":
            self._send(Answer(200, f"{memory.vkey}\n".encode()))
        elif self.path == "/seen.json":
            seen = json.dumps(memory.all_seen(), ensure_ascii=False).encode()
            self._send(Answer(200, seen, "application/json"))
        else:
            self._send(Answer(404))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as http.server calls it
        """Nothing: who asks is nobody's business."""

    def _send(self, answer: Answer, *, close: bool = False) -> None:
        self.close_connection = close
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'self'")
        if close:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(answer.body)
