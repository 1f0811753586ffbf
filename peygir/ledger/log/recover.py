"""After a database, a guard or a folder was lost: go on with the log that the world has seen.

The published leaves are the truth. Those that this database does not have are taken from their
files, events that still wait for a place they already have are told so, and a `log.incident` leaf
says publicly that it happened.
"""

from collections import deque
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.db import ProgrammingError, connection, transaction

from peygir.ledger.log import files, guard, keys, queue, sequence, stops, tiles, witnesses
from peygir.ledger.log import head as heads
from peygir.ledger.log.draft import ChainState, Draft
from peygir.ledger.models import Asked, Head, Note
from peygir.ledger.models import Checkpoint as Signed
from peygir.ledger.statement import run
from peygir.verify.canonical import encode, from_base64url, parse
from peygir.verify.errors import Incomplete
from peygir.verify.logcheck import read_leaves
from peygir.verify.merkle import Frontier, leaf_hash
from peygir.verify.notes import Checkpoint, is_signed_by
from peygir.verify.tiles import Reader, Tree, entries_path, tile_path, widths

PUBLIC_BYTES: Final = 16

# What this database gave a place to and nobody ever saw signed goes back to the queue. Only the
# owner of the tables may do it: the role that serves is laid down until the transaction ends.
UNDO: Final = """
set local role none;
alter table ledger_leaf disable trigger ledger_leaf_guard;
alter table ledger_event disable trigger ledger_event_guard;
update ledger_event set leaf_index = null where leaf_index >= {0};
insert into ledger_unsealed (event_id)
 select event_id from ledger_leaf where "index" >= {0} and event_id is not null;
delete from ledger_leaf where "index" >= {0};
alter table ledger_event enable trigger ledger_event_guard;
alter table ledger_leaf enable trigger ledger_leaf_guard;
"""


