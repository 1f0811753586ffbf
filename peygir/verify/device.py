"""The secret that a citizen's own device made: a registration holds its hash (`cc`), the closing by
the citizen's word from that device reveals it (`cs`). Both are 32 bytes."""

from __future__ import annotations

import hashlib
from typing import Any

from peygir.verify.canonical import from_base64url, to_base64url
from peygir.verify.errors import NotCanonical
from peygir.verify.matters import Matter
from peygir.verify.worth import confirmed_by

SECRET_BYTES = 32
STRANGE = "it reveals a secret that is not the one of its case's registration"


def fits(secret: str, device: str) -> bool:
    """Whether `device` is the hash of `secret`, both in base64url."""
    try:
        made = hashlib.sha256(from_base64url(secret, SECRET_BYTES)).digest()
    except NotCanonical:
        return False
    return to_base64url(made) == device


def closes_by_device(leaf: dict[str, Any], matter: Matter) -> bool:
    """Whether a closing was confirmed from the device that reported: once revealed, anybody knows
    the secret, so it proves nothing a second time."""
    if matter.is_revealed or "cs" not in leaf or not fits(leaf["cs"], matter.device):
        return False
    matter.is_revealed = True
    return confirmed_by(leaf) == "confirmed"
