"""A log in memory that grows, forks and is signed, and a witness that serves."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from peygir.verify.merkle import complete_root, consistency_path, leaf_hash, tree_root
from peygir.verify.notes import (
    LOG_KEY,
    Note,
    Signature,
    Vkey,
    checkpoint_text,
    format_note,
    to_base64,
)
from peygir.witness.answer import Witness
from peygir.witness.memory import Memory, public_bytes
from peygir.witness.server import Server

AT = 1_790_000_000  # epoch second


class Log:
    """Leaves in a list. `origin` may be changed, as a new year's log is."""

    def __init__(self, origin: str = "ledger.test/137/1405", leaves: int = 0) -> None:
        self.origin, self.key = origin, Ed25519PrivateKey.generate()
        self.leaves = [leaf_hash(b"leaf %d" % n) for n in range(leaves)]

    @property
    def vkey(self) -> Vkey:
        return Vkey(self.origin, LOG_KEY, public_bytes(self.key))

    def grow(self, *words: bytes) -> None:
        self.leaves += [leaf_hash(each) for each in words]

    def hash_at(self, level: int, index: int) -> bytes:
        return complete_root(self.leaves[index << level : (index + 1) << level])

    def note(self, size: int | None = None) -> bytes:
        count = len(self.leaves) if size is None else size
        text = checkpoint_text(self.origin, count, tree_root(count, self.hash_at))
        content = self.key.sign(text.encode())
        return format_note(Note(text, (Signature(self.origin, self.vkey.id, content),)))

    def request(self, old: int, size: int | None = None) -> bytes:
        count = len(self.leaves) if size is None else size
        proof = consistency_path(min(old, count), count, self.hash_at)
        lines = "".join(f"{to_base64(each)}\n" for each in proof)
        return f"old {old}\n{lines}\n".encode() + self.note(size)


@contextmanager
def serving(folder: Path, *follows: Vkey, name: str = "newspaper.test") -> Iterator[Server]:
    """A witness on a port of its own; its clock stands at `AT`, as `server.clock` says."""
    memory = Memory(folder) if (folder / "key.pem").exists() else Memory.begin(folder, name)
    for vkey in follows:
        memory.follow(str(vkey))
    server = Server(("127.0.0.1", 0), Witness(memory), lambda: AT)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def url(server: Server) -> str:
    return f"http://127.0.0.1:{server.server_address[1]}"


def post(server: Server, data: bytes) -> httpx.Response:
    return httpx.post(f"{url(server)}/add-checkpoint", content=data, trust_env=False, timeout=60)
