"""From a JSON object to a message of theirs: every field checked, every fault named at once."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import orjson

from peygir.channels.office.steps import ACKNOWLEDGE, ANSWER, DELEGATE, FORWARD, KINDS, RETURN
from peygir.people.papers import TEXT_MAX

ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,80}")
NUMBER: Final = re.compile(r"[0-9A-Za-z-]{1,20}")
POST: Final = re.compile(r"[A-Za-z0-9_-]{1,60}")
FIELDS: Final = frozenset(
    {"id", "kind", "referral", "post", "personnel_number", "at", "text", "to_citizen"}
    | {"target_post", "delegate"}
)
NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    ANSWER: ("referral", "text"),
    FORWARD: ("referral", "text", "target_post"),
    RETURN: ("referral", "text"),
    ACKNOWLEDGE: ("referral",),
    DELEGATE: ("delegate",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegate:
    """A substitute, and from when to when (aware instants)."""

    personnel_number: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a manager did over there. `said_at`: when, by their clock; `digest`: of the object."""

    id: str
    kind: str
    referral: UUID | None
    post: str
    personnel_number: str
    said_at: datetime
    text: str
    to_citizen: str
    target_post: str
    delegate: Delegate | None
    digest: str

    def words(self) -> dict[str, str]:
        """What `steps.evidence` reads."""
        names = ("text", "to_citizen", "target_post")
        return {name: getattr(self, name) for name in names}


def read(body: Mapping[str, Any]) -> tuple[Message | None, dict[str, str]]:
    """The message that `body` makes, or None with its faults by field.

    A fault is unknown, missing, text, too_long, format, before_start.
    """
    faults: dict[str, str] = dict.fromkeys(sorted(set(body) - FIELDS)[:20], "unknown")
    identity = _matched(body, "id", ID, faults)
    kind = str(body.get("kind", ""))
    if kind not in KINDS:
        faults["kind"] = "unknown" if kind else "missing"
    referral = _uuid(body, faults)
    at = _instant(body, "at", faults)
    texts = {name: _text(body, name, faults) for name in ("text", "to_citizen")}
    post = _matched(body, "post", POST, faults)
    person = _matched(body, "personnel_number", NUMBER, faults)
    target = _matched(body, "target_post", POST, faults) if "target_post" in body else ""
    delegate = _delegate(body, faults) if "delegate" in body else None
    given: dict[str, object] = {"referral": referral, "text": texts["text"], "target_post": target}
    given |= {"delegate": delegate}
    for name in NEEDED.get(kind, ()):
        if not given[name]:
            faults.setdefault(name, "missing")
    if faults or at is None:
        return None, faults
    return Message(
        id=identity,
        kind=kind,
        referral=referral,
        post=post,
        personnel_number=person,
        said_at=at,
        text=texts["text"],
        to_citizen=texts["to_citizen"],
        target_post=target,
        delegate=delegate,
        digest=hashlib.sha256(orjson.dumps(dict(body), option=orjson.OPT_SORT_KEYS)).hexdigest(),
    ), {}


def _matched(
    body: Mapping[str, Any], name: str, pattern: re.Pattern[str], faults: dict[str, str]
) -> str:
    value = body.get(name)
    if value is None or value == "":
        faults[name] = "missing"
    elif not isinstance(value, str) or not pattern.fullmatch(value):
        faults[name] = "format"
    else:
        return value
    return ""


def _text(body: Mapping[str, Any], name: str, faults: dict[str, str]) -> str:
    value = body.get(name, "")
    if not isinstance(value, str) or "\x00" in value:
        faults[name] = "text"
    elif len(value) > TEXT_MAX:
        faults[name] = "too_long"
    else:
        return value.strip()
    return ""


def _uuid(body: Mapping[str, Any], faults: dict[str, str]) -> UUID | None:
    value = body.get("referral")
    if value is None:
        return None
    try:
        return UUID(value)
    except (ValueError, AttributeError, TypeError):
        faults["referral"] = "format"
        return None


def _instant(body: Mapping[str, Any], name: str, faults: dict[str, str]) -> datetime | None:
    """An aware instant of RFC 3339."""
    value = body.get(name)
    if value is None:
        faults[name] = "missing"
        return None
    try:
        found = datetime.fromisoformat(value)
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        pass
    faults[name] = "format"
    return None


def _delegate(body: Mapping[str, Any], faults: dict[str, str]) -> Delegate | None:
    value = body["delegate"]
    if not isinstance(value, dict) or set(value) != {"personnel_number", "since", "until"}:
        faults["delegate"] = "format"
        return None
    inner: dict[str, str] = {}
    number = _matched(value, "personnel_number", NUMBER, inner)
    since, until = _instant(value, "since", inner), _instant(value, "until", inner)
    if inner or since is None or until is None:
        faults["delegate"] = "format"
        return None
    if until <= since:
        faults["delegate"] = "before_start"
        return None
    return Delegate(personnel_number=number, since=since, until=until)
