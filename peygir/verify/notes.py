"""Signed notes, checkpoints and cosignatures (C2SP signed-note, tlog-checkpoint, tlog-cosignature).

A key is known by its `vkey`: name+id+base64(kind and public key).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from functools import lru_cache
from typing import NamedTuple

from peygir.verify.ed25519 import is_signed
from peygir.verify.merkle import HASH_BYTES

LOG_KEY = 0x01  # Ed25519 over the text of the note
WITNESS_KEY = 0x04  # Ed25519 over the text and the witness's time
KEY_BYTES = 32
SIGNATURES_MAX = 64
NOTE_BYTES_MAX = 1 << 16
TIME_LIMIT = 1 << 63
KEYS_KEPT = 256  # whose ids are
_SIGNATURE = re.compile(r"— (\S+) (\S+)")
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")
_HALF = re.compile(r"[\ud800-\udfff]")  # what is no text: it cannot be encoded
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


class BadNote(ValueError):
    """Text that is no note, checkpoint or key; the words say why, in English."""


class Vkey(NamedTuple):
    """A public key with its name, kind (LOG_KEY or WITNESS_KEY) and four-byte id."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        return _key_id(self)

    def __str__(self) -> str:
        spelled = to_base64(bytes([self.kind]) + self.public)
        return f"{self.name}+{self.id.hex()}+{spelled}"


class Signature(NamedTuple):
    """One signature line: whose, and what follows the key's id."""

    name: str
    id: bytes
    content: bytes


class Note(NamedTuple):
    """A text that ends in a newline, and the signatures below it."""

    text: str
    signatures: tuple[Signature, ...]


class Checkpoint(NamedTuple):
    """What a log says of itself: who, how many leaves, their root. `note` is as signed."""

    origin: str
    size: int
    root: bytes
    note: Note


def parse_vkey(text: str) -> Vkey:
    """Raises BadNote unless `text` is an Ed25519 key of a log or a witness."""
    parts = text.strip().split("+", 2)
    if len(parts) != 3:
        raise BadNote("not a vkey")
    name, number, spelled = parts
    data = from_base64(spelled)
    if not _is_name(name) or len(data) != 1 + KEY_BYTES or data[0] not in (LOG_KEY, WITNESS_KEY):
        raise BadNote("not an Ed25519 vkey")
    key = Vkey(name, data[0], data[1:])
    if key.id.hex() != number:
        raise BadNote("the id of the vkey is not that of its key")
    return key


def parse_note(data: bytes) -> Note:
    """Raises BadNote for anything that is not a signed note."""
    if len(data) > NOTE_BYTES_MAX:
        raise BadNote("the note is too long")
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError:
        raise BadNote("the note is not UTF-8") from None
    text, blank, rest = whole.rpartition("\n\n")
    if not blank or not rest.endswith("\n") or _CONTROL.search(whole):
        raise BadNote("not a signed note")
    lines = rest[:-1].split("\n")
    if len(lines) > SIGNATURES_MAX:
        raise BadNote("too many signatures")
    return Note(text + "\n", tuple(map(parse_signature, lines)))


def format_note(note: Note) -> bytes:
    """The bytes of a note, as `parse_note` reads them."""
    lines = [signature_line(*signature) for signature in note.signatures]
    return (note.text + "\n" + "".join(lines)).encode()


def parse_signature(line: str) -> Signature:
    """One signature line without its newline, as a witness answers it. Raises BadNote."""
    found = _SIGNATURE.fullmatch(line)
    content = from_base64(found[2]) if found else b""
    if found is None or not _is_name(found[1]) or len(content) < 5:
        raise BadNote("not a signature line")
    return Signature(found[1], content[:4], content[4:])


def signature_line(name: str, number: bytes, content: bytes) -> str:
    """A signature line with its newline; `number`: the four-byte id of the key."""
    return f"— {name} {to_base64(number + content)}\n"


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    """The text that a log signs for its tree."""
    return f"{origin}\n{size}\n{to_base64(root)}\n"


def parse_checkpoint(data: bytes) -> Checkpoint:
    """Raises BadNote for anything that is not a checkpoint. Signatures are not looked at."""
    note = parse_note(data)
    lines = note.text[:-1].split("\n")
    if len(lines) < 3 or not all(lines) or not _DECIMAL.fullmatch(lines[1]):
        raise BadNote("not a checkpoint")
    root = from_base64(lines[2])
    if len(root) != HASH_BYTES:
        raise BadNote("the root of the checkpoint has another length")
    return Checkpoint(lines[0], int(lines[1]), root, note)


def is_signed_by(note: Note, key: Vkey) -> bool:
    """Whether the log key `key` signed the note. A wrong signature in its name spoils the note."""
    assert key.kind == LOG_KEY
    found = _signatures_of(note, key)
    return bool(found) and all(is_signed(key.public, note.text.encode(), each) for each in found)


def cosigned_at(note: Note, key: Vkey) -> int | None:
    """The epoch second, the earliest, at which witness `key` saw the note's tree, or None."""
    assert key.kind == WITNESS_KEY
    times = []
    for content in _signatures_of(note, key):
        time = int.from_bytes(content[:8], "big")
        message = cosigned_message(note.text, time)
        if time >= TIME_LIMIT or not is_signed(key.public, message, content[8:]):
            return None
        times.append(time)
    return min(times, default=None)


def claimed_at(note: Note, key: Vkey) -> int | None:
    """What `cosigned_at` gives if all signatures of `key` are right, or None without one."""
    found = _signatures_of(note, key)
    return min((int.from_bytes(each[:8], "big") for each in found), default=None)


def cosigned_message(text: str, time: int) -> bytes:
    """What a witness signs at `time`, epoch seconds."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def cosignature(time: int, signature: bytes) -> bytes:
    """The content of a witness's signature line."""
    return time.to_bytes(8, "big") + signature


def to_base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def from_base64(text: str) -> bytes:
    """The bytes that `text` spells in the one way they can be. Raises BadNote."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise BadNote("not base64") from None
    if to_base64(data) != text:
        raise BadNote("not base64")
    return data


@lru_cache(KEYS_KEPT)
def _key_id(key: Vkey) -> bytes:
    text = key.name.encode() + b"\n" + bytes([key.kind]) + key.public
    return hashlib.sha256(text).digest()[:4]


def _signatures_of(note: Note, key: Vkey) -> list[bytes]:
    return [
        content for name, number, content in note.signatures if (name, number) == (key.name, key.id)
    ]


def _is_name(text: str) -> bool:
    return not (not text or "+" in text or any(map(str.isspace, text)) or _HALF.search(text))
