"""Random audits: drawn by lot from what witnesses have seen, and their results as leaves.

The seed is the hash of a signed root and of dice thrown in public: the city knows the root and not
the dice, whoever throws knows the dice and not the root. Anybody draws again: `verify sample`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from peygir.ledger.log import files, queue, tiles
from peygir.publication import receipts
from peygir.publication.receipts import Place
from peygir.publication.shape import VERSION, Unpublishable, check
from peygir.verify.canonical import encode, from_base64url, to_base64url
from peygir.verify.ed25519 import is_signed
from peygir.verify.errors import NotCanonical
from peygir.verify.lots import DRAWN_KIND, LOT_TRIES, SEED_KIND, lot_numbers
from peygir.verify.notes import Checkpoint

ABOUT: Final = ("calls", "openings")


class Refused(ValueError):
    """`code`: no_log, shape, signature."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """The signed state of a log that is audited."""

    year: int
    point: Checkpoint


def basis() -> Basis:
    """The newest signed state. Raises Refused where there is none."""
    for year in files.years():
        point = tiles.published(files.year_folder(year))
        if point is not None and point.size:
            return Basis(year=year, point=point)
    raise Refused("no_log")


def draw(basis: Basis, dice: str, wanted: int, *, by: str, at: datetime) -> list[Place]:
    """Draw cases by lot and tell the log of the seed. Raises Refused for dice that are none."""
    body = {
        "t": SEED_KIND,
        "v": VERSION,
        "et": int(at.timestamp()),
        "size": basis.point.size,
        "root": to_base64url(basis.point.root),
        "dice": dice,
        "sample": wanted,
        "by": by,
    }
    _checked(body)
    found = drawn(basis, dice, wanted)
    queue.propose(body)
    return found


def drawn(basis: Basis, dice: str, wanted: int) -> list[Place]:
    """The cases that a seed draws: numbers hash(seed, i) mod size, those that begin a case."""
    found: list[Place] = []
    for number in lot_numbers(basis.point.root, dice, basis.point.size, wanted * LOT_TRIES):
        place = receipts.place_of(basis.year, number)
        if place is not None and place.leaf["t"] == DRAWN_KIND:
            found.append(place)
        if len(found) == wanted:
            break
    return found


def result(
    basis: Basis, *, about: str, checked: int, held: int, by: str, at: datetime
) -> dict[str, Any]:
    """The leaf that says what an audit found, still unsigned. Raises Refused."""
    body = {
        "t": "audit.result",
        "v": VERSION,
        "et": int(at.timestamp()),
        "size": basis.point.size,
        "about": about,
        "checked": checked,
        "held": held,
        "by": by,
    }
    if held > checked:
        raise Refused("shape")
    return _checked(body)


def is_key(key: str) -> bool:
    """Whether this spells a public key, Ed25519 in base64url."""
    try:
        from_base64url(key, 32)
    except NotCanonical:
        return False
    return True


def to_sign(body: Mapping[str, Any], key: str) -> bytes:
    """What the auditor's own key signs: the leaf as it is published, without the signature."""
    return encode({**body, "key": key} if key else dict(body))


def publish(body: Mapping[str, Any], *, key: str = "", signature: str = "") -> dict[str, Any]:
    """Queue the leaf, with the auditor's signature if there is one.

    `key` and `signature`: Ed25519, base64url. Raises Refused for a signature that does not hold.
    """
    made = dict(body)
    if key or signature:
        if not _is_signed(body, key, signature):
            raise Refused("signature")
        made |= {"key": key, "sig": signature}
    queue.propose(_checked(made))
    return made


def _is_signed(body: Mapping[str, Any], key: str, signature: str) -> bool:
    try:
        public, signed = from_base64url(key, 32), from_base64url(signature, 64)
    except NotCanonical:
        return False
    return is_signed(public, to_sign(body, key), signed)


def _checked(body: dict[str, Any]) -> dict[str, Any]:
    try:
        check(body)
    except Unpublishable:
        raise Refused("shape") from None
    return body
