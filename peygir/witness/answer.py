"""What a witness answers to a checkpoint (C2SP tlog-witness, add-checkpoint)."""

import re
from dataclasses import dataclass
from threading import Lock
from typing import Final

from peygir.verify.merkle import EMPTY, HASH_BYTES, is_consistent
from peygir.verify.notes import (
    BadNote,
    Checkpoint,
    Vkey,
    cosignature,
    cosigned_message,
    from_base64,
    is_signed_by,
    parse_checkpoint,
    signature_line,
)
from peygir.witness.memory import Lost, Memory, Seen

PROOF_MAX: Final = 63
REQUEST_BYTES_MAX: Final = 1 << 16
OLD: Final = re.compile(rb"old (0|[1-9][0-9]{0,18})")
YEAR: Final = re.compile(r"(?P<base>.+)/(?P<year>[0-9]{4})")


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, type and body of an HTTP answer."""

    status: int
    body: bytes = b""
    kind: str = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Request:
    """What a log posts: the size that it thinks the witness has, a proof, and the checkpoint."""

    old: int
    proof: tuple[bytes, ...]
    point: Checkpoint
    note: bytes


class Witness:
    """Answers one request after the other, however many come at once."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self._lock = Lock()

    def add_checkpoint(self, data: bytes, *, at: int) -> Answer:
        """Cosign what only adds to what was seen, at the epoch second `at`; refuse the rest.

        200 with the cosignature · 400 not a request · 403 not signed by the log · 404 a log that is
        not followed · 409 another size was seen, which the body tells · 422 a fork · 503 a part of
        the memory is gone, or the clock runs behind what it signed.
        """
        try:
            asked = parse_request(data)
        except BadNote as error:
            return Answer(400, f"{error}\n".encode())
        key = self._key(asked.point.origin, asked.point)
        if key is None:
            return Answer(404, b"this log is not followed\n")
        if not is_signed_by(asked.point.note, key):
            return Answer(403, b"not signed by the key of the log\n")
        with self._lock:
            try:
                return self._decide(asked, data, at)
            except Lost as error:
                return Answer(503, f"{error}\n".encode())

    def _decide(self, asked: Request, data: bytes, at: int) -> Answer:
        point = asked.point
        seen = self.memory.seen(point.origin) or Seen(0, EMPTY, 0)
        if asked.old != seen.size:
            if point.size < seen.size:
                self.memory.refuse(point.origin, "rollback", data, at)
            return Answer(409, f"{seen.size}\n".encode(), "text/x.tlog.size")
        if not is_consistent(seen.size, seen.root, point.size, point.root, asked.proof):
            if seen.size:
                self.memory.refuse(point.origin, "fork", data, at)
            return Answer(422, b"not a continuation of what was seen\n")
        if at < seen.at:
            return Answer(503, b"the clock of this witness has been put back\n")
        self.memory.remember(point, asked.note, at)
        message = cosigned_message(point.note.text, at)
        content = cosignature(at, self.memory.key.sign(message))
        line = signature_line(self.memory.name, self.memory.vkey.id, content)
        return Answer(200, line.encode())

    def _key(self, origin: str, point: Checkpoint) -> Vkey | None:
        """The key of the log with this name that signed, else any of its keys; None without one.

        A log of a year is followed into the years after, as long as its key stays the same.
        """
        candidates = [followed(key, origin) for key in self.memory.logs()]
        own = [key for key in candidates if key is not None]
        return next((key for key in own if is_signed_by(point.note, key)), own[0] if own else None)


def followed(key: Vkey, origin: str) -> Vkey | None:
    """The key under which `origin` is followed, when `key` is; None when it is another log."""
    if key.name == origin:
        return key
    ours, theirs = YEAR.fullmatch(key.name), YEAR.fullmatch(origin)
    if ours and theirs and ours["base"] == theirs["base"] and ours["year"] < theirs["year"]:
        return key._replace(name=origin)
    return None


def parse_request(data: bytes) -> Request:
    """Raises BadNote for anything that is not a request."""
    head, blank, note = data.partition(b"\n\n")
    lines = head.split(b"\n")
    old = OLD.fullmatch(lines[0])
    if not blank or old is None or len(lines) > 1 + PROOF_MAX:
        raise BadNote("not a request to add a checkpoint")
    proof = tuple(from_base64(line.decode("ascii", "replace")) for line in lines[1:])
    if any(len(each) != HASH_BYTES for each in proof):
        raise BadNote("a hash in the proof has another length")
    point = parse_checkpoint(note)
    if int(old[1]) > point.size:
        raise BadNote("the old size is above the new one")
    return Request(int(old[1]), proof, point, note)
