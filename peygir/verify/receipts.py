"""What a citizen holds: a code of 80 bits of her leaf's hash, and the city's signed promise.

The code looks the leaf up. The promise (signed after the report was stored) names the whole hash
and a time; a log that a quorum saw after that time and that lacks the leaf breaks it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from peygir.verify.canonical import from_base64url, to_base64url
from peygir.verify.ed25519 import is_signed
from peygir.verify.errors import NotCanonical
from peygir.verify.merkle import HASH_BYTES
from peygir.verify.notes import Vkey, to_base64
from peygir.verify.tiles import Reader, widths
from peygir.verify.words import PLAIN_DIGITS

CODE_BYTES = 10
CODE_LETTERS = 16
CODE_TEXT_MAX = 60
LOOKUP_BYTES_MAX = 1 << 26
PROMISE_VERSION = 1
PROMISE_SECONDS = 600  # a promise names a time at most so long after it was given
PROMISE_BYTES = 1 + 4 + 8 + HASH_BYTES + 64
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's, without I, L, O and U
_READ_AS = str.maketrans("OIL", "011") | PLAIN_DIGITS
_BETWEEN = str.maketrans("", "", " -\t\n\r\u200c\u200e\u200f\u2066\u2067\u2068\u2069")


class BadCode(ValueError):
    """Text that is no receipt code or promise; the words say why, in English."""


class Promise(NamedTuple):
    """That the leaf with this hash will be in the log by the epoch second `by`, in a key's name."""

    name: str
    by: int
    leaf_hash: bytes


def receipt_code(leaf_hash: bytes) -> str:
    """The code of a leaf: four groups of four letters."""
    number = int.from_bytes(leaf_hash[:CODE_BYTES], "big")
    letters = [_LETTERS[number >> 5 * at & 31] for at in reversed(range(CODE_LETTERS))]
    return "-".join("".join(letters[at : at + 4]) for at in range(0, CODE_LETTERS, 4))


def parse_code(text: str) -> bytes:
    """The first ten bytes of the leaf's hash, by a code as typed. Raises BadCode."""
    if len(text) > CODE_TEXT_MAX:
        raise BadCode("too long for a receipt code")
    letters = text.upper().translate(_BETWEEN).translate(_READ_AS)
    if len(letters) != CODE_LETTERS or any(letter not in _LETTERS for letter in letters):
        raise BadCode("a receipt code has sixteen letters and digits")
    number = 0
    for letter in letters:
        number = number << 5 | _LETTERS.index(letter)
    return number.to_bytes(CODE_BYTES, "big")


def lookup_path(start: bytes) -> str:
    """The file, below a log's directory, that lists the codes beginning like this one."""
    return f"receipts/{receipt_code(start)[:2]}.txt"


def lookup_line(leaf_hash: bytes, leaf: int) -> str:
    """The line of leaf number `leaf` in that file, with its newline."""
    return f"{receipt_code(leaf_hash)} {leaf}\n"


def find_leaf(reader: Reader, size: int, start: bytes) -> int | None:
    """The number of the leaf whose hash begins with `start`, by the tiles alone, or None."""
    for number, width in widths(size):
        tile, at = reader.tile(0, number, width), -1
        while (at := tile.find(start, at + 1)) >= 0:
            if at % HASH_BYTES == 0:
                return (number << 8) + at // HASH_BYTES
    return None


def promise_message(promise: Promise) -> bytes:
    """What the receipt key signs."""
    leaf = to_base64(promise.leaf_hash)
    return f"peygir/promise/v1\n{promise.name}\n{promise.by}\n{leaf}\n".encode()


def format_promise(promise: Promise, key_id: bytes, signature: bytes) -> str:
    """One word of 146 letters, fit for a link or a QR code. Its key is known by `key_id`."""
    head = bytes([PROMISE_VERSION]) + key_id + promise.by.to_bytes(8, "big")
    return to_base64url(head + promise.leaf_hash + signature)


def parse_promise(
    text: str, keys: Iterable[Vkey], ended: Mapping[bytes, int] = MappingProxyType({})
) -> Promise:
    """A promise that one of the receipt `keys` could give when it did. Raises BadCode.

    `ended`: since which epoch second a public key is revoked. Whoever stole it can still date
    promises back; what was promised before the end stands all the same.
    """
    try:
        data = from_base64url(text.strip(), PROMISE_BYTES)
    except NotCanonical:
        raise BadCode("not a promise") from None
    by, leaf_hash = int.from_bytes(data[5:13], "big"), data[13 : 13 + HASH_BYTES]
    for key in keys:
        promise = Promise(key.name, by, leaf_hash)
        is_known = data[0] == PROMISE_VERSION and data[1:5] == key.id
        if is_known and is_signed(key.public, promise_message(promise), data[-64:]):
            if by > ended.get(key.public, by) + PROMISE_SECONDS:
                raise BadCode("a promise that its key could no longer give")
            return promise
    raise BadCode("a promise that no receipt key known here signed")
