"""What the sequencer is given for an event: a leaf without its place."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from peygir.ledger.entry import Recorded

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainState:
    """The leaves of one subject so far: how many, and the first 16 bytes of the last one's hash."""

    public: bytes  # 16 bytes: what the log calls the subject
    n: int = 0  # also the number of its next leaf
    prev: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One leaf. The sequencer adds `case`, `n` and `prev` for one with a subject, `ref` if asked.

    `body`: the other fields, or a function of `n` that gives them, for what depends on the number
    (it is called once, and again by `recover`: the same fields each time). `public`: what the log
    calls the subject; needed with its first leaf. `ref_event`: an event whose leaf this one is
    about; it must have one, in this batch or before.
    """

    event_id: int | None
    subject_id: int | None
    body: Body | Callable[[int], Body]
    public: bytes | None = None
    ref_event: int | None = None

    def fields(self, n: int) -> dict[str, Any]:
        return dict(self.body(n) if callable(self.body) else self.body)


# What `settings.LEAVES` names: events by number, and the chains of their subjects; at most one
# draft for an event, those of one subject in the order of its events.
Leaves = Callable[[Sequence[Recorded], Mapping[int, ChainState]], Iterable[Draft]]
