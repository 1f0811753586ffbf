"""The city's own keys: one signs checkpoints, another promises to citizens.

They are made on first use, readable by their owner only, and never leave their folder. A key that
follows another is signed in by the old one: for 30 days both sign. The end of a key is a leaf too.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
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
from django.conf import settings

from peygir.ledger.log import files, queue
from peygir.ledger.models import Head
from peygir.verify.notes import LOG_KEY, Note, Signature, Vkey, format_note

CHECKPOINT: Final = "checkpoint"
RECEIPT: Final = "receipt"
ROLES: Final = (CHECKPOINT, RECEIPT)
OVERLAP: Final = timedelta(days=30)
INDEX: Final = "keys.json"


class Lost(Exception):
    """The keys that signed this log are gone: another one would sign in a name that is not its."""


@dataclass(frozen=True, slots=True)
class Signer:
    """A key under a name. `until`: epoch second after which it signs no more, None for ever."""

    name: str
    key: Ed25519PrivateKey
    until: int | None = None

    @property
    def vkey(self) -> Vkey:
        public = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return Vkey(self.name, LOG_KEY, public)

    def signature(self, text: str) -> Signature:
        return Signature(self.name, self.vkey.id, self.key.sign(text.encode()))


def signers(role: str, origin: str, *, at: datetime) -> list[Signer]:
    """The keys of a role that sign at `at`, newest last."""
    now = at.timestamp()
    entries = _read().get(role) or _begin(role, origin)
    return [_load(e, origin) for e in entries if e["until"] is None or e["until"] > now]


def has(role: str) -> bool:
    """Whether there is a key of this role, without making one."""
    return bool(_read().get(role))


def checkpoint_signers(origin: str, *, at: datetime) -> list[Signer]:
    """The keys that sign this year's checkpoints at `at`, newest last."""
    return signers(CHECKPOINT, origin, at=at)


def checkpoint_vkeys(origin: str) -> list[Vkey]:
    """The keys that sign or have signed the checkpoints of a year, oldest first."""
    return [_load(entry, origin).vkey for entry in _read().get(CHECKPOINT, ())]


def receipt_signers(origin: str, *, at: datetime) -> list[Signer]:
    """The keys whose promises to citizens count at `at`; the newest, which is last, signs."""
    return signers(RECEIPT, origin, at=at)


def receipt_vkeys(origin: str) -> list[tuple[Vkey, int | None]]:
    """The keys that have ever signed promises, oldest first, and since when one no longer counts
    (epoch second, None: it still does)."""
    entries = _read().get(RECEIPT, ())
    return [(_load(entry, origin).vkey, entry.get("ended")) for entry in entries]


def sign(text: str, by: Sequence[Signer]) -> bytes:
    """The note with a line of each key."""
    return format_note(Note(text, tuple(each.signature(text) for each in by)))


def rotate(role: str, origin: str, *, at: datetime) -> Signer:
    """A new key beside the old one, which signs for 30 more days; the log will name it.

    The leaf is sealed under the old key. Keys of earlier rotations still sign until their day.
    """
    signers(role, origin, at=at)  # there is an old one
    until = int((at + OVERLAP).timestamp())
    with files.held(_folder() / f"{INDEX}.lock"):
        index = _read()
        for entry in index[role]:
            if entry["until"] is None:
                entry["until"] = until
        index[role].append(_make(role, len(index[role]) + 1))
        new = _load(index[role][-1], origin)
        # Before it signs: nobody could follow a key that the log never names.
        queue.propose(naming(role, new) | {"overlap": until})
        _keep(index)
    return new


def over(origin: str, *, at: datetime) -> list[tuple[str, Signer]]:
    """The keys, with their roles, whose overlap has ended and whose end was not told yet."""
    now, index = at.timestamp(), _read()
    return [
        (role, _load(entry, origin))
        for role in ROLES
        for entry in index.get(role, ())
        if entry["until"] is not None and entry["until"] <= now and "ended" not in entry
    ]


def end(role: str, vkey: Vkey, *, at: datetime) -> None:
    """From now on this key signs nothing, and its end has been told. Never the last one of a role.

    Its file stays: what it signed before must still be recognised.
    """
    now = int(at.timestamp())
    with files.held(_folder() / f"{INDEX}.lock"):
        index = _read()
        for entry in index[role]:
            if _load(entry, vkey.name).vkey == vkey:
                entry["until"] = now if entry["until"] is None else min(now, entry["until"])
                entry["ended"] = entry["until"]
        assert any(entry["until"] is None for entry in index[role]), "some key has to sign"
        _keep(index)


def naming(role: str, signer: Signer) -> dict[str, Any]:
    """The leaf that names a key."""
    kind = "key.rotated" if role == CHECKPOINT else "key.delegated"
    return {"t": kind, "v": 1, "role": role, "vkey": str(signer.vkey)}


def ending(role: str, signer: Signer, *, why: str, at: datetime) -> dict[str, Any]:
    """The leaf that ends a key; `why`: expired, or revoked because somebody else may have it."""
    told = {"role": role, "vkey": str(signer.vkey), "why": why, "et": int(at.timestamp())}
    return {"t": "key.revoked", "v": 1} | told


def _begin(role: str, origin: str) -> list[dict[str, Any]]:
    """The first key of a role; that of whoever was quicker, if somebody was.

    One that takes the place of keys that were lost is named in the log, as a rotated one is.
    """
    with files.held(_folder() / f"{INDEX}.lock"):
        index = _read()
        if not index.get(role):
            index[role] = [_make(role, 1)]
            if Head.objects.exists():
                queue.propose(naming(role, _load(index[role][0], origin)))
            _keep(index)
        entries: list[dict[str, Any]] = index[role]
        return entries


def _make(role: str, number: int) -> dict[str, Any]:
    name = f"{role}-{number}.pem"
    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    files.replace(_folder() / name, pem, 0o600)
    return {"file": name, "until": None}


def _load(entry: dict[str, Any], name: str) -> Signer:
    key = load_pem_private_key((_folder() / entry["file"]).read_bytes(), None)
    assert isinstance(key, Ed25519PrivateKey)
    return Signer(name, key, entry["until"])


def _folder() -> Path:
    return Path(settings.PEYGIR_KEY_DIR)


def _keep(index: dict[str, Any]) -> None:
    files.replace(_folder() / INDEX, (json.dumps(index, indent=1) + "\n").encode(), 0o600)


def _read() -> dict[str, Any]:
    try:
        index: dict[str, Any] = json.loads((_folder() / INDEX).read_bytes())
    except FileNotFoundError:
        return {}
    return index
