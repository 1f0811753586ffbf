"""Every leaf of a case names the one before it, so that none can be missing or slipped in.

`n` counts a case's leaves from 0, `prev` spells the first 16 bytes of the previous leaf's hash.
Kept as packed bytes: a year has millions of cases.
"""

from __future__ import annotations

import struct
from typing import Any, NamedTuple

from peygir.verify.canonical import from_base64url, to_base64url
from peygir.verify.errors import NotCanonical

PUBLIC_BYTES = 16  # of a case's public id
PREV_BYTES = 16
FIRST_KIND = "case.registered"  # the kind of leaf 0 of a case, and of no other
COUNT_LIMIT = 1 << 32
_SPAN = struct.Struct(">16sQI16sI16s")  # public id, first index, n, prev; last n, its hash
_END = struct.Struct(">I16s")


class Broken(NamedTuple):
    """A leaf that breaks its case's chain: which, an English sentence, and what fills it."""

    leaf: int
    sentence: str
    values: dict[str, object]


class Span:
    """The leaves of each case within one stretch of the log, in order."""

    def __init__(self) -> None:
        self.cases: dict[str, list[Any]] = {}  # id: [public, first index, n, prev, last n, hash]
        self.broken: list[Broken] = []

    def add(self, index: int, leaf: dict[str, Any], value: bytes) -> None:
        """Take leaf number `index` of the log, with its leaf hash."""
        case, number, before = leaf["case"], leaf.get("n"), leaf.get("prev")
        if type(case) is not str or type(number) is not int or not 0 <= number < COUNT_LIMIT:
            self.broken.append(Broken(index, "its case or its number there is missing", {}))
            return
        if (number == 0) is not (leaf.get("t") == FIRST_KIND):
            sentence = "a case begins with its registration, and only once"
            self.broken.append(Broken(index, sentence, {}))
        known = self.cases.get(case)
        if known is None:
            self._begin(index, case, number, before, value)
            return
        if number != known[4] + 1:
            self.broken.append(_gap(index, known[4] + 1, number))
        elif before != to_base64url(known[5]):
            self.broken.append(Broken(index, "it does not name the case's leaf before it", {}))
        known[4], known[5] = number, value[:PREV_BYTES]

    def dump(self) -> bytes:
        return b"".join([_SPAN.pack(*row) for row in self.cases.values()])

    def _begin(self, index: int, case: str, number: int, before: Any, value: bytes) -> None:
        try:
            public = from_base64url(case, PUBLIC_BYTES)
            first = from_base64url(before, PREV_BYTES) if number else bytes(PREV_BYTES)
            if not number and before != "":
                raise NotCanonical("the first leaf of a case names one before it")
        except (NotCanonical, AttributeError):
            sentence = "the id of its case or of the leaf before it is wrong"
            self.broken.append(Broken(index, sentence, {}))
            return
        self.cases[case] = [public, index, number, first, number, value[:PREV_BYTES]]


class Chains:
    """Where each case's chain ends after the stretches taken so far."""

    def __init__(self) -> None:
        self.ends: dict[bytes, bytes] = {}
        self.carried = 0  # cases that began in a log not looked at

    def __len__(self) -> int:
        return len(self.ends)

    def take(self, span: bytes, *, is_whole: bool) -> list[Broken]:
        """Continue by the dump of the next stretch; what does not fit.

        `is_whole`: no case may have begun before the leaves that were taken.
        """
        broken = []
        ends, unpack, pack = self.ends, _END.unpack, _END.pack
        for public, index, first, before, last, value in _SPAN.iter_unpack(span):
            known = ends.get(public)
            if known is None:
                if first and is_whole:
                    broken.append(_gap(index, 0, first))
                self.carried += bool(first)
            else:
                number, end = unpack(known)
                if first != number + 1:
                    broken.append(_gap(index, number + 1, first))
                elif before != end:
                    sentence = "it does not name the case's leaf before it"
                    broken.append(Broken(index, sentence, {}))
            ends[public] = pack(last, value)
        return broken


def _gap(index: int, wanted: int, found: int) -> Broken:
    sentence = "it is number {found} of its case where {wanted} must follow"
    return Broken(index, sentence, {"found": found, "wanted": wanted})
