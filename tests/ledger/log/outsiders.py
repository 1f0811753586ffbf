"""Witnesses as the city meets them: ours, some that are down, and some that lie."""

import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from peygir.ledger.log import head, keys
from peygir.verify.notes import Vkey
from peygir.witness.server import Server
from tests.ledger.log.play import NOON
from tests.witness.grown import serving, url

NAMES = ("council", "newspaper", "university")


@contextmanager
def witnessed(
    settings: Any, tmp_path: Path, quorum: int = 2, **urls: str
) -> Iterator[dict[str, Server]]:
    """Three witnesses of ours that follow the log, and a policy that names them.

    `urls`: other addresses for some of them; {} in one is its own address.
    """
    year = head.year_of(NOON)
    [signer] = keys.checkpoint_signers(head.origin_of(year), at=NOON)
    with ExitStack() as stack:
        servers = {
            name: stack.enter_context(serving(tmp_path / name, signer.vkey, name=f"{name}.test"))
            for name in NAMES
        }
        lines = []
        for name, server in servers.items():
            address = urls.get(name, "{}").format(url(server))
            lines.append(f"witness {name} {server.witness.memory.vkey} {address}".strip())
        lines += [f"group civic {quorum} {' '.join(NAMES)}", "quorum civic"]
        path = tmp_path / "policy.txt"
        path.write_text("# who must have seen it\n" + "\n".join(lines) + "\n")
        settings.PEYGIR_LOG_POLICY = str(path)
        yield servers


@contextmanager
def liar(status: int, body: bytes = b"", chunks: int = 1, *, drips: float = 0) -> Iterator[str]:
    """A server that answers everything so; its address. “%d” is another number each time.

    `drips`: seconds between the bytes of a header that does not end.
    """
    numbers = itertools.count(1)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            if drips:
                self.flush_headers()
            while drips:
                self.wfile.write(b"x")
                time.sleep(drips)
            self.end_headers()
            said = body % next(numbers) if body == b"%d" else body
            for _ in range(chunks):
                self.wfile.write(said)

        def log_message(self, *args: Any) -> None:
            """Nothing."""

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that has read enough."""

    server = Quiet(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def key_of(server: Server) -> Vkey:
    return server.witness.memory.vkey
