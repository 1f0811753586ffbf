"""The leaves of what happened in a test, spelled as the log spells them."""

from collections.abc import Sequence
from typing import Any

from peygir.ledger import read
from peygir.ledger.entry import Recorded
from peygir.ledger.log.draft import ChainState
from peygir.ledger.log.sequence import advance, spell
from peygir.ledger.models import Event
from peygir.publication.leaves import leaves
from peygir.verify.canonical import parse
from peygir.verify.merkle import leaf_hash

TIMES = ("et", "due", "until", "from")
BLIND = ("c", "ca", "prev", "case", "into", "rules", "digest", "file")


def bodies(events: Sequence[Recorded] | None = None) -> list[dict[str, Any]]:
    """The leaves of `events` (None: of all), parsed back from their bytes."""
    return [parse(data) for data in spelled(events)]


def spelled(events: Sequence[Recorded] | None = None) -> list[bytes]:
    """The bytes of the leaves of `events` (None: of all)."""
    given = list(read.values(Event.objects.order_by("id"))) if events is None else events
    chains: dict[int, ChainState] = {}
    made: list[bytes] = []
    places: dict[int, int] = {}
    for draft in leaves(given, chains):
        data, public = spell(draft, chains, places)
        if draft.subject_id is not None:
            advance(chains, draft.subject_id, public, leaf_hash(data))
        if draft.event_id is not None:
            places[draft.event_id] = len(made)
        made.append(data)
    return made


def line(body: dict[str, Any], start: int) -> str:
    """A leaf as one line for a reader: times since `start`, blind values as “*”."""
    shown = []
    for name in sorted(body.keys() - {"t", "v"}):
        value = body[name]
        if name in TIMES and type(value) is int:
            value = _since(value - start)
        elif name in BLIND:
            value = "*" if value else "-"
        shown.append(f"{name}={_short(value)}")
    return " ".join([body["t"], *shown])


def _since(seconds: int) -> str:
    minutes, rest = divmod(abs(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    sign = "-" if seconds < 0 else "+"
    return f"{sign}{hours}:{minutes:02}" + (f":{rest:02}" if rest else "")


def _short(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
