"""The only way a leaf may be written: a narrow profile of JSON Canonicalization (RFC 8785).

Keys: ASCII, sorted, none twice. Values: text, whole numbers below 2^53, true, false, lists and
objects of these. No fractions, no null, no spaces. One value, one spelling.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any, NoReturn

from peygir.verify.errors import NotCanonical

INTEGER_LIMIT = 1 << 53  # beyond it JavaScript rounds
DEPTH_MAX = 64  # of lists and objects in each other: no verdict hangs on an interpreter's stack


def encode(value: Any) -> bytes:
    """The one spelling of `value`. Raises NotCanonical when it has none."""
    try:
        _known(value)
        return _WRITE(value).encode("utf-8")
    except UnicodeEncodeError:
        raise NotCanonical("text with half a character") from None


def parse(data: bytes) -> dict[str, Any]:
    """The object that `data` spells canonically. Raises NotCanonical for all other bytes."""
    try:
        value, _ = _READ(data.decode("utf-8"))  # what follows it is found by comparing
        if type(value) is not dict:
            raise NotCanonical("not an object")
        _known(value)
        if _WRITE(value).encode("utf-8") != data:
            raise NotCanonical("not spelled canonically")
    except UnicodeError:
        raise NotCanonical("not UTF-8") from None
    except RecursionError:
        raise NotCanonical("nested too deeply") from None
    except NotCanonical:
        raise
    except ValueError:
        raise NotCanonical("not JSON") from None
    return value


def read(data: bytes) -> Any:
    """What bytes spell that were parsed before; twice as quick. Raises ValueError."""
    return _READ(data.decode("utf-8"))[0]


def to_base64url(data: bytes) -> str:
    """Base64url without padding, as leaves hold bytes."""
    spelled = binascii.b2a_base64(data, newline=False).translate(_URL_SAFE)
    return spelled.decode("ascii").rstrip("=")


def from_base64url(text: str, length: int) -> bytes:
    """The `length` bytes that `text` spells. Raises NotCanonical for any other text."""
    try:
        data = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (UnicodeEncodeError, binascii.Error):
        raise NotCanonical("not base64url") from None
    if len(data) != length or to_base64url(data) != text:
        raise NotCanonical(f"not base64url of {length} bytes")
    return data


def _known(value: Any, depth: int = 0) -> None:
    """Raise NotCanonical unless `value` is made of what the profile allows."""
    kind = type(value)
    if depth > DEPTH_MAX:
        raise NotCanonical("nested too deeply")
    if kind is dict:
        _known_fields(value, depth)
    elif kind is list:
        for each in value:
            _known(each, depth + 1)
    elif kind is int:
        if not -INTEGER_LIMIT < value < INTEGER_LIMIT:
            raise NotCanonical("a number too large")
    elif kind is not str and kind is not bool:
        raise NotCanonical(f"a value of kind {kind.__name__}")


def _known_fields(value: dict[Any, Any], depth: int) -> None:
    for key, each in value.items():
        if type(key) is not str or not key.isascii():
            raise NotCanonical("a key that is not ASCII")
        if type(each) is int:  # asked here too, because a call costs as much as the rest
            if not -INTEGER_LIMIT < each < INTEGER_LIMIT:
                raise NotCanonical("a number too large")
        elif type(each) is not str:
            _known(each, depth + 1)


def _no_fraction(_text: str) -> NoReturn:
    raise NotCanonical("a number that is not whole")


_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_WRITE = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, sort_keys=True, separators=(",", ":")
).encode
_READ = json.JSONDecoder(parse_float=_no_fraction, parse_constant=_no_fraction).raw_decode
