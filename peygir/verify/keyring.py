"""Which keys may sign the log: those trusted from outside, and their named successors.

A leaf `key.rotated` names the next key in `vkey`. It counts once a key already trusted has signed
a tree that holds that leaf. From a leaf `key.revoked` on, the named key signs no longer.
"""

from __future__ import annotations

from collections.abc import Iterable

from peygir.verify.notes import LOG_KEY, BadNote, Checkpoint, Vkey, is_signed_by, parse_vkey


class Keyring:
    def __init__(self, keys: Iterable[Vkey], ended: Iterable[bytes] = ()) -> None:
        """`ended`: public keys that were revoked in the log of an earlier year."""
        self.trusted = list(keys)
        self._named: list[tuple[int, Vkey]] = []  # leaf index, successor not yet confirmed
        self._revoked = dict.fromkeys(ended, -1)  # public key: leaf index

    def name(self, index: int, vkey: object) -> None:
        """Leaf `index` names a successor. Raises BadNote."""
        self._named.append((index, _log_key(vkey)))

    def revoke(self, index: int, vkey: object) -> None:
        """Leaf `index` revokes a key. Raises BadNote."""
        self._revoked.setdefault(_log_key(vkey).public, index)

    @property
    def ended(self) -> frozenset[bytes]:
        """The public keys that were revoked so far."""
        return frozenset(self._revoked)

    @property
    def is_waiting(self) -> bool:
        """Whether a named successor still lacks a signature of a key that is trusted."""
        return bool(self._named)

    def signer(self, point: Checkpoint) -> Vkey | None:
        """The trusted key that signed a checkpoint of this or an earlier log, or None."""
        for key in self.trusted:
            is_over = self._revoked.get(key.public, point.size) < point.size
            if not is_over and is_signed_by(point.note, key):
                ripe = [each for each in self._named if each[0] < point.size]
                self._named = [each for each in self._named if each not in ripe]
                self.trusted += [successor for _, successor in ripe]
                return key
        return None


def _log_key(vkey: object) -> Vkey:
    key = parse_vkey(vkey) if isinstance(vkey, str) else None
    if key is None or key.kind != LOG_KEY:
        raise BadNote("not the key of a log")
    return key
