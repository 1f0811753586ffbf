"""What a witness keeps in its folder: its key, the logs it follows, and what it saw of each.

Everything is on the disk before anybody is told. A folder that lost a part of itself is refused:
a witness that forgets would sign a second history.
"""

import base64
import hashlib
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from peygir.verify.notes import LOG_KEY, WITNESS_KEY, BadNote, Checkpoint, Vkey, parse_vkey

REFUSALS_MAX: Final = 1000  # kept as evidence; more would fill the disk of whoever is attacked
HOUR_S: Final = 3600


class Lost(Exception):
    """The folder is not whole; the words say what is missing."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The last checkpoint that was cosigned of a log. `at`: epoch seconds."""

    size: int
    root: bytes
    at: int


class Memory:
    """The folder of one witness."""

    def __init__(self, folder: Path) -> None:
        """Raises Lost for a folder without a witness, or without a part of one."""
        self.folder = folder
        try:
            begun = json.loads((folder / "witness.json").read_bytes())
            key = load_pem_private_key((folder / "key.pem").read_bytes(), None)
        except (OSError, ValueError) as error:
            raise Lost(f"no witness lives in {folder}: give it a --name first") from error
        if not (folder / "seen").is_dir():
            raise Lost(f"{folder / 'seen'} is gone: begin anew with another key and name")
        assert isinstance(key, Ed25519PrivateKey)
        self.key, self.name = key, str(begun["name"])
        self.vkey = Vkey(self.name, WITNESS_KEY, public_bytes(key))

    @classmethod
    def begin(cls, folder: Path, name: str) -> "Memory":
        """A new witness with a key of its own. Raises Lost when one lives there, BadNote for a
        name that no key may have."""
        if (folder / "witness.json").exists():
            raise Lost(f"a witness lives in {folder} already")
        key = Ed25519PrivateKey.generate()
        parse_vkey(str(Vkey(name, WITNESS_KEY, public_bytes(key))))
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "seen").mkdir(exist_ok=True)
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        replace(folder / "key.pem", pem, 0o600)
        replace(folder / "logs.txt", b"# the logs that are followed, one vkey a line\n")
        replace(folder / "witness.json", json.dumps({"name": name}).encode())
        return cls(folder)

    def follow(self, vkey: str) -> None:
        """Follow the log with this key too. Raises BadNote."""
        key = parse_vkey(vkey)
        if key.kind != LOG_KEY:
            raise BadNote("not the key of a log")
        if key not in self.logs():
            known = (self.folder / "logs.txt").read_bytes()
            replace(self.folder / "logs.txt", known + f"{key}\n".encode())

    def logs(self) -> list[Vkey]:
        """The keys of the logs that are followed; the operator may edit the file at any time."""
        lines = (self.folder / "logs.txt").read_text("utf-8").splitlines()
        return [parse_vkey(line) for line in lines if line.strip() and line[0] != "#"]

    def seen(self, origin: str) -> Seen | None:
        """What was seen last of a log, None before the first time. Raises Lost."""
        path = self._file(origin)
        try:
            kept = json.loads(path.read_bytes())
        except FileNotFoundError:
            if self._was_seen(origin):
                raise Lost(f"{path} is gone") from None
            return None
        except ValueError:
            raise Lost(f"{path} is damaged") from None
        return Seen(kept["size"], base64.b64decode(kept["root"]), kept["at"])

    def remember(self, point: Checkpoint, note: bytes, at: int) -> None:
        """Keep a checkpoint in place of the one before. On the disk when it returns."""
        before = self.seen(point.origin)
        kept = {
            "origin": point.origin,
            "size": point.size,
            "root": base64.b64encode(point.root).decode(),
            "at": at,
            "note": note.decode(),
        }
        replace(self._file(point.origin), json.dumps(kept, indent=1).encode())
        if before is None or before.at // HOUR_S != at // HOUR_S:
            line = json.dumps({"at": at, "origin": point.origin, "size": point.size})
            append(self.folder / "history.jsonl", line)

    def refuse(self, origin: str, why: str, request: bytes, at: int) -> None:
        """Keep a checkpoint that contradicts what was seen, signed by its log: it is evidence."""
        folder = self.folder / "refused"
        folder.mkdir(exist_ok=True)
        if sum(1 for _ in folder.iterdir()) < REFUSALS_MAX:
            name = f"{at}-{hashlib.sha256(request).hexdigest()[:16]}.txt"
            replace(folder / name, f"{why} {origin}\n".encode() + request)

    def all_seen(self) -> list[dict[str, Any]]:
        """What was seen last of every log, by name."""
        found = [json.loads(path.read_bytes()) for path in (self.folder / "seen").glob("*.json")]
        return sorted(found, key=lambda each: str(each["origin"]))

    def refusals(self) -> list[tuple[int, str, str]]:
        """(epoch second, why, origin) of each contradiction that was kept, newest first."""
        found = []
        for path in (self.folder / "refused").glob("*.txt"):
            why, _, origin = path.read_text("utf-8", "replace").partition("\n")[0].partition(" ")
            found.append((int(path.name.partition("-")[0]), why, origin))
        return sorted(found, reverse=True)

    def history(self, lines_max: int) -> list[dict[str, Any]]:
        """One line of each hour in which a log was cosigned, newest first."""
        try:
            lines = (self.folder / "history.jsonl").read_text("utf-8").splitlines()
        except FileNotFoundError:
            return []
        return [json.loads(line) for line in reversed(lines[-lines_max:])]

    def _was_seen(self, origin: str) -> bool:
        return any(each["origin"] == origin for each in self.history(1_000_000))

    def _file(self, origin: str) -> Path:
        return self.folder / "seen" / f"{hashlib.sha256(origin.encode()).hexdigest()[:32]}.json"


def public_bytes(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def replace(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Put `data` in the place of a file, at once and for good."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    _settle(path.parent)


def append(path: Path, line: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
        file.flush()
        os.fsync(file.fileno())
    _settle(path.parent)


def _settle(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