class Unrecoverable(Exception):
    """The folder does not hold the log that was signed; the words say what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """`had`: leaves that this database shared with the published log, of `size`; `lost`: leaves
    whose events it does not have."""

    had: int
    size: int
    lost: int


def recover(*, at: datetime) -> Recovered:
    """Make database and guard agree with the published log, and let sealing go on.

    Raises Unrecoverable; then nothing has changed.
    """
    with heads.alone() as ours:
        if not ours:
            raise Unrecoverable("a worker is sealing: stop the workers first")
        with transaction.atomic():
            head = heads.locked() if heads.current() is not None else _adopted()
            folder = files.year_folder(head.year)
            tree, root = _target(folder, head)
            had = _common(tree, head)
            lost = 0
            if had < tree.size:
                if had < head.size:
                    _undo(head, tree, had)
                lost = _adopt(head, tree, root, had)
            body = {"t": "log.incident", "v": 1, "had": had, "size": tree.size, "lost": lost}
            stopped = stops.current()
            queue.propose(body | {"what": stopped.reason if stopped else "asked"})
            for role in keys.ROLES:  # a new one, which the log names, where all are gone
                keys.signers(role, head.origin, at=at)
            _remember_checkpoint(folder, head, at)
            stops.clear(at=at, hard=True)
            clear_orphans(folder, tree.size)
            guard.remember(head.origin, tree.size, root)
    return Recovered(had=had, size=tree.size, lost=lost)


def clear_orphans(folder: Path, size: int) -> None:
    """Remove files that were written ahead of a signature that never came."""
    kept = {entries_path(number, width) for number, width in widths(size)}
    level = 0
    while size >> 8 * level:
        kept |= {tile_path(level, number, width) for number, width in widths(size, level)}
        level += 1
    for path in sorted((folder / "tile").rglob("*")):
        name = path.relative_to(folder).as_posix()
        whole = name.partition(".p/")[0]
        if path.is_file() and name not in kept and whole not in kept and _is_ahead(name, size):
            path.unlink()


def _is_ahead(name: str, size: int) -> bool:
    """Whether a tile or bundle holds something from `size` on."""
    _, level, *parts = name.split("/")
    width = 256
    if ".p" in name:
        width = int(parts.pop())
        parts[-1] = parts[-1].removesuffix(".p")
    number = int("".join(part.removeprefix("x") for part in parts))
    shift = 0 if level == "entries" else 8 * int(level)
    return (number << 8) + width > size >> shift


def _target(folder: Path, head: Head) -> tuple[Tree, bytes]:
    """The tree to go on from: what the guard let through last, else the signed checkpoint."""
    point = tiles.published(folder)
    if point is not None and not (_is_ours(point, head) or _is_remembered(point)):
        raise Unrecoverable("the published checkpoint is not signed by a key of ours")
    known = _known(head, point)
    if point is not None and (known is None or known[0] <= point.size):
        known = point.size, point.root
    if known is None:
        raise Unrecoverable("neither a checkpoint nor the guard's file is there: get a mirror's")
    tree = Tree(Reader(folder), known[0])
    try:
        if tree.root() != known[1]:
            raise Unrecoverable("the tiles are not those that were signed: get a mirror's")
    except Incomplete as fault:
        raise Unrecoverable(f"{fault}: get a mirror's") from None
    return tree, known[1]


def _is_ours(point: Checkpoint, head: Head) -> bool:
    return any(is_signed_by(point.note, each) for each in keys.checkpoint_vkeys(head.origin))


def _is_remembered(point: Checkpoint) -> bool:
    """Whether our keys are gone, and the guard let this very state through: a new key goes on."""
    return stops.is_open(stops.KEYS) and guard.known(point.origin) == (point.size, point.root)


def _known(head: Head, point: Checkpoint | None) -> tuple[int, bytes] | None:
    """What the guard remembers; nothing after a fork, for it has let that through.

    Then only a checkpoint that is as far as the witnesses are can be the log.
    """
    if stops.is_open(stops.FORK):
        told = Asked.objects.filter(origin=head.origin, failure=witnesses.FORK)
        least = min(told.values_list("size", flat=True), default=0)
        if point is None or point.size < least:
            raise Unrecoverable(f"witnesses have seen {least} leaves: get a mirror's")
        return None
    try:
        return guard.known(head.origin)
    except guard.Forgotten:
        raise Unrecoverable("the guard's file is damaged: move it away") from None


def _adopted() -> Head:
    """A head for a database that never had one: the newest log in the folder."""
    years = [int(path.name) for path in files.root().glob("[0-9]*") if path.name.isdigit()]
    if not years:
        raise Unrecoverable("no log has been published")
    year = max(years)
    folder = files.year_folder(year)
    point = tiles.published(folder)
    if point is None:
        raise Unrecoverable("the newest log has no checkpoint: get a mirror's")
    [(_, first)] = read_leaves(Reader(folder), point.size, 0, 1)
    return Head.objects.create(
        origin=heads.origin_of(year),
        year=year,
        base=parse(first).get("base", 0),
        frontier=Frontier().dump(),
    )


def _common(tree: Tree, head: Head) -> int:
    """How many leaves the published tree and this database share."""
    size = min(head.size, tree.size)
    if head.size <= tree.size and tree.root(size) == heads.frontier(head).root():
        return size
    for number, width in widths(size):
        first = number << 8
        theirs = tree.reader.entries(number, width)
        ours = tiles.bodies(head.base + first, head.base + first + width)
        if theirs != ours:
            return first + next(
                i for i, pair in enumerate(zip(theirs, ours, strict=True)) if pair[0] != pair[1]
            )
    return size


def _undo(head: Head, tree: Tree, had: int) -> None:
    """Take back the places from `had` on, which no published checkpoint covers."""
    chains: dict[int, ChainState] = {}
    first = head.base + had
    rows = run(
        "select e.subject_id, l.body from ledger_leaf l join ledger_event e on e.id = l.event_id "
        'where l."index" >= %s order by l."index" desc',
        [first],
    )
    for subject, body in rows:
        fields = parse(bytes(body))
        if "case" in fields:
            prev = from_base64url(fields["prev"], PUBLIC_BYTES) if fields["n"] else b""
            public = from_base64url(fields["case"], PUBLIC_BYTES)
            chains[subject] = ChainState(public=public, n=fields["n"], prev=prev)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(UNDO.format(first))
    except ProgrammingError:  # InsufficientPrivilege
        raise Unrecoverable(
            "leaves that nobody saw have to be taken back, which only the owner of the tables may "
            "do: set DATABASE_URL to the owner's account for this command"
        ) from None
    begun = {subject: state for subject, state in chains.items() if state.n}
    sequence.keep_chains(begun)
    run("delete from ledger_chain where subject_id = any(%s)", [list(chains.keys() - begun)])
    head.size = had


def _adopt(head: Head, tree: Tree, root: bytes, had: int) -> int:
    """Take over the published leaves from `had` on; how many of them have no event here."""
    waiting = _Waiting()
    placed, frontier, lost = [], _frontier(tree, had), 0
    for index, body in read_leaves(tree.reader, tree.size, had):
        event = waiting.match(body)
        lost += event is None and "case" in parse(body)
        placed.append(sequence.Placed(index=head.base + index, event_id=event, body=body))
        frontier.push(leaf_hash(body))
    if frontier.root() != root:
        raise Unrecoverable("the entries are not those that were signed: get a mirror's")
    sequence.write(placed)
    sequence.keep_chains(waiting.moved)
    run("delete from ledger_unsealed where event_id = any(%s)", [waiting.matched])
    Note.objects.filter(pk__in=waiting.noted).delete()
    head.size, head.frontier = tree.size, frontier.dump()
    head.save()
    return lost


class _Waiting:
    """What waits in the queue, to be found again among the published leaves."""

    def __init__(self) -> None:
        ids = run("select event_id from ledger_unsealed order by event_id", [])
        events = queue.events([each for (each,) in ids])
        chains = run("select subject_id, public, n, prev from ledger_chain", [])
        self.chains = {
            subject: ChainState(public=bytes(public), n=n, prev=bytes(prev))
            for subject, public, n, prev in chains
        }
        self.of_subject: dict[int, deque[Draft]] = {}
        self.others: list[Draft] = []
        self.by_public = {state.public: subject for subject, state in self.chains.items()}
        for draft in sequence.leaves()(events, self.chains) if events else ():
            self._take(draft)
        self.notes = {
            bytes(encode(body)): pk for pk, body in Note.objects.values_list("pk", "body")
        }
        self.moved: dict[int, ChainState] = {}
        self.matched: list[int] = []
        self.noted: list[int] = []

    def match(self, body: bytes) -> int | None:
        """The event that this published leaf tells, if it is here; moves its chain on."""
        fields = parse(body)
        if "case" not in fields:
            return self._other(body)
        subject = self.by_public.get(from_base64url(fields["case"], PUBLIC_BYTES))
        if subject is None:
            return None
        found = self._next(subject, body)
        public = from_base64url(fields["case"], PUBLIC_BYTES)
        self.moved[subject] = sequence.advance(self.chains, subject, public, leaf_hash(body))
        return found

    def _take(self, draft: Draft) -> None:
        if draft.subject_id is None:
            self.others.append(draft)
            return
        self.of_subject.setdefault(draft.subject_id, deque()).append(draft)
        if draft.public is not None:
            self.by_public.setdefault(draft.public, draft.subject_id)

    def _next(self, subject: int, body: bytes) -> int | None:
        drafts = self.of_subject.get(subject)
        if not drafts or not self._is_told(drafts[0], body):
            return None
        draft = drafts.popleft()
        assert draft.event_id is not None, "a draft of a subject tells an event"
        self.matched.append(draft.event_id)
        return draft.event_id

    def _other(self, body: bytes) -> int | None:
        if body in self.notes:
            self.noted.append(self.notes.pop(body))
            return None
        for draft in self.others:
            if self._is_told(draft, body):
                self.others.remove(draft)
                assert draft.event_id is not None, "a draft tells an event"
                self.matched.append(draft.event_id)
                return draft.event_id
        return None

    def _is_told(self, draft: Draft, body: bytes) -> bool:
        """Whether a leaf is what this draft becomes now. One that refers takes its place anew."""
        if draft.ref_event is not None:
            fields: dict[str, Any] = parse(body)
            places = {draft.ref_event: fields.get("ref", 0)}
        else:
            places = {}
        return sequence.spell(draft, self.chains, places)[0] == body


def _frontier(tree: Tree, size: int) -> Frontier:
    """The frontier of the first `size` leaves of a published tree."""
    hashes, at = [], 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            hashes.append(tree.hash_at(level, at >> level))
            at += 1 << level
    return Frontier(size, hashes)


def _remember_checkpoint(folder: Path, head: Head, at: datetime) -> None:
    point = tiles.published(folder)
    if point is not None:
        Signed.objects.get_or_create(
            origin=head.origin,
            size=point.size,
            defaults={"note": Reader(folder).checkpoint().decode(), "signed_at": at},
        )
