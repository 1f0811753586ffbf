"""Outsiders cosign each checkpoint, over HTTP (C2SP tlog-witness): they refuse any second history.

`settings.PEYGIR_LOG_POLICY` names a tlog-policy file with their keys, their addresses and how many
of them are enough. Every answer but 200 is a refusal; a 409 with a size means that a witness
remembers another one than we thought.
"""

import socket
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import httpx
from django.conf import settings

from peygir.ledger.models import Asked
from peygir.verify.errors import Incomplete
from peygir.verify.notes import (
    BadNote,
    Note,
    Signature,
    Vkey,
    cosigned_at,
    format_note,
    parse_checkpoint,
    parse_signature,
    to_base64,
)
from peygir.verify.quorum import Policy, is_met, parse_policy, witnessed_at
from peygir.verify.tiles import Tree

TIMEOUT_S: Final = httpx.Timeout(4, connect=2)
ANSWER_S_MAX: Final = 6  # of a whole request, however slowly it comes
ANSWER_BYTES_MAX: Final = 1 << 14
PATIENCE: Final = timedelta(seconds=30)  # before a witness that failed is asked again
ROUNDS_MAX: Final = 2  # a resync, then it must do

DOWN: Final = "down"  # no answer in time
REFUSED: Final = "refused"  # some other answer than a cosignature
WRONG: Final = "wrong"  # what it answered is not its cosignature
FORK: Final = "fork"  # it has seen a tree that this one does not continue


@dataclass(frozen=True, slots=True, kw_only=True)
class Outsider:
    """A witness of the policy. `url`: in front of `/add-checkpoint`; "" when it is not asked."""

    name: str
    key: Vkey
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quorum:
    """The policy, its witnesses in order, and the bytes that are published."""

    policy: Policy
    outsiders: tuple[Outsider, ...]

    def witnessed_at(self, note: bytes) -> datetime | None:
        """When enough of them had seen it, by their clocks, or None."""
        found = witnessed_at(self.policy, parse_checkpoint(note).note)
        return None if found is None else datetime.fromtimestamp(found, UTC)

    def is_lost_to(self, forked: set[str]) -> bool:
        """Whether those who have seen another log leave too few for a quorum.

        One witness that lies, or was restored itself, must not stop a city.
        """
        return bool(forked) and not is_met(self.policy, set(self.policy.witnesses) - forked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a witness said. `size`: what it has now, as far as it told."""

    name: str
    size: int
    signature: Signature | None = None
    failure: str = ""


def quorum() -> Quorum | None:
    """The witnesses of the city, or None while it has none. Raises BadNote or OSError."""
    if not settings.PEYGIR_LOG_POLICY:
        return None
    data = Path(settings.PEYGIR_LOG_POLICY).read_bytes()
    policy = parse_policy(data)
    urls = _urls(data)
    return Quorum(
        policy=policy,
        outsiders=tuple(
            Outsider(name=name, key=key, url=urls.get(name, ""))
            for name, key in policy.witnesses.items()
        ),
    )


def policy_text(vkeys: Sequence[Vkey]) -> bytes:
    """The policy as outsiders need it: the log's own keys first, no addresses of witnesses."""
    lines = [f"log {vkey}" for vkey in vkeys]
    if settings.PEYGIR_LOG_POLICY:
        for line in Path(settings.PEYGIR_LOG_POLICY).read_text("utf-8").splitlines():
            words = line.split()
            if words and words[0] == "witness":
                words = words[:3]
            if words and words[0] != "log" and not words[0].startswith("#"):
                lines.append(" ".join(words))
    else:
        lines.append("quorum none")
    return ("\n".join(lines) + "\n").encode()


def cosign(
    note: bytes, tree: Tree, outsiders: Sequence[Outsider], *, at: datetime
) -> tuple[bytes, set[str]]:
    """The note with the cosignatures that can be had now, and who has seen another log.

    A witness that failed a moment ago is left in peace. Takes `ANSWER_S_MAX` at most, and once more
    if a witness remembers another size.
    """
    point = parse_checkpoint(note)
    known = {each.name: each for each in Asked.objects.filter(origin=point.origin)}
    ready = [each for each in outsiders if each.url and _is_ready(known.get(each.name), at)]
    if not ready:
        return note, set()

    def ask(outsider: Outsider) -> Answer:
        before = known.get(outsider.name)
        return _ask(outsider, note, tree, before.size if before else 0)

    with ThreadPoolExecutor(len(ready)) as pool:
        answers = list(pool.map(ask, ready))
    for answer in answers:
        _remember(answer, point.origin, at)
    signatures = tuple(each.signature for each in answers if each.signature is not None)
    return _joined(note, signatures), {a.name for a in answers if a.failure == FORK}


def _ask(outsider: Outsider, note: bytes, tree: Tree, size: int) -> Answer:
    """Ask one witness, once more if it remembers another size than `size`."""
    answer = Answer(name=outsider.name, size=size, failure=REFUSED)
    for _ in range(ROUNDS_MAX):
        try:
            status, body = _post(outsider.url, request(note, tree, answer.size))
        except (httpx.HTTPError, httpx.InvalidURL, Incomplete):
            return Answer(name=outsider.name, size=answer.size, failure=DOWN)
        if status == 200:
            return _read(outsider, note, body, tree.size)
        if status == 422:
            return Answer(name=outsider.name, size=answer.size, failure=FORK)
        found = _size(body) if status == 409 else None
        if status == 409 and (found is None or found > tree.size or found == answer.size):
            return Answer(name=outsider.name, size=found or answer.size, failure=FORK)
        if found is None:
            break
        answer = Answer(name=outsider.name, size=found, failure=REFUSED)
    return answer


def request(note: bytes, tree: Tree, old: int) -> bytes:
    """What is posted: the size that the witness has, the proof from there, and the checkpoint."""
    lines = [f"old {old}\n", *(f"{to_base64(each)}\n" for each in tree.consistency(old))]
    return "".join(lines).encode() + b"\n" + note


class _Line:
    """The connection of one request, to be cut: a timeout of httpx is one for each byte."""

    def __init__(self) -> None:
        self.stream: Any = None

    def trace(self, name: str, info: Mapping[str, Any]) -> None:
        """Hears of each connection that is made, before anything is read from it."""
        if name in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self.stream = info["return_value"]

    def cut(self) -> None:
        """Wakes whoever reads: there is nothing more."""
        if self.stream is not None:
            with suppress(OSError):  # it is closed already
                self.stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)


