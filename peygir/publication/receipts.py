"""Receipts: a citizen who holds one can prove that her case was left out of the public log.

The leaf of a registration is a function of its event and of the case's key, both written by the
registering transaction: its hash is known from there on, long before it has a place. The code is
80 bits of it, for a short message; the promise, which is signed once all that is stored, names all
of it and a time.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from peygir.calendars.persian import DASHES
from peygir.ledger import read
from peygir.ledger.log import files, keys, places, tiles
from peygir.ledger.log import head as heads
from peygir.ledger.log.draft import Draft
from peygir.ledger.log.sequence import spell
from peygir.ledger.models import Event, Leaf
from peygir.people.models import CaseKey
from peygir.publication.commit import PUBLIC_BYTES
from peygir.publication.leaves import REGISTERED, Known, of_case, telling
from peygir.verify.canonical import from_base64url, parse
from peygir.verify.errors import Incomplete
from peygir.verify.merkle import leaf_hash
from peygir.verify.notes import Vkey
from peygir.verify.proofs import format_proof, make_proof
from peygir.verify.receipts import (
    CODE_TEXT_MAX,
    Promise,
    format_promise,
    lookup_path,
    parse_code,
    parse_promise,
    promise_message,
    receipt_code,
)
from peygir.verify.tiles import TILE_WIDTH, Reader, Tree

WITHIN: Final = timedelta(minutes=10)  # of its registration, a case stands in the log
_DASHES: Final = re.compile(f"[{DASHES}ـ_./]")  # whatever a keyboard has between groups
LEAVES_MAX: Final = 500  # of one case that a page shows


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Of one case. `data`: the leaf of its registration; `at`: when it was registered."""

    data: bytes
    at: datetime

    @property
    def leaf_hash(self) -> bytes:
        return leaf_hash(self.data)

    @property
    def leaf(self) -> dict[str, Any]:
        return parse(self.data)

    @property
    def code(self) -> str:
        """XXXX-XXXX-XXXX-XXXX, Crockford's letters."""
        return receipt_code(self.leaf_hash)

    @property
    def by(self) -> datetime:
        """Until when the case stands in the log."""
        return self.at + WITHIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a leaf stands: the year of its log, its number there, its bytes."""

    year: int
    number: int
    data: bytes

    @property
    def leaf(self) -> dict[str, Any]:
        return parse(self.data)


def of(case_id: int) -> Receipt | None:
    """The receipt of a case; None where its registration is no leaf. Three queries."""
    row = Event.objects.filter(subject="case", subject_id=case_id, kind=REGISTERED).first()
    if row is None:
        return None
    if row.leaf_index is not None:
        data = bytes(Leaf.objects.values_list("body", flat=True).get(event_id=row.pk))
        return Receipt(data=data, at=row.happened_at)
    draft = _draft(row)
    if draft is None:
        return None
    data, _public = spell(draft, {}, {})
    return Receipt(data=data, at=row.happened_at)


def code_of(case_id: int) -> str:
    """The code of a case's receipt ("": it has none), for messages (`settings.RECEIPT`)."""
    found = of(case_id)
    return found.code if found is not None else ""


def shown(start: bytes) -> str:
    """The code of a leaf whose hash begins with `start`."""
    return receipt_code(start)


def read_code(text: str) -> bytes:
    """The first ten bytes of the leaf's hash, by a code as people type it. Raises BadCode."""
    return parse_code(_DASHES.sub("-", text[:CODE_TEXT_MAX]))


def promise(receipt: Receipt, *, at: datetime) -> str:
    """The city's word that the case will stand in the log, signed now, in 146 letters.

    Only for what is committed: the door calls it in a request after the one that registered.
    """
    signer = keys.receipt_signers(_origin(at), at=at)[-1]
    given = Promise(signer.name, int(receipt.by.timestamp()), receipt.leaf_hash)
    signature = signer.key.sign(promise_message(given))
    return format_promise(given, signer.vkey.id, signature)


def read_promise(text: str) -> Promise:
    """A promise that one of this city's keys could give when it did. Raises BadCode."""
    known = dict(_vkeys())
    ended = {key.public: at for key, at in known.items() if at is not None}
    return parse_promise(text, known, ended)


def find(start: bytes) -> Place | None:
    """The leaf whose hash begins with `start` (10 bytes or all 32), by what everybody can fetch."""
    code = receipt_code(start)
    for year in files.years():
        path = files.year_folder(year) / lookup_path(start)
        if not path.exists():
            continue
        for line in path.read_text("ascii").splitlines():
            named, _blank, number = line.partition(" ")
            if named == code and number.isdigit():
                place = place_of(year, int(number))
                if place is not None and leaf_hash(place.data).startswith(start):
                    return place
    return None


def proof(place: Place) -> bytes:
    """The proof that the leaf is in the log, to be kept (C2SP tlog-proof, `.tlog-proof`).

    Raises Incomplete when the published files lack something.
    """
    reader = Reader(files.year_folder(place.year))
    note = reader.checkpoint()
    tree = Tree(reader, _size(place.year))
    return format_proof(make_proof(tree, place.number, note))


def told_of(place: Place) -> list[dict[str, Any]]:
    """All that the log tells of the case of a leaf, oldest first; what is not signed yet too."""
    public = place.leaf["case"]
    numbers = places.of_case(from_base64url(public, PUBLIC_BYTES), LEAVES_MAX)
    if not numbers:
        return [place.leaf]
    rows = Leaf.objects.filter(pk__in=numbers).order_by("index")
    found = [parse(bytes(body)) for body in rows.values_list("body", flat=True)]
    return [leaf for leaf in found if leaf.get("case") == public]


def _draft(row: Event) -> Draft | None:
    """The registration as the sequencer will be given it."""
    event, case = read.value(row), row.facts.get("case", {})
    key = CaseKey.objects.filter(case_id=row.subject_id).values_list("key", flat=True).first()
    known = Known(
        codes={row.subject_id: case.get("code", "")},
        sealed=frozenset({row.subject_id} if case.get("sealed") else ()),
        keys={} if key is None else {row.subject_id: bytes(key)},
    )
    body = telling(event, known)
    return None if body is None else of_case(event, body, known)


def _origin(at: datetime) -> str:
    head = heads.current()
    return head.origin if head is not None else heads.origin_of(heads.year_of(at))


def _vkeys() -> Iterator[tuple[Vkey, int | None]]:
    """The keys that have ever signed promises, under the name of every year, and when each ended
    (epoch second, None: it still signs)."""
    for year in files.years():
        yield from keys.receipt_vkeys(heads.origin_of(year))


def _size(year: int) -> int:
    point = tiles.published(files.year_folder(year))
    return 0 if point is None else point.size


def place_of(year: int, number: int) -> Place | None:
    """The leaf at a place, from the published files; None where no signed one is."""
    size = _size(year)
    if not 0 <= number < size:
        return None
    bundle, at = divmod(number, TILE_WIDTH)
    width = min(TILE_WIDTH, size - bundle * TILE_WIDTH)
    try:
        data = Reader(files.year_folder(year)).entries(bundle, width)[at]
    except Incomplete:
        return None
    return Place(year=year, number=number, data=data)
