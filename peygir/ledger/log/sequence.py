"""Every leaf gets its place: one transaction takes from the queue and moves the head."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string

from peygir.ledger.log import queue
from peygir.ledger.log.draft import ChainState, Draft, Leaves
from peygir.ledger.log.head import frontier, locked
from peygir.ledger.models import Head
from peygir.ledger.statement import run
from peygir.verify.canonical import encode, to_base64url
from peygir.verify.merkle import leaf_hash
from peygir.verify.tiles import ENTRY_BYTES_MAX

PREV_BYTES: Final = 16

CHAINS: Final = "select subject_id, public, n, prev from ledger_chain where subject_id = any(%s)"
KEEP_CHAINS: Final = """
insert into ledger_chain (subject_id, public, n, prev)
select * from unnest(%s::bigint[], %s::bytea[], %s::int[], %s::bytea[])
on conflict (subject_id) do update set n = excluded.n, prev = excluded.prev
"""
MARK: Final = """
update ledger_event e set leaf_index = x.at
from unnest(%s::bigint[], %s::bigint[]) x(id, at) where e.id = x.id
"""
PLACES: Final = 'select event_id, "index" from ledger_leaf where event_id = any(%s)'


class BadLeaf(Exception):
    """An event could not be told as a leaf; nothing has been taken from the queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A leaf with its place over all years."""

    index: int
    event_id: int | None
    body: bytes


def drain(limit: int = queue.BATCH) -> int:
    """Give places to what waits, at most `limit` events; how many events were taken.

    Raises BadLeaf; then everything is as before.
    """
    with transaction.atomic():
        head = locked()
        notes = [
            Draft(event_id=None, subject_id=None, body=body) for body in queue.take_notes(limit)
        ]
        events = queue.take(limit)
        chains = read_chains({event.subject_id for event in events})
        try:
            drafts = [*notes, *mixed(leaves()(events, chains) if events else ())]
            place(head, drafts, chains)
        except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError) as error:
            raise BadLeaf(type(error).__name__) from error
    return len(events)


@cache
def leaves() -> Leaves:
    """What `settings.LEAVES` names."""
    found: Leaves = import_string(settings.LEAVES)
    return found


def place(head: Head, drafts: Sequence[Draft], chains: dict[int, ChainState]) -> None:
    """Append `drafts` in this order: leaves, chains, events and head, in the caller's transaction.

    Moves `chains` on. Raises ValueError for a leaf that cannot be.
    """
    assert connection.in_atomic_block
    if not drafts:
        return
    tree, first = frontier(head), head.base + head.size
    places = _places(drafts, first)
    placed, moved = [], {}
    for index, draft in enumerate(drafts, first):
        body, public = spell(draft, chains, places)
        digest = leaf_hash(body)
        tree.push(digest)
        placed.append(Placed(index=index, event_id=draft.event_id, body=body))
        if draft.subject_id is not None:
            moved[draft.subject_id] = advance(chains, draft.subject_id, public, digest)
    write(placed)
    keep_chains(moved)
    head.size, head.frontier = tree.size, tree.dump()
    head.save(update_fields=["size", "frontier"])


def spell(
    draft: Draft, chains: Mapping[int, ChainState], places: Mapping[int, int]
) -> tuple[bytes, bytes]:
    """The bytes of a leaf and what its subject is called (b"" without one). Raises ValueError."""
    public, body = b"", {}
    if draft.subject_id is None:
        body = draft.fields(0)
    else:
        chain = chains.get(draft.subject_id)
        if chain is None:
            if draft.public is None:
                raise ValueError("the first leaf of a subject without its public name")
            chain = ChainState(public=draft.public)
        public = chain.public
        body = draft.fields(chain.n) | {
            "case": to_base64url(chain.public),
            "n": chain.n,
            "prev": to_base64url(chain.prev),
        }
    if draft.ref_event is not None:
        body["ref"] = places[draft.ref_event]
    data = encode(body)
    if len(data) > ENTRY_BYTES_MAX:
        raise ValueError("a leaf that is too long")
    return data, public


def advance(
    chains: dict[int, ChainState], subject_id: int, public: bytes, digest: bytes
) -> ChainState:
    """The chain after a leaf with this hash; `chains` has it then."""
    n = chains[subject_id].n if subject_id in chains else 0
    chains[subject_id] = ChainState(public=public, n=n + 1, prev=digest[:PREV_BYTES])
    return chains[subject_id]


def mixed(drafts: Iterable[Draft]) -> list[Draft]:
    """In an order that does not tell the second of a call; that of each subject stays.

    What is about no subject comes first (rules before the cases under them), or last where it
    refers to another leaf.
    """
    found = list(drafts)
    first = [d for d in found if d.subject_id is None and d.ref_event is None]
    last = [d for d in found if d.subject_id is None and d.ref_event is not None]
    return [*first, *_shuffled([d for d in found if d.subject_id is not None]), *last]


def read_chains(subjects: Iterable[int]) -> dict[int, ChainState]:
    rows = run(CHAINS, [list(subjects)])
    return {
        subject: ChainState(public=bytes(public), n=n, prev=bytes(prev))
        for subject, public, n, prev in rows
    }


def write(placed: Sequence[Placed]) -> None:
    """Add leaves, and tell their events where they are."""
    copying = 'copy ledger_leaf ("index", event_id, body) from stdin (format binary)'
    with connection.cursor() as cursor, cursor.copy(copying) as copy:
        copy.set_types(["int8", "int8", "bytea"])
        for leaf in placed:
            copy.write_row((leaf.index, leaf.event_id, leaf.body))
    told = [(leaf.event_id, leaf.index) for leaf in placed if leaf.event_id is not None]
    run(MARK, [[event for event, _ in told], [index for _, index in told]])


def keep_chains(moved: Mapping[int, ChainState]) -> None:
    chains = list(moved.values())
    columns: list[list[Any]] = [list(moved), [c.public for c in chains]]
    run(KEEP_CHAINS, [*columns, [c.n for c in chains], [c.prev for c in chains]])


def _places(drafts: Sequence[Draft], first: int) -> dict[int, int]:
    """The place of each event that a draft refers to. Raises ValueError for one without a leaf."""
    wanted = {draft.ref_event for draft in drafts} - {None}
    if not wanted:
        return {}
    here = {draft.event_id: index for index, draft in enumerate(drafts, first)}
    found: dict[int, int] = dict(run(PLACES, [list(wanted)]))
    found |= {event: here[event] for event in wanted if event in here and event is not None}
    if len(found) < len(wanted):
        raise ValueError("a leaf about an event that has none")
    return found


def _shuffled(drafts: Sequence[Draft]) -> list[Draft]:
    slots = [draft.subject_id for draft in drafts]
    secrets.SystemRandom().shuffle(slots)
    of_subject: dict[int | None, list[Draft]] = {}
    for draft in reversed(drafts):
        of_subject.setdefault(draft.subject_id, []).append(draft)
    return [of_subject[subject].pop() for subject in slots]
