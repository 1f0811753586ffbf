"""What a fold remembers of each case: much while it is open, some packed bytes once it is closed.

A closed case may be opened again, so it is never quite forgotten.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterator

from peygir.verify.canonical import from_base64url, to_base64url
from peygir.verify.findings import LOOK_STRUCT, LOOK_WAYS, LOOK_WORDS, Look
from peygir.verify.tallies import Dims

NO_DIMS: Dims = ("", "", "", "", "", "")
_PACKED = struct.Struct(">7q7H4B")
_HASH_BYTES = 32
_WORDS = ("", "yes", "partly", "no")


class Matter:
    """One case. Times are epoch seconds, 0: none. `due`, `sla`, `began`: of the work in hand, while
    `works`; `first_due`: of this cycle. `is_asked`: counted among those who could be asked.
    `answered`: when its work was last reported done. `looks`: what inspections found of its
    claims, oldest first. `device`: the hash that `is_revealed` tells the secret of, "" without."""

    __slots__ = (
        "answered",
        "began",
        "channel",
        "closed",
        "cycle",
        "device",
        "dims",
        "due",
        "first_due",
        "is_asked",
        "is_late",
        "is_open",
        "is_revealed",
        "is_sealed",
        "looks",
        "opened",
        "paused",
        "sla",
        "word",
        "works",
    )

    def __init__(self) -> None:
        self.dims: Dims = NO_DIMS
        self.channel = self.device = ""
        self.opened = self.closed = self.due = self.sla = self.began = self.first_due = 0
        self.paused, self.cycle, self.word, self.answered = 0, 1, "", 0
        self.is_open, self.works = True, False
        self.is_late = self.is_asked = self.is_sealed = self.is_revealed = False
        self.looks: tuple[Look, ...] = ()

    def plain(self) -> list[object]:
        """As whole numbers and text, for a store; `again` reads it."""
        return [list(self.dims) if n == "dims" else getattr(self, n) for n in self.__slots__]

    @classmethod
    def again(cls, values: list[object]) -> Matter:
        matter = cls()
        for name, value in zip(cls.__slots__, values):
            setattr(matter, name, tuple(value) if isinstance(value, list) else value)
        matter.looks = tuple(Look._make((*one[:5], tuple(one[5]))) for one in matter.looks)
        return matter


class Matters:
    """Cases by their public name. Closed ones take a hundred bytes or so."""

    def __init__(self) -> None:
        self.open: dict[str, Matter] = {}
        self._closed: dict[bytes, bytes] = {}
        self._codes: dict[str, int] = {"": 0}
        self._names = [""]

    def get(self, case: str) -> Matter | None:
        """The case, open from now on for the one who asks; `put` it back when it is closed."""
        found = self.open.get(case)
        if found is None and self._closed:
            packed = self._closed.pop(_key(case), None)
            if packed is not None:
                found = self.open[case] = self._unpack(packed)
        return found

    def put(self, case: str, matter: Matter) -> None:
        """Keep it, packed when it is closed."""
        if matter.is_open:
            self.open[case] = matter
        else:
            self.open.pop(case, None)
            self._closed[_key(case)] = self._pack(matter)

    def pending(self) -> Iterator[tuple[str, Matter]]:
        """The cases that are open."""
        return iter(sorted(self.open.items()))

    def forget_closed(self) -> None:
        self._closed.clear()

    def __len__(self) -> int:
        return len(self.open) + len(self._closed)

    def _pack(self, m: Matter) -> bytes:
        device = from_base64url(m.device, _HASH_BYTES) if m.device else b""
        flags = m.works | m.is_late << 1 | m.is_asked << 2 | m.is_sealed << 3
        flags |= m.is_revealed << 4 | bool(device) << 5
        packed = _PACKED.pack(
            m.opened,
            m.closed,
            m.due,
            m.first_due,
            m.sla,
            m.began,
            m.answered,
            *[self._code(text) for text in (*m.dims, m.channel)],
            _WORDS.index(m.word),
            min(m.cycle, 255),
            flags,
            0,
        )
        return packed + device + b"".join(self._pack_look(look) for look in m.looks)

    def _unpack(self, data: bytes) -> Matter:
        values = _PACKED.unpack_from(data)
        matter, names = Matter(), self._names
        matter.opened, matter.closed, matter.due, matter.first_due = values[:4]
        matter.sla, matter.began, matter.answered = values[4:7]
        unit, post, district, group, cls, kind, channel = [names[each] for each in values[7:14]]
        matter.dims, matter.channel = (unit, post, district, group, cls, kind), channel
        matter.word, matter.cycle, flags = _WORDS[values[14]], values[15], values[16]
        matter.is_open, matter.works = False, bool(flags & 1)
        matter.is_late, matter.is_asked = bool(flags & 2), bool(flags & 4)
        matter.is_sealed, matter.is_revealed = bool(flags & 8), bool(flags & 16)
        looks = _PACKED.size
        if flags & 32:
            looks += _HASH_BYTES
            matter.device = to_base64url(data[_PACKED.size : looks])
        matter.looks = tuple(map(self._look, LOOK_STRUCT.iter_unpack(data[looks:])))
        return matter

    def _pack_look(self, look: Look) -> bytes:
        code = LOOK_WAYS.index(look.way) * len(LOOK_WORDS) + LOOK_WORDS.index(look.found)
        dims = [self._code(text) for text in look.dims]
        return LOOK_STRUCT.pack(min(look.cycle, 255), look.at, look.claimed, code, *dims)

    def _look(self, values: tuple[int, ...]) -> Look:
        cycle, at, claimed, code, *dims = values
        way, found = divmod(code, len(LOOK_WORDS))
        unit, post, district, group, cls, kind = [self._names[each] for each in dims]
        whose = (unit, post, district, group, cls, kind)
        return Look(cycle, at, claimed, LOOK_WAYS[way], LOOK_WORDS[found], whose)

    def _code(self, text: str) -> int:
        found = self._codes.get(text)
        if found is None:
            found = self._codes[text] = len(self._names)
            self._names.append(text)
        return found


def _key(case: str) -> bytes:
    return base64.urlsafe_b64decode(case + "==")
