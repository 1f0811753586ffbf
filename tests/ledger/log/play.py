"""Events without a city, told as leaves in the simplest way."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings

from peygir.ledger import write
from peygir.ledger.entry import Entry, Recorded
from peygir.ledger.log import files, keys, stops
from peygir.ledger.log.draft import ChainState, Draft
from peygir.ledger.log.seal import seal
from peygir.ledger.models import Head
from peygir.verify.logcheck import Asked, Checked, check_log, read_leaves
from peygir.verify.notes import Vkey
from peygir.verify.tiles import Reader

#: A Saturday in Aban 1405.
NOON = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
STEP = timedelta(seconds=10)
TOLD = "tests.ledger.log.play.told"
QUIET = "played.quiet"  # a kind of event that has no leaf
LOUD = "played.loud"  # a kind that cannot be told


def told(events: Sequence[Recorded], chains: Mapping[int, ChainState]) -> Iterator[Draft]:
    """What the tests use for `settings.LEAVES`."""
    known = set(chains)
    for event in events:
        if event.kind == LOUD:
            raise ValueError("a kind that nobody can tell")
        if event.kind == QUIET:
            continue
        if event.subject == "policy":
            body = {"t": "ruleset.published", "v": 1, "digest": event.policy}
            yield Draft(event_id=event.id, subject_id=None, body=body)
            continue
        kind = "case.stepped" if event.subject_id in known else "case.registered"
        known.add(event.subject_id)
        yield Draft(
            event_id=event.id,
            subject_id=event.subject_id,
            body=lambda n, event=event, kind=kind: body_of(event, kind, n),
            public=public_of(event.subject_id) if kind == "case.registered" else None,
            ref_event=event.facts.get("about"),
        )


def body_of(event: Recorded, kind: str, n: int) -> dict[str, Any]:
    digest = hashlib.sha256(f"{event.subject_id} {n} {event.id}".encode()).hexdigest()
    return {"t": kind, "v": 1, "c": digest, "et": int(event.happened_at.timestamp())}


def public_of(subject_id: int) -> bytes:
    return hashlib.sha256(f"case {subject_id}".encode()).digest()[:16]


def entry(subject_id: int = 1, kind: str = "played", **fields: Any) -> Entry:
    given: dict[str, Any] = {"subject": "case", "happened_at": NOON, "policy": "p"}
    return Entry(subject_id=subject_id, kind=kind, **(given | fields))


def happen(*subjects: int, **fields: Any) -> list[Recorded]:
    """An event of each of these subjects."""
    return write.append([entry(each, **fields) for each in subjects])


def vkeys(at: datetime = NOON) -> tuple[Vkey, ...]:
    return tuple(each.vkey for each in keys.checkpoint_signers(Head.objects.get().origin, at=at))


def checked(trusted: Sequence[Vkey] = (), **asked: Any) -> Checked:
    """The published log of the current year, checked as outsiders do."""
    folder = files.year_folder(Head.objects.get().year)
    return check_log(folder, Asked(keys=tuple(trusted) or vkeys(), **asked))


def published_leaves() -> list[bytes]:
    head = Head.objects.get()
    reader = Reader(files.year_folder(head.year))
    return [body for _, body in read_leaves(reader, head.size)]


def snapshot() -> dict[str, bytes]:
    """Every published file but the checkpoint with its times, by path."""
    root = settings.PEYGIR_LOG_DIR
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def sealed(at: datetime = NOON) -> datetime:
    """Seal until nothing waits; the time after that."""
    for _ in range(50):
        at += STEP
        if not seal(at=at):
            break
    assert stops.current() is None, stops.current().reason
    return at
