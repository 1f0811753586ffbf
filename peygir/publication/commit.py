"""Blinded values: published as digests that only whoever holds the case's key can open.

The key lies in `people` and is destroyed with the case's words; then nothing here can be opened
by anybody, and every proof still holds. The nonces of `c` and `ca` are made apart, so that whoever
is shown what `ca` hides can guess nothing of what `c` hides.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Any, Final

from peygir.verify.canonical import encode, to_base64url

CONTEXT: Final = b"137/commit/v1"
CASE: Final = b"137/case/v1"
PRIVATE: Final = b""
AUDITOR: Final = b"ca"
PUBLIC_BYTES: Final = 16


def public_id(key: bytes) -> bytes:
    """How the log calls a case: 16 bytes that tell nothing of it, not even to whoever knows it."""
    return hmac.new(key, CASE, hashlib.sha256).digest()[:PUBLIC_BYTES]


def nonce(key: bytes, n: int, which: bytes) -> bytes:
    """Of the `n`-th leaf of a case; `which`: PRIVATE or AUDITOR."""
    return hmac.new(key, n.to_bytes(8, "big") + which, hashlib.sha256).digest()


def commit(blind: bytes, values: Mapping[str, Any]) -> bytes:
    """What is published of `values`. Without `blind` (32 bytes) nobody can even guess at them."""
    return hmac.new(blind, CONTEXT + encode(dict(values)), hashlib.sha256).digest()


def committed(key: bytes | None, n: int, which: bytes, values: Mapping[str, Any]) -> str:
    """As a leaf holds it. Without a key (the case was erased before) it opens to nothing."""
    if key is None:
        return to_base64url(secrets.token_bytes(32))
    return to_base64url(commit(nonce(key, n, which), values))


def opens(commitment: str, blind: bytes, values: Mapping[str, Any]) -> bool:
    """Whether `values` and `blind` are what was committed to."""
    return hmac.compare_digest(to_base64url(commit(blind, values)), commitment)