def _post(url: str, content: bytes) -> tuple[int, bytes]:
    """Status and body. An answer that does not end in time counts as none."""
    line, until = _Line(), time.monotonic() + ANSWER_S_MAX
    timer = threading.Timer(ANSWER_S_MAX, line.cut)
    timer.start()
    try:
        with (
            httpx.Client(timeout=TIMEOUT_S, trust_env=False, verify=_authorities()) as client,
            client.stream(
                "POST",
                f"{url.rstrip('/')}/add-checkpoint",
                content=content,
                extensions={"trace": line.trace},
            ) as answer,
        ):
            body = b""
            for part in answer.iter_bytes():
                body += part
                if len(body) > ANSWER_BYTES_MAX:
                    break
    finally:
        timer.cancel()
    if len(body) > ANSWER_BYTES_MAX or time.monotonic() > until:
        raise httpx.DecodingError("too long an answer")
    return answer.status_code, body


@cache
def _authorities() -> ssl.SSLContext:
    """Whom to believe; read once, because reading takes longer than asking."""
    return httpx.create_ssl_context()


def _read(outsider: Outsider, note: bytes, body: bytes, size: int) -> Answer:
    """The cosignature in a good answer; WRONG when it is not there or not valid."""
    text = parse_checkpoint(note).note.text
    try:
        for line in body.decode().splitlines():
            signature = parse_signature(line)
            if cosigned_at(Note(text, (signature,)), outsider.key) is not None:
                return Answer(name=outsider.name, size=size, signature=signature)
    except (BadNote, UnicodeDecodeError):
        pass
    return Answer(name=outsider.name, size=0, failure=WRONG)


def _joined(note: bytes, fresh: Sequence[Signature]) -> bytes:
    """The note with these lines in place of older ones of the same keys."""
    old = parse_checkpoint(note).note
    renewed = {(each.name, each.id) for each in fresh}
    kept = tuple(each for each in old.signatures if (each.name, each.id) not in renewed)
    return format_note(Note(old.text, kept + tuple(fresh)))


def _is_ready(before: Asked | None, at: datetime) -> bool:
    return before is None or before.failed_at is None or abs(at - before.failed_at) >= PATIENCE


def _remember(answer: Answer, origin: str, at: datetime) -> None:
    told = {"size": answer.size, "failure": answer.failure}
    times = {"failed_at": at} if answer.failure else {"failed_at": None, "signed_at": at}
    Asked.objects.update_or_create(name=answer.name, origin=origin, defaults={**told, **times})


def _size(body: bytes) -> int | None:
    """The size that a 409 tells, or None."""
    text = body.strip()
    return int(text) if text.isdigit() and len(text) < 19 else None


def _urls(data: bytes) -> dict[str, str]:
    """The addresses in a policy that was read already, by the names of the witnesses."""
    lines = [line.split() for line in data.decode("utf-8").splitlines()]
    return {words[1]: words[3] for words in lines if len(words) == 4 and words[0] == "witness"}
